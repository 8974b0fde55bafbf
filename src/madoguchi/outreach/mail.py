"""The mail server as a way of telling people (メール). An address that the server refuses is a bounce at once; a mail that comes
back later is read from the sender's mailbox, where there is one (`returned_mail`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.mail import EmailMessage

from madoguchi.outreach import returned_mail
from madoguchi.outreach.ports import OfferNote, Receipt, SendOutcome

PERMANENT = 500
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MailPort:
    """Letters by mail from `sender`; what comes back lies in the Maildir `returned`."""

    sender: str
    returned: Path | None = None

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
        """What came back since; a mail that says nothing of ours is set aside for people to read."""
        if self.returned is None:
            return ()
        several = list(returned_mail.receipts_in(self.returned))
        self._set_aside(name for name, receipt in several if receipt is None)
        return tuple(receipt for _name, receipt in several if receipt is not None)

    def taken(self, numbers: Iterable[str]) -> None:
        """These are stored: they are new no more."""
        stored = set(numbers)
        if self.returned is not None and stored:
            several = list(returned_mail.receipts_in(self.returned))
            self._set_aside(name for name, receipt in several if receipt and receipt.number in stored)

    def _set_aside(self, names: Iterable[str]) -> None:
        if self.returned is not None:
            try:
                returned_mail.set_aside(self.returned, names)
            except OSError as error:  # read again in the next round, and counted once all the same
                log.warning("mails that came back could not be set aside (%s)", type(error).__name__)
