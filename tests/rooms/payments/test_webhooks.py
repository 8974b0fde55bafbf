"""Webhooks: signed, just now, stored once, in any order; and the provider's file of a day, to the yen."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import permutations

import pytest
from tests import cast
from tests.rooms.payments.histories import CLERKS, SECRET
from tests.rooms.payments.paying import begun, paid, session_of, well_world
from tests.rooms.payments.played_with import statement

from madoguchi.payments import queries, reconciling, webhooks
from madoguchi.payments.models import EventRow, LedgerRow, PaymentRow, StatementRow
from madoguchi.payments.signing import TOLERANCE, sign, signed
from madoguchi.payments.states import PaymentState
from madoguchi.payments.telling import ask_provider

pytestmark = pytest.mark.django_db
NOW = cast.NOW


@pytest.mark.parametrize("away", [-TOLERANCE, TOLERANCE])
def test_a_signature_counts_within_the_tolerance_and_no_longer(away: timedelta) -> None:
    header = sign(b"x", secret=SECRET, at=NOW)
    assert signed(body=b"x", signature=header, secrets=[SECRET], now=NOW + away)
    just_out = away + timedelta(seconds=1 if away > timedelta(0) else -1)
    assert not signed(body=b"x", signature=header, secrets=[SECRET], now=NOW + just_out)


def test_an_old_secret_still_counts_and_a_wrong_one_never() -> None:
    header = sign(b"x", secret="old", at=NOW)
    assert signed(body=b"x", signature=header, secrets=["new", "old"], now=NOW)
    for secrets in (["new"], [""], []):
        assert not signed(body=b"x", signature=header, secrets=secrets, now=NOW)
    assert not signed(body=b"x", signature=sign(b"x", secret="", at=NOW), secrets=[""], now=NOW)


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "v1=abc", "t=x,v1=y", "t=1,v1", "t=²,v1=a", "=,=", "t=9" * 99]
)
def test_whatever_stands_in_the_header_is_no_error(header: str) -> None:
    assert not signed(body=b"x", signature=header, secrets=[SECRET], now=NOW)


def test_events_in_any_order_and_twice_end_in_the_same() -> None:
    ends = set()
    for order in permutations(range(4)):
        EventRow.objects.all().delete()
        world = well_world()
        number = f"{begun(world, key=str(order))}"
        books, session = world.books, session_of(world, number)
        books.choose(session=session, way="card", now=world.now)
        books.capture(reference=number, now=world.now)
        books.refund(reference=number, yen=100, key="r1", now=world.now)
        books.dispute(reference=number, now=world.now)
        bodies = [one.body for one in books.due_events(now=world.now)]
        for n in (*order, *order):
            signature = sign(bodies[n], secret=SECRET, at=world.now)
            webhooks.receive(body=bodies[n], signature=signature, secrets=[SECRET], now=world.now)
        one = queries.payment(number=number)
        ends.add(
            (
                one.state,
                one.captured_yen,
                one.refunded_yen,
                LedgerRow.objects.filter(payment__number=number).count(),
            )
        )
        PaymentRow.objects.filter(number=number).update(surplus=True)  # makes room for the next order
    assert ends == {(PaymentState.DISPUTED, 600, 100, 3)}


def test_an_event_is_stored_once_and_nothing_unsigned_is() -> None:
    world = well_world()
    number = begun(world)
    world.books.choose(session=session_of(world, number), way="wallet", now=world.now)
    body = world.books.due_events(now=world.now)[0].body
    good = sign(body, secret=SECRET, at=world.now)
    with pytest.raises(webhooks.NotSigned):
        webhooks.receive(body=body + b" ", signature=good, secrets=[SECRET], now=world.now)
    assert not EventRow.objects.exists()
    assert webhooks.receive(body=body, signature=good, secrets=[SECRET], now=world.now)
    assert not webhooks.receive(body=body, signature=good, secrets=[SECRET], now=world.now)
    assert EventRow.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"event": 1, "record": {"moved": 3}}',
        b"\xff",
        b'{"event":"e","record":{"session":"s","reference":"r","phase":"pending","moved":[{"move":"capture","key":"","yen":-5,"on":"2026-11-09"}]}}',
    ],
)
def test_what_no_provider_sends_is_refused(body: bytes) -> None:
    with pytest.raises(webhooks.NotAnEvent):
        webhooks.receive(body=body, signature=sign(body, secret=SECRET, at=NOW), secrets=[SECRET], now=NOW)


def test_what_cannot_be_is_kept_and_listed_and_stops_nobody() -> None:
    record = {"session": "s", "reference": "NOSUCH22", "phase": "pending", "moved": []}
    body = json.dumps({"event": "evt_1", "record": record}).encode()
    webhooks.receive(body=body, signature=sign(body, secret=SECRET, at=NOW), secrets=[SECRET], now=NOW)
    world = well_world()
    number = paid(world)
    more = [{"move": "refund", "key": k, "yen": 600, "on": "2026-11-09"} for k in "ab"]
    record = {"session": "s", "reference": number, "phase": "pending", "moved": more}
    body = json.dumps({"event": "evt_2", "record": record}).encode()
    webhooks.receive(body=body, signature=sign(body, secret=SECRET, at=NOW), secrets=[SECRET], now=NOW)
    assert queries.unknown_events() == 2
    assert queries.payment(number=number).refunded_yen == 0


def test_the_file_of_a_day_agrees_to_the_yen_and_says_where_not() -> None:
    world = well_world()
    number = paid(world)
    day = world.books.movements()[0][0]
    content = statement(world.books, day)
    reconciling.take_statement(content=content, by=CLERKS[0], now=world.now)
    assert reconciling.differences() == ()
    reconciling.take_statement(content=content.replace(b",600", b",599"), by=CLERKS[0], now=world.now)
    wrong = reconciling.differences()
    assert [(one.payment, one.ours_yen, one.theirs_yen) for one in wrong] == [(number, 600, 599)]
    assert PaymentRow.objects.get(number=number).look_at == world.now


def test_a_dropped_refund_comes_in_by_the_file() -> None:
    world = well_world()
    number = paid(world)
    world.books.refund_by_itself(reference=number, yen=600, now=world.now)
    day = world.books.movements()[0][0]
    reconciling.take_statement(content=statement(world.books, day), by=CLERKS[0], now=world.now)
    assert len(reconciling.differences()) == 1
    world.sweep_until_quiet()
    assert reconciling.differences() == ()
    assert queries.payment(number=number).state is PaymentState.REFUNDED


def test_an_old_message_that_is_taken_in_late_does_not_end_a_question() -> None:
    """Stored, then killed; then the file of the day wants the provider to be asked: it still is."""
    world = well_world()
    number = begun(world)
    world.books.choose(session=session_of(world, number), way="wallet", now=world.now)
    old = json.loads(world.books.due_events(now=world.now)[0].body)["record"]
    world.sweep_until_quiet()
    world.books.dispute(reference=number, now=world.now)
    day = world.books.movements()[0][0]
    reconciling.take_statement(content=statement(world.books, day), by=CLERKS[0], now=world.now)
    EventRow.objects.create(event="evt_late", reference=number, body=old, came_at=world.now)
    world.sweep_until_quiet()
    assert queries.payment(number=number).state is PaymentState.DISPUTED
    assert reconciling.differences() == ()


def test_a_question_that_was_under_way_does_not_answer_a_later_one() -> None:
    world = well_world()
    number = paid(world)
    PaymentRow.objects.filter(number=number).update(look_at=world.now)
    fetched = world.fetch

    def meanwhile(*, reference: str) -> object:
        answer = fetched(reference=reference)
        PaymentRow.objects.filter(number=number).update(look_at=world.now + timedelta(seconds=1))
        return answer

    world.fetch = meanwhile  # type: ignore[method-assign, assignment]  # somebody wants it looked at while it is asked
    ask_provider(provider=world, payment=number, now=world.now)
    assert PaymentRow.objects.get().look_at == world.now + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "1行以上"), (b"\xff\xfe", "UTF-8"), (b"a,b\r\n1,2", "列は"),
        (b"day,reference,move,key,yen\r\n2026-11-09,R,capture,,x", "2行目"),
        (b"day,reference,move,key,yen\r\n2026-11-09,R,stolen,,5", "2行目"),
        (b"day,reference,move,key,yen\r\n2026-11-09,R,capture,,5\r\n2026-11-10,Q,capture,,5", "1日ずつ"),
        (b"day,reference,move,key,yen\r\n2026-11-09,R,capture,a,5\r\n2026-11-09,R,capture,b,5", "3行目"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_changes_nothing(content: bytes, says: str) -> None:
    with pytest.raises(reconciling.StatementUnreadable, match=says):
        reconciling.take_statement(content=content, by=CLERKS[0], now=NOW)
    assert not StatementRow.objects.exists()
