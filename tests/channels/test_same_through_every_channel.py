"""No second definition of anything: every procedure, through every channel that it declares, ends with the same decision.

The same household answers everywhere. Where a channel is told the facts, its answer is the same to the letter; where it asks
for itself, in its own order, outcome and deadline are the same, and so are amounts and facts wherever both know them.
And what was never asked would not have changed anything: all facts together give the same outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from tests.cast import NOW
from tests.channels import ways
from tests.channels.ways import WAYS, Hands, Household, Snapshot
from tests.rooms.booking.queueing import lay_out

from madoguchi.audit.entries import Actor
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.catalogue.queries import current_revision, pack_of
from madoguchi.procedures.commands import decide
from madoguchi.procedures.situation import EventKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures")]
FAMILY = ("世帯主", "妻", "子", "母")
HOUSEHOLDS = [Household(event, FAMILY if event is not EventKind.birth else FAMILY[:2]) for event in EventKind]
# Of whom the period of something needed is counted from a day that nothing else asks for.
HOUSEHOLDS.append(Household(EventKind.none, FAMILY, seed=4))
MORE = [
    Household(event, people, seed)
    for event in EventKind
    for people in (FAMILY, ("世帯主",), ("世帯主", "子", "子"))
    for seed in range(1, 9)
    if not (event is EventKind.death and len(people) == 1)
]


@pytest.fixture
def hands(
    city: Mapping[str, Actor],
    signed_in: Callable[[str], Client],
    tmp_path: Path,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Hands:
    lay_out(rules=QueueRules(only_in_hours=False))
    settings.API_REQUESTS = 10_000_000
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    pack = pack_of(current_revision())
    monkeypatch.setattr(decide, "pack_of", lambda _arguments: pack)
    return Hands(signed_in("clerk_hana"), city["clerk_hana"], signed_in("machine_one"), tmp_path, pack)


def differing(one: Snapshot, other: Snapshot, covers: Callable[[str], bool]) -> list[str]:
    """In what two ends differ."""
    found = [
        f"{key}: {one.outcomes.get(key)} / {other.outcomes.get(key)}"
        for key in one.outcomes.keys() | other.outcomes.keys()
        if covers(key[0]) and one.outcomes.get(key) != other.outcomes.get(key)
    ]
    found += [
        f"{key}: {one.amounts[key]} / {other.amounts[key]}"
        for key in one.amounts.keys() & other.amounts.keys()
        if covers(key[0]) and one.amounts[key] != other.amounts[key]
    ]
    return found + [
        f"{ref}: {one.facts[ref]} / {other.facts[ref]}"
        for ref in one.facts.keys() & other.facts.keys()
        if one.facts[ref] != other.facts[ref]
    ]


def gone_through(household: Household, hands: Hands) -> None:
    """Every way with this household."""
    home = ways.find_at_home(household, hands)
    assert not [one for one in home.decisions if one["status"] == "ask"], "everything was asked"
    for each in (one for one in WAYS if household.event in one.events):
        end = each.go(household, hands)
        assert differing(home, end, each.covers) == [], (each.channel, each.name)
        if each.given:
            assert end.decisions == home.decisions, (each.channel, each.name)
    everything = household.everything(hands.pack)
    told = Snapshot(ways.asked_of_the_interface(household, everything, hands.pack), everything)
    assert differing(home, told, lambda _procedure: True) == []


@pytest.mark.parametrize("household", HOUSEHOLDS, ids=lambda one: f"{one.event.value}-{one.seed}")
def test_a_household_ends_the_same_whichever_way_it_went(household: Household, hands: Hands) -> None:
    gone_through(household, hands)


@pytest.mark.slow
@pytest.mark.parametrize("household", MORE, ids=lambda one: f"{one.event.value}-{len(one.people)}-{one.seed}")
def test_many_households_do(household: Household, hands: Hands) -> None:
    gone_through(household, hands)


def test_every_procedure_is_gone_through_on_every_channel_that_it_declares(hands: Hands) -> None:
    channels: dict[str, list[Callable[[str], bool]]] = {}
    for each in WAYS:
        channels.setdefault(each.channel, []).append(each.covers)
    events = {household.event for household in HOUSEHOLDS}
    for procedure in hands.pack.procedures:
        assert events & set(procedure.events), procedure.id
        for channel in (*procedure.channels, "kiosk", "api", "command"):
            assert any(covers(procedure.id) for covers in channels[channel]), (procedure.id, channel)
