"""Hearing (聞き取り): answers, corrections, one step back, a break, and going on elsewhere at the same question."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, StepDetail
from madoguchi.cases.acting import Given, begin_act, finish_act
from madoguchi.cases.judging import judge
from madoguchi.cases.models import ActRow, CaseRow
from madoguchi.cases.own_facts import own_definition
from madoguchi.cases.read_once import ReadAt, record_at
from madoguchi.cases.record import Record, read_record
from madoguchi.cases.states import CAN_BE_UNDONE, Act, FactSource
from madoguchi.catalogue.queries import current_revision, pack_of
from madoguchi.city.queries import profile
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.municipalities import prefecture_of
from madoguchi.procedures.decide import changes
from madoguchi.procedures.decisions import Change
from madoguchi.procedures.facts import (
    CLAIMANT,
    EVENT_SUBJECT,
    HOUSEHOLD_SUBJECT,
    FactDefinition,
    FactRef,
    FactType,
    Holder,
    Value,
)
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind

DAYS_THAT_WERE = frozenset({"move_date", "birth_date", "death_date"})


class AnswerNotPossible(ValueError):
    """An answer that the fact cannot have."""

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(f"「{label}」の答えとして使えない値です。画面の選択肢から選び直してください。")


class DayInFuture(AnswerNotPossible):
    """A day that has not come yet, where only a move away may be told ahead (転入・転居は未来日不可)."""

    def __init__(self, label: str) -> None:
        self.label = label
        ValueError.__init__(
            self, f"「{label}」が届出の日より後になっています。起きた日を確かめて、入れ直してください。"
        )


class ReasonMissing(ValueError):
    """A correction without a reason."""

    def __init__(self) -> None:
        super().__init__("直す理由を入れてください。理由は記録に残ります。")


class NothingToUndo(ValueError):
    """The case is at its start."""

    def __init__(self) -> None:
        super().__init__("これより前にもどるところはありません。")


def answer_prompt(
    *,
    case: str,
    prompt: str,
    answers: Mapping[FactRef, Value | None],
    by: Actor,
    now: datetime,
    version: int | None,
    characters_typed_by_resident: int = 0,
    read: ReadAt | None = None,
) -> None:
    """Keep what the resident said; None for わからない. Raises AnswerNotPossible for a value the fact cannot have.

    `read`: what the caller has read already; it counts if the case has not moved on.
    """
    with transaction.atomic():
        row = begin_act(case, Act.ANSWER, version=version)
        record = record_at(row, read)
        pack = pack_of(row.revision)
        given = {
            ref: Given(None if value is None else _checked(row, pack, record, ref, value), FactSource.SAID)
            for ref, value in answers.items()
        }
        again = sum(1 for ref in answers if ref in record.facts and ref not in _taken_up(record))
        finish_act(
            row,
            Act.ANSWER,
            by=by,
            now=now,
            given=given,
            prompt=prompt,
            detail=StepDetail(
                prompt=prompt,
                fields_asked=len(answers),
                asked_again=again,
                characters_typed_by_resident=characters_typed_by_resident,
            ),
        )


def _taken_up(record: Record) -> frozenset[FactRef]:
    """What was not known before and was taken up again on purpose."""
    return (
        frozenset(ref for ref, held in record.facts.items() if held.value is None)
        - record.heard_without_answer
    )


def definition_of(pack: Pack, ref: FactRef) -> FactDefinition | None:
    """The definition of a fact, by whose it is: the vocabulary's, or what a case keeps beside it."""
    holder = {EVENT_SUBJECT: Holder.EVENT, HOUSEHOLD_SUBJECT: Holder.HOUSEHOLD}.get(
        ref.subject, Holder.PERSON
    )
    return pack.fact(holder, ref.key) or own_definition(ref)


def _checked(row: CaseRow, pack: Pack, record: Record, ref: FactRef, value: Value) -> Value:
    last = date.max if may_lie_ahead(row) else row.notified_on
    return checked(pack, {person.ref for person in record.people}, ref, value, last_day=last)


def checked(pack: Pack, refs: Collection[str], ref: FactRef, value: Value, *, last_day: date) -> Value:
    """A value that the fact can have, of somebody who is there; days that were are not after `last_day`.

    Raises AnswerNotPossible, DayInFuture.
    """
    if ref.subject not in {*refs, EVENT_SUBJECT, HOUSEHOLD_SUBJECT}:
        raise AnswerNotPossible(ref.key)
    if ref.key == CLAIMANT:
        if value not in refs:
            raise AnswerNotPossible(CLAIMANT)
        return value
    definition = definition_of(pack, ref)
    if definition is None or not _fits(definition, value):
        raise AnswerNotPossible(definition.label if definition else ref.key)
    if ref.key in DAYS_THAT_WERE and first_day(value) > last_day:
        raise DayInFuture(definition.label)
    return value


