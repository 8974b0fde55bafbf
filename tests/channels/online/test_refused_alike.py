"""What is another's is refused by the same queries as what is not there: neither their number nor what they ask tells of it.

The attempt is written down in both cases (`test_nobody_elses` holds that), and in both by the same statements.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.cast import NOW
from tests.personas import BOTH, OWNED, SELF, Owned, SignedInPersona, browser_of, case_of, personas

from madoguchi.audit.models import EntryRow
from madoguchi.cases.models import CaseRow
from madoguchi.residents import mandates
from madoguchi.residents.mandates import MandateKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]
VALUES = re.compile(r"'(?:[^']|'')*'|\b\d+\b|s\d+_x\d+")
# As long as a number of that kind and of the same letters, and nobody's.
NOT_THERE = "9"


def statements(act: Callable[[], Any]) -> list[str]:
    """The statements of a request in their order, without the values."""
    with CaptureQueriesContext(connection) as asked:
        answer = act()
    assert answer.status_code == 404
    return [VALUES.sub("?", one["sql"]) for one in asked.captured_queries]


def ways(kind: Owned, number: str) -> list[tuple[str, str, dict[str, str] | None]]:
    """Every request that asks for it: name, address, and what is posted."""
    found: list[tuple[str, str, dict[str, str] | None]] = []
    for name in kind.addresses:
        url = reverse(name, kwargs={**kind.besides, kind.parameter: number})
        if kind.method != "POST":
            found.append((f"GET {name}", url, None))
        if kind.method in ("POST", BOTH):
            found += [(f"POST {name} {one}", url, one) for one in kind.posted]
    return found


def told(browser: Client, url: str, posted: dict[str, str] | None) -> list[str]:
    return statements(lambda: browser.get(url) if posted is None else browser.post(url, posted))


def nobodys(number: str) -> str:
    return NOT_THERE * len(number)


def compared(browser: Client, kind: Owned, number: str) -> int:
    tried = 0
    for theirs, missing in zip(ways(kind, number), ways(kind, nobodys(number)), strict=True):
        told(browser, *missing[1:])  # what the process keeps after the first time
        there, not_there = told(browser, *theirs[1:]), told(browser, *missing[1:])
        assert there == not_there, theirs[0]
        tried += 1
    return tried


@pytest.mark.parametrize("kind", OWNED, ids=lambda kind: f"{kind.method} {kind.addresses[0]}")
def test_another_ones_is_refused_by_the_same_queries_as_what_is_not_there(kind: Owned) -> None:
    people = personas(4)
    number = kind.make(people[1], people, NOW)
    tried = compared(browser_of(people[3]), kind, number)
    # Each way three times, and each attempt in the audit.
    assert EntryRow.objects.filter(activity="refused", body__needed="own").count() == 3 * tried > 0


def agent_of(people: tuple[SignedInPersona, ...]) -> Client:
    """A browser of the fourth of them, who acts for the second."""
    agent, now = people[3], timezone.now()
    code = mandates.make_code(account=agent.account, by=SELF, now=now)
    made = mandates.ask(
        principal_no=people[1].resident_no, code=code, kind=MandateKind.FAMILY, procedures=(),
        ends_on=timezone.localdate() + timedelta(days=9), by=SELF, now=now,
    )  # fmt: skip
    mandates.take_on(mandate=made, account=agent.account, by=SELF, now=now)
    browser = browser_of(agent)
    assert browser.post(f"/my/mandates/{made}/", {"act": "begin"}).status_code == 302
    return browser


@pytest.mark.parametrize(
    "place", [0, 1], ids=["of somebody else", "of the principal, applied for without the agent"]
)
@pytest.mark.parametrize("address", ["my:case", "my:file"])
def test_to_an_agent_too(address: str, place: int) -> None:
    people = personas(4)
    (kind,) = (one for one in OWNED if address in one.addresses)
    assert compared(agent_of(people), kind, kind.make(people[place], people, NOW)) > 0


def test_a_case_that_was_not_signed_yet_is_refused_as_one_that_is_not_there() -> None:
    people = personas(2)
    number = case_of(people[1], people, NOW)
    CaseRow.objects.filter(public_id=number).update(signed_round=0)
    (kind,) = (one for one in OWNED if one.addresses == ("my:case_messages",))
    assert compared(browser_of(people[1]), kind, number) > 0, "not even to whom it will be of"
