"""Which identifiers tell everybody of this register apart (特定の証明): counted in the database, on everybody.

1. Somebody asks: that is written in the audit before anything is read, and the worker is told.
2. The worker counts (`telling_apart`); a count that broke off says so, and another may be asked for.
3. Only counts are kept: no name, no number, no example; protected people are counted like everybody else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.residents.counting import people_count
from madoguchi.residents.identifiers import CountState, Identifier, IdentifierCount, SetCount, in_order
from madoguchi.residents.models import IdentifierCountRow
from madoguchi.residents.telling_apart import measure

BROKEN_OFF_AFTER = timedelta(minutes=30)

Clock = Callable[[], datetime]


class CountUnderWay(RuntimeError):
    """Another count is being made."""

    def __init__(self) -> None:
        super().__init__("いま数えています。終わってから、もう一度数えてください。")


class NobodyToCount(RuntimeError):
    """The register is empty."""

    def __init__(self) -> None:
        super().__init__(
            "住民がまだ登録されていません。情報システム担当が住民記録を取り込んでから、数えてください。"
        )


def ask_for_count(*, by: Actor, now: datetime) -> int:
    """Ask the worker to count; returns the number of the count. Raises NobodyToCount, CountUnderWay."""
    if not people_count():
        raise NobodyToCount
    with transaction.atomic():
        IdentifierCountRow.objects.filter(under_way=True, touched_at__lte=now - BROKEN_OFF_AFTER).update(
            under_way=None,
            state=CountState.FAILED.value,
            touched_at=now,
            sentence="途中で止まったため、取りやめました。もう一度数えてください。",
        )
        try:
            with transaction.atomic():
                row = IdentifierCountRow.objects.create(
                    state=CountState.WAITING.value, under_way=True, asked_by=by.name, asked_at=now, touched_at=now
                )  # fmt: skip
        except IntegrityError:
            raise CountUnderWay from None
        record_act(actor=by, activity="identifiers_counted", now=now, count=row.pk)
    return row.pk


def count(*, number: int, clock: Clock) -> None:
    """Make a count that was asked for; one that somebody makes or has made is left alone."""
    waiting = IdentifierCountRow.objects.filter(pk=number, state=CountState.WAITING.value)
    if not waiting.update(state=CountState.COUNTING.value, touched_at=clock()):
        return
    mine = IdentifierCountRow.objects.filter(pk=number, state=CountState.COUNTING.value)

    def tell(done: int) -> None:
        mine.update(done_sets=done, touched_at=clock())

    try:
        found = measure(tell)
    except BaseException:
        mine.update(
            state=CountState.FAILED.value,
            under_way=None,
            touched_at=clock(),
            sentence="途中で止まりました。もう一度数えてください。同じことが続くときは、情報システム担当に知らせてください。",
        )
        raise
    mine.update(
        state=CountState.DONE.value,
        under_way=None,
        touched_at=clock(),
        finished_at=clock(),
        residents=found.residents,
        done_sets=len(found.sets),
        sets=[
            [[part.value for part in in_order(one.identifiers)], one.ambiguous, one.groups, one.lacking]
            for one in found.sets
        ],
        lacking={one.value: n for one, n in found.lacking.items()},
        held=dict(found.held),
    )


def counts() -> tuple[IdentifierCount, ...]:
    """Every count, newest first."""
    return tuple(_count(row) for row in IdentifierCountRow.objects.order_by("-id"))


def last_count() -> IdentifierCount | None:
    """The newest count that was finished, or None."""
    row = IdentifierCountRow.objects.filter(state=CountState.DONE.value).order_by("-id").first()
    return _count(row) if row else None


def newest() -> IdentifierCount | None:
    """The count that was asked for last, whatever became of it."""
    row = IdentifierCountRow.objects.order_by("-id").first()
    return _count(row) if row else None


def _count(row: IdentifierCountRow) -> IdentifierCount:
    return IdentifierCount(
        number=row.pk,
        state=CountState(row.state),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        residents=row.residents,
        done_sets=row.done_sets,
        sets=tuple(
            SetCount(frozenset(map(Identifier, parts)), ambiguous, groups, lacking)
            for parts, ambiguous, groups, lacking in row.sets
        ),
        lacking={Identifier(one): n for one, n in row.lacking.items()},
        held=row.held,
        sentence=row.sentence,
    )
