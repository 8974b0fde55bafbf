"""Asking for 申告特例 (申請): one press for one or several gifts of one donor and one year, and never twice for a gift.

1. A press that arrives again is answered with the receipt it made.
2. The gifts are locked, and each is looked at: this reader's, of one donor and year, not given back, in time, not applied for.
3. Submission, applications and their first steps are stored together. That there is no second application that stands for a
   gift (and so for its year) is a constraint of the table: whoever presses in the same moment is told so.
Whoever is proved by the sign-in is received at once; otherwise it waits for the papers, which have to arrive by the same day.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.furusato.deadlines import may_still_come
from madoguchi.furusato.models import ApplicationRow, GiftRow, StepRow, SubmissionRow
from madoguchi.furusato.reading import readable, vouched_numbers
from madoguchi.furusato.states import FOLLOWS, LIVING, ApplicationState, Proof
from madoguchi.furusato.values import (
    AlreadyApplied,
    Confirmation,
    GiftCancelled,
    NoSuchGift,
    NotConfirmed,
    NothingChosen,
    NotThatState,
    Reader,
    SeveralDonors,
    TooLate,
)

MOST_AT_ONCE = 50
SIGNS = "34679ACDEFHJKMNPQRTUWXY"
RECEIPT_SIGNS = 9


def submit(
    *,
    gifts: Sequence[str],
    confirmed: Collection[Confirmation],
    press: str,
    reader: Reader,
    by: Actor,
    now: datetime,
) -> str:
    """Apply for these gifts at once; returns the receipt's number. Law: 地方税法 附則第7条第1項・第8項.

    Raises NotConfirmed, NothingChosen, NoSuchGift, SeveralDonors, GiftCancelled, TooLate, AlreadyApplied.
    """
    numbers = sorted(set(gifts))
    if known := _receipt_of(press):
        return known
    if set(confirmed) != set(Confirmation):
        raise NotConfirmed
    if not numbers or len(numbers) > MOST_AT_ONCE:
        raise NothingChosen
    try:
        with transaction.atomic():
            rows = list(GiftRow.objects.select_for_update().filter(number__in=numbers).order_by("pk"))
            if known := _receipt_of(press):
                return known
            _all_may(rows, numbers, reader, now)
            return _store(rows, press, reader, by, now)
    except IntegrityError as error:  # somebody pressed in the same moment
        if known := _receipt_of(press):
            return known
        standing = ApplicationRow.objects.filter(gift__number__in=numbers, state__in=LIVING)
        raise AlreadyApplied(standing.values_list("gift__number", flat=True).first() or numbers[0]) from error


def _receipt_of(press: str) -> str:
    return SubmissionRow.objects.filter(press=press).values_list("receipt", flat=True).first() or ""


def _all_may(rows: Sequence[GiftRow], numbers: Sequence[str], reader: Reader, now: datetime) -> None:
    allowed = set(readable(reader).values_list("number", flat=True))
    if len(rows) != len(numbers) or not allowed.issuperset(numbers):
        raise NoSuchGift
    one_person = vouched_numbers(reader).issuperset(numbers)  # however the name is written in the file
    if len({("" if one_person else row.donor_key, row.year) for row in rows}) > 1:
        raise SeveralDonors
    for row in rows:
        if row.cancelled:
            raise GiftCancelled(row.number)
        if not may_still_come(row.year, now=now):
            raise TooLate(row.year)
        if ApplicationRow.objects.filter(gift=row, state__in=LIVING).exists():
            raise AlreadyApplied(row.number)


def _store(rows: Sequence[GiftRow], press: str, reader: Reader, by: Actor, now: datetime) -> str:
    newest = max(rows, key=lambda row: (row.told_at, row.pk))
    submission = SubmissionRow.objects.create(
        receipt=f"R{''.join(secrets.choice(SIGNS) for _ in range(RECEIPT_SIGNS))}", press=press, account=reader.account,
        year=newest.year, name=newest.name, kana=newest.kana, postal_code=newest.postal_code, address=newest.address,
        birth=newest.birth, sex=newest.sex, at=now,
    )  # fmt: skip
    proved = vouched_numbers(reader)
    for row in rows:
        proof = Proof.SIGN_IN if row.number in proved else Proof.POST
        state = ApplicationState.RECEIVED if proof is Proof.SIGN_IN else ApplicationState.AWAITING
        made = ApplicationRow.objects.create(
            submission=submission, gift=row, state=state.value, proof=proof.value, changed_at=now
        )
        add_step(made, state, by=by, now=now)
        record_act(
            actor=by, activity=f"furusato_{state.value}", now=now, gift=row.number, receipt=submission.receipt
        )
    return submission.receipt


def go_on(
    row: ApplicationRow, after: ApplicationState, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    """One step of an application, in the caller's transaction, as the table of states allows. Raises NotThatState."""
    before = ApplicationState(row.state)
    if after not in FOLLOWS[before]:
        raise NotThatState
    there = ApplicationRow.objects.filter(pk=row.pk, state=before.value)
    if there.update(state=after.value, changed_at=now, papers_on=row.papers_on) != 1:
        raise NotThatState
    row.state = after.value
    add_step(row, after, by=by, now=now, reason=reason)
    record_act(actor=by, activity=f"furusato_{after.value}", now=now, gift=row.gift.number)


def add_step(
    row: ApplicationRow, state: ApplicationState, *, by: Actor, now: datetime, reason: str = ""
) -> None:
    """One line of the application's own history."""
    StepRow.objects.create(
        application=row, nth=row.steps.count(), state=state.value, at=now, by=by.staff_id, by_name=by.name,
        reason=reason,
    )  # fmt: skip
