"""Nobody opens what is another resident's by guessing its address: all pairs of 200 people, for each kind of thing that is somebody's.

Applications (with their receipts, questions, files and status), cases with messages, result documents, attachments, offers, mandates.
Each pair asks at one of the addresses of a kind in turn, and is told what whoever asks for nothing at all is told. In eight parts,
each kept when it has ended. The control answers whoever asks for an application.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from proofs.frame import Proof, Result
from proofs.tested import tested

TESTS = "tests/channels/online/test_nobody_elses.py"
PARTS = 8


def quick(own: Path) -> Result:
    return tested(own, TESTS)


def full(own: Path) -> Result:
    told = Result(0, 0)
    for part in range(PARTS):
        kept = own / f"part-{part}.json"
        if not kept.exists():
            one = tested(own, TESTS, "-k", f"part and {part}]", which="slow", spread=2)
            kept.write_text(json.dumps(asdict(one)))
        told += Result(**json.loads(kept.read_text()))
    return told


def control(own: Path) -> Result:
    return tested(own, TESTS, "-k", "some and apply_ask", without=whoever_asks)


def whoever_asks() -> None:
    """An application is whoever's who knows its number."""
    from madoguchi.cases.from_home import following

    def unguarded(number: str, who: Any) -> Any:
        from madoguchi.cases.home_tables import HomeCaseRow

        return HomeCaseRow.objects.select_related("case").get(number=number)

    guarded: Callable[..., Any] = following.home_row
    guarded.__code__ = unguarded.__code__  # also for those who imported it by name


PROOF = Proof("others", "Nobody opens what is another resident's by its number", quick, full, control)
