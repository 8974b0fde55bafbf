"""Somebody comes with a sign-in (サインインした人の受入れ): the account is made or found, and stands as the facts say.

Whose data was looked at to find out is written in the audit first. What a person was once refused, or told differently
before, is never matched by itself again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import astuple
from datetime import datetime

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.compiled import CompiledQuery
from madoguchi.residents.accounts.facts import AccountState, ClaimedFacts, Doubt, ResidentAccount
from madoguchi.residents.accounts.matching import InDoubt, MatchVerdict, NobodyFits, SurelyThis, matched
from madoguchi.residents.disclosure import JAPAN
from madoguchi.residents.models import AccountRow, AccountStepRow, ResidentRecord
from madoguchi.residents.protection import protected_people

READ = ("name", "birth", "sex", "address")
_ACCOUNT = CompiledQuery(
    lambda number: AccountRow.objects.filter(pk=number).values_list(
        "pk", "state", "resident_no", "asked_to_come"
    )
)


def come(*, issuer: str, subject: str, facts: ClaimedFacts, by: Actor, now: datetime) -> ResidentAccount:
    """The account of whoever came, as it stands after their facts were held against the register."""
    before = AccountRow.objects.filter(issuer=issuer, subject=subject).first()
    today = now.astimezone(JAPAN).date()
    known = before is not None and before.facts_digest == digest_of(facts, before.salt)
    if before is not None and known and not _to_be_judged(before, now):
        return _as_before(before, by=by, now=now)
    verdict = matched(facts, own_account=before.pk if before else None, on=today)
    _write_who_was_read(verdict, before, by=by, now=now)
    try:
        with transaction.atomic():
            row = _stored(issuer, subject, facts, verdict, now=now)
    except (
        IntegrityError
    ):  # somebody else's sign-in took this resident, or made this account, in the same moment
        with transaction.atomic():
            row = _stored(issuer, subject, facts, matched(facts, own_account=None, on=today), now=now)
    record_act(actor=by, activity=f"account_{row.state}", now=now, account=row.pk)
    return seen_as(row)


def seen_as(row: AccountRow) -> ResidentAccount:
    """An account as others may know it."""
    return ResidentAccount(row.pk, AccountState(row.state), row.resident_no, row.asked_to_come)


def account(number: int) -> ResidentAccount | None:
    """An account by its number; None for one that is not there."""
    row = _ACCOUNT.first(number)
    return ResidentAccount(row[0], AccountState(row[1]), *row[2:]) if row else None


def any_account_of(numbers: Iterable[str]) -> bool:
    """Whether any of these residents has a sign-in that is joined to them."""
    return AccountRow.objects.filter(resident_no__in=list(numbers), state=AccountState.MATCHED.value).exists()


def matched_residents(resident_nos: Iterable[str]) -> frozenset[str]:
    """Those of these residents who can sign in now: their account is matched and not stopped."""
    rows = AccountRow.objects.filter(resident_no__in=list(resident_nos), state=AccountState.MATCHED.value)
    return frozenset(number for number in rows.values_list("resident_no", flat=True) if number is not None)


def accounts_joined_to(resident_nos: Iterable[str]) -> dict[int, str]:
    """The accounts that are joined to any of these residents and not stopped, with the resident of each."""
    rows = AccountRow.objects.filter(resident_no__in=list(resident_nos), state=AccountState.MATCHED.value)
    return {number: resident for number, resident in rows.values_list("pk", "resident_no") if resident}


def digest_of(facts: ClaimedFacts, salt: str) -> str:
    """By what the same facts are known again without being kept."""
    return hashlib.sha256("\n".join((salt, *astuple(facts))).encode("utf-8", "surrogatepass")).hexdigest()


def hold_for_handling(numbers: Iterable[str], *, by: Actor, now: datetime) -> None:
    """Stop the sign-ins of these residents until somebody who handles 支援措置 has looked; in the caller's transaction."""
    for row in AccountRow.objects.filter(resident_no__in=list(numbers), state=AccountState.MATCHED.value):
        AccountRow.objects.filter(pk=row.pk).update(
            state=AccountState.NOT_FOUND.value, resident_no=None, facts_digest="", seen_by_protection=False,
            version=row.version + 1,
        )  # fmt: skip
        add_step(row.pk, act="held", state=AccountState.NOT_FOUND, now=now, doubt=Doubt.HANDLED, by=by)
        record_act(actor=by, activity="account_held", now=now, account=row.pk)


