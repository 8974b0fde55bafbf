"""Amounts: the first that applies counts, by the day of the law; tables by date; one of two numbers; names of one's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.unit.procedures.club import OPEN_DAYS, files_with, procedure_text, situation_of
from tests.unit.procedures.registers import write

from madoguchi.procedures.bulk.register import entitled
from madoguchi.procedures.decide import Amount, decide
from madoguchi.procedures.loader import PackErrors, load_files
from madoguchi.procedures.packs import Pack

ON = date(2026, 11, 9)
TABLES = """
[[table]]
name = "limit"
label = "限度の数"
law = "図書クラブ規約 第9条(架空)"
[[table.version]]
since = 2020-01-01
until = 2025-12-31
rows = [100, 150]
beyond = 10
[[table.version]]
since = 2026-01-01
until = 2026-12-31
rows = [200, 300]
"""


def pack_of(more: str, *, tables: str = TABLES) -> Pack:
    files = files_with(rule=procedure_text("person.moves", more="").rstrip() + "\n" + more)
    return load_files({**files, "tables.toml": tables.encode()})


def amount(more: str, *, moved: str | None = "2026-11-05", **facts: Any) -> Amount | None:
    event = {"kind": "move_in"} | ({"move_date": moved} if moved else {})
    situation = situation_of([{"id": "p1", "moves": True, **facts}], event=event)
    return decide(pack_of(more), situation, on=ON, open_days=OPEN_DAYS)[0].amount


def yen(more: str, **given: Any) -> int | None:
    found = amount(more, **given)
    return None if found is None else found.yen


DATED = """
[[amount]]
valid_from = 2026-10-01
yen = "3"
per = "month"
[[amount]]
valid_until = 2026-09-30
yen = "2"
per = "month"
"""


@pytest.mark.parametrize(
    ("moved", "expected"), [("2026-09-30", 2), ("2026-10-01", 3), ("2000-01-01", 2), (None, None)]
)
def test_the_day_of_the_law_chooses(moved: str | None, expected: int | None) -> None:
    assert yen(DATED, moved=moved) == expected


FIRST = """
[[amount]]
when = "person.books_borrowed >= 10"
yen = "1"
per = "once"
[[amount]]
yen = "2"
per = "once"
"""


@pytest.mark.parametrize(("books", "expected"), [(10, 1), (9, 2), (None, None)])
def test_the_first_that_applies_counts_and_an_open_one_leaves_it_open(
    books: int | None, expected: int | None
) -> None:
    assert yen(FIRST, books_borrowed=books) == expected


def test_none_applies() -> None:
    assert yen(FIRST.split("[[amount]]\nyen")[0], books_borrowed=1) is None


LOOKED_UP = """
[[amount]]
yen = "table('limit', person.books_borrowed)"
per = "year"
"""


@pytest.mark.parametrize(
    ("books", "moved", "expected"),
    [
        (0, "2025-12-31", 100),
        (1, "2025-12-31", 150),
        (4, "2025-12-31", 180),
        (0, "2026-01-01", 200),
        (9, "2026-12-31", 300),
        (1, "2019-12-31", None),
        (1, "2027-01-01", None),
        (1, None, None),
        (None, "2026-01-01", None),
    ],
)
def test_a_table_answers_for_a_number_on_a_day_and_never_beyond_its_versions(
    books: int | None, moved: str | None, expected: int | None
) -> None:
    assert yen(LOOKED_UP, books_borrowed=books, moved=moved) == expected


ONE_OF_TWO = """
[[amount]]
yen = "7 if person.books_borrowed >= 10 else (7 if person.card == 'none' else 9)"
per = "once"
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"books_borrowed": 10}, 7),
        ({"books_borrowed": 1, "card": "none"}, 7),
        ({"books_borrowed": 1, "card": "adult"}, 9),
        ({"card": "none"}, 7),
        ({"card": "adult"}, None),
        ({"books_borrowed": 1}, None),
    ],
)
def test_one_of_two_is_known_when_both_ways_give_the_same(
    facts: dict[str, Any], expected: int | None
) -> None:
    assert yen(ONE_OF_TWO, **facts) == expected


def test_a_procedure_names_what_it_counts_once() -> None:
    named = """
[define]
readers = "count(c for c in household.people if c.moves)"
double = "2 * readers"
[[amount]]
yen = "double + count(d for d in household.people if readers >= 1)"
per = "once"
"""
    assert yen(named) == 3


@pytest.mark.parametrize(
    ("more", "tables", "told"),
    [
        ("[[amount]]\nper = 'once'", TABLES, "金額の式がありません"),
        ("[[amount]]\nper = 'once'\nyen = \"table('limits', 1)\"", TABLES, "「limits」という表は"),
        ("[[amount]]\nper = 'once'\nyen = \"table('limit', person.card)\"", TABLES, "table"),
        ("[[amount]]\nper = 'once'\nyen = \"1 if person.books_borrowed else 2\"", TABLES, "真偽の条件"),
        ("[define]\nperson = '1'", TABLES, "名前にできません"),
        ("", TABLES.replace("[200, 300]", "[300, 200]"), "同じか大きくなければ"),
        ("", TABLES.replace("2025-12-31", "2026-03-31"), "重なっています"),
        ("", '[[table]]\nname = "x"\nlabel = "x"\nlaw = "x"', "表に版がありません"),
    ],
)
def test_what_is_wrong_is_told_at_load(more: str, tables: str, told: str) -> None:
    with pytest.raises(PackErrors) as caught:
        pack_of(more, tables=tables)
    assert any(told in str(error) for error in caught.value.errors)


@pytest.mark.parametrize("more", [DATED, FIRST, LOOKED_UP, ONE_OF_TWO])
def test_the_bulk_form_gives_the_same_amount(more: str, tmp_path: Path) -> None:
    pack = pack_of(more)
    people = [
        {"id": f"{n}-p", "moves": True, "books_borrowed": books, "card": card}
        for n, (books, card) in enumerate(
            (b, c) for b in (None, 0, 1, 9, 10) for c in (None, "none", "adult")
        )
    ]
    moved = ("2026-11-05", "2026-09-30", "2025-12-31", None)
    households = [
        situation_of([one], event={"kind": "move_in"} | ({"move_date": moved[n % 4]} if moved[n % 4] else {}))
        for n, one in enumerate(people)
    ]
    write(pack, households, tmp_path)
    out = tmp_path / "out.parquet"
    entitled(pack, pack.procedures, register=tmp_path, on=ON, open_days=OPEN_DAYS, out=out)
    together = {row["household_id"]: row["amount_yen"] for row in pq.read_table(out).to_pylist()}
    alone = {}
    for n, situation in enumerate(households):
        found = decide(pack, situation, on=ON, open_days=OPEN_DAYS)[0].amount
        alone[str(n)] = None if found is None else found.yen
    assert together == alone
    assert len(set(alone.values())) > 1


@pytest.mark.parametrize(
    ("moved", "expected"),
    [("2025-11-30", 100), ("2025-12-01", 200), ("2026-11-30", 200), ("2026-12-01", None)],
)
def test_a_table_is_looked_up_on_another_day_when_one_is_named(moved: str, expected: int | None) -> None:
    asked = '[[amount]]\nyen = "table(\'limit\', 0, next_month_start(reference_date))"\nper = "month"\n'
    assert yen(asked, moved=moved) == expected


def test_the_day_of_a_table_has_to_be_a_day() -> None:
    with pytest.raises(PackErrors, match="3番目には日付"):
        pack_of('[[amount]]\nyen = "table(\'limit\', 0, 3)"\nper = "month"\n')
