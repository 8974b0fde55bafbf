"""What is written: before it is shown, only keys, only added, numbered without gaps."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.rooms.audit.conftest import CLERK, NOON, OFFICER

from madoguchi.audit import queries
from madoguchi.audit.entries import Kind, Purpose
from madoguchi.audit.models import EntryRow, OutboxRow
from madoguchi.audit.operations import NotAKey, announce, record_access, record_act, seal, told_last

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
TABLES = ("audit_entryrow", "audit_sealrow", "audit_sealedentry")


class WorkFailed(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_a_reading_stays_written_when_the_work_after_it_rolls_back(reading: Callable[..., None]) -> None:
    reading("1000000000012")
    with pytest.raises(WorkFailed), transaction.atomic():
        record_act(actor=CLERK, activity="staff_added", now=NOON)
        raise WorkFailed
    assert [(row.kind, row.person_key) for row in EntryRow.objects.all()] == [("access", "1000000000012")]


@pytest.mark.django_db(transaction=True)
def test_a_reading_inside_other_work_is_refused_since_it_could_be_rolled_back(
    reading: Callable[..., None],
) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        reading("1000000000012")
    assert not EntryRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_step_goes_with_the_work_it_belongs_to(step: Callable[..., None]) -> None:
    with pytest.raises(WorkFailed), transaction.atomic():
        step()
        raise WorkFailed
    assert not EntryRow.objects.exists()
    assert not OutboxRow.objects.exists()


def test_each_person_of_a_reading_has_a_line(reading: Callable[..., None]) -> None:
    reading("1000000000012", "1000000000020")
    (line,) = queries.person_timeline("1000000000020")
    assert (line.kind, line.staff_id, line.purpose, line.case) == (Kind.ACCESS, 7, "counter_case", "case-1")
    assert line.body == {"fields": ["name", "person.birth_date"], "screen": "hearing"}


def test_a_reading_of_nobody_leaves_a_line_too(reading: Callable[..., None]) -> None:
    reading()
    assert [row.person_key for row in EntryRow.objects.all()] == [""]


def test_timelines_are_newest_first_and_of_that_member_of_staff_only(
    reading: Callable[..., None], step: Callable[..., None]
) -> None:
    reading("1000000000012")
    step(actor=OFFICER)
    step(activity="sign")
    assert [entry.activity for entry in queries.staff_timeline(7)] == ["sign", "read"]
    assert [entry.activity for entry in queries.steps_of("case-1")] == ["answer", "sign"]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_change_and_removal(
    step: Callable[..., None], table: str, statement: str
) -> None:
    step()
    seal(now=NOON)
    with (
        pytest.raises(DatabaseError, match="書き足すだけ"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


@pytest.mark.parametrize("table", TABLES)
def test_the_ways_around_the_delete_trigger_are_shut(step: Callable[..., None], table: str) -> None:
    step()
    seal(now=NOON)
    around = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    if connection.vendor == "postgresql":
        around = f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
    with (
        pytest.raises(DatabaseError, match="書き足すだけ"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(around)


def test_an_unknown_kind_of_line_is_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EntryRow.objects.create(kind="guess", at=NOON, activity="read", digest="")


@pytest.mark.parametrize("value", ["佐藤 花子", "まどか市柏台3-5", "a b", "=1+1", "x" * 101])
def test_a_value_never_gets_into_the_audit(reading: Callable[..., None], value: str) -> None:
    with pytest.raises(NotAKey) as refused:
        reading(value)
    with pytest.raises(NotAKey):
        record_act(actor=CLERK, activity="fact_added", now=NOON, key=value)
    with pytest.raises(NotAKey):
        record_access(
            actor=CLERK, purpose=Purpose.COUNTER_CASE, authority="counter", person_keys=["1"], fields=[value],
            case=None,
            screen="hearing", now=NOON,
        )  # fmt: skip
    assert value not in str(refused.value)
    assert not EntryRow.objects.exists()


def test_the_text_of_a_note_stays_out_and_its_length_in(step: Callable[..., None]) -> None:
    step(note="佐藤さんの家族が取り下げた")
    step(note="answer")
    assert [entry.body for entry in queries.steps_of("case-1")] == [
        {"note_characters": 13},
        {"note": "answer"},
    ]


def test_the_outbox_counts_each_branch_by_itself() -> None:
    for branch in ("main", "main", "north", "main"):
        announce(branch=branch, topic="sign", subject="c", now=NOON)
    numbers = OutboxRow.objects.order_by("pk").values_list("branch", "sequence")
    assert list(numbers) == [("main", 1), ("main", 2), ("north", 1), ("main", 3)]
    assert queries.outbox_after("main", 1) == ((2, "sign", "c"), (3, "sign", "c"))


def test_a_long_act_tells_the_outbox_when_it_ends_and_not_when_it_fails() -> None:
    def tell(*branches: str) -> None:
        for branch in branches:
            announce(branch=branch, topic="sign", subject="c", now=NOON)

    with transaction.atomic(), told_last():
        tell("north", "main", "north")
        assert not OutboxRow.objects.exists(), "the branch's number is not held while the act goes on"
    told = [("main", 1), ("north", 1), ("north", 2)]
    assert list(OutboxRow.objects.order_by("pk").values_list("branch", "sequence")) == told
    with pytest.raises(WorkFailed), transaction.atomic(), told_last():
        tell("main")
        raise WorkFailed
    tell("main")
    assert OutboxRow.objects.order_by("pk").values_list("branch", "sequence").last() == ("main", 2)


@pytest.mark.django_db(transaction=True)
def test_the_outbox_has_no_gap_when_many_write_at_once_and_some_roll_back() -> None:
    def write(number: int) -> None:
        for turn in range(10):
            try:
                with transaction.atomic():
                    announce(branch="main", topic="sign", subject=f"{number}-{turn}", now=NOON)
                    if turn % 3 == 0:
                        raise WorkFailed
            except WorkFailed:
                pass
        connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(OutboxRow.objects.order_by("sequence").values_list("sequence", flat=True)) == list(
        range(1, 25)
    )
