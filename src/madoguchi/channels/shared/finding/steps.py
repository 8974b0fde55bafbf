"""One press on a page of finding out (一つ押したあと): the people, a question, or the list; at home and at the machine alike.

What is posted is read here and nowhere else, so that both ways ask the same and understand the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.http import QueryDict
from django.utils.translation import gettext as _

from madoguchi.cases.at_home import NobodySaid, NotReadable, begun_with, checked_at_home
from madoguchi.cases.hearing import AnswerNotPossible, DayInFuture
from madoguchi.channels.shared.answers import AnswerMissing, AnswerUnreadable
from madoguchi.channels.shared.finding.asking import Going, going, posted
from madoguchi.channels.shared.finding.carried import Carried, begun
from madoguchi.channels.shared.finding.days import DayUnreadable
from madoguchi.channels.shared.finding.words import OTHER, RELATIONSHIPS
from madoguchi.procedures.situation import EventKind

NOT_AN_ANSWER = (AnswerMissing, AnswerUnreadable, DayUnreadable, AnswerNotPossible)


class Place(Enum):
    """Which page comes (つぎのページ)."""

    PEOPLE = "people"
    QUESTION = "question"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Step:
    """The page that comes, and what it shows. `people`: who was chosen; `at`: where it leads, except for the people."""

    place: Place
    event: EventKind
    people: tuple[str, ...] = ()
    carried: Carried | None = None
    at: Going | None = None
    problem: str = ""


def event_of(code: str) -> EventKind | None:
    """The event that was pressed, or None."""
    return next((one for one in EventKind if one.value == code), None)


def known_people(said: Sequence[str]) -> tuple[str, ...]:
    """Those of the chosen that can be chosen."""
    return tuple(one for one in said if one in RELATIONSHIPS or one == OTHER)


def first_step(event: EventKind, said: Sequence[str], *, now: datetime, one_by_one: bool = False) -> Step:
    """It was said who is in it: the first question."""
    people = known_people(said)
    try:
        told = begun_with(event, ["" if one == OTHER else one for one in people])
    except (NobodySaid, NotReadable) as error:
        return Step(Place.PEOPLE, event, people, problem=_(str(error)))
    return step_at(begun(told), now=now, one_by_one=one_by_one)


def step_at(carried: Carried, *, now: datetime, one_by_one: bool = False) -> Step:
    """The question that is open now, or the list when there is none."""
    at = going(carried.said, now=now, one_by_one=one_by_one)
    place = Place.QUESTION if at.page is not None else Place.LIST
    return Step(place, carried.said.event, carried=carried, at=at)


def next_step(data: QueryDict, carried: Carried, *, now: datetime, one_by_one: bool = False) -> Step:
    """What was pressed: back, the list so far, or an answer to the page that is open. Raises NotReadable."""
    go = data.get("go", "")
    if go == "back":
        return _back(carried, now=now, one_by_one=one_by_one)
    step = step_at(carried, now=now, one_by_one=one_by_one)
    if go == "list":
        return Step(Place.LIST, step.event, carried=carried, at=step.at)
    at = step.at
    if at is None or at.page is None or data.get("page") != at.page.id:
        return step
    try:
        answers = checked_at_home(carried.said, at.judged, posted(data, at))
    except NOT_AN_ANSWER as error:
        return Step(Place.QUESTION, step.event, carried=carried, at=at, problem=_problem(error))
    return step_at(carried.now_saying(carried.said.and_then(answers)), now=now, one_by_one=one_by_one)


def _back(carried: Carried, *, now: datetime, one_by_one: bool) -> Step:
    said = carried.said
    if said.pages:
        return step_at(carried.now_saying(said.one_back()), now=now, one_by_one=one_by_one)
    there = tuple(one or OTHER for one in said.people)
    return Step(Place.PEOPLE, said.event, there[:-1] if said.event is EventKind.birth else there)


def _problem(error: ValueError) -> str:
    """Why an answer was not taken, in the language of the page and without the words of the office."""
    match error:
        case DayInFuture():
            return _("その日は、まだ来ていません。日付を確かめて、入れ直してください。")
        case AnswerUnreadable() | AnswerNotPossible():
            return _("入れた内容を読めませんでした。確かめて、入れ直してください。")
        case _:
            return str(error)
