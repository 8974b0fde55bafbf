"""The fee of an application from home: asked for as the pack declares, filed by its own money, charged and filed once or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import override_settings
from tests import cast
from tests.applying import answer_once, answered, applicant_of, handed_in, seen
from tests.applying import begun as begun_with
from tests.cast import NOW
from tests.conftest import MADOKA
from tests.personas import SELF
from tests.rooms.payments import played_with
from tests.rooms.payments.histories import CLERKS, World
from tests.rooms.payments.played_with import Killed

from madoguchi.cases.from_home import answering, fees, withdrawing
from madoguchi.cases.from_home.fees import HomeFee
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.from_home.states import HomeState
from madoguchi.cases.from_home.submitting import Receipt, submit
from madoguchi.cases.models import HomeCaseRow, HomeFeeRow, SignatureRow, TaskRow
from madoguchi.cases.states import PayState
from madoguchi.catalogue.operations import publish
from madoguchi.connect import paying
from madoguchi.payments import asking
from madoguchi.payments.models import PaymentRow
from madoguchi.payments.ports import ProviderUnsure
from madoguchi.payments.queries import paid_not_filed
from madoguchi.payments.states import FilingState, PaymentState
from madoguchi.payments.values import Payable
from madoguchi.procedures.loader import NATIONAL_FOLDER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents")]
CLUB = "after-school-club"
FEE = """
fee_note = "試験のための架空の手数料"
fee_paid = "{when}"
[[fee]]
label = "架空の手数料"
yen = 700
law = "試験の架空の決め"
verified = "unverified"
[[fee.reduction]]
when = "claimant.income_yen < 1000000"
yen = {reduced}
because = "所得が少ない方の架空の減免です"
law = "試験の架空の決め"
"""


@pytest.fixture
def priced(city: object, tmp_path: Path) -> Callable[..., Applicant]:
    """A club for children with an invented fee, published; who applies for it."""

    def lay(when: str, *, reduced: int = 200) -> Applicant:
        folder = tmp_path / "priced"
        folder.mkdir()
        (folder / "pack.toml").write_text('id = "priced"\nname = "試験の架空の手数料"\n', encoding="utf-8")
        (folder / f"{CLUB}.toml").write_text(FEE.format(when=when, reduced=reduced), encoding="utf-8")
        publish(folders=[NATIONAL_FOLDER, MADOKA, folder], by=cast.SETTER, now=NOW)
        return applicant_of("head")

    return lay


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World(Random(1), NOW, well=True)
    monkeypatch.setattr(paying, "provider", lambda: made)
    with override_settings(PAYMENT_PROVIDER="http://127.0.0.1:9"):
        yield made


def begun(who: Applicant, *, mark: str = "") -> str:
    return begun_with(who, CLUB, mark=mark)


def declared(number: str, who: Applicant) -> Receipt | HomeFee:
    return submit(number=number, who=who, declared=True, by=SELF, now=NOW, version=None, paid_here=True)


def asked_for(fee: HomeFee) -> str:
    return paying.ask_for(payable=paying.payable_of_home(fee), by=SELF, now=NOW).number


def chosen(world: World, asked: str, way: str = "card") -> None:
    """The resident at the provider's page."""
    paying.start(asked=asked, key="press", come_back="/pay/", now=NOW)
    world.books.choose(session=world.books.sessions()[-1][1], way=way, now=NOW)


def state(number: str, who: Applicant) -> HomeState:
    return seen(number, who).line.state


def test_a_fee_of_before_is_paid_and_the_money_files(priced: Any, world: World) -> None:
    who = priced("before")
    number = answered(begun(who), who)
    fee = declared(number, who)
    assert isinstance(fee, HomeFee) and fee.yen == 200, "the reduction of the pack"
    assert state(number, who) is HomeState.FILLING and not TaskRow.objects.exists()
    assert declared(number, who) == fee, "pressed twice: the same bill"
    asked = asked_for(fee)
    assert asked_for(fee) == asked
    chosen(world, asked)
    paying.look(asked=asked, now=NOW)
    assert state(number, who) is HomeState.RECEIVED
    assert [one.state for one in fees.fees_of(case=fee.case)] == [PayState.PAID]
    assert isinstance(declared(number, who), Receipt), "submitted again: the receipt"
    assert SignatureRow.objects.count() == 1 and len(world.books.movements()) == 1


def test_the_amount_alone_may_hang_on_a_question_which_is_then_asked(priced: Any, world: World) -> None:
    who = priced("before")
    number = begun(who)
    asked = set()
    while (page := answering.page_now(seen(number, who))) is not None:
        asked |= {ref.key for ref in page.refs}
        answer_once(number, who)
    assert "income_yen" in asked


def test_an_amount_that_is_not_known_is_asked_for_by_nobody(priced: Any, world: World) -> None:
    who = priced("before")
    number = begun(who)
    while (page := answering.page_now(seen(number, who))) is not None:
        answer_once(number, who, unknown=page.refs[0].key == "income_yen")
    view = seen(number, who)
    costs = fees.costs_of(view.judged, view.record)
    assert costs.open == (CLUB,) and not costs.before
    assert isinstance(declared(number, who), Receipt) and not HomeFeeRow.objects.exists()


def test_a_fee_that_is_reduced_to_nothing_sends_nobody_to_pay(priced: Any, world: World) -> None:
    who = priced("before", reduced=0)
    assert isinstance(declared(answered(begun(who), who), who), Receipt)
    assert not HomeFeeRow.objects.exists()


