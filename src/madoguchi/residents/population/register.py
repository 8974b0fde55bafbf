"""The whole register, block by block: households with numbers, addresses and everything known of their people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from madoguchi.jp.check_digits import with_check_digit
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import parse_date_text
from madoguchi.residents.population import addresses
from madoguchi.residents.population.circumstances import settle
from madoguchi.residents.population.households import households
from madoguchi.residents.population.people import Household, Person

BLOCK = 20_000
FIRST_PERSON = 100_000_000
FIRST_HOUSEHOLD = 500_000_000
AS_OF = date(2026, 11, 1)
CAME_FROM_ELSEWHERE = 0.25
SAME_NAME_AND_BIRTH = 0.0004


def register(*, residents: int, seed: int, on: date = AS_OF) -> Iterator[Household]:
    """An invented register of exactly `residents` people, as on the day `on`; the same for the same seed, and streamed."""
    people = homes = 0
    for block, begin in enumerate(range(0, residents, BLOCK)):
        random = Random(f"{seed}/{block}/{residents}/{on.isoformat()}")
        before: Household | None = None
        namesake: Person | None = None
        for home in households(min(BLOCK, residents - begin), on, random):
            settle(home, on, random)
            _locate(home, before, random)
            homes += 1
            home.household_no = with_check_digit(str(FIRST_HOUSEHOLD + homes))
            shared = home.shares_address and before is not None and random.random() < 0.5
            home.livelihood_no = before.household_no if shared and before is not None else home.household_no
            namesake = _number(home, people, namesake, random)
            people += len(home.people)
            before = home
            yield home


def _locate(home: Household, before: Household | None, random: Random) -> None:
    if home.shares_address and before is not None:
        home.address, home.postal_code = before.address, before.postal_code
        for person in home.people:
            person.protected = before.people[0].protected
        return
    home.address, home.postal_code = addresses.address(random, facility=home.facility)
    if random.random() < CAME_FROM_ELSEWHERE:
        previous = addresses.elsewhere(random)
        for person in home.people:
            person.previous_address = previous


def _number(home: Household, people: int, namesake: Person | None, random: Random) -> Person | None:
    """Numbers, and now and then a stranger of the same name and birth as someone before."""
    for index, person in enumerate(home.people, start=1):
        person.resident_no = with_check_digit(str(FIRST_PERSON + people + index))
        if person.birth_text:
            found = parse_date_text(person.birth_text)
            assert isinstance(found, PossibleDays)
            person.birth_earliest, person.birth_latest = found.earliest, found.latest
    alone = len(home.people) == 1 and not home.foreign
    if alone and random.random() < SAME_NAME_AND_BIRTH * 10:
        person = home.people[0]
        if namesake is not None and namesake.sex == person.sex and namesake.age == person.age:
            person.name, person.kana, person.birth = namesake.name, namesake.kana, namesake.birth
        return person
    return namesake
