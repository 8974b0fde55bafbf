"""Deciding: dated rules, claimants, deadlines, reasons and what to bring, in the library club."""

from datetime import date

import pytest
from tests.unit.procedures.club import (
    ON,
    OPEN_DAYS,
    club,
    files_with,
    pack_with,
    procedure_text,
    situation_of,
)

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import (
    Amount,
    Change,
    Decision,
    Status,
    answer,
    bring_list,
    changes,
    decide,
    next_prompt,
)
from madoguchi.procedures.examples import differences
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.loader import load_files
from madoguchi.procedures.packs import Example, Procedure
from madoguchi.procedures.situation import Situation


def one(must: str, situation: Situation, subject: str = "p1", **more: str) -> Decision:
    decisions = decide(pack_with(must, **more), situation, on=ON, open_days=OPEN_DAYS)
    return next(decision for decision in decisions if decision.subject == subject)


@pytest.mark.parametrize(
    ("procedure", "example"),
    [
        pytest.param(procedure, example, id=example.name)
        for procedure in club().procedures
        for example in procedure.examples
    ],
)
def test_the_worked_examples_come_out(procedure: Procedure, example: Example) -> None:
    pack = club()
    assert differences(pack, pack.procedure(procedure.id), example) == ()


@pytest.mark.parametrize(
    ("must", "person", "says"),
    [
        ("person.moves", {"moves": False}, "この異動では動かないためです"),
        ("person.card == 'none'", {"card": "adult"}, "図書カードが「一般カード」のためです"),
        ("person.card in ('none', 'child')", {"card": "adult"}, "図書カードが「一般カード」のためです"),
        (
            "reference_date >= attains(person.birth_date, 65)",
            {"birth_date": date(1961, 12, 1)},
            "65歳に達していないためです（65歳に達する日: 令和8年11月30日）",
        ),
        (
            "reference_date < birthday(person.birth_date, 75)",
            {"birth_date": date(1951, 11, 5)},
            "75歳の誕生日を迎えているためです（75歳の誕生日: 令和8年11月5日）",
        ),
        (
            "reference_date <= fiscal_year_end(attains(person.birth_date, 18))",
            {"birth_date": date(2008, 4, 1)},
            "18歳に達する日以後の最初の3月31日（令和8年3月31日）を過ぎているためです",
        ),
        (
            "age_on(person.birth_date, reference_date) >= 65",
            {"birth_date": date(1990, 1, 1)},
            "65歳未満のためです",
        ),
        (
            "person.income_yen <= 1000000",
            {"income_yen": 1200000},
            "年間所得が1,200,000円で、1,000,000円を超えるためです",
        ),
        ("not person.moves", {"moves": True}, "この異動で動くためです"),
        ("any(c.moves for c in person.children)", {}, "子がいないためです"),
    ],
)
def test_not_needed_is_explained_by_the_clause_that_decided(
    must: str, person: dict[str, object], says: str
) -> None:
    decision = one(must, situation_of([{"id": "p1", **person}], relations=[]))
    assert decision.status is Status.NOT_NEEDED
    assert [reason.text for reason in decision.because] == [says]


def test_an_open_decision_says_what_would_settle_it() -> None:
    decision = one("person.moves and person.card == 'none'", situation_of([{"id": "p1", "moves": True}]))
    assert decision.status is Status.ASK
    assert decision.missing == (FactRef("card", "p1"),)
    assert decision.because[0].text == "「図書カード」が分かると決まります"


def test_a_correlated_uncertain_birthday_is_settled_when_every_day_agrees() -> None:
    rule = (
        "reference_date >= attains(person.birth_date, 65) or reference_date < attains(person.birth_date, 65)"
    )
    unclear = {"text": "昭和36年不詳", "earliest": "1961-01-01", "latest": "1961-12-31"}
    assert one(rule, situation_of([{"id": "p1", "birth_date": unclear}])).status is Status.MUST
    asked = one(rule.split(" or ")[0], situation_of([{"id": "p1", "birth_date": unclear}]))
    assert asked.status is Status.ASK
    assert asked.missing == (FactRef("birth_date", "p1"),)


