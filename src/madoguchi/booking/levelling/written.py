"""A plan as it is kept (保存の形): JSON that is read back to the same values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from madoguchi.booking.levelling.bands import Band
from madoguchi.booking.levelling.day_kinds import DayKind
from madoguchi.booking.levelling.demand import DayDemand, QuarterDemand
from madoguchi.booking.levelling.desks import WaitTarget
from madoguchi.booking.levelling.proposing import LanePlan, LevellingPlan
from madoguchi.booking.levelling.roster import NoRoster, Officer, Roster, RosterRules
from madoguchi.booking.levelling.simulation import Effect, Measured


def written(plan: LevellingPlan) -> dict[str, Any]:
    """The plan as JSON."""
    return {
        "day": plan.day.isoformat(),
        "target": plan.target.minutes,
        "rules": asdict(plan.rules),
        "officers": [{**asdict(one), "lanes": sorted(one.lanes)} for one in plan.officers],
        "lanes": [_lane_written(one) for one in plan.lanes],
        "roster": roster_written(plan.roster) if isinstance(plan.roster, Roster) else None,
        "no_roster": list(plan.roster.sentences) if isinstance(plan.roster, NoRoster) else [],
    }


def roster_written(roster: Roster) -> dict[str, Any]:
    """A roster as JSON, whose keys are texts."""
    return {
        "places": {
            who: {str(quarter): lane for quarter, lane in where.items()}
            for who, where in roster.places.items()
        },
        "lunches": dict(roster.lunches),
    }


def roster_read(data: Mapping[str, Any]) -> Roster:
    """A roster as it was written."""
    places = {
        who: {int(quarter): str(lane) for quarter, lane in where.items()}
        for who, where in data["places"].items()
    }
    return Roster(places, {who: int(start) for who, start in data["lunches"].items()})


def read(data: Mapping[str, Any]) -> LevellingPlan:
    """The plan as it was written."""
    return LevellingPlan(
        date.fromisoformat(data["day"]),
        WaitTarget(data["target"]),
        RosterRules(**data["rules"]),
        tuple(Officer(**{**one, "lanes": frozenset(one["lanes"])}) for one in data["officers"]),
        tuple(_lane_read(one) for one in data["lanes"]),
        roster_read(data["roster"]) if data["roster"] else NoRoster(tuple(data["no_roster"])),
    )


def _lane_written(lane: LanePlan) -> dict[str, Any]:
    demand = lane.demand
    return {
        **{name: getattr(lane, name) for name in ("lane", "name", "desks", "first")},
        **{name: list(getattr(lane, name)) for name in ("needed", "before", "after")},
        "demand": {
            "day": demand.day.isoformat(),
            "quarters": [[one.quarter, *_band(one.band), one.booked] for one in demand.quarters],
            "total": _band(demand.total),
            "kinds": sorted(one.value for one in demand.kinds),
            "unseen": sorted(one.value for one in demand.unseen),
            "learned_days": demand.learned_days,
            "spread": demand.spread,
        },
        "effect_before": asdict(lane.effect_before),
        "effect_after": asdict(lane.effect_after) if lane.effect_after else None,
    }


def _band(one: Band) -> list[float]:
    return [one.expected, one.low, one.high]


def _lane_read(data: Mapping[str, Any]) -> LanePlan:
    said = data["demand"]
    demand = DayDemand(
        date.fromisoformat(said["day"]),
        tuple(
            QuarterDemand(quarter, Band(expected, low, high), booked)
            for quarter, expected, low, high, booked in said["quarters"]
        ),
        Band(*said["total"]),
        frozenset(DayKind(one) for one in said["kinds"]),
        frozenset(DayKind(one) for one in said["unseen"]),
        said["learned_days"],
        said["spread"],
    )
    after = data["effect_after"]
    return LanePlan(
        data["lane"], data["name"], data["desks"], demand, data["first"], tuple(data["needed"]), tuple(data["before"]),
        tuple(data["after"]), _effect(data["effect_before"]), _effect(after) if after else None,
    )  # fmt: skip


def _effect(data: Mapping[str, Any]) -> Effect:
    wait, tail, too_long, overtime = (
        Measured(**data[name]) for name in ("wait", "nine_of_ten", "too_long", "overtime")
    )
    return Effect(wait, tail, too_long, overtime, tuple(data["by_quarter"]), data["runs"])
