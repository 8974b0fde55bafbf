"""Fees: the first reduction that applies, unknown instead of a guess, copies, dates; and what the lint says of amounts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.procedures.club import OPEN_DAYS, files_with, procedure_text, situation_of

from madoguchi.procedures.fees import Fee, fee_of
from madoguchi.procedures.lint import lint_procedure
from madoguchi.procedures.loader import PackErrors, load_files
from madoguchi.procedures.packs import Pack

ON = date(2026, 11, 9)
FEE = """
[[fee]]
label = "写し"
yen = 300
per = "copy"
verified = "unverified"
[[fee.reduction]]
when = "person.income_yen < 1000"
yen = 0
because = "収入の少ない方は無料です"
law = "市の要綱"
[[fee.reduction]]
when = "person.books_borrowed >= 5"
yen = 200
because = "よく読む方は安くなります"
"""


def pack_of(more: str, top: str = "") -> Pack:
    text = procedure_text("person.moves", more=top).rstrip() + "\n" + more
    return load_files(files_with(rule=text))


def fee(more: str = FEE, *, copies: int = 1, top: str = "", **facts: Any) -> Fee:
    pack = pack_of(more, top)
    event = {"kind": "move_in", "move_date": "2026-11-05"}
    person: dict[str, Any] = {"id": "p1", "moves": True}
    if "poor" in facts:
        person["income_yen"] = 500 if facts["poor"] else 2000
    if "reads" in facts:
        person["books_borrowed"] = 9 if facts["reads"] else 1
    situation = situation_of([person], event=event)
    return fee_of(pack.procedure("rule"), situation, "p1", on=ON, open_days=OPEN_DAYS, copies=copies)


def test_the_first_reduction_that_applies_counts_with_its_reason() -> None:
    both = fee(poor=True, reads=True)
    assert (both.total_yen, both.lines[0].because, both.lines[0].law) == (
        0,
        "収入の少ない方は無料です",
        "市の要綱",
    )
    one = fee(poor=False, reads=True)
    assert (one.total_yen, one.lines[0].law) == (200, "市が決める")
    none = fee(poor=False, reads=False)
    assert (none.total_yen, none.lines[0].reduced) == (300, False)


def test_what_is_not_known_is_no_amount_and_says_what_would_settle_it() -> None:
    open_fee = fee(reads=True)
    assert open_fee.total_yen is None
    assert {ref.key for ref in open_fee.unknown} == {"income_yen"}
    assert fee(poor=True).total_yen == 0, "what comes after the first that applies does not matter"


def test_what_is_the_same_either_way_is_known() -> None:
    same = FEE.replace("yen = 200", "yen = 300")
    assert fee(same, poor=False).total_yen == 300


def test_each_copy_costs() -> None:
    assert fee(copies=3, poor=False, reads=False).total_yen == 900
    assert fee(FEE.replace('"copy"', '"once"'), copies=3, poor=False, reads=False).total_yen == 300


@pytest.mark.parametrize(
    ("span", "yen"),
    [("valid_from = 2026-11-06", 0), ("valid_from = 2026-11-05", 300), ("valid_until = 2026-11-04", 0)],
)
def test_an_amount_has_its_time(span: str, yen: int) -> None:
    dated = FEE.replace('per = "copy"', f'per = "copy"\n{span}')
    assert fee(dated, poor=False, reads=False).total_yen == yen


def test_a_condition_that_is_not_known_leaves_it_open() -> None:
    when = FEE.replace('per = "copy"', 'per = "copy"\nwhen = "person.books_borrowed >= 5"')
    assert fee(when, poor=False).total_yen is None
    assert fee(when, reads=False).lines == ()


def test_one_amount_is_enough_and_none_is_said_in_words() -> None:
    assert fee("", top="fee_yen = 350").total_yen == 350
    words = fee("", top='fee_note = "条例で決まります"')
    assert (words.total_yen, words.lines, words.note) == (None, (), "条例で決まります")


@given(
    poor=st.sampled_from([True, False, None]), card=st.sampled_from([True, False, None]),
    copies=st.integers(1, 20),
)  # fmt: skip
def test_a_known_amount_is_that_of_every_possible_answer(
    poor: bool | None, card: bool | None, copies: int
) -> None:
    known = {key: value for key, value in (("poor", poor), ("reads", card)) if value is not None}
    said = fee(copies=copies, **known).total_yen
    possible = {
        fee(copies=copies, poor=a, reads=b).total_yen
        for a in ((True, False) if poor is None else (poor,))
        for b in ((True, False) if card is None else (card,))
    }
    assert said == (possible.pop() if len(possible) == 1 else None)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (FEE.replace("yen = 300\n", ""), "金額がありません"),
        (FEE.replace('when = "person.books_borrowed >= 5"\n', ""), "減免の条件がありません"),
        (FEE.replace("person.books_borrowed >= 5", "person.no_such"), "no_such"),
        (FEE.replace('per = "copy"', 'per = "page"'), "page"),
        (FEE.replace("yen = 300", "yen = -300"), "0 以上"),
    ],
)
def test_a_fault_is_said_with_its_line(more: str, says: str) -> None:
    with pytest.raises(PackErrors, match=says):
        pack_of(more)


def test_an_amount_and_fees_are_one_too_many() -> None:
    with pytest.raises(PackErrors, match="両方"):
        pack_of(FEE, top="fee_yen = 300")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (FEE.replace('verified = "unverified"\n', ""), "何で確かめたか"),
        (FEE.replace("yen = 200", "yen = 300"), "安くなりません"),
        (FEE + FEE, "二つあります"),
    ],
)
def test_the_lint_says_what_is_odd_about_an_amount(more: str, says: str) -> None:
    pack = pack_of(more)
    assert any(says in str(one) for one in lint_procedure(pack, pack.procedure("rule")))
