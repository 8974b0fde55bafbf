"""Households as they are found: couples with children, one parent, three generations, couples, singles, facilities,
two households at one address; and the people in them who are foreign.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from madoguchi.residents.population.drawing import Pool
from madoguchi.residents.population.people import Household, Person

ADULT = 20
SINGLE_PARENT = 0.13
THIRD_GENERATION = 0.09
GRANDPARENTS_NEXT_DOOR = 0.05
UNREGISTERED_COUPLE = 0.01
FOREIGN = 0.03
LODGER = 0.004


def households(size: int, on: date, random: Random) -> Iterator[Household]:
    """Households of `size` people in all, ages as on the day `on`. The same for the same state of `random`."""
    pool = Pool(size, random)
    while (child := pool.youngest(ADULT)) is not None:
        yield from _with_children(pool, child, on, random)
    while pool.size:
        yield from _of_adults(pool, on, random)


def _with_children(pool: Pool, youngest: tuple[str, int], on: date, random: Random) -> Iterator[Household]:
    """A family around a child: parents, brothers and sisters, sometimes grandparents in it or next door."""
    draw = random.random
    mother_age = pool.take("female", youngest[1] + 22, youngest[1] + 40) if draw() > 0.02 else None
    alone = draw() < SINGLE_PARENT and mother_age is not None
    father_age = None if alone else pool.take("male", youngest[1] + 23, youngest[1] + 46)
    if mother_age is None and father_age is None:
        yield Household([_person(*youngest, "世帯主", on, random)], facility=True)
        return
    couple = mother_age is not None and father_age is not None
    home = Household([], foreign=draw() < FOREIGN)
    wife = "妻（未届）" if draw() < UNREGISTERED_COUPLE else "妻"
    if father_age is not None:
        home.people.append(_person("male", father_age, "世帯主", on, random))
    if mother_age is not None:
        home.people.append(_person("female", mother_age, wife if couple else "世帯主", on, random))
    if couple:
        home.spouses.append((0, 1))
    parents = range(len(home.people))
    for child in _children(pool, youngest, min(person.age for person in home.people), on, random):
        home.people.append(child)
        home.parents.extend((len(home.people) - 1, parent) for parent in parents)
    if draw() < THIRD_GENERATION:
        _add_grandparents(pool, home, on, random)
    yield home
    if draw() < GRANDPARENTS_NEXT_DOOR:
        elder = pool.take("female", home.people[0].age + 20, home.people[0].age + 38)
        if elder is not None:
            yield Household(
                [_person("female", elder, "世帯主", on, random)], shares_address=True, foreign=home.foreign
            )


def _children(
    pool: Pool, youngest: tuple[str, int], parent_age: int, on: date, random: Random
) -> Iterator[Person]:
    draw = random.random
    first = _person(*youngest, "子", on, random)
    yield first
    if draw() < 0.011:
        sex = youngest[0] if draw() < 0.7 else "male"
        if (age := pool.take(sex, youngest[1], youngest[1])) is not None:
            twin = _person(sex, age, "子", on, random)
            twin.birth = first.birth
            yield twin
    for chance in (0.55, 0.22, 0.1):
        if draw() > chance:
            break
        sex = "male" if draw() < 0.51 else "female"
        age = pool.take(sex, youngest[1] + 1, min(youngest[1] + 9, parent_age - 19))
        if age is not None:
            yield _person(sex, age, "子", on, random)


def _add_grandparents(pool: Pool, home: Household, on: date, random: Random) -> None:
    """The head's mother, and often the father: 母 and 父 to the head."""
    head_age = home.people[0].age
    added = []
    for sex, relationship, chance in (("female", "母", 1.0), ("male", "父", 0.6)):
        age = pool.take(sex, head_age + 20, head_age + 38) if random.random() < chance else None
        if age is not None:
            home.people.append(_person(sex, age, relationship, on, random))
            home.parents.append((0, len(home.people) - 1))
            added.append(len(home.people) - 1)
    if len(added) == 2:
        home.spouses.append((added[1], added[0]))


def _of_adults(pool: Pool, on: date, random: Random) -> Iterator[Household]:
    """A household without minors, around the eldest person left."""
    draw = random.random
    sex, age = pool.eldest()
    home = Household([_person(sex, age, "世帯主", on, random)], foreign=age < 70 and draw() < FOREIGN)
    if age >= 82 and draw() < 0.12:
        home.facility = True
        yield home
        return
    other = "female" if sex == "male" else "male"
    together = 0.62 if age >= 60 else 0.42 if age >= 30 else 0.08
    mate = pool.take(other, age - 6, age) if draw() < together else None
    if mate is not None:
        word = "妻" if other == "female" else "夫"
        home.people.append(_person(other, mate, word, on, random))
        home.spouses.append((0, 1))
    if age >= 48 and draw() < 0.3:
        _add_grown_child(pool, home, on, random)
    elif draw() < LODGER and (lodger := pool.take(sex, 20, 60)) is not None:
        home.people.append(_person(sex, lodger, "同居人" if draw() < 0.7 else "縁故者", on, random))
    yield home


def _add_grown_child(pool: Pool, home: Household, on: date, random: Random) -> None:
    parents = range(len(home.people))
    youngest_parent = min(person.age for person in home.people)
    sex = "male" if random.random() < 0.6 else "female"
    age = pool.take(sex, max(ADULT, youngest_parent - 38), youngest_parent - 21)
    if age is None:
        return
    home.people.append(_person(sex, age, "子", on, random))
    child = len(home.people) - 1
    home.parents.extend((child, parent) for parent in parents)
    if random.random() < 0.1:
        other = "female" if sex == "male" else "male"
        mate = pool.take(other, max(ADULT, age - 5), age + 5)
        if mate is not None:
            home.people.append(_person(other, mate, "子の妻" if other == "female" else "子の夫", on, random))
            home.spouses.append((child, child + 1))


def _person(sex: str, age: int, relationship: str, on: date, random: Random) -> Person:
    """Someone of that age on the day `on`, by birthday and by 年齢計算 alike."""
    try:
        birthday = on.replace(year=on.year - age)
    except ValueError:
        birthday = date(on.year - age, 2, 28)
    return Person(sex, age, relationship, birthday - timedelta(days=int(random.random() * 364)))
