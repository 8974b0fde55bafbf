"""A donor who moved since the gift: found by the register's history, else a doubt that a person settles; never a silent match."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.cast import NOW as CAST_NOW
from tests.cast import RESIDENTS, TODAY
from tests.rooms.furusato.giving import DESK, DONOR, HOME, MOVED, NOW, TARO, given, three

from madoguchi.audit.models import EntryRow
from madoguchi.furusato.models import MovedDonorRow
from madoguchi.furusato.moved import HowMissing, NoSuchDoubt, settle, waiting
from madoguchi.furusato.queries import gifts_of
from madoguchi.furusato.same_donor import vouch
from madoguchi.furusato.values import Reader
from madoguchi.residents.accounts.facts import ClaimedFacts
from madoguchi.residents.operations import register

db = pytest.mark.django_db
NOW_AT = ClaimedFacts(TARO.name, MOVED.address, TARO.birth, TARO.sex)
ELSEWHERE = ClaimedFacts(TARO.name, "北海道札幌市中央区北三条西6丁目", TARO.birth, TARO.sex)


def mine() -> list[str]:
    return [one.number for one in gifts_of(reader=Reader((), 1), by=DONOR, now=NOW)]


@db
def test_an_older_address_is_a_doubt_and_no_match_until_somebody_found_out() -> None:
    three()
    assert vouch(account=1, facts=NOW_AT, by=DONOR, now=NOW) == 0
    assert vouch(account=1, facts=NOW_AT, by=DONOR, now=NOW) == 0, "signed in again: the same doubts"
    found = waiting(by=DESK, now=NOW)
    assert [(one.gift, one.gift_address, one.address_now) for one in found] == [
        (number, HOME, MOVED.address) for number in ("F-0001", "F-0002", "F-0003")
    ]
    assert mine() == []
    with pytest.raises(HowMissing):
        settle(doubt=found[0].id, same=True, how=" ", by=DESK, now=NOW)
    settle(doubt=found[0].id, same=True, how="住民票の写し", by=DESK, now=NOW)
    settle(doubt=found[1].id, same=False, how="附票で別の人と分かった", by=DESK, now=NOW)
    with pytest.raises(NoSuchDoubt):
        settle(doubt=found[0].id, same=False, how="もう一度", by=DESK, now=NOW)
    assert mine() == ["F-0001"]
    vouch(account=1, facts=NOW_AT, by=DONOR, now=NOW)
    assert mine() == ["F-0001"], "what was found out holds at the next sign-in"
    vouch(account=1, facts=ELSEWHERE, by=DONOR, now=NOW)
    assert mine() == [], "and not for another address"
    assert [one.gift for one in waiting(by=DESK, now=NOW)].count("F-0002") == 1, "of the new address, once"


@db
def test_another_birth_or_name_is_no_doubt() -> None:
    given(
        {"生年月日": "S59.5.3"},
        {"寄附番号": "F-0002", "氏名": "寄附 次郎"},
        {"寄附番号": "F-0003", "生年月日": ""},
    )
    vouch(account=1, facts=NOW_AT, by=DONOR, now=NOW)
    assert not MovedDonorRow.objects.exists()


@db
def test_the_history_of_whoever_is_on_this_register_finds_them(residents: object) -> None:
    head = RESIDENTS["head"]
    before = "まど県はなまち市中央1番2号"
    register(entries=[replace(head, previous_address=before)], source="住民記録", as_of=TODAY, now=CAST_NOW)
    given({"氏名": head.name.name, "生年月日": str(head.birth), "住所": before})
    facts = ClaimedFacts(head.name.name, head.address, str(head.birth), head.sex)
    assert vouch(account=1, facts=facts, by=DONOR, now=NOW) == 0, "without the register it is a doubt"
    assert vouch(account=1, facts=facts, by=DONOR, now=NOW, resident_no=head.resident_no) == 1
    assert mine() == ["F-0001"]
    read = EntryRow.objects.filter(person_key=head.resident_no)
    assert any("former_homes" in str(one.body) for one in read), "that the history was read is written down"


@db
def test_whoever_may_be_protected_is_in_no_queue(city: object, residents: object) -> None:
    one = RESIDENTS["protected"]
    three(氏名=one.name.name, 生年月日=str(one.birth), 住所=HOME)
    facts = ClaimedFacts(one.name.name, MOVED.address, str(one.birth), one.sex)
    vouch(account=1, facts=facts, by=DONOR, now=NOW)
    assert not MovedDonorRow.objects.exists() and waiting(by=DESK, now=NOW) == ()
