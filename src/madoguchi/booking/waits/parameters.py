"""What the simulator plays by (模擬の設定): one file of TOML beside it, read into values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from madoguchi.notation.reading import toml_of

MUNICIPAL_DAY = Path(__file__).with_name("municipal_day.toml")


@dataclass(frozen=True, slots=True)
class SimulatedWork:
    """A service as the simulator plays it (模擬の用件): what the office declares, what it really takes, in minutes."""

    key: str
    declared: int
    mean: float
    spread: float
    share: float


@dataclass(frozen=True, slots=True)
class SimulatedLane:
    """A lane as the simulator plays it (模擬の列). `desks`: from which time how many; `seats`: bookings each quarter-hour."""

    key: str
    name: str
    walk_ins_a_day: float
    desks: tuple[tuple[time, int], ...]
    seats: int
    services: tuple[SimulatedWork, ...]


@dataclass(frozen=True, slots=True)
class MunicipalDay:
    """Everything the simulator plays by (模擬の一日). The groups of figures are named as in the file."""

    opens: time
    last_ticket: time
    closes: time
    half_hours: tuple[float, ...]
    walk_ins: Mapping[str, float]
    bookings: Mapping[str, float]
    leaving: Mapping[str, float]
    calls: Mapping[str, float]
    desks: Mapping[str, float]
    speed: Mapping[str, float]
    lanes: tuple[SimulatedLane, ...]


def municipal_day(path: Path = MUNICIPAL_DAY) -> MunicipalDay:
    """The parameters in a file; the one that ships is the one that figures are given for."""
    read: dict[str, Any] = toml_of(path.read_text(encoding="utf-8"))
    hours = {name: time.fromisoformat(said) for name, said in read["hours"].items()}
    walk_ins = dict(read["walk_ins"])
    return MunicipalDay(
        opens=hours["opens"],
        last_ticket=hours["last_ticket"],
        closes=hours["closes"],
        half_hours=tuple(walk_ins.pop("half_hours")),
        walk_ins=walk_ins,
        bookings=read["bookings"],
        leaving=read["leaving"],
        calls=read["calls"],
        desks=read["desks"],
        speed=read["speed"],
        lanes=tuple(_lane(one) for one in read["lane"]),
    )


def _lane(read: Mapping[str, Any]) -> SimulatedLane:
    return SimulatedLane(
        key=read["key"],
        name=read["name"],
        walk_ins_a_day=read["walk_ins_a_day"],
        desks=tuple((time.fromisoformat(at), count) for at, count in read["desks"].items()),
        seats=read["seats"],
        services=tuple(SimulatedWork(**one) for one in read["services"]),
    )
