"""Residents' own pages in the languages of visitors: whole, kept from the sign-in to the end, and without Japanese between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from tests.cast import RESIDENTS
from tests.signing import persona_of, provider_running, sign_in

from madoguchi.channels.shared.languages import EASY, tag_of
from madoguchi.connect.twins.identity_provider import Provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents")]
OTHERS = [code for code, _name in configured.LANGUAGES if code not in ("ja", EASY)]
KANA = re.compile(r"[ぁ-んァ-ヶ]")
# What says itself in Japanese: names marked as such, the links to other languages, the page's own address of feedback.
ASIDE = re.compile(r'<(\w+) [^>]*lang="(?:ja|zh-Hans|ko)"[^>]*>.*?</\1>')


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    settings.OIDC_NAME = "Test ID"
    settings.MAIL_READY = True
    people = [persona_of(RESIDENTS["head"], "head"), persona_of(RESIDENTS["protected"], "protected")]
    with provider_running(settings, people) as running:
        yield running


def japanese_in(page: str) -> list[str]:
    words = re.sub(r"<[^>]*>", " ", ASIDE.sub("", page.split("<body>")[1]))
    return [word for word in words.split() if KANA.search(word)]


@pytest.mark.parametrize("code", OTHERS)
def test_every_page_is_in_the_language_that_was_chosen(provider: Provider, client: Client, code: str) -> None:
    first = client.get(f"/my/sign-in/?language={code}")
    pages = [first, client.get("/my/back/?state=x&code=y")]
    sign_in(client, "head")
    pages += [client.get(f"/my/{one}") for one in ("", "seen/", "mail/", "mandates/", "mandates/ask/")]
    pages.append(client.post("/my/mandates/code/"))
    pages.append(client.post("/my/mandates/ask/", {"code": "A", "kind": "family", "ends_on": "x"}))
    pages.append(client.post("/my/mandates/ask/", {"code": "A", "kind": "family", "ends_on": "2000-01-01"}))
    other = Client()
    other.get(f"/my/sign-in/?language={code}")
    sign_in(other, "protected")
    pages.append(other.get("/my/"))
    for page in pages:
        text = page.content.decode()
        assert f'<html lang="{tag_of(code)}">' in text
        assert page.headers["Content-Language"] == tag_of(code)
        assert japanese_in(text) == []
    assert client.post("/my/sign-out/")["Location"] == f"/my/sign-in/?language={code}"


def test_the_language_of_the_browser_until_one_is_chosen(provider: Provider, client: Client) -> None:
    vietnamese = {"accept-language": "vi,en;q=0.5"}
    assert '<html lang="vi">' in client.get("/my/sign-in/", headers=vietnamese).content.decode()
    assert '<html lang="ja">' in client.get("/my/sign-in/?language=ja", headers=vietnamese).content.decode()
    assert '<html lang="ja">' in client.get("/my/sign-in/", headers=vietnamese).content.decode()
    unknown = client.get("/my/sign-in/?language=klingon%00")
    assert '<html lang="ja">' in unknown.content.decode()
