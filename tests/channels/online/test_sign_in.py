"""Signing in as a resident, and every attack on it that is known: each is refused, and nobody is signed in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone
from joserfc.jwk import ECKey, RSAKey
from tests.cast import RESIDENTS
from tests.signing import asked_of, chosen_at, gone_out, path_of, persona_of, provider_running, sign_in

from madoguchi.audit.models import EntryRow
from madoguchi.city.authority import NEXT_SALT
from madoguchi.city.models import StaffMember
from madoguchi.city.resident_session import IDLE, LONGEST, RESIDENT
from madoguchi.connect.identity import calls
from madoguchi.connect.models import SpentCodeRow
from madoguchi.connect.twins.identity_provider import Provider
from madoguchi.residents.models import AccountRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents")]


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    people = [persona_of(RESIDENTS[role], role) for role in ("head", "wife", "protected", "twin_one")]
    with provider_running(settings, people) as running:
        yield running


def is_in(browser: Client) -> bool:
    return RESIDENT in browser.session


def refused_with(fault: str) -> bool:
    return EntryRow.objects.filter(activity="resident_not_signed_in", body__fault=fault).exists()


def test_the_whole_way_in_and_out(provider: Provider, client: Client) -> None:
    assert "デジタル認証アプリでサインイン" in client.get("/my/sign-in/").content.decode()
    out = client.get("/my/sign-in/go/")
    asked = asked_of(out["Location"])
    assert asked["scope"] == "openid name address birthdate gender"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert all(0 < len(asked[one]) <= 255 and asked[one].isascii() for one in ("state", "nonce"))
    answer = client.get(path_of(chosen_at(out["Location"], "head")))
    assert (answer.status_code, answer["Location"]) == (302, "/my/")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert AccountRow.objects.get().resident_no == RESIDENTS["head"].resident_no
    page = client.get("/my/").content.decode()
    assert "あなたの情報を見た人" in page
    assert client.get("/my/seen/").status_code == 200
    assert client.get("/my/sign-in/")["Location"] == "/my/"
    client.post("/my/sign-out/")
    assert not client.session.keys()
    assert client.get("/my/").status_code == 302


def test_the_page_wanted_first_is_the_page_after(provider: Provider, client: Client) -> None:
    sent = client.get("/my/seen/")
    assert sent["Location"].startswith("/my/sign-in/?next=")
    goal = asked_of(sent["Location"])["next"]
    assert goal in client.get(sent["Location"]).content.decode().replace("%3A", ":")
    assert sign_in(client, "head", goal=goal)["Location"] == "/my/seen/"


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/",
        "//evil.example/",
        "/my/seen/",
        signing.dumps("https://evil.example/", salt=NEXT_SALT),
        signing.dumps("//evil.example/my/", salt=NEXT_SALT),
        signing.dumps("/office/audit/", salt=NEXT_SALT),
        signing.dumps("/my/../office/audit/", salt=NEXT_SALT),
        signing.dumps(["/my/seen/"], salt=NEXT_SALT),
        signing.dumps("/my/seen/", salt="another"),
    ],
    ids=[
        "outside",
        "no scheme",
        "not signed",
        "signed outside",
        "signed no scheme",
        "of staff",
        "upwards",
        "a list",
        "another salt",
    ],
)
def test_no_open_redirect(provider: Provider, client: Client, goal: str) -> None:
    assert sign_in(client, "head", goal=goal)["Location"] == "/my/"


FAULTS = {
    "wrong-nonce": "wrong_nonce",
    "wrong-issuer": "other_issuer",
    "mix-up": "other_issuer",
    "wrong-audience": "wrong_claims",
    "expired": "wrong_claims",
    "future": "wrong_claims",
    "bad-signature": "wrong_signature",
    "unsigned": "wrong_signature",
    "shared-secret": "wrong_signature",
    "wrong-at-hash": "wrong_claims",
    "other-subject": "wrong_claims",
    "no-address": "facts_missing",
    "broken": "not_reached",
    "garbage": "unreadable",
}


@pytest.mark.parametrize(("fault", "key"), FAULTS.items(), ids=FAULTS)
def test_whatever_is_wrong_with_the_answer_nobody_is_signed_in(
    provider: Provider, client: Client, fault: str, key: str
) -> None:
    provider.fault = fault
    answer = sign_in(client, "head")
    assert answer.status_code in (400, 502)
    assert not is_in(client)
    assert not AccountRow.objects.exists()
    assert refused_with(key)
    assert "ください。" in answer.content.decode()


def test_a_slow_provider_is_given_up_with_a_kind_page(
    provider: Provider, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = gone_out(client, "head")
    provider.fault = "slow"
    monkeypatch.setattr(calls.send, "__kwdefaults__", {"seconds": 0.1})
    began = time.monotonic()
    answer = client.get(back)
    assert time.monotonic() - began < 3
    assert answer.status_code == 502
    assert "つながりません" in answer.content.decode()
    assert not is_in(client)


def test_a_provider_that_is_not_there(client: Client, settings: Any) -> None:
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = (
        "http://127.0.0.1:9",
        "x",
        "y",
    )
    assert client.get("/my/sign-in/go/").status_code == 502


def test_without_settings_it_is_not_offered(client: Client) -> None:
    assert "行っていません" in client.get("/my/sign-in/").content.decode()
    assert client.get("/my/sign-in/go/").status_code == 503
    assert client.get("/my/back/?state=x&code=y").status_code == 400


def test_a_code_that_came_is_not_taken_again(provider: Provider, client: Client) -> None:
    back = gone_out(client, "head")
    client.get(back)
    assert is_in(client)
    client.post("/my/sign-out/")
    assert client.get(back).status_code == 400
    assert not is_in(client)


def test_a_stolen_code_in_another_try_is_refused_whatever_the_provider_allows(
    provider: Provider, client: Client
) -> None:
    provider.fault = "reusable-code"
    stolen = asked_of(gone_out(client, "head"))
    other = Client()
    state = asked_of(gone_out(other, "wife"))["state"]
    injected = f"/my/back/?{urlencode({'code': stolen['code'], 'state': state, 'iss': provider.issuer})}"
    assert other.get(injected).status_code == 400
    assert not is_in(other)


def test_two_answers_with_one_code_at_once_sign_in_one_browser(provider: Provider, client: Client) -> None:
    """The session's own try apart: the database takes a code once, also when both requests read the session before."""
    provider.fault = "reusable-code"
    back = gone_out(client, "head")
    tries = client.session["sign_in_tries"]
    client.get(back)
    session = client.session
    session["sign_in_tries"] = tries
    session.pop(RESIDENT)
    session.save()
    assert client.get(back).status_code == 400
    assert refused_with("code_used")
    assert SpentCodeRow.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"state": "x"}, {"state": ""}, {"iss": "https://other.example"}, {"code": ""}]
)
def test_an_answer_that_is_not_to_this_try_is_refused(
    provider: Provider, client: Client, change: dict[str, str]
) -> None:
    said = asked_of(gone_out(client, "head")) | change
    assert client.get(f"/my/back/?{urlencode(said)}").status_code == 400
    assert not is_in(client)