def test_an_unknown_claimant_matters_only_when_the_adults_differ() -> None:
    people = [
        {"id": "p1", "birth_date": "1980-01-01", "card": "none"},
        {"id": "p2", "birth_date": "1981-01-01", "card": "none"},
        {"id": "p3", "birth_date": "2020-01-01", "card": "adult"},
    ]
    assert one("claimant.card == 'none'", situation_of(people)).status is Status.MUST
    people[1]["card"] = "adult"
    open_ = one("claimant.card == 'none'", situation_of(people))
    assert (open_.status, open_.missing) == (Status.ASK, (FactRef("claimant", "household"),))
    del people[1]["card"]
    assert set(one("claimant.card == 'none'", situation_of(people)).missing) == {
        FactRef("claimant", "household"),
        FactRef("card", "p2"),
    }
    known = situation_of(people).with_fact(FactRef("claimant", "household"), "p1")
    assert one("claimant.card == 'none'", known).status is Status.MUST


def test_who_may_be_a_minor_is_asked_for_the_birthday_where_only_that_keeps_it_open() -> None:
    people = [
        {"id": "p1", "birth_date": "1980-01-01", "card": "none"},
        {"id": "p2", "card": "adult"},
    ]
    open_ = one("claimant.card == 'none'", situation_of(people))
    assert set(open_.missing) == {FactRef("claimant", "household"), FactRef("birth_date", "p2")}
    minor = situation_of(people).with_fact(FactRef("birth_date", "p2"), date(2020, 1, 1))
    assert one("claimant.card == 'none'", minor).status is Status.MUST
    people.append({"id": "p3", "birth_date": "1981-01-01", "card": "adult"})
    differ = one("claimant.card == 'none'", situation_of(people))
    assert differ.missing == (FactRef("claimant", "household"),), "the adults differ whatever p2 is"


def test_while_nobody_is_surely_adult_every_unknown_birthday_matters() -> None:
    people = [
        {"id": "p1", "birth_date": "2020-01-01", "card": "none"},
        {"id": "p2", "birth_date": "2021-01-01", "card": "adult"},
        {"id": "p3", "card": "none"},
    ]
    open_ = one("claimant.card == 'none'", situation_of(people))
    assert set(open_.missing) == {FactRef("claimant", "household"), FactRef("birth_date", "p3")}


def dated_pack() -> str:
    newer = '[[rule]]\nsince = 2026-10-01\nmust = "person.card == \'none\'"\nbecause = "新しい規則です"\n'
    return procedure_text("person.moves") + newer


def test_the_newest_rules_in_force_on_the_day_of_the_event_hold() -> None:
    pack = load_files(files_with(rule=dated_pack()))
    person = [{"id": "p1", "moves": True, "card": "adult"}]
    for day, status in (("2026-09-30", Status.MUST), ("2026-10-01", Status.NOT_NEEDED)):
        situation = situation_of(person, event={"kind": "move_in", "move_date": day})
        assert decide(pack, situation, on=ON, open_days=OPEN_DAYS)[0].status is status


