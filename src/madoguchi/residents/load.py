"""Filling a fresh city with invented residents, through the same operations as everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from madoguchi.audit.entries import Actor
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import NameParts
from madoguchi.residents.operations import register
from madoguchi.residents.people import RegisterEntry
from madoguchi.residents.population.people import Household, Person
from madoguchi.residents.population.register import register as invented
from madoguchi.residents.sheltering import protect

AT_ONCE = 1000
YEAR_DAYS, SPREAD_DAYS = 365, 73  # 支援措置 lasts a year; the invented ones began through the year


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many invented people were stored, and how many of them are protected."""

    residents: int
    protected: int


def load_population(
    *,
    residents: int,
    seed: int,
    on: date,
    by: Actor,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> Loaded:
    """Store an invented register of `residents` people as on the day `on`; the same people for the same seed."""
    waiting: list[RegisterEntry] = []
    protected: list[str] = []
    stored = 0
    for home in invented(residents=residents, seed=seed, on=on):
        waiting.extend(entry_of(home, person) for person in home.people)
        protected.extend(person.resident_no for person in home.people if person.protected)
        if len(waiting) >= AT_ONCE:
            stored += _store(waiting, on, now)
            if progress is not None:
                progress(stored)
    stored += _store(waiting, on, now)
    for place, number in enumerate(protected):
        begins_on = on - timedelta(days=place * SPREAD_DAYS % (YEAR_DAYS + 5))
        ends_on = begins_on + timedelta(days=YEAR_DAYS)
        protect(resident_no=number, begins_on=begins_on, ends_on=ends_on, by=by, now=now)
    return Loaded(stored, len(protected))


def _store(waiting: list[RegisterEntry], on: date, now: datetime) -> int:
    done = register(entries=waiting, source="住民記録", as_of=on, now=now)
    waiting.clear()
    return done.new + done.changed + done.unchanged


def entry_of(home: Household, person: Person) -> RegisterEntry:
    """The register's entry of an invented person."""
    birth: date | PossibleDays = person.birth
    if person.birth_earliest is not None and person.birth_latest is not None:
        birth = PossibleDays(person.birth_text, person.birth_earliest, person.birth_latest)
    return RegisterEntry(
        resident_no=person.resident_no,
        name=NameParts(
            name=person.name,
            kana=person.kana or None,
            former_surname=person.former_surname or None,
            alias=person.alias or None,
            kanji_alongside=person.kanji_alongside or None,
        ),
        birth=birth,
        sex=person.sex,
        relationship=person.relationship,
        household_no=home.household_no,
        address=home.address,
        postal_code=home.postal_code,
        previous_address=person.previous_address,
        nationality_class=person.nationality_class,
        livelihood_no=home.livelihood_no,
        moved_on=person.moved_on,
        facts={
            "health_insurance": person.health_insurance,
            "pension": person.pension,
            "employment": person.employment,
            "income_yen": person.income_yen,
            "has_card": person.has_card,
            "care_level": person.care_level,
            "physical_disability_grade": person.physical,
            "intellectual_disability_grade": person.intellectual,
            "mental_disability_grade": person.mental,
        },
    )
