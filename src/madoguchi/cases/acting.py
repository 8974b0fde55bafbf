"""How every act on a case is done: locked, allowed by the table, numbered, recorded, and seen by one version only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import router
from django.http import Http404

from madoguchi.audit.entries import Actor, Channel, StepDetail
from madoguchi.audit.operations import record_step
from madoguchi.cases.models import ActRow, CaseRow, FactRow
from madoguchi.cases.states import ACTS, LEADS_TO, Act, CaseStatus, FactSource
from madoguchi.compiled import CompiledInsert, CompiledQuery, CompiledRaise
from madoguchi.procedures.facts import FactRef, Value
from madoguchi.residents.fact_json import value_to_json

JAPAN = ZoneInfo("Asia/Tokyo")


class NoSuchCase(LookupError, Http404):
    """No case of that id; a screen that does not catch it answers 404."""

    def __init__(self) -> None:
        super().__init__("その受付は見つかりません。受付一覧から選び直してください。")


class NotNow(ValueError):
    """The act does not fit the state of the case."""

    def __init__(self, number: str, status: CaseStatus) -> None:
        super().__init__(
            f"受付 {number} は「{status.label}」のため、この操作はできません。画面を開き直してください。"
        )


class SomebodyElseChanged(ValueError):
    """The case has moved on since the screen was shown; nothing was lost and nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "ほかの人（または別の画面）がこの受付を先に変えました。新しい内容を表示しています。確かめてから、もう一度入れてください。"
        )


@dataclass(frozen=True, slots=True)
class Given:
    """A value that an act gives to a fact; None: heard, and not known."""

    value: Value | None
    source: FactSource
    reason: str = ""
    as_of: date | None = None


CASE_FIELDS = tuple(one.attname for one in CaseRow._meta.concrete_fields)
_FOUND = CompiledQuery(lambda case: CaseRow.objects.filter(public_id=case).values_list(*CASE_FIELDS))
_LOCKED = CompiledQuery(
    lambda case: CaseRow.objects.select_for_update().filter(public_id=case).values_list(*CASE_FIELDS)
)
_LAST_ACT = CompiledQuery(
    lambda case: ActRow.objects.filter(case=case).order_by("-number").values_list("number")[:1]
)
_ACTS, _FACTS = CompiledInsert(ActRow), CompiledInsert(FactRow)
# Each change of a case counts its version on, so that a screen shown before it is told so.
VERSION = CompiledRaise(CaseRow, count="version", by="id")


def case_of(values: Sequence[Any]) -> CaseRow:
    """The case of a row of `CASE_FIELDS`."""
    return CaseRow.from_db(router.db_for_read(CaseRow), CASE_FIELDS, values)


def civil_day(now: datetime) -> date:
    """The day in Japan."""
    return now.astimezone(JAPAN).date()


def find_case(public_id: str) -> CaseRow:
    """The case, for reading. Raises NoSuchCase."""
    row = _FOUND.first(public_id)
    if row is None:
        raise NoSuchCase
    return case_of(row)


def begin_act(public_id: str, act: Act, *, version: int | None) -> CaseRow:
    """Lock the case inside the caller's transaction and see that the act is allowed now.

    `version` is the one the screen showed; None where no screen was shown before. Raises NoSuchCase, NotNow,
    SomebodyElseChanged.
    """
    locked = _LOCKED.first(public_id)
    if locked is None:
        raise NoSuchCase
    row = case_of(locked)
    status = CaseStatus(row.status)
    if act not in ACTS[status]:
        raise NotNow(row.number, status)
    if version is not None and version != row.version:
        raise SomebodyElseChanged
    return row


def finish_act(
    row: CaseRow,
    act: Act,
    *,
    by: Actor,
    now: datetime,
    given: Mapping[FactRef, Given] | None = None,
    prompt: str = "",
    detail: StepDetail | None = None,
    channel: Channel | None = None,
    **changes: object,
) -> ActRow:
    """Write the act: its number, its facts, the new state and version, and the step in the audit.

    Without a `channel` it happened at the counter, or where a resident themselves acts on their case from home.
    """
    last = _LAST_ACT.first(row.pk)
    done = ActRow(
        case=row,
        number=last[0] + 1 if last else 1,
        kind=act.value,
        prompt=prompt,
        detail={"note": detail.note} if detail and detail.note else {},
        at=now,
        by=by.staff_id,
        by_name=by.name,
    )
    _ACTS.add_one(done)
    _FACTS.add_values(_fact_rows(row, done, given or {}, now))
    if act in LEADS_TO:
        changes["status"] = LEADS_TO[act].value
    if given:
        changes["last_entered_by"] = by.staff_id
    VERSION.next(row.pk, **changes)
    record_step(
        actor=by,
        case=row.public_id,
        activity=act.value,
        channel=channel or _channel_of(row, by),
        now=now,
        detail=detail or StepDetail(prompt=prompt or None),
        practice=row.practice,
    )
    return done


def _channel_of(row: CaseRow, by: Actor) -> Channel:
    return Channel(row.channel) if by.staff_id is None else Channel.COUNTER


def _fact_rows(
    row: CaseRow, act: ActRow, given: Mapping[FactRef, Given], now: datetime
) -> Iterable[Mapping[str, Any]]:
    today = civil_day(now)
    for ref, one in given.items():
        yield {
            "case_id": row.pk,
            "act_id": act.pk,
            "key": ref.key,
            "subject": ref.subject,
            "value": None if one.value is None else value_to_json(one.value),
            "source": one.source.value,
            "as_of": one.as_of or today,
            "valid_from": None,
            "reason": one.reason,
            "known_since": now,
        }
