"""P11: whoever tampers with the audit is found by the head that was printed in the evening.

Nine ways (edit, delete, insert, swap, cut the tail, delete a day, go on from an old backup, another database, the order of two
lines), each by somebody who owns the database and leaves the seals, or makes all of them anew. What is looked at is only the
paper of the last evening. The controls look without it, for the cut tail and for seals made anew.
"""

from __future__ import annotations

from pathlib import Path

from proofs.databases import on, sqlite
from proofs.frame import Proof, Result, weakest
from proofs.going_on import going_on


def quick(own: Path) -> Result:
    return on(sqlite(own), own, found_by_paper, 360)


def full(own: Path) -> Result:
    return on(sqlite(own), own, found_by_paper, 10_000)


def control(own: Path) -> Result:
    return weakest(
        on(sqlite(own, "tail"), own, without_paper, "cut tail", 40),
        on(sqlite(own, "anew"), own, without_paper, "every way", 90),
    )


def found_by_paper(own: Path, count: str) -> Result:
    """Tamper so often; a tampering that the paper does not show is a loss. Untouched, the audit holds."""
    from madoguchi.audit.verifying import verify
    from proofs import tampering

    with tampering.as_owner():
        *_, paper = tampering.written()
        assert verify(papers=[paper]).faults == ()

        def wrong(number: int) -> list[str]:
            what = tampering.of_number(number)
            with tampering.tampered(what):
                found = verify(papers=[paper]).faults
            return [] if found else [f"not found: {what}"]

        done = going_on(own, "manipulations", int(count), wrong, kept_every=500)
        assert verify(papers=[paper]).faults == ()
    return done


def without_paper(own: Path, way: str, count: str) -> Result:
    """The same, all seals made anew, and nobody kept a paper."""
    from madoguchi.audit.verifying import verify
    from proofs import tampering

    ways, missed = list(tampering.WAYS), 0
    with tampering.as_owner():
        tampering.written()
        for number in range(int(count)):
            one = way if way in ways else ways[number % len(ways)]
            with tampering.tampered(tampering.Tampering(one, True, number)):
                missed += verify().faults == ()
    return Result(int(count), missed, f"{way} without paper")


PROOF = Proof(
    "P11",
    "Tampering with the audit is found with the printed daily head",
    quick,
    full,
    control,
    limits="A false line that is written after the last paper, by whoever owns the database, is not found by it.",
)
