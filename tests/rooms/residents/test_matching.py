"""Whom of the register four facts are of: one resident, a doubt, or nobody; never somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest
from tests.cast import NOW, RESIDENTS, SETTER, TODAY, number

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.jp.names import NameParts
from madoguchi.residents.accounts.coming import come
from madoguchi.residents.accounts.facts import AccountState, ClaimedFacts, Doubt
from madoguchi.residents.accounts.matching import InDoubt, NobodyFits, SurelyThis, matched
from madoguchi.residents.models import AccountRow, AccountStepRow
from madoguchi.residents.operations import register
from madoguchi.residents.people import RegisterEntry, ResidentStatus
from madoguchi.residents.sheltering import protect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents")]
SELF = Actor(None, "ご本人", "", "")
HEAD = RESIDENTS["head"]


def facts_of(entry: RegisterEntry, **other: str) -> ClaimedFacts:
    assert isinstance(entry.birth, date)
    said = ClaimedFacts(entry.name.name, entry.address, entry.birth.isoformat(), entry.sex)
    return replace(said, **other)


def enter(*entries: RegisterEntry) -> None:
    register(entries=list(entries), source="住民記録", as_of=TODAY, now=NOW)


def judged(facts: ClaimedFacts) -> object:
    return matched(facts, own_account=None, on=TODAY)


def came(facts: ClaimedFacts, subject: str = "s1") -> AccountRow:
    made = come(issuer="https://id.example", subject=subject, facts=facts, by=SELF, now=NOW)
    return AccountRow.objects.get(pk=made.number)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"name": "髙橋　太郎"},
        {"name": "髙橋太郎"},
        {"name": "高橋 太郎"},
        {"name": "髙\U000e0100橋 太郎"},
        {"address": "まど県まどか市柏台３丁目５−１"},
        {"address": "まど県 まどか市柏台三丁目5番1号"},
    ],
)
def test_the_same_person_however_machines_write_it(other: dict[str, str]) -> None:
    assert judged(facts_of(HEAD, **other)) == SurelyThis(HEAD.resident_no)


@pytest.mark.parametrize(
    ("other", "doubt"),
    [
        ({"name": "鈴木 太郎"}, Doubt.NAME_DIFFERS),
        ({"address": "まど県まどか市柏台三丁目5番地の2"}, Doubt.ADDRESS_DIFFERS),
        ({"address": "まど県まどか市柏台三丁目5番地の1 別棟201"}, Doubt.ADDRESS_DIFFERS),
        ({"address": "ほか県よその市柏台三丁目5番地の1"}, Doubt.ADDRESS_DIFFERS),
        ({"address": "柏台三丁目5番地の1"}, Doubt.ADDRESS_DIFFERS),
        ({"sex": "female"}, Doubt.SEX_DIFFERS),
        ({"sex": "other"}, Doubt.SEX_DIFFERS),
    ],
)
def test_one_fact_that_differs_is_a_doubt(other: dict[str, str], doubt: Doubt) -> None:
    assert judged(facts_of(HEAD, **other)) == InDoubt(doubt, (HEAD.resident_no,))


@pytest.mark.parametrize(
    "other",
    [{"birth": "1984-05-03"}, {"birth": "1984-05"}, {"birth": "0000-05-02"}, {"birth": "１９８４-05-02"}],
)
def test_another_birth_is_nobody(other: dict[str, str]) -> None:
    assert judged(facts_of(HEAD, **other)) == NobodyFits()


def test_twins_of_one_name_are_a_doubt_and_of_two_names_none() -> None:
    assert isinstance(judged(facts_of(RESIDENTS["twin_one"])), InDoubt)
    one = replace(HEAD, resident_no=number(901), name=NameParts("髙橋 一郎", ""), birth=date(2015, 3, 3))
    two = replace(one, resident_no=number(902), name=NameParts("髙橋 二郎", ""))
    enter(one, two)
    assert judged(facts_of(one)) == SurelyThis(one.resident_no)
    assert judged(facts_of(two)) == SurelyThis(two.resident_no)


def test_a_twin_who_is_not_on_the_register_is_not_taken_for_the_other() -> None:
    mika = replace(HEAD, resident_no=number(903), name=NameParts("髙橋 みか", ""), birth=date(2015, 3, 3))
    enter(mika)
    for other in ("髙橋 みが", "髙橋 ミカ", "髙橋 みーか"):
        assert judged(facts_of(mika, name=other)) == InDoubt(Doubt.NAME_DIFFERS, (mika.resident_no,)), other


def test_common_characters_for_rare_ones_and_not_the_other_way() -> None:
    plain = replace(HEAD, resident_no=number(904), name=NameParts("高橋 次", ""), birth=date(2015, 3, 3))
    enter(plain)
    assert judged(facts_of(plain, name="髙橋 次")) == InDoubt(Doubt.NAME_DIFFERS, (plain.resident_no,))


def test_a_namesake_of_the_same_birth_elsewhere_does_not_matter_and_at_the_place_does() -> None:
    elsewhere = replace(HEAD, resident_no=number(905), address="まど県まどか市本町77")
    enter(elsewhere)
    assert judged(facts_of(HEAD)) == SurelyThis(HEAD.resident_no)
    assert judged(facts_of(HEAD, address="まど県まどか市本町1")) == InDoubt(
        Doubt.SEVERAL, (HEAD.resident_no, number(905))
    )
    left = replace(HEAD, resident_no=number(906), status=ResidentStatus.MOVED_OUT)
    enter(left)
    assert isinstance(judged(facts_of(HEAD)), InDoubt)


def test_registered_alias_and_former_surname_are_names_and_others_are_not() -> None:
    person = RESIDENTS["long_name"]
    assert judged(facts_of(person, name="山本 マリア")) == SurelyThis(person.resident_no)
    assert judged(facts_of(person, name=person.name.name)) == SurelyThis(person.resident_no)
    assert isinstance(judged(facts_of(person, name="山本 マリヤ")), InDoubt)
    changed = replace(HEAD, name=NameParts("髙橋 太郎", None, former_surname="佐藤"))
    enter(changed)
    assert judged(facts_of(changed, name="佐藤 太郎")) == SurelyThis(HEAD.resident_no)
    assert isinstance(judged(facts_of(changed, name="髙橋[佐藤] 太郎")), InDoubt)


def test_an_uncertain_birth_is_never_matched_by_itself() -> None:
    person = RESIDENTS["birth_unknown"]
    said = ClaimedFacts(person.name.name, person.address, "1935-07-01", person.sex)
    assert judged(said) == InDoubt(Doubt.BIRTH_UNCERTAIN, (person.resident_no,))


@pytest.mark.parametrize("status", [ResidentStatus.MOVED_OUT, ResidentStatus.DEAD])
def test_who_left_or_died_is_a_doubt(status: ResidentStatus) -> None:
    enter(replace(HEAD, status=status))
    assert judged(facts_of(HEAD)) == InDoubt(Doubt.LEFT, (HEAD.resident_no,))


@pytest.mark.parametrize("role", ["protected", "protected_child"])
def test_a_protected_person_and_who_lives_with_them_waits_for_those_who_handle_it(role: str) -> None:
    entry = RESIDENTS[role]
    assert judged(facts_of(entry)) == InDoubt(Doubt.HANDLED, (entry.resident_no,))


def test_a_second_account_of_the_same_person_is_a_doubt() -> None:
    assert came(facts_of(HEAD), "s1").resident_no == HEAD.resident_no
    second = came(facts_of(HEAD), "s2")
    assert (second.state, second.doubt, second.resident_no) == ("doubtful", "other_account", None)


def test_of_a_matched_account_no_fact_is_kept_and_the_reading_is_written() -> None:
    row = came(facts_of(HEAD))
    assert (row.name, row.address, row.birth, row.sex) == ("", "", "", "")
    read = EntryRow.objects.get(kind="access", person_key=HEAD.resident_no)
    assert (read.purpose, read.staff_id) == ("own", None)


def test_other_facts_at_a_later_sign_in_are_a_doubt_again() -> None:
    came(facts_of(HEAD))
    assert came(facts_of(HEAD)).state == AccountState.MATCHED.value
    row = came(facts_of(HEAD, name="髙橋太郎"))
    assert (row.state, row.doubt, row.resident_no) == ("doubtful", "facts_changed", None)
    assert came(facts_of(HEAD)).doubt == "facts_changed", "the old facts again do not undo it"


def test_who_was_not_found_is_matched_when_the_register_knows_them() -> None:
    new = replace(HEAD, resident_no=number(907), name=NameParts("新居 一", ""), birth=date(2001, 1, 1))
    assert came(facts_of(new)).state == AccountState.NOT_FOUND.value
    enter(new)
    assert came(facts_of(new)).resident_no == new.resident_no


def test_a_match_ends_with_protection_for_everybody_whose_whereabouts_it_withholds() -> None:
    assert came(facts_of(HEAD)).state == AccountState.MATCHED.value
    protect(resident_no=RESIDENTS["wife"].resident_no, begins_on=TODAY, ends_on=None, by=SETTER, now=NOW)
    assert AccountRow.objects.get().state == AccountState.NOT_FOUND.value
    row = came(facts_of(HEAD))
    assert (row.state, row.doubt) == ("doubtful", "handled")


def test_who_died_after_the_match_is_a_doubt_at_the_next_sign_in() -> None:
    came(facts_of(HEAD))
    enter(replace(HEAD, status=ResidentStatus.DEAD))
    assert came(facts_of(HEAD)).state == AccountState.DOUBTFUL.value


def test_the_history_of_an_account_is_kept(residents: Mapping[str, str]) -> None:
    came(facts_of(HEAD))
    came(facts_of(HEAD, sex="female"))
    assert list(AccountStepRow.objects.order_by("pk").values_list("state", flat=True)) == [
        "matched",
        "doubtful",
    ]
    with pytest.raises(Exception, match="書き足す"):
        AccountStepRow.objects.update(state="refused")
