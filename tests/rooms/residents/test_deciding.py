"""Staff decide about doubtful accounts: with both sides and a reason; of protected people only those who handle them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.cast import NOW, RESIDENTS, SETTER, TODAY
from tests.rooms.residents.test_matching import came, enter, facts_of

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.residents.accounts import deciding
from madoguchi.residents.accounts.deciding import NoSuchMatch
from madoguchi.residents.models import AccountRow, AccountStepRow
from madoguchi.residents.people import ResidentStatus
from madoguchi.residents.sheltering import protect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents")]
HEAD, WIFE = RESIDENTS["head"], RESIDENTS["wife"]
ONE = Actor(11, "審査 次郎", "main", "desk3")
TWO = Actor(12, "審査 桜", "main", "desk4")
REVIEWERS, HANDLERS = (False,), (True,)


def moved() -> AccountRow:
    """The address is another one; the name is as registered."""
    return came(facts_of(HEAD, address="まど県まどか市本町1"))


def accepted(
    row: AccountRow, by: Actor = ONE, *, sheltered: tuple[bool, ...] = REVIEWERS, **other: object
) -> bool:
    row.refresh_from_db()
    given = {"resident_no": HEAD.resident_no, "reason": "運転免許証で確認", "version": row.version, **other}
    return deciding.accept(number=row.pk, sheltered=sheltered, by=by, now=NOW, **given)  # type: ignore[arg-type]  # texts and a number


def test_one_member_of_staff_joins_an_account_whose_name_is_as_registered() -> None:
    row = moved()
    assert accepted(row)
    row.refresh_from_db()
    assert (row.state, row.resident_no, row.name, row.address) == ("matched", HEAD.resident_no, "", "")
    step = AccountStepRow.objects.order_by("-pk")[0]
    assert (step.staff_name, step.reason, step.resident_no) == (
        "審査 次郎",
        "運転免許証で確認",
        HEAD.resident_no,
    )
    assert EntryRow.objects.get(activity="account_matched", staff_id=11).body["person"] == HEAD.resident_no
    assert came(facts_of(HEAD, address="まど県まどか市本町1")).state == "matched", "and stays so"


def test_two_when_the_name_differs() -> None:
    row = came(facts_of(HEAD, name="鈴木 太郎"))
    assert not accepted(row, ONE)
    with pytest.raises(deciding.SecondPersonNeeded):
        accepted(row, ONE)
    assert accepted(row, TWO)
    row.refresh_from_db()
    assert row.state == "matched"


def test_another_choice_of_the_second_begins_anew() -> None:
    twins = came(facts_of(RESIDENTS["twin_one"], name="双葉 改"))
    one, two = RESIDENTS["twin_one"].resident_no, RESIDENTS["twin_two"].resident_no
    assert not accepted(twins, ONE, resident_no=one)
    assert not accepted(twins, TWO, resident_no=two)
    with pytest.raises(deciding.SecondPersonNeeded):
        accepted(twins, TWO, resident_no=two)
    assert accepted(twins, ONE, resident_no=two)


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"reason": " 　"}, deciding.ReasonMissing),
        ({"resident_no": WIFE.resident_no}, deciding.NotACandidate),
        ({"resident_no": ""}, deciding.NotACandidate),
        ({"version": 0}, NoSuchMatch),
    ],
)
def test_what_cannot_be_decided_changes_nothing(other: dict[str, object], refusal: type[Exception]) -> None:
    row = moved()
    with pytest.raises(refusal):
        accepted(row, **other)
    row.refresh_from_db()
    assert row.state == "doubtful"


def test_a_resident_has_one_account() -> None:
    came(facts_of(HEAD), "s1")
    second = came(facts_of(HEAD), "s2")
    with pytest.raises(deciding.HasAnotherAccount):
        accepted(second)
    assert deciding.block_account_of(resident_no=HEAD.resident_no, reason="新しいカード", by=ONE, now=NOW)
    assert accepted(second)
    assert came(facts_of(HEAD), "s1").state == "blocked"


def test_refused_stays_refused_and_is_looked_at_again_when_the_facts_change() -> None:
    row = moved()
    deciding.refuse(number=row.pk, reason="別人", version=row.version, sheltered=REVIEWERS, by=ONE, now=NOW)
    assert came(facts_of(HEAD, address="まど県まどか市本町1")).state == "refused"
    again = came(facts_of(HEAD))
    assert (again.state, again.doubt) == ("doubtful", "was_refused"), "also when all four are equal now"


def test_asked_to_come_is_told_to_the_person_and_stays_open() -> None:
    row = moved()
    deciding.ask_to_come(
        number=row.pk, reason="住所が古い", version=row.version, sheltered=REVIEWERS, by=ONE, now=NOW
    )
    row.refresh_from_db()
    assert (row.state, row.asked_to_come) == ("doubtful", True)


def test_reading_both_sides_is_written_down() -> None:
    row = moved()
    seen = deciding.look(number=row.pk, sheltered=REVIEWERS, by=ONE, now=NOW)
    assert seen.facts.address == "まど県まどか市本町1"
    assert [one.address for one in seen.candidates] == [HEAD.address]
    read = EntryRow.objects.filter(staff_id=11, kind="access").values_list("person_key", "purpose")
    assert set(read) == {(f"account/{row.pk}", "matching"), (HEAD.resident_no, "matching")}


def test_of_protected_people_only_those_who_handle_them_and_without_an_address() -> None:
    row = came(facts_of(RESIDENTS["protected"]))
    assert deciding.waiting(sheltered=REVIEWERS, by=ONE, now=NOW) == ()
    with pytest.raises(NoSuchMatch):
        deciding.look(number=row.pk, sheltered=REVIEWERS, by=ONE, now=NOW)
    for act in (deciding.refuse, deciding.ask_to_come):
        with pytest.raises(NoSuchMatch):
            act(number=row.pk, reason="x", version=row.version, sheltered=REVIEWERS, by=ONE, now=NOW)
    with pytest.raises(NoSuchMatch):
        accepted(row, resident_no=RESIDENTS["protected"].resident_no)
    assert [one.number for one in deciding.waiting(sheltered=HANDLERS, by=TWO, now=NOW)] == [row.pk]
    seen = deciding.look(number=row.pk, sheltered=HANDLERS, by=TWO, now=NOW)
    assert (seen.facts.address, [one.address for one in seen.candidates]) == ("", [None])
    assert accepted(row, TWO, sheltered=HANDLERS, resident_no=RESIDENTS["protected"].resident_no)
    assert came(facts_of(RESIDENTS["protected"])).state == "matched", "looked at once"


def test_protection_that_begins_while_it_waits_takes_it_out_of_the_list() -> None:
    row = moved()
    assert len(deciding.waiting(sheltered=REVIEWERS, by=ONE, now=NOW)) == 1
    protect(resident_no=WIFE.resident_no, begins_on=TODAY, ends_on=None, by=SETTER, now=NOW)
    assert deciding.waiting(sheltered=REVIEWERS, by=ONE, now=NOW) == ()
    with pytest.raises(NoSuchMatch):
        accepted(row)


def test_who_says_they_live_at_a_protected_home_is_for_those_who_handle_it() -> None:
    """Their own record still says another place; what they claim would tell where the protected person lives."""
    row = came(facts_of(HEAD, address="まど県まどか市蛍沢7丁目31-88　かくれみのハイツ７０７号室"))
    assert row.doubt == "handled"
    assert deciding.waiting(sheltered=REVIEWERS, by=ONE, now=NOW) == ()
    assert deciding.look(number=row.pk, sheltered=HANDLERS, by=TWO, now=NOW).facts.address == ""


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ({"address": "まど県まどか市本町1"}, {"address"}),
        ({"name": "髙橋 次郎", "address": "まど県まどか市柏台３丁目５−１"}, {"name"}),
        ({"sex": "female"}, {"sex"}),
    ],
)
def test_staff_are_told_which_of_the_four_are_not_as_registered(
    other: dict[str, str], differs: set[str]
) -> None:
    row = came(facts_of(HEAD, **other))
    seen = deciding.look(number=row.pk, sheltered=REVIEWERS, by=ONE, now=NOW)
    assert seen.differing[HEAD.resident_no] == differs


def test_of_a_withheld_address_nothing_is_told() -> None:
    row = came(facts_of(RESIDENTS["protected"], address="まど県まどか市本町1"))
    seen = deciding.look(number=row.pk, sheltered=HANDLERS, by=TWO, now=NOW)
    assert set().union(*seen.differing.values()) == set()


def test_the_dead_are_not_joined_by_a_machine() -> None:
    came(facts_of(HEAD))
    enter(replace(HEAD, status=ResidentStatus.DEAD))
    assert came(facts_of(HEAD)).state == "doubtful"
