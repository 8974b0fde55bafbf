"""The cast with the facts that offers are decided on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from tests.cast import NOW, SETTER
from tests.snapshot import kept
from tests.standing import STANDING

from madoguchi.residents.operations import add_fact

KNOWN = {"health_insurance": "nhi", "has_card": False, "income_yen": 1_000_000}


@pytest.fixture
def register(procedures: str, residents: Mapping[str, str]) -> Mapping[str, str]:
    """宛名番号 by role, everybody with an insurance, without a card, with an income."""
    _known_of(tuple(residents.values()))
    return residents


@kept(STANDING)
def _known_of(people: tuple[str, ...]) -> None:
    for number in people:
        for key, value in KNOWN.items():
            add_fact(
                resident_no=number, key=key, value=value, valid_from=date(2026, 4, 1), as_of=date(2026, 4, 1),
                source="試験", by=SETTER, now=NOW,
            )  # fmt: skip
