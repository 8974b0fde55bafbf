"""The periods that hold now, and setting them (保存期間)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.disposal.locks import stop_batches
from madoguchi.disposal.models import PeriodRow
from madoguchi.disposal.values import CountedFrom, Period, RecordClass


def periods_now() -> dict[RecordClass, Period]:
    """The period of each class that has one."""
    return {one: period_of(row) for one, row in period_rows().items()}


def period_rows() -> dict[RecordClass, PeriodRow]:
    """The row by which the period of each class that has one holds."""
    newest = {row.record_class: row for row in PeriodRow.objects.order_by("pk")}
    return {one: newest[one.value] for one in RecordClass if one.value in newest and newest[one.value].years}


def period_of(row: PeriodRow) -> Period:
    """A row as the value that it is. Only of rows with years."""
    return Period(RecordClass(row.record_class), row.years or 0, CountedFrom(row.counted_from), row.basis)


def changes_to(periods: Sequence[Period]) -> tuple[str, ...]:
    """What setting these would change, one sentence a class."""
    held, wanted = periods_now(), {one.record_class: one for one in periods}
    told = []
    for one in RecordClass:
        before, after = held.get(one), wanted.get(one)
        if before != after:
            told.append(
                f"{one.label}: {before.said if before else '定めなし'} → {after.said if after else '定めなし（消しません）'}"
            )
    return tuple(told)


def set_periods(*, periods: Sequence[Period], by: Actor, now: datetime) -> int:
    """From now on these periods hold, and no others; how many changed. What is proposed already is checked again by them."""
    with transaction.atomic():
        held, wanted = periods_now(), {one.record_class: one for one in periods}
        changed = [one for one in RecordClass if held.get(one) != wanted.get(one)]
        for one in changed:
            stop_batches(one)
            period = wanted.get(one)
            PeriodRow.objects.create(
                record_class=one.value,
                years=period.years if period else None,
                counted_from=(period.counted_from if period else CountedFrom.FISCAL_YEAR).value,
                basis=period.basis if period else "",
                set_at=now,
                set_by=by.name,
            )
            record_act(
                actor=by, activity="retention_set", now=now, of=one.value, years=period.years if period else 0
            )
    return len(changed)
