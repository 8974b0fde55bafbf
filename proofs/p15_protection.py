"""P15: where a protected person lives is found in no output, whoever asks and whatever part the other party plays.

Planted words: every address and command walked by every role (screens, papers, tables, XES, boards, logs, errors), and protected
people of five kinds against the other party as visitor, proxy, member of the household and after a death. The controls take the
guards out one by one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from proofs.frame import Proof, Result, weakest
from proofs.tested import tested

WALK = "tests/house/test_protected_on_every_address.py"
PEOPLE = "tests/house/test_fifty_protected.py"
ONE = f"{PEOPLE}::test_the_other_party_finds_the_place_in_no_part_they_play[some]"


def quick(own: Path) -> Result:
    return tested(own, WALK, "tests/house/test_protected_people.py", PEOPLE)


def full(own: Path) -> Result:
    return quick(own) + tested(own, WALK, PEOPLE, which="slow")


def control(own: Path) -> Result:
    guards = {
        "nobody is protected": nobody_protected,
        "search asks nobody": search_asks_nobody,
        "lists show places": lists_show_places,
        "an end date ends it": an_end_ends_it,
    }
    lost = [(name, tested(own, ONE, without=one)) for name, one in guards.items()]
    return weakest(*(Result(one.n, one.losses, name) for name, one in lost))


def nobody_protected() -> None:
    import tests.house.test_fifty_protected  # noqa: F401  -- so that every room is loaded

    for name, module in list(sys.modules.items()):
        if name.startswith("madoguchi.") and hasattr(module, "protected_people"):
            module.protected_people = lambda numbers, *, on: frozenset()  # type: ignore[attr-defined]  # the guard


def search_asks_nobody() -> None:
    """Whoever is protected is found by where they live, like anybody else."""
    from madoguchi.residents import search

    room: Any = search
    careful = room.shielding_rows
    room.shielding_rows = lambda on: careful(on).none()


def lists_show_places() -> None:
    from madoguchi.residents import protection

    protection.NEVER_SHOWN = frozenset()
    protection.ALLOWED_WHEN_PROTECTED = frozenset(protection.Audience)


def an_end_ends_it() -> None:
    """Protection is over with its date, as nobody lifted it."""
    from django.db.models import Q

    from madoguchi.residents import protection
    from madoguchi.residents.models import Protection

    def active(on: Any) -> Any:
        rows = Protection.objects.filter(begins_on__lte=on, lifted_on__isnull=True)
        return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))

    protection._active = active


PROOF = Proof(
    "P15",
    "Protection (支援措置) covers every exit",
    quick,
    full,
    control,
    limits="Pictures are not read by OCR; how long an answer takes is not measured; no letter tells of an end that comes near.",
)
