"""The audit can only be added to, and whoever changes it past the triggers is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.cast import NOW
from tests.conftest import change_allowed

from madoguchi.audit.entries import Actor, Channel, Kind, Purpose, StepDetail
from madoguchi.audit.models import EntryRow
from madoguchi.audit.operations import announce, record_access, record_act, record_step, seal
from madoguchi.audit.queries import (
    daily_head,
    outbox_after,
    person_timeline,
    staff_timeline,
    steps_of,
    verify,
)

CLERK = Actor(7, "窓口 花", "main", "desk-1", "127.0.0.1")


def read(*people: str) -> None:
    record_access(
        actor=CLERK,
        purpose=Purpose.COUNTER_CASE,
        authority="clerk",
        person_keys=people,
        fields=("name",),
        case="c1",
        screen="hearing",
        now=NOW,
    )


def tamper(sql: str, *values: object) -> None:
    """Change the table as somebody with the database in hand would: past the triggers."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_entryrow DISABLE TRIGGER USER")
            cursor.execute(sql, values)
            cursor.execute("ALTER TABLE audit_entryrow ENABLE TRIGGER USER")
        return
    with change_allowed(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_entryrow", "audit_sealrow", "audit_sealedentry"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET digest = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_remove(table: str, sql: str) -> None:
    read("1")
    seal(now=NOW)
    with (
        pytest.raises(DatabaseError, match="書き足すだけ"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql.format(table))


@pytest.mark.django_db
def test_an_untouched_audit_verifies() -> None:
    read("1", "2")
    assert seal(now=NOW) == 2
    read("3")
    found = verify()
    assert (found.lines, found.batches, found.unsealed, found.faults) == (3, 1, 1, ())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("UPDATE audit_entryrow SET person_key = '9' WHERE id = %s", "書きかえられています"),
        ("UPDATE audit_entryrow SET staff_name = 'だれか' WHERE id = %s", "書きかえられています"),
        ("UPDATE audit_entryrow SET terminal = '' WHERE id = %s", "書きかえられています"),
        ("DELETE FROM audit_entryrow WHERE id = %s", "消されています"),
    ],
)
def test_a_line_changed_or_removed_by_hand_is_named(sql: str, sentence: str) -> None:
    read("1", "2", "3")
    seal(now=NOW)
    line = EntryRow.objects.order_by("id")[1].pk
    tamper(sql, line)
    (fault,) = verify().faults
    assert fault.entry_id == line
    assert sentence in fault.sentence


@pytest.mark.django_db
def test_a_seal_rewritten_to_hide_a_change_breaks_the_chain() -> None:
    for person in ("1", "2"):
        read(person)
        seal(now=NOW)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_sealrow DISABLE TRIGGER USER")
            cursor.execute("UPDATE audit_sealrow SET digest = %s WHERE number = 1", ["f" * 64])
            cursor.execute("ALTER TABLE audit_sealrow ENABLE TRIGGER USER")
    else:
        tamper("UPDATE audit_sealrow SET digest = %s WHERE number = 1", "f" * 64)
    assert "つながり" in verify().faults[0].sentence


@pytest.mark.django_db
def test_sealing_twice_seals_nothing_twice() -> None:
    read("1")
    assert seal(now=NOW) == 1
    assert seal(now=NOW) == 0
    assert verify().batches == 1


@pytest.mark.django_db(transaction=True)
def test_a_reading_is_kept_when_the_work_after_it_fails() -> None:
    read("1")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_act(actor=CLERK, activity="export", now=NOW)
        raise ZeroDivisionError
    assert [entry.kind for entry in staff_timeline(7)] == [Kind.ACCESS]


@pytest.mark.django_db(transaction=True)
def test_a_reading_inside_other_work_is_refused() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        read("1")
    assert person_timeline("1") == ()


@pytest.mark.django_db
def test_a_reading_that_finds_nobody_is_written_down_too() -> None:
    read()
    assert [entry.activity for entry in staff_timeline(7)] == ["read"]


@pytest.mark.django_db
def test_steps_keep_their_order_and_only_what_they_carry() -> None:
    for n in range(3):
        record_step(
            actor=CLERK,
            case="c1",
            activity=f"step{n}",
            channel=Channel.COUNTER,
            now=NOW,
            detail=StepDetail(fields_asked=n),
            practice=n == 2,
        )
    assert [(step.activity, step.body) for step in steps_of("c1")] == [
        ("step0", {}),
        ("step1", {"fields_asked": 1}),
        ("step2", {"fields_asked": 2, "practice": True}),
    ]


@pytest.mark.django_db
def test_the_outbox_of_each_branch_counts_without_gaps() -> None:
    given = [
        announce(branch=branch, topic="t", subject="s", now=NOW)
        for branch in ("main", "west", "main", "main")
    ]
    assert given == [1, 1, 2, 3]
    assert [line[0] for line in outbox_after("main", 1)] == [2, 3]


@pytest.mark.django_db
def test_the_head_of_a_day_is_that_of_its_last_seal_in_japan() -> None:
    read("1")
    seal(now=NOW)
    head = verify().head
    read("2")
    seal(now=NOW + timedelta(hours=15))
    assert daily_head(date(2026, 11, 9)) == head
    assert daily_head(date(2026, 11, 10)) == verify().head
    assert daily_head(date(2026, 11, 8)) is None


@pytest.mark.django_db
def test_the_staff_of_the_city_are_written_down(city: Mapping[str, Actor]) -> None:
    activities = set(EntryRow.objects.values_list("activity", flat=True))
    assert {"city_set_up", "departments_set", "staff_added"} <= activities
