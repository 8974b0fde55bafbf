"""What is written by mail to those who gave an address (予約の知らせ): taken, changed, cancelled, soon, a seat came free.

1. What is due follows from the bookings as they stand; nothing has to be remembered when a booking changes.
2. A letter is claimed by one row (one of each kind and SEQUENCE), then sent outside of any transaction, then marked as sent.
3. One that could not be sent is tried again, later each time, as long as it still says what is so; five times at most.
The address goes into the envelope and nowhere else: no log, no audit, no row beside the booking.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from madoguchi.booking.booked import EARLY_MINUTES, JAPAN, Booked, starts_at
from madoguchi.booking.models import BookingRow, NoticeRow, WaitingRow
from madoguchi.booking.notice_kinds import NoticeKind
from madoguchi.booking.offering import Offer, offer
from madoguchi.booking.reserving import booked_of
from madoguchi.booking.reserving_states import BookingState
from madoguchi.booking.when import in_words, time_in_words
from madoguchi.city.queries import branch_names, profile

MOST_TRIES = 5
AGAIN_MINUTES = 5
STANDS = (NoticeKind.CONFIRMED.value, NoticeKind.CHANGED.value)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Letters:
    """How letters are written: from which address, with links to where, how many hours before a visit it is remembered."""

    sender: str
    address: str
    remind_hours: float = 24


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, ready to send."""

    subject: str
    body: str


def send_due(*, letters: Letters, now: datetime) -> tuple[int, int]:
    """Send every letter that is due; returns how many were sent and how many could not be."""
    sent = failed = 0
    offered = offer()
    for kind, row in list(_due(now, letters.remind_hours)):
        claimed = _claimed(row, kind, now)
        if claimed is None:
            continue
        if _went(row, letter_of(kind=kind, booked=booked_of(row), offered=offered, letters=letters), letters):
            NoticeRow.objects.filter(pk=claimed).update(sent_at=now)
            sent += 1
        else:
            failed += 1
    return sent, failed


def letter_of(*, kind: NoticeKind, booked: Booked, offered: Offer, letters: Letters) -> Letter:
    """The letter about a booking. The subject says when, never what for."""
    city, branch = profile().name, branch_names().get(booked.branch, booked.branch)
    subject = f"【{city}】{_(kind.label)}（{in_words(booked.starts)}）"
    names = "、".join(
        one.name for one in offered.services if one.key in {part.service for part in booked.parts}
    )
    link = f"{letters.address.rstrip('/')}/book/open/{booked.number}/{booked.secret}/"
    lines = [
        _("%(city)sの予約についてのお知らせです。") % {"city": city},
        "",
        _("日時: %(when)s（約%(minutes)d分）") % {"when": in_words(booked.starts), "minutes": booked.minutes},
        _("場所: %(place)s") % {"place": f"{city} {branch}"},
        _("用件: %(names)s") % {"names": names},
        _("予約番号: %(number)s　4桁の数字: %(code)s") % {"number": booked.number, "code": booked.code},
        "",
        *_said(kind, booked),
        *([] if kind is NoticeKind.CANCELLED else [_("確かめる・変える・取り消す:"), link, ""]),
        _("このメールに返信しても届きません。心当たりのないときは、市役所にお知らせください。"),
    ]
    return Letter(subject, "\n".join(lines) + "\n")


def _said(kind: NoticeKind, booked: Booked) -> list[str]:
    if kind is NoticeKind.OFFERED:
        until = time_in_words(booked.held_until) if booked.held_until else ""
        return [
            _("お待ちの日の席が空きました。%(until)sまで、あなたのためにおさえています。") % {"until": until},
            _("下のページで「予約する」を押すと決まります。そのままにすると、次の方に回ります。"),
            "",
        ]
    if kind is NoticeKind.CANCELLED:
        return [_("この予約は取り消されました。お取り直しは予約のページでできます。"), ""]
    early = _("%(minutes)d分前から受付できます。着いたら、発券機で4桁の数字を入れてください。") % {
        "minutes": EARLY_MINUTES
    }
    if kind is NoticeKind.REMINDER:
        return [
            early,
            _("来られなくなったときは、下のページで取り消してください。待っている方に回せます。"),
            "",
        ]
    return [early, ""]


