"""A strong room of its own, and a case at its end with a row in every table of cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.rooms.cases.deciding import Widowed
from tests.rooms.disposal.planting import planted

from madoguchi.audit.entries import Actor


@pytest.fixture(autouse=True)
def _room(settings: Any, tmp_path: Any) -> None:
    settings.ATTACHMENTS_FOLDER = tmp_path / "attachments"


@pytest.fixture
def there(city: Mapping[str, Actor], procedures: str, residents: Mapping[str, str]) -> Widowed:
    return planted(city)
