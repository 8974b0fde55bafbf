"""The care of bookings, payments, what was prepared and the audit's seals (予約・支払い・準備・封印の世話): a thread of the worker, every so often."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from madoguchi.audit.operations import seal
from madoguchi.booking.reminders import Letters
from madoguchi.booking.upkeep import Upkeep, keep_up
from madoguchi.cases import prepared
from madoguchi.cases.from_home.attaching import sweep as sweep_files
from madoguchi.cases.from_home.withdrawing import lapse
from madoguchi.cases.messages.notices import send_notices
from madoguchi.cases.messages.telling import tell_everybody
from madoguchi.config.keeping.marks import OldCopy, keep_mark
from madoguchi.connect.message_ports import message_ports, offers_link
from madoguchi.connect.paying import care
from madoguchi.disposal.erasing import go_on as erase_what_was_approved
from madoguchi.outreach.upkeep import keep_up as keep_offers_up

log = logging.getLogger(__name__)


def letters() -> Letters | None:
    """How letters are written here; None without a mail server or without an address for their links."""
    if not (settings.MAIL_READY and settings.PUBLIC_ADDRESS):
        return None
    return Letters(settings.DEFAULT_FROM_EMAIL, settings.PUBLIC_ADDRESS, settings.REMIND_HOURS)


def once() -> Upkeep:
    """One round, now."""
    now = timezone.now()
    seal(now=now)
    _mark(now)
    _payments(now)
    prepared.sweep(now=now)
    if (by_mail := letters()) is not None:
        send_notices(sender=by_mail.sender, address=by_mail.address, now=now)
        tell_everybody(sender=by_mail.sender, address=by_mail.address, now=now)
    lapse(now=now, days=settings.UNSENT_DAYS)
    sweep_files(now=now)
    erase_what_was_approved(now=now)
    keep_offers_up(ports=message_ports(), link=offers_link(), now=now)
    return keep_up(letters=letters(), contact_days=settings.CONTACT_DAYS, now=now)


def _mark(now: datetime) -> None:
    """The mark by which an old copy is told. A database that was changed under our feet is said, and gets none."""
    try:
        keep_mark(settings.HOME, now=now)
    except OldCopy as error:
        log.error("%s", error)


def _payments(now: datetime) -> None:
    """A round of payments. What goes wrong there is said, stops neither bookings nor the rounds that follow."""
    try:
        care(now=now)
    except DatabaseError:
        raise
    except Exception as error:
        log.error("the care of payments stopped; it begins anew in the next round (%s)", type(error).__name__)


def start(stop: threading.Event) -> threading.Thread:
    """Go round until `stop` is set. A database that is away for a while is waited for."""

    def rounds() -> None:
        while not stop.wait(settings.UPKEEP_SECONDS):
            close_old_connections()
            try:
                once()
            except DatabaseError as error:
                log.warning(
                    "the care of bookings and payments waits for the database (%s)", type(error).__name__
                )

    thread = threading.Thread(target=rounds, name="upkeep", daemon=True)
    thread.start()
    return thread
