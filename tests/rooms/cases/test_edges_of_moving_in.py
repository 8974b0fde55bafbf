"""What naive software gets wrong about a visit that moves in (numbers: docs/edge-cases.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.cast import FIVE, NOW, RESIDENTS, TODAY, certificate, mover, number
from tests.rooms.cases.test_who_may_file import came
from tests.rooms.cases.walking import begun, opened, seen, sign, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing, opening, reviewing
from madoguchi.cases.judging import choice_key
from madoguchi.cases.models import CaseRow
from madoguchi.cases.representation import SPECIAL, May
from madoguchi.cases.sheet_facts import PapersOfCase, facts_for_sheets, head_of_household
from madoguchi.cases.states import FactSource, VisitorKind
from madoguchi.channels.shared.answers import rows_of
from madoguchi.connect.change_data import body_of
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactRef
from madoguchi.residents.models import ResidentRecord
from madoguchi.residents.operations import add_fact, register
from madoguchi.residents.people import ResidentStatus

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db


def test_e18_a_move_of_one_fiscal_year_told_in_the_next_keeps_its_own_day(
    city: Staff, procedures: str
) -> None:
    """Moved 3/31, told 4/2, processed 4/3: each day stays itself, up to the change data."""
    clerk, told_on = city["clerk_hana"], datetime(2026, 4, 2, 1, 0, tzinfo=UTC)
    case = opened(clerk, now=told_on)
    opening.begin_from_certificate(
        case=case, certificate=certificate(move_date=date(2026, 3, 31)), by=clerk, now=told_on
    )
    visited(case, clerk, now=told_on)
    sign(case, clerk, now=told_on)
    reviewing.approve(case=case, by=city["reviewer_jiro"], now=told_on, version=None)
    reviewing.hand_over(case=case, by=clerk, now=told_on + timedelta(days=1))
    body = body_of(case, on=date(2026, 4, 3))
    assert [body[key] for key in ("moved_on", "notified_on", "processed_on")] == [
        "2026-03-31", "2026-04-02", "2026-04-03",
    ]  # fmt: skip
    row = CaseRow.objects.get(public_id=case)
    assert (row.notified_on, row.processed_on) == (date(2026, 4, 2), date(2026, 4, 3))
    notice = next(one for one in body["procedures"] if one["id"] == "move-in-notice")
    assert notice["deadline"] == "2026-04-14", "counted from the move, not from the notice"


def test_e30_twins_of_one_name_are_two_people_on_every_line(city: Staff, procedures: str) -> None:
    clerk, born = city["clerk_hana"], date(2018, 4, 2)
    twins = [mover("双葉 光", born, "male", "子"), mover("双葉 光", born, "male", "子")]
    case = opened(clerk)
    opening.begin_from_certificate(case=case, certificate=certificate(FIVE[0], *twins), by=clerk, now=NOW)
    view = seen(case, clerk)
    assert [view.record.name_of(ref) for ref in ("p1", "p2", "p3")] == [
        "引越 大", "双葉 光（2人目）", "双葉 光（3人目）",
    ]  # fmt: skip
    assert view.prompt is not None
    labels = [row.label for row in rows_of(view.prompt, view.record)]
    assert len(set(labels)) == len(labels) > 1
    hearing.correct_fact(
        case=case, ref=FactRef("health_insurance", "p3"), value="employee_dependent", reason="聞き直し",
        by=clerk, now=NOW, version=None,
    )  # fmt: skip
    told = {one["ref"]: one for one in body_of(case, on=TODAY)["people"]}
    assert {told["p2"]["name"], told["p3"]["name"]} == {"双葉 光"}, "the register knows no such addition"
    assert "health_insurance" in told["p3"]["facts"]
    assert "health_insurance" not in told["p2"]["facts"]


def test_e30_whoever_has_a_namesake_signs_and_heads_with_their_own_name(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = opened(clerk)
    people = [
        mover("引越 大", date(1960, 1, 5), "male", "世帯主"),
        mover("引越 大", date(1990, 3, 3), "male", "子"),
    ]
    opening.begin_from_certificate(case=case, certificate=certificate(*people), by=clerk, now=NOW)
    visited(case, clerk)
    record = seen(case, clerk).record
    assert (record.text("notifier_name"), head_of_household(record)) == ("引越 大", "引越 大")


def test_e34_two_households_at_one_address_stay_two(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    """世帯, 生計 and 保険 are groups of their own; living at the same address joins nobody."""
    clerk, host = city["clerk_hana"], RESIDENTS["head_of_joined"]
    lodger = replace(
        host, resident_no=number(61), name=RESIDENTS["head"].name, birth=date(1999, 9, 9),
        household_no="0000070", livelihood_no=host.household_no, insurance_no="0000099",
    )  # fmt: skip
    register(entries=[lodger], source="住民記録", as_of=TODAY, now=NOW)
    kept = ResidentRecord.objects.get(resident_no=lodger.resident_no, is_current=True)
    assert (kept.household_no, kept.livelihood_no, kept.insurance_no) == (
        "0000070",
        host.household_no,
        "0000099",
    )
    case = begun(clerk)
    opening.join_household(case=case, number=host.household_no, by=clerk, now=NOW)
    joined = {person.resident_no for person in seen(case, clerk).record.people if person.staying}
    assert joined == {residents["head_of_joined"], residents["wife_of_joined"]}


def test_e37_the_head_stands_on_the_sheet_of_an_insurance_they_are_not_in(
    city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    hearing.correct_fact(
        case=case, ref=FactRef("health_insurance", "p1"), value="employee_insured", reason="勤め先の保険",
        by=clerk, now=NOW, version=None,
    )  # fmt: skip
    view = seen(case, clerk)
    enrolled = {one.subject for one in view.judged.with_status(Status.MUST) if one.procedure == "nhi-enrol"}
    assert "p1" not in enrolled
    assert "p2" in enrolled
    facts = facts_for_sheets(PapersOfCase(case, actor=clerk, now=NOW), "p2")
    assert facts.known["household.head_name", ""].value.text == "引越 大"
    assert facts.subject == "p2"


def test_e42_who_comes_back_keeps_their_number_and_is_heard_anew(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk, before = city["clerk_hana"], RESIDENTS["wife"]
    insured = {"health_insurance": "employee_insured", "pension": "2"}
    for key, value in insured.items():
        add_fact(
            resident_no=before.resident_no, key=key, value=value, source="国保", valid_from=date(2019, 4, 1),
            as_of=date(2019, 4, 1), by=clerk, now=NOW,
        )  # fmt: skip
    here, back = opened(clerk), opened(clerk)
    opening.add_residents(case=here, resident_nos=[before.resident_no], staying=False, by=clerk, now=NOW)
    gone = replace(before, status=ResidentStatus.MOVED_OUT, moved_on=date(2021, 3, 31), reason="国内転出")
    register(entries=[gone], source="住民記録", as_of=TODAY, now=NOW)
    opening.add_residents(case=back, resident_nos=[before.resident_no], staying=False, by=clerk, now=NOW)
    assert seen(here, clerk).record.value("health_insurance", "p1") == "employee_insured"
    record = seen(back, clerk).record
    assert [person.resident_no for person in record.people] == [before.resident_no]
    kept = {ref.key for ref in record.facts if ref.subject == "p1"}
    assert kept == {"name", "kana", "birth_date", "sex", "moves", "lives_with_household"}
    assert record.facts[FactRef("birth_date", "p1")].source is FactSource.REGISTER
    open_now = {ref for one in seen(back, clerk).judged.decisions for ref in one.missing}
    assert {FactRef(key, "p1") for key in insured} <= open_now


@pytest.mark.parametrize("procedure", sorted(SPECIAL))
def test_e44_a_guardian_may_do_what_is_in_their_list_of_acts(
    procedure: str, city: Staff, procedures: str
) -> None:
    """後見・保佐・補助・任意後見 are not one yes: the clerk is told to look at 代理行為目録, act by act."""
    clerk = city["clerk_hana"]
    case = begun(clerk)
    hearing.answer_prompt(
        case=case, prompt="x", answers={FactRef("has_card", "p1"): True}, by=clerk, now=NOW, version=None
    )
    came(case, clerk, VisitorKind.LEGAL)
    right = seen(case, clerk).rights[procedure, "p1"]
    assert right.may is May.CONFIRM
    assert "代理行為目録" in right.note
    notice = seen(case, clerk).rights["move-in-notice", "household"]
    assert notice.may is May.WITH_PROOF
    assert "登記事項証明書" in notice.note


def test_e53_what_is_chosen_besides_is_the_households_own_word(city: Staff, procedures: str) -> None:
    """Nothing optional is filed because the city knows something: only what somebody chose."""
    clerk = city["clerk_hana"]
    case = begun(clerk)
    visited(case, clerk)
    filed = {one["id"] for one in body_of(case, on=TODAY)["procedures"]}
    wishes = {one.procedure for one in seen(case, clerk).judged.with_status(Status.OPTIONAL)}
    assert wishes
    assert not filed & (wishes - {one.procedure for one in seen(case, clerk).judged.with_status(Status.MUST)})
    seal = next(
        one
        for one in seen(case, clerk).judged.with_status(Status.OPTIONAL)
        if one.procedure == "seal-registration"
    )
    closing.choose(case=case, wanted=frozenset({choice_key(seal)}), by=clerk, now=NOW, version=None)
    assert "seal-registration" in {one["id"] for one in body_of(case, on=TODAY)["procedures"]}
