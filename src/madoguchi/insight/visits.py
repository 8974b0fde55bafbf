"""The visits of some days (来庁の道のり): steps of a ticket and of its cases in one line, in the order in which they happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from zoneinfo import ZoneInfo

from madoguchi.audit.entries import Entry
from madoguchi.audit.journeys import JourneyCounts, counted
from madoguchi.audit.queries import visits_begun
from madoguchi.booking.offering import offer
from madoguchi.cases.queries import visit_marks

JAPAN = ZoneInfo("Asia/Tokyo")
CASE_OPENED = "ticket_case_opened"
MOST_DAYS = 93


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit (来庁): its ticket ("" without), its cases, what came of it, its steps in order and what they cost."""

    ticket: str
    cases: tuple[str, ...]
    event: str
    branch: str
    desk: str
    lane: str
    steps: tuple[Entry, ...]
    counts: JourneyCounts

    @property
    def key(self) -> str:
        """The key by which files name it."""
        return self.ticket or self.cases[0]

    @property
    def day(self) -> date:
        """The day in Japan on which it began."""
        return self.begins.astimezone(JAPAN).date()

    @property
    def begins(self) -> datetime:
        return self.steps[0].at


class TooManyDays(ValueError):
    """More days than a page can count at once, or the wrong way round."""

    def __init__(self) -> None:
        super().__init__(
            f"期間は、始まりの日から{MOST_DAYS}日までで選んでください。長い期間は月ごとに分けてください。"
        )


def visits(*, first: date, last: date, branch: str = "") -> tuple[Visit, ...]:
    """Visits that began on these days, in order of their beginning; practice is not among them. Raises TooManyDays."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise TooManyDays
    found = dict(visits_begun(first=first, last=last))
    marks = visit_marks(found)
    practice = {key for key, mark in marks.items() if mark.practice}
    cases_of, ticket_of = _linked(found)
    lanes = {(lane.branch, desk): lane.name for lane in reversed(offer().lanes) for desk in lane.desks}
    made = []
    for key, steps in found.items():
        if key in practice or key in ticket_of:
            continue
        cases = cases_of.get(key, ()) if key not in marks else (key,)
        ticket = "" if key in marks else key
        together = tuple(
            sorted(
                [*steps, *(step for case in cases if case != key for step in found.get(case, ()))],
                key=attrgetter("at", "id"),
            )
        )
        events = [marks[case].event.value for case in cases if case in marks]
        place = next((one for one in together if one.desk), together[0])
        made.append(
            Visit(
                ticket,
                cases,
                events[0] if events else "",
                together[0].branch,
                place.desk,
                lanes.get((together[0].branch, place.desk), ""),
                together,
                counted(together),
            )
        )
    made = [one for one in made if not branch or one.branch == branch]
    return tuple(sorted(made, key=lambda one: (one.begins, one.key)))


def _linked(found: dict[str, tuple[Entry, ...]]) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Cases by ticket, and the ticket of each case that was opened with one."""
    cases_of: dict[str, tuple[str, ...]] = {}
    ticket_of: dict[str, str] = {}
    for key, steps in found.items():
        for step in steps:
            case = str(step.body.get("explanation") or "")
            if step.activity == CASE_OPENED and case and case not in ticket_of:
                ticket_of[case] = key
                cases_of[key] = (*cases_of.get(key, ()), case)
    return cases_of, ticket_of
