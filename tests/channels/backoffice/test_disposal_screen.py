"""保存期間と廃棄 on the screen: two persons press, a bar shows how far it is, and the certificate is there at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import NOW
from tests.rooms.disposal.planting import WORD, five_years, planted

from madoguchi.audit.entries import Actor
from madoguchi.cases.models import CaseRow
from madoguchi.disposal.erasing import go_on
from madoguchi.disposal.holds import holds_now
from madoguchi.disposal.models import ProposalRow
from madoguchi.disposal.periods import set_periods

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]
HOME = "/office/disposal/"
YEARS_LATER = NOW.replace(year=2033)


@pytest.fixture(autouse=True)
def _years_later(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ATTACHMENTS_FOLDER = tmp_path / "attachments"
    monkeypatch.setattr(timezone, "now", lambda: YEARS_LATER)


@pytest.fixture
def case(city: Mapping[str, Actor]) -> str:
    there = planted(city).case
    set_periods(periods=[five_years()], by=city["systems_saki"], now=NOW)
    return there


def text(browser: Client, address: str = HOME) -> str:
    return browser.get(address).content.decode()


def test_an_empty_house_says_so(city: Mapping[str, Actor], signed_in: Callable[[str], Client]) -> None:
    page = text(signed_in("systems_saki"))
    assert page.count("定めなし（消しません）") == 5
    assert "廃棄の伺いはまだありません" in page
    assert "廃棄保留の記録はありません" in page


def test_two_persons_press_and_the_certificate_is_there(
    case: str, signed_in: Callable[[str], Client]
) -> None:
    saki, ren = signed_in("systems_saki"), signed_in("auditor_ren")
    made = saki.post(HOME, {"act": "propose", "class": "counter_cases"})
    one = made["Location"]
    assert "別の人が、承認します" in text(saki, one)
    refused = saki.post(f"{one}act/", {"act": "approve", "sure": "yes"})
    assert (refused.status_code, "伺いを作った人は承認できません" in refused.content.decode()) == (422, True)
    unsure = ren.post(f"{one}act/", {"act": "approve"})
    assert (unsure.status_code, ProposalRow.objects.get().state) == (422, "proposed")
    assert ren.get(f"{one}certificate/").status_code == 404
    assert ren.post(f"{one}act/", {"act": "approve", "sure": "yes"})["Location"] == one
    assert "消しています" in text(ren, one)
    bar = ren.get(one, headers={"HX-Request": "true"})
    assert "progress" in bar.content.decode() and "<h1" not in bar.content.decode()
    while go_on(now=YEARS_LATER).gone:
        pass
    assert ren.get(one, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    certificate = text(ren, f"{one}certificate/")
    assert "情報 咲" in certificate and "監査 蓮" in certificate and "このシステムが定めたもの" in certificate
    for page in (
        certificate,
        text(ren, one),
        text(ren),
        ren.get(f"{one}list.csv").content.decode("utf-8-sig"),
    ):
        assert WORD not in page
    assert case in ren.get(f"{one}list.csv").content.decode("utf-8-sig")
    assert ren.get(f"{one}list.xlsx").content[:2] == b"PK"
    assert ren.get(f"{one}list.pdf").status_code == 404


def test_a_hold_is_placed_by_number_and_day_and_released(
    case: str, signed_in: Callable[[str], Client]
) -> None:
    browser, row = signed_in("systems_saki"), CaseRow.objects.get(public_id=case)
    said = {
        "act": "hold",
        "record_class": "counter_cases",
        "number": row.number,
        "reason": "lawsuit",
        "note": "第1号",
    }
    day = f"{row.day.year}-{row.day.month}-{row.day.day}"
    missing = browser.post(HOME, {**said, "day": ""})
    assert (missing.status_code, "一つに決まりません" in missing.content.decode()) == (422, True)
    assert browser.post(HOME, {**said, "day": "いつか"}).status_code == 422
    assert browser.post(HOME, {**said, "day": day}).status_code == 302
    page = text(browser)
    assert case in page and "訴訟" in page and "廃棄の伺いを作る" not in page
    assert browser.post(HOME, {"act": "release", "hold": holds_now()[0].number}).status_code == 302
    assert "廃棄の伺いを作る" in text(browser)


def test_a_proposal_is_sent_back_with_a_reason(case: str, signed_in: Callable[[str], Client]) -> None:
    one = signed_in("systems_saki").post(HOME, {"act": "propose", "class": "counter_cases"})["Location"]
    ren = signed_in("auditor_ren")
    assert ren.post(f"{one}act/", {"act": "send_back", "note": ""}).status_code == 422
    assert ren.post(f"{one}act/", {"act": "send_back", "note": "訴えが出ています"}).status_code == 302
    assert "差しもどし（訴えが出ています）" in text(ren, one)
    assert CaseRow.objects.filter(public_id=case).exists()


@pytest.mark.parametrize(
    "said", [{}, {"act": "propose"}, {"act": "propose", "class": "audit"}, {"act": "release", "hold": "²"}]
)
def test_what_no_page_sends_is_answered_with_a_sentence(
    city: Mapping[str, Actor], signed_in: Callable[[str], Client], said: Mapping[str, str]
) -> None:
    assert signed_in("systems_saki").post(HOME, said).status_code == 422


def test_it_is_for_systems_and_audit_alone(
    signed_in: Callable[[str], Client], city: Mapping[str, Actor]
) -> None:
    assert {one: signed_in(one).get(HOME).status_code for one in ("clerk_hana", "dx_mio", "auditor_ren")} == {
        "clerk_hana": 403, "dx_mio": 403, "auditor_ren": 200,
    }  # fmt: skip
