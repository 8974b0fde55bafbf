"""What a 民生委員 sees of somebody who was handed over to them (共助): their own people alone, the chosen fields alone, until the day.

Nothing of a person is kept for this: the fields are read anew each time it is opened, each reading written down. Consent,
protection, moving away and the day are asked again at that moment; when one of them says no, it is not there any more.
民生委員 are bound to secrecy (民生委員法第15条); consent is asked all the same (個人情報の保護に関する法律第69条 stands behind it).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.jp.dates import PossibleDays, age_on
from madoguchi.outreach.consent import holds
from madoguchi.outreach.consent_purposes import ConsentPurpose
from madoguchi.outreach.models import EntrustedRow, ReachRow, ReachStepRow
from madoguchi.outreach.reach_states import EntrustedField, ReachAct, ReachBy, ReachState
from madoguchi.outreach.reaching import LONGEST_NOTE, NoSuchReach, ReachRefused
from madoguchi.outreach.safe import may_be_told
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.protection import Audience

REPORTS = {ReachAct.SPOKE: ReachState.REACHED, ReachAct.MISSED: ReachState.TRYING}
_FIELDS = {one.key: one for one in EntrustedField}


@dataclass(frozen=True, slots=True)
class Entrusted:
    """Somebody handed over: a number and a day, no name (引き継がれた人)."""

    number: str
    given_at: datetime
    until: date


@dataclass(frozen=True, slots=True)
class EntrustedPerson:
    """The fields that were chosen, read now; None where one was not chosen or cannot be shown (引き継がれた人の項目)."""

    entrusted: Entrusted
    name: str
    kana: str
    address: str | None
    age: int | None
    message: str | None


def entrusted_to(by: Actor, *, now: datetime) -> tuple[Entrusted, ...]:
    """Who is with this 民生委員 now, what ends first first."""
    rows = EntrustedRow.objects.filter(commissioner=by.staff_id or 0, ended_at__isnull=True).select_related(
        "reach"
    )
    return tuple(_line(row) for row in rows.order_by("until", "pk") if _stands(row, now))


def open_entrusted(*, number: str, by: Actor, screen: str, now: datetime) -> EntrustedPerson:
    """The fields of one of them, read now and written down. Raises NoSuchReach."""
    row = _mine(number, by, now)
    fields = {_FIELDS[key] for key in row.fields}
    person = disclose(
        actor=by, purpose=Purpose.OUTREACH, resident_nos=[row.reach.resident_no], audience=Audience.DEPARTMENT, case=None,
        screen=screen, now=now,
    )[0]  # fmt: skip
    today = now.astimezone(JAPAN).date()
    # Where the date of birth leaves the age open, none is told.
    age = None if isinstance(person.birth, PossibleDays) else age_on(person.birth, today)
    return EntrustedPerson(
        _line(row), person.name.name, person.name.kana or "",
        person.address if EntrustedField.ADDRESS in fields else None,
        age if EntrustedField.AGE in fields else None,
        row.message if EntrustedField.MESSAGE in fields else None,
    )  # fmt: skip


def report(*, number: str, act: ReachAct, note: str, by: Actor, now: datetime) -> None:
    """What came of the visit; with it the hand-over ends. Raises NoSuchReach, ReachRefused."""
    clean = note.replace("\0", "").strip()
    if act not in REPORTS:
        raise ReachRefused("会えたかどうかを選んでください。")
    if len(clean) > LONGEST_NOTE:
        raise ReachRefused(f"ひとことは{LONGEST_NOTE}字までにしてください。")
    with transaction.atomic():
        row = _mine(number, by, now)
        if not EntrustedRow.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=now):
            raise NoSuchReach
        after = REPORTS[act]
        mine = ReachRow.objects.filter(pk=row.reach_id, state=ReachState.ENTRUSTED.key)
        if not mine.update(state=after.key, changed_at=now):
            raise NoSuchReach
        ReachStepRow.objects.create(
            reach=row.reach, at=now, act=act.key, by_way=ReachBy.COMMISSIONER.key, state=after.key, note=clean,
            staff_id=by.staff_id, staff_name=by.name,
        )  # fmt: skip
        record_act(actor=by, activity=f"reach_{act.key}", now=now, reach=row.reach.public_id)


def _mine(number: str, by: Actor, now: datetime) -> EntrustedRow:
    row = EntrustedRow.objects.filter(public_id=number).select_related("reach").first()
    if row is None or row.commissioner != by.staff_id or not _stands(row, now):
        raise NoSuchReach
    return row


def _stands(row: EntrustedRow, now: datetime) -> bool:
    today, number = now.astimezone(JAPAN).date(), row.reach.resident_no
    return (
        row.ended_at is None
        and today <= row.until
        and bool(may_be_told([number], on=today))
        and holds(resident_no=number, purpose=ConsentPurpose.COMMISSIONER, on=today)
    )


def _line(row: EntrustedRow) -> Entrusted:
    return Entrusted(row.public_id, row.given_at, row.until)
