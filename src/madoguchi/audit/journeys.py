"""What a visit cost whoever came (来庁の道のり), counted from recorded steps alone: one definition for every screen and file.

A visit is a ticket, a case, or both where the case was opened with the ticket. Waits run from when a number begins to wait
until it is called; without a number there was no wait to be seen. Nothing here is typed in by anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from madoguchi.audit.entries import Entry

WAIT_BEGINS = frozenset({"ticket_issued", "ticket_back_in_line", "ticket_transferred", "ticket_finished"})
WAIT_ENDS = frozenset({"ticket_called", "ticket_taken_over", "ticket_left", "ticket_day_ended"})
DESK_BEGINS = frozenset({"ticket_started"})
DESK_ENDS = frozenset(
    {"ticket_finished", "ticket_transferred", "ticket_held", "ticket_left", "ticket_day_ended"}
)
UNDONE, EXPLAINED, SIGNED = "undo", "explain", "sign"
# What costs the resident a question.
ASKED = frozenset({"answer", "say_roles"})
# What the core system says, after everybody has gone home.
AFTERWARDS = frozenset({"acknowledge", "refuse", "change_answered", "close"})


@dataclass(frozen=True, slots=True)
class JourneyCounts:
    """What the visit cost the resident, counted from recorded steps."""

    questions: int
    characters_by_resident: int
    signatures: int
    asked_again: int
    moves: int
    minutes: float
    explanations: int = 0
    explained_again: int = 0
    waits: int = 0
    wait_minutes: float = 0.0
    desk_minutes: float = 0.0

    @property
    def repeats(self) -> int:
        """The same question or explanation more than once."""
        return self.asked_again + self.explained_again


def counted(steps: Sequence[Entry]) -> JourneyCounts:
    """Count the steps of one visit, in the order in which they happened."""
    undone = sum(one.activity == UNDONE and one.body.get("note") in ASKED for one in steps)
    explained = Counter(_explained(one) for one in steps if one.activity == EXPLAINED)
    waits, wait_minutes = _spans(steps, WAIT_BEGINS, WAIT_ENDS)
    _, desk_minutes = _spans(steps, DESK_BEGINS, DESK_ENDS)
    return JourneyCounts(
        questions=sum(one.activity in ASKED for one in steps) - undone,
        characters_by_resident=total(steps, "characters_typed_by_resident"),
        signatures=total(steps, "signatures"),
        asked_again=total(steps, "asked_again"),
        moves=total(steps, "resident_moves"),
        minutes=minutes_there(steps),
        explanations=sum(explained.values()),
        explained_again=sum(count - 1 for count in explained.values()),
        waits=waits,
        wait_minutes=wait_minutes,
        desk_minutes=desk_minutes,
    )


def total(steps: Sequence[Entry], name: str) -> int:
    """The sum of one of the counts that steps carry."""
    return sum(int(str(one.body.get(name, 0))) for one in steps)


def minutes_there(steps: Sequence[Entry]) -> float:
    """Minutes from the first step until the last signature, or until the number was finished where there was one; without
    either, until the last step at the counter."""
    there = [one.at for one in steps if one.activity not in AFTERWARDS]
    over = [one.at for one in steps if one.activity == SIGNED or one.activity in DESK_ENDS]
    end = over[-1] if over else (there[-1] if there else None)
    return _minutes(steps[0].at, end) if end else 0.0


def _spans(steps: Sequence[Entry], begins: frozenset[str], ends: frozenset[str]) -> tuple[int, float]:
    """How many spans ended, and their minutes together. A span that never ended is not counted: its length is not known."""
    since: datetime | None = None
    count, minutes = 0, 0.0
    for one in steps:
        if since is not None and one.activity in ends:
            count, minutes, since = count + 1, minutes + _minutes(since, one.at), None
        if one.activity in begins:
            since = one.at
    return count, round(minutes, 1)


def _explained(step: Entry) -> str:
    return str(step.body.get("explanation") or step.body.get("procedure") or "")


def _minutes(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds() / 60, 1)
