"""By when a task is to be decided (標準処理期間, 行政手続法 第6条), and what was decided about it.

The days are the city's, per procedure (`[ruling] days`); where it has set none there is no day. They count from the day after
the task came to the department (民法 第140条: the first day is not counted). While the resident is asked and has not answered it
stands still, unless the pack says otherwise (`pausing`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from madoguchi.cases.acting import civil_day
from madoguchi.cases.desk_tables import ResultPaperRow, RulingRow
from madoguchi.cases.models import CaseRow, TaskRow
from madoguchi.cases.rulings.deciding import in_force, may_follow, procedure_of, waiting
from madoguchi.cases.rulings.pausing import Pause, Said, asked_and_answered, pause_of
from madoguchi.cases.states import RulingKind, TaskState
from madoguchi.cases.tasks import NoSuchTask
from madoguchi.cases.views import TaskView
from madoguchi.catalogue.queries import pack_of
from madoguchi.procedures.packs import ORDINARY_RULING

SOON_DAYS = 3


class DueState(Enum):
    """How near the day is by which a task is to be decided (処理の期限)."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    ON_TIME = "on_time"
    PAUSED = "paused"
    NO_DAY = "no_day"
    DECIDED = "decided"

    @property
    def label(self) -> str:
        """The word beside the colour."""
        return DUE_LABELS[self]


DUE_LABELS = {
    DueState.OVERDUE: "期限を過ぎた",
    DueState.TODAY: "今日まで",
    DueState.SOON: "もうすぐ",
    DueState.ON_TIME: "期限内",
    DueState.PAUSED: "答え待ち（期間は止まっています）",
    DueState.NO_DAY: "期限の定めなし",
    DueState.DECIDED: "決定済み",
}


@dataclass(frozen=True, slots=True)
class TaskDue:
    """Where a task stands against its day: the day, how near it is, what was decided, and whether a proposal waits.

    `paused`: the days that did not count, because the resident was asked; while it stands still, `on` moves with today.
    """

    state: DueState
    on: date | None
    ruling: RulingKind | None = None
    proposed: bool = False
    paused: int = 0

    @property
    def rank(self) -> tuple[bool, date]:
        """The earliest day first; what has none, or is decided, last."""
        late = self.state in (DueState.NO_DAY, DueState.DECIDED) or self.on is None
        return late, self.on or date.max


@dataclass(frozen=True, slots=True)
class RulingLine:
    """One decision in the history of a task: what, why, by whom, and whether it is in force."""

    nth: int
    kind: RulingKind
    reason: str
    at: datetime
    by_name: str
    answered_by: str
    answered_at: datetime | None
    note: str
    in_force: bool | None
    paper: int | None


@dataclass(frozen=True, slots=True)
class RulingView:
    """What a department sees of the decisions about a task, and what it may decide now."""

    lines: tuple[RulingLine, ...]
    stands: RulingKind | None
    waiting: RulingLine | None
    may: tuple[RulingKind, ...]
    two_persons: bool
    own_proposal: bool
    objection: str
    objection_law: str


def due_day(*, made_at: datetime, days: int | None, paused: int = 0) -> date | None:
    """The last day of the 標準処理期間, later by the days that did not count; None where none is set."""
    return None if days is None else civil_day(made_at) + timedelta(days=days + paused)


def due_state(on: date | None, *, today: date) -> DueState:
    """How near a day is."""
    if on is None:
        return DueState.NO_DAY
    if on < today:
        return DueState.OVERDUE
    if on == today:
        return DueState.TODAY
    return DueState.SOON if on <= today + timedelta(days=SOON_DAYS) else DueState.ON_TIME


def dues(tasks: Sequence[TaskView], *, now: datetime) -> dict[int, TaskDue]:
    """Where each of these tasks stands: in four queries, however many there are."""
    keys = [one.id for one in tasks]
    stands: dict[int, RulingKind] = {}
    proposed: set[int] = set()
    rows = RulingRow.objects.filter(task__in=keys).order_by("nth")
    for task, kind, force in rows.values_list("task", "kind", "answer__in_force"):
        if force:
            stands[task] = RulingKind(kind)
        elif force is None:
            proposed.add(task)
    cases = {one.case for one in tasks}
    revisions = dict(CaseRow.objects.filter(public_id__in=cases).values_list("public_id", "revision"))
    said = asked_and_answered(keys)
    return {
        one.id: _due(
            one, revisions[one.case], stands.get(one.id), one.id in proposed, said.get(one.id, ()), now
        )
        for one in tasks
    }


def _due(
    task: TaskView, revision: str, stands: RulingKind | None, proposed: bool, said: Said, now: datetime
) -> TaskDue:
    pack = pack_of(revision)
    terms = pack.procedure(task.procedure).ruling if pack.has_procedure(task.procedure) else ORDINARY_RULING
    today = civil_day(now)
    pause = pause_of(said, until=today) if terms.pauses else Pause()
    on = due_day(made_at=task.made_at, days=terms.days, paused=pause.days)
    over = task.state in (TaskState.DONE, TaskState.CANCELLED)
    decided = over or stands not in (None, RulingKind.REVOKED)
    state = DueState.DECIDED if decided and not proposed else due_state(on, today=today)
    if pause.now and state in (DueState.TODAY, DueState.SOON, DueState.ON_TIME):
        state = DueState.PAUSED
    return TaskDue(state, on, stands, proposed, pause.days if on is not None else 0)


def ruling_view(*, task: int, departments: Collection[str], staff_id: int | None) -> RulingView:
    """The decisions about one task of these duties of a department. Raises NoSuchTask."""
    row = TaskRow.objects.select_related("case").filter(pk=task, department__in=departments).first()
    if row is None:
        raise NoSuchTask
    stands, open_one, procedure = in_force(row), waiting(row), procedure_of(row)
    terms = procedure.ruling if procedure else ORDINARY_RULING
    kind = RulingKind(stands.kind) if stands else None
    papers = dict(ResultPaperRow.objects.filter(ruling__task=row).values_list("ruling", "nth"))
    lines = tuple(
        _line(one, papers.get(one.pk))
        for one in RulingRow.objects.filter(task=row).select_related("answer").order_by("-nth")
    )
    possible = may_follow(row, kind) if open_one is None else frozenset()
    return RulingView(
        lines, kind, next((one for one in lines if one.in_force is None), None),
        tuple(one for one in RulingKind if one in possible), terms.two_persons,
        open_one is not None and open_one.by == staff_id, terms.objection, terms.law,
    )  # fmt: skip


def _line(row: RulingRow, paper: int | None) -> RulingLine:
    answer = getattr(row, "answer", None)
    return RulingLine(
        row.nth, RulingKind(row.kind), row.reason, row.at, row.by_name,
        answer.by_name if answer and (row.two_persons or not answer.in_force) else "",
        answer.at if answer else None, answer.note if answer else "", answer.in_force if answer else None, paper,
    )  # fmt: skip
