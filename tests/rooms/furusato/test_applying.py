"""Applying, changing, withdrawing, deciding: each once, in time, by whom it may be done; and two presses at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.rooms.furusato.giving import (
    DESK,
    DONOR,
    HOME,
    LAST,
    MOVED,
    NOW,
    PAPER,
    TARO,
    applied,
    change,
    code_of,
    given,
    signed,
    three,
)
from tests.together import together

from madoguchi.audit.models import EntryRow
from madoguchi.booking.trials import TRIALS_AT_A_BOOKING, TooManyTries
from madoguchi.furusato import desk
from madoguchi.furusato.applying import submit
from madoguchi.furusato.changing import withdraw
from madoguchi.furusato.deciding import PapersInFuture, ReasonMissing, accept_change, papers_came, refuse
from madoguchi.furusato.models import ApplicationRow, ChangeRow, StepRow, SubmissionRow
from madoguchi.furusato.opening import TRIES_FROM_AN_ADDRESS, open_gift
from madoguchi.furusato.queries import gifts_of, receipt_of
from madoguchi.furusato.same_donor import home_of, vouch
from madoguchi.furusato.states import ApplicationState
from madoguchi.furusato.values import (
    AlreadyApplied,
    ChangeNotUsable,
    Confirmation,
    FurusatoRefused,
    GiftCancelled,
    NewParticulars,
    NoSuchGift,
    NoSuchReceipt,
    NotConfirmed,
    NothingChosen,
    NothingStands,
    NotThatState,
    Reader,
    SeveralDonors,
    SignInNeeded,
    TooLate,
)
from madoguchi.residents.accounts.facts import ClaimedFacts

db = pytest.mark.django_db


# opening


@db
def test_a_gift_is_opened_by_its_paper_however_it_is_typed() -> None:
    three()
    code = code_of("F-0001")
    assert open_gift(number=" ｆ－０００１ ", code=f"{code[:4]}-{code[4:]}", by=DONOR, now=NOW) == "F-0001"
    for number, wrong in (("F-0001", code_of("F-0002")), ("F-0009", code), ("", ""), ("あ" * 99, "9" * 99)):
        with pytest.raises(NoSuchGift, match="見つかりません"):
            open_gift(number=number, code=wrong, by=DONOR, now=NOW)
    assert EntryRow.objects.filter(activity="gift_not_opened").count() == 4


@db
def test_guessing_is_stopped_at_the_number_and_at_the_address() -> None:
    three()
    for _try in range(TRIALS_AT_A_BOOKING):
        with pytest.raises(NoSuchGift):
            open_gift(number="F-0001", code="00000000", by=DONOR, now=NOW)
    with pytest.raises(TooManyTries):
        open_gift(number="F-0001", code=code_of("F-0001"), by=DONOR, now=NOW)
    with pytest.raises(TooManyTries):
        for number in range(TRIES_FROM_AN_ADDRESS + 1):
            with pytest.raises(NoSuchGift):
                open_gift(number=f"G-{number}", code="00000000", by=DONOR, now=NOW)
    later = NOW + timedelta(minutes=10)
    assert open_gift(number="F-0001", code=code_of("F-0001"), by=DONOR, now=later) == "F-0001"


@db
def test_only_papers_opened_here_are_seen_and_each_reading_is_written_down() -> None:
    three()
    seen = gifts_of(reader=Reader(("F-0002",)), by=DONOR, now=NOW)
    assert [(one.number, one.name, one.address, one.yen) for one in seen] == [
        ("F-0002", "寄附 太郎", HOME, 20000)
    ]
    assert gifts_of(reader=Reader(), by=DONOR, now=NOW) == ()
    read = EntryRow.objects.filter(activity="read").values_list("person_key", "purpose", "authority")
    assert list(read) == [("gift/F-0002", "own", "paper")]


# signing in


@db
def test_a_sign_in_finds_all_gifts_of_the_person_and_no_other() -> None:
    three()
    given(
        {"寄附番号": "F-0004", "氏名": "寄附 次郎"},
        {"寄附番号": "F-0005", "生年月日": "S59.5.3"},
        {"寄附番号": "F-0006", "生年月日": ""},
        {"寄附番号": "F-0007", "住所": "東京都新宿区西新宿二丁目8番2号"},
        {"寄附番号": "F-0008", "住所": "東京都港区西新宿二丁目8番1号"},
        {"寄附番号": "F-0009", "寄附日": "2024-05-05"},
    )
    assert [one.number for one in gifts_of(reader=signed(), by=DONOR, now=NOW)] == [
        "F-0003",
        "F-0002",
        "F-0001",
    ]
    moved = ClaimedFacts(TARO.name, MOVED.address, TARO.birth, TARO.sex)
    assert vouch(account=1, facts=moved, by=DONOR, now=NOW) == 0
    assert gifts_of(reader=Reader((), 1), by=DONOR, now=NOW) == (), "what the provider says now counts"
    assert vouch(account=1, facts=ClaimedFacts(TARO.name, HOME, "不詳", ""), by=DONOR, now=NOW) == 0


@db
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("東京都新宿区西新宿二丁目8番1号", "新宿区西新宿2丁目8-1", True),
        ("東京都新宿区西新宿二丁目8番1号", "東京都新宿区 西新宿2-8-1", True),
        ("東京都新宿区西新宿二丁目8番1号", "東京都新宿区西新宿二丁目8番11号", False),
        ("埼玉県大里郡寄居町大字寄居1180番地1", "埼玉県 大里郡 寄居町 寄居1180-1", True),
        ("東京都府中市宮西町2-24", "広島県府中市宮西町2-24", False),
    ],
)
def test_addresses_of_any_municipality_are_held_against_each_other(one: str, other: str, same: bool) -> None:
    assert (home_of(one) == home_of(other)) is same


# applying


@db
def test_three_at_once_with_papers_wait_for_the_post() -> None:
    receipt = applied(*three())
    found = receipt_of(receipt=receipt, reader=PAPER, by=DONOR, now=NOW)
    assert [(one.gift.number, one.state) for one in found.applied] == [
        (number, ApplicationState.AWAITING) for number in ("F-0001", "F-0002", "F-0003")
    ]
    assert (found.yen, found.own, found.others, found.awaits_papers) == (60000, False, 0, True)


@db
def test_three_at_once_by_the_sign_in_are_received() -> None:
    numbers = three()
    receipt = applied(*numbers, reader=signed())
    found = receipt_of(receipt=receipt, reader=Reader((), 1), by=DONOR, now=NOW)
    assert {one.state for one in found.applied} == {ApplicationState.RECEIVED}
    assert found.own and not found.awaits_papers


@db
def test_a_gift_is_applied_for_once() -> None:
    numbers = three()
    receipt = applied(*numbers[:2], press="a")
    assert applied(*numbers[:2], press="a") == receipt, "the same press"
    with pytest.raises(AlreadyApplied, match="F-0002"):
        applied("F-0002", "F-0003", press="b")
    assert ApplicationRow.objects.count() == 2, "nothing half-stored"
    with pytest.raises(IntegrityError), transaction.atomic():
        row = ApplicationRow.objects.get(gift__number="F-0001")
        other = SubmissionRow.objects.create(
            receipt="R2", press="c", year=2026, name="x", address="y", at=NOW
        )
        ApplicationRow.objects.create(
            submission=other, gift=row.gift, state="awaiting", proof="post", changed_at=NOW
        )
    withdraw(receipt=receipt, reader=PAPER, by=DONOR, now=NOW)
    assert applied("F-0001", press="d") != receipt, "after the withdrawal"


@db
def test_what_cannot_be_applied_for_is_refused_with_a_sentence() -> None:
    three()
    given(
        {"寄附番号": "X-1", "氏名": "別 人"}, {"寄附番号": "X-2", "寄附日": "2025-12-31"},
        {"寄附番号": "X-3", "状態": "取消"},
    )  # fmt: skip
    everything = Reader(("F-0001", "F-0002", "X-1", "X-2", "X-3"))

    def refused(kind: type[FurusatoRefused], *numbers: str, only: list[Confirmation] | None = None) -> None:
        with pytest.raises(kind, match=r"ください|できません|締め切り"):
            submit(
                gifts=numbers, confirmed=list(Confirmation) if only is None else only, press="p", reader=everything,
                by=DONOR, now=NOW,
            )  # fmt: skip

    refused(NotConfirmed, "F-0001", only=[Confirmation.NO_TAX_RETURN])
    refused(NothingChosen)
    refused(NoSuchGift, "F-0001", "F-0003")
    refused(SeveralDonors, "F-0001", "X-1")
    refused(SeveralDonors, "F-0001", "X-2")
    refused(TooLate, "X-2")
    refused(GiftCancelled, "X-3")
    assert not SubmissionRow.objects.exists()


@db
def test_until_the_last_minute_and_not_after_it() -> None:
    numbers = three()
    applied(numbers[0], press="a", now=LAST)
    with pytest.raises(TooLate, match=r"令和9年1月12日で締め切りました.*確定申告"):
        applied(numbers[1], press="b", now=LAST + timedelta(minutes=1))


@pytest.mark.django_db(transaction=True)
def test_two_presses_in_the_same_moment_make_one_application() -> None:
    numbers = three()
    told = together(*(partial(applied, *numbers, press=f"p{n}") for n in range(4)))
    assert sorted(type(one).__name__ for one in told) == ["AlreadyApplied"] * 3 + ["NoneType"]
    assert (ApplicationRow.objects.count(), SubmissionRow.objects.count()) == (3, 1)


@pytest.mark.django_db(transaction=True)
def test_one_press_that_arrives_four_times_makes_one_receipt() -> None:
    numbers = three()
    receipts: list[str] = []
    told = together(*[lambda: receipts.append(applied(*numbers, press="p"))] * 4)
    assert told == [None] * 4
    assert len(set(receipts)) == 1 == SubmissionRow.objects.count()


# changes and withdrawal


@db
def test_a_change_by_the_sign_in_counts_and_by_paper_waits() -> None:
    numbers = three()
    receipt = applied(*numbers, reader=signed(opened=numbers))
    assert change(receipt=receipt, reader=Reader((), 1)) is True
    assert change(receipt=receipt, reader=Reader((), 1)) is True, "the same press"
    assert ChangeRow.objects.count() == 3
    assert {line.address for line in desk.notice(year=2026, by=DESK, now=NOW)} == {MOVED.address}
    shown = receipt_of(receipt=receipt, reader=PAPER, by=DONOR, now=NOW)
    assert [(one.name, one.address) for one in shown.changes] == [("", "")], "not to whoever has the paper"
    own = receipt_of(receipt=receipt, reader=Reader((), 1), by=DONOR, now=NOW)
    assert own.changes[0].address == MOVED.address


@db
def test_a_change_by_paper_counts_when_its_papers_came() -> None:
    receipt = applied(*three())
    assert change(receipt=receipt) is False
    for row in ApplicationRow.objects.all():
        papers_came(application=row.pk, on=date(2026, 11, 9), by=DESK, now=NOW)
    assert {line.address for line in desk.notice(year=2026, by=DESK, now=NOW)} == {HOME}
    for told in ChangeRow.objects.all():
        accept_change(change=told.pk, by=DESK, now=NOW)
        with pytest.raises(NotThatState):
            accept_change(change=told.pk, by=DESK, now=NOW)
    assert {line.address for line in desk.notice(year=2026, by=DESK, now=NOW)} == {MOVED.address}


@db
@pytest.mark.parametrize(
    ("what", "why"),
    [
        (NewParticulars("寄附 太郎", "", "", HOME, date(2026, 11, 10)), "今日まで"),
        (NewParticulars("", "", "", HOME, date(2026, 11, 1)), "両方"),
        (NewParticulars("寄附 太郎", "", "", " ", date(2026, 11, 1)), "両方"),
        (NewParticulars("寄附\n太郎", "", "", HOME, date(2026, 11, 1)), "使えない文字"),
        (NewParticulars("寄附 太郎", "", "", "あ" * 501, date(2026, 11, 1)), "長すぎ"),
    ],
)
def test_a_change_that_cannot_be_used(what: NewParticulars, why: str) -> None:
    receipt = applied(*three())
    with pytest.raises(ChangeNotUsable, match=why):
        change(what, receipt=receipt)


@db
def test_what_changed_after_the_first_of_january_need_not_be_told() -> None:
    receipt = applied(*three())
    january = datetime(2027, 1, 5, tzinfo=UTC)
    with pytest.raises(ChangeNotUsable, match="令和9年1月1日より後"):
        change(NewParticulars("寄附 太郎", "", "", HOME, date(2027, 1, 2)), receipt=receipt, now=january)
    change(NewParticulars("寄附 太郎", "", "", HOME, date(2027, 1, 1)), receipt=receipt, now=january)
    with pytest.raises(TooLate):
        change(receipt=receipt, now=LAST + timedelta(minutes=1))


@db
def test_withdrawal_by_whom_it_was_filed() -> None:
    numbers = three()
    receipt = applied(*numbers, reader=signed())
    with pytest.raises(SignInNeeded):
        withdraw(receipt=receipt, reader=PAPER, by=DONOR, now=NOW)
    with pytest.raises(NothingStands):
        withdraw(receipt=receipt, reader=Reader((), 99), by=DONOR, now=NOW)
    with pytest.raises(TooLate):
        withdraw(receipt=receipt, reader=Reader((), 1), by=DONOR, now=LAST + timedelta(minutes=1))
    withdraw(receipt=receipt, reader=Reader((), 1), by=DONOR, now=LAST)
    with pytest.raises(NothingStands):
        withdraw(receipt=receipt, reader=Reader((), 1), by=DONOR, now=LAST)
    assert desk.notice(year=2026, by=DESK, now=NOW) == ()


@db
def test_another_readers_receipt_is_not_there() -> None:
    receipt = applied("F-0001", *three()[1:])
    for reader in (Reader(), Reader(("F-0009",)), Reader((), 5)):
        with pytest.raises(NoSuchReceipt):
            receipt_of(receipt=receipt, reader=reader, by=DONOR, now=NOW)
    part = receipt_of(receipt=receipt, reader=Reader(("F-0002",)), by=DONOR, now=NOW)
    assert ([one.gift.number for one in part.applied], part.others) == (["F-0002"], 2)


# the desk


@db
def test_the_desk_takes_papers_in_and_refuses_with_a_reason() -> None:
    numbers = three()
    receipt = applied(*numbers)
    first, second, third = ApplicationRow.objects.order_by("pk")
    with pytest.raises(PapersInFuture):
        papers_came(application=first.pk, on=date(2026, 11, 10), by=DESK, now=NOW)
    with pytest.raises(PapersInFuture):
        papers_came(application=first.pk, on=date(2026, 11, 8), by=DESK, now=NOW)
    with pytest.raises(TooLate):
        papers_came(application=first.pk, on=date(2027, 1, 13), by=DESK, now=LAST + timedelta(days=3))
    papers_came(application=first.pk, on=date(2027, 1, 12), by=DESK, now=LAST + timedelta(days=3))
    with pytest.raises(ReasonMissing):
        refuse(application=second.pk, reason=" ", by=DESK, now=NOW)
    refuse(application=second.pk, reason="本人確認書類がありません", by=DESK, now=NOW)
    with pytest.raises(NotThatState):
        papers_came(application=second.pk, on=date(2026, 11, 9), by=DESK, now=NOW)
    with pytest.raises(NotThatState):
        refuse(application=0, reason="ない", by=DESK, now=NOW)
    found = receipt_of(receipt=receipt, reader=PAPER, by=DONOR, now=NOW)
    assert [one.reason for one in found.applied] == ["", "本人確認書類がありません", ""]
    (line,) = desk.notice(year=2026, by=DESK, now=NOW)
    assert (line.municipality, line.number, line.yen) == ("東京都新宿区", "F-0001", 10000)
    assert third.state == ApplicationRow.objects.get(pk=third.pk).state


@db
def test_history_is_only_added_to_and_a_received_one_is_proved() -> None:
    applied(*three())
    with pytest.raises(DatabaseError), transaction.atomic():
        StepRow.objects.update(reason="別の理由")
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationRow.objects.update(state="received")