def test_a_fee_of_after_is_asked_for_with_the_receipt_and_counted_once(priced: Any, world: World) -> None:
    who = priced("after")
    number = answered(begun(who), who)
    assert isinstance(declared(number, who), Receipt)
    (fee,) = fees.fees_of(case=seen(number, who).case)
    asked = asked_for(fee)
    chosen(world, asked)
    for _again in range(3):
        paying.look(asked=asked, now=NOW)
        paying.care(now=NOW)
    assert [one.state for one in fees.fees_of(case=fee.case)] == [PayState.PAID]
    assert len(world.books.movements()) == 1 and paid_not_filed() == ()


def test_where_nothing_can_be_paid_online_it_is_filed_and_the_fee_stays_open(priced: Any) -> None:
    who = priced("before")
    number = answered(begun(who), who)
    handed_in(number, who)
    (fee,) = fees.fees_of(case=seen(number, who).case)
    assert (fee.state, fee.yen) == (PayState.ASKED, 200)
    (listed,) = fees.filed_and_unpaid(most=10)
    assert (listed.number, listed.yen) == (number, 200)
    withdrawing.withdraw(number=number, who=who, by=SELF, now=NOW)
    assert fees.filed_and_unpaid(most=10) == ()


def test_what_was_changed_while_paying_is_not_filed_and_the_money_goes_back(
    priced: Any, world: World
) -> None:
    who = priced("before")
    number = answered(begun(who), who)
    fee = declared(number, who)
    assert isinstance(fee, HomeFee)
    asked = asked_for(fee)
    chosen(world, asked)
    answering.back(number=number, who=who, by=SELF, now=NOW, version=None)
    paying.look(asked=asked, now=NOW)
    for _round in range(3):
        paying.care(now=NOW)
    assert state(number, who) is HomeState.FILLING and not TaskRow.objects.exists()
    assert PaymentRow.objects.get().state == PaymentState.REFUNDED.value
    answered(number, who)
    other = declared(number, who)
    assert isinstance(other, HomeFee), "it can be declared and paid again"


def test_what_was_taken_back_is_not_paid_for(priced: Any, world: World) -> None:
    who = priced("after")
    number = answered(begun(who), who)
    declared(number, who)
    (fee,) = fees.fees_of(case=seen(number, who).case)
    asked = asked_for(fee)
    chosen(world, asked)
    withdrawing.withdraw(number=number, who=who, by=SELF, now=NOW)
    for _round in range(3):
        paying.care(now=NOW)
    assert PaymentRow.objects.get().state in (PaymentState.REFUNDED.value, PaymentState.FAILED.value)
    assert not fees.paid_fees()


def test_money_that_is_not_there_takes_the_mark_back(priced: Any, world: World) -> None:
    who = priced("after")
    declared(answered(begun(who), who), who)
    HomeFeeRow.objects.update(state=PayState.PAID.value, payment="NOSUCH22", paid_at=NOW)
    paying.care(now=NOW)
    assert not fees.paid_fees()


class HomeDesk:
    """Applications as the histories know a desk: what is owed and paid is read from the tables, never kept here."""

    def __init__(self, references: list[str]) -> None:
        self.references = references

    @property
    def owed(self) -> dict[str, Payable]:
        port = paying.FromHomeFiling()
        return {one: found for one in self.references if (found := port.payable(one)) is not None}

    @property
    def paid(self) -> dict[str, str]:
        return dict(fees.paid_fees())


class HomeWorld(World):
    """A history about an application whose money files it: killed, silent, twice and in another order like any other."""

    who: Applicant
    number: str

    def withdraw(self) -> None:
        filed = HomeCaseRow.objects.get(number=self.number).submitted_at
        if self.chance.random() < 0.3 and filed is None:
            answering.back(number=self.number, who=self.who, by=SELF, now=NOW, version=None)

    def filed_by_hand(self) -> None:
        """Nobody marks anything by hand here."""

    @property
    def ports(self) -> Any:
        return paying.filing_ports()


def play(who: Applicant, number: str, seed: int) -> HomeWorld:
    """One history, which ends well: filed and paid, or neither, and the books balance."""
    world = HomeWorld(Random(seed), NOW)
    world.who, world.number = who, number
    fee = declared(world.number, who)
    assert isinstance(fee, HomeFee)
    world.desk = HomeDesk([fee.reference])  # type: ignore[assignment]  # reads what the other one remembers
    asking.ask(payable=paying.payable_of_home(fee), by=CLERKS[0], now=NOW)
    for act in (world.press, world.choose) if seed % 4 else ():  # most people do pay
        with suppress(Killed, ProviderUnsure):
            world._quietly(act)
    for _act in range(world.chance.randrange(4, 20)):
        world.one_act()
    world.ends_well()
    filed = PaymentRow.objects.filter(filing=FilingState.FILED.value).count()
    home = HomeCaseRow.objects.get(number=world.number)
    assert (home.submitted_at is not None) or not filed, "paid for, and never filed"
    assert SignatureRow.objects.filter(case=home.case).count() <= 1
    return world


def played(who: Applicant, seeds: range) -> dict[str, int]:
    """So many histories, each undone afterwards; what they came to."""
    ends = {"filed": 0, "not filed": 0, "killed": 0}
    number = answered(begun(who), who)
    for seed in seeds:
        with transaction.atomic():
            played_with.BASE_SAVEPOINTS[0] = len(connection.savepoint_ids)
            world = play(who, number, seed)
            ends["filed" if fees.paid_fees() else "not filed"] += 1
            ends["killed"] += world.seen["killed"]
            transaction.set_rollback(True)
    return ends


def test_any_history_of_paying_and_filing_ends_with_both_or_neither(priced: Any) -> None:
    ends = played(priced("before"), range(12))
    assert all(ends.values()), ends


@pytest.mark.slow
def test_many_histories_of_paying_and_filing_do(priced: Any) -> None:
    ends = played(priced("before"), range(1000, 1400))
    assert all(ends.values()), ends
