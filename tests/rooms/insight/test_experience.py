"""A played visit: what is pressed is what is clocked, also without a line; it is practice and stays practice."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from tests.cast import NOW
from tests.rooms.cases.walking import begun, signed

from madoguchi.audit.entries import Actor
from madoguchi.cases.models import CaseRow
from madoguchi.insight import experience as playing
from madoguchi.insight.book import PRACTICE, experience_book
from madoguchi.insight.models import ExperienceRow, PressRow
from madoguchi.insight.stopwatch import NotInTime, Phase, Round, Tally
from madoguchi.insight.visits import visits

pytestmark = pytest.mark.django_db
BY = Actor(1, "推進 澪", "", "")
SECOND = timedelta(seconds=1)


def at(seconds: float) -> datetime:
    return NOW + SECOND * seconds


def begin(persona: str = "4人家族の転入", of: Round = Round.BEFORE, case: str = "") -> int:
    return playing.begin(persona=persona, of_round=of, case_number=case, by=BY, now=NOW)


def press(number: int, pressed: str, seconds: float, *, delay: float = 0, key: str = "") -> None:
    """Pressed after so many seconds, arrived `delay` later."""
    playing.press(
        experience=number,
        pressed=pressed,
        key=key or f"k-{pressed}-{round(seconds * 1000)}",
        ago_ms=round(delay * 1000),
        now=at(seconds + delay),
    )


def test_the_log_is_the_manual_stopwatch_also_without_a_line() -> None:
    """Pressed along a stopwatch; three presses arrive minutes later and out of order. Within 5 seconds: in fact exactly."""
    by_hand = [
        ("wait", 3),
        ("talk", 610.5),
        ("question", 640),
        ("write", 700),
        ("walk", 941),
        ("wait", 1001),
        ("end", 1500),
    ]
    number = begin()
    late = {("talk", 610.5): 900.0, ("write", 700): 30.0, ("walk", 941): 600.0}
    for pressed, seconds in sorted(by_hand, key=lambda one: one[1] + late.get(one, 0)):
        if pressed != "end":
            press(number, pressed, seconds, delay=late.get((pressed, seconds), 0))
    press(number, "end", 1500, delay=100)
    found = playing.experience(number, now=at(2000)).clocked
    expected = {Phase.WAIT: 607.5 + 499, Phase.TALK: 89.5, Phase.WRITE: 241, Phase.WALK: 60}
    for phase, seconds in expected.items():
        assert found.minutes[phase] * 60 == pytest.approx(seconds, abs=5)
        assert found.minutes[phase] * 60 == pytest.approx(seconds, abs=0.01)
    assert found.ended and found.tallies[Tally.QUESTION] == 1


def test_a_press_that_is_sent_twice_counts_once() -> None:
    number = begin()
    press(number, "question", 1, key="same")
    press(number, "question", 1, key="same", delay=5)
    assert playing.experience(number, now=at(9)).clocked.tallies[Tally.QUESTION] == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PressRow.objects.create(experience_id=number, key="same", pressed="wait", at=NOW, received_at=NOW)


def test_after_the_end_nothing_counts_until_the_end_is_taken_back() -> None:
    number = begin()
    press(number, "wait", 0)
    press(number, "end", 60)
    with pytest.raises(playing.EndedAlready, match="取り消して"):
        press(number, "talk", 61)
    press(number, "sheet", 30, delay=60)  # made before the end, arrives after it
    playing.undo(experience=number, now=at(70))
    press(number, "talk", 90)
    found = playing.experience(number, now=at(120)).clocked
    assert found.minutes == {Phase.WAIT: 1.5, Phase.TALK: 0.5, Phase.WRITE: 0, Phase.WALK: 0}
    assert found.tallies[Tally.SHEET] == 1
    assert PressRow.objects.exclude(undone_at=None).count() == 1


def test_what_cannot_be_is_refused() -> None:
    number = begin()
    for wrong in ("sleep", ""):
        with pytest.raises(playing.NotAPress):
            press(number, wrong, 1)
    with pytest.raises(playing.NotAPress):
        press(number, "wait", 1, key="a b")
    with pytest.raises(NotInTime):
        playing.press(experience=number, pressed="wait", key="k", ago_ms=5000, now=at(1))
    with pytest.raises(playing.NoSuchExperience):
        press(number + 1, "wait", 1)
    for persona in ("", "  ", "あ" * 61):
        with pytest.raises(playing.PersonaNotSaid):
            begin(persona)
    for wrong_row in ({"persona": ""}, {"round": "later"}):
        given = {"persona": "x", "round": "before", "observer": 1, "observer_name": "x", "begun_at": NOW}
        with pytest.raises(IntegrityError), transaction.atomic():
            ExperienceRow.objects.create(**{**given, **wrong_row})
    with pytest.raises(IntegrityError), transaction.atomic():
        PressRow.objects.create(experience_id=number, key="x", pressed="sleep", at=NOW, received_at=NOW)


def test_only_a_practice_case_can_be_played(
    city: Mapping[str, Actor], procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    real, practice = signed(clerk), begun(clerk, practice=True)
    numbers = dict(CaseRow.objects.values_list("public_id", "number"))
    with pytest.raises(playing.NotPractice, match="練習の受付"):
        begin(case=numbers[real])
    with pytest.raises(playing.NotPractice):
        begin(case="Z999")
    found = playing.experience(begin(case=numbers[practice].lower()), now=at(1))
    assert found.counts is not None and found.counts.questions == 0 and found.case_number == numbers[practice]
    assert [one.cases for one in visits(first=NOW.date(), last=NOW.date())] == [(real,)]


def test_before_and_after_side_by_side_and_in_excel() -> None:
    for of, minutes in ((Round.BEFORE, 40), (Round.BEFORE, 50), (Round.AFTER, 15)):
        number = begin(of=of)
        press(number, "wait", 0)
        press(number, "question", 1)
        press(number, "end", minutes * 60)
    unfinished = begin(persona="おくやみ")
    press(unfinished, "wait", 0)
    played = playing.experiences(now=at(4000))
    (line,) = playing.by_persona(played)
    assert line.before is not None and line.after is not None
    assert (line.before.played, line.before.total, line.after.total) == (2, 45, 15)
    assert line.before.tallies[Tally.QUESTION] == 1
    book = openpyxl.load_workbook(io.BytesIO(experience_book(played, [line])))
    assert book.sheetnames == ["前後の比較", "1回ごと"]
    assert book["1回ごと"].max_row == 2 + 4 and book["1回ごと"]["A1"].value == PRACTICE
    playing.drop(experience=unfinished, by=BY, now=NOW)
    assert len(playing.experiences(now=NOW)) == 3
    with pytest.raises(playing.NoSuchExperience):
        playing.experience(unfinished, now=NOW)


def test_notes_are_kept() -> None:
    number = begin()
    playing.note(experience=number, notes=" 記入例が見えにくい ")
    assert playing.experience(number, now=NOW).notes == "記入例が見えにくい"
    with pytest.raises(playing.NoSuchExperience):
        playing.note(experience=number + 1, notes="x")
