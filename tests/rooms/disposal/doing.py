"""Disposal as the office does it: periods, holds, one who proposes, another who approves, and the job to its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cast import NOW
from tests.rooms.disposal.planting import OVER, at, five_years

from madoguchi.audit.entries import Actor
from madoguchi.disposal import erasing as job
from madoguchi.disposal.holds import place_hold
from madoguchi.disposal.periods import set_periods
from madoguchi.disposal.proposing import approve, due_lines, propose
from madoguchi.disposal.values import HoldReason, RecordClass

Staff = Mapping[str, Actor]
COUNTER = RecordClass.COUNTER_CASES
LATER = at(OVER)


def set_five_years(city: Staff, *classes: RecordClass) -> None:
    set_periods(periods=[five_years(one) for one in classes or (COUNTER,)], by=city["systems_saki"], now=NOW)


def due(record_class: RecordClass = COUNTER, on: Any = OVER) -> int:
    return next(one.count for one in due_lines(on=on) if one.record_class is record_class)


def proposed(city: Staff, record_class: RecordClass = COUNTER) -> int:
    return propose(record_class=record_class, on=OVER, by=city["systems_saki"], now=LATER)


def approved(city: Staff, record_class: RecordClass = COUNTER) -> int:
    number = proposed(city, record_class)
    approve(proposal=number, by=city["auditor_ren"], now=LATER)
    return number


def to_the_end() -> int:
    gone = 0
    while job.unfinished():
        gone += job.go_on(now=LATER).gone
    return gone


def hold(city: Staff, record: str, **more: Any) -> None:
    said = {
        "reason": HoldReason.LAWSUIT,
        "note": "令和8年(行ウ)第1号",
        "record_class": COUNTER,
        "day": None,
        **more,
    }
    place_hold(number=record, by=city["systems_saki"], now=LATER, **said)