def _due(now: datetime, remind_hours: float) -> Iterator[tuple[NoticeKind, BookingRow]]:
    today = now.astimezone(JAPAN).date()
    rows = BookingRow.objects.exclude(contact="").filter(day__gte=today).select_related("lane", "service")
    confirmed, cancelled = (
        rows.filter(state=BookingState.CONFIRMED.value),
        rows.filter(state=BookingState.CANCELLED.value),
    )
    for row in confirmed.filter(_missing(*STANDS, now=now)):
        yield (NoticeKind.CHANGED if row.sequence else NoticeKind.CONFIRMED), row
    for row in rows.filter(
        _missing(NoticeKind.OFFERED.value, now=now), state=BookingState.HELD.value, held_until__gt=now
    ):
        yield NoticeKind.OFFERED, row
    told = Exists(NoticeRow.objects.filter(booking=OuterRef("pk"), kind__in=STANDS))
    for row in cancelled.filter(told, _missing(NoticeKind.CANCELLED.value, now=now)):
        yield NoticeKind.CANCELLED, row
    ahead = timedelta(hours=remind_hours)
    near = confirmed.filter(day__lte=(now + ahead).astimezone(JAPAN).date())
    for row in near.filter(_missing(NoticeKind.REMINDER.value, now=now)):
        starts = starts_at(row.day, row.quarter)
        if now < starts <= now + ahead and row.changed_at < starts - ahead:
            yield NoticeKind.REMINDER, row


def _missing(*kinds: str, now: datetime) -> Q:
    """No letter of these kinds about this state of the booking, or one that failed and is to be tried again."""
    about = NoticeRow.objects.filter(booking=OuterRef("pk"), kind__in=kinds, sequence=OuterRef("sequence"))
    again = about.filter(
        sent_at=None, tries__lt=MOST_TRIES, tried_at__lte=now - timedelta(minutes=AGAIN_MINUTES)
    )
    return Q(~Exists(about)) | Q(Exists(again))


def _claimed(row: BookingRow, kind: NoticeKind, now: datetime) -> int | None:
    """The letter's own row, if it is ours to send."""
    try:
        with transaction.atomic():
            made = NoticeRow.objects.create(
                booking=row, kind=kind.value, sequence=row.sequence, tries=1, tried_at=now
            )
            return int(made.pk)
    except IntegrityError:
        before = NoticeRow.objects.get(booking=row, kind=kind.value, sequence=row.sequence)
        wait = timedelta(minutes=AGAIN_MINUTES * before.tries)
        if before.sent_at or before.tries >= MOST_TRIES or before.tried_at > now - wait:
            return None
        same = NoticeRow.objects.filter(pk=before.pk, tries=before.tries, sent_at=None)
        return int(before.pk) if same.update(tries=F("tries") + 1, tried_at=now) else None


def _went(row: BookingRow, letter: Letter, letters: Letters) -> bool:
    try:
        EmailMessage(letter.subject, letter.body, letters.sender, [row.contact]).send()
        return True
    except (SMTPException, OSError) as error:
        log.warning("a letter about booking %s could not be sent (%s)", row.number, type(error).__name__)
        return False


def erase_contacts(*, days: int, now: datetime) -> int:
    """Erase addresses of visits that are over by more than `days` days, or that never came to be; returns how many."""
    last = now.astimezone(JAPAN).date() - timedelta(days=days)
    old = BookingRow.objects.exclude(contact="").filter(
        Q(day__lt=last) | Q(state=BookingState.EXPIRED.value, changed_at__lt=now - timedelta(days=1))
    )
    gone = old.update(contact="")
    return gone + WaitingRow.objects.exclude(contact="").filter(day__lt=last).update(contact="")
