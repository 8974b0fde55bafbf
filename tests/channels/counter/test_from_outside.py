"""Interpreters and contractors at their screens, and at every address that is not theirs (通訳・委託)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import PLANTED, RESIDENTS, STAFF
from tests.house.authority_table import table
from tests.house.every_address import ours
from tests.house.test_addresses import NOBODYS
from tests.house.test_protected_people import with_the_protected
from tests.rooms.cases.walking import answered, begun

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.interpreting import call_interpreter
from madoguchi.cases.models import CaseRow, InterpreterCallRow
from madoguchi.city.authority import FROM_OUTSIDE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]
Staff = Mapping[str, Actor]
SignedIn = Callable[[str], Client]
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
OUTSIDE = [name for name, one in STAFF.items() if set(one.roles) & FROM_OUTSIDE]
MOVED = {
    "form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "go": "save", "move_date": "2026-11-05",
    "planned_move_out_date": "2026-10-25", "old_address": "京都府京都市中京区寺町通御池上る488番地", "old_head": "引越 大",
    "new_address": "まど県まどか市新町3番地", "form-0-name": "引越 大", "form-0-birth": "1984-05-02", "form-0-sex": "male",
    "form-0-relationship": "世帯主", "form-0-nationality_class": "jp",
}  # fmt: skip


def test_one_of_each_kind_is_walked() -> None:
    assert {role for name in OUTSIDE for role in STAFF[name].roles} == FROM_OUTSIDE


@pytest.mark.parametrize("who", OUTSIDE)
def test_addresses_that_are_not_theirs_refuse(who: str, signed_in: SignedIn, city: Staff) -> None:
    """Each of them a third, together every one; each for everybody: proofs/p14_authority.py."""
    (role,) = STAFF[who].roles
    case, browser, refused = begun(city["clerk_hana"]), signed_in(who), 0
    for number, address in enumerate(ours()):
        row = table()[address.name]
        if number % len(OUTSIDE) != OUTSIDE.index(who) or {role.value, "staff", "anyone"} & set(row.roles):
            continue
        parts = [one.split(">")[0].split(":") for one in address.pattern.split("<")[1:]]
        url = address.filled({**{name: NOBODYS[kind] for kind, name in parts}, "case": case})
        for answer in (browser.get(url), browser.post(url)):
            assert answer.status_code in (302, 403), address.name
            assert answer.status_code == 403 or row.authority == "resident", address.name
            refused += 1
    assert refused > 130


def test_a_clerk_calls_an_interpreter_who_reads_and_is_sent_off(signed_in: SignedIn, city: Staff) -> None:
    case, hana, lin = begun(city["clerk_hana"]), signed_in("clerk_hana"), signed_in("interpreter_lin")
    answered(case, city["clerk_hana"])
    url, own = f"/cases/{case}/interpreter/", f"/interpreting/{case}/"
    assert f"/cases/{case}/interpreter/" in hana.get(f"/cases/{case}/hearing/").content.decode()
    assert lin.get(own).status_code == 404
    assert "通訳 林" in hana.get(url).content.decode()
    number = str(city["interpreter_lin"].staff_id)
    assert hana.post(url, {"act": "call", "number": number}).status_code == 302
    assert case in lin.get("/interpreting/").content.decode()
    page = lin.get(own)
    assert "引越 大" in page.content.decode() and "転入届" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert "<form" not in page.content.decode().split("<main")[1].split("</main>")[0], "nothing to write into"
    assert lin.post(own, {"act": "answer"}).status_code == 200, "a post is one more reading"
    call = InterpreterCallRow.objects.get()
    assert hana.post(url, {"act": "end", "number": str(call.pk)}).status_code == 302
    assert lin.get(own).status_code == 404
    assert case not in lin.get("/interpreting/").content.decode()
    refused = EntryRow.objects.filter(activity="refused", body__needed="called")
    assert {one.staff_id for one in refused} == {city["interpreter_lin"].staff_id} and len(refused) == 2
    assert hana.post(url, {"act": "end", "number": str(call.pk)}).status_code == 422
    assert hana.post(url, {"act": "call", "number": "x"}).status_code == 422


def test_no_address_number_or_register_value_comes_before_an_interpreter(
    signed_in: SignedIn, city: Staff
) -> None:
    hana = city["clerk_hana"]
    case = with_the_protected(hana)
    answered(case, hana)
    call_interpreter(
        case=case, interpreter=city["interpreter_lin"].staff_id or 0, by=hana, now=timezone.now()
    )
    page = signed_in("interpreter_lin").get(f"/interpreting/{case}/").content.decode()
    protected = RESIDENTS["protected"]
    assert protected.name.name in page, "who is there"
    for word in (*PLANTED, protected.resident_no, "まどか市窓口町", "寺町通御池", "1992", "平4"):
        assert word not in page, word


def test_an_interpreter_sees_no_other_case(signed_in: SignedIn, city: Staff) -> None:
    hana = city["clerk_hana"]
    mine, other = begun(hana), begun(hana)
    call_interpreter(
        case=mine, interpreter=city["interpreter_lin"].staff_id or 0, by=hana, now=timezone.now()
    )
    browser = signed_in("interpreter_lin")
    assert browser.get(f"/interpreting/{mine}/").status_code == 200
    pages = {one: browser.get(f"/interpreting/{one}/") for one in (other, "0" * 32)}
    assert {page.status_code for page in pages.values()} == {404}
    assert len({TOKEN.sub("", page.content.decode()).replace(one, "") for one, page in pages.items()}) == 1


def test_a_contractor_copies_a_certificate_and_hands_it_over(signed_in: SignedIn, city: Staff) -> None:
    shita = signed_in("contract_shita")
    opened = shita.post("/preparing/", {"event": "move_in"})
    url = opened.headers["Location"]
    case = CaseRow.objects.get().public_id
    assert url == reverse("counter:preparing", args=[case])
    assert "転出証明書の内容" in shita.get(url).content.decode()
    more = shita.post(url, {**MOVED, "go": "more"}).content.decode()
    assert 'value="引越 大"' in more and "form-2-name" in more
    wrong = shita.post(url, {**MOVED, "move_date": "2999-01-01"})
    assert "住み始めた日" in wrong.content.decode()
    done = shita.post(url, MOVED, follow=True).content.decode()
    assert "窓口に渡しました" in done and "引越" not in done
    assert shita.get(url).status_code == shita.post(url, MOVED).status_code == 404
    assert CaseRow.objects.get().parked
    assert "引越 大" in signed_in("clerk_hana").get(f"/cases/{case}/", follow=True).content.decode()


def test_a_contractor_leaves_it_empty_and_opens_nothing_else(signed_in: SignedIn, city: Staff) -> None:
    shita = signed_in("contract_shita")
    for event in ("death", "none", "no_such_event", ""):
        answer = shita.post("/preparing/", {"event": event})
        assert answer.status_code == 422 and "転入と国外からの転入だけ" in answer.content.decode()
    url = shita.post("/preparing/", {"event": "move_in_abroad"}).headers["Location"]
    assert "パスポート・在留カードの内容" in shita.get(url).content.decode()
    assert signed_in("clerk_hana").get(url).status_code == 403, "a clerk has the counter's own screens"
    assert shita.post(url, {"go": "leave"}).status_code == 302
    assert shita.get(url).status_code == 404
    assert EntryRow.objects.filter(activity="refused", body__needed="own").count() == 1


def test_a_contractor_at_the_calls_opens_no_case(signed_in: SignedIn, city: Staff) -> None:
    uke = signed_in("contract_uke")
    page = uke.get("/calls/").content.decode()
    assert "呼出し" in page and "受付一覧" not in page
    assert uke.post("/calls/none/case/").status_code == 403
