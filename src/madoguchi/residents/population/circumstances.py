"""What is known of each person, consistent with age and family: work, insurance, pension, care, handbooks, names, moves."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from madoguchi.jp.wareki import era_of
from madoguchi.residents.population import names
from madoguchi.residents.population.people import Household, Person

NO_READING_YET = 0.15
ON_WELFARE = 0.016
CARE_LEVELS = ("support1", "support2", "care1", "care2", "care3", "care4", "care5")
BIRTH_UNKNOWN = 0.0015
PROTECTED = 0.001


def settle(home: Household, on: date, random: Random) -> None:
    """Fill in everything but numbers and address."""
    draw = random.random
    _name(home, random)
    welfare = draw() < ON_WELFARE
    for person in home.people:
        _work(person, on, random)
    head_employed = any(person.employment in ("employed", "public_servant") for person in home.people[:2])
    for person in home.people:
        _insurance(person, welfare, head_employed, home, random)
        _health(person, home, random)
        person.has_card = draw() < (0.79 if person.age < 85 else 0.6)
    _moves(home, on, random)
    _doubtful_births(home, random)
    if draw() < PROTECTED and not home.facility:
        for person in home.people:
            person.protected = True


def _name(home: Household, random: Random) -> None:
    draw = random.random
    if home.foreign:
        kind = "special_permanent" if draw() < 0.12 else "landing" if draw() < 0.01 else "mid_long"
        for person in home.people:
            person.nationality_class = "birth_transit" if person.age == 0 and draw() < 0.3 else kind
            person.name, person.kana = names.foreign(random)
            if draw() < 0.2:
                person.kanji_alongside = names.surname(random)[0] + " " + names.given(person.sex, random)[0]
            if draw() < 0.12:
                person.alias = names.surname(random)[0] + " " + names.given(person.sex, random)[0]
            if draw() < 0.5:
                person.kana = ""
        return
    surname = names.surname(random)
    used: set[str] = set()
    for person in home.people:
        own = (
            surname
            if person.relationship not in ("同居人", "縁故者", "妻（未届）")
            else names.surname(random)
        )
        first = names.given(person.sex, random)
        while first[0] in used and draw() > 0.03:
            first = names.given(person.sex, random)
        used.add(first[0])
        person.name = f"{own[0]} {first[0]}"
        if draw() >= NO_READING_YET:
            person.kana = f"{own[1]} {first[1]}"
        if person.relationship in ("妻", "夫", "子の妻") and draw() < 0.02:
            person.former_surname = names.surname(random)[0]


def _work(person: Person, on: date, random: Random) -> None:
    draw, age = random.random, person.age
    if age < 6:
        return
    if age < 19 or (age < 23 and draw() < 0.52):
        person.employment = "student" if age < 16 or draw() < 0.97 else "employed"
        return
    working = 0.86 if age < 60 else 0.7 if age < 65 else 0.38 if age < 75 else 0.1
    if person.sex == "female" and age >= 25:
        working *= 0.84
    if draw() >= working:
        person.employment = "unemployed" if age < 65 and draw() < 0.2 else "none"
        person.income_yen = int(draw() * 180) * 10_000 if age >= 65 else 0
        return
    kind = draw()
    person.employment = "self_employed" if kind < 0.11 else "public_servant" if kind < 0.16 else "employed"
    middle = 2_100_000 if person.sex == "female" else 3_300_000
    person.income_yen = int(random.lognormvariate(0, 0.55) * middle / 10_000) * 10_000


def _insurance(person: Person, welfare: bool, head_employed: bool, home: Household, random: Random) -> None:
    draw, age = random.random, person.age
    works = person.employment in ("employed", "public_servant") and age < 75
    if welfare:
        person.health_insurance = "welfare"
        person.employment = "none" if works else person.employment
        person.income_yen, works = 0, False
    elif age >= 75:
        person.health_insurance = "late_elderly"
    elif works:
        person.health_insurance = "employee_insured"
    elif (
        head_employed
        and not home.facility
        and person.income_yen < 1_300_000
        and person.employment != "self_employed"
    ):
        person.health_insurance = "employee_dependent"
    else:
        person.health_insurance = "nhi"
    if age >= 65:
        person.pension = "receiving"
    elif works:
        person.pension = "2"
    elif 20 <= age < 60:
        is_spouse = person.relationship in ("妻", "夫", "妻（未届）")
        person.pension = "3" if is_spouse and person.health_insurance == "employee_dependent" else "1"
    elif age >= 60 and draw() < 0.03:
        person.pension = "voluntary"


def _health(person: Person, home: Household, random: Random) -> None:
    draw, age = random.random, person.age
    chance = (
        0.0
        if age < 40
        else 0.004
        if age < 65
        else 0.04
        if age < 75
        else 0.12
        if age < 80
        else 0.27
        if age < 85
        else 0.55
    )
    if home.facility and age >= 65:
        chance = 1.0
    if chance and draw() < chance:
        first = 4 if home.facility else 0
        person.care_level = CARE_LEVELS[first + int(draw() * (len(CARE_LEVELS) - first))]
    kind = draw()
    if kind < (0.075 if age >= 65 else 0.012):
        person.physical = str(1 + int(draw() * 6))
    elif kind > 0.991:
        person.intellectual = "A" if draw() < 0.4 else "B"
    elif kind > 0.98 and age >= 15:
        person.mental = str(1 + int(draw() * 3))
    person.is_pregnant = person.sex == "female" and 20 <= age <= 42 and draw() < 0.035


def _moves(home: Household, on: date, random: Random) -> None:
    """Since when they live there; one who came with the youngest cannot have come before it was born."""
    since = on - timedelta(days=int(random.random() * random.random() * 14_000))
    for person in home.people:
        person.moved_on = max(since, person.birth)


def _doubtful_births(home: Household, random: Random) -> None:
    """Of the very old and of some foreigners only the year is known, or nothing."""
    for person in home.people:
        if (person.age < 78 and not home.foreign) or random.random() >= BIRTH_UNKNOWN * (
            10 if home.foreign else 5
        ):
            continue
        year = person.birth.year
        if home.foreign:
            person.birth_text = f"{year}-00-00"
        else:
            era = era_of(date(year, 12, 31))
            number = year - era.first.year + 1
            person.birth_text = f"{era.name}{'元' if number == 1 else number}年月日不詳"
