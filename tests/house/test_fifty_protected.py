"""Protected people of every kind, each with words of their own planted, and the other party in every part they could play (支援措置).

Kinds: in force, provisional, past its end and not lifted, asked together with somebody, and merely living in that household.
Parts of the other party: the visitor, a proxy, one of the household, and whoever comes after a death. Each part is walked through
every screen and paper of the case, search, the lists of the office, `disclose` for every audience, and the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.test import Client
from tests.cast import NOW, SETTER, TODAY, certificate
from tests.house.walk import BEFORE_SIGNING, said
from tests.rooms.cases.walking import opened

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.models import EntryRow
from madoguchi.cases import household_notice, opening
from madoguchi.cases.states import IdentityDocument, VisitorKind
from madoguchi.jp.check_digits import with_check_digit
from madoguchi.jp.names import NameParts
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.disclosure import disclose
from madoguchi.residents.operations import register
from madoguchi.residents.people import RegisterEntry
from madoguchi.residents.protection import ALLOWED_WHEN_PROTECTED, Audience
from madoguchi.residents.sheltering import protect

KINDS = ("in force", "provisional", "past its end", "together", "household")
PARTS = (VisitorKind.SELF, VisitorKind.AGENT, VisitorKind.HOUSEHOLD, "bereaved")
# Kanji that stand in no text of the product.
_SIGNS = "鑿鑰鑢鑪鑞鐫鐃鐚鏐鏘鏨鏥鏤鏝鏈鎹鎬鎺鎚鍮鍠鍜鍼鍄錻錚錙錵鋺鋩鋒鉋鉅鉈鈷鈿鈬鈕鈞釶釵釿釼釟釡"


@dataclass(frozen=True, slots=True)
class Planted:
    """A household whose place is planted: who is looked after, somebody who lives there too, and the words."""

    kind: str
    person: str
    other: str
    household: str
    words: tuple[str, str]


def planted(place: int) -> Planted:
    """Register and protect the household of this number."""
    sign = _SIGNS[place % len(_SIGNS)] + _SIGNS[place // len(_SIGNS) + 1]
    words, kind = (f"{sign}町", f"{sign}荘"), KINDS[place % len(KINDS)]
    household = with_check_digit(f"{80_000 + place:06d}")
    address = f"まど県まどか市{words[0]}1番地の{place + 1} {words[1]}101号室"
    numbers = [with_check_digit(f"{800_000 + 2 * place + n:012d}") for n in range(2)]
    entries = [
        RegisterEntry(
            number, NameParts(f"匿名 人{chr(0x4E00 + 2 * place + n)}", f"トクメイ ヒト{n}"),
            date(1990, 1, 1) + timedelta(days=2 * place + n), "female", relationship, household, address,
        )
        for n, (number, relationship) in enumerate(zip(numbers, ("世帯主", "子"), strict=True))
    ]  # fmt: skip
    register(entries=entries, source="住民記録", as_of=TODAY, now=NOW)
    begun, until = TODAY - timedelta(days=400), TODAY + timedelta(days=30)
    protect(
        resident_no=numbers[0], begins_on=begun, ends_on=begun + timedelta(days=365) if kind == "past its end" else until,
        by=SETTER, now=NOW, provisional=kind == "provisional", together=numbers[1:] if kind == "together" else (),
    )  # fmt: skip
    return Planted(kind, numbers[0], numbers[1], household, words)


def case_of(one: Planted, part: VisitorKind | str, clerk: Actor) -> str:
    """A case that the other party brought, with the planted household in it."""
    if part == "bereaved":
        case = opening.open_case(event=EventKind.death, by=clerk, now=NOW)
        household_notice.begin_household(case=case, resident_no=one.other, by=clerk, now=NOW)
        kind, person = VisitorKind.AGENT, ""
    else:
        assert isinstance(part, VisitorKind)
        case, kind = opened(clerk), part
        opening.begin_from_certificate(case=case, certificate=certificate(), by=clerk, now=NOW)
        opening.join_household(case=case, number=one.household, by=clerk, now=NOW)
        person = "p1" if part is VisitorKind.SELF else ""
    opening.set_visitor(
        case=case, kind=kind, person=person, name="" if person else "相手 方", phone="",
        documents=frozenset({IdentityDocument.PASSPORT}), proof_seen=True, unproved=False, by=clerk, now=NOW, version=None,
    )  # fmt: skip
    return case


def screens(case: str, browser: Client) -> Iterator[tuple[str, str]]:
    for path in BEFORE_SIGNING:
        yield path, said(browser.get("/" + path.format(case=case)))


def searches(one: Planted, case: str, browser: Client) -> Iterator[tuple[str, str]]:
    """By name and number they are found without a place; by place they are not."""
    for asked in (
        {"name": "匿名 人"},
        {"number": one.person},
        {"kana": "トクメイ"},
        {"address": one.words[0]},
    ):
        # What was typed is in the form again; what was found is below it.
        told = said(browser.post(f"/cases/{case}/find/", asked)).replace(f'value="{one.words[0]}"', "")
        yield f"find {next(iter(asked))}", told


def told_to(one: Planted, clerk: Actor) -> Iterator[tuple[str, str]]:
    for audience in Audience:
        if audience not in ALLOWED_WHEN_PROTECTED:
            found = disclose(
                actor=clerk, purpose=Purpose.COUNTER_CASE, resident_nos=[one.person, one.other], audience=audience,
                case="c", screen="test", now=NOW,
            )  # fmt: skip
            yield f"disclose {audience.value}", repr(found)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "count",
    [pytest.param(2, id="some"), pytest.param(50, id="fifty", marks=[pytest.mark.slow, pytest.mark.proof])],
)
def test_the_other_party_finds_the_place_in_no_part_they_play(
    count: int,
    city: Mapping[str, Actor],
    procedures: str,
    residents: object,
    signed_in: Callable[[str], Client],
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    caplog.set_level(logging.DEBUG)
    clerk, browser, seen, leaks = city["clerk_hana"], signed_in("clerk_hana"), 0, []
    people = [planted(place) for place in range(count)]
    words = [word for one in people for word in one.words]
    for one in people:
        for part in PARTS:
            case = case_of(one, part, clerk)
            for where, text in (*screens(case, browser), *searches(one, case, browser), *told_to(one, clerk)):
                seen += 1
                leaks += [(one.kind, str(part), where, word) for word in words if word in text]
    for who, path in (
        ("protector_yuki", "office/sheltered/"),
        ("protector_yuki", "office/sheltered/readings/"),
        ("auditor_ren", "office/audit/unusual/"),
    ):
        leaks += [("", who, path, word) for word in words if word in said(signed_in(who).get(f"/{path}"))]
        seen += 1
    audit = " ".join(map(str, EntryRow.objects.values_list("activity", "person_key", "body")))
    leaks += [("", "audit or log", "", word) for word in words if word in audit or word in caplog.text]
    record_property("n", seen * len(words))
    record_property("losses", len(leaks))
    assert leaks[:20] == []
