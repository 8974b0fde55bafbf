"""What the public interface answers, and in which words it does not."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.channels.malformed_posts import stored

from madoguchi.audit.models import EntryRow
from madoguchi.booking.models import CodeTrialRow
from madoguchi.booking.offering import Offer
from madoguchi.channels.api.shapes import EventFilter, LanguageTag
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.translations import Language

BASE = "/api/v1"
HOUSEHOLD: Mapping[str, Any] = {
    "event": {"kind": "move_in", "move_date": "2026-11-05", "planned_move_out_date": "2026-10-25"},
    "notified_on": "2026-11-09",
    "claimant": "p1",
    "people": [
        {"id": "p1", "birth_date": "1984-05-02", "relationship": "世帯主", "health_insurance": "none"},
        {"id": "p3", "birth_date": "2018-04-01", "relationship": "子"},
    ],
}


def got(path: str, **headers: str) -> tuple[Any, Any]:
    answer = Client(headers=headers).get(BASE + path)
    assert answer.headers["Content-Type"].startswith("application/json")
    return answer, json.loads(answer.content)


def decided(body: object, *, on: str = "2026-11-09", kind: str = "application/json") -> tuple[Any, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Client().generic("POST", f"{BASE}/decide?on={on}", data, content_type=kind)
    return answer, json.loads(answer.content)


@pytest.mark.django_db
def test_procedures_come_with_law_mark_deadline_and_what_to_bring(procedures: str) -> None:
    _, told = got("/procedures?event=move_in")
    assert told["revision"] == procedures
    one = next(one for one in told["procedures"] if one["id"] == "nhi-enrol")
    assert one["law"] and one["department"]["name"] and one["bring"] and one["deadlines"] and one["channels"]
    assert one["verified"].keys() == {"verified", "on", "source"}
    assert {len(got(f"/procedures/{name}")[1]["procedure"]) for name in ("nhi-enrol", one["law_id"])} == {
        len(one)
    }


@pytest.mark.django_db
def test_a_language_is_whole_or_it_is_not_there(procedures: str) -> None:
    answer, told = got("/procedures", accept_language="en-GB,en;q=0.9")
    assert answer.headers["Content-Language"] == "en"
    for one in told["procedures"]:
        assert one["language"] == ("en" if "en" in one["languages"] else "ja")


@pytest.mark.django_db
def test_who_has_the_revision_is_told_so(procedures: str) -> None:
    for path in ("/procedures", "/events", "/facts", "/languages", "/openapi.json"):
        answer, _ = got(path)
        again = Client(headers={"if-none-match": answer.headers["ETag"]}).get(BASE + path)
        assert (again.status_code, again.content) == (304, b""), path
        assert "max-age" in answer.headers["Cache-Control"]
        assert answer.headers["ETag"] == Client().head(BASE + path).headers["ETag"]


@pytest.mark.django_db
def test_free_slots_waits_and_days(procedures: str, offered: Offer) -> None:
    _, branches = got("/branches")
    main = next(one for one in branches["branches"] if one["key"] == "main")
    service = next(one["key"] for one in main["services"] if one["bookable"])
    _, days = got(f"/slots/main/{service}")
    assert isinstance(days["days"], list)
    _, waits = got("/waits/main")
    assert waits["branches"][0]["lanes"][0]["crowding"] in ("closed", "quiet", "filling", "full")
    _, opened = got("/open-days?begins=2027-01-01&days=5")
    assert [(one["day"], one["open"]) for one in opened["days"]][:2] == [
        ("2027-01-01", False),
        ("2027-01-02", False),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/procedures/none", 404), ("/procedures/%00", 404), ("/none", 404), ("/waits/none", 404),
        ("/slots/none/none", 404), ("/slots/main/none/2026-02-30", 404), ("/procedures?event=none_such", 422),
        ("/procedures?langage=en", 422), ("/open-days?begins=2026-02-30", 422), ("/open-days?days=0", 422),
        ("/decide", 405), ("/procedures/%E3%81%82", 404),
    ],
)  # fmt: skip
def test_every_refusal_has_one_shape(path: str, status: int, procedures: str) -> None:
    answer, told = got(path)
    assert answer.status_code == status
    assert told.keys() == {"error", "more"}
    assert told["error"]["what"].endswith("。") and told["error"]["what_to_do"].endswith("。")


@pytest.mark.django_db
def test_only_json_is_answered(procedures: str) -> None:
    answer, told = got("/procedures", accept="text/html")
    assert answer.status_code == 406 and "application/json" in told["error"]["what_to_do"]


@pytest.mark.django_db
def test_nothing_published_is_said(city: Mapping[str, object]) -> None:
    answer, told = got("/health")
    assert answer.status_code == 503 and "公開" in told["error"]["what"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400), (b"\xff", "application/json", 400), (b"[" * 30_000, "application/json", 400),
        (b'{"event": NaN}', "application/json", 400), (b"9" * 5000, "application/json", 400),
        (b"{}", "text/plain", 415), (b'{"x":"' + b"a" * 70_000 + b'"}', "application/json", 413),
        (b"[]", "application/json", 422), (b'{"people": [{"id": "\\ud800"}]}', "application/json", 422),
        (b'{"event": {"kind": "move_in", "move_date": "0001-01-01"}, "people": []}', "application/json", 422),
        (b'{"event": {"kind": "none"}, "people": [{"id": "p1", "income_yen": 1e400}]}', "application/json", 422),
    ],
)  # fmt: skip
def test_a_body_out_of_bounds_is_refused(body: bytes, kind: str, status: int, procedures: str) -> None:
    answer, told = decided(body, kind=kind)
    assert answer.status_code == status
    assert told.keys() == {"error", "more"}


@pytest.mark.django_db
def test_every_fault_of_a_situation_is_told_with_its_place(procedures: str) -> None:
    answer, told = decided(
        {"event": {"kind": "move"}, "people": [{"id": "p1", "birth_dat": "x"}], "claimant": "p2"}
    )
    assert answer.status_code == 422
    places = [told["error"]["where"], *(one["where"] for one in told["more"])]
    assert {"event.kind", "people[0].birth_dat", "claimant"} <= set(places)


@pytest.mark.django_db
def test_what_is_sent_is_kept_nowhere(
    procedures: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    before, audited = stored(), EntryRow.objects.count()
    body = {**HOUSEHOLD, "people": [{**HOUSEHOLD["people"][0], "birth_date": "1971-03-17"}]}
    answer, _ = decided(body)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert (stored(), EntryRow.objects.count()) == (before, audited)
    assert "1971-03-17" not in caplog.text + "".join(capfd.readouterr())
    assert "127.0.0.1" not in repr(list(CodeTrialRow.objects.values_list()))


@pytest.mark.django_db
def test_who_asks_too_often_waits(procedures: str, settings: LazySettings) -> None:
    settings.API_REQUESTS = 2
    answers = [Client().get(f"{BASE}/events") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 600
    assert Client(REMOTE_ADDR="192.0.2.7").get(f"{BASE}/events").status_code == 200
    assert Client().get(f"{BASE}/health").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("named", [(), ("https://kurashi.example",), ("*",)])
def test_other_pages_may_read_only_where_the_city_says_so(
    named: tuple[str, ...], procedures: str, settings: LazySettings
) -> None:
    settings.API_ORIGINS = named
    for origin in ("https://kurashi.example", "https://other.example"):
        allowed = "*" in named or origin in named
        answer = Client(headers={"origin": origin}).get(f"{BASE}/events")
        assert ("Access-Control-Allow-Origin" in answer.headers) is allowed
        asked = Client(headers={"origin": origin}).options(f"{BASE}/decide")
        assert asked.status_code == (204 if allowed else 405)
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.django_db
def test_a_household_is_decided(procedures: str, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, told = decided(HOUSEHOLD)
    assert answer.status_code == 200
    assert {one["id"] for one in told["decisions"]} >= {
        "move-in-notice",
        "nhi-enrol",
        "child-allowance-claim",
    }
    assert bool(told["questions"]) is any(one["status"] == "ask" for one in told["decisions"])


def test_the_filters_know_every_language_and_every_event() -> None:
    assert {one.value for one in LanguageTag} == {"ja", *(one.value for one in Language)}
    assert {one.value for one in EventFilter} == {"all", *(one.value for one in EventKind)}
