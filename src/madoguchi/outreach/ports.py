"""What push asks of the world outside (外との口). `connect` speaks to the real thing; each has a demo twin.

No call is made while a transaction is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from madoguchi.outreach.states import OfferChannel


class SendOutcome(Enum):
    """How sending ended (送った結果). UNSURE: tried again with the same key, which the other side takes for the same."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNSURE = "unsure"


class ReceiptKind(Enum):
    """What the other side says became of a message (届いたかの知らせ)."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class OfferNote:
    """What is sent (知らせの文): that there is something, never what, and never to whom by name."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One thing the other side says of a message; the same `number` is the same receipt (届いたかの1件)."""

    number: str
    key: str
    kind: ReceiptKind


class MessagePort(Protocol):
    """A way of telling somebody (知らせる口)."""

    def send(self, *, key: str, place: str, note: OfferNote) -> SendOutcome:
        """Send once for a key, however often it is called. Never raises."""
        ...

    def receipts(self) -> Iterable[Receipt]:
        """What has become of messages, again and again until `taken` says that it was stored. Never raises."""
        ...

    def taken(self, numbers: Iterable[str]) -> None:
        """These receipts are stored."""
        ...


MessagePorts = Mapping[OfferChannel, MessagePort]


@dataclass(frozen=True, slots=True)
class WhereToApply:
    """Where the application goes on (申請の続き): an address of ours, or a code for the counter."""

    address: str = ""
    code: str = ""
    expires_at: datetime | None = None


class ApplicationDoor(Protocol):
    """Opens the application of an offer (申請を開く口); channels fill it. The same offer opens the same application."""

    def open(
        self, *, offer: str, procedure: str, resident_no: str, people: tuple[str, ...], now: datetime
    ) -> WhereToApply:
        """Open it for this resident; `people`: the 続柄 of their household, themselves included."""
        ...
