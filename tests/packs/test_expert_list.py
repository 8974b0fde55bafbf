"""The expert's list for the family of five: what is decided is what the expert wrote, row by row."""

import tomllib
from datetime import date
from typing import Any

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import decide
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.loader import NATIONAL_FOLDER
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.questions import next_prompt
from madoguchi.procedures.situation import PersonFacts, Situation
from madoguchi.procedures.situation_file import read_situation

LIST: dict[str, Any] = tomllib.loads(
    (NATIONAL_FOLDER / "expert" / "household_of_five.toml").read_text("utf-8")
)
ON: date = LIST["on"]


@pytest.fixture(scope="session")
def family(vocabulary: dict[Any, Any]) -> Situation:
    return read_situation(LIST["situation"], vocabulary)


def decisions_of(pack: Pack, situation: Situation) -> tuple[Decision, ...]:
    return decide(pack, situation, on=ON, open_days=OpenDays())


def test_the_list_of_procedures_is_the_experts(pack: Pack, family: Situation) -> None:
    wanted = {
        (row["law_id"], subject): (row["status"], row.get("deadline"))
        for row in LIST["expected"]
        for subject in row["subjects"]
    }
    found = {
        (decision.law_id, decision.subject): (decision.status.value, decision.deadline)
        for decision in decisions_of(pack, family)
        if decision.status is not Status.NOT_NEEDED
    }
    assert found == wanted


def test_the_expert_has_judged_every_row(pack: Pack, family: Situation) -> None:
    judged = {row["law_id"] for row in LIST["expected"]} | set(LIST["not_needed"])
    assert {decision.law_id for decision in decisions_of(pack, family)} == judged
    assert not {row["law_id"] for row in LIST["expected"]} & set(LIST["not_needed"])
    assert all(row["reason"] for row in LIST["expected"]) and all(LIST["not_needed"].values())


def as_on_the_certificate(family: Situation) -> Situation:
    """Return the family as the clerk knows it before the first question."""
    kept = set(LIST["situation"]["people"][0]) & set(LIST["certificate"])
    return Situation(
        event=family.event,
        event_values=family.event_values,
        household_values={},
        people=tuple(
            PersonFacts(person.id, {key: value for key, value in person.values.items() if key in kept})
            for person in family.people
        ),
        relations=family.relations,
        claimant=None,
        notified_on=family.notified_on,
    )


def answer_of(family: Situation, ref: FactRef) -> Any:
    if ref.key == "claimant":
        return family.claimant
    if ref.subject == "household":
        return family.household_values[ref.key]
    person = next(person for person in family.people if person.id == ref.subject)
    return person.values[ref.key]


def test_the_hearing_needs_at_most_nine_prompts(pack: Pack, family: Situation) -> None:
    situation, asked = as_on_the_certificate(family), []
    while prompt := next_prompt(pack, situation, decisions_of(pack, situation), on=ON, open_days=OpenDays()):
        asked.append(prompt)
        for ref in prompt.refs:
            situation = situation.with_fact(ref, answer_of(family, ref))
    assert len(asked) <= 9, [prompt.id for prompt in asked]
    decisions = decisions_of(pack, situation)
    assert all(decision.status is not Status.ASK for decision in decisions)
    assert {(d.procedure, d.subject): d.status for d in decisions} == {
        (d.procedure, d.subject): d.status for d in decisions_of(pack, family)
    }
    refs = [ref for prompt in asked for ref in prompt.refs]
    assert len(refs) == len(set(refs)), "何かを二度聞いた"
    silly = {("pension", "p3"), ("employment", "p4"), ("is_pregnant", "p1"), ("is_pregnant", "p5")}
    assert not {(ref.key, ref.subject) for ref in refs} & silly
