"""A fee of a procedure as something to pay: line by line, nothing when it is free, refused while it is not known."""

from __future__ import annotations

import pytest

from madoguchi.payments.fees_asked import FeeNotKnown, payable_of_fee
from madoguchi.payments.values import Payable, PayLine
from madoguchi.procedures.fees import Fee, FeeLine


def asked_for(*lines: FeeLine, total: int | None) -> Payable | None:
    return payable_of_fee(fee=Fee(lines, total, ()), source="s", reference="r", title="t", owner_key="o")


def test_every_line_with_its_copies_and_its_reduction() -> None:
    made = asked_for(
        FeeLine("住民票の写し", 600, 2, False, "", "条例"),
        FeeLine("登録", 100, 1, True, "生活保護を受けています", "条例"),
        FeeLine("交付", 0, 1, True, "初めてです", "条例"),
        total=700,
    )
    assert made is not None and made.yen == 700
    assert made.lines == (
        PayLine("住民票の写し ×2", 600), PayLine("登録（生活保護を受けています）", 100), PayLine("交付（初めてです）", 0),
    )  # fmt: skip


def test_what_costs_nothing_is_not_asked_for() -> None:
    assert asked_for(FeeLine("交付", 0, 1, True, "初めてです", "条例"), total=0) is None
    assert asked_for(total=0) is None


def test_nobody_is_asked_for_a_guess() -> None:
    for lines in ((), (FeeLine("交付", None, 1, False, "", "市が決める"),)):
        with pytest.raises(FeeNotKnown):
            asked_for(*lines, total=None)
