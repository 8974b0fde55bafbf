"""What every test may need: tables that only grow, cleared between tests all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from madoguchi.audit.append_only import lifted


@pytest.fixture(scope="session", autouse=True)
def _growing_tables_can_be_cleared() -> Iterator[None]:
    """Lift the append-only triggers while Django flushes after a transactional test, and put them back."""
    flush = TransactionTestCase._fixture_teardown

    def flush_with_triggers_lifted(self: Any) -> None:
        with lifted(connection):
            flush(self)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", flush_with_triggers_lifted)
    yield
    patch.undo()
