"""A provider of payments spoken to in JSON over HTTP, each call with an end in time.

Only a clear no (409, 422) counts as refused. Everything else that is not a whole answer, be it a time-out, a broken line, a key
that is not taken or a page of a proxy, leaves open whether it was done; it is asked again with the same reference.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from madoguchi.notation.reading import json_of
from madoguchi.payments.ports import ProviderRefusedError, ProviderUnsure, SessionMade
from madoguchi.payments.values import Truth, truth_of

LARGEST_ANSWER = 1_000_000
REFUSED = (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


@dataclass(frozen=True, slots=True)
class HttpProvider:
    """The provider at `base`, which knows us by `key`."""

    base: str
    key: str
    seconds: float

    def create_session(
        self, *, reference: str, yen: int, title: str, lines: Sequence[tuple[str, int]], come_back: str
    ) -> SessionMade:
        """Make the session of a payment."""
        said = {
            "reference": reference, "yen": yen, "title": title, "lines": [list(line) for line in lines],
            "come_back": come_back,
        }  # fmt: skip
        answer = self._post("/api/sessions", said)
        page = answer.get("page")
        if not isinstance(page, str) or urlsplit(page).scheme not in ("http", "https"):
            raise ProviderUnsure
        return SessionMade(page, _truth(answer))

    def capture(self, *, reference: str) -> Truth:
        """Take the money that was authorised."""
        return _truth(self._post(f"/api/sessions/{quote(reference)}/capture", {}))

    def cancel(self, *, reference: str) -> Truth:
        """Let nobody pay any more."""
        return _truth(self._post(f"/api/sessions/{quote(reference)}/cancel", {}))

    def refund(self, *, reference: str, yen: int, key: str) -> Truth:
        """Give back so many yen."""
        return _truth(self._post(f"/api/sessions/{quote(reference)}/refunds", {"yen": yen, "key": key}))

    def fetch(self, *, reference: str) -> Truth | None:
        """How the session stands."""
        status, answer = self._asked("GET", f"/api/sessions/{quote(reference)}", None)
        if status == HTTPStatus.NOT_FOUND and answer.get("reason") == "no such session":
            return None
        if status != HTTPStatus.OK:
            raise ProviderUnsure
        return _truth(answer)

    def _post(self, path: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        status, answer = self._asked("POST", path, json.dumps(said, ensure_ascii=False).encode())
        if status in REFUSED:
            raise ProviderRefusedError(str(answer.get("reason", status)))
        if status != HTTPStatus.OK:
            raise ProviderUnsure
        return answer

    def _asked(self, method: str, path: str, body: bytes | None) -> tuple[int, Mapping[str, Any]]:
        place = urlsplit(self.base)
        kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
        line = kind(place.hostname or "", place.port, timeout=self.seconds)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            line.request(method, place.path.rstrip("/") + path, body, headers)
            answer = line.getresponse()
            body = answer.read(LARGEST_ANSWER)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ProviderUnsure from error
        finally:
            line.close()
        return answer.status, answered(body)


def answered(body: bytes) -> Mapping[str, Any]:
    """What the provider answered. Raises ProviderUnsure when it is nothing that one answers."""
    try:
        found = json_of(body)
    except ValueError as error:
        raise ProviderUnsure from error
    if not isinstance(found, dict):
        raise ProviderUnsure
    return found


def _truth(answer: Mapping[str, Any]) -> Truth:
    try:
        return truth_of(answer["record"])
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderUnsure from error
