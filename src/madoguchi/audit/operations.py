"""Writing the audit: readings before they are shown, acts and steps with their work, seals over all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import connection, transaction

from madoguchi.audit.entries import Actor, Channel, Kind, Lifecycle, PastStep, Purpose, StepDetail
from madoguchi.audit.models import EntryRow, OutboxCounter, OutboxRow
from madoguchi.audit.sealing import digest_of, seal
from madoguchi.compiled import CompiledInsert, CompiledRaise

__all__ = [
    "OUTBOX_CHANNEL",
    "NotAKey",
    "announce",
    "record_access",
    "record_act",
    "record_past_steps",
    "record_step",
    "seal",
    "told_last",
]

# On PostgreSQL, whoever listens on this channel is woken when a line of the outbox is committed.
OUTBOX_CHANNEL = "madoguchi_outbox"
# Keys are ours and short: numbers, kebab-case names, dates, uuids, "person.has_card", "nhi-enrol/0".
KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/@+-]{0,99}")


_ENTRIES = CompiledInsert(EntryRow)
_OUTBOX = CompiledInsert(OutboxRow)
_LAST_LINE = CompiledRaise(OutboxCounter, count="last", by="branch")
# What is to be told at the end of `told_last`: branch, topic, subject, moment.
_TO_BE_TOLD: ContextVar[list[tuple[str, str, str, datetime]] | None] = ContextVar("to be told", default=None)


class NotAKey(ValueError):
    """A value was about to be written into the audit. Carries its length only: it may be somebody's name."""

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(
            f"証跡には番号や項目名だけを書きます（{length}字の文章が渡されました）。氏名や理由の文は案件の側に残してください。"
        )


def record_access(
    *,
    actor: Actor,
    purpose: Purpose,
    authority: str,
    person_keys: Sequence[str],
    fields: Sequence[str],
    case: str | None,
    screen: str,
    now: datetime,
) -> None:
    """Write down that these people are about to be read, by key, one line a person.

    Durable: it is committed by itself before it returns, so that later work that rolls back cannot undo it.
    Raises RuntimeError inside another transaction, because then the promise could not be kept, and NotAKey
    for a value.
    """
    _keys_only(*person_keys, *fields, case, screen, authority)
    body = {"fields": sorted(fields), "screen": screen}
    rows = [
        _row(
            actor,
            kind=Kind.ACCESS,
            activity="read",
            now=now,
            case=case,
            person_key=key,
            purpose=purpose.value,
            authority=authority,
            body=body,
        )
        for key in person_keys or ("",)
    ]
    with transaction.atomic(durable=True):
        _ENTRIES.add(rows)


def record_act(
    *, actor: Actor, activity: str, now: datetime, case: str | None = None, **keys: str | int
) -> None:
    """Write down an act of the office (sign-in, export, publish), in the caller's transaction.

    Raises NotAKey when one of `keys` is a text rather than a key or a count.
    """
    _keys_only(activity, case, *keys.values())
    _ENTRIES.add([_row(actor, kind=Kind.ACT, activity=activity, now=now, case=case, body=dict(keys))])


def record_step(
    *,
    actor: Actor,
    case: str,
    activity: str,
    channel: Channel,
    now: datetime,
    lifecycle: Lifecycle = Lifecycle.COMPLETE,
    detail: StepDetail = StepDetail(),
    practice: bool = False,
) -> None:
    """Write down one step of a case (XES event) in the caller's transaction, and tell the live outbox.

    Raises NotAKey when case, activity or detail name something by a text.
    """
    _keys_only(case, activity)
    body = _said(detail)
    if practice:
        body["practice"] = True
    with transaction.atomic(savepoint=False):
        step = _row(
            actor,
            kind=Kind.STEP,
            activity=activity,
            now=now,
            case=case,
            lifecycle=lifecycle,
            channel=channel,
            body=body,
        )
        _ENTRIES.add([step])
        announce(branch=actor.branch, topic=activity, subject=case, now=now)


