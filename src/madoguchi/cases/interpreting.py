"""An interpreter at a case (通訳): called by a clerk, sees what was said through them and what follows, while they are called.

1. A clerk calls somebody with the role 通訳 to one case. It ends when the clerk ends it, after two hours, or when the case is over.
2. They read and change nothing. Shown are the question, what was said at the counter as a choice, a day or a number, and the
   procedures: nothing from the register or a card, no free text, no number of a person, and nobody's address, so that its
   absence says nothing of 支援措置.
3. A case to which they are not called looks like one that is not there: one query finds it by both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.cases.acting import NoSuchCase, find_case
from madoguchi.cases.hearing import definition_of
from madoguchi.cases.interpreter_tables import InterpreterCallRow
from madoguchi.cases.judging import Judged, judge, prompt_now
from madoguchi.cases.models import CaseRow
from madoguchi.cases.own_facts import ADDRESS_FACTS
from madoguchi.cases.queries import header_of
from madoguchi.cases.record import Record, read_record
from madoguchi.cases.states import CaseStatus, FactSource
from madoguchi.cases.views import CaseHeader
from madoguchi.city.authority import Role
from madoguchi.city.queries import staff_with
from madoguchi.procedures.facts import FactRef, FactType
from madoguchi.procedures.questions import Prompt

# Ours: longer than a visit takes, shorter than a day.
CALL_LASTS = timedelta(hours=2)
OVER = (CaseStatus.REGISTERED, CaseStatus.CLOSED, CaseStatus.WITHDRAWN)
_OPEN = tuple(one.value for one in CaseStatus if one not in OVER)
_TOLD = frozenset({FactType.BOOLEAN, FactType.CHOICE, FactType.CHOICES, FactType.DATE, FactType.NUMBER})


class InterpreterNotCalled(ValueError):
    """They cannot be called to it; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class InterpreterCall:
    """An interpreter who is called to a case (通訳の呼出し): who, by whom, until when."""

    number: int
    case: str
    case_number: str
    interpreter: int
    interpreter_name: str
    called_by_name: str
    called_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class InterpretedCase:
    """What an interpreter sees of a case (通訳に見せる受付). `told`: the facts that were said at the counter, in their order."""

    header: CaseHeader
    call: InterpreterCall
    record: Record
    judged: Judged
    prompt: Prompt | None
    told: tuple[FactRef, ...]


def call_interpreter(*, case: str, interpreter: int, by: Actor, now: datetime) -> None:
    """Call somebody to a case; whoever is called already stays called. Raises NoSuchCase, InterpreterNotCalled."""
    name = staff_with(Role.INTERPRETER).get(interpreter)
    if name is None or by.staff_id is None or interpreter == by.staff_id:
        raise InterpreterNotCalled("通訳の役割のある人を選んでください。")
    with transaction.atomic():
        row = find_case(case)
        if row.status not in _OPEN:
            raise InterpreterNotCalled("終わった受付には、通訳を呼べません。")
        there = InterpreterCallRow.objects.filter(case=row, interpreter=interpreter, ended_at__isnull=True)
        there.filter(ends_at__lte=now).update(ended_at=F("ends_at"))
        _, made = InterpreterCallRow.objects.get_or_create(
            case=row,
            interpreter=interpreter,
            ended_at=None,
            defaults={
                "interpreter_name": name,
                "called_by": by.staff_id,
                "called_by_name": by.name,
                "called_at": now,
                "ends_at": now + CALL_LASTS,
            },
        )
        if made:
            record_act(actor=by, activity="interpreter_called", now=now, case=case, staff=interpreter)


def end_call(*, case: str, call: int, by: Actor, now: datetime) -> None:
    """End it, as any clerk of the case. Raises InterpreterNotCalled when nobody is called by that number any more."""
    with transaction.atomic():
        there = InterpreterCallRow.objects.filter(
            pk=call, case__public_id=case, ended_at__isnull=True, ends_at__gt=now
        )
        who = there.values_list("interpreter", flat=True).first()
        if who is None or not there.update(ended_at=now, ended_by=by.staff_id):
            raise InterpreterNotCalled("この通訳は、もう終わっています。画面を開き直してください。")
        record_act(actor=by, activity="interpreter_ended", now=now, case=case, staff=who)


def called_to(*, case: str, now: datetime) -> tuple[InterpreterCall, ...]:
    """Who is called to a case now, in the order in which they were."""
    rows = InterpreterCallRow.objects.filter(case__public_id=case)
    return tuple(_call(row) for row in _now_called(rows, now).order_by("pk"))


def calls_of(*, interpreter: int, now: datetime) -> tuple[InterpreterCall, ...]:
    """The cases to which somebody is called now, the newest call first. No personal data."""
    rows = InterpreterCallRow.objects.filter(interpreter=interpreter)
    return tuple(_call(row) for row in _now_called(rows, now).order_by("-pk"))


def interpreted_case(*, case: str, by: Actor, now: datetime) -> InterpretedCase:
    """The case for whoever is called to it, its reading written down. Raises NoSuchCase for any other, alike."""
    mine = InterpreterCallRow.objects.filter(case__public_id=case, interpreter=by.staff_id or 0)
    found = _now_called(mine, now).first()
    if found is None:
        raise NoSuchCase
    row: CaseRow = found.case
    record = read_record(row)
    judged = judge(row, record)
    told = tuple(ref for ref in record.facts if _may_be_told(judged, record, ref))
    if record.people:
        record_access(
            actor=by,
            purpose=Purpose.PRACTICE if row.practice else Purpose.INTERPRETING,
            authority="interpret",
            person_keys=[one.resident_no or f"{row.public_id}/{one.ref}" for one in record.people],
            fields=sorted({"name", *(ref.key for ref in told)}),
            case=row.public_id,
            screen="interpreted_case",
            now=now,
        )
    prompt = prompt_now(judged, record) if row.status == CaseStatus.HEARING.value and record.people else None
    return InterpretedCase(header_of(row), _call(found), record, judged, prompt, told)


def _may_be_told(judged: Judged, record: Record, ref: FactRef) -> bool:
    """Whether it was said at this counter, and as an answer that tells nobody apart: default no."""
    held, definition = record.facts[ref], definition_of(judged.pack, ref)
    return (
        held.source is FactSource.SAID
        and definition is not None
        and definition.type in _TOLD
        and ref.key not in ADDRESS_FACTS
    )


def _now_called(rows: QuerySet[InterpreterCallRow], now: datetime) -> QuerySet[InterpreterCallRow]:
    return rows.filter(
        ended_at__isnull=True, called_at__lte=now, ends_at__gt=now, case__status__in=_OPEN
    ).select_related("case")


def _call(row: InterpreterCallRow) -> InterpreterCall:
    return InterpreterCall(
        number=row.pk,
        case=row.case.public_id,
        case_number=row.case.number,
        interpreter=row.interpreter,
        interpreter_name=row.interpreter_name,
        called_by_name=row.called_by_name,
        called_at=row.called_at,
        until=row.ends_at,
    )
