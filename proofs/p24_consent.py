"""P24: nothing is sent to whoever took their consent back a moment ago.

Consent goes on and off at random: before a round, between two messages, and after the way of a message was chosen, just before
the call. The control asks no more as the last thing before the call.
"""

from __future__ import annotations

from pathlib import Path

from proofs.frame import Proof, Result
from proofs.tested import tested

FLIPS = "tests/rooms/outreach/test_sending.py::test_flips_of_consent_between_order_and_send"


def quick(own: Path) -> Result:
    return tested(own, f"{FLIPS}[quick]")


def full(own: Path) -> Result:
    return tested(own, f"{FLIPS}[whole]", which="slow")


def control(own: Path) -> Result:
    return tested(own, f"{FLIPS}[quick]", without=asked_no_more)


def asked_no_more() -> None:
    """The question at the last moment is always answered with yes."""
    from madoguchi.outreach import sending

    sending.holds = lambda **_said: True  # type: ignore[attr-defined]  # the guard


PROOF = Proof("P24", "Consent is obeyed at the moment of sending", quick, full, control)
