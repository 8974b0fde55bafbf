"""まどか市, the invented city of the demo and the tests.

Nothing of it exists: no prefecture has the number 99, so that its code can never be mistaken for a
municipality's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from madoguchi.audit.entries import Actor
from madoguchi.city.operations import BranchPlan, set_up_city
from madoguchi.city.queries import CityProfile

MADOKA = CityProfile(code="999997", prefecture="まど県", name="まどか市", mayor_title="まどか市長")
BRANCHES = (
    BranchPlan("main", "本庁", "A", {f"desk{n}": f"{n}番窓口" for n in range(1, 5)}),
    BranchPlan("north", "北支所", "B", {"desk1": "1番窓口", "desk2": "2番窓口"}),
    BranchPlan("harbour", "みなと支所", "C", {"desk1": "1番窓口"}),
)


def set_up_madoka(*, departments: Mapping[str, str], by: Actor, now: datetime) -> None:
    """Make まどか市 in an empty database, with the departments that the catalogue names (key → name)."""
    set_up_city(profile=MADOKA, departments=departments, branches=BRANCHES, by=by, now=now)