def may_lie_ahead(row: CaseRow) -> bool:
    """Whether the event may be told before its day: only a move away may (標準仕様書 4.0.3)."""
    return EventKind(row.event_kind) in (EventKind.move_out, EventKind.move_out_abroad)


def first_day(value: Value) -> date:
    """The day, or the earliest that it can be."""
    return (
        value.earliest if isinstance(value, PossibleDays) else value if isinstance(value, date) else date.min
    )


def _fits(definition: FactDefinition, value: Value) -> bool:
    codes = {choice.code for choice in definition.choices}
    match definition.type:
        case FactType.BOOLEAN:
            return isinstance(value, bool)
        case FactType.DATE:
            return isinstance(value, date | PossibleDays)
        case FactType.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case FactType.CHOICE:
            return isinstance(value, str) and value in codes
        case FactType.CHOICES:
            return isinstance(value, frozenset) and value <= codes
        case _:
            return isinstance(value, str) and len(value) <= 200


def correct_fact(
    *, case: str, ref: FactRef, value: Value, reason: str, by: Actor, now: datetime, version: int | None
) -> None:
    """Put right what was known, with a reason; what stood before stays in the history."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        row = begin_act(case, Act.CORRECT_FACT, version=version)
        record = read_record(row)
        checked = _checked(row, pack_of(row.revision), record, ref, value)
        given = {ref: Given(checked, FactSource.STAFF, reason.strip())} | derived_from(ref, checked)
        finish_act(row, Act.CORRECT_FACT, by=by, now=now, given=given)


def derived_from(ref: FactRef, value: Value) -> dict[FactRef, Given]:
    """What follows by itself from a fact: whether the move stays in the prefecture, from the old address."""
    if ref != FactRef("old_address", EVENT_SUBJECT):
        return {}
    old = prefecture_of(str(value))
    if old is None:
        return {FactRef("from_same_prefecture", EVENT_SUBJECT): Given(None, FactSource.DERIVED)}
    same = old == profile().prefecture
    return {FactRef("from_same_prefecture", EVENT_SUBJECT): Given(same, FactSource.DERIVED)}


def retake_unknown(*, case: str, by: Actor, now: datetime, version: int | None = None) -> None:
    """Take up again what was answered with わからない."""
    with transaction.atomic():
        finish_act(begin_act(case, Act.RETAKE, version=version), Act.RETAKE, by=by, now=now)


def undo(*, case: str, by: Actor, now: datetime, version: int | None) -> None:
    """Take back the last answer, correction or setting. Raises NothingToUndo at the start."""
    with transaction.atomic():
        row = begin_act(case, Act.UNDO, version=version)
        last = (
            ActRow.objects.filter(
                case=row, undone_at__isnull=True, kind__in=[act.value for act in CAN_BE_UNDONE]
            )
            .order_by("-number")
            .first()
        )
        if last is None:
            raise NothingToUndo
        ActRow.objects.filter(pk=last.pk).update(undone_at=now)
        detail = StepDetail(prompt=last.prompt or None, note=last.kind)
        follows = row.follows if last.kind != Act.FOLLOW.value or read_record(row).people else None
        finish_act(row, Act.UNDO, by=by, now=now, detail=detail, follows=follows)


def park(*, case: str, by: Actor, now: datetime) -> None:
    """Put the case aside (中断); it opens at the same question, also elsewhere."""
    with transaction.atomic():
        finish_act(begin_act(case, Act.PARK, version=None), Act.PARK, by=by, now=now, parked=True)


def resume(*, case: str, by: Actor, now: datetime) -> None:
    """Go on with a case at this clerk's desk. The resident may have moved with it: that is what the desk tells."""
    with transaction.atomic():
        row = begin_act(case, Act.RESUME, version=None)
        moved = int(bool(by.desk) and (row.branch, row.desk) != (by.branch, by.desk))
        finish_act(
            row,
            Act.RESUME,
            by=by,
            now=now,
            detail=StepDetail(resident_moves=moved),
            parked=False,
            branch=by.branch or row.branch,
            desk=by.desk or row.desk,
        )


def move_to_current_revision(
    *, case: str, by: Actor, now: datetime, version: int | None
) -> tuple[Change, ...]:
    """Decide the case by the newest published procedures from now on; returns what differs."""
    with transaction.atomic():
        row = begin_act(case, Act.CHANGE_REVISION, version=version)
        record = read_record(row)
        newest = current_revision()
        found = changes(judge(row, record).decisions, judge(row, record, revision=newest).decisions)
        finish_act(row, Act.CHANGE_REVISION, by=by, now=now, revision=newest)
    return found
