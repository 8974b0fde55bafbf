"""What follows from what was brought in (当然に分かること), added where a household is read, before anything is decided.

In a notice of death, whoever has a date of death has died; once somebody has one, the others of the household are alive.
"""

from __future__ import annotations

from dataclasses import replace

from madoguchi.procedures.situation import EventKind, PersonFacts, Situation

DECEASED = "deceased"
_DEATH_DATE = "death_date"


def with_implied(situation: Situation) -> Situation:
    """Return the situation with what follows from it; what was said is not replaced."""
    if situation.event is not EventKind.death:
        return situation
    if not any(_DEATH_DATE in person.values for person in situation.people):
        return situation
    people = tuple(
        PersonFacts(person.id, {DECEASED: _DEATH_DATE in person.values, **person.values})
        for person in situation.people
    )
    return replace(situation, people=people)


# The same over a register: `people` has the facts of everybody, `events` one event for each household.
IMPLIED_SQL = f"""
CREATE OR REPLACE TABLE people AS
SELECT p.* EXCLUDE ({DECEASED}),
  coalesce({DECEASED}, CASE WHEN e.kind = '{EventKind.death.value}' AND bool_or(p.{_DEATH_DATE} IS NOT NULL)
    OVER (PARTITION BY p.household_id) THEN p.{_DEATH_DATE} IS NOT NULL END) AS {DECEASED}
FROM people p LEFT JOIN events e USING (household_id)
"""
IMPLIED_NEEDS = frozenset({DECEASED, _DEATH_DATE})
