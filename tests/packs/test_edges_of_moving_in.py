"""What naive rules get wrong about a move-in, decided by the shipped rules (numbers: docs/edge-cases.md)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bring import bring_list
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.situation_file import read_situation

from .conftest import Decide
from .test_legal_dates import child, grown


def person(ref: str, **facts: Any) -> dict[str, Any]:
    return {"id": ref, "moves": True, "nationality_class": "jp", **facts}


@pytest.mark.parametrize(("on", "overdue"), [(date(2019, 5, 7), False), (date(2019, 5, 8), True)])
def test_e11_the_day_after_the_long_closure_is_in_time_and_the_next_is_not(
    decided: Decide, on: date, overdue: bool
) -> None:
    """The 15th day, 2019-04-27, was the first of ten closed days: 05-07 keeps the month, 05-08 loses it."""
    event = {"kind": "move_in", "move_date": date(2019, 4, 13), "planned_move_out_date": date(2019, 4, 12)}
    people = grown(birth_date=date(1984, 5, 2), employment="employed"), child(date(2018, 5, 2))
    found = decided(*people, event=event, claimant="p1", on=on)["C01", "household"]
    assert (found.deadline, found.overdue) == (date(2019, 5, 7), overdue)


@pytest.mark.parametrize(
    ("law_id", "event", "last_day"),
    [
        (
            "R02",
            {"planned_move_out_date": date(2026, 10, 9), "move_date": date(2026, 11, 2)},
            date(2026, 11, 8),
        ),
        ("R09", {"move_date": date(2026, 11, 5)}, date(2027, 2, 7)),
    ],
)
def test_e12_what_lapses_by_itself_lapses_on_a_sunday_too(
    decided: Decide, law_id: str, event: dict[str, Any], last_day: date
) -> None:
    """30 days of 特例転入 and 90 days of the card are conditions, no deadlines of a notice."""
    known = {"kind": "move_in", "used_special_move_out": True, **event}
    found = decided(grown(has_card=True), event=known, notified_on=date(2026, 11, 9))
    assert last_day.isoweekday() == 7
    assert {one.deadline for (law, _), one in found.items() if law == law_id} == {last_day}


def test_e12_only_what_lapses_by_itself_is_not_rolled(pack: Pack) -> None:
    fixed = {one.id for one in pack.procedures if any(not end.roll_to_open_day for end in one.deadlines)}
    before_leaving = {"move-out-abroad-notice", "tax-agent", "card-abroad"}
    lost = {"pension-division"}  # 請求できる期間(市の届出ではない)
    assert fixed == {"card-continue", "special-move-in", "real-estate-register"} | before_leaving | lost


@pytest.mark.parametrize(
    ("law_id", "birth", "facts"),
    [
        ("H09", date(1951, 11, 1), {"health_insurance": "nhi"}),
        ("K01", date(1961, 11, 2), {"care_level": "none"}),
    ],
)
def test_e12_insurance_begins_on_a_sunday_when_its_day_is_one(
    decided: Decide, law_id: str, birth: date, facts: dict[str, Any]
) -> None:
    sunday, saturday = date(2026, 11, 1), date(2026, 10, 31)
    for moved, status in ((sunday, "must"), (saturday, "not_needed")):
        event = {"kind": "move_in", "move_date": moved, "from_same_prefecture": False}
        assert decided(grown(birth_date=birth, **facts), event=event)[law_id, "p1"].status.value == status


@pytest.mark.parametrize("partner", ["夫（未届）", "夫(未届)", "妻（未届）", "妻(未届)"])
def test_e36_an_unregistered_partner_is_a_partner_and_no_spouse(decided: Decide, partner: str) -> None:
    mother, its = grown(birth_date=date(1990, 5, 2)), child(date(2019, 5, 2))
    alone = decided(mother, its)
    together = decided(mother, its, person("p3", birth_date=date(1990, 5, 2), relationship=partner))
    assert alone["C08", "p1"].status.value == "optional"
    assert together["C08", "p1"].status.value == "not_needed"


@pytest.mark.parametrize("lodger", ["同居人", "縁故者"])
def test_e36_a_lodger_takes_no_right_away(decided: Decide, lodger: str, pack: Pack) -> None:
    """Whether they live as a couple is heard in private, never concluded from a word."""
    people = grown(birth_date=date(1990, 5, 2)), child(date(2019, 5, 2))
    found = decided(*people, person("p3", birth_date=date(1990, 5, 2), relationship=lodger))
    assert found["C08", "p1"].status.value == "optional"
    assert any("事実上の結婚" in text for text in pack.procedure("child-rearing-allowance").tell)


def test_e36_the_wife_of_the_child_is_the_mother_of_the_grandchild(decided: Decide) -> None:
    family = {"p1": "世帯主", "p2": "子", "p3": "子の妻", "p4": "子の子"}
    births = {"p1": date(1955, 5, 2), "p2": date(1985, 5, 2), "p3": date(1986, 5, 2), "p4": date(2019, 5, 2)}
    people = [person(ref, relationship=word, birth_date=births[ref]) for ref, word in family.items()]
    found = decided(*people, claimant="p3")
    assert {found["C08", ref].status.value for ref in family} == {"not_needed"}
    assert found["C01", "household"].missing == (FactRef("employment", "p3"),)


def test_e37_a_head_outside_the_insurance_files_for_who_is_in_it(decided: Decide, pack: Pack) -> None:
    people = (
        grown(birth_date=date(1984, 5, 2), health_insurance="employee_insured"),
        person("p2", birth_date=date(1986, 2, 28), relationship="妻", health_insurance="none"),
    )
    found = decided(*people)
    assert found["H01", "p1"].status.value == "not_needed"
    assert found["H01", "p2"].status.value == "must"
    assert any("世帯主の方が国保でなくても" in text for text in pack.procedure("nhi-enrol").tell)


def test_e39_who_stays_with_the_former_insurer_is_not_enrolled_here(decided: Decide) -> None:
    """住所地特例 of three kinds and マル学: moving away does not end the insurance, moving in does not begin one."""
    people = (
        person("student", birth_date=date(2006, 5, 2), health_insurance="nhi_elsewhere"),
        person("in_home", birth_date=date(1960, 5, 2), health_insurance="nhi_elsewhere"),
        person("aged", birth_date=date(1940, 5, 2), health_insurance="late_elderly_elsewhere"),
        person(
            "cared",
            birth_date=date(1939, 3, 3),
            health_insurance="late_elderly",
            care_level="insured_elsewhere",
        ),
    )
    event = {"kind": "move_in", "move_date": date(2026, 11, 5), "from_same_prefecture": False}
    found = {key: one.status.value for key, one in decided(*people, event=event).items()}
    former = {("H05", "student"), ("H05", "in_home"), ("H12", "aged"), ("K04", "cared")}
    here = {
        ("H01", "student"),
        ("H01", "in_home"),
        ("H09", "aged"),
        ("H10", "aged"),
        ("K01", "cared"),
        ("K02", "cared"),
    }
    assert {found[key] for key in former} == {"must"}
    assert {found[key] for key in here} == {"not_needed"}


@pytest.mark.parametrize(
    ("birth", "status"), [(date(2011, 11, 6), "optional"), (date(2011, 11, 7), "not_needed")]
)
def test_e45_fifteen_and_not_eighteen_is_the_age_for_seal_and_signature(
    decided: Decide, birth: date, status: str
) -> None:
    """Moved on 2026-11-05: whoever was born on 11-06 attains 15 that day, on 11-07 the day after."""
    found = decided(grown(birth_date=birth, has_card=True), notified_on=date(2026, 11, 9))
    assert (found["R19", "p1"].status.value, found["R11", "p1"].status.value) == (status, status)


def test_e46_who_claims_is_asked_and_does_not_follow_from_being_a_parent(decided: Decide) -> None:
    people = (
        grown(birth_date=date(1984, 5, 2), employment="employed"),
        person("p3", birth_date=date(1986, 2, 28), relationship="妻", employment="public_servant"),
        child(date(2019, 5, 2)),
    )
    by = {
        claimant: decided(*people, claimant=claimant)["C01", "household"] for claimant in ("p1", "p3", None)
    }
    assert [one.status.value for one in by.values()] == ["must", "not_needed", "ask"]
    assert by[None].missing == (FactRef("claimant", "household"),)


@pytest.mark.parametrize("stay", ["birth_transit", "landing"])
def test_e52_nobody_is_asked_for_a_residence_card_that_they_do_not_have(
    decided: Decide, vocabulary: dict[Any, Any], pack: Pack, stay: str
) -> None:
    them = grown(birth_date=date(2026, 10, 1), nationality_class=stay, health_insurance="none")
    found = decided(them)
    assert found["R14", "p1"].status.value == found["R15", "p1"].status.value == "not_needed"
    assert found["R01", "household"].status.value == "must"
    facts = {"event": {"kind": "move_in", "move_date": date(2026, 11, 5)}, "people": [them]}
    brought = bring_list(
        pack,
        read_situation(facts, vocabulary),
        [found["H01", "p1"]],
        on=date(2026, 11, 9),
        open_days=OpenDays(),
    )
    assert "前の健康保険をやめた日が分かる証明書" in str(brought)
    assert "在留カード" not in str(brought)


def test_e53_no_decision_reads_the_tax_office(pack: Pack) -> None:
    asked_by_oneself = {EventKind.none}  # what one may be entitled to, by what one says oneself
    rules = [rule for one in pack.procedures if one.events - asked_by_oneself for rule in one.rules]
    read = [tree.source for rule in rules for tree in (rule.must, rule.optional) if tree is not None]
    assert read
    assert not [source for source in read if "income" in source or "tax" in source]


def test_e54_a_public_servant_claims_at_work_and_is_always_asked(decided: Decide) -> None:
    its, parent = child(date(2019, 5, 2)), {"birth_date": date(1984, 5, 2)}
    servant = decided(grown(**parent, employment="public_servant"), its, claimant="p1")["C01", "household"]
    unheard = decided(grown(**parent), its, claimant="p1")["C01", "household"]
    assert servant.status.value == "not_needed"
    assert "勤め先" in servant.because[0].text
    assert (unheard.status.value, unheard.missing) == ("ask", (FactRef("employment", "p1"),))


def test_e57_the_signature_certificate_has_lapsed_with_the_move(decided: Decide, pack: Pack) -> None:
    found = decided(grown(birth_date=date(1984, 5, 2), has_card=True), notified_on=date(2026, 11, 9))
    assert found["R11", "p1"].status.value == "optional"
    assert "自動で失効" in pack.procedure("card-signing-certificate").summary
