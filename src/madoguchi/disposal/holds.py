"""Records that stay although their period is over (廃棄保留): while an objection, a lawsuit or a request is going on."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.disposal.classes import KEEPERS
from madoguchi.disposal.locks import stop_batches
from madoguchi.disposal.models import HoldRow
from madoguchi.disposal.values import Hold, HoldReason, RecordClass

MOST_OF_A_NOTE = 100


class HoldRefused(ValueError):
    """A record cannot be held, or not be released; the sentence says why."""


def place_hold(
    *,
    record_class: RecordClass,
    number: str,
    day: date | None,
    reason: HoldReason,
    note: str,
    by: Actor,
    now: datetime,
) -> None:
    """Hold the record of this number. Raises HoldRefused when there is none, or it is held already."""
    if reason is HoldReason.OTHER and not note.strip():
        raise HoldRefused("理由が「そのほか」のときは、文書番号を入れてください。")
    if len(note.strip()) > MOST_OF_A_NOTE:
        raise HoldRefused("文書番号は100字までです。氏名や事情は書かず、文書の番号だけにしてください。")
    with transaction.atomic():
        stop_batches(record_class)
        record = KEEPERS[record_class].named(number.strip(), day)
        if record is None:
            raise HoldRefused(
                "その番号の記録が見つからないか、一つに決まりません。窓口の受付と番号票は、番号と受付日の両方を入れてください。"
            )
        try:
            with transaction.atomic():
                HoldRow.objects.create(
                    record_class=record_class.value, record=record, reason=reason.value, note=note.strip(),
                    placed_at=now, placed_by=by.staff_id or 0, placed_by_name=by.name,
                )  # fmt: skip
        except IntegrityError as error:
            raise HoldRefused("その記録は、もう廃棄保留になっています。") from error
        record_act(
            actor=by,
            activity="disposal_held",
            now=now,
            of=record_class.value,
            record=record,
            reason=reason.value,
        )


def release_hold(*, hold: int, by: Actor, now: datetime) -> None:
    """Let a record go its way again. Raises HoldRefused when it is not held."""
    with transaction.atomic():
        row = HoldRow.objects.filter(pk=hold, released_at__isnull=True).first()
        there = HoldRow.objects.filter(pk=hold, released_at__isnull=True)
        if row is None or not there.update(released_at=now, released_by_name=by.name):
            raise HoldRefused("その廃棄保留は、もう解除されています。画面を開き直してください。")
        record_act(actor=by, activity="disposal_released", now=now, of=row.record_class, record=row.record)


def held(record_class: RecordClass) -> frozenset[str]:
    """The records of a class that are held."""
    rows = HoldRow.objects.filter(record_class=record_class.value, released_at__isnull=True)
    return frozenset(rows.values_list("record", flat=True))


def holds_now() -> tuple[Hold, ...]:
    """Every record that is held, the newest first."""
    return tuple(
        Hold(
            row.pk, RecordClass(row.record_class), row.record, HoldReason(row.reason), row.note, row.placed_at,
            row.placed_by_name,
        )
        for row in HoldRow.objects.filter(released_at__isnull=True).order_by("-pk")
    )  # fmt: skip
