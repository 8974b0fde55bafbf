"""What naive screens get wrong: whose name is called, which twin is chosen, which character is kept.

Numbers: docs/edge-cases.md.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.cast import FIVE, NOW, RESIDENTS, certificate, mover, number
from tests.rooms.cases.walking import answered, begun, opened, seen, sign, signed, visited

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.cases import opening
from madoguchi.cases.acting import find_case
from madoguchi.cases.models import TaskRow
from madoguchi.cases.sheet_facts import PapersOfCase, facts_for_sheets
from madoguchi.cases.states import CaseStatus, VisitorKind
from madoguchi.channels.counter.forms import RELATIONSHIPS
from madoguchi.connect import operations
from madoguchi.connect.answer_file import take_answers
from madoguchi.connect.change_files import to_csv, to_json
from madoguchi.connect.operations import approve_and_create
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import NameParts
from madoguchi.papers.facts import Name
from madoguchi.procedures.kinship import chains_of
from madoguchi.residents.disclosure import disclose
from madoguchi.residents.people import SearchTerms
from madoguchi.residents.protection import Audience
from madoguchi.residents.search import search

Staff = Mapping[str, Actor]
SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db
CORE = Actor(None, "異動データ連携", "", "")


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_e29_lists_that_others_can_see_call_a_number_and_nobody(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    """The counter's list, the departments' desk, the queue of reviews, the list of changes: numbers only."""
    clerk = city["clerk_hana"]
    begun(clerk)
    case = signed(clerk)
    row = find_case(case)
    assert TaskRow.objects.filter(case__public_id=case, department="insurance").exists()
    lists = {"/cases/": "clerk_hana", "/desk/": "officer_nhi", "/reviews/": "reviewer_jiro"}
    shown = {address: text(signed_in(who).get(address)) for address, who in lists.items()}
    approve_and_create(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    shown["/office/changes/"] = text(signed_in("systems_saki").get("/office/changes/"))
    for address, page in shown.items():
        assert row.number in page, address
        assert [person.name for person in FIVE if person.name in page] == [], address
        assert "引越" not in page, address


def test_e29_the_title_of_no_page_of_a_case_names_anybody(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    """A title stands on the tab and the taskbar, which a screen turned round shows too."""
    browser, case = signed_in("clerk_hana"), begun(city["clerk_hana"])
    for screen in (
        "start",
        "household",
        "visitor",
        "hearing",
        "check",
        "sign",
        "display",
        "history",
        "journey",
    ):
        page = text(browser.get(f"/cases/{case}/{screen}/", follow=True))
        title = page.split("<title>", 1)[1].split("</title>", 1)[0]
        assert "引越" not in title, screen


def test_e29_what_the_visitor_is_shown_does_not_say_who_is_a_man_and_who_a_woman(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    """Whoever stands behind can read it too, and it may differ from what one sees."""
    browser, case = signed_in("clerk_hana"), begun(city["clerk_hana"])
    assert "性別" in text(browser.get(f"/cases/{case}/hearing/"))
    page = text(browser.get(f"/cases/{case}/display/"))
    assert "生年月日" in page
    assert "性別" not in page


def test_e30_one_twin_is_chosen_by_number(
    city: Staff, procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    browser, case = signed_in("clerk_hana"), opened(city["clerk_hana"])
    page = text(browser.post(f"/cases/{case}/find/", {"name": "双葉 光", "birth": "H30.4.2"}))
    assert "氏名も生年月日も同じ人がいます" in page
    for twin in ("twin_one", "twin_two"):
        assert f'value="{residents[twin]}"' in page
        assert f"（宛名番号 {residents[twin]}）" in page
    assert browser.post(f"/cases/{case}/choose/", {"resident": residents["twin_two"]}).status_code == 302
    record = seen(case, city["clerk_hana"]).record
    assert [person.resident_no for person in record.people] == [residents["twin_two"]]
    assert record.text("kana", "p1") == RESIDENTS["twin_two"].name.kana


def test_e50_that_a_letter_is_due_is_said_until_the_end(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    clerk, said = city["clerk_hana"], "本人あてに、受け付けたことの通知"
    proved, case = begun(clerk), begun(clerk)
    visited(proved, clerk)
    opening.set_visitor(
        case=case, kind=VisitorKind.SELF, person="p1", name="", phone="", documents=frozenset(),
        proof_seen=False, unproved=True, by=clerk, now=NOW, version=None,
    )  # fmt: skip
    browser, reviewer = signed_in("clerk_hana"), signed_in("reviewer_jiro")
    for screen in ("hearing", "check"):
        assert said in text(browser.get(f"/cases/{case}/{screen}/"))
        assert said not in text(browser.get(f"/cases/{proved}/{screen}/"))
    answered(case, clerk)
    sign(case, clerk)
    assert said in text(browser.get(f"/cases/{case}/done/"))
    assert said in text(reviewer.get(f"/reviews/{case}/"))


def copied(**person: str) -> dict[str, str]:
    """A certificate of one person, as the screen posts it."""
    line = {
        "birth": "S59.5.2",
        "sex": "female",
        "relationship": "世帯主",
        "nationality_class": "jp",
        **person,
    }
    return {
        "move_date": "R8.11.5", "planned_move_out_date": "R8.10.25", "old_address": "京都府京都市中京区1",
        "new_address": "まど県まどか市窓口町二丁目3番地の5", "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0",
        **{f"form-0-{key}": value for key, value in line.items()},
    }  # fmt: skip


def registered(case: str, change: str) -> NameParts:
    """The names under which the register keeps the one mover, after the core system's answer."""
    given = f"change_id,result,reason,ref,resident_no,household_no\n{change},ok,,p1,{number(901)},0000090\n"
    assert take_answers(content=given.encode("utf-8-sig"), by=CORE, now=NOW).faults == ()
    assert CaseStatus(find_case(case).status) is CaseStatus.REGISTERED
    (kept,) = disclose(
        actor=CORE, purpose=Purpose.CHANGE_DATA, resident_nos=[number(901)], audience=Audience.CLERK, case=None,
        screen="test", now=NOW,
    )  # fmt: skip
    return kept.name


