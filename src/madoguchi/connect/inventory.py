"""The city's inventory joined with its people: national numbers are scaled by the city's share of the nation.

Source of the nation's number: 国勢調査 2020, people of known age, the sum of the table that ships with the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from madoguchi.catalogue.inventory import city_list, settings
from madoguchi.catalogue.inventory.city_entries import Online
from madoguchi.catalogue.inventory.city_list import CityLine
from madoguchi.catalogue.inventory.ease import STEPS, Ease, score
from madoguchi.catalogue.inventory.national import NationalProcedure, linked_to, marks_of
from madoguchi.catalogue.inventory.plan import BurnUpPoint, Quarter, Work, burn_up, fill
from madoguchi.catalogue.queries import NothingPublished, current
from madoguchi.residents.counting import people_count

NATION = 123_214_261
# What one visit costs a resident, way and waiting included, until the city writes its own number. Ours, not measured.
USUAL_MINUTES = 60


def share_of_people() -> float | None:
    """The city's part of the nation's people; None while the register is empty."""
    here = people_count()
    return here / NATION if here else None


def lines(*, removed: bool = False) -> tuple[CityLine, ...]:
    """The city's list, scored by the definition that counts now."""
    return city_list.lines(settings.definition(), share_of_people(), removed=removed)


def line(number: str) -> CityLine | None:
    """One procedure of the list, or None."""
    return city_list.line(number, settings.definition(), share_of_people())


def ease_of(national: NationalProcedure) -> tuple[Ease, int | None]:
    """The ease of a procedure of the survey in this city, and how many a year are estimated here."""
    mark = marks_of((national.line.number,)).get(national.line.number)
    volume = mark.here(share_of_people()) if mark else None
    return score(settings.definition(), national.features(volume)), volume


def our_procedures(number: str) -> tuple[tuple[str, str], ...]:
    """Id and name of our procedures that a procedure of the survey belongs to."""
    try:
        pack = current()
    except NothingPublished:
        return ()
    return tuple((one, pack.procedure(one).name) for one in linked_to(number) if pack.has_procedure(one))


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole at a glance: how many in each step and online, how complete, and the burn-up of the adopted plan."""

    total: int
    by_step: Mapping[int, int]
    online: int
    completeness: int
    burn_up: tuple[BurnUpPoint, ...]


def overview(there: tuple[CityLine, ...], *, today: date) -> Overview:
    """Count the list."""
    plan = settings.plan()
    by_step = {step: sum(1 for one in there if one.ease.step == step) for step in range(1, STEPS + 1)}
    numbers = {one.entry.number for one in there}
    planned = {
        number: quarter for number, quarter in (plan.quarters if plan else {}).items() if number in numbers
    }
    done = city_list.done_on(there)
    return Overview(
        len(there), by_step, len(done),
        round(sum(one.entry.completeness for one in there) / len(there)) if there else 0,
        burn_up(planned, done, today=today) if there else (),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A procedure in a proposed plan; `quarter` None: not planned (online already, or not meant to be)."""

    line: CityLine
    hours: float | None
    days: int
    quarter: Quarter | None


def proposed(there: tuple[CityLine, ...], *, days_a_quarter: int, first: Quarter) -> tuple[PlanLine, ...]:
    """A plan by capacity: in the order in which it is done, what is not planned at the end."""
    steps = settings.definition().steps
    open_ones = [one for one in there if one.entry.online not in (Online.DONE, Online.NEVER)]
    works = {
        one.entry.number: Work(
            one.entry.number, one.ease.step, steps[one.ease.step - 1].days, one.saved_hours(USUAL_MINUTES)
        )
        for one in open_ones
    }
    quarters = fill(works.values(), days_a_quarter=days_a_quarter, first=first)
    by_number = {one.entry.number: one for one in there}
    planned = [
        PlanLine(by_number[number], works[number].saved_hours, works[number].days, quarter)
        for number, quarter in quarters.items()
    ]
    rest = [PlanLine(one, None, 0, None) for one in there if one.entry.number not in works]
    return (*planned, *rest)
