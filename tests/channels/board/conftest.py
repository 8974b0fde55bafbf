"""A hall of today with an open desk, and what a stream sends, read as a browser reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from tests.rooms.booking.queueing import Hall, lay_out

from madoguchi.audit.entries import Actor
from madoguchi.booking.tickets.order import QueueRules


@pytest.fixture
def hall(city: Mapping[str, Actor], monkeypatch: pytest.MonkeyPatch) -> Hall:
    """まどか市's main branch with desk1 open. Pages and streams ask what time it is; the hall says it."""
    for branch in ("main", "north"):
        lay_out(rules=QueueRules(only_in_hours=False), branch=branch)
    made = Hall()
    monkeypatch.setattr(timezone, "now", lambda: made.now)
    made.open("desk1")
    return made


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of a stream."""

    event: str
    id: str
    data: Mapping[str, Any]

    @property
    def sequence(self) -> int:
        return int(self.data["sequence"])

    @property
    def labels(self) -> list[str]:
        """The numbers that it would speak."""
        return [call["label"] for call in self.data["calls"]]


def sent(piece: bytes) -> list[Sent]:
    """The messages in a piece of a stream."""
    found = []
    for block in piece.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in lines:
            found.append(Sent(lines["event"], lines.get("id", ""), json.loads(lines["data"])))
    return found