def record_past_steps(steps: Sequence[PastStep]) -> None:
    """Write down many steps of days that are over, in the order given. The live outbox is not told: nobody waits for them.

    Raises NotAKey as `record_step` does; then none is written.
    """
    rows = []
    for one in steps:
        _keys_only(one.case, one.activity)
        rows.append(
            _row(
                one.actor,
                kind=Kind.STEP,
                activity=one.activity,
                now=one.at,
                case=one.case,
                lifecycle=one.lifecycle,
                channel=one.channel,
                body=_said(one.detail),
            )
        )
    with transaction.atomic(savepoint=False):
        _ENTRIES.add(rows)


def announce(*, branch: str, topic: str, subject: str, now: datetime) -> None:
    """Add a line to the branch's outbox, numbered without gaps, in the caller's transaction (at its end: `told_last`)."""
    waiting = _TO_BE_TOLD.get()
    if waiting is not None:
        waiting.append((branch, topic, subject, now))
        return
    with transaction.atomic(savepoint=False):
        _tell([(branch, topic, subject, now)])


@contextmanager
def told_last() -> Iterator[None]:
    """Inside a transaction: the outbox is told only when the block ends, as the last thing before the commit.

    The last number of a branch's outbox is one row. Whoever counts it on makes all others of the branch wait until the commit, so a
    long transaction does that last. Nothing is told when the block raises.
    """
    waiting: list[tuple[str, str, str, datetime]] = []
    before = _TO_BE_TOLD.set(waiting)
    try:
        yield
    finally:
        _TO_BE_TOLD.reset(before)
    if waiting:
        _tell(waiting)


def _tell(lines: Sequence[tuple[str, str, str, datetime]]) -> None:
    rows = []
    # Always in one order of branches, so that no two wait for each other.
    for branch, topic, subject, now in sorted(lines, key=itemgetter(0)):
        while (number := _LAST_LINE.next(branch)) is None:
            OutboxCounter.objects.get_or_create(branch=branch)
        rows.append(OutboxRow(branch=branch, sequence=number, topic=topic, subject=subject, at=now))
    _OUTBOX.add(rows)
    _wake()


def _wake() -> None:
    """PostgreSQL tells those who listen at the commit, and only then. Nothing is in it: they read for themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [OUTBOX_CHANNEL])


def _keys_only(*given: str | int | None) -> None:
    """Refuse what is not a key: the audit can never be corrected, so no name or sentence may get in."""
    for one in given:
        if isinstance(one, str) and one and not KEY.fullmatch(one):
            raise NotAKey(len(one))


def _said(detail: StepDetail) -> dict[str, Any]:
    """What a step carries. A free text belongs to the case (corrected there); its length is kept."""
    said: dict[str, Any] = {name: value for name in StepDetail.__slots__ if (value := getattr(detail, name))}
    _keys_only(detail.procedure, detail.explanation, detail.prompt)
    if detail.note and not KEY.fullmatch(detail.note):
        del said["note"]
        said["note_characters"] = len(detail.note)
    return said


def _row(
    actor: Actor,
    *,
    kind: Kind,
    activity: str,
    now: datetime,
    case: str | None,
    body: dict[str, Any],
    person_key: str = "",
    purpose: str = "",
    authority: str = "",
    lifecycle: Lifecycle = Lifecycle.COMPLETE,
    channel: Channel | None = None,
) -> EntryRow:
    row = EntryRow(
        kind=kind.value,
        at=now,
        activity=activity,
        lifecycle=lifecycle.value,
        staff_id=actor.staff_id,
        staff_name=actor.name,
        branch=actor.branch,
        desk=actor.desk,
        terminal=actor.terminal,
        channel=channel.value if channel else "",
        case=case or "",
        person_key=person_key,
        purpose=purpose,
        authority=authority,
        body=body,
    )
    row.digest = digest_of(row)
    return row
