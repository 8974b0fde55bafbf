"""The card reader of a desk (カード読取機): a small program beside the reader is asked over HTTP (docs/card-reader.md).

1. The setting names the program of each desk; a desk without one has no button.
2. One POST asks for the four items of the card's face; the resident types the PIN at the reader, never here.
3. Every way in which nothing comes back is a `CardFault`; nothing that was read is written to a log.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.conf import settings

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.cases.ports import CardFace, CardFault, CardNotRead, CardReader
from madoguchi.city.authority import Authority
from madoguchi.jp.wareki import WarekiError, parse_date_text
from madoguchi.notation.reading import json_of

SECONDS = 30
_MOST_BYTES = 20_000
_SEXES = ("male", "female")


@dataclass(frozen=True, slots=True)
class DeskReader:
    """The reader program at an address (`http://…`, of this machine or the desk's)."""

    address: str
    seconds: float = SECONDS

    def read(self) -> CardFace:
        """Return the face of the card on the reader. Raises CardNotRead."""
        asked = Request(
            f"{self.address}/read",
            data=json.dumps({"card": "my_number", "items": ["name", "address", "birth", "sex"]}).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urlopen(asked, timeout=self.seconds) as answer:
                return _face(_object(answer.read(_MOST_BYTES)))
        except HTTPError as error:
            raise _fault(_object(error.read(_MOST_BYTES))) from None
        except TimeoutError:
            raise CardNotRead(CardFault.TOO_SLOW) from None
        except (URLError, ConnectionError) as error:
            slow = isinstance(getattr(error, "reason", None), TimeoutError)
            raise CardNotRead(CardFault.TOO_SLOW if slow else CardFault.NOT_CONNECTED) from None


def reader_of(*, branch: str, desk: str) -> CardReader | None:
    """Return the reader of a desk, or None when the setting names none."""
    address = settings.CARD_READERS.get(f"{branch}/{desk}")
    return DeskReader(address.rstrip("/")) if address else None


def read_card(*, case: str, by: Actor, now: datetime) -> CardFace:
    """Return the face of the card at the clerk's desk; that it is read is written down first. Raises CardNotRead."""
    reader = reader_of(branch=by.branch, desk=by.desk)
    if reader is None:
        raise CardNotRead(CardFault.NOT_CONNECTED)
    record_access(
        actor=by,
        purpose=Purpose.COUNTER_CASE,
        authority=Authority.COUNTER.value,
        person_keys=[f"{case}/card"],
        fields=("card_face",),
        case=case,
        screen="card",
        now=now,
    )
    return reader.read()


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        found = json_of(body)
    except ValueError:
        raise CardNotRead(CardFault.UNREADABLE) from None
    if not isinstance(found, dict):
        raise CardNotRead(CardFault.UNREADABLE)
    return found


def _fault(said: Mapping[str, Any]) -> CardNotRead:
    known = {fault.value: fault for fault in CardFault}
    tries = said.get("tries_left")
    return CardNotRead(
        known.get(str(said.get("fault")), CardFault.UNREADABLE), tries if isinstance(tries, int) else None
    )


def _face(said: Mapping[str, Any]) -> CardFace:
    try:
        face = CardFace(
            name=str(said["name"]).strip(),
            address=str(said["address"]).strip(),
            birth=parse_date_text(str(said["birth"])),
            sex=str(said["sex"]),
            expires_on=date.fromisoformat(str(said["expires_on"])),
        )
    except (KeyError, ValueError, WarekiError):
        raise CardNotRead(CardFault.UNREADABLE) from None
    if not face.name or face.sex not in _SEXES:
        raise CardNotRead(CardFault.UNREADABLE)
    return face
