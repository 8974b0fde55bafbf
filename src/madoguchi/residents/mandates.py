"""Acting for a resident (代理): asked for by them or entered by staff, taken on by the agent, ended by any of them.

1. The agent makes a code and gives it to whoever is to be represented; it names the agent's account once, for half an hour.
2. The resident (principal) enters it and says what for and until when; or staff do, who saw the evidence: 後見 only they.
3. The agent takes it on. From then on, within its days and procedures, they may act; every act names both.
4. It is asked anew each time it is used: ended, over, stopped accounts and protection (支援措置) take effect at once.
   A mandate of a protected principal holds only when those who handle 支援措置 entered it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.residents.accounts.facts import AccountState
from madoguchi.residents.disclosure import JAPAN
from madoguchi.residents.models import AccountRow, MandateCodeRow, MandateRow, ResidentRecord
from madoguchi.residents.protection import protected_people

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 10
CODE_MINUTES = 30
LONGEST = timedelta(days=366)
_LONGEST_EVIDENCE = 200


class MandateKind(Enum):
    """How somebody comes to act for another (代理の種類)."""

    FAMILY = "family"
    ENTRUSTED = "entrusted"
    GUARDIAN = "guardian"


KIND_NAMES = {
    MandateKind.FAMILY: noop("家族"),
    MandateKind.ENTRUSTED: noop("委任"),
    MandateKind.GUARDIAN: noop("後見など（法定代理）"),
}


class MandateState(Enum):
    """Where a mandate stands (代理の状態)."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Mandate:
    """That an account may act for a resident. `procedures` empty: for every procedure."""

    public_id: str
    principal_no: str
    agent: int
    agent_no: str
    kind: MandateKind
    procedures: frozenset[str]
    begins_on: date
    ends_on: date
    state: MandateState
    by_staff: bool

    def covers(self, procedure: str) -> bool:
        """Whether it is for this procedure."""
        return not self.procedures or procedure in self.procedures


class MandateNotMade(ValueError):
    """A mandate that cannot be made as it was asked; the sentence says what to do."""


class WrongCode(MandateNotMade):
    """No open code reads like this; nothing more is told."""

    def __init__(self) -> None:
        super().__init__(
            "このコードは使えません。代理の方に、新しいコードを作ってもらってください（30分使えます）。"
        )


class OnlyAtTheCounter(MandateNotMade):
    """It is not taken online, for a reason that is not told."""

    def __init__(self) -> None:
        super().__init__("この代理は、オンラインでは受け付けられません。窓口でご相談ください。")


class OwnCode(MandateNotMade):
    """One's own code."""

    def __init__(self) -> None:
        super().__init__("ご自分のコードです。代理をお願いする方のコードを入れてください。")


class MandateDaysWrong(MandateNotMade):
    """Days that are over, in the wrong order or too many."""

    def __init__(self) -> None:
        super().__init__("終わりの日は、きょうから1年以内の日にしてください。")


class MandateThere(MandateNotMade):
    """The same two people have one already."""

    def __init__(self) -> None:
        super().__init__(
            "同じ方への代理が、もうあります。変えるときは、いまの代理を終えてからにしてください。"
        )


class EvidenceMissing(MandateNotMade):
    """Staff enter what they saw."""

    def __init__(self) -> None:
        super().__init__("確かめた書類（登記事項証明書の番号など）を入れてください。")


class NoSuchPrincipal(MandateNotMade):
    """A number that nobody who lives here has, or not for this member of staff: told alike."""

    def __init__(self) -> None:
        super().__init__("この宛名番号では登録できません。番号を確かめるか、支援措置担当に相談してください。")


class NoSuchMandate(LookupError):
    """Not there, over, or of other people: told alike."""


