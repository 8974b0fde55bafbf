"""What was told by mail and what still has to be (知らせた控え): each once, whoever is told, by whichever consent.

1. `left_to_tell`: of what is new, what was not told yet and may be tried now.
2. `claimed`: one line a thing, written before the mail is sent, so that two senders never send the same.
3. `letter_went` sends outside of any transaction; `went` marks the lines. What failed is tried again later, five times at most.

A ledger is the lines of one owner: `NoticeAddressRow.notices` (a case's address), `TellingRow.told` (everything of an account).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import F, Manager, Q

MOST_TRIES = 5
AGAIN = timedelta(minutes=5)
log = logging.getLogger(__name__)


def left_to_tell(lines: Manager[Any], about: Iterable[str], *, now: datetime) -> list[str]:
    """Of these things, those that were neither told nor given up, and whose last try is long enough ago."""
    done = Q(sent_at__isnull=False) | Q(tries__gte=MOST_TRIES) | Q(tried_at__gt=now - AGAIN)
    told = set(lines.filter(done).values_list("about", flat=True))
    return [one for one in about if one not in told]


def claimed(lines: Manager[Any], about: str, *, now: datetime) -> int | None:
    """The line of one thing, if it is ours to tell now; None when another sender has it, or it was told."""
    try:
        with transaction.atomic():
            return int(lines.create(about=about, tried_at=now).pk)
    except IntegrityError:
        again = lines.filter(about=about, sent_at=None, tries__lt=MOST_TRIES, tried_at__lte=now - AGAIN)
        pk = again.values_list("pk", flat=True).first()
        return pk if pk and again.filter(pk=pk).update(tries=F("tries") + 1, tried_at=now) else None


def letter_went(subject: str, body: str, *, sender: str, to: str) -> bool:
    """Send one mail, outside of any transaction; whether the server took it."""
    headers = {"Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, body, sender, [to], headers=headers).send()
    except (OSError, SMTPException) as error:
        log.warning("a notice of a case could not be sent (%s)", type(error).__name__)
        return False
    return True


def went(lines: Manager[Any], keys: Iterable[int], *, now: datetime) -> None:
    """These lines were told now."""
    lines.filter(pk__in=list(keys)).update(sent_at=now)
