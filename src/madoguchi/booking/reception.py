"""What a plan of reception may name in this city (受付計画で使える庁舎・席・担当)."""

from __future__ import annotations

from madoguchi.booking.plan_file import ReceptionPlaces
from madoguchi.city.queries import departments, desk_choices


def reception_places() -> ReceptionPlaces:
    """The city's desks by branch, and its departments by what the catalogue calls them."""
    desks: dict[str, frozenset[str]] = {}
    for branch, desk in desk_choices():
        desks[branch] = desks.get(branch, frozenset()) | {desk}
    return ReceptionPlaces(desks, frozenset(departments()))
