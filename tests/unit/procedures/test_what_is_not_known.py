"""What nobody knows yet is asked for, whoever is meant by it; an answer is put where it belongs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.unit.procedures.club import (
    MOVE,
    ON,
    OPEN_DAYS,
    club,
    files_with,
    pack_with,
    procedure_text,
    situation_of,
)

from madoguchi.procedures import remembered
from madoguchi.procedures.bulk import same
from madoguchi.procedures.decide import Decision, Status, decide
from madoguchi.procedures.examples import differences
from madoguchi.procedures.facts import FactRef, Holder
from madoguchi.procedures.judge import facts_deciding
from madoguchi.procedures.language.faults import nearest
from madoguchi.procedures.language.given import given
from madoguchi.procedures.lint import lint
from madoguchi.procedures.loader import load_files
from madoguchi.procedures.packs import FilingRole, Pack
from madoguchi.procedures.situation import EventKind, Situation, UnknownSubject
from madoguchi.procedures.wording import definition_of

CHILDREN = [{"id": "p1", "birth_date": "2018-01-01"}, {"id": "p2", "birth_date": "2019-01-01"}]
UNCLEAR = {"text": "昭和36年不詳", "earliest": "1961-01-01", "latest": "1961-12-31"}


def one(must: str, situation: Situation, pack: Pack | None = None) -> Decision:
    decisions = decide(pack or pack_with(must), situation, on=ON, open_days=OPEN_DAYS)
    return next(decision for decision in decisions if decision.subject == "p1")


@pytest.mark.parametrize("must", ["person == claimant", "person != claimant"])
def test_of_several_people_it_is_asked_who_claims(must: str) -> None:
    decision = one(must, situation_of([{**who, "card": "none"} for who in CHILDREN], relations=[]))
    assert (decision.status, decision.missing) == (Status.ASK, (FactRef("claimant", "household"),))


@pytest.mark.parametrize(
    "must", ["claimant.card == 'none'", "any(c.moves for c in claimant.children)", "claimant.income_yen > 3"]
)
def test_where_nobody_is_there_it_is_asked_who_claims(must: str) -> None:
    pack = pack_with(must, per="household")
    (decision,) = decide(pack, situation_of([]), on=ON, open_days=OPEN_DAYS)
    assert (decision.status, decision.missing) == (Status.ASK, (FactRef("claimant", "household"),))


@pytest.mark.parametrize(
    ("must", "status"),
    [
        ("age_on(person.birth_date, reference_date) in (64, 65)", Status.ASK),
        ("age_on(person.birth_date, reference_date) in (65, 66)", Status.ASK),
        ("age_on(person.birth_date, reference_date) in (10, 11)", Status.NOT_NEEDED),
        ("age_on(person.birth_date, reference_date) not in (10, 11)", Status.MUST),
        ("age_on(person.birth_date, reference_date) not in (65, 66)", Status.ASK),
        ("open_day(person.birth_date) < date(1970, 1, 1)", Status.MUST),
        ("open_day(person.birth_date) < date(1961, 7, 1)", Status.ASK),
        ("sum(m.income_yen for m in household.people) >= 0", Status.ASK),
        ("open_day(min(p.birth_date for p in person.parents)) < reference_date", Status.NOT_NEEDED),
        ("attains(min(p.birth_date for p in person.parents), 3) < reference_date", Status.NOT_NEEDED),
        ("max(min(p.income_yen for p in person.parents), min(c.income_yen for c in person.children)) < 3", Status.NOT_NEEDED),
    ],
)  # fmt: skip
def test_an_unclear_birthday_settles_what_every_day_of_it_settles(must: str, status: Status) -> None:
    decision = one(must, situation_of([{"id": "p1", "birth_date": UNCLEAR}], relations=[]))
    assert decision.status is status


def test_an_answer_is_put_where_it_belongs() -> None:
    empty = situation_of([{"id": "p1"}, {"id": "p2"}])
    assert empty.with_fact(FactRef("claimant", "household"), "p2").claimant == "p2"
    assert empty.with_fact(FactRef("notified_on", "event"), ON).notified_on == ON
    event = empty.with_fact(FactRef("planned_move_out_date", "event"), ON)
    assert event.event_values == {"move_date": MOVE, "planned_move_out_date": ON}
    assert empty.with_fact(FactRef("has_garden", "household"), True).household_values == {"has_garden": True}
    people = empty.with_fact(FactRef("moves", "p2"), True).people
    assert [dict(person.values) for person in people] == [{}, {"moves": True}]
    with pytest.raises(
        UnknownSubject, match="「p9」という人はこの世帯にいません。次のいずれかを指定してください: p1、p2"
    ):
        empty.with_fact(FactRef("moves", "p9"), True)


RULES_BY_DAY = """
[[rule]]
since = 2024-10-01
must = "person.card == 'adult'"
because = "あとの規則です"
"""


@pytest.mark.parametrize(
    ("day", "card", "status"),
    [
        (date(2024, 9, 30), "none", Status.MUST),
        (date(2024, 10, 1), "none", Status.NOT_NEEDED),
        (None, "none", Status.ASK),
        (None, "child", Status.NOT_NEEDED),
        (date(1999, 12, 31), "none", Status.MUST),
    ],
)
def test_of_an_unknown_day_every_rule_is_asked(day: date | None, card: str, status: Status) -> None:
    until = "since = 2000-01-01\nuntil = 2024-09-30\n"
    text = procedure_text("person.card == 'none'").replace("since = 2000-01-01\n", until) + RULES_BY_DAY
    event = {"kind": "move_in"} | ({"move_date": day} if day else {})
    decision = one(
        "", situation_of([{"id": "p1", "card": card}], event=event), load_files(files_with(rule=text))
    )
    assert decision.status is status
    assert decision.missing == ((FactRef("move_date", "event"),) if status is Status.ASK else ())


def test_what_can_change_an_outcome_is_known_beforehand() -> None:
    aid = club().procedure("club-child-aid")
    assert facts_deciding(aid) >= {
        (Holder.PERSON, "relationship"),
        (Holder.PERSON, "birth_date"),
        (Holder.EVENT, "move_date"),
        (Holder.EVENT, "planned_move_out_date"),
    }
    assert (Holder.PERSON, "hobbies") not in facts_deciding(aid)
    plain = pack_with("person.moves").procedures[0]
    assert facts_deciding(plain) == {(Holder.PERSON, "moves"), (Holder.EVENT, "move_date")}


def test_guardians_are_given_and_who_supports_somebody_is_no_kin() -> None:
    people = [
        {"id": "p1", "birth_date": "2015-01-01"},
        {"id": "p2", "birth_date": "1980-01-01", "moves": True},
    ]
    for kind, status in (("guardian", Status.MUST), ("supports", Status.NOT_NEEDED)):
        relations = [{"kind": kind, "of": "p1", "is": "p2"}]
        must = "any(g.moves for g in person.guardians) and not any(p.moves for p in person.parents)"
        assert one(must, situation_of(people, relations=relations)).status is status


def test_a_relationship_that_cannot_be_read_leaves_kin_open() -> None:
    people = [
        {"id": "p1", "birth_date": "1980-01-01", "relationship": "世帯主"},
        {"id": "p2", "birth_date": "2015-01-01", "relationship": "ひみつ", "moves": True},
    ]
    decision = one("any(c.moves for c in person.children)", situation_of(people))
    assert decision.status is Status.ASK
    assert FactRef("relationship", "p2") in decision.missing or decision.missing


def test_forgetting_changes_no_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [
        {"id": f"p{n}", "card": card, "moves": True} for n, card in enumerate(("none", "adult", None), 1)
    ]
    situation = situation_of(people, relations=[])
    pack = pack_with("person.card == 'none' and person.moves")
    before = decide(pack, situation, on=ON, open_days=OPEN_DAYS)
    for name in ("_MOST_DECISIONS", "_MOST_OPEN"):
        monkeypatch.setattr(remembered, name, 0)
    for _ in range(3):
        assert decide(pack, situation, on=ON, open_days=OPEN_DAYS) == before
    rule, other = (one.procedures[0].rules[0].must for one in (pack, pack_with("person.card == 'adult'")))
    assert rule is not None and other is not None
    marked = same.mark_of(rule.tree).number
    assert same.mark_of(rule.tree).number == marked
    monkeypatch.setattr(same, "_MOST", -1)
    assert same.mark_of(other.tree).number != same.mark_of(rule.tree).number != marked
    assert same.given(rule.tree, "birth") == given(rule.tree, "birth")


def test_an_example_that_comes_out_otherwise_is_told() -> None:
    pack = club()
    aid = pack.procedure("club-child-aid")
    example = aid.examples[0]
    own = {"household": "ask"}
    wrong = replace(
        example,
        expect=own,
        deadline={"household": ON},
        amount={"household": 7},
        missing={"household": ("card",)},
    )
    said = [one.removeprefix(f"例「{example.name}」の household ") for one in differences(pack, aid, wrong)]
    assert said == [
        "は ask のはずですが must になります。",
        "の額は 7円のはずですが1,000円になります。",
        "に足りない事実は card のはずですが なし です。",
    ]
    nobody = replace(
        wrong, situation=replace(wrong.situation, people=(), relations=()), deadline={"household": MOVE}
    )
    assert [one.rpartition("household ")[2] for one in differences(pack, aid, nobody)] == [
        "は ask のはずですが not_needed になります。",
        "の期限は 2026-11-05 のはずですが None になります。",
        "の額は 7円のはずですが決まりません。",
        "に足りない事実は card のはずですが なし です。",
    ]


def test_every_sort_of_fact_is_tried_by_the_lint() -> None:
    settled = (
        "'reading' in person.hobbies or not 'reading' in person.hobbies",
        "person.relationship == '子' or person.relationship != '子'",
        "person.books_borrowed > 3 or person.books_borrowed <= 3",
        "event.planned_move_out_date > reference_date or event.planned_move_out_date <= reference_date",
    )
    for must in settled:
        assert [one.procedure for one in lint(pack_with(must)) if one.procedure == "rule"], must
    for must in ("'reading' in person.hobbies", "person.relationship == '子'"):
        assert [one.message for one in lint(pack_with(must)) if "いつも" in one.message] == []


def test_words_of_the_pack() -> None:
    pack = club()
    assert pack.has_procedure("club-card") and not pack.has_procedure("club-cards")
    assert pack.parameter_values() == {"free_income_limit": 1_000_000, "child_age": 18}
    assert len({role.label for role in FilingRole}) == len(FilingRole)
    assert nearest("x", ()) == "この台帳には使えるものが定義されていません。"
    assert nearest("none", "abcdefghijklm") == "使えるのは a、b、c、d、e、f、g、h、i、j、k、l など です。"
    with pytest.raises(KeyError, match=r"「person\.pets」という項目は用語表にありません"):
        definition_of(pack, FactRef("pets", "p1"))
    assert EventKind.move_out.label == "転出" and len({kind.label for kind in EventKind}) == len(EventKind)
