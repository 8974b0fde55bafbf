"""Who receives what already (受給者の一覧): lists from the systems of the benefits, by which nobody is asked for what they have.

1. `take_list` stores a list as of a day, whole or not at all; a newer one takes its place, none is changed.
2. `receiving` says who of these people stands on the newest list; a household receives when anybody of it does.
Without a list nobody is known to receive: then everybody entitled is offered it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, BinaryIO, cast

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.queries import current
from madoguchi.outreach.models import EntitledRow, ReceivingListRow, ReceivingRow
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.disclosure import JAPAN
from madoguchi.residents.where import households_where
from madoguchi.spreadsheets.grid import GridRefused, read_grid
from madoguchi.spreadsheets.workbook import WorkbookRefused

HEADING = "宛名番号"
MOST_LINES_TOLD = 10
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}")
_AT_ONCE = 900


@dataclass(frozen=True, slots=True)
class ReceivingList:
    """A list that is there (受給者の一覧): of which procedure, as of which day, how many people."""

    procedure: str
    as_of: date
    people: int


class ReceivingListRefused(ValueError):
    """A list that cannot be taken; the sentence says what to do."""


def lists() -> tuple[ReceivingList, ...]:
    """The newest list of each procedure."""
    rows = ReceivingListRow.objects.order_by("procedure", "as_of")
    newest = {row.procedure: ReceivingList(row.procedure, row.as_of, row.people) for row in rows}
    return tuple(newest.values())


def read_list(stream: IO[bytes]) -> tuple[str, ...]:
    """The numbers of a file (xlsx, CSV) with the heading 宛名番号. Raises ReceivingListRefused with every line that is wrong."""
    try:
        rows = list(read_grid(cast("BinaryIO", stream)))
    except (GridRefused, WorkbookRefused) as error:
        raise ReceivingListRefused(str(error)) from error
    heading = [cell.strip() for cell in rows[0].cells] if rows else []
    if HEADING not in heading:
        raise ReceivingListRefused(f"見出しに「{HEADING}」の列がありません。1行目を確かめてください。")
    place, numbers, wrong = heading.index(HEADING), [], []
    for row in rows[1:]:
        number = row.cells[place].strip() if place < len(row.cells) else ""
        if row.fault or not _NUMBER.fullmatch(number):
            wrong.append(row.number)
        else:
            numbers.append(number)
    if wrong:
        told = "・".join(map(str, wrong[:MOST_LINES_TOLD])) + (
            " ほか" if len(wrong) > MOST_LINES_TOLD else ""
        )
        raise ReceivingListRefused(
            f"宛名番号でない行があります（{told}行目）。直してから、もう一度入れてください。"
        )
    if not numbers:
        raise ReceivingListRefused("だれも載っていません。書き出しをやり直してください。")
    return tuple(dict.fromkeys(numbers))


def take_list(*, procedure: str, as_of: date, numbers: Sequence[str], by: Actor, now: datetime) -> int:
    """Store a list; returns how many people stand on it. Raises ReceivingListRefused."""
    if procedure not in {one.id for one in current().procedures_of(EventKind.none)}:
        raise ReceivingListRefused("手続きを一覧から選んでください。")
    if as_of > now.astimezone(JAPAN).date():
        raise ReceivingListRefused("一覧の日付が、きょうより先です。日付を確かめてください。")
    if ReceivingListRow.objects.filter(procedure=procedure, as_of__gte=as_of).exists():
        raise ReceivingListRefused(
            "同じ日か、もっと新しい一覧がもうあります。新しい日付の一覧を入れてください。"
        )
    people = list(dict.fromkeys(numbers))
    try:
        with transaction.atomic():
            row = ReceivingListRow.objects.create(
                procedure=procedure, as_of=as_of, people=len(people), taken_at=now, taken_by=by.name
            )
            ReceivingRow.objects.bulk_create(
                (ReceivingRow(list=row, resident_no=one) for one in people), batch_size=2000
            )
            _mark(procedure, as_of, people, now=now)
            record_act(
                actor=by, activity="receiving_list_taken", now=now, procedure=procedure, people=len(people)
            )
    except IntegrityError as error:
        raise ReceivingListRefused("同じ日の一覧がもうあります。画面を開き直してください。") from error
    return len(people)


def receiving(procedures: Iterable[str], resident_nos: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Procedure and number of whoever of these stands on the newest list."""
    found: set[tuple[str, str]] = set()
    for procedure in procedures:
        newest = ReceivingListRow.objects.filter(procedure=procedure).order_by("-as_of").first()
        if newest is None:
            continue
        for start in range(0, len(resident_nos), _AT_ONCE):
            rows = newest.rows.filter(resident_no__in=resident_nos[start : start + _AT_ONCE])
            found.update((procedure, number) for number in rows.values_list("resident_no", flat=True))
    return frozenset(found)


def listed_on(procedures: Iterable[str]) -> dict[str, date]:
    """The day of the newest list of each procedure that has one."""
    rows = ReceivingListRow.objects.filter(procedure__in=list(procedures)).order_by("as_of")
    return dict(rows.values_list("procedure", "as_of"))


def _mark(procedure: str, as_of: date, people: Sequence[str], *, now: datetime) -> None:
    """Say of whom was found entitled whether they receive it now; they are looked at again."""
    homes = households_where(people)
    abouts = [*people, *dict.fromkeys(f"h{home}" for home in homes.values())]
    known = EntitledRow.objects.filter(procedure=procedure)
    listed = set(abouts)
    gone = [
        pk
        for pk, about in known.filter(receiving_since__isnull=False).values_list("pk", "about")
        if about not in listed
    ]
    for start in range(0, len(gone), _AT_ONCE):
        known.filter(pk__in=gone[start : start + _AT_ONCE]).update(receiving_since=None, look_at=now)
    for start in range(0, len(abouts), _AT_ONCE):
        new = known.filter(about__in=abouts[start : start + _AT_ONCE], receiving_since__isnull=True)
        new.update(receiving_since=as_of, look_at=now)
