"""The consent ledger (同意の台帳): what somebody consented to, in which words, until when; taken back at any time.

1. `consent` and `withdraw` add a line; the last line of a person and purpose holds. No line is changed or removed.
2. `holds` is asked at the very moment at which something is used or sent, never kept from before.
3. A consent to older words, or past its day, does not hold. A letter needs no yes, and stops at a no.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.outreach.consent_purposes import OF_CHANNEL, TEXTS, UNLESS_REFUSED, ConsentPurpose
from madoguchi.outreach.models import ConsentRow, ContactRow
from madoguchi.outreach.states import OfferChannel
from madoguchi.residents.disclosure import JAPAN

_TRIES = 5


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One line of the ledger (同意の1行)."""

    purpose: ConsentPurpose
    version: int
    given: bool
    expires_on: date | None
    at: datetime
    by_agent: bool


def consent(
    *, resident_no: str, purpose: ConsentPurpose, by: Actor, now: datetime, mandate: str = ""
) -> ConsentLine:
    """Add that somebody consents, in today's words, for as long as these hold."""
    until = now.astimezone(JAPAN).date() + timedelta(days=TEXTS[purpose].days)
    return _added(resident_no, purpose, until, by=by, mandate=mandate, now=now)


def withdraw(
    *, resident_no: str, purpose: ConsentPurpose, by: Actor, now: datetime, mandate: str = ""
) -> ConsentLine:
    """Add that somebody takes it back, or does not want it; the address kept for that way is erased."""
    with transaction.atomic():
        line = _added(resident_no, purpose, None, by=by, mandate=mandate, now=now)
        ContactRow.objects.filter(resident_no=resident_no, channel=purpose.value).delete()
    return line


def _added(
    resident_no: str, purpose: ConsentPurpose, until: date | None, *, by: Actor, mandate: str, now: datetime
) -> ConsentLine:
    for attempt in range(_TRIES):
        last = ConsentRow.objects.filter(resident_no=resident_no, purpose=purpose.value).order_by("-number")
        number = (last.values_list("number", flat=True).first() or 0) + 1
        try:
            with transaction.atomic():
                row = ConsentRow.objects.create(
                    resident_no=resident_no, purpose=purpose.value, number=number, version=TEXTS[purpose].version,
                    given=until is not None, expires_on=until, mandate=mandate, staff_id=by.staff_id, at=now,
                )  # fmt: skip
                record_act(
                    actor=by, activity="consent_given" if row.given else "consent_withdrawn", now=now,
                    person=resident_no, purpose=purpose.value, version=row.version,
                )  # fmt: skip
            return _line(row)
        except IntegrityError:  # another line came in the same moment; ours comes after it
            if attempt == _TRIES - 1:
                raise
    raise AssertionError


def holds(*, resident_no: str, purpose: ConsentPurpose, on: date) -> bool:
    """Whether this may be done now: the last line says yes in today's words and is not over; of letters, does not say no."""
    return resident_no in those_who_hold([resident_no], purpose=purpose, on=on)


def those_who_hold(resident_nos: Iterable[str], *, purpose: ConsentPurpose, on: date) -> frozenset[str]:
    """Those of whom `holds` is true."""
    asked = list(dict.fromkeys(resident_nos))
    last = ConsentRow.objects.filter(resident_no=OuterRef("resident_no"), purpose=purpose.value)
    rows = ConsentRow.objects.filter(
        resident_no__in=asked, purpose=purpose.value, pk=Subquery(last.order_by("-number").values("pk")[:1])
    )
    said = {row.resident_no: row for row in rows}
    yes = {
        number
        for number, row in said.items()
        if row.given
        and row.version == TEXTS[purpose].version
        and row.expires_on is not None
        and on <= row.expires_on
    }
    if purpose in UNLESS_REFUSED:
        return frozenset(number for number in asked if number not in said or said[number].given)
    return frozenset(yes)


def ledger(*, resident_no: str) -> tuple[ConsentLine, ...]:
    """Every line of somebody, the newest first. Whoever shows it writes the reading down."""
    rows = ConsentRow.objects.filter(resident_no=resident_no).order_by("-pk")
    return tuple(_line(row) for row in rows)


def set_contact(
    *, resident_no: str, channel: OfferChannel, place: str, by: Actor, now: datetime, mandate: str = ""
) -> None:
    """Consent to being told by this way, at this place."""
    with transaction.atomic():
        ContactRow.objects.update_or_create(
            resident_no=resident_no, channel=channel.value, defaults={"place": place, "changed_at": now}
        )
        consent(resident_no=resident_no, purpose=OF_CHANNEL[channel], by=by, mandate=mandate, now=now)


def contacts(*, resident_no: str) -> dict[OfferChannel, str]:
    """Where somebody wants to be told. Whoever shows it writes the reading down."""
    rows = ContactRow.objects.filter(resident_no=resident_no).values_list("channel", "place")
    return {OfferChannel(channel): place for channel, place in rows}


def _line(row: ConsentRow) -> ConsentLine:
    return ConsentLine(
        ConsentPurpose(row.purpose), row.version, row.given, row.expires_on, row.at, bool(row.mandate)
    )
