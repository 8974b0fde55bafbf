"""A plan of reception in this city (受付計画): what it may name, how it is put into force, and how it stands."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.booking.offering import offer, set_offer
from madoguchi.booking.plan_file import ReceptionPlaces, ReceptionPlan
from madoguchi.booking.tickets.days import rules, set_rules
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.city.queries import branch_names, departments, desk_choices


def reception_places() -> ReceptionPlaces:
    """The city's desks by branch, and its departments by what the catalogue calls them."""
    desks: dict[str, frozenset[str]] = {}
    for branch, desk in desk_choices():
        desks[branch] = desks.get(branch, frozenset()) | {desk}
    return ReceptionPlaces(desks, frozenset(departments()))


def apply_reception(*, plan: ReceptionPlan, by: Actor, now: datetime) -> None:
    """Make the offer and the rules of every branch exactly these; a branch that the plan does not name has the product's.

    Raises TwoLanes.
    """
    with transaction.atomic():
        set_offer(offer=plan.offer, by=by, now=now)
        for branch in branch_names():
            wanted = plan.rules.get(branch, QueueRules())
            if rules(branch=branch) != wanted:
                set_rules(branch=branch, rules=wanted, by=by, now=now)


def reception_now() -> ReceptionPlan:
    """What is offered now, and the rules of each branch that has some of its own."""
    own = {branch: rules(branch=branch) for branch in branch_names()}
    return ReceptionPlan(offer(), {branch: one for branch, one in own.items() if one != QueueRules()})
