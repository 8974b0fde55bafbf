"""Applying from home over the pages, without JavaScript: from what one may apply for to the receipt, and after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.applying import ALLOWANCE, account_of, browser_of_role, form_of, picture
from tests.cast import PLANTED, RESIDENTS
from tests.personas import SELF, browser_of

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.models import AttachmentRow, CaseRow, HomeCaseRow, SignatureRow, TaskRow
from madoguchi.connect.twins.virus_scanner import EICAR, ScannerFault, ScannerTwin
from madoguchi.residents import mandates
from madoguchi.residents.mandates import MandateKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]


@pytest.fixture
def family(residents: object, procedures: str) -> Client:
    return browser_of_role("head")


def begun(browser: Client, what: str = ALLOWANCE) -> str:
    """The consent given; the number of the application."""
    page = browser.get(f"/my/apply/for/{what}/")
    answer = browser.post(
        f"/my/apply/for/{what}/", {"agreed": _version(page.content.decode()), **form_of(page)}
    )
    assert answer.status_code == 302, answer.content.decode()
    return HomeCaseRow.objects.latest("pk").number


def _version(page: str) -> str:
    found = re.search(r'name="agreed" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def picked(page: str) -> dict[str, str]:
    """An answer to the question on a page: the first choice, but employed where it is about work."""
    found: dict[str, str] = {}
    for name, value in re.findall(r'<input type="radio" id="[^"]*" name="([^"]+)" value="([^"]+)"', page):
        if name not in found or value in ("employed", "no"):
            found[name] = value
    for name, options in re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', page):
        if not name.endswith(("-era", "-band")):
            codes = re.findall(r'value="([^"]+)"', options)
            found[name] = "employed" if "employed" in codes else codes[0]
    return found


def answered(browser: Client, number: str) -> list[str]:
    """All questions answered; the titles of their pages."""
    titles = []
    for _page in range(30):
        page = browser.get(f"/my/apply/{number}/")
        if page.status_code == 302:
            return titles
        text = page.content.decode()
        found = re.search(r"<h1[^>]*>(.+?)</h1>", text)
        titles.append(found[1] if found else "")
        go = "answer" if picked(text) else "unknown"
        sent = browser.post(f"/my/apply/{number}/", {"go": go, **form_of(page), **picked(text)})
        assert sent.status_code == 302, sent.content.decode()
    raise AssertionError(titles)


def test_the_whole_way_to_the_receipt(family: Client) -> None:
    assert "児童手当 認定請求" in family.get("/my/apply/").content.decode()
    number = begun(family)
    titles = answered(family, number)
    assert 1 <= len(titles) <= 3
    assert family.get(f"/my/apply/{number}/")["Location"] == f"/my/apply/{number}/files/"
    assert "口座" in family.get(f"/my/apply/{number}/files/").content.decode()
    check = family.get(f"/my/apply/{number}/check/")
    text = check.content.decode()
    assert "月に 10,000円" in text
    assert RESIDENTS["wife"].name.name in text
    refused = family.post(f"/my/apply/{number}/check/", form_of(check))
    assert refused.status_code == 422
    assert "しるしを付けて" in refused.content.decode()
    done = family.post(f"/my/apply/{number}/check/", {"declared": "yes", **form_of(check)})
    assert done["Location"] == f"/my/cases/{number}/receipt/"
    again = family.post(f"/my/apply/{number}/check/", {"declared": "yes", **form_of(check)})
    assert again["Location"] == f"/my/cases/{number}/receipt/"
    receipt = family.get(f"/my/cases/{number}/receipt/").content.decode()
    assert f"{number[:4]}-{number[4:7]}-{number[7:]}" in receipt
    assert "あとで出していただくもの" in receipt
    case = CaseRow.objects.get()
    assert (case.channel, case.status, case.signed_round) == ("online", "in_review", 1)
    assert SignatureRow.objects.get().kind == "sign_in"
    assert TaskRow.objects.get().department == "childcare"
    assert "受け付けました" in family.get(f"/my/cases/{number}/").content.decode()
    assert number in family.get("/my/").content.decode().replace("-", "")
    typed = [
        one["characters_typed_by_resident"]
        for one in EntryRow.objects.filter(kind="step", activity="answer").values_list("body", flat=True)
        if "characters_typed_by_resident" in one
    ]
    assert not any(typed)
    assert set(EntryRow.objects.filter(kind="step").values_list("channel", flat=True)) == {"online"}


def test_the_departments_have_it_as_any_other(family: Client, signed_in: Callable[[str], Client]) -> None:
    number = begun(family)
    answered(family, number)
    case = CaseRow.objects.get()
    clerk = signed_in("clerk_hana")
    assert case.number not in clerk.get("/cases/").content.decode(), (
        "what is still being written is theirs alone"
    )
    check = family.get(f"/my/apply/{number}/check/")
    family.post(f"/my/apply/{number}/check/", {"declared": "yes", **form_of(check)})
    officer = signed_in("officer_child")
    desk = officer.get("/desk/").content.decode()
    assert case.number in desk
    assert "オンライン" in desk
    task = officer.get(f"/desk/{TaskRow.objects.get().pk}/")
    assert task.status_code == 200, task
    assert "オンライン" in clerk.get("/cases/").content.decode()
    assert case.number in signed_in("reviewer_jiro").get("/reviews/").content.decode()


def test_a_question_is_asked_until_it_is_answered(family: Client) -> None:
    number = begun(family)
    page = family.get(f"/my/apply/{number}/")
    refused = family.post(f"/my/apply/{number}/", {"go": "answer", **form_of(page)})
    assert refused.status_code == 422
    assert "答えを選んでください" in refused.content.decode()
    unreadable = family.post(
        f"/my/apply/{number}/", {"go": "answer", **form_of(page), "answer-household-claimant": "p99"}
    )
    assert unreadable.status_code == 422


def test_back_and_put_right(family: Client) -> None:
    number = begun(family)
    first = family.get(f"/my/apply/{number}/").content.decode()
    answered(family, number)
    check = family.get(f"/my/apply/{number}/check/").content.decode()
    ways = re.findall(rf"/my/apply/{number}/change/\?act=(\d+)", check)
    assert ways
    page = family.get(f"/my/apply/{number}/change/?act={ways[0]}")
    assert re.search(" (checked|selected)>", page.content.decode()), "what was said stands there"
    text = page.content.decode()
    sent = family.post(f"/my/apply/{number}/change/", {"go": "answer", **form_of(page), **picked(text)})
    assert sent.status_code == 302
    for _back in range(len(ways) + 3):
        sent = family.post(f"/my/apply/{number}/", {"go": "back", "version": ""})
        if sent["Location"] == "/my/apply/":
            break
    assert sent["Location"] == "/my/apply/", "from the first question to what was begun"
    assert re.findall("<h1.*?</h1>", family.get(f"/my/apply/{number}/").content.decode()) == re.findall(
        "<h1.*?</h1>", first
    )


def test_a_page_from_another_window_changes_nothing(family: Client) -> None:
    number = begun(family)
    old = family.get(f"/my/apply/{number}/")
    answers = picked(old.content.decode())
    family.post(f"/my/apply/{number}/", {"go": "answer", **form_of(old), **answers})
    before = CaseRow.objects.get().version
    late = family.post(f"/my/apply/{number}/", {"go": "answer", **form_of(old), **answers})
    assert late.status_code in (302, 409)
    assert CaseRow.objects.get().version == before


@pytest.fixture
def scanner(settings: object) -> object:
    import threading

    twin = ScannerTwin(0)
    threading.Thread(target=twin.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    settings.VIRUS_SCANNER, settings.VIRUS_SCANNER_SECONDS = twin.here, 2.0  # type: ignore[attr-defined]  # a test's own object
    yield twin
    twin.shutdown()
    twin.server_close()


def test_files(family: Client, scanner: ScannerTwin) -> None:
    number = begun(family)
    answered(family, number)
    url = f"/my/apply/{number}/files/"
    field = re.findall(r'name="(file-[0-9a-f]+)"', family.get(url).content.decode())[0]

    def send(contents: bytes, name: str = "../../etc/口座.png") -> object:
        return family.post(url, {field: SimpleUploadedFile(name, contents, "application/x-evil")})

    assert send(picture() + EICAR).status_code == 422  # type: ignore[attr-defined]  # a test's own object
    assert not AttachmentRow.objects.exists()
    for fault in (ScannerFault.HANGS_UP, ScannerFault.GARBAGE, ScannerFault.TOO_LARGE):
        scanner.fault = fault
        assert "いまファイルを調べられない" in send(picture()).content.decode()  # type: ignore[attr-defined]  # a test's own object
    scanner.fault = ScannerFault.NONE
    assert send(b"MZ\x90\0 not a picture", "harmless.png").status_code == 422  # type: ignore[attr-defined]  # a test's own object
    assert send(picture()).status_code == 302  # type: ignore[attr-defined]  # a test's own object
    row = AttachmentRow.objects.get()
    page = family.get(url).content.decode()
    assert "口座.png" not in page
    given = family.get(f"/my/files/{row.public_id}/")
    assert given.content == picture()
    assert given["Content-Disposition"].startswith("attachment;")
    assert given["X-Content-Type-Options"] == "nosniff"
    assert browser_of_role("head_of_joined").get(f"/my/files/{row.public_id}/").status_code == 404
    check = family.get(f"/my/apply/{number}/check/")
    family.post(f"/my/apply/{number}/check/", {"declared": "yes", **form_of(check)})
    assert family.post(f"/my/files/{row.public_id}/").status_code == 409
    assert send(picture("red")).status_code == 409  # type: ignore[attr-defined]  # a test's own object
    assert AttachmentRow.objects.get().dropped_at is None
    assert family.get(f"/my/files/{row.public_id}/").status_code == 200


def test_withdraw_and_correction(family: Client) -> None:
    number = begun(family)
    answered(family, number)
    check = family.get(f"/my/apply/{number}/check/")
    family.post(f"/my/apply/{number}/check/", {"declared": "yes", **form_of(check)})
    assert family.post(f"/my/apply/{number}/", {"go": "answer"}).status_code == 409
    assert family.post(f"/my/cases/{number}/correction/", {"text": "  "}).status_code == 422
    assert family.post(f"/my/cases/{number}/correction/", {"text": "口座を変えました"}).status_code == 302
    assert "口座を変えました" in family.get(f"/my/cases/{number}/").content.decode()
    assert "元にはもどせません" in family.get(f"/my/cases/{number}/withdraw/").content.decode()
    assert family.post(f"/my/cases/{number}/withdraw/").status_code == 302
    assert "取り下げました" in family.get(f"/my/cases/{number}/").content.decode()
    assert TaskRow.objects.get().state == "cancelled"
    assert family.post(f"/my/apply/{number}/check/", {"declared": "yes"}).status_code == 409


def test_a_child_was_born(family: Client) -> None:
    number = begun(family, "birth")
    day = family.get(f"/my/apply/{number}/")
    name = re.findall(r'name="([^"]+)-y"', day.content.decode())[0]
    sent = family.post(
        f"/my/apply/{number}/",
        {
            "go": "answer",
            **form_of(day),
            f"{name}-era": "令和",
            f"{name}-y": "8",
            f"{name}-m": "11",
            f"{name}-d": "5",
        },
    )
    assert sent.status_code == 302, sent.content.decode()
    child = family.get(f"/my/apply/{number}/")
    assert "お子さんの氏名" in child.content.decode()
    field = re.findall(r'<input class="mdg-input" id="([^"]+)"', child.content.decode())[0]
    family.post(f"/my/apply/{number}/", {"go": "answer", **form_of(child), field: "髙橋 新"})
    answered(family, number)
    choose = family.get(f"/my/apply/{number}/", follow=True)
    assert choose.status_code == 200
    if "どれを申請しますか" in choose.content.decode():
        family.post(f"/my/apply/{number}/choose/", {"go": "choose", **form_of(choose)})
    check = family.get(f"/my/apply/{number}/check/")
    assert check.status_code == 200
    text = check.content.decode()
    assert "髙橋 新" in text
    assert "窓口で行う手続き" in text
    assert "出生届" in text


def test_no_page_tells_a_protected_address(
    residents: object, procedures: str, city: Mapping[str, Actor]
) -> None:
    """Whoever acts for somebody protected, by a mandate that staff entered, learns no address from any page."""
    persona, protected = account_of("head"), RESIDENTS["protected"].resident_no
    code = mandates.make_code(account=persona.account, by=SELF, now=timezone.now())
    mandate = mandates.enter(
        principal_no=protected, code=code, kind=MandateKind.GUARDIAN, procedures=(),
        ends_on=timezone.localdate() + timedelta(days=90), evidence="登記 第1号", handles_protection=True,
        by=city["protector_yuki"], now=timezone.now(),
    )  # fmt: skip
    browser = browser_of(persona)
    session = browser.session
    session["acting_for"] = mandate
    session.save()
    number = begun(browser)
    answered(browser, number)
    check = browser.get(f"/my/apply/{number}/check/")
    pages = [check, browser.get("/my/"), browser.get("/my/apply/"), browser.get(f"/my/apply/{number}/files/")]
    browser.post(f"/my/apply/{number}/check/", {"declared": "yes", **form_of(check)})
    for screen in ("", "receipt/", "withdraw/", "correction/"):
        pages.append(browser.get(f"/my/cases/{number}/{screen}"))
    assert {page.status_code for page in pages} == {200}
    assert not any(part in page.content.decode() for part in PLANTED for page in pages)


def test_unknown_numbers_are_not_found_and_written_down(family: Client) -> None:
    number = begun(family)
    other = browser_of_role("head_of_joined")
    for url in (
        f"/my/apply/{number}/", f"/my/apply/{number}/change/", f"/my/apply/{number}/choose/",
        f"/my/apply/{number}/files/", f"/my/apply/{number}/check/", f"/my/cases/{number}/",
        f"/my/cases/{number}/receipt/", f"/my/cases/{number}/withdraw/", f"/my/cases/{number}/correction/",
    ):  # fmt: skip
        before = EntryRow.objects.filter(activity="refused").count()
        assert other.get(url).status_code == other.post(url).status_code == 404, url
        assert EntryRow.objects.filter(activity="refused").count() == before + 2
    assert family.get("/my/apply/for/move-in-notice/").status_code == 404
