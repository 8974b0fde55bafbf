"""Mails that came back (戻ったメール): delivery status notifications (RFC 3464) in the sender's mailbox, a Maildir folder.

1. Only a multipart/report of kind delivery-status counts, and of it only recipients that failed for good (Action failed, Status
   5.…) or that it was delivered to. What is delayed, an out-of-office answer, a letter from somebody: left for people to read.
2. Which message it was says the Message-ID of the returned part, which nobody can guess; the address is not looked at.
Parsing is the standard library's. What is said of a message counts once, however many mails say it.
"""

from __future__ import annotations

import mailbox
import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from pathlib import Path

from madoguchi.outreach.ports import Receipt, ReceiptKind

AT_ONCE = 200
LARGEST = 2_000_000
_KEY = re.compile(r"<([0-9a-f]{24,32})@[^<>@\s]{1,255}>")


def receipts_in(folder: Path) -> Iterator[tuple[str, Receipt | None]]:
    """The new mails of a Maildir by their name there, each with what it says of a message of ours; None: nothing."""
    if not (folder / "new").is_dir():
        return
    box = mailbox.Maildir(folder, create=False)
    for name in sorted(one.name for one in (folder / "new").iterdir())[:AT_ONCE]:
        key = name.partition(":")[0]
        try:
            size = (folder / "new" / name).stat().st_size
            yield key, read(box.get_bytes(key)) if size <= LARGEST else None
        except (OSError, KeyError):
            continue  # somebody else took it


def set_aside(folder: Path, names: Iterable[str]) -> None:
    """These mails are dealt with: they stay in the box, but are new no more."""
    for name in names:
        for one in (folder / "new").glob(f"{name}*"):
            if one.name.partition(":")[0] == name:
                one.rename(folder / "cur" / f"{name}:2,S")


def read(content: bytes) -> Receipt | None:
    """What one mail says of a message of ours; None when it is no such report, or nothing final."""
    try:
        mail = message_from_bytes(content, policy=policy.default)
        kind = _kind(mail)
        found = _KEY.search(_message_id(mail)) if kind is not None else None
    except (MessageError, LookupError, ValueError, AttributeError, TypeError):
        return None  # not a mail that the library can read
    if kind is None or found is None:
        return None
    return Receipt(f"{found.group(1)}/{kind.value}", found.group(1), kind)


def _kind(mail: EmailMessage | Message) -> ReceiptKind | None:
    """What is said of the recipients: failed for good when any did."""
    if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
        return None
    kinds: set[ReceiptKind] = set()
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in (one for one in blocks if isinstance(one, Message)) if isinstance(blocks, list) else ():
            action = str(block.get("Action", "")).split(";")[0].strip().lower()
            status = str(block.get("Status", "")).strip()
            if action == "failed" and status.startswith("5"):
                kinds.add(ReceiptKind.BOUNCED)
            elif action == "delivered":
                kinds.add(ReceiptKind.DELIVERED)
    if ReceiptKind.BOUNCED in kinds:
        return ReceiptKind.BOUNCED
    return ReceiptKind.DELIVERED if kinds else None


def _message_id(mail: EmailMessage | Message) -> str:
    """The Message-ID of the mail that came back: of the returned mail, or of its headers."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0)
            return str(inner.get("Message-ID", "")) if isinstance(inner, Message) else ""
        if kind == "text/rfc822-headers":
            text = part.get_payload(decode=True)
            inner = message_from_bytes(text if isinstance(text, bytes) else b"", policy=policy.default)
            return str(inner.get("Message-ID", ""))
    return ""
