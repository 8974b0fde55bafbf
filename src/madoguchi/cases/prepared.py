"""What was prepared before coming (準備した内容), in the order in which it happens.

1. `keep`: only when it is wished. A code of eight signs; what is stored cannot be read without it.
2. `look`, `drop`: whoever has the code sees how long it holds, and can take it back. Guessing is counted and stopped.
3. `take`: the clerk's case opens with the event, the people and the answers, each marked as answered beforehand.
4. `confirm`: what the resident stands by is from then on what was said at the counter.
5. `sweep`: gone when the case is past the hearing, or when its days are over.
Who they are is said by `naming`, never by the code.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.crypto import salted_hmac

from madoguchi.audit.entries import Actor, Channel, StepDetail
from madoguchi.audit.operations import record_act
from madoguchi.booking.trials import TRIAL_SPAN, count_trial, take_back
from madoguchi.cases.acting import Given, NotNow, begin_act, civil_day, finish_act
from madoguchi.cases.at_home import (
    LIVES_WITH,
    SaidAtHome,
    from_json,
    judge_at_home,
    record_of,
    still_possible,
    to_json,
)
from madoguchi.cases.models import CaseRow, PersonRow, PreparedRow
from madoguchi.cases.opening import open_case
from madoguchi.cases.prepared_code import code_from, read_code
from madoguchi.cases.record import MOVING, Record, read_record
from madoguchi.cases.sealed import SealBroken, seal, unseal
from madoguchi.cases.states import Act, CaseStatus, FactSource
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.situation import EventKind

PURPOSE = "prepared"
RESIDENT = Actor(None, "ご本人", "", "")
TRIES_OF_ONE = 10
# A whole office, or a town's library, may stand behind one address.
TRIES_FROM_AN_ADDRESS = 30
KEPT_BY_A_BROWSER = 5
KEPT_FROM_AN_ADDRESS = 40
STILL_HEARD = (CaseStatus.HEARING.value,)


class NoSuchPreparation(LookupError):
    """No preparation has this code (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "この準備の番号は見つかりません。8つの文字を確かめてください。期限を過ぎたものや、消したものは使えません。"
        )