def add_step(
    number: int,
    *,
    act: str,
    state: AccountState,
    now: datetime,
    doubt: Doubt | None = None,
    resident_no: str = "",
    by: Actor | None = None,
    reason: str = "",
) -> None:
    """One line of the account's own history."""
    AccountStepRow.objects.create(
        account_id=number, act=act, state=state.value, at=now, doubt=doubt.value if doubt else "",
        resident_no=resident_no, staff_id=by.staff_id if by else None,
        staff_name=by.name if by and by.staff_id else "", reason=reason,
    )  # fmt: skip


def _to_be_judged(row: AccountRow, now: datetime) -> bool:
    """Whether the same facts may now mean something else: the register changed, or somebody's handling did."""
    if row.state == AccountState.NOT_FOUND.value:
        return True
    if row.state != AccountState.MATCHED.value or row.resident_no is None:
        return False
    lives_here = ResidentRecord.objects.filter(
        resident_no=row.resident_no, is_current=True, status="resident"
    )
    today = now.astimezone(JAPAN).date()
    sheltered = not row.seen_by_protection and row.resident_no in protected_people(
        [row.resident_no], on=today
    )
    return sheltered or not lives_here.exists()


def _as_before(row: AccountRow, *, by: Actor, now: datetime) -> ResidentAccount:
    AccountRow.objects.filter(pk=row.pk).update(came_at=now)
    if row.resident_no:
        _read([row.resident_no], Purpose.OWN, by=by, now=now)
    record_act(actor=by, activity=f"account_{row.state}", now=now, account=row.pk)
    return seen_as(row)


def _write_who_was_read(
    verdict: MatchVerdict, before: AccountRow | None, *, by: Actor, now: datetime
) -> None:
    if isinstance(verdict, SurelyThis):
        _read([verdict.resident_no], Purpose.OWN, by=by, now=now)
    elif isinstance(verdict, InDoubt):
        _read(list(verdict.candidates), Purpose.MATCHING, by=by, now=now)
    elif before is None:
        _read([], Purpose.MATCHING, by=by, now=now)


def _read(numbers: list[str], purpose: Purpose, *, by: Actor, now: datetime) -> None:
    record_access(
        actor=by, purpose=purpose, authority="sign_in", person_keys=numbers, fields=READ, case=None, screen="sign_in",
        now=now,
    )  # fmt: skip


def _stored(
    issuer: str, subject: str, facts: ClaimedFacts, verdict: MatchVerdict, *, now: datetime
) -> AccountRow:
    """The row as the verdict says; what a person decided before is not undone by a machine."""
    row = AccountRow.objects.select_for_update().filter(issuer=issuer, subject=subject).first()
    if row is None:
        row = AccountRow(issuer=issuer, subject=subject, salt=secrets.token_hex(16))
    elif row.state == AccountState.BLOCKED.value:
        row.came_at = now
        row.save(update_fields=["came_at"])
        return row
    verdict = _with_the_past(row, verdict)
    candidates: tuple[str, ...]
    if isinstance(verdict, SurelyThis):
        state, doubt, candidates = AccountState.MATCHED, None, ()
    elif isinstance(verdict, InDoubt):
        state, doubt, candidates = AccountState.DOUBTFUL, verdict.doubt, verdict.candidates
    else:
        state, doubt, candidates = AccountState.NOT_FOUND, None, ()
    doubtful = state is AccountState.DOUBTFUL
    row.state, row.doubt, row.candidates = state.value, doubt.value if doubt else "", list(candidates)
    row.resident_no = verdict.resident_no if isinstance(verdict, SurelyThis) else None
    row.name, row.address = (facts.name, facts.address) if doubtful else ("", "")
    row.birth, row.sex = (facts.birth, facts.sex) if doubtful else ("", "")
    row.facts_digest, row.told_at, row.came_at = digest_of(facts, row.salt), now, now
    row.asked_to_come, row.seen_by_protection = False, False
    row.proposed_no, row.proposed_by, row.version = "", None, row.version + 1
    row.save()
    add_step(row.pk, act="came", state=state, now=now, doubt=doubt, resident_no=row.resident_no or "")
    return row


def _with_the_past(row: AccountRow, verdict: MatchVerdict) -> MatchVerdict:
    """A verdict in the light of what this account was before: what was matched or refused once, a person looks at."""
    if row.pk is None or isinstance(verdict, NobodyFits):
        return verdict
    if isinstance(verdict, InDoubt) and verdict.doubt is Doubt.HANDLED:
        return verdict
    once = set(AccountStepRow.objects.filter(account=row.pk).values_list("state", flat=True))
    if not once & {AccountState.MATCHED.value, AccountState.REFUSED.value}:
        return verdict
    numbers = (verdict.resident_no,) if isinstance(verdict, SurelyThis) else verdict.candidates
    refused = row.state == AccountState.REFUSED.value
    return InDoubt(Doubt.WAS_REFUSED if refused else Doubt.FACTS_CHANGED, numbers)
