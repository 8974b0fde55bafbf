"""Who read my data: three calls, about oneself alone, in plain words and without an official's name (閲覧記録の照会)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.cast import NOW
from tests.personas import SignedInPersona, browser_of, personas

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.models import EntryRow
from madoguchi.audit.operations import record_access

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]
FIND, PERIOD, BEAT = "/my/tracker/findUsage", "/my/tracker/usagePeriod", "/my/tracker/heartbeat"


def read(who: SignedInPersona, at: datetime, *, by: Actor, purpose: Purpose = Purpose.COUNTER_CASE) -> None:
    record_access(
        actor=by, purpose=purpose, authority="counter", person_keys=[who.resident_no], fields=("name",), case=None,
        screen="find", now=at,
    )  # fmt: skip


def moments(place: int) -> set[datetime]:
    """When this persona was read; no two personas at one moment."""
    return {NOW + timedelta(minutes=1000 * place + number) for number in range(1 + place % 3)}


def all_read(people: tuple[SignedInPersona, ...], by: Actor) -> None:
    for one in people:
        for at in sorted(moments(one.place)):
            read(one, at, by=by)


def found_by(browser: Client, **asked: str) -> set[datetime]:
    return {datetime.fromisoformat(one["logtime"]) for one in browser.get(FIND, asked).json()["usages"]}


@pytest.fixture
def somebody(city: dict[str, Actor]) -> Iterator[tuple[SignedInPersona, Client]]:
    (one,) = personas(1)
    yield one, browser_of(one)


def test_what_is_told_and_what_is_not(
    somebody: tuple[SignedInPersona, Client], city: dict[str, Actor]
) -> None:
    one, browser = somebody
    read(one, NOW, by=city["clerk_hana"])
    read(one, NOW, by=city["clerk_hana"], purpose=Purpose.PRACTICE)
    read(one, NOW, by=Actor(None, "ご本人", "", ""), purpose=Purpose.OWN)
    answer = browser.get(FIND)
    assert answer.headers["Content-Type"].startswith("application/json")
    told = answer.json()
    assert told["totalUsages"] == 1
    (usage,) = told["usages"]
    assert usage["logtime"] == "2026-11-09T10:00:00+09:00"
    assert usage["action"] == "窓口での受付"
    assert usage["receiverName"].startswith("まどか市 ")
    assert set(usage) == {"logtime", "action", "receiverCode", "receiverName", "receiverSystem"}
    assert city["clerk_hana"].name not in answer.content.decode()


def test_pages_and_periods(somebody: tuple[SignedInPersona, Client], city: dict[str, Actor]) -> None:
    one, browser = somebody
    for day in range(5):
        read(one, NOW + timedelta(days=day), by=city["clerk_hana"])
    days = [NOW + timedelta(days=day) for day in range(5)]
    assert found_by(browser, periodStart="2026-11-10", periodEnd="2026-11-11") == set(days[1:3])
    assert found_by(browser, periodStart=days[3].isoformat()) == set(days[3:])
    page = browser.get(FIND, {"offset": "1", "limit": "2"}).json()
    assert page["totalUsages"] == 5
    assert [datetime.fromisoformat(one["logtime"]) for one in page["usages"]] == [days[3], days[2]]


def test_looking_is_written_down_and_not_told_to_oneself(somebody: tuple[SignedInPersona, Client]) -> None:
    one, browser = somebody
    assert browser.get(FIND).json() == {"totalUsages": 0, "usages": []}
    lines = EntryRow.objects.filter(person_key=one.resident_no, purpose=Purpose.OWN.value)
    assert [line.body["screen"] for line in lines][-1] == "tracker"
    assert browser.get(FIND).json()["totalUsages"] == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("periodStart", "きのう"), ("periodEnd", "2026-11-09T10:00:00"), ("periodStart", "2026-13-40"),
        ("offset", "-1"), ("limit", "x"), ("limit", "²"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_by_its_name(
    somebody: tuple[SignedInPersona, Client], name: str, value: str
) -> None:
    answer = somebody[1].get(FIND, {name: value})
    assert (answer.status_code, answer.json()["error"]["where"]) == (400, name)


def test_the_period_begins_with_the_audit_and_the_heart_beats(
    somebody: tuple[SignedInPersona, Client],
) -> None:
    _, browser = somebody
    first = EntryRow.objects.order_by("id").values_list("at", flat=True)[0]
    period = browser.get(PERIOD).json()
    assert datetime.fromisoformat(period["periodStart"]) == first
    assert datetime.fromisoformat(period["periodEnd"]) >= first
    assert browser.get(BEAT).json()["status"] == "UP"


def test_staff_and_strangers_are_told_nothing(city: object, signed_in: Callable[[str], Client]) -> None:
    for url in (FIND, PERIOD, BEAT):
        assert Client().get(url).status_code == 302
        assert signed_in("clerk_hana").get(url).status_code == 403


@pytest.mark.parametrize(
    "count", [5, pytest.param(200, marks=pytest.mark.slow)], ids=["some", "all pairs of 200"]
)
def test_everybody_sees_their_own_and_nobody_elses(
    count: int, city: dict[str, Actor], record_property: Callable[[str, object], None]
) -> None:
    people, tried, leaks = personas(count), 0, []
    all_read(people, city["clerk_hana"])
    for one in people:
        browser = browser_of(one)
        own = found_by(browser, limit="1000")
        page = browser.get("/my/seen/").content.decode()
        if own != moments(one.place) or page.count("<tr>") != 1 + len(own):
            leaks.append((one.place, "own"))
        for other in people:
            if other is one:
                continue
            tried += 1
            answer = browser.get(FIND, {"userCode": other.resident_no, "limit": "1000"})
            if answer.status_code != 404 or "logtime" in answer.content.decode():
                leaks.append((one.place, str(other.place)))
    record_property("n", tried)
    record_property("losses", len(leaks))
    assert leaks == []
