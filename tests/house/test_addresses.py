"""Every address of the product declares what it needs, and opens for whoever holds that and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.cast import ONE_OF_EACH_ROLE

from madoguchi.city.authority import Authority, Role, authorities_of

LOGIN, RESIDENTS_LOGIN = "/staff/login/", "/my/sign-in/"
NOBODYS = {
    "int": "999999",
    "str": "none",
    "slug": "none",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "path": "none",
}


def addresses() -> Iterator[tuple[str, Any]]:
    """Every address with its view; what an address would name does not exist."""

    def walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, Any]]:
        for entry in patterns:
            text = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, text)
            else:
                yield re.sub(r"<(\w+):\w+>", lambda found: NOBODYS[found[1]], f"/{text}"), entry.callback

    yield from walk(get_resolver().url_patterns, "")


def is_allauth(view: Any) -> bool:
    return view.__module__.startswith("allauth.")


OURS = [(address, view) for address, view in addresses() if not is_allauth(view)]


def test_every_view_of_ours_declares_its_authority() -> None:
    assert [
        address for address, view in OURS if not isinstance(getattr(view, "authority", None), Authority)
    ] == []
    assert len(OURS) > 30


# Boards of the hall, and the phone of whoever holds a number: numbers and places, nobody's name. Booking needs no
# account: what may be opened is asked of the browser's session, of a link, or of number and digits.
OPEN_TO_ANYONE = [
    "/pay/", "/pay/hook/", "/pay/none/", "/pay/none/back/", "/pay/none/receipt/",
    "/book/", "/book/find/", "/book/open/none/none/", "/book/mine/none/", "/book/mine/none/contact/",
    "/book/mine/none/yoyaku.ics", "/book/mine/none/change/", "/book/mine/none/cancel/", "/book/at/none/none/",
    "/book/at/none/none/none/",
    # A letter's code with the date of birth: which procedures are meant, and no fact of anybody.
    "/my/offers/letter/",
    # The way in for residents and out again: what is behind it asks for `Authority.RESIDENT`.
    "/my/sign-in/", "/my/sign-in/go/", "/my/back/", "/my/sign-out/",
    # A gift is opened by what is on its paper; everything after that is asked of the browser's session or of the sign-in.
    "/furusato/", "/furusato/open/none/none/", "/furusato/gifts/", "/furusato/check/", "/furusato/end/",
    "/furusato/receipt/none/", "/furusato/receipt/none/form/", "/furusato/receipt/none/change/",
    "/furusato/receipt/none/withdraw/",
    # Whether a document is valid, to whoever holds its number and code; nothing of whom or what it is about.
    "/check/", "/check/none/",
    # Finding out which procedures one needs, without a name; the number shows until when it holds, and no answer.
    "/find/", "/find/people/", "/find/ask/", "/find/keep/", "/find/number/", "/find/number/none/", "/find/number/none/drop/",
    "/board/none/", "/board/none/none/", "/congestion/", "/congestion/none/", "/accuracy/", "/t/", "/t/none/", "/t/none/away/", "/t/none/back/",
    # What the city tells everybody, as data: of no resident.
    "/api/", "/api/v1/openapi.json", "/api/v1/procedures", "/api/v1/procedures/none", "/api/v1/events", "/api/v1/facts",
    "/api/v1/decide", "/api/v1/languages", "/api/v1/branches", "/api/v1/waits", "/api/v1/waits/none",
    "/api/v1/slots/none/none", "/api/v1/slots/none/none/none", "/api/v1/open-days", "/api/v1/health",
    # What anybody has to say of a screen, without a name; what became of it by its number.
    "/feedback/", "/feedback/receipt/", "/feedback/became/",
]  # fmt: skip


def test_what_is_open_to_anyone_is_named_here() -> None:
    open_ones = [address for address, view in OURS if view.authority is Authority.ANYONE]
    assert sorted(open_ones) == sorted(OPEN_TO_ANYONE)


# Of what is closed to it each role tries a third, so that several roles try each address; all: proofs/p14_authority.py.
CLOSED_OF = 3


@pytest.mark.django_db
@pytest.mark.parametrize("role", ONE_OF_EACH_ROLE, ids=lambda role: role.value if role else "no role")
def test_a_role_opens_its_own_addresses_and_no_other(
    role: Role | None, procedures: str, signed_in: Callable[[str], Client]
) -> None:
    browser, place = signed_in(ONE_OF_EACH_ROLE[role]), list(ONE_OF_EACH_ROLE).index(role)
    held = authorities_of(frozenset({role} if role else ())) | {Authority.ANYONE}
    wrong = []
    for number, (address, view) in enumerate(OURS):
        if address == "/" or view.authority in (Authority.SIGNED_IN, Authority.ANYONE):
            continue
        if view.authority not in held and (number + place) % CLOSED_OF:
            continue
        posted = [browser.post(address, {})] if view.authority in held else []  # `needs` knows no method
        for answer in (browser.get(address), *posted):
            if (answer.status_code == 403) is (view.authority in held) or answer.status_code >= 500:
                wrong.append((address, view.authority, answer.status_code))
    assert wrong == []


@pytest.mark.django_db
def test_whoever_has_not_signed_in_is_sent_to_the_sign_in(procedures: str) -> None:
    for address, view in OURS:
        answer = Client().get(address)
        if view.authority is Authority.ANYONE:
            # 400, 503: back from a provider without a try, out to one that no setting names: told so.
            assert answer.status_code in (200, 302, 400, 404, 405, 503), address
            assert answer.headers.get("Location", "").split("?")[0] not in (LOGIN, RESIDENTS_LOGIN), address
            continue
        there = RESIDENTS_LOGIN if view.authority is Authority.RESIDENT else LOGIN
        assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (302, there), address


@pytest.mark.django_db
def test_a_case_that_is_not_there_is_not_found(procedures: str, signed_in: Callable[[str], Client]) -> None:
    answer = signed_in("clerk_hana").get("/cases/none/hearing/")
    assert answer.status_code == 404
    assert "選び直してください" in answer.content.decode()
