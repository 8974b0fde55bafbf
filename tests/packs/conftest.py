"""What the tests of the packs share: the shipped pack, the invented city's, and a way to decide."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import decide
from madoguchi.procedures.decisions import Decision
from madoguchi.procedures.loader import NATIONAL_FOLDER, load_pack, national_pack
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation_file import read_situation

REPOSITORY = Path(__file__).parents[2]
MADOKA_FOLDER = REPOSITORY / "packs" / "madoka"

Found = dict[tuple[str, str], Decision]
Decide = Callable[..., Found]


@pytest.fixture(scope="session")
def pack() -> Pack:
    return national_pack()


@pytest.fixture(scope="session")
def madoka() -> Pack:
    return load_pack(NATIONAL_FOLDER, MADOKA_FOLDER)


@pytest.fixture(scope="session")
def vocabulary(pack: Pack) -> dict[Any, Any]:
    return {(definition.holder, definition.key): definition for definition in pack.vocabulary}


@pytest.fixture(scope="session")
def decided(pack: Pack, vocabulary: dict[Any, Any]) -> Decide:
    """Return a function that decides facts written as in the outside contract, by law_id and subject."""

    def run(
        *people: dict[str, Any], on: date = date(2026, 11, 9), open_days: OpenDays | None = None, **rest: Any
    ) -> Found:
        facts = {"event": {"kind": "move_in", "move_date": date(2026, 11, 5)}, "people": list(people), **rest}
        decisions = decide(pack, read_situation(facts, vocabulary), on=on, open_days=open_days or OpenDays())
        return {(decision.law_id, decision.subject): decision for decision in decisions}

    return run
