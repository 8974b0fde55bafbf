"""Readings that somebody should ask about: each rule finds its own and nothing else, and who is protected is not told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import NOW, RESIDENTS, number

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.insight.oversight.rules import SHIPPED, RulesUnreadable, read_rules
from madoguchi.insight.oversight.unusual import (
    UnusualKind,
    mark_asked,
    readings_of_sheltered,
    unusual,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "city")]
RULES = read_rules()
LATER = NOW + timedelta(hours=1)
# Bears the name of the head of a household of the cast.
NAMESAKE = Actor(990, "髙橋　太郎", "main", "desk1")
STRANGER = Actor(991, "無縁 仏太", "main", "desk1")


def read(
    *people: str,
    by: Actor = STRANGER,
    at: datetime = NOW,
    case: str | None = "case-1",
    purpose: Purpose = Purpose.COUNTER_CASE,
) -> None:
    record_access(
        actor=by, purpose=purpose, authority="counter", person_keys=people, fields=("name",), case=case, screen="find",
        now=at,
    )  # fmt: skip


def kinds(**changed: object) -> list[tuple[UnusualKind, str]]:
    found = unusual(rules=replace(RULES, **changed), now=LATER)
    return [(one.kind, one.person_key) for one, _ in found]


def of(who: str) -> str:
    return RESIDENTS[who].resident_no


def test_usual_work_is_not_shown() -> None:
    read(*(of(who) for who in ("head", "wife", "mother_of_twins", "protected")))
    assert kinds() == []


@pytest.mark.parametrize(
    ("who", "kind", "switch"),
    [("head", UnusualKind.SELF, "own"), ("wife", UnusualKind.HOUSEHOLD, "household")],
)
def test_people_of_ones_own_are_shown_also_with_a_case(who: str, kind: UnusualKind, switch: str) -> None:
    read(of(who), by=NAMESAKE)
    read(of(who), by=NAMESAKE)
    assert kinds() == [(kind, of(who))]
    assert kinds(**{switch: False}) == []


def test_the_same_surname_is_shown_without_a_case_only() -> None:
    of_the_name = Actor(992, "髙橋 無縁", "main", "desk1")
    read(of("head"), by=of_the_name)
    assert kinds() == []
    read(of("head"), by=of_the_name, case=None)
    assert kinds() == [(UnusualKind.SURNAME, of("head"))]


def test_many_people_a_day_without_a_case() -> None:
    most = RULES.most_without_case
    read(*(number(5000 + n) for n in range(most)), case=None)
    read(*(number(7000 + n) for n in range(most)), case="case-2")
    assert kinds() == []
    read(number(6000), case=None)
    ((found, asked),) = unusual(rules=RULES, now=LATER)
    assert (found.kind, found.count, asked) == (UnusualKind.MANY, most + 1, None)
    assert f"1日に{most + 1}人" in found.reason()
    assert kinds(most_without_case=0) == []


def test_the_same_person_on_many_days() -> None:
    for day in range(RULES.most_days_again + 1):
        read(of("wife"), case=None, at=NOW - timedelta(days=7 * day))
    assert kinds() == [(UnusualKind.AGAIN, of("wife"))]


def test_out_of_hours_and_on_closed_days() -> None:
    read(of("wife"), at=datetime(2026, 11, 4, 22, 30, tzinfo=timezone.get_default_timezone()))
    assert kinds() == [(UnusualKind.HOURS, "")]
    read(of("wife"), at=datetime(2026, 11, 8, 10, 0, tzinfo=timezone.get_default_timezone()))
    assert kinds() == [(UnusualKind.CLOSED, ""), (UnusualKind.HOURS, "")]


def test_practice_the_auditors_and_the_residents_themselves_are_left_out() -> None:
    read(of("head"), by=NAMESAKE, purpose=Purpose.PRACTICE)
    read(of("head"), by=NAMESAKE, purpose=Purpose.AUDIT)
    read(of("head"), by=Actor(None, "ご本人", "", ""), purpose=Purpose.OWN)
    assert kinds() == []


def test_what_was_asked_about_comes_last_and_says_by_whom() -> None:
    read(of("head"), of("wife"), by=NAMESAKE)
    first, second = (one for one, _ in unusual(rules=RULES, now=LATER))
    mark_asked(finding=first.key, by=Actor(5, "監査 蓮", "main", ""), now=NOW)
    lines = unusual(rules=RULES, now=LATER)
    assert [one for one, _ in lines] == [second, first]
    asked = lines[1][1]
    assert asked is not None
    assert (asked.by, lines[0][1]) == ("監査 蓮", None)


def test_who_is_protected_is_told_to_those_who_handle_it_only(signed_in: Callable[[str], Client]) -> None:
    read(of("head"), of("protected"), case=None)
    (line,) = readings_of_sheltered(days=30, now=LATER)
    assert line.person_key == of("protected")
    assert kinds() == []
    assert signed_in("auditor_ren").get("/office/sheltered/readings/").status_code == 403


def test_the_screens(signed_in: Callable[[str], Client], city: Mapping[str, Actor]) -> None:
    now = timezone.now()
    read(of("head"), by=NAMESAKE, at=now)
    read(of("protected"), at=now)
    ren = signed_in("auditor_ren")
    page = ren.get("/office/audit/unusual/").content.decode()
    assert "職員と同じ氏名の方を見ています" in page
    assert of("protected") not in page
    (found,) = (one for one, _ in unusual(rules=RULES, now=now) if one.kind is UnusualKind.SELF)
    assert found.key in page
    assert ren.post("/office/audit/unusual/", {"finding": found.key}).status_code == 302
    assert "確認済み" in ren.get("/office/audit/unusual/").content.decode()
    assert ren.post("/office/audit/unusual/", {"finding": "なにか"}, follow=True).status_code == 200
    own = signed_in("protector_yuki").get("/office/sheltered/readings/").content.decode()
    assert of("protected") in own
    assert of("head") not in own


@pytest.mark.parametrize(
    "text",
    ["days = ", "days = 1", "days = 'x'\n", "unknown = 1\n", "days = true\n"],
)
def test_rules_that_cannot_be_used_say_what_to_mend(tmp_path: Path, text: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RulesUnreadable, match="気になる閲覧の決まり"):
        read_rules(file)


def test_hours_out_of_order_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        SHIPPED.read_text(encoding="utf-8").replace("from_hour = 7", "from_hour = 22"), encoding="utf-8"
    )
    with pytest.raises(RulesUnreadable, match="時刻"):
        read_rules(file)
