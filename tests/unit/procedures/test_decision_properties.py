"""What must hold for every pack and every household, found out by drawing them at random."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.procedures.club import ON, OPEN_DAYS
from tests.unit.procedures.drawn import (
    DOMAINS,
    completions,
    days_between,
    packs,
    situations,
    unknown_facts,
)

from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.decide import Decision, Status, answer, decide, next_prompt, next_question
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.remembered import forget_decisions
from madoguchi.procedures.situation import Situation

_EASY = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def decided(pack: Pack, situation: Situation) -> tuple[Decision, ...]:
    return decide(pack, situation, on=ON, open_days=OPEN_DAYS)


def statuses(pack: Pack, situation: Situation) -> dict[str, Status]:
    return {decision.subject: decision.status for decision in decided(pack, situation)}


def outcomes(pack: Pack, situation: Situation) -> dict[str, dict[tuple[object, ...], Status]]:
    """For each subject: how it comes out for each way in which the unknown facts can turn out."""
    found: dict[str, dict[tuple[object, ...], Status]] = {person.id: {} for person in situation.people}
    for values, full in completions(situation):
        for subject, status in statuses(pack, full).items():
            found[subject][values] = status
    return found


def that_matter(situation: Situation, table: dict[tuple[object, ...], Status]) -> set[FactRef]:
    """The unknown facts that change the outcome for some way in which the others turn out."""
    matter = set()
    for place, ref in enumerate(unknown_facts(situation)):
        seen: dict[tuple[object, ...], Status] = {}
        for values, status in table.items():
            others = values[:place] + values[place + 1 :]
            if seen.setdefault(others, status) is not status:
                matter.add(ref)
                break
    return matter


@_EASY
@given(packs(), situations())
def test_an_outcome_is_given_only_when_every_value_gives_it(pack: Pack, situation: Situation) -> None:
    table = outcomes(pack, situation)
    for decision in decided(pack, situation):
        if decision.status is not Status.ASK:
            assert set(table[decision.subject].values()) == {decision.status}
            assert decision.missing == ()


@_EASY
@given(packs(folds=False), situations())
def test_exactly_the_facts_that_still_matter_are_missing(pack: Pack, situation: Situation) -> None:
    table = outcomes(pack, situation)
    for decision in decided(pack, situation):
        assert set(decision.missing) == that_matter(situation, table[decision.subject])
        assert (decision.status is Status.ASK) is (len(set(table[decision.subject].values())) > 1)


@_EASY
@given(packs(), situations())
def test_no_fact_that_matters_is_forgotten(pack: Pack, situation: Situation) -> None:
    table = outcomes(pack, situation)
    for decision in decided(pack, situation):
        assert set(decision.missing) >= that_matter(situation, table[decision.subject])


@_EASY
@given(packs(), situations(), st.randoms(use_true_random=False))
def test_more_information_never_flips_an_outcome(pack: Pack, situation: Situation, random: object) -> None:
    before = statuses(pack, situation)
    for ref in unknown_facts(situation):
        situation = situation.with_fact(ref, random.choice(DOMAINS[ref.key]))  # type: ignore[attr-defined]  # a Random
        after = statuses(pack, situation)
        for subject, status in before.items():
            assert status is Status.ASK or after[subject] is status
        before = after


@_EASY
@given(packs(folds=False), situations(), st.randoms(use_true_random=False))
def test_asking_the_first_question_each_time_ends(pack: Pack, situation: Situation, random: object) -> None:
    for _ in range(40):
        decisions = decided(pack, situation)
        question = next_question(pack, situation, decisions, on=ON, open_days=OPEN_DAYS)
        if question is None:
            assert all(decision.status is not Status.ASK for decision in decisions)
            return
        table = outcomes(pack, situation)
        assert any(question.ref in that_matter(situation, one) for one in table.values())
        situation = situation.with_fact(question.ref, random.choice(DOMAINS[question.ref.key]))  # type: ignore[attr-defined]  # a Random
    raise AssertionError("the questions did not end")


@_EASY
@given(packs(), situations(), st.randoms(use_true_random=False))
def test_asking_in_the_listed_order_without_what_stopped_mattering_ends(
    pack: Pack, situation: Situation, random: object
) -> None:
    for question in answer(pack, situation, on=ON, open_days=OPEN_DAYS).questions:
        still = {one.ref for one in answer(pack, situation, on=ON, open_days=OPEN_DAYS).questions}
        if question.ref in still:
            situation = situation.with_fact(question.ref, random.choice(DOMAINS[question.ref.key]))  # type: ignore[attr-defined]  # a Random
    assert Status.ASK not in statuses(pack, situation).values()


@_EASY
@given(packs(), situations())
def test_questions_are_empty_exactly_when_nothing_is_open(pack: Pack, situation: Situation) -> None:
    result = answer(pack, situation, on=ON, open_days=OPEN_DAYS)
    is_open = any(decision.status is Status.ASK for decision in result.decisions)
    assert bool(result.questions) is is_open
    asked = {question.ref for question in result.questions}
    assert asked == {ref for decision in result.decisions for ref in decision.missing}
    assert asked <= set(unknown_facts(situation))


@_EASY
@given(packs(), situations())
def test_every_prompt_answered_with_unknown_is_not_asked_again(pack: Pack, situation: Situation) -> None:
    decisions = decided(pack, situation)
    skipped: frozenset[FactRef] = frozenset()
    while prompt := next_prompt(pack, situation, decisions, skipped=skipped, on=ON, open_days=OPEN_DAYS):
        assert not skipped & set(prompt.refs)
        assert len({definition.prompt for definition in prompt.definitions}) == 1
        skipped |= set(prompt.refs)
    assert skipped == {ref for decision in decisions for ref in decision.missing}


@_EASY
@given(packs(), situations())
def test_there_is_one_decision_for_each_procedure_and_person(pack: Pack, situation: Situation) -> None:
    found = [(decision.procedure, decision.subject) for decision in decided(pack, situation)]
    assert found == [
        (procedure.id, person.id)
        for procedure in pack.procedures_of(situation.event)
        for person in situation.people
    ]


@_EASY
@given(packs(), situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_people_changes_nothing(pack: Pack, situation: Situation, random: object) -> None:
    people = list(situation.people)
    random.shuffle(people)  # type: ignore[attr-defined]  # a Random
    other = Situation(
        situation.event,
        situation.event_values,
        situation.household_values,
        tuple(people),
        situation.relations,
        situation.claimant,
        situation.notified_on,
    )
    one, two = decided(pack, situation), decided(pack, other)
    assert decided(pack, situation) == one
    assert {d.subject: (d.status, set(d.missing), d.deadline) for d in one} == {
        d.subject: (d.status, set(d.missing), d.deadline) for d in two
    }


@_EASY
@given(packs(folds=False), situations(), st.integers(0, 3000), st.integers(1, 400))
def test_an_uncertain_birthday_is_asked_only_when_its_days_differ(
    pack: Pack, situation: Situation, start: int, length: int
) -> None:
    earliest = ON - timedelta(days=365 * 18 + 1200) + timedelta(days=start)
    latest = earliest + timedelta(days=length)
    for ref in unknown_facts(situation):
        situation = situation.with_fact(ref, DOMAINS[ref.key][start % len(DOMAINS[ref.key])])
    uncertain = FactRef("birth_date", "p1")
    unclear = statuses(pack, situation.with_fact(uncertain, PossibleDays("不詳", earliest, latest)))
    by_day = [statuses(pack, situation.with_fact(uncertain, day)) for day in days_between(earliest, latest)]
    for subject, status in unclear.items():
        found = {one[subject] for one in by_day}
        assert found == {status} if len(found) == 1 else status is Status.ASK


@_EASY
@given(packs(), situations())
def test_a_remembered_decision_is_the_same_as_a_fresh_one(pack: Pack, situation: Situation) -> None:
    remembered = decided(pack, situation)
    forget_decisions()
    assert decided(pack, situation) == remembered