def test_an_answer_without_the_issuer_is_refused_when_the_provider_names_itself(
    provider: Provider, client: Client
) -> None:
    said = asked_of(gone_out(client, "head"))
    del said["iss"]
    assert client.get(f"/my/back/?{urlencode(said)}").status_code == 400
    assert refused_with("other_issuer")


def test_an_answer_in_another_browser_is_refused(provider: Provider, client: Client) -> None:
    other = Client()
    assert other.get(gone_out(client, "head")).status_code == 400
    assert not is_in(other)


def test_a_try_is_used_up_whatever_comes_of_it(provider: Provider, client: Client) -> None:
    said = asked_of(gone_out(client, "head"))
    stopped = {"error": "access_denied", "state": said["state"], "iss": said["iss"]}
    assert client.get(f"/my/back/?{urlencode(stopped)}").status_code == 200
    assert client.get(f"/my/back/?{urlencode(said)}").status_code == 400
    assert refused_with("no_such_try")
    assert not is_in(client)


def test_a_try_is_over_after_a_quarter_of_an_hour(
    provider: Provider, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = gone_out(client, "head")
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert client.get(back).status_code == 400
    assert refused_with("too_late")


def test_who_stops_at_the_provider_is_told_so(provider: Provider, client: Client) -> None:
    answer = sign_in(client, "")
    assert answer.status_code == 200
    assert "サインインをやめました" in answer.content.decode()


def test_the_session_has_a_new_key_after_signing_in(provider: Provider, client: Client) -> None:
    back = gone_out(client, "head")
    before = client.session.session_key
    victim = Client()
    victim.cookies["sessionid"] = before
    victim.get(back)
    assert client.session.session_key != victim.cookies["sessionid"].value
    assert not client.session.get(RESIDENT)
    assert client.get("/my/").status_code == 302


@pytest.mark.parametrize(
    ("after", "stays"), [(IDLE - timedelta(minutes=1), True), (IDLE + timedelta(minutes=1), False)]
)
def test_a_session_without_use_ends(
    provider: Provider, client: Client, monkeypatch: pytest.MonkeyPatch, after: timedelta, stays: bool
) -> None:
    sign_in(client, "head")
    later = timezone.now() + after
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert (client.get("/my/").status_code == 200) is stays
    if not stays:
        assert "しばらく操作がなかった" in client.get("/my/sign-in/").content.decode()


def test_use_prolongs_it_and_eight_hours_end_it(
    provider: Provider, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, "head")
    began = timezone.now()
    moment = began
    monkeypatch.setattr(timezone, "now", lambda: moment)
    while moment < began + LONGEST - IDLE:
        moment += IDLE - timedelta(minutes=1)
        assert client.get("/my/").status_code == 200, moment - began
    moment = began + LONGEST + timedelta(minutes=1)
    assert client.get("/my/").status_code == 302


def test_staff_and_resident_are_never_in_one_session(
    provider: Provider, client: Client, signed_in: Callable[[str], Client]
) -> None:
    staff = signed_in("reviewer_jiro")
    assert staff.get("/my/").status_code == 403
    assert "職員がサインインしています" in staff.get("/my/sign-in/").content.decode()
    assert staff.get("/my/sign-in/go/")["Location"] == "/my/sign-in/"
    back = gone_out(client, "head")
    client.get(back)
    assert is_in(client)
    assert client.get("/office/matches/").status_code == 302
    client.force_login(
        StaffMember.objects.get(username="clerk_hana"), "django.contrib.auth.backends.ModelBackend"
    )
    assert not is_in(client)
    assert client.get("/my/").status_code == 403


def test_a_stopped_account_is_out_with_the_next_request(provider: Provider, client: Client) -> None:
    sign_in(client, "head")
    AccountRow.objects.update(state="blocked", resident_no=None)
    assert client.get("/my/").status_code == 302
    assert sign_in(client, "head").status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize("role", ["protected", "twin_one"])
def test_whoever_waits_is_told_what_to_do_and_nothing_else(
    provider: Provider, client: Client, residents: Mapping[str, str], role: str
) -> None:
    sign_in(client, role)
    page = client.get("/my/").content.decode()
    assert "確認しています" in page
    assert residents[role] not in page
    assert client.get("/my/seen/")["Location"] == "/my/"


def test_the_pages_of_a_protected_person_and_of_any_other_who_waits_are_the_same(
    provider: Provider, client: Client
) -> None:
    def page_of(role: str) -> str:
        browser = Client()
        sign_in(browser, role)
        text = browser.get("/my/").content.decode()
        return text.split("<h1>")[1].split("csrfmiddlewaretoken")[0]

    assert page_of("protected") == page_of("twin_one")


@pytest.mark.parametrize(
    "made", [lambda: RSAKey.generate_key(2048), lambda: ECKey.generate_key("P-256")], ids=["RSA", "EC"]
)
def test_the_office_may_present_itself_by_its_own_key(
    provider: Provider, client: Client, settings: Any, tmp_path: Path, made: Callable[[], Any]
) -> None:
    key = made()
    file = tmp_path / "key.pem"
    file.write_bytes(key.as_pem(private=True))
    settings.OIDC_KEY_FILE, settings.OIDC_CLIENT_SECRET = str(file), ""
    provider.secret, provider.client_key = "", key
    sign_in(client, "head")
    assert is_in(client)
    provider.client_key = RSAKey.generate_key(2048)
    assert sign_in(Client(), "head").status_code == 400


def test_the_level_that_is_asked_for_has_to_come_back(
    provider: Provider, client: Client, settings: Any
) -> None:
    settings.OIDC_LEVEL = "aal3 crl"
    assert asked_of(client.get("/my/sign-in/go/")["Location"])["acr_values"] == "aal3 crl"
    sign_in(client, "head")
    assert is_in(client)


def test_nothing_received_is_in_a_log(
    provider: Provider, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    said = asked_of(gone_out(client, "head"))
    client.get(f"/my/back/?{urlencode(said)}")
    provider.fault = "garbage"
    sign_in(Client(), "wife")
    words = (said["code"], said["state"], RESIDENTS["head"].name.name, RESIDENTS["head"].address)
    assert [word for word in words if word in caplog.text] == []
