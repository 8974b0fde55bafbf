"""P8: what branch and centre both said, differently, is listed with both values and never overwritten in silence.

The histories of P7; the control lets what comes last hold.
"""

from __future__ import annotations

from pathlib import Path

from proofs.databases import on, sqlite
from proofs.frame import Proof, Result
from proofs.p07_flapping_line import played


def quick(own: Path) -> Result:
    return on(sqlite(own), own, played, 60)


def full(own: Path) -> Result:
    return on(sqlite(own), own, played, 10_000)


def control(own: Path) -> Result:
    return on(sqlite(own), own, played, 40, "overwritten")


PROOF = Proof("P8", "Conflicts are shown, never overwritten in silence", quick, full, control)
