"""The days in which a department waits for the resident (期間が止まる日): asked, and not answered yet.

The 標準処理期間 stands still from the day of the question to the day of the answer, unless the pack says otherwise
(`[ruling] pauses`). 行政手続法 第6条 sets the period and 第7条 has what is missing put right (補正); that the time of putting right
is not in the period is how municipalities publish theirs, and is unverified here. 第37条 is about notices (届出), which are done
on arrival: no period runs for them. Telling something pauses nothing, and what was late already stays late.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from madoguchi.cases.acting import civil_day
from madoguchi.cases.desk_tables import TaskMessageRow
from madoguchi.cases.states import MessageKind


@dataclass(frozen=True, slots=True)
class Pause:
    """How many days did not count until a day (止まった日数), and whether the period stands still on it."""

    days: int = 0
    now: bool = False


Said = Sequence[tuple[MessageKind, date]]


def pause_of(said: Said, *, until: date) -> Pause:
    """What questions and answers, in their order, take out of a period until this day; an answer settles all that were open."""
    days, since = 0, None
    for kind, day in said:
        if day > until:
            break
        if kind is MessageKind.ASK and since is None:
            since = day
        elif kind is MessageKind.ANSWER and since is not None:
            days, since = days + (day - since).days, None
    return Pause(days, False) if since is None else Pause(days + (until - since).days, True)


def asked_and_answered(tasks: Collection[int]) -> dict[int, list[tuple[MessageKind, date]]]:
    """The questions and answers of these tasks, without a word of them: in one query."""
    kinds = (MessageKind.ASK.value, MessageKind.ANSWER.value)
    rows = TaskMessageRow.objects.filter(task__in=tasks, kind__in=kinds).order_by("task", "nth")
    found: dict[int, list[tuple[MessageKind, date]]] = {}
    for task, kind, at in rows.values_list("task", "kind", "at"):
        found.setdefault(task, []).append((MessageKind(kind), civil_day(at)))
    return found
