"""What real life brings to the counter's screens: each is answered with a sentence, and nothing is given away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.cast import NOW, PLANTED, PLANTED_ADDRESS, PLANTED_BUILDING, RESIDENTS, certificate
from tests.rooms.cases.walking import begun, opened, publish_with_a_bus_pass, seen, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, opening, queries
from madoguchi.cases.states import CaseStatus
from madoguchi.procedures.facts import FactRef

Staff = Mapping[str, Actor]
SignedIn = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_the_residents_screen_shows_the_newcomers_nothing_of_those_who_live_there(
    city: Staff, procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    opening.join_household(case=case, number=RESIDENTS["head_of_joined"].household_no, by=clerk, now=NOW)
    shown = text(signed_in("clerk_hana").get(f"/cases/{case}/display/"))
    assert "引越 大" in shown
    assert "大家 一郎" not in shown


def test_a_wrong_name_is_put_right_on_its_page(city: Staff, procedures: str, signed_in: SignedIn) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = begun(clerk)
    page = f"/cases/{case}/facts/name/p1/"
    assert page in text(browser.get(f"/cases/{case}/hearing/"))
    assert "引越 大" in text(browser.get(page))
    posted = {"answer-p1-name": "引越 太", "reason": "字の誤り", "version": seen(case, clerk).header.version}
    assert browser.post(page, posted).status_code == 302
    assert seen(case, clerk).record.text("name", "p1") == "引越 太"
    assert "字の誤り" in text(browser.get(page))


def test_a_day_that_has_not_come_is_answered_with_a_sentence(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = begun(clerk)
    posted = {
        "answer-event-move_date": "2099-01-01",
        "reason": "x",
        "version": seen(case, clerk).header.version,
    }
    answer = browser.post(f"/cases/{case}/facts/move_date/event/", posted)
    assert (answer.status_code, "届出の日より後" in text(answer)) == (200, True)


@pytest.mark.parametrize("key", ["new_address", "new_building"])
def test_the_page_of_an_address_does_not_show_it_where_it_may_not_appear(
    key: str, city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = opened(clerk)
    opening.begin_from_certificate(
        case=case,
        certificate=certificate(new_address=PLANTED_ADDRESS, new_building=PLANTED_BUILDING),
        by=clerk,
        now=NOW,
    )
    page = f"/cases/{case}/facts/{key}/event/"

    def found() -> bool:
        return any(word in text(browser.get(page)) for word in PLANTED)

    assert found()
    opening.set_who_moves(
        case=case, moving=frozenset({"p1"}), relationships={}, claimant=None, keep_address_off=True, by=clerk,
        now=NOW, version=None,
    )  # fmt: skip
    assert not found()
    posted = {
        f"answer-event-{key}": "新しい番地",
        "reason": "番地の誤り",
        "version": seen(case, clerk).header.version,
    }
    assert browser.post(page, posted).status_code == 302
    assert not found()
    assert seen(case, clerk).record.text(key) == "新しい番地"


def test_a_signature_without_a_head_of_the_household_is_answered_with_a_sentence(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = begun(clerk)
    visited(case, clerk)
    opening.set_who_moves(
        case=case, moving=frozenset({"p2", "p4"}), relationships={}, claimant=None, keep_address_off=False, by=clerk,
        now=NOW, version=None,
    )  # fmt: skip
    assert "世帯主がいません" in text(browser.get(f"/cases/{case}/hearing/"))
    posted = {"kind": "paper", "paper_signed": "yes", "version": seen(case, clerk).header.version}
    assert "世帯主がいません" in text(browser.post(f"/cases/{case}/sign/", posted))
    assert seen(case, clerk).header.status is CaseStatus.HEARING


def test_why_it_is_late_is_kept_from_the_check_page(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = begun(clerk, move_date=date(2026, 9, 1))
    visited(case, clerk)
    posted = {"late_reason": "入院していた", "version": seen(case, clerk).header.version}
    assert browser.post(f"/cases/{case}/check/", posted).status_code == 302
    assert seen(case, clerk).header.late_reason == "入院していた"
    assert "入院していた" in text(browser.get(f"/cases/{case}/check/"))
    told = queries.fact_history(case=case, ref=FactRef("late_reason", "event"))
    assert len(told) == 1


def test_practice_finds_nobody_of_the_register(
    city: Staff, procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    case = opened(city["clerk_hana"], practice=True)
    answer = text(signed_in("clerk_hana").post(f"/cases/{case}/find/", {"name": "髙橋 太郎"}))
    assert "練習の受付では住民記録を開きません" in answer
    assert residents["head"] not in answer


def test_a_document_of_another_case_is_not_found(city: Staff, procedures: str, signed_in: SignedIn) -> None:
    clerk = city["clerk_hana"]
    case, other = begun(clerk), begun(clerk)
    closing.note_documents(case=other, missing=[("nhi-enrol", "証明書")], by=clerk, now=NOW)
    (document,) = seen(other, clerk).documents
    answer = signed_in("clerk_hana").post(f"/cases/{case}/received/", {"document": str(document.id)})
    assert answer.status_code == 404


def test_what_the_visitor_may_do_is_on_the_page_of_the_procedure(
    city: Staff, procedures: str, signed_in: SignedIn
) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = begun(clerk)
    visited(case, clerk, person="p1")
    assert "照会書" in text(browser.get(f"/cases/{case}/procedures/seal-registration/p2/"))
    own = text(browser.get(f"/cases/{case}/procedures/seal-registration/p1/"))
    assert "来た人ができること" not in own


def test_a_newer_revision_is_offered_with_its_difference_and_taken_only_by_a_press(
    city: Staff, procedures: str, signed_in: SignedIn, tmp_path: Path
) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    case = begun(clerk)
    page = f"/cases/{case}/revision/"
    assert page not in text(browser.get(f"/cases/{case}/hearing/"))
    newer = publish_with_a_bus_pass(tmp_path)
    assert page in text(browser.get(f"/cases/{case}/hearing/"))
    assert "引越バスの案内" in text(browser.get(page))
    assert seen(case, clerk).header.revision == procedures, "looking changes nothing"
    assert browser.post(page, {"version": seen(case, clerk).header.version}).status_code == 302
    assert seen(case, clerk).header.revision == newer
    assert page not in text(browser.get(f"/cases/{case}/hearing/"))
