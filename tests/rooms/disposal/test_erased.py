"""What goes, goes whole: nothing of a person stays but by key, the others are untouched, the log and the audit hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from tests.cast import NOW, TODAY
from tests.rooms.cases.deciding import Widowed
from tests.rooms.cases.walking import closed
from tests.rooms.disposal.doing import (
    LATER,
    Staff,
    approved,
    due,
    hold,
    set_five_years,
    to_the_end,
)
from tests.rooms.disposal.planting import (
    OVER,
    WORD,
    another,
    everywhere,
    finish,
    five_years,
    tables_that_say,
)

from madoguchi.audit.entries import Channel
from madoguchi.audit.erasing import NeverErased, erasing
from madoguchi.audit.operations import seal
from madoguchi.audit.verifying import verify
from madoguchi.cases import disposing
from madoguchi.cases import models as tables
from madoguchi.cases.from_home import strong_room
from madoguchi.cases.states import TaskState
from madoguchi.disposal import erasing as job
from madoguchi.disposal.erasing import go_on
from madoguchi.disposal.holds import holds_now, release_hold
from madoguchi.disposal.log import as_csv, as_workbook, certificate_of, list_holds
from madoguchi.disposal.models import CertificateRow, DisposedRow, HoldRow, PeriodRow
from madoguchi.disposal.values import CountedFrom, RecordClass

pytestmark = [pytest.mark.on_both, pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]


# Everything goes.


def test_every_table_of_a_case_is_planted(there: Widowed) -> None:
    for model, _ in (
        *disposing._PARTS,
        (tables.ActRow, ""),
        (tables.ClashRow, ""),
        (tables.BranchActRow, ""),
    ):
        assert model._default_manager.exists(), model.__name__
    assert len(tables_that_say(WORD)) > 15


def test_whatever_hangs_on_a_case_is_erased_with_it() -> None:
    """A table that another change adds and nobody names here would keep its case for ever."""
    hanging, fresh = set[type[Model]](), {tables.CaseRow}
    while fresh:
        fresh = {
            one for one in apps.get_models()
            if any(field.is_relation and field.related_model in fresh for field in one._meta.concrete_fields)
        } - hanging - {tables.CaseRow}  # fmt: skip
        hanging |= fresh
    named = {model for model, _ in disposing._PARTS} | {tables.ActRow, tables.ClashRow, tables.BranchActRow}
    assert hanging == named


def test_nothing_of_a_person_stays_anywhere_but_in_the_register_and_by_key_in_the_audit(
    city: Staff, there: Widowed
) -> None:
    set_five_years(city)
    file = tables.AttachmentRow.objects.get(case__public_id=there.case).public_id
    approved(city)
    with _committed():
        assert to_the_end() == 1
    assert tables_that_say(WORD) == set()
    of_person = {one for one in tables_that_say(there.widow) if not one.startswith(("residents_", "audit_"))}
    assert of_person == set()
    of_case = {one for one in tables_that_say(there.case) if not one.startswith(("disposal_", "audit_"))}
    assert of_case <= {"cases_branchpackagerow", "payments_payablerow"}
    with pytest.raises(strong_room.NotReadable):
        strong_room.take_out(file)
    assert not [text for table, text in everywhere() if table.startswith("disposal_") and WORD in text]


class _committed:
    """What waits for the commit is done at the end of the block, as it is outside of a test."""

    def __enter__(self) -> None:
        self._start = len(connection.run_on_commit)

    def __exit__(self, *_: object) -> None:
        for _ids, act, _robust in connection.run_on_commit[self._start :]:
            act()


def test_the_search_finds_what_an_eraser_forgets(
    city: Staff, there: Widowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_five_years(city)
    approved(city)
    monkeypatch.setattr("madoguchi.disposal.classes.erase_messages", lambda cases: 0)
    to_the_end()
    assert tables_that_say(WORD) == {"connect_messagerow", "connect_rulingmessagerow"}


def test_the_others_are_untouched(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    other, young = closed(city["clerk_hana"], city["reviewer_jiro"]), another(there.case, 2)
    tables.ActRow.objects.filter(case__public_id=young).update(at=NOW + timedelta(days=365))
    tables.TaskRow.objects.filter(case__public_id=other).update(state=TaskState.TAKEN.value)
    tables.TaskRow.objects.create(
        case=tables.CaseRow.objects.get(public_id=other), department="x", procedure="y", subject="p1",
        made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    approved(city)
    assert to_the_end() == 1
    assert set(tables.CaseRow.objects.values_list("public_id", flat=True)) == {other, young}
    assert tables.FactRow.objects.filter(case__public_id=young).exists()


def test_cases_of_one_matter_go_together_or_not_at_all(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    first = tables.CaseRow.objects.get(public_id=there.case)
    second = another(there.case, 1, follows=first)
    third = another(there.case, 2, follows=tables.CaseRow.objects.get(public_id=second))
    assert due() == 3
    hold(city, second)
    assert due() == 0
    release_hold(hold=holds_now()[0].number, by=city["auditor_ren"], now=LATER)
    tables.CaseRow.objects.filter(public_id=third).update(status="hearing")
    assert due() == 0
    tables.CaseRow.objects.filter(public_id=third).update(status="closed")
    approved(city)
    assert to_the_end() == 3


def test_a_matter_that_is_cut_by_a_batch_goes_from_its_end(
    city: Staff, there: Widowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_five_years(city)
    monkeypatch.setattr(job, "BATCH", 1)
    another(there.case, 1, follows=tables.CaseRow.objects.get(public_id=there.case))
    approved(city)
    assert (to_the_end(), tables.CaseRow.objects.count()) == (2, 0)


def test_a_batch_that_breaks_off_leaves_nothing_half_and_the_next_goes_on(
    city: Staff, there: Widowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_five_years(city)
    cases = {there.case, *(another(there.case, nth) for nth in range(1, 7))}
    young = another(there.case, 9)
    tables.ActRow.objects.filter(case__public_id=young).update(at=LATER)
    number = approved(city)
    monkeypatch.setattr(job, "BATCH", 2)
    calls, note = [], job._note

    def breaks(*given: Any, **more: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        note(*given, **more)

    monkeypatch.setattr(job, "_note", breaks)
    with pytest.raises(KeyboardInterrupt):
        go_on(now=LATER)
    gone = set(DisposedRow.objects.values_list("record", flat=True))
    assert len(gone) == 2
    assert set(tables.CaseRow.objects.values_list("public_id", flat=True)) == {young, *cases} - gone
    with pytest.raises(DatabaseError), transaction.atomic():  # the refusals are back
        tables.CorrectionWishRow.objects.all().delete()
    assert to_the_end() == 5
    assert set(DisposedRow.objects.values_list("record", flat=True)) == cases
    assert set(tables.CaseRow.objects.values_list("public_id", flat=True)) == {young}
    assert certificate_of(number) is not None


# The log.


def test_the_log_says_who_by_which_rule_and_how_many_and_nobody_changes_it(
    city: Staff, there: Widowed
) -> None:
    set_five_years(city)
    number = approved(city)
    assert certificate_of(number) is None
    to_the_end()
    said = certificate_of(number)
    assert said is not None
    assert (said.erased, said.left, said.period, said.on) == (1, 0, five_years(), OVER)
    assert (said.proposed_by, said.approved_by) == ("情報 咲", "監査 蓮")
    assert list_holds(number)
    assert there.case in as_csv(number).decode("utf-8-sig")
    assert as_workbook(number)[:2] == b"PK"
    for model, field in ((PeriodRow, "basis"), (DisposedRow, "record"), (CertificateRow, "basis")):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(**{field: "別の"})
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_the_log_and_the_audit_are_never_lifted(db: None) -> None:
    for table in ("audit_entryrow", "disposal_disposedrow", "disposal_certificaterow"):
        with pytest.raises(NeverErased), erasing({table}):
            pass


def test_outside_a_transaction_nothing_is_lifted() -> None:
    assert connection.in_atomic_block
    connection.in_atomic_block = False
    try:
        with pytest.raises(RuntimeError), erasing({"cases_rulingrow"}):
            pass
    finally:
        connection.in_atomic_block = True


def test_the_audit_holds_before_and_after(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    seal(now=NOW)
    before = verify()
    approved(city)
    to_the_end()
    seal(now=LATER)
    after = verify(papers=[before.head])
    assert (before.faults, after.faults) == ((), ())
    assert after.lines > before.lines


def test_a_hold_that_was_released_goes_with_its_record(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    hold(city, there.case, note=WORD)
    release_hold(hold=holds_now()[0].number, by=city["auditor_ren"], now=LATER)
    approved(city)
    to_the_end()
    assert not HoldRow.objects.exists()


@pytest.mark.skipif("sqlite" not in django_settings.DATABASES["default"]["ENGINE"], reason="SQLite's own")
def test_freed_pages_are_written_over(city: Staff, there: Widowed) -> None:
    set_five_years(city)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete = OFF")
    approved(city)
    to_the_end()
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_the_day_counts_in_japan_and_periods_by_their_own_rule() -> None:
    one = five_years()
    assert one.last_ended(OVER) == TODAY.replace(year=2027, month=3, day=31)
    assert replace(one, counted_from=CountedFrom.CALENDAR_YEAR).last_ended(OVER).isoformat() == "2026-12-31"
    by_day = replace(one, years=1, counted_from=CountedFrom.DAY)
    days = {
        "2026-11-09": "2025-11-08",
        "2024-02-29": "2023-02-27",
        "2024-03-01": "2023-02-28",
        "2025-03-01": "2024-02-29",
    }
    for on, ended in days.items():
        assert by_day.last_ended(TODAY.fromisoformat(on)).isoformat() == ended


def test_home_applications_are_a_class_of_their_own(city: Staff, there: Widowed) -> None:
    set_five_years(city, RecordClass.HOME_APPLICATIONS)
    assert due(RecordClass.HOME_APPLICATIONS) == 0
    tables.CaseRow.objects.update(channel=Channel.ONLINE.value)
    finish(there.case)
    assert (due(RecordClass.HOME_APPLICATIONS), due()) == (1, 0)
