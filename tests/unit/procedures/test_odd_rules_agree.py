"""Rules as no pack has them yet: household by household, over a whole register, and after a journey between machines the same."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.unit.procedures.club import files_with, procedure_text
from tests.unit.procedures.registers import ON, households, write

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk.register import entitled
from madoguchi.procedures.decide import Status, decide
from madoguchi.procedures.language.given import given
from madoguchi.procedures.loader import load_files
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind, Situation

TABLES = """
[[table]]
name = "limit"
label = "所得の限度額"
unit = "yen"
law = "図書クラブ規約 第3条(架空)"
[[table.version]]
since = 2020-01-01
until = 2026-11-05
rows = [0, 1, 1000000]
beyond = 10
[[table.version]]
since = 2026-11-07
rows = [1, 5000000]
"""
RULES = (
    "person.income_yen + person.income_yen - 1 > 0",
    "person.income_yen // 2 >= 500000 and person.income_yen * 3 != 0",
    "person.income_yen // person.books_borrowed > 1",
    "1 // (person.books_borrowed - 1) < 0",
    "reference_date - person.birth_date > 7000",
    "notified_on - event.move_date in (0, 1, 14)",
    "person.books_borrowed in (0, 1000000)",
    "person.books_borrowed not in (0, 1)",
    "age_on(person.birth_date, reference_date) in (18, 19, 20, 65)",
    "age_on(person.birth_date, reference_date) not in (18, 40)",
    "person.birth_date in (date(2008, 2, 29), date(1984, 2, 29))",
    "person.birth_date == claimant.birth_date",
    "person.card == claimant.card and person.card != 'none'",
    "person.card not in ('none', 'child')",
    "'chess' not in person.hobbies or 'music' in claimant.hobbies",
    "person.relationship in ('子', '妻')",
    "person.relationship != '世帯主'",
    "person == claimant",
    "person != claimant and claimant.moves",
    "event.kind == 'move_in' and person.moves",
    "event.kind in ('birth', 'death') or not person.moves",
    "min(c.birth_date for c in person.children) < date(2010, 1, 1)",
    "attains(max(c.birth_date for c in person.children if c.moves), 18) <= reference_date",
    "max(c.income_yen for c in household.people if c.moves) != 1000000",
    "min(p.income_yen for p in person.parents) == person.income_yen",
    "sum(m.income_yen for m in household.people) > 5000000",
    "sum(m.books_borrowed for m in household.people if m.card == 'adult') == 0",
    "count(m for m in household.children if m.moves) >= 1",
    "count(m.card == 'none' for m in household.people) < 2",
    "all(m.moves for m in household.people if m.card != 'none')",
    "any(any(g.moves for g in c.guardians) for c in household.children)",
    "any(m == claimant and m.moves for m in person.spouse)",
    "any(c.moves for c in claimant.children)",
    "all(c.card == 'child' for c in claimant.raised)",
    "max(person.income_yen, claimant.income_yen, 1) > 1000000",
    "min(max(c.income_yen for c in person.children), max(p.income_yen for p in person.parents)) > 0",
    "min(event.move_date, days_after(notified_on, -3)) < reference_date",
    "open_day(event.move_date) > event.move_date",
    "open_day(days_after(person.birth_date, 1)) > date(2000, 1, 1)",
    "months_after(person.birth_date, 6) <= next_month_start(reference_date)",
    "fiscal_year_start(person.birth_date) < date(2008, 4, 1) <= fiscal_year_end(person.birth_date)",
    "school_entry(person.birth_date) > date(2020, 4, 1) and birthday(person.birth_date, 3) != reference_date",
    "person.income_yen <= table('limit', 2)",
    "person.income_yen > table('limit', person.books_borrowed, event.move_date)",
    "table('limit', age_on(person.birth_date, reference_date)) < 1000",
    "(person.income_yen if person.moves else claimant.income_yen) > 0",
    "(person.birth_date if person.card == 'none' else event.move_date) <= date(2010, 1, 1)",
    "(1 if person.moves else 2) + (2 if person.card == 'none' else 3) >= 4",
    "date(2026, 11, 1) > event.move_date",
    "parameters.child_age > 3 and attains(person.birth_date, parameters.child_age) > reference_date",
    "attains(person.birth_date, 18) < date(1200, 1, 1) or birthday(person.birth_date, 75) < date(9000, 1, 1)",
    "True",
    "False or person.moves",
)  # fmt: skip
DAYS = OpenDays(closed=frozenset({date(2026, 11, 9), date(2026, 11, 10)}))
Decided = dict[tuple[str, str, str], str]


@pytest.fixture(scope="module")
def odd() -> Pack:
    """Each rule as it is for some, optional for others, and the other way round for the household's children."""
    texts = {}
    for number, rule in enumerate(RULES):
        text = procedure_text(rule) if number % 3 else procedure_text(None, optional=rule)
        texts[f"odd_{number}"] = text.replace('"rule"', f'"odd-{number}"').replace("L09", f"L{number:02d}")
    return load_files(files_with(**texts) | {"tables.toml": TABLES.encode()})


@pytest.fixture(scope="module")
def homes(odd: Pack) -> list[Situation]:
    return households(odd, EventKind.move_in, 10, 11)


def one_by_one(pack: Pack, homes: list[Situation]) -> Decided:
    return {
        (one.procedure, one.subject, str(number)): one.status.value
        for number, home in enumerate(homes)
        for one in decide(pack, home, on=ON, open_days=DAYS)
        if one.status is not Status.NOT_NEEDED
    }


def told(odd_ones: dict[tuple[str, str, str], object]) -> dict[str, object]:
    return {f"{RULES[int(key[0].removeprefix('odd-'))]} {key[1]}": value for key, value in odd_ones.items()}


def test_over_a_register_as_one_by_one(odd: Pack, homes: list[Situation], tmp_path: Path) -> None:
    write(odd, homes, tmp_path)
    out = tmp_path / "out.parquet"
    entitled(odd, odd.procedures, register=tmp_path, on=ON, open_days=DAYS, out=out)
    rows = pq.read_table(out).to_pylist()
    together = {(row["procedure"], row["subject"], row["household_id"]): row["status"] for row in rows}
    alone = one_by_one(odd, homes)
    differ = {key: (alone.get(key), together.get(key)) for key in alone.keys() | together.keys()}
    assert told({key: both for key, both in differ.items() if both[0] != both[1]}) == {}
    assert set(alone.values()) == {"must", "ask", "optional"}


def test_a_pack_that_went_to_another_machine_decides_the_same(odd: Pack, homes: list[Situation]) -> None:
    before = {one.id: [rule.must or rule.optional for rule in one.rules] for one in odd.procedures}
    after = pickle.loads(pickle.dumps(before))
    for name, rules in before.items():
        for one, other in zip(rules, after[name], strict=True):
            assert one == other and one is not other and callable(other.evaluate)


def test_what_no_kind_of_event_changes_stays_the_same_object(odd: Pack) -> None:
    for one in odd.procedures:
        tree = (one.rules[0].must or one.rules[0].optional).tree  # type: ignore[union-attr]  # each has one of them
        source = RULES[int(one.id.removeprefix("odd-"))]
        if "event.kind" not in source and "True" not in source and "False" not in source:
            assert given(tree, "birth") is tree, source
