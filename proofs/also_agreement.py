"""`decide` and `entitled` agree: random households of every event, full of unknown facts and edge birthdays, decided both ways.

A try is a hundred households of one event. The control takes every “any” of a rule that nobody is known to meet for false, as a plain search would.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from proofs.frame import Proof, Result
from proofs.going_on import going_on

HOUSEHOLDS = 100


def quick(own: Path) -> Result:
    return _batches(own, 12)


def full(own: Path) -> Result:
    return _batches(own, 1020)


def control(own: Path) -> Result:
    """An “any” that nobody is known to meet is false, even where somebody is unknown."""
    import numpy as np

    from madoguchi.procedures.bulk import conditions
    from madoguchi.procedures.bulk.columns import FALSE, UNKNOWN, Truth

    careful = conditions._quantifier

    def careless(node: Any, scope: Any) -> Truth:
        answer = careful(node, scope)
        return np.where(answer == UNKNOWN, FALSE, answer) if node.word == "any" else answer

    conditions._quantifier = careless
    return _batches(own, 12)


def _batches(own: Path, count: int) -> Result:
    from tests.unit.procedures.test_entitled import at_once, one_by_one

    from madoguchi.procedures.loader import national_pack
    from madoguchi.procedures.situation import EventKind

    events = [event for event in EventKind if national_pack().procedures_of(event)]

    def differences(number: int) -> list[str]:
        seed, event = 1000 + number // len(events), events[number % len(events)]
        with tempfile.TemporaryDirectory() as folder:
            alone, together = (
                one_by_one(event, HOUSEHOLDS, seed),
                at_once(event, HOUSEHOLDS, seed, Path(folder)),
            )
        return [
            f"{event.value}/{seed} {key}: {alone.get(key)} / {together.get(key)}"
            for key in sorted(alone.keys() | together.keys())
            if alone.get(key) != together.get(key)
        ]

    return going_on(own, "batches of 100 households", count, differences, kept_every=1)


PROOF = Proof("decide", "One household decided and a whole register queried agree", quick, full, control)
