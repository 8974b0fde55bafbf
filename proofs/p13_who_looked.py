"""P13: whoever signed in as a resident reads who looked at them, and nothing of anybody else, whatever they ask for.

Each of 200 people was read at moments of their own; each asks for their own, and for that of each of the others by their number.
The control believes the number that is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from proofs.frame import Proof, Result
from proofs.tested import tested

TEST = "tests/channels/online/test_tracker.py::test_everybody_sees_their_own_and_nobody_elses"


def quick(own: Path) -> Result:
    return tested(own, f"{TEST}[some]")


def full(own: Path) -> Result:
    return tested(own, f"{TEST}[all pairs of 200]", which="slow")


def control(own: Path) -> Result:
    return tested(own, f"{TEST}[some]", without=believed)


def believed() -> None:
    """Whose readings are told is what the caller says."""
    from madoguchi.channels.online import views_tracker

    tracker: Any = views_tracker
    careful = tracker.own_number
    tracker.own_number = lambda request: request.GET.get("userCode") or careful(request)


PROOF = Proof("P13", "Residents see who looked at them, and nobody else's", quick, full, control)
