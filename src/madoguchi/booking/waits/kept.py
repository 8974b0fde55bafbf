"""What was learned, as it is kept in a table and read back (学習の控え)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from madoguchi.booking.waits.learned import LearnedWaits


def as_kept(learned: LearnedWaits) -> dict[str, Any]:
    """The state in plain lists."""
    return {
        "day": None if learned.day is None else learned.day.isoformat(),
        "minutes": [
            [lane, service, minutes, learned.calls.get((lane, service), 0.0)]
            for (lane, service), minutes in sorted(learned.minutes.items())
        ],
        "people": [[lane, service, count] for (lane, service), count in sorted(learned.people.items())],
        "cells": [[list(cell), list(levels)] for cell, levels in sorted(learned.cells.items())],
        "tails": list(learned.tails),
    }


def from_kept(kept: Mapping[str, Any]) -> LearnedWaits:
    """The state that was kept."""
    low, high = kept["tails"]
    return LearnedWaits(
        day=None if kept["day"] is None else date.fromisoformat(kept["day"]),
        minutes={(lane, service): minutes for lane, service, minutes, _ in kept["minutes"]},
        calls={(lane, service): calls for lane, service, _, calls in kept["minutes"]},
        cells={tuple(cell): tuple(levels) for cell, levels in kept["cells"]},
        tails=(low, high),
        # A version that was kept before people were counted says nothing of them.
        people={(lane, service): count for lane, service, count in kept.get("people", ())},
    )
