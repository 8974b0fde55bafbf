"""Whoever changes, removes, adds in or reorders a line is found, and told by its number."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from io import StringIO
from unittest.mock import patch

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rooms.audit.conftest import CLERK, NOON

from madoguchi.audit import sealing, verifying
from madoguchi.audit.append_only import lifted
from madoguchi.audit.models import EntryRow, SealedEntry, SealRow
from madoguchi.audit.operations import record_act, seal
from madoguchi.audit.paper_head import PaperHead
from madoguchi.audit.tree import EMPTY_ROOT, is_consistent, is_included

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]
COLUMNS = (
    'kind, at, activity, lifecycle, staff_id, staff_name, branch, desk, terminal, channel, "case", '
    "person_key, purpose, authority, body, digest"
)

COPY_TO_MINUS_FIVE = (
    f"INSERT INTO audit_entryrow (id, {COLUMNS}) SELECT -5, {COLUMNS} FROM audit_entryrow WHERE id = {{}}"
)


def lines() -> list[int]:
    return list(EntryRow.objects.order_by("id").values_list("id", flat=True))


@pytest.fixture
def sealed(step: Callable[..., None]) -> list[int]:
    """Six lines in two batches; their numbers."""
    for batch in range(2):
        for number in range(3):
            step(case=f"case-{batch}{number}")
        seal(now=NOON + timedelta(minutes=batch))
    return lines()


def faulty() -> list[int | None]:
    return [fault.entry_id for fault in verifying.verify().faults]


def test_an_untouched_audit_holds(sealed: list[int], step: Callable[..., None]) -> None:
    step()
    found = verifying.verify()
    assert (found.lines, found.batches, found.unsealed, found.faults) == (7, 2, 1, ())
    last = SealRow.objects.get(number=2)
    assert found.head == PaperHead(6, last.root)


def test_an_empty_audit_holds() -> None:
    assert verifying.verify() == verifying.Verification(0, 0, 0, (), PaperHead(0, EMPTY_ROOT.hex()))


def test_sealing_again_seals_nothing(sealed: list[int]) -> None:
    assert seal(now=NOON) == 0
    assert SealRow.objects.count() == 2


def test_more_lines_than_a_batch_are_all_sealed(step: Callable[..., None]) -> None:
    for _ in range(7):
        step()
    with patch.object(sealing, "SEAL_BATCH", 3):
        assert seal(now=NOON) == 7
    assert SealRow.objects.count() == 3
    assert verifying.verify().faults == ()


@pytest.mark.parametrize(
    "change",
    [
        "person_key = '1000000000999'", "staff_id = 99", "staff_name = '別の人'", "purpose = 'practice'",
        "activity = 'sign'", "at = '2026-11-24 03:00:01+00:00'", "terminal = ''", "\"case\" = 'case-9'",
        "body = '{\"fields_asked\": 0}'", "branch = 'north'", "authority = 'audit'", "channel = 'system'",
        "lifecycle = 'start'", "desk = 'desk9'", "kind = 'act'",
    ],
)  # fmt: skip
def test_a_changed_line_is_named(sealed: list[int], intruder: Callable[..., None], change: str) -> None:
    intruder(f"UPDATE audit_entryrow SET {change} WHERE id = {sealed[1]}")
    assert faulty() == [sealed[1]]


def test_a_line_changed_with_its_digest_made_anew_is_named(
    sealed: list[int], intruder: Callable[..., None]
) -> None:
    intruder(f"UPDATE audit_entryrow SET activity = 'sign' WHERE id = {sealed[1]}")
    digest = sealing.digest_of(EntryRow.objects.get(id=sealed[1]))
    intruder(f"UPDATE audit_entryrow SET digest = '{digest}' WHERE id = {sealed[1]}")
    assert faulty() == [sealed[1]]


def test_a_line_changed_before_it_is_sealed_is_named(
    step: Callable[..., None], intruder: Callable[..., None]
) -> None:
    step()
    (line,) = lines()
    intruder(f"UPDATE audit_entryrow SET activity = 'sign' WHERE id = {line}")
    assert faulty() == [line]


def test_a_removed_line_is_named(sealed: list[int], intruder: Callable[..., None]) -> None:
    intruder(f"DELETE FROM audit_entryrow WHERE id = {sealed[4]}")
    assert faulty() == [sealed[4]]


def test_swapped_lines_are_named(sealed: list[int], intruder: Callable[..., None]) -> None:
    first, second = sealed[0], sealed[5]
    intruder(
        f"UPDATE audit_entryrow SET id = -1 WHERE id = {first}",
        f"UPDATE audit_entryrow SET id = {first} WHERE id = {second}",
        f"UPDATE audit_entryrow SET id = {second} WHERE id = -1",
    )
    assert faulty() == [first, second]


def test_an_inserted_line_is_named_also_after_it_was_sealed(
    sealed: list[int], intruder: Callable[..., None]
) -> None:
    """The intruder copies a whole line, digest and all, to a free number below the sealed ones."""
    intruder(COPY_TO_MINUS_FIVE.format(sealed[0]))
    assert faulty() == [-5]
    seal(now=NOON + timedelta(hours=1))
    assert faulty() == [-5]


def test_a_line_inserted_with_seals_of_its_own_is_named(
    sealed: list[int], intruder: Callable[..., None]
) -> None:
    """Even with a correctly chained batch of its own: its number is lower than what earlier batches hold."""
    intruder(COPY_TO_MINUS_FIVE.format(sealed[0]))
    late = EntryRow.objects.get(id=-5)
    previous = SealRow.objects.order_by("-number").first()
    assert previous is not None
    edge = sealing.edge_of(previous).with_leaves([sealing.leaf_of(-5, late.digest)])
    digest = sealing.chained(previous.digest, NOON, 7, edge.root().hex())
    made = SealRow.objects.create(
        number=3, previous=previous.digest, digest=digest, sealed_at=NOON, size=7, root=edge.root().hex(),
        peaks=[one.hex() for one in edge.peaks],
    )  # fmt: skip
    SealedEntry.objects.create(entry_id=-5, seal=made, digest=late.digest)
    assert faulty() == [-5]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_sealrow SET sealed_at = '2026-11-23 00:00:00+00:00' WHERE number = 1",
        "UPDATE audit_sealrow SET digest = 'x' WHERE number = 1",
        "UPDATE audit_sealrow SET number = 9 WHERE number = 2",
        "UPDATE audit_sealrow SET size = 5 WHERE number = 2",
        "UPDATE audit_sealrow SET root = 'x' WHERE number = 2",
        "UPDATE audit_sealrow SET peaks = '[]' WHERE number = 2",
        "UPDATE audit_sealedentry SET digest = 'x' WHERE id = (SELECT MIN(id) FROM audit_sealedentry)",
        "DELETE FROM audit_sealedentry WHERE id = (SELECT MIN(id) FROM audit_sealedentry)",
    ],
)
def test_a_changed_seal_is_found(sealed: list[int], intruder: Callable[..., None], change: str) -> None:
    intruder(change)
    assert any("封印" in fault.sentence for fault in verifying.verify().faults)


def test_an_end_that_was_cut_off_is_found_by_the_printed_head(
    sealed: list[int], intruder: Callable[..., None]
) -> None:
    printed = verifying.head_of_day(date(2026, 11, 24))
    assert printed is not None
    assert verifying.verify(papers=[printed.head]).faults == ()
    keep = SealRow.objects.get(number=1)
    intruder(
        f"DELETE FROM audit_sealedentry WHERE seal_id <> {keep.pk}",
        f"DELETE FROM audit_sealrow WHERE id <> {keep.pk}",
        f"DELETE FROM audit_entryrow WHERE id > {sealed[2]}",
    )
    assert verifying.verify().faults == ()
    (fault,) = verifying.verify(papers=[printed.head]).faults
    assert "6 件あった証跡が、3 件しかありません" in fault.sentence
    earlier = PaperHead(keep.size, keep.root)
    (fault,) = verifying.verify(papers=[printed.head, earlier]).faults
    assert "はじめの 3 件は、別の控えと合っています" in fault.sentence


def test_the_head_is_of_the_day_in_japan(step: Callable[..., None]) -> None:
    step()
    seal(now=NOON.replace(hour=0, minute=30))
    last, found = SealRow.objects.get(), verifying.head_of_day(date(2026, 11, 24))
    assert found == verifying.SealedHead(1, last.sealed_at, PaperHead(1, last.root))
    assert verifying.head_of_day(date(2026, 11, 25)) == found
    assert verifying.head_of_day(date(2026, 11, 23)) is None
    assert verifying.lines_of_day(date(2026, 11, 24)) == {"閲覧": 0, "操作": 0, "受付の手順": 1}


def test_the_age_of_the_proof_is_that_of_the_oldest_line_that_waits(
    sealed: list[int], step: Callable[..., None]
) -> None:
    assert verifying.seal_age() == verifying.SealAge(0, None, NOON + timedelta(minutes=1))
    step()
    step()
    age = verifying.seal_age()
    assert (age.waiting, age.minutes(NOON + timedelta(minutes=9, seconds=59))) == (2, 9)


def test_a_line_and_the_growth_are_proved_without_the_rest(sealed: list[int]) -> None:
    for size in (3, 6):
        proof = verifying.prove_line(sealed[1], size=size)
        assert proof is not None
        row = EntryRow.objects.get(id=sealed[1])
        leaf, path = (
            sealing.leaf_of(row.id, sealing.digest_of(row)),
            [bytes.fromhex(one) for one in proof.path],
        )
        root = bytes.fromhex(proof.head.root)
        assert is_included(leaf, place=proof.place, size=size, path=path, root=root)
    assert verifying.prove_line(sealed[5], size=3) is None
    old, new = (SealRow.objects.get(number=number) for number in (1, 2))
    assert is_consistent(
        old=bytes.fromhex(old.root), old_size=3, new=bytes.fromhex(new.root), new_size=6,
        path=[bytes.fromhex(one) for one in verifying.prove_growth(3, 6)],
    )  # fmt: skip


def test_seals_of_before_the_tree_are_planted_again(sealed: list[int]) -> None:
    """What the migration works out for seals that had only a chain is what sealing makes today."""
    migration = import_module("madoguchi.audit.migrations.0003_tree")
    fields = ("number", "previous", "digest", "size", "root", "peaks")
    before = list(SealRow.objects.order_by("number").values(*fields))
    with lifted(connection):
        for row in SealRow.objects.order_by("number"):
            SealRow.objects.filter(pk=row.pk).update(
                size=1000 + row.number, root="", peaks=[], digest=f"{row.pk:064x}"
            )
        migration.plant(apps, None)
    assert list(SealRow.objects.order_by("number").values(*fields)) == before
    assert verifying.verify().faults == ()


def test_the_command_names_the_line_and_fails(sealed: list[int], intruder: Callable[..., None]) -> None:
    out, err = StringIO(), StringIO()
    call_command("audit", "verify", stdout=out, stderr=err)
    assert "つながりは正しいです" in out.getvalue()
    intruder(f"DELETE FROM audit_entryrow WHERE id = {sealed[2]}")
    with pytest.raises(SystemExit) as ended:
        call_command("audit", "verify", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert f"証跡 {sealed[2]} 番が消されています。" in err.getvalue()


def test_the_command_checks_against_paper_and_tells_a_slip_of_the_finger(
    sealed: list[int], intruder: Callable[..., None]
) -> None:
    out, err = StringIO(), StringIO()
    call_command("audit", "head", "--on", "2026-11-24", stdout=out)
    paper = out.getvalue().strip()
    call_command("audit", "verify", "--head", paper.replace("-", " ").upper(), stdout=out, stderr=err)
    assert "紙の控えと合っています" in out.getvalue()
    with pytest.raises(CommandError, match="控えの値を読み取れません"):
        call_command("audit", "verify", "--head", paper[:-1], stdout=out, stderr=err)
    with lifted(connection):
        SealedEntry.objects.all().delete()
        SealRow.objects.all().delete()
        EntryRow.objects.filter(id__gt=sealed[4]).delete()
    seal(now=NOON)
    with pytest.raises(SystemExit):
        call_command("audit", "verify", "--head", paper, stdout=out, stderr=err)
    assert "5 件しかありません" in err.getvalue()


def test_the_command_seals(step: Callable[..., None]) -> None:
    step()
    out = StringIO()
    call_command("audit", "seal", stdout=out)
    assert "1 件を封印しました" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_sealers_and_writers_at_once_leave_one_unbroken_chain() -> None:
    def write() -> None:
        for number in range(25):
            with transaction.atomic():
                record_act(actor=CLERK, activity="calendar_set", now=NOON, day=number)
        connection.close()

    def close() -> None:
        for _ in range(12):
            seal(now=NOON)
        connection.close()

    threads = [threading.Thread(target=work) for work in (write, write, close, close)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seal(now=NOON)
    found = verifying.verify()
    assert (found.lines, found.unsealed, found.faults) == (50, 0, ())
    assert SealedEntry.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_a_long_work_still_writing_makes_the_seal_wait_not_skip_a_line() -> None:
    """PostgreSQL only: a line numbered earlier but committed later must not turn up below a sealed number."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    started, finish = threading.Event(), threading.Event()

    def import_slowly() -> None:
        with transaction.atomic():
            record_act(actor=CLERK, activity="import_begun", now=NOON)
            started.set()
            finish.wait(10)
        connection.close()

    slow = threading.Thread(target=import_slowly)
    slow.start()
    started.wait(10)
    record_act(actor=CLERK, activity="calendar_set", now=NOON)
    assert seal(now=NOON) == 0
    finish.set()
    slow.join()
    assert seal(now=NOON) == 2
    assert verifying.verify().faults == ()


BODIES = st.dictionaries(
    st.sampled_from(["a", "b", "c"]), st.one_of(st.integers(-9, 9), st.text("xyz09", max_size=3))
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(BODIES, min_size=1, max_size=4), min_size=1, max_size=4), data=st.data())
def test_any_chain_holds_until_any_one_line_is_touched(
    batches: list[list[dict[str, int | str]]], data: st.DataObject, intruder: Callable[..., None]
) -> None:
    before = transaction.get_connection()
    savepoint = transaction.savepoint()
    try:
        for batch in batches:
            for body in batch:
                record_act(actor=CLERK, activity="calendar_set", now=NOON, **body)
            seal(now=NOON)
        assert verifying.verify().faults == ()
        line = data.draw(st.sampled_from(lines()))
        act = data.draw(
            st.sampled_from(["DELETE FROM audit_entryrow", "UPDATE audit_entryrow SET activity = 'sign'"])
        )
        intruder(f"{act} WHERE id = {line}")
        assert faulty() == [line]
    finally:
        before.needs_rollback = False
        transaction.savepoint_rollback(savepoint)
