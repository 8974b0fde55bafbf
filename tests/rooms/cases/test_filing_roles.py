"""E51: who gives the notice, who held the funeral, who stands for the heirs and who claims the pension need not be one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.cast import MOVED_ON, NOW
from tests.rooms.cases.walking import begun, seen, sign, visited, widowed

from madoguchi.audit.entries import Actor
from madoguchi.cases import hearing, household_notice, opening, roles, sheets
from madoguchi.cases.household_notice import Bereaved, SaidEvent
from madoguchi.cases.queries import journey_counts
from madoguchi.cases.representation import May
from madoguchi.cases.roles import (
    RoleHolder,
    RolesNotSaid,
    holder_of,
    roles_needed,
    say_one_does_all,
    say_roles,
)
from madoguchi.cases.states import IdentityDocument, VisitorKind
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.packs import FilingRole

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
HOST, CLAIMANT, HEIR = FilingRole.FUNERAL_HOST, FilingRole.PENSION_CLAIMANT, FilingRole.HEIR_REPRESENTATIVE
LATER = NOW + timedelta(minutes=20)
THREE = {
    HOST: RoleHolder("佐藤 次郎", relationship="弟", account="佐藤 次郎"),
    CLAIMANT: RoleHolder("", ref="p2", account="髙橋 さくら"),
    HEIR: RoleHolder("田中 三郎", relationship="おい"),
}


@pytest.fixture
def clerk(city: Staff, procedures: str, residents: Mapping[str, str]) -> Actor:
    return city["clerk_hana"]


def paper(case: str, by: Actor) -> str:
    made = sheets.all_sheets(case=case, actor=by, now=LATER)
    return "".join(one.extract_text() for one in PdfReader(BytesIO(made.pdf)).pages)


def between(text: str, start: str, end: str) -> str:
    return text[text.index(start) : text.index(end)]


def test_e51_each_role_stands_on_its_own_boxes(clerk: Actor) -> None:
    case = widowed(clerk)
    say_roles(case=case, holders=THREE, by=clerk, now=NOW, version=None)
    text = paper(case, clerk).replace("\n", " ")
    funeral = between(text, "葬祭を行った方", "年金（未支給")
    pension = between(text, "年金（未支給", "相続（高額")
    heirs = text[text.index("相続（高額") :]
    assert funeral.count("佐藤 次郎") == 2, "the host, and in whose name the account is"
    assert "弟" in funeral and "さくら" not in funeral
    assert pension.count("さくら") == 2 and "佐藤" not in pension and "田中" not in pension
    assert "田中 三郎" in heirs and "おい" in heirs and "佐藤" not in heirs
    sign(case, clerk, now=LATER)


def test_e51_nothing_is_signed_in_a_name_that_nobody_asked_for(clerk: Actor) -> None:
    case = widowed(clerk)
    with pytest.raises(RolesNotSaid, match=r"葬祭費.*まだ聞いていません"):
        sign(case, clerk, now=LATER)
    assert "佐藤" not in paper(case, clerk)
    assert holder_of(seen(case, clerk).record, HOST) is None, "nobody is assumed"
    say_one_does_all(case=case, by=clerk, now=NOW)
    sign(case, clerk, now=LATER)


def test_e51_one_answer_is_enough_when_one_person_does_all(clerk: Actor) -> None:
    case = widowed(clerk)
    before = journey_counts(case=case).questions
    say_one_does_all(case=case, by=clerk, now=NOW)
    say_one_does_all(case=case, by=clerk, now=NOW)
    assert journey_counts(case=case).questions == before + 1
    record = seen(case, clerk).record
    assert {holder_of(record, role) for role in FilingRole} == {RoleHolder("髙橋 さくら", "p2", "妻")}
    hearing.undo(case=case, by=clerk, now=NOW, version=None)
    assert journey_counts(case=case).questions == before
    assert not roles.how_said(seen(case, clerk).record)


def test_e51_it_does_not_pass_to_somebody_else_who_comes_another_day(clerk: Actor) -> None:
    case = widowed(clerk)
    say_one_does_all(case=case, by=clerk, now=NOW)
    visited(case, clerk, person="p3")
    assert holder_of(seen(case, clerk).record, CLAIMANT) == RoleHolder("髙橋 さくら", "p2", "妻")


@pytest.mark.parametrize("kind", [VisitorKind.AGENT, VisitorKind.MESSENGER])
def test_e51_whoever_acts_for_another_is_never_the_one_who_files(clerk: Actor, kind: VisitorKind) -> None:
    case = widowed(clerk)
    opening.set_visitor(
        case=case,
        kind=kind,
        person="",
        name="葬儀社 一郎",
        phone="",
        documents=frozenset({IdentityDocument.DRIVING_LICENCE}),
        proof_seen=True,
        unproved=False,
        by=clerk,
        now=NOW,
        version=None,
    )
    with pytest.raises(roles.OneForAllIsNobody):
        say_one_does_all(case=case, by=clerk, now=NOW)
    assert not roles.how_said(seen(case, clerk).record)


def test_e51_what_is_not_filed_is_not_asked(clerk: Actor) -> None:
    case = widowed(clerk, health_insurance="employee_insured", pension="none", estate=frozenset())
    judged = seen(case, clerk).judged
    assert roles.roles_that_may_be_needed(judged) == {}
    sign(case, clerk, now=LATER)


def test_e51_a_role_in_which_nothing_is_filed_stays_off_the_paper(clerk: Actor) -> None:
    case = widowed(clerk, estate=frozenset(), health_insurance="employee_insured")
    say_roles(case=case, holders=THREE, by=clerk, now=NOW, version=None)
    text = paper(case, clerk)
    assert "さくら" in between(text.replace("\n", " "), "年金（未支給", "相続（高額")
    assert "佐藤" not in text and "田中" not in text


def test_e51_who_is_not_settled_is_left_to_the_hand(clerk: Actor) -> None:
    case = widowed(clerk)
    say_roles(case=case, holders={CLAIMANT: THREE[CLAIMANT]}, by=clerk, now=NOW, version=None)
    sign(case, clerk, now=LATER)
    funeral = between(paper(case, clerk).replace("\n", " "), "葬祭を行った方", "年金（未支給")
    assert "さくら" not in funeral and "手書き" in funeral


def test_e51_the_dead_files_nothing(clerk: Actor) -> None:
    case = widowed(clerk)
    for ref in ("p1", "p9"):
        with pytest.raises(roles.NotToBeNamed):
            say_roles(case=case, holders={HOST: RoleHolder("x", ref)}, by=clerk, now=NOW, version=None)


def test_e51_that_another_files_is_told_on_the_page_of_the_procedure(clerk: Actor) -> None:
    case = widowed(clerk)
    say_roles(case=case, holders=THREE, by=clerk, now=NOW, version=None)
    rights = seen(case, clerk).rights
    assert rights["nhi-funeral", HOUSEHOLD_SUBJECT].may is May.CONFIRM
    assert "佐藤 次郎さん" in rights["nhi-funeral", HOUSEHOLD_SUBJECT].note
    assert rights["pension-unpaid", HOUSEHOLD_SUBJECT].may is not May.CONFIRM


def test_e51_of_a_move_nobody_is_asked_for_roles(city: Staff, procedures: str) -> None:
    judged = seen(begun(city["clerk_hana"]), city["clerk_hana"]).judged
    assert roles_needed(judged, judged.decisions) == {}


def test_e51_the_pack_says_of_seven_procedures_in_whose_name_they_are() -> None:
    found = {one.law_id: one.role for one in national_pack().procedures if one.role}
    assert found == {
        "D04": HOST, "D05": HOST, "D09": CLAIMANT, "D10": CLAIMANT, "D12": HEIR, "D16": HEIR, "D17": HEIR,
    }  # fmt: skip


def test_e51_who_was_named_with_the_death_itself_is_not_asked_for_again(clerk: Actor) -> None:
    case = widowed(clerk)
    said = SaidEvent(
        day=MOVED_ON, concerned=frozenset({"p1"}), new_head="p2", bereaved=Bereaved(funeral_host="佐藤 次郎")
    )
    household_notice.say_event(case=case, said=said, by=clerk, now=NOW, version=None)
    record = seen(case, clerk).record
    assert [holder_of(record, role) for role in (HOST, HEIR, CLAIMANT)] == [
        RoleHolder("佐藤 次郎"),
        None,
        None,
    ]
    assert "佐藤 次郎" in between(paper(case, clerk).replace("\n", " "), "葬祭を行った方", "年金（未支給")
    say_roles(case=case, holders={HEIR: THREE[HEIR]}, by=clerk, now=NOW, version=None)
    assert holder_of(seen(case, clerk).record, HOST) is None, "what is said one by one replaces it"
    sign(case, clerk, now=LATER)
