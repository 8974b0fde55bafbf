"""Invented registers full of twins, namesakes, those who moved and rare characters: never is anybody taken for another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import NOW, TODAY, number

from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import NameParts
from madoguchi.residents.accounts.facts import ClaimedFacts
from madoguchi.residents.accounts.matching import SurelyThis, matched
from madoguchi.residents.operations import register
from madoguchi.residents.people import RegisterEntry, ResidentStatus

SURNAMES = ("髙橋", "渡邉", "佐藤", "𠮷田")
GIVEN = ("光", "真", "眞", "みか", "みが", "ミカ", "ゆき", "ゆうき", "一郎", "葛\U000e0102子")
BIRTHS = (date(2015, 3, 3), date(2015, 3, 4), date(1984, 2, 29))
HOMES = (
    "柏台三丁目5番地の1",
    "柏台三丁目5番地の2",
    "柏台三丁目5番地の1 コーポ101",
    "柏台三丁目5番地の1 コーポ102",
    "本町9",
)
IN_CITY = "まど県まどか市"


@dataclass(frozen=True, slots=True)
class Human:
    """A person as they are, whatever a register knows of them. Two humans at one home have two given names or two births."""

    surname: str
    given: str
    birth: date
    sex: str
    home: str


humans = st.builds(
    Human, st.sampled_from(SURNAMES), st.sampled_from(GIVEN), st.sampled_from(BIRTHS),
    st.sampled_from(("male", "female")), st.sampled_from(HOMES),
)  # fmt: skip
KNOWN = st.sampled_from(
    ("as is", "as is", "as is", "not", "moved", "unsure birth", "no sex", "alias", "former", "gone")
)
WRITTEN = {
    "髙": "高", "邉": "辺", "𠮷": "吉", "眞": "真", "\U000e0102": "", "三丁目": "3丁目", "番地の": "-", " ": "　",
}  # fmt: skip


def as_registered(human: Human, place: int, known: str) -> RegisterEntry | None:
    name = NameParts(f"{human.surname} {human.given}")
    entry = RegisterEntry(
        number(800 + place), name, human.birth, human.sex, "世帯主", f"{place:07d}", f"{IN_CITY}{human.home}"
    )
    changes: dict[str, RegisterEntry | None] = {
        "not": None,
        "as is": entry,
        "moved": replace(entry, address=f"{IN_CITY}遠町1"),
        "unsure birth": replace(entry, birth=PossibleDays("不詳", date(1900, 1, 1), date(2020, 12, 31))),
        "no sex": replace(entry, sex=""),
        "alias": replace(entry, name=NameParts("ANN LEE", alias=f"{human.surname} {human.given}")),
        "former": replace(entry, name=NameParts(f"新姓 {human.given}", former_surname=human.surname)),
        "gone": replace(entry, status=ResidentStatus.MOVED_OUT),
    }
    return changes[known]


def told_apart(people: list[tuple[Human, str]]) -> bool:
    """No two who are alike in everything but a way of writing: law and custom give no two children of one birth one name."""
    seen = [(one.surname, plain(one.given), one.birth, one.sex, one.home) for one, _ in people]
    return len(set(seen)) == len(seen)


def plain(text: str) -> str:
    for rare, common in WRITTEN.items():
        text = text.replace(rare, common)
    return text


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(st.tuples(humans, KNOWN), min_size=1, max_size=7).filter(told_apart),
    how=st.sampled_from(("as is", "plain", "no space")),
)
def test_nobody_is_taken_for_another(people: list[tuple[Human, str]], how: str, city: object) -> None:
    with transaction.atomic():
        entries = {
            place: entry
            for place, (human, known) in enumerate(people)
            if (entry := as_registered(human, place, known)) is not None
        }
        register(entries=list(entries.values()), source="住民記録", as_of=TODAY, now=NOW)
        for place, (human, _known) in enumerate(people):
            name = f"{human.surname} {human.given}"
            said = {"as is": name, "plain": plain(name), "no space": name.replace(" ", "")}[how]
            home = plain(f"{IN_CITY}{human.home}") if how == "plain" else f"{IN_CITY}{human.home}"
            facts = ClaimedFacts(said, home, human.birth.isoformat(), human.sex)
            found = matched(facts, own_account=None, on=TODAY)
            if isinstance(found, SurelyThis):
                assert place in entries and found.resident_no == entries[place].resident_no, (human, people)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["as is", "plain", "no space"])
def test_and_most_people_are_matched(how: str, city: object) -> None:
    """Otherwise the property above would hold for a matching that never says anything."""
    human = Human("髙橋", "みか", BIRTHS[0], "female", HOMES[2])
    entry = as_registered(human, 0, "as is")
    assert entry is not None
    register(entries=[entry], source="住民記録", as_of=TODAY, now=NOW)
    name = f"{human.surname} {human.given}"
    said = {"as is": name, "plain": plain(name), "no space": name.replace(" ", "")}[how]
    home = plain(entry.address) if how == "plain" else entry.address
    facts = ClaimedFacts(said, home, human.birth.isoformat(), human.sex)
    assert matched(facts, own_account=None, on=TODAY) == SurelyThis(entry.resident_no)
