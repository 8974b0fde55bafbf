"""What became of tasks (受けた手続きと決定), as values for statistics: no number of a case, nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from madoguchi.audit.entries import Channel
from madoguchi.audit.queries import first_channels
from madoguchi.cases.acting import JAPAN, civil_day
from madoguchi.cases.desk_tables import RulingRow
from madoguchi.cases.models import TaskRow
from madoguchi.cases.rulings.pausing import Said, asked_and_answered, pause_of
from madoguchi.cases.states import MessageKind, TaskState
from madoguchi.catalogue.queries import pack_of
from madoguchi.procedures.packs import ORDINARY_RULING


@dataclass(frozen=True, slots=True)
class HandledTask:
    """A task that came to a department: by which channel, what it is about, how long until it was decided.

    `days`: from the day it came to the first decision in force; None while there is none. `in_time`: None without a set day;
    the days in which the resident was asked do not count for it, unless the pack says otherwise.
    """

    procedure: str
    name: str
    channel: Channel
    received_on: date
    days: int | None
    asked_back: bool
    in_time: bool | None


def handled_tasks(first: date, last: date) -> tuple[HandledTask, ...]:
    """The tasks that came on these days, called off and practice left out."""
    since = datetime.combine(first, time.min, JAPAN)
    until = datetime.combine(last + timedelta(days=1), time.min, JAPAN)
    rows = list(
        TaskRow.objects.filter(made_at__gte=since, made_at__lt=until, case__practice=False)
        .exclude(state=TaskState.CANCELLED.value)
        .select_related("case")
        .order_by("pk")
    )
    tasks = TaskRow.objects.filter(made_at__gte=since, made_at__lt=until)
    decided: dict[int, datetime] = {}
    rulings = RulingRow.objects.filter(task__in=tasks.values("pk"), answer__in_force=True).order_by("-nth")
    for task, at in rulings.values_list("task", "answer__at"):
        decided[task] = at
    said = asked_and_answered([row.pk for row in rows])
    channels = first_channels({row.case.public_id for row in rows})
    return tuple(
        _handled(
            row, decided.get(row.pk), said.get(row.pk, ()), channels.get(row.case.public_id, Channel.COUNTER)
        )
        for row in rows
    )


def _handled(row: TaskRow, at: datetime | None, said: Said, channel: Channel) -> HandledTask:
    came = civil_day(row.made_at)
    pack = pack_of(row.case.revision)
    procedure = pack.procedure(row.procedure) if pack.has_procedure(row.procedure) else None
    days = (civil_day(at) - came).days if at else None
    terms = procedure.ruling if procedure else ORDINARY_RULING
    paused = pause_of(said, until=civil_day(at)).days if at and terms.pauses else 0
    in_time = None if days is None or terms.days is None else days - paused <= terms.days
    asked = any(kind is MessageKind.ASK for kind, _day in said)
    name = procedure.name if procedure else row.procedure
    return HandledTask(row.procedure, name, channel, came, days, asked, in_time)
