"""How quickly departments decide: the figures, and that no small number can be read or reckoned from them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, timedelta

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import NOW, TODAY
from tests.rooms.cases.deciding import GRANT, signed_by_widow
from tests.rooms.cases.walking import signed

from madoguchi.audit.entries import Actor, Channel
from madoguchi.cases import closing
from madoguchi.cases.messages.writing import ask_resident
from madoguchi.cases.rulings.deciding import propose
from madoguchi.cases.rulings.figures import HandledTask, handled_tasks
from madoguchi.insight.rulings import LEAST, handling_book, handling_report, report_of
from madoguchi.insight.visits import TooManyDays


def task(
    procedure: str = "a", channel: Channel = Channel.COUNTER, days: int | None = 3, asked: bool = False
) -> HandledTask:
    return HandledTask(
        procedure, f"手続き {procedure}", channel, TODAY, days, asked, None if days is None else days <= 5
    )


TASKS = st.lists(
    st.builds(
        task,
        st.sampled_from("abc"),
        st.sampled_from([Channel.COUNTER, Channel.ONLINE]),
        st.one_of(st.none(), st.integers(0, 60)),
        st.booleans(),
    ),
    max_size=90,
)


@given(TASKS)
def test_no_small_number_can_be_read_or_reckoned(tasks: list[HandledTask]) -> None:
    report = report_of(tasks)
    for line in (*report.lines, report.whole):
        for count in (line.received, line.decided, line.asked_back, line.in_time):
            assert count is None or count == 0 or count >= LEAST
        if line.received is not None and line.decided is not None:
            assert line.received - line.decided == 0 or line.received - line.decided >= LEAST
        assert line.median is None or line.nine_of_ten is not None
    shown = sum(line.received or 0 for line in report.lines)
    if report.whole.received is not None and report.small == 1:
        assert report.whole.received == shown
    for name in ("decided", "asked_back", "in_time"):
        hidden = [line for line in report.lines if getattr(line, name) is None]
        assert not hidden or getattr(report.whole, name) is None


def test_the_figures_are_the_middle_and_what_nine_of_ten_stay_below() -> None:
    tasks = [task(days=n) for n in range(1, 21)] + [task("b", Channel.ONLINE, None)] * 10
    report = report_of(tasks)
    first, second = report.lines
    assert (first.received, first.decided, first.median, first.nine_of_ten) == (20, 20, 10.5, 18.1)
    assert (second.channel, second.received, second.decided, second.median) == (Channel.ONLINE, 10, 0, None)
    book = openpyxl.load_workbook(io.BytesIO(handling_book(report, channels={Channel.ONLINE: "オンライン"})))
    cells = list(book.active.iter_rows(values_only=True))
    assert any("オンライン" in row for row in cells)


def test_too_long_a_time_is_refused() -> None:
    with pytest.raises(TooManyDays):
        handling_report(date(2026, 1, 1), date(2026, 11, 1))


@pytest.mark.django_db
@pytest.mark.usefixtures("procedures", "residents")
def test_what_is_counted_comes_from_what_happened(city: Mapping[str, Actor]) -> None:
    there = signed_by_widow(city)
    signed(city["clerk_taro"], practice=True)
    gone = signed(city["clerk_taro"])
    closing.withdraw(case=gone, reason="まちがい", by=city["clerk_taro"], now=NOW, version=None)
    officer = city["officer_nhi"]
    ask_resident(task=there.by_one, text="写しを", answer_by=None, by=officer, now=NOW)
    propose(task=there.by_one, said=GRANT, by=officer, now=NOW + timedelta(days=4), version=None)
    propose(task=there.by_two, said=GRANT, by=officer, now=NOW + timedelta(days=4), version=None)
    found = {one.procedure: one for one in handled_tasks(TODAY, TODAY)}
    assert (found["high-cost-heirs"].days, found["high-cost-heirs"].asked_back) == (4, True)
    assert found["nhi-funeral"].days is None
    assert "move-in-notice" not in found
    assert {one.channel for one in found.values()} == {Channel.COUNTER}
    assert handled_tasks(TODAY - timedelta(days=9), TODAY - timedelta(days=1)) == ()
