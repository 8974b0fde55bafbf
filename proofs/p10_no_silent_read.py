"""P10: whoever's name is in an answer was written down by that very request, at every address and by every role; commands too.

The control writes down no reading.
"""

from __future__ import annotations

import sys
from pathlib import Path

from proofs.frame import Proof, Result
from proofs.tested import tested

FILE = "tests/house/test_no_read_without_entry.py"
NAMED = f"{FILE}::test_whoever_is_named_in_an_answer_was_written_down_by_it"


def quick(own: Path) -> Result:
    return tested(own, FILE)


def full(own: Path) -> Result:
    return quick(own) + tested(own, FILE, which="slow")


def control(own: Path) -> Result:
    return tested(own, f"{NAMED}[hearing]", without=unwritten)


def unwritten() -> None:
    """Readings go by unwritten, wherever they are made."""
    import tests.house.test_no_read_without_entry  # noqa: F401  -- so that every room is loaded

    for name, module in list(sys.modules.items()):
        if name.startswith("madoguchi.") and hasattr(module, "record_access"):
            module.record_access = lambda **said: None  # type: ignore[attr-defined]  # the guard


PROOF = Proof(
    "P10",
    "No read of a person without an entry",
    quick,
    full,
    control,
    limits="A reading that shows neither a name nor anything planted is not seen by the walk; the layers forbid rooms to read tables of residents.",
)