def found(name: str, by: Actor) -> list[str]:
    terms = SearchTerms(name=name, birth=date(1984, 5, 2))
    hits = search(terms=terms, actor=by, purpose=Purpose.COUNTER_CASE, case=None, now=NOW).hits
    return [hit.name for hit in hits]


def test_e27_a_former_surname_and_an_alias_come_along(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    """On the certificate, on the sheet, to the core system and in the register; not for bystanders to read."""
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case, further = opened(clerk), {"former_surname": "鈴木", "alias": "山田 譲", "kanji_alongside": "史密斯"}
    posted = copied(name="SMITH JOHN", **further)
    assert browser.post(f"/cases/{case}/certificate/", posted).status_code == 302
    assert "山田 譲" in text(browser.get(f"/cases/{case}/hearing/"))
    shown = text(browser.get(f"/cases/{case}/display/"))
    assert "SMITH JOHN" in shown
    assert not any(word in shown for word in further.values())
    facts = facts_for_sheets(PapersOfCase(case, actor=clerk, now=NOW), "p1")
    printed = facts.known["person.name", "p1"].value
    assert isinstance(printed, Name)
    assert printed.text == "SMITH JOHN（史密斯、旧氏 鈴木、通称 山田 譲）"
    visited(case, clerk)
    sign(case, clerk)
    approve_and_create(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    bodies = operations.hand_over(by=CORE, now=NOW).bodies
    told = json.loads(to_json(bodies))["changes"][0]["people"][0]
    assert {key: told[key] for key in further} == further
    kept = registered(case, str(bodies[0]["change_id"]))
    assert {key: getattr(kept, key) for key in further} == further
    assert found("山田譲", clerk) == ["SMITH JOHN"]


@pytest.mark.parametrize("relationship", ["子の妻", "夫（未届）", "妻（未届）", "同居人", "縁故者"])
def test_e36_a_relationship_of_the_certificate_is_copied_as_it_is(
    relationship: str, city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = opened(clerk)
    posted = copied(name="引越 大") | {
        "form-TOTAL_FORMS": "2", "form-1-name": "引越 結", "form-1-birth": "H2.3.3",
        "form-1-relationship": relationship, "form-1-nationality_class": "jp",
    }  # fmt: skip
    assert browser.post(f"/cases/{case}/certificate/", posted).status_code == 302
    assert seen(case, clerk).record.text("relationship", "p2") == relationship


def test_e36_every_relationship_on_offer_is_understood() -> None:
    apart = {"同居人", "縁故者"}
    assert apart < set(RELATIONSHIPS)
    assert [one for one in RELATIONSHIPS if one not in apart and chains_of(one) == ()] == []


def test_e46_a_grown_up_child_of_the_head_can_be_the_one_who_claims(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    """Three generations move in together: the mother of the child is 子 to the head, and 42 years old."""
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case, family = opened(clerk), (
        mover("引越 祖", date(1955, 5, 2), "male", "世帯主"),
        mover("引越 母", date(1984, 5, 2), "female", "子"),
        mover("引越 年", PossibleDays("平成不詳", date(2008, 1, 1), date(2009, 12, 31)), "male", "子"),
        mover("引越 孫", date(2019, 5, 2), "female", "子の子"),
        mover("引越 若", date(2008, 11, 11), "male", "子の子"),
    )  # fmt: skip
    opening.begin_from_certificate(case=case, certificate=certificate(*family), by=clerk, now=NOW)
    page = text(browser.get(f"/cases/{case}/household/"))
    offered = set(re.findall(r'name="claimant" value="(p\d)"', page))
    assert offered == {"p1", "p2", "p3"}, "who turns 18 in two days is no adult yet"


NAMES = [
    "葛\U000e0101城 花",  # a variant of Adobe-Japan1
    "邉\U000e010f子 花",  # a variant of 文字情報基盤
    "𠮷田 花",  # outside the basic plane
    "\ufa11\ufa19 花",  # compatibility characters, which NFC would exchange
    "\ue000本 花",  # a 外字
]


@pytest.mark.parametrize("name", NAMES, ids=["adobe", "moji-joho", "surrogate", "compatibility", "gaiji"])
def test_e23_a_character_keeps_its_identity_from_the_form_to_the_register(
    name: str, city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    """Typed at the counter, shown, told to the core system, and back in the register: the same code points."""
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = opened(clerk)
    assert browser.post(f"/cases/{case}/certificate/", copied(name=name)).status_code == 302
    assert seen(case, clerk).record.text("name", "p1") == name
    assert name in text(browser.get(f"/cases/{case}/hearing/"))
    visited(case, clerk)
    sign(case, clerk)
    approve_and_create(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    bodies = operations.hand_over(by=CORE, now=NOW).bodies
    assert json.loads(to_json(bodies))["changes"][0]["people"][0]["name"] == name
    utf8 = to_csv(bodies, encoding="utf-8").content.decode("utf-8-sig")
    assert [line["name"] for line in csv.DictReader(io.StringIO(utf8, newline=""))] == [name]
    degraded = [one.written for one in to_csv(bodies, encoding="cp932").degraded]
    assert (name in degraded) or name.encode("cp932").decode("cp932") == name, "never replaced without a word"
    assert registered(case, str(bodies[0]["change_id"])).name == name
    assert found(name, clerk) == [name]
