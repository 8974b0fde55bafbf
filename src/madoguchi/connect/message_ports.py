"""The ways of telling people that this office has (知らせる口): mail, and gateways for SMS, LINE and マイナポータル over HTTP.

What is spoken with a gateway is ours (本製品の独自のやりとり, docs/push.md): no provider's own interface is imitated. Only a clear no
(409, 422) counts as refused; everything else that is not a whole answer leaves open whether it was sent, and the same key is
sent again.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from madoguchi.notation.reading import json_of
from madoguchi.outreach.mail import MailPort
from madoguchi.outreach.ports import MessagePort, OfferNote, Receipt, ReceiptKind, SendOutcome
from madoguchi.outreach.states import OfferChannel

LARGEST_ANSWER = 1_000_000
REFUSED = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


def message_ports() -> dict[OfferChannel, MessagePort]:
    """Every way that is set up here."""
    found: dict[OfferChannel, MessagePort] = {}
    if settings.MAIL_READY:
        found[OfferChannel.EMAIL] = MailPort(
            settings.DEFAULT_FROM_EMAIL, Path(settings.RETURNED_MAIL) if settings.RETURNED_MAIL else None
        )
    for name, base in settings.MESSAGE_GATEWAYS.items():
        found[OfferChannel(name)] = Gateway(base, settings.MESSAGE_KEY, settings.MESSAGE_SECONDS)
    return found


def ways_there() -> frozenset[OfferChannel]:
    """The ways that residents may choose here, besides letters."""
    return frozenset(message_ports())


def offers_link() -> str:
    """Where a message sends people to; "" when the office has no address of its own set."""
    return f"{settings.PUBLIC_ADDRESS.rstrip('/')}/my/offers/" if settings.PUBLIC_ADDRESS else ""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway at `base`, which knows us by `key` (送信の中継)."""

    base: str
    key: str
    seconds: float

    def send(self, *, key: str, place: str, note: OfferNote) -> SendOutcome:
        """Hand one message over; again with the same key it is the same message."""
        said = {"key": key, "to": place, "subject": note.subject, "body": note.body}
        status, answer = self._asked("POST", "/api/messages", json.dumps(said, ensure_ascii=False).encode())
        if status in REFUSED:
            return SendOutcome.REFUSED
        if status == HTTPStatus.OK and answer.get("key") == key:
            return SendOutcome.ACCEPTED
        return SendOutcome.UNSURE

    def receipts(self) -> Iterable[Receipt]:
        """What the gateway says of messages; what cannot be read is left for the next time."""
        _status, answer = self._asked("GET", "/api/receipts", None)
        return receipts_of(answer)

    def taken(self, numbers: Iterable[str]) -> None:
        """Tell it what is stored, so that it need not say it again; lost, it says it again."""
        said = list(numbers)
        if said:
            self._asked("POST", "/api/receipts/taken", json.dumps({"numbers": said}).encode())

    def _asked(self, method: str, path: str, body: bytes | None) -> tuple[int, Mapping[str, Any]]:
        place = urlsplit(self.base)
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        line = kind(place.hostname or "", place.port, timeout=self.seconds)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            line.request(method, place.path.rstrip("/") + path, body, headers)
            answer = line.getresponse()
            found = answered(answer.read(LARGEST_ANSWER))
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            line.close()
        return answer.status, found


def answered(body: bytes) -> Mapping[str, Any]:
    """What the gateway answered; empty when it is no object. Raises ValueError when it is no JSON (結果が分からない)."""
    found = json_of(body)
    return found if isinstance(found, dict) else {}


def receipts_of(answer: Mapping[str, Any]) -> tuple[Receipt, ...]:
    """The receipts of an answer; what cannot be read is left out."""
    rows = answer.get("receipts")
    return tuple(_read(rows)) if isinstance(rows, list) else ()


def _read(rows: list[Any]) -> Iterable[Receipt]:
    kinds = {one.value: one for one in ReceiptKind}
    for row in rows:
        if not isinstance(row, dict):
            continue
        number, key, kind = (str(row.get(name, "")) for name in ("number", "key", "kind"))
        if number and len(number) <= 80 and key and len(key) <= 32 and kind in kinds:
            yield Receipt(number, key, kinds[kind])
