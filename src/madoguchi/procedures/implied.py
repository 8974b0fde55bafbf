"""What follows from what was brought in (当然に分かること), added where a household is read, before anything is decided.

In a notice of death, whoever has a date of death has died; once somebody has one, the others of the household are alive.
"""

from __future__ import annotations

from dataclasses import replace

from madoguchi.procedures.situation import EventKind, PersonFacts, Situation

DECEASED = "deceased"
DEATH_DATE = "death_date"


def with_implied(situation: Situation) -> Situation:
    """Return the situation with what follows from it; what was said is not replaced."""
    if situation.event is not EventKind.death:
        return situation
    if not any(DEATH_DATE in person.values for person in situation.people):
        return situation
    people = tuple(
        PersonFacts(person.id, {DECEASED: DEATH_DATE in person.values, **person.values})
        for person in situation.people
    )
    return replace(situation, people=people)
