"""Comparing our ledger with the provider's file of a day (突合せ), to the yen. docs/payments.md says what is in the file."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.payments.models import LedgerRow, PaymentRow, StatementLineRow, StatementRow
from madoguchi.payments.states import Move
from madoguchi.payments.values import MOST_YEN, Difference, word

COLUMNS = ("day", "reference", "move", "key", "yen")
LARGEST = 20_000_000
MOST_SHOWN = 500
AT_ONCE = 500


class StatementUnreadable(ValueError):
    """The file is not the provider's file of one day; nothing of it is taken in. Says the line and what to do."""


_Line = tuple[str, str, str, int]


def take_statement(*, content: bytes, by: Actor, now: datetime) -> date:
    """Take the provider's file in; its day. A later file of the same day takes the place of the former.

    Whatever differs is asked of the provider in the next round of care, and listed until it is explained.
    Raises StatementUnreadable; then nothing has changed.
    """
    day, lines = read_statement(content)
    with transaction.atomic():
        StatementRow.objects.filter(day=day).delete()
        statement = StatementRow.objects.create(
            day=day, digest=sha256(content).hexdigest(), by_name=by.name, at=now
        )
        StatementLineRow.objects.bulk_create(
            [
                StatementLineRow(statement=statement, reference=r, move=m, key=k, yen=y)
                for r, m, k, y in lines
            ],
            batch_size=AT_ONCE,
        )
        asked = sorted({one.payment for one in differences(day=day)})
        for first in range(0, len(asked), AT_ONCE):  # a file of another office differs in every line
            PaymentRow.objects.filter(number__in=asked[first : first + AT_ONCE]).update(look_at=now)
        record_act(
            actor=by, activity="payments_statement", now=now, day=day.isoformat(), lines=len(lines),
            differences=len(asked),
        )  # fmt: skip
    return day


def read_statement(content: bytes) -> tuple[date, list[_Line]]:
    """Read the file. Raises StatementUnreadable."""
    if len(content) > LARGEST:
        raise StatementUnreadable("ファイルが大きすぎます。1日分のファイルかどうか確かめてください。")
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise StatementUnreadable(
            "CSV（UTF-8）として読めません。決済事業者から取り直してください。"
        ) from error
    if not rows or set(rows[0]) != set(COLUMNS):
        raise StatementUnreadable(
            f"列は {'、'.join(COLUMNS)} で、1行以上が要ります。決済事業者から取り直してください。"
        )
    days: set[date] = set()
    found: dict[tuple[str, str, str], int] = {}
    for number, row in enumerate(rows, start=2):
        try:
            day, line = _line(row)
        except (ValueError, TypeError, AttributeError) as error:
            raise StatementUnreadable(
                f"{number}行目を読めません。決済事業者から取り直してください。"
            ) from error
        days.add(day)
        if line[:3] in found:
            raise StatementUnreadable(f"{number}行目は前の行と同じものです。取り直してください。")
        found[line[:3]] = line[3]
    if len(days) != 1:
        raise StatementUnreadable("日が2つ以上あります。1日ずつ取り込んでください。")
    return days.pop(), [(*key, yen) for key, yen in found.items()]


def _line(row: dict[str, str]) -> tuple[date, _Line]:
    move, yen = Move(row["move"]), int(row["yen"])
    if not 0 < yen <= MOST_YEN:
        raise ValueError("out of range")
    key = "" if move is Move.CAPTURE else word(row["key"], most=64)
    return date.fromisoformat(row["day"]), (word(row["reference"], most=20), move.value, key, yen)


def differences(*, day: date | None = None) -> tuple[Difference, ...]:
    """Where the files and the ledger differ now, on the days of which there is a file."""
    days = StatementRow.objects.all() if day is None else StatementRow.objects.filter(day=day)
    on = list(days.values_list("day", flat=True))
    theirs = {
        (statement, reference, move, key): yen
        for statement, reference, move, key, yen in StatementLineRow.objects.filter(
            statement__day__in=on
        ).values_list("statement__day", "reference", "move", "key", "yen")
    }
    ours = {
        (booked, number, move, key): yen
        for booked, number, move, key, yen in LedgerRow.objects.filter(on__in=on).values_list(
            "on", "payment__number", "move", "key", "yen"
        )
    }
    wrong = [key for key in sorted({*theirs, *ours}) if theirs.get(key) != ours.get(key)]
    return tuple(Difference(key[0], key[1], Move(key[2]), ours.get(key), theirs.get(key)) for key in wrong)


def statement_days() -> tuple[tuple[date, str, datetime], ...]:
    """Of which days there is a file, by whom and when it was taken in; the newest first."""
    return tuple(StatementRow.objects.order_by("-day").values_list("day", "by_name", "at")[:MOST_SHOWN])