def make_code(*, account: int, by: Actor, now: datetime) -> str:
    """A code that names this account as an agent, once; an earlier one that was not used ends."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    with transaction.atomic():
        MandateCodeRow.objects.filter(account=account, used_at__isnull=True).delete()
        MandateCodeRow.objects.create(
            account_id=account, digest=_digest(code), ends_at=now + timedelta(minutes=CODE_MINUTES)
        )
        record_act(actor=by, activity="mandate_code_made", now=now, account=account)
    return code


def ask(
    *, principal_no: str, code: str, kind: MandateKind, procedures: Sequence[str], ends_on: date, by: Actor,
    now: datetime,
) -> str:  # fmt: skip
    """The resident asks whoever the code names to act for them; returns the mandate. Raises MandateNotMade."""
    today = now.astimezone(JAPAN).date()
    if kind is MandateKind.GUARDIAN or protected_people([principal_no], on=today):
        raise OnlyAtTheCounter
    with transaction.atomic():
        agent = _named(code, now)
        if agent.resident_no == principal_no:
            raise OwnCode
        row = _made(
            principal_no, agent, kind, procedures, ends_on, today, state=MandateState.ASKED, evidence="",
            entered_by=None, now=now,
        )  # fmt: skip
        record_act(actor=by, activity="mandate_asked", now=now, mandate=row.public_id, person=principal_no)
    return row.public_id


def enter(
    *, principal_no: str, code: str, kind: MandateKind, procedures: Sequence[str], ends_on: date, evidence: str,
    handles_protection: bool, by: Actor, now: datetime,
) -> str:  # fmt: skip
    """Staff enter a mandate whose evidence they saw; it holds at once. Raises MandateNotMade."""
    today = now.astimezone(JAPAN).date()
    lives = ResidentRecord.objects.filter(
        resident_no=principal_no, is_current=True, status="resident"
    ).exists()
    if not lives or (protected_people([principal_no], on=today) and not handles_protection):
        raise NoSuchPrincipal
    if not evidence.strip():
        raise EvidenceMissing
    with transaction.atomic():
        agent = _named(code, now)
        if agent.resident_no == principal_no:
            raise OwnCode
        row = _made(
            principal_no, agent, kind, procedures, ends_on, today, state=MandateState.ACCEPTED,
            evidence=evidence.strip()[:_LONGEST_EVIDENCE], entered_by=by.staff_id, now=now,
        )  # fmt: skip
        record_act(actor=by, activity="mandate_entered", now=now, mandate=row.public_id, person=principal_no)
    return row.public_id


def take_on(*, mandate: str, account: int, by: Actor, now: datetime) -> None:
    """The agent takes it on. Raises NoSuchMandate."""
    with transaction.atomic():
        there = MandateRow.objects.filter(public_id=mandate, agent=account, state=MandateState.ASKED.value)
        if not there.update(state=MandateState.ACCEPTED.value):
            raise NoSuchMandate
        record_act(actor=by, activity="mandate_accepted", now=now, mandate=mandate, account=account)


def end(*, mandate: str, account: int, resident_no: str, by: Actor, now: datetime) -> None:
    """Agent or principal end it, at any time and without a reason. Raises NoSuchMandate."""
    _end(
        MandateRow.objects.filter(Q(agent=account) | Q(principal_no=resident_no), public_id=mandate), by, now
    )


def end_by_staff(*, mandate: str, handles_protection: bool, by: Actor, now: datetime) -> None:
    """Staff end it. Raises NoSuchMandate, also for those of protected people that are not theirs to see."""
    today = now.astimezone(JAPAN).date()
    row = MandateRow.objects.filter(public_id=mandate).first()
    if row is None or bool(protected_people([row.principal_no], on=today)) is not handles_protection:
        raise NoSuchMandate
    _end(MandateRow.objects.filter(pk=row.pk), by, now)


def mandates_with(*, account: int, resident_no: str) -> tuple[Mandate, ...]:
    """Those that are not ended in which this person is agent or principal, the newest first."""
    rows = MandateRow.objects.filter(Q(agent=account) | Q(principal_no=resident_no))
    open_rows = rows.exclude(state=MandateState.ENDED.value).select_related("agent").order_by("-pk")
    return tuple(_seen(row) for row in open_rows)


def entered_mandates(*, handles_protection: bool, now: datetime) -> tuple[Mandate, ...]:
    """Those that staff entered and that are not ended; of protected people only for those who handle 支援措置."""
    today = now.astimezone(JAPAN).date()
    rows = MandateRow.objects.filter(entered_by__isnull=False).exclude(state=MandateState.ENDED.value)
    found = [_seen(row) for row in rows.select_related("agent").order_by("-pk")]
    hidden = protected_people([one.principal_no for one in found], on=today)
    return tuple(one for one in found if (one.principal_no in hidden) is handles_protection)


def in_force(*, mandate: str, account: int, now: datetime) -> Mandate | None:
    """The mandate when this account may act by it at this moment, else None."""
    today = now.astimezone(JAPAN).date()
    row = (
        MandateRow.objects.select_related("agent")
        .filter(public_id=mandate, agent=account, state=MandateState.ACCEPTED.value)
        .filter(begins_on__lte=today, ends_on__gte=today, agent__state=AccountState.MATCHED.value)
        .first()
    )
    if row is None:
        return None
    lives = ResidentRecord.objects.filter(
        resident_no=row.principal_no, is_current=True, status="resident"
    ).exists()
    if not lives or (row.entered_by is None and protected_people([row.principal_no], on=today)):
        return None
    return _seen(row)


def _named(code: str, now: datetime) -> AccountRow:
    """The account that an open code names; the code is used up. Raises WrongCode."""
    clean = "".join(code.upper().split()).replace("-", "")
    rows = MandateCodeRow.objects.filter(digest=_digest(clean), used_at__isnull=True, ends_at__gt=now)
    row = rows.select_related("account").first()
    if row is None or row.account.state != AccountState.MATCHED.value or not rows.update(used_at=now):
        raise WrongCode
    return row.account


def _made(
    principal_no: str, agent: AccountRow, kind: MandateKind, procedures: Sequence[str], ends_on: date, today: date,
    *, state: MandateState, evidence: str, entered_by: int | None, now: datetime,
) -> MandateRow:  # fmt: skip
    if not today <= ends_on <= today + LONGEST:
        raise MandateDaysWrong
    try:
        with transaction.atomic():
            return MandateRow.objects.create(
                public_id=secrets.token_hex(12), principal_no=principal_no, agent=agent, kind=kind.value,
                procedures=sorted(set(procedures)), begins_on=today, ends_on=ends_on, evidence=evidence,
                state=state.value, entered_by=entered_by, made_at=now,
            )  # fmt: skip
    except IntegrityError:
        raise MandateThere from None


def _end(rows: QuerySet[MandateRow], by: Actor, now: datetime) -> None:
    with transaction.atomic():
        row = rows.exclude(state=MandateState.ENDED.value).first()
        if row is None or not rows.exclude(state=MandateState.ENDED.value).update(
            state=MandateState.ENDED.value, ended_at=now
        ):
            raise NoSuchMandate
        record_act(
            actor=by, activity="mandate_ended", now=now, mandate=row.public_id, person=row.principal_no
        )


def _seen(row: MandateRow) -> Mandate:
    return Mandate(
        row.public_id, row.principal_no, row.agent_id, row.agent.resident_no or "", MandateKind(row.kind),
        frozenset(row.procedures), row.begins_on, row.ends_on, MandateState(row.state), row.entered_by is not None,
    )  # fmt: skip


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
