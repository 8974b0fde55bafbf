"""The same properties on the pack that ships, with households drawn from its own vocabulary."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.procedures.club import ON, OPEN_DAYS

from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.decide import Status, answer, decide
from madoguchi.procedures.facts import CLAIMANT, FactDefinition, FactRef, FactType, Value
from madoguchi.procedures.loader import NATIONAL_FOLDER, national_pack
from madoguchi.procedures.situation import EventKind, PersonFacts, Situation
from madoguchi.procedures.wording import definition_of

pytestmark = pytest.mark.skipif(
    not list(NATIONAL_FOLDER.glob("*-*.toml")), reason="the national pack is not in this tree"
)
_FAMILY = ("世帯主", "妻", "子", "子", "母")
_EVENTS = (EventKind.move_in, EventKind.move_within, EventKind.move_out, EventKind.birth, EventKind.death)
_SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


def some_value(definition: FactDefinition, random: Random) -> Value:
    match definition.type:
        case FactType.BOOLEAN:
            return random.random() < 0.5
        case FactType.NUMBER:
            return random.choice([0, 1, 2, 900_000, 5_000_000])
        case FactType.CHOICE:
            return random.choice(definition.choices).code
        case FactType.CHOICES:
            return frozenset(one.code for one in definition.choices if random.random() < 0.3)
        case FactType.DATE:
            return ON - timedelta(days=random.choice([random.randrange(40), random.randrange(33000)]))
        case _:
            return "p1" if definition.key == CLAIMANT else "子"


def drawn_household(seed: int, known: float) -> tuple[Situation, Random]:
    """Draw a household of which about the share `known` of all facts is known."""
    random = Random(seed)
    pack = national_pack()
    size = random.randint(1, 5)
    people = []
    for place in range(size):
        values: dict[str, Value] = {"relationship": _FAMILY[place]}
        for definition in pack.vocabulary:
            own = definition.holder.value == "person" and definition.key != "relationship"
            if own and random.random() < known:
                values[definition.key] = some_value(definition, random)
        people.append(PersonFacts(f"p{place + 1}", values))

    def of(holder: str) -> dict[str, Value]:
        return {
            definition.key: some_value(definition, random)
            for definition in pack.vocabulary
            if definition.holder.value == holder and random.random() < known
        }

    event = random.choice(_EVENTS)
    claimant = "p1" if random.random() < known else None
    return Situation(event, of("event"), of("household"), tuple(people), None, claimant, ON), random


def somebody_who_may_claim(situation: Situation) -> str:
    """The last of those who are surely adult, else the first person: a screen offers no minor beside adults."""
    adult_if_born_by = ON.replace(year=ON.year - 18)
    births = {one.id: one.values.get("birth_date") for one in situation.people}
    adults = [who for who, born in births.items() if isinstance(born, date) and born <= adult_if_born_by]
    return adults[-1] if adults else situation.people[0].id


def statuses(situation: Situation) -> dict[tuple[str, str], Status]:
    decisions = decide(national_pack(), situation, on=ON, open_days=OPEN_DAYS)
    return {(decision.procedure, decision.subject): decision.status for decision in decisions}


@_SLOW
@given(st.integers(0, 10**6), st.sampled_from([0.2, 0.6, 0.9]))
def test_asking_ends_and_flips_nothing_on_the_way(seed: int, known: float) -> None:
    situation, random = drawn_household(seed, known)
    pack = national_pack()
    before = statuses(situation)
    for _ in range(400):
        result = answer(pack, situation, on=ON, open_days=OPEN_DAYS)
        assert bool(result.questions) is any(one.status is Status.ASK for one in result.decisions)
        for decision in result.decisions:
            previous = before[(decision.procedure, decision.subject)]
            assert previous is Status.ASK or decision.status is previous
        before = {(one.procedure, one.subject): one.status for one in result.decisions}
        if not result.questions:
            return
        ref = result.questions[0].ref
        said = some_value(definition_of(pack, ref), random)
        if ref.key == CLAIMANT:
            said = somebody_who_may_claim(situation)
        situation = situation.with_fact(ref, said)
    raise AssertionError("the questions did not end")


@_SLOW
@given(st.integers(0, 10**6))
def test_what_is_not_asked_changes_nothing(seed: int) -> None:
    situation, random = drawn_household(seed, 0.6)
    pack = national_pack()
    result = answer(pack, situation, on=ON, open_days=OPEN_DAYS)
    asked = {question.ref for question in result.questions}
    other = situation
    for person in situation.people:
        for definition in pack.vocabulary:
            ref = FactRef(definition.key, person.id)
            unknown = definition.holder.value == "person" and definition.key not in person.values
            if unknown and ref not in asked:
                other = other.with_fact(ref, some_value(definition, random))
    assert statuses(other) == statuses(situation)


@_SLOW
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_an_uncertain_birthday_is_asked_only_when_its_days_differ(seed: int, length: int) -> None:
    situation, random = drawn_household(seed, 1.0)
    earliest = ON - timedelta(days=365 * random.choice([1, 3, 6, 15, 18, 20, 40, 60, 65, 70, 75]) + 20)
    days = [earliest + timedelta(days=step) for step in range(length + 1)]
    ref = FactRef("birth_date", "p1")
    unclear = statuses(situation.with_fact(ref, PossibleDays("不詳", days[0], days[-1])))
    by_day = [statuses(situation.with_fact(ref, day)) for day in days]
    for key, status in unclear.items():
        found = {one[key] for one in by_day}
        assert found == {status} if len(found) == 1 else status is Status.ASK


@_SLOW
@given(st.integers(0, 10**6))
def test_there_is_one_decision_per_procedure_and_subject(seed: int) -> None:
    situation, _ = drawn_household(seed, 0.5)
    pack = national_pack()
    people = [person.id for person in situation.people]
    wanted = [
        (procedure.id, subject)
        for procedure in pack.procedures_of(situation.event)
        for subject in (people if procedure.per == "person" else ["household"])
    ]
    assert list(statuses(situation)) == wanted


def test_every_day_around_a_move_is_decided() -> None:
    person = PersonFacts("p1", {"birth_date": date(1984, 5, 2), "moves": True})
    for step in range(-3, 400, 31):
        event = {"move_date": ON + timedelta(days=step)}
        situation = Situation(EventKind.move_in, event, {}, (person,), (), "p1", ON)
        assert statuses(situation)
