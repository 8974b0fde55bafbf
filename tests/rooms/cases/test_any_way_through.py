"""Whatever is done in whatever order: what was held once is held for good, and every step back leads where it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

import pytest
from tests.cast import NOW
from tests.rooms.cases.walking import PAD, answer_once, begun, seen, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, opening, queries, reviewing
from madoguchi.cases.acting import NotNow
from madoguchi.cases.models import ActRow, CaseRow, FactRow, SignatureRow
from madoguchi.cases.states import CAN_BE_UNDONE, CaseStatus
from madoguchi.procedures.facts import FactRef

Staff = Mapping[str, Actor]
STEPS = 40
SAID_NO = (
    NotNow, hearing.NothingToUndo, hearing.AnswerNotPossible, closing.CannotSign, opening.NoPeople, opening.NobodyNamed,
    reviewing.SamePerson,
)  # fmt: skip
Step = Callable[[], object]


def steps(case: str, by: Actor, reviewer: Actor, chance: Random) -> dict[str, Step]:
    """One of each thing that can be done, with what it is done with drawn anew."""
    people = [f"p{n}" for n in range(1, 6)]
    moving = frozenset(chance.sample(people, chance.randint(1, 5)))
    ref = FactRef("health_insurance", chance.choice(people))
    value = chance.choice(["nhi", "none", "employee_insured"])

    def move() -> None:
        opening.set_who_moves(
            case=case, moving=moving, relationships={chance.choice(people): "世帯主"}, claimant=None,
            keep_address_off=chance.random() < 0.2, by=by, now=NOW, version=None,
        )  # fmt: skip

    return {
        "answer": lambda: answer_once(case, by, unknown=chance.random() < 0.3),
        "correct": lambda: hearing.correct_fact(
            case=case, ref=ref, value=value, reason="誤り", by=by, now=NOW, version=None
        ),
        "move": move,
        "visit": lambda: visited(case, by, person=chance.choice(people)),
        "undo": lambda: hearing.undo(case=case, by=by, now=NOW, version=None),
        "retake": lambda: hearing.retake_unknown(case=case, by=by, now=NOW),
        "park": lambda: hearing.park(case=case, by=by, now=NOW),
        "resume": lambda: hearing.resume(case=case, by=by, now=NOW),
        "sign": lambda: closing.sign(
            case=case, strokes=PAD, paper_signed=False, by=by, now=NOW, version=None
        ),
        "approve": lambda: reviewing.approve(case=case, by=reviewer, now=NOW, version=None),
        "send_back": lambda: reviewing.send_back(
            case=case, note="見直し", by=reviewer, now=NOW, version=None
        ),
        "hand_over": lambda: reviewing.hand_over(case=case, by=by, now=NOW),
        "refuse": lambda: reviewing.refuse(case=case, reason="住所", by=by, now=NOW),
        "acknowledge": lambda: reviewing.acknowledge(case=case, by=by, now=NOW),
        "open again": lambda: closing.correct_after_signing(
            case=case, reason="誤り", by=by, now=NOW, version=None
        ),
    }


def held(case: str) -> set[tuple[object, ...]]:
    rows = FactRow.objects.filter(case__public_id=case)
    return set(rows.values_list("pk", "act__number", "key", "subject", "source", "reason", "as_of"))


def never_lost(case: str, before: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    now = held(case)
    assert before <= now
    return now


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost_and_the_rules_hold_on_any_way(seed: int, city: Staff, procedures: str) -> None:
    clerk, reviewer, chance = city["clerk_hana"], city["reviewer_jiro"], Random(seed)
    case = begun(clerk)
    facts, version, done = held(case), 0, 0
    for _ in range(STEPS):
        name, step = chance.choice(list(steps(case, clerk, reviewer, chance).items()))
        before = CaseRow.objects.get(public_id=case)
        try:
            step()
        except SAID_NO as sentence:
            assert str(sentence)
            after = CaseRow.objects.get(public_id=case)
            assert (after.version, after.status) == (before.version, before.status), name
            continue
        done += 1
        facts = never_lost(case, facts)
        row = CaseRow.objects.get(public_id=case)
        assert row.version >= version
        version = row.version
        numbers = list(ActRow.objects.filter(case=row).order_by("pk").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        _signed_states_are_signed(row)
    counts = queries.journey_counts(case=case)
    assert counts.signatures == SignatureRow.objects.count()
    assert counts.questions >= 0
    assert done > STEPS // 4


def _signed_states_are_signed(row: CaseRow) -> None:
    """Behind every state past the hearing stands a signature of this round; behind what leaves, an approval."""
    status = CaseStatus(row.status)
    if status is not CaseStatus.HEARING:
        assert SignatureRow.objects.filter(case=row, round=row.signed_round).count() == 1
    approved = row.reviews.filter(approved=True, round=row.signed_round).count()
    if status in (CaseStatus.APPROVED, CaseStatus.SENT, CaseStatus.REGISTERED):
        assert approved == 1


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_each_step_back_leads_to_where_it_came_from(seed: int, city: Staff, procedures: str) -> None:
    clerk, reviewer, chance = city["clerk_hana"], city["reviewer_jiro"], Random(seed)
    case = begun(clerk)
    undoable = {act.value for act in CAN_BE_UNDONE}
    places = [seen(case, clerk).record.facts]
    for _ in range(15):
        all_steps = steps(case, clerk, reviewer, chance)
        name = chance.choice(["answer", "correct", "move", "visit"])
        all_steps[name]()
        last = ActRow.objects.filter(case__public_id=case).order_by("-number").first()
        assert last is not None and last.kind in undoable
        places.append(seen(case, clerk).record.facts)
    for place in reversed(places[:-1]):
        if seen(case, clerk).record.facts == place:
            continue  # the step before it had changed nothing
        hearing.undo(case=case, by=clerk, now=NOW, version=None)
        assert seen(case, clerk).record.facts == place