@pytest.mark.parametrize(
    ("notified", "overdue"),
    [(date(2026, 4, 2), False), (date(2026, 4, 14), False), (date(2026, 4, 15), True)],
)
def test_e56_the_law_is_that_of_the_move_and_lateness_that_of_the_notice(
    notified: date, overdue: bool
) -> None:
    """Moved on 3/31, told on 4/2: the rule of before 4/1 decides, the day of the notice says whether it is late."""
    more = "".join(
        f"{key} = {value}\n"
        for key, value in {
            "event": '"move_in"',
            "from": '"event.move_date"',
            "days": "14",
            "count_first_day": "false",
            "roll_to_open_day": "true",
        }.items()
    )
    text = dated_pack().replace("2026-10-01", "2026-04-01") + f"[[deadline]]\n{more}"
    pack = load_files(files_with(rule=text))
    person = [{"id": "p1", "moves": True, "card": "adult"}]
    found = {}
    for moved in ("2026-03-31", "2026-04-01"):
        situation = situation_of(
            person, event={"kind": "move_in", "move_date": moved}, notified_on=notified.isoformat()
        )
        found[moved] = decide(pack, situation, on=notified, open_days=OPEN_DAYS)[0]
    before, after = found.values()
    assert (before.status, after.status) == (Status.MUST, Status.NOT_NEEDED)
    assert (before.deadline, before.overdue) == (date(2026, 4, 14), overdue)


def test_an_unknown_day_of_the_event_is_asked_when_the_rules_differ() -> None:
    pack = load_files(files_with(rule=dated_pack()))
    situation = situation_of([{"id": "p1", "moves": True, "card": "adult"}], event={"kind": "move_in"})
    decision = decide(pack, situation, on=ON, open_days=OPEN_DAYS)[0]
    assert (decision.status, decision.missing) == (Status.ASK, (FactRef("move_date", "event"),))
    alike = situation.with_fact(FactRef("card", "p1"), "none")
    assert decide(pack, alike, on=ON, open_days=OPEN_DAYS)[0].status is Status.MUST


def test_a_rule_without_a_known_beginning_was_always_in_force() -> None:
    situation = situation_of(
        [{"id": "p1", "moves": True}], event={"kind": "move_in", "move_date": "1999-12-31"}
    )
    assert one("person.moves", situation).status is Status.MUST


def test_before_a_rule_began_nothing_is_needed_and_an_unknown_day_is_asked() -> None:
    young = procedure_text("person.moves").replace("since = 2000-01-01", "since = 2019-10-01")
    pack = load_files(files_with(rule=young))
    person = [{"id": "p1", "moves": True}]
    for day, status in (("2019-09-30", Status.NOT_NEEDED), ("2019-10-01", Status.MUST), (None, Status.ASK)):
        event = {"kind": "move_in"} if day is None else {"kind": "move_in", "move_date": day}
        decided = decide(pack, situation_of(person, event=event), on=ON, open_days=OPEN_DAYS)[0]
        assert decided.status is status


def test_alternatives_each_give_their_own_reason() -> None:
    other = '[[rule]]\nsince = 2000-01-01\nmust = "person.card == \'none\'"\nbecause = "カードがありません"\n'
    pack = load_files(files_with(rule=procedure_text("person.moves") + other))
    situation = situation_of([{"id": "p1", "moves": True, "card": "none"}])
    reasons = decide(pack, situation, on=ON, open_days=OPEN_DAYS)[0].because
    assert [reason.text for reason in reasons] == ["条件に当てはまる方です", "カードがありません"]


@pytest.mark.parametrize(
    ("on", "opened", "deadline", "overdue"),
    [
        (date(2026, 11, 9), OpenDays(), date(2026, 11, 19), False),
        (date(2026, 11, 20), OpenDays(), date(2026, 11, 19), True),
        (date(2026, 11, 9), OpenDays(closed=frozenset({date(2026, 11, 19)})), date(2026, 11, 20), False),
    ],
)
def test_a_deadline_rolls_to_the_next_open_day(
    on: date, opened: OpenDays, deadline: date, overdue: bool
) -> None:
    situation = situation_of([{"id": "p1", "moves": True, "birth_date": "1984-05-02", "card": "none"}])
    decision = decide(club(), situation, on=on, open_days=opened)[0]
    assert (decision.deadline, decision.overdue) == (deadline, overdue)


def test_a_deadline_without_its_day_is_open() -> None:
    situation = situation_of([{"id": "p1", "moves": True}], event={"kind": "move_in"})
    assert decide(club(), situation, on=ON, open_days=OPEN_DAYS)[0].deadline is None


