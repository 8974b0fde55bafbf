"""From any page to what somebody says of it, without a name, without the page's address, and back to what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from random import Random

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.cast import NOW
from tests.channels.malformed_posts import build_city, forget_city, values
from tests.house.every_address import ours
from tests.house.tree import SOURCE, files
from tests.rooms.cases.walking import begun

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.catalogue.drafts.operations import begin
from madoguchi.catalogue.feedback.values import LETTERS
from madoguchi.catalogue.models import FeedbackRow
from madoguchi.channels.shared.screens import PARTS, screen_of
from madoguchi.city.authority import Authority, Role, authorities_of
from madoguchi.city.models import StaffMember

pytestmark = pytest.mark.django_db
SignedIn = Callable[[str], Client]
LINK = re.compile(r'<aside class="mdg-feedback"[^>]*><a href="([^"]+)"')
# Nobody who stands before these can press or write anything; the pages of the feedback itself are the end of the way.
WITHOUT = ("kiosk:", "board:wall", "board:booth", "feedback:")


def link_in(answer: HttpResponse) -> str:
    found = LINK.search(answer.content.decode())
    return unescape(found[1]) if found else ""


def say(browser: Client, link: str, words: str = "字が小さい", verdict: str = "unclear") -> HttpResponse:
    press = re.search(r'name="press" value="([^"]+)"', browser.get(link).content.decode())
    assert press
    return browser.post(link, {"verdict": verdict, "words": words, "press": press[1]}, follow=True)  # type: ignore[return-value]  # the stubs' own class


def number_on(answer: HttpResponse) -> str:
    found = re.search(rf"<strong>([{LETTERS}]{{4}}-[{LETTERS}]{{4}})</strong>", answer.content.decode())
    assert found
    return found[1]


def test_no_page_takes_the_way_away_but_those_where_nobody_can_write() -> None:
    taken = {
        path.relative_to(SOURCE).as_posix().rpartition("templates/")[2]
        for path in files(".html", under=SOURCE)
        if "block feedback" in path.read_text(encoding="utf-8")
    }
    assert taken == {
        "shared/base.html", "board/wall.html", "board/booth.html", "kiosk/base.html", "feedback/base.html",
        "furusato/base.html",  # there, and left out in print
    }  # fmt: skip


@pytest.mark.parametrize(
    ("username", "url"),
    [
        ("", "/book/"), ("", "/congestion/"), ("", "/t/"), ("", "/accuracy/"), ("", "/staff/login/"), ("", "/api/"),
        ("clerk_hana", "/cases/"), ("dx_mio", "/office/editor/"), ("dx_mio", "/no/such/page/"),
    ],
)  # fmt: skip
def test_pages_have_the_way(username: str, url: str, procedures: str, signed_in: SignedIn) -> None:
    browser = signed_in(username) if username else Client()
    assert link_in(browser.get(url)).startswith("/feedback/")  # type: ignore[arg-type]  # the stubs' own class


@pytest.mark.slow
def test_every_page_has_the_way_and_no_address_in_it() -> None:
    build_city(NOW)
    forget_city()
    filled_with = values(Random(4))
    browsers = {None: Client()}
    found, without = set(), set()
    for member in StaffMember.objects.all():
        browsers[member.username] = Client()  # type: ignore[index]  # a name beside nobody
        browsers[member.username].force_login(member, "django.contrib.auth.backends.ModelBackend")  # type: ignore[index]  # the same
    held = {
        member.username: authorities_of(frozenset(Role(one.role) for one in member.role_rows.all()))
        for member in StaffMember.objects.all()
    }
    for address in ours():
        who = next((name for name, those in held.items() if address.view.authority in those), None)
        answer = browsers[None if address.view.authority is Authority.ANYONE else who].get(  # type: ignore[index]  # the same
            address.filled(filled_with)
        )
        if answer.status_code != 200 or b"<html" not in answer.content[:200]:
            continue
        link = link_in(answer)
        (found if link else without).add(address.name)
        if link:
            about = screen_of(re.sub(r"^.*about=|&.*$", "", link).replace("%3A", ":").replace("%7C", "|"))
            assert about.screen == address.name, link
            ids = [
                str(filled_with[name]) for name in ("case", "ticket", "secret", "change") if filled_with[name]
            ]
            assert not [one for one in ids if len(one) > 3 and one in link]
    assert [name for name in without if not name.startswith(WITHOUT)] == []
    assert len(found) > 40
    assert {name.partition(":")[0] for name in found if ":" in name} <= PARTS.keys()


def test_of_a_case_only_the_screen_and_the_procedure_are_kept(
    city: Mapping[str, Actor], procedures: str, signed_in: SignedIn
) -> None:
    case, browser = begun(city["clerk_hana"]), signed_in("clerk_hana")
    acts = EntryRow.objects.count()
    link = link_in(browser.get(f"/cases/{case}/procedures/nhi-enrol/p1/"))  # type: ignore[arg-type]  # the stubs' own class
    acts_of_page = EntryRow.objects.count()
    say(browser, link)
    row = FeedbackRow.objects.get()
    assert (row.screen, row.procedure, row.giver, row.language) == (
        "counter:procedure", "nhi-enrol", "clerk", "ja",
    )  # fmt: skip
    assert (row.revision, row.press) != (procedures, "") and row.revision == procedures
    kept = repr(FeedbackRow.objects.values())
    member = StaffMember.objects.get(username="clerk_hana")
    for gone in (case, "p1", "/cases/", "127.0.0.1", member.username, member.display_name):
        assert gone not in kept, gone
    assert acts_of_page >= acts and EntryRow.objects.count() == acts_of_page, "who said it is in no audit"


def test_a_resident_says_it_and_sees_what_became_of_it(city: Mapping[str, Actor], procedures: str) -> None:
    browser = Client()
    page = browser.get("/book/")
    answer = say(browser, link_in(page), "電話は090-1234-5678です")  # type: ignore[arg-type]  # the stubs' own class
    row = FeedbackRow.objects.get()
    assert (row.words, row.giver, row.department) == ("電話は［電話］です", "resident", "")
    number = number_on(answer)
    assert number.replace("-", "") == row.number
    told = Client().post("/feedback/became/", {"number": number.lower()}).content.decode()
    assert "これから読みます" in told and "字が小さい" not in told, (
        "what was said is not shown to whoever has a number"
    )


def test_an_address_that_we_did_not_sign_names_no_screen(city: Mapping[str, Actor]) -> None:
    for about in ("counter:hearing|x:forged", "", "x" * 500, "<b>"):
        say(Client(), f"/feedback/?about={about}", press_words(about))
    assert set(FeedbackRow.objects.values_list("screen", "procedure")) == {("", "")}


def press_words(about: str) -> str:
    return f"ご意見{len(about)}"


def test_pressed_twice_it_is_there_once(city: Mapping[str, Actor]) -> None:
    browser = Client()
    form = {"verdict": "clear", "press": "the same"}
    assert {browser.post("/feedback/", form).status_code for _ in range(2)} == {302}
    assert FeedbackRow.objects.count() == 1


@pytest.mark.parametrize(
    "form",
    [{}, {"verdict": "no such"}, {"verdict": "wrong"}, {"verdict": "other", "words": " "}, {"verdict": "clear", "words": "あ" * 401}],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_and_stays_in_the_form(
    form: dict[str, str], city: Mapping[str, Actor]
) -> None:
    answer = Client().post("/feedback/", form)
    assert answer.status_code == 422
    assert (
        "mdg-notice" in answer.content.decode() and form.get("words", "").strip() in answer.content.decode()
    )
    assert not FeedbackRow.objects.exists()


def test_who_says_too_much_waits(city: Mapping[str, Actor], signed_in: SignedIn) -> None:
    browser = Client()
    codes = [browser.post("/feedback/", {"verdict": "clear", "press": str(n)}).status_code for n in range(21)]
    assert codes == [302] * 20 + [429]
    assert Client(REMOTE_ADDR="192.0.2.9").post("/feedback/", {"verdict": "clear"}).status_code == 302
    assert signed_in("clerk_hana").post("/feedback/", {"verdict": "clear"}).status_code == 302, (
        "by themselves"
    )


def test_numbers_cannot_be_tried_out(city: Mapping[str, Actor]) -> None:
    codes = [Client().post("/feedback/became/", {"number": f"AAAA{n:04d}"}).status_code for n in range(31)]
    assert codes == [404] * 30 + [429]


def test_a_resident_is_spoken_to_in_their_language(city: Mapping[str, Actor], signed_in: SignedIn) -> None:
    link = link_in(Client().get("/congestion/?language=en"))  # type: ignore[arg-type]  # the stubs' own class
    assert link.endswith("language=en")
    browser = Client()
    assert 'lang="en"' in browser.get(link).content.decode()
    say(browser, link)
    assert FeedbackRow.objects.get().language == "en"
    assert 'lang="ja"' in signed_in("clerk_hana").get(link).content.decode(), "staff work in Japanese"


def test_the_office_reads_decides_and_takes_it_home(
    city: Mapping[str, Actor], procedures: str, signed_in: SignedIn
) -> None:
    say(Client(), "/feedback/", "<b>太字</b>", "wrong")
    number, browser = FeedbackRow.objects.get().number, signed_in("dx_mio")
    page = browser.get("/office/feedback/?state=new&verdict=wrong&giver=resident&screen=").content.decode()
    assert number[:4] in page and "<b>太字" not in page
    assert "ありません" in browser.get("/office/feedback/?state=declined").content.decode()
    assert browser.get("/office/feedback/?state=none").status_code == 200
    assert browser.get("/office/feedback/book.xlsx?state=new").headers["Content-Type"].endswith("sheet")
    one = f"/office/feedback/{number}/"
    assert browser.post(one, {"step": "decline", "said": ""}).status_code == 409
    assert browser.post(one, {"step": "burn"}).status_code == 409
    assert browser.post(one, {"step": "decline", "said": "法令の言葉のためです。"}).status_code == 302
    assert browser.post(one, {"step": "read"}).status_code == 409
    told = Client().post("/feedback/became/", {"number": number}).content.decode()
    assert "直さないことにしました" in told and "法令の言葉のためです。" in told
    assert browser.get("/office/feedback/ZZZZZZZZ/").status_code == 404


def test_only_the_dx_section_reads_it(
    city: Mapping[str, Actor], procedures: str, signed_in: SignedIn
) -> None:
    say(Client(), "/feedback/")
    number = FeedbackRow.objects.get().number
    for username in ("clerk_hana", "officer_nhi", "systems_saki", "auditor_ren", "nobody_yet"):
        for address in ("", "book.xlsx", f"{number}/"):
            assert signed_in(username).get(f"/office/feedback/{address}").status_code == 403
        assert signed_in(username).post(f"/office/feedback/{number}/", {"step": "read"}).status_code == 403
    assert FeedbackRow.objects.get().state == "new"


def test_a_draft_names_it_on_its_page(
    city: Mapping[str, Actor], procedures: str, signed_in: SignedIn
) -> None:
    say(Client(), "/feedback/")
    number, browser = FeedbackRow.objects.get().number, signed_in("dx_mio")
    draft = begin(title="説明を短くする", by=city["dx_mio"], now=NOW)
    act = f"/office/editor/{draft}/act/"
    assert browser.post(act, {"act": "cite", "number": "ZZZZ-ZZZZ"}).status_code == 409
    assert browser.post(act, {"act": "cite", "number": f"{number[:4]}-{number[4:]}"}).status_code == 302
    assert browser.post(act, {"act": "cite", "number": number}).status_code == 409, "once"
    assert f"/office/feedback/{number}/" in browser.get(f"/office/editor/{draft}/").content.decode()
    assert browser.post(act, {"act": "uncite", "number": number}).status_code == 302
    assert f"/office/feedback/{number}/" not in browser.get(f"/office/editor/{draft}/").content.decode()
