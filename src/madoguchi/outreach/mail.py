"""The mail server as a way of telling people (メール). An address that the server refuses is a bounce; letters that come back
later to the sender's mailbox are not read (docs/push.md).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.mail import EmailMessage

from madoguchi.outreach.ports import OfferNote, Receipt, SendOutcome

PERMANENT = 500
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailPort:
    """Letters by mail from `sender`."""

    sender: str

    def send(self, *, key: str, place: str, note: OfferNote) -> SendOutcome:
        """Send one; the key stands in the Message-ID, by which a mailbox knows it again."""
        domain = self.sender.rpartition("@")[2].rstrip(">") or "localhost"
        headers = {"Message-ID": f"<{key}@{domain}>", "Auto-Submitted": "auto-generated"}
        try:
            EmailMessage(note.subject, note.body, self.sender, [place], headers=headers).send()
            return SendOutcome.ACCEPTED
        except SMTPRecipientsRefused as error:
            codes = [code for code, _said in error.recipients.values()]
            return (
                SendOutcome.REFUSED
                if codes and all(one >= PERMANENT for one in codes)
                else SendOutcome.UNSURE
            )
        except (SMTPException, OSError) as error:
            log.warning("a message %s could not be sent by mail (%s)", key, type(error).__name__)
            return SendOutcome.UNSURE

    def receipts(self) -> Iterable[Receipt]:
        """None: a mail server tells nothing later."""
        return ()

    def taken(self, numbers: Iterable[str]) -> None:
        """Nothing to say."""