def test_an_amount_is_worked_out() -> None:
    people = [{"id": "p1", "relationship": "世帯主"}, {"id": "p2", "relationship": "子", "moves": True}]
    situation = situation_of([*people], claimant="p1")
    decision = decide(club(), situation, on=ON, open_days=OPEN_DAYS)[-1]
    assert decision.amount == Amount(1000, "month", date(2026, 12, 1), None, "請求した方")


def test_a_prompt_asks_everyone_it_concerns_at_once() -> None:
    people = [{"id": "p1", "moves": True}, {"id": "p2", "moves": False}, {"id": "p3", "moves": True}]
    situation = situation_of(people, relations=[], claimant="p1")
    pack = pack_with("person.moves and person.card == 'none'")
    decisions = decide(pack, situation, on=ON, open_days=OPEN_DAYS)
    prompt = next_prompt(pack, situation, decisions, on=ON, open_days=OPEN_DAYS)
    assert prompt is not None
    assert prompt.question == "図書クラブのことを教えてください"
    assert prompt.refs == (FactRef("card", "p1"), FactRef("card", "p3"))


def test_questions_name_the_procedures_that_they_settle() -> None:
    situation = situation_of([{"id": "p1", "birth_date": "1984-05-02", "moves": True, "hobbies": []}])
    questions = answer(club(), situation, on=ON, open_days=OPEN_DAYS).questions
    assert [(question.ref.key, question.settles) for question in questions] == [("card", ("club-card",))]


def test_changes_are_the_differing_outcomes() -> None:
    situation = situation_of([{"id": "p1", "moves": True}])
    pack = pack_with("person.card == 'none'")
    before = decide(pack, situation, on=ON, open_days=OPEN_DAYS)
    after = decide(pack, situation.with_fact(FactRef("card", "p1"), "none"), on=ON, open_days=OPEN_DAYS)
    assert changes(before, after) == (Change("rule", "p1", Status.ASK, Status.MUST),)
    assert changes(after, after) == ()


def test_what_to_bring_is_merged_and_conditional() -> None:
    people = [
        {"id": "p1", "birth_date": "1984-05-02", "moves": True, "card": "none", "hobbies": []},
        {"id": "p2", "birth_date": "1984-05-02", "moves": True, "hobbies": ["reading"]},
    ]
    situation = situation_of(people, relations=[])
    decisions = decide(club(), situation, on=ON, open_days=OPEN_DAYS)
    merged = {
        item.text: item for item in bring_list(club(), situation, decisions, open_days=OpenDays()).merged
    }
    assert merged["写真"].subjects == ("p1", "p2")
    assert merged["写真"].certain
    assert merged["前のクラブのカード"].subjects == ("p2",)
    assert not merged["前のクラブのカード"].certain


@pytest.mark.parametrize(
    ("must", "matters"),
    [
        ("person.moves or (person.moves and person.card == 'none')", {"moves"}),
        ("(person.card == 'none' or person.moves) and person.card == 'none'", {"card"}),
        ("person.card == 'none' or (person.card == 'child' and person.moves)", {"card", "moves"}),
        (
            "person.books_borrowed >= 2 or (person.books_borrowed >= 1 and person.moves)",
            {"books_borrowed", "moves"},
        ),
        ("person.books_borrowed >= 2 and (person.books_borrowed >= 1 or person.moves)", {"books_borrowed"}),
        (
            "attains(person.birth_date, 18) <= reference_date"
            " and (attains(person.birth_date, 6) <= reference_date or person.moves)",
            {"birth_date"},
        ),
    ],
)
def test_a_fact_that_another_part_absorbs_is_not_asked(must: str, matters: set[str]) -> None:
    decision = one(must, situation_of([{"id": "p1"}], relations=[]))
    assert {ref.key for ref in decision.missing} == matters