class ManyTries(ValueError):
    """Codes were tried, or kept, too often from one place."""

    def __init__(self) -> None:
        minutes = int(TRIAL_SPAN.total_seconds() // 60)
        super().__init__(
            f"続けて何度も操作されたため、しばらく受け付けません。{minutes}分ほどあとで、もう一度お試しください。"
        )


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a code stands for (準備した内容の控え); without what was answered."""

    code: str
    event: EventKind
    made_at: datetime
    expires_at: datetime
    taken: bool


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody without a sign-in acts (だれの操作か): kept as digests, for the minutes in which it counts."""

    browser: str
    address: str


def keep(
    *,
    said: SaidAtHome,
    mark: str,
    language: str,
    channel: Channel,
    of: Visitor,
    days: int,
    now: datetime,
) -> Preparation:
    """Keep what was answered, for `days`. The same answers with the same `mark` keep their code. Raises ManyTries."""
    data = to_json(said)
    code = code_from(_secret(), f"{mark}/{data!r}")
    with transaction.atomic():
        known = PreparedRow.objects.filter(code_digest=_digest(code), expires_at__gt=now).first()
        if known is not None:
            return _seen(known, code)
    _count(f"prepared/kept/{of.browser}", KEPT_BY_A_BROWSER, now)
    _count(f"prepared/kept-from/{of.address}", KEPT_FROM_AN_ADDRESS, now)
    with transaction.atomic():
        PreparedRow.objects.filter(code_digest=_digest(code), expires_at__lte=now).delete()
        row, fresh = PreparedRow.objects.get_or_create(
            code_digest=_digest(code),
            defaults={
                "event_kind": said.event.value,
                "answers": seal(data, purpose=PURPOSE, word=code, now=now),
                "language": language,
                "channel": channel.value,
                "made_at": now,
                "expires_at": now + timedelta(days=days),
            },
        )
        if fresh:
            record_act(
                actor=RESIDENT, activity="prepared_kept", now=now, channel=channel.value, kind=row.event_kind,
                prepared=row.pk,
            )  # fmt: skip
    return _seen(row, code)


def kept(*, said: SaidAtHome, mark: str, now: datetime) -> Preparation | None:
    """The same answers with the same `mark`, where they are kept; None when they are not, any more or yet."""
    code = code_from(_secret(), f"{mark}/{to_json(said)!r}")
    row = PreparedRow.objects.filter(code_digest=_digest(code), expires_at__gt=now).first()
    return None if row is None else _seen(row, code)


def look(*, code: str, of: Visitor, now: datetime) -> Preparation:
    """What the code stands for. Raises NoSuchPreparation, ManyTries."""
    return _seen(_tried(code, of, now), read_code(code))


def drop(*, code: str, of: Visitor, now: datetime) -> None:
    """Take it back: nothing of it stays, except in a case that it was taken into. Raises NoSuchPreparation, ManyTries."""
    row = _tried(code, of, now)
    with transaction.atomic():
        if PreparedRow.objects.filter(pk=row.pk).delete()[0]:
            record_act(actor=RESIDENT, activity="prepared_deleted", now=now, prepared=row.pk)


def take(*, code: str, by: Actor, now: datetime) -> str:
    """Open a case with what was prepared; returns its public id. Taken a second time, the case that it is in.

    Raises NoSuchPreparation, ManyTries.
    """
    found = _tried(code, Visitor(f"staff/{by.staff_id}", f"staff/{by.staff_id}"), now)
    with transaction.atomic():
        row = PreparedRow.objects.select_for_update().filter(pk=found.pk).first()
        if row is None:
            raise NoSuchPreparation
        if row.case is not None and row.case.status != CaseStatus.WITHDRAWN.value:
            return row.case.public_id
        said = _opened(row, read_code(code), now)
        case = open_case(event=said.event, by=by, now=now, language=row.language)
        _lay(case, said, row, by=by, now=now)
        row.case, row.taken_at = CaseRow.objects.get(public_id=case), now
        row.save(update_fields=["case", "taken_at"])
    return case


def _lay(case: str, said: SaidAtHome, prepared: PreparedRow, *, by: Actor, now: datetime) -> None:
    """The people and what they answered, as facts of the case that are still to be confirmed."""
    row = begin_act(case, Act.TAKE_PREPARED, version=None)
    record = record_of(said, now=prepared.made_at)
    judged = judge_at_home(said, record, now=now)
    ahead = said.event in (EventKind.move_out, EventKind.move_out_abroad)
    last = judged.on if not ahead else civil_day(now) + timedelta(days=3660)
    known = still_possible(said, judged, record, last_day=last)
    as_of = civil_day(prepared.made_at)
    given = {
        ref: Given(value, FactSource.PREPARED, as_of=as_of)
        for ref, value in known.items()
        if not _hangs_on_who_moves(said, record, ref)
    }
    act = finish_act(
        row, Act.TAKE_PREPARED, by=by, now=now, given=given, detail=StepDetail(fields_asked=len(given))
    )
    PersonRow.objects.bulk_create(
        PersonRow(case=row, act=act, ref=ref, practice=row.practice, order=order)
        for order, ref in enumerate(said.refs, start=1)
    )


def _hangs_on_who_moves(said: SaidAtHome, record: Record, ref: FactRef) -> bool:
    """Whether somebody lives with the others is only known when it is known whether they move along: the counter hears it."""
    asked = said.event in MOVING or said.event is EventKind.household_change
    return asked and ref.key == LIVES_WITH and record.value("moves", ref.subject) is None


def confirm(
    *,
    case: str,
    refs: Collection[FactRef] | None,
    by: Actor,
    now: datetime,
    version: int | None,
) -> int:
    """What the resident stands by is said at the counter from now on; `refs` None: everything. Returns how many."""
    with transaction.atomic():
        row = begin_act(case, Act.CONFIRM_PREPARED, version=version)
        record = read_record(row)
        sure = [ref for ref in record.to_confirm if refs is None or ref in refs]
        given = {ref: Given(record.facts[ref].value, FactSource.SAID) for ref in sure}
        if given:
            finish_act(row, Act.CONFIRM_PREPARED, by=by, now=now, given=given)
    return len(sure)


def sweep(*, now: datetime) -> int:
    """Delete what is over: past its days, or in a case that is heard no more. Returns how many."""
    with transaction.atomic():
        gone, _kinds = PreparedRow.objects.filter(expires_at__lte=now).delete()
        taken = PreparedRow.objects.filter(case__isnull=False).exclude(case__status__in=STILL_HEARD)
        gone += taken.delete()[0]
        if gone:
            record_act(actor=Actor(None, "system", "", ""), activity="prepared_swept", now=now, gone=gone)
    return gone


def _tried(code: str, of: Visitor, now: datetime) -> PreparedRow:
    """The living preparation of a code, its trial counted before anything is compared."""
    keys = {
        f"prepared/tried/{of.browser}": TRIES_OF_ONE,
        f"prepared/tried-from/{of.address}": TRIES_FROM_AN_ADDRESS,
    }
    for key, most in keys.items():
        _count(key, most, now)
    plain = read_code(code)
    row = PreparedRow.objects.filter(code_digest=_digest(plain), expires_at__gt=now).first()
    if not plain or row is None:
        raise NoSuchPreparation
    for key in keys:
        take_back(key=key, now=now)
    return row


def _count(key: str, most: int, now: datetime) -> None:
    tries = count_trial(key=key, now=now)
    if tries == most + 1:
        record_act(actor=RESIDENT, activity="prepared_guessed", now=now, tries=tries)
    if tries > most:
        raise ManyTries


def _opened(row: PreparedRow, code: str, now: datetime) -> SaidAtHome:
    try:
        data = unseal(row.answers, purpose=PURPOSE, word=code, now=now, longest=row.expires_at - row.made_at)
    except SealBroken as error:  # the office's secret was changed since
        raise NoSuchPreparation from error
    return from_json(data)


def _seen(row: PreparedRow, code: str) -> Preparation:
    return Preparation(code, EventKind(row.event_kind), row.made_at, row.expires_at, row.case_id is not None)


def _secret() -> bytes:
    return salted_hmac("madoguchi.cases.prepared", "code", algorithm="sha256").digest()


def _digest(code: str) -> str:
    """What the table holds of a code."""
    return salted_hmac(
        "madoguchi.cases.prepared", sha256(code.encode()).hexdigest(), algorithm="sha256"
    ).hexdigest()


__all__ = [
    "RESIDENT",
    "ManyTries",
    "NoSuchPreparation",
    "NotNow",
    "Preparation",
    "Visitor",
    "confirm",
    "drop",
    "keep",
    "kept",
    "look",
    "sweep",
    "take",
]  # fmt: skip
