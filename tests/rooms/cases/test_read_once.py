"""What every page asks is read once, with the answers that the ordinary query gives, and never older than the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.applying import ALLOWANCE, browser_of_role, form_of
from tests.cast import NOW
from tests.rooms.cases.walking import begun, signed, visited

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases import hearing
from madoguchi.cases.acting import CASE_FIELDS, find_case
from madoguchi.cases.models import ActRow, CaseCounter, CaseRow, FactRow, HomeCaseRow, PersonRow
from madoguchi.cases.read_once import ReadAt, record_at
from madoguchi.cases.record import Record, read_record, standing_rows
from madoguchi.compiled import CompiledInsert, CompiledQuery, CompiledRaise
from madoguchi.procedures.facts import FactRef

Staff = Mapping[str, Actor]
pytestmark = pytest.mark.django_db
INCOME = FactRef("income_yen", "p1")


def columns(rows: Iterable[Any], of: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [tuple(getattr(row, name) for name in of[0]._fields) for row in rows]


def test_the_rows_of_two_cases_are_those_of_the_ordinary_query(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    first, second = begun(clerk), begun(clerk)
    visited(first, clerk)
    hearing.undo(case=first, by=clerk, now=NOW, version=None)
    for case in (first, second):  # the second one asks by the SQL that the first one made
        row = CaseRow.objects.get(public_id=case)
        found, standing = standing_rows(row), {"case": row, "act__undone_at__isnull": True}
        acts = ActRow.objects.filter(case=row, undone_at__isnull=True).order_by("number")
        facts = FactRow.objects.filter(**standing).order_by("act__number", "pk")
        people = PersonRow.objects.filter(**standing).order_by("order", "pk")
        assert list(found.acts) == columns(acts, found.acts)
        assert list(found.facts) == columns(facts, found.facts)
        assert list(found.people) == columns(people, found.people)
        again = find_case(case)
        assert [getattr(again, one) for one in CASE_FIELDS] == [getattr(row, one) for one in CASE_FIELDS]
        assert again == row and not again._state.adding


def test_a_value_that_is_not_compared_as_it_is_is_refused() -> None:
    worked_out = CompiledQuery(lambda number: CaseRow.objects.filter(pk=number + 1).values_list("pk"))
    with pytest.raises(ValueError, match="as it is"):
        worked_out.rows(1)


def test_rows_are_added_as_the_ordinary_way_adds_them(city: Staff, procedures: str) -> None:
    case = begun(city["clerk_hana"])
    for model in (ActRow, FactRow, PersonRow, EntryRow):
        rows = list(model.objects.order_by("pk"))
        before = [one.__dict__ | {"_state": None, "id": None} for one in rows]
        last, insert = rows[-1], CompiledInsert(model)
        if model is EntryRow:
            insert.add(
                EntryRow(**{k: v for k, v in one.items() if k not in ("_state", "id")}) for one in before
            )
            again = [
                one.__dict__ | {"_state": None, "id": None}
                for one in EntryRow.objects.filter(pk__gt=last.pk).order_by("pk")
            ]
            assert again == before
        else:
            values = last.__dict__ | {
                "number": 90,
                "act_id": ActRow.objects.latest("pk").pk,
                "ref": "p9",
                "key": "x",
            }
            made = model(
                **{
                    one.attname: values[one.attname]
                    for one in model._meta.concrete_fields
                    if not one.primary_key
                }
            )
            insert.add_one(made)
            assert made.pk > last.pk and not made._state.adding
            kept = model.objects.get(pk=made.pk)
            assert kept.__dict__ | {"_state": None} == made.__dict__ | {"_state": None}
    assert CaseRow.objects.filter(public_id=case).exists()


def test_a_count_goes_one_on_with_what_is_set_beside_it(city: Staff, procedures: str) -> None:
    row = find_case(begun(city["clerk_hana"]))
    version = CompiledRaise(CaseRow, count="version", by="id")
    assert version.next(row.pk, parked=True, follows=None, desk="9") == row.version + 1
    now = find_case(row.public_id)
    assert (now.version, now.parked, now.follows_id, now.desk) == (row.version + 1, True, None, "9")
    assert version.next(-1, parked=True) is None


def test_a_count_of_a_day_goes_on_for_that_day_alone(city: Staff, procedures: str) -> None:
    counted = CompiledRaise(CaseCounter, count="last", by=("branch", "day"))
    today, other = NOW.date(), NOW.date() + timedelta(days=1)
    assert counted.next("north", today) is None
    for day in (today, other):
        CaseCounter.objects.create(branch="north", day=day, last=4)
    assert (counted.next("north", today), counted.next("north", today)) == (5, 6)
    assert counted.next("south", today) is None
    assert CaseCounter.objects.get(branch="north", day=other).last == 4


def test_rows_of_columns_alone_are_written_as_their_instances_are(city: Staff, procedures: str) -> None:
    case = begun(city["clerk_hana"])
    some = list(FactRow.objects.filter(case__public_id=case).order_by("pk"))
    columns = [{key: value for key, value in one.__dict__.items() if key[0] != "_"} for one in some]
    for one in columns:
        one["subject"] = f"x{one['subject']}"
    CompiledInsert(FactRow).add_values(columns)
    written = list(FactRow.objects.order_by("-pk")[: len(some)])[::-1]
    for one, said in zip(written, columns, strict=True):
        assert {key: getattr(one, key) for key in said if key != "id"} == {
            key: value for key, value in said.items() if key != "id"
        }
    with pytest.raises(KeyError):
        CompiledInsert(FactRow).add_values([{"key": "x"}])


def test_a_column_that_makes_its_own_value_is_refused() -> None:
    class Dated(models.Model):
        at = models.DateTimeField(auto_now=True)

        class Meta:
            app_label = "nobody"

    with pytest.raises(TypeError, match=r"Dated\.at"):
        CompiledInsert(Dated)


def test_what_was_read_counts_only_while_nobody_has_acted(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    row = find_case(case)
    read = ReadAt(row.version, read_record(row))
    with CaptureQueriesContext(connection) as queries:
        assert record_at(row, read) is read.record
    assert len(queries) == 0
    hearing.answer_prompt(case=case, prompt="x", answers={INCOME: 1}, by=clerk, now=NOW, version=None)
    assert record_at(find_case(case), read).value("income_yen", "p1") == 1
    nothing = Record({}, (), ())
    assert record_at(find_case(case), ReadAt(row.version, nothing)) == read_record(row)


def test_every_act_raises_the_version(city: Staff, procedures: str) -> None:
    """Without it a record that was read could pass for newer than it is."""
    row = find_case(signed(city["clerk_hana"]))
    assert row.version >= ActRow.objects.filter(case=row).count() > 3


@pytest.fixture
def at_home(residents: object, procedures: str) -> tuple[Client, str]:
    browser = browser_of_role("head")
    page = browser.get(f"/my/apply/for/{ALLOWANCE}/")
    browser.post(f"/my/apply/for/{ALLOWANCE}/", {"agreed": "2026-11", **form_of(page)})
    return browser, f"/my/apply/{HomeCaseRow.objects.latest('pk').number}/"


def readings() -> int:
    return EntryRow.objects.filter(kind="access").count()


def test_a_reading_is_written_down_whenever_something_is_shown(at_home: tuple[Client, str]) -> None:
    browser, address = at_home
    before = readings()
    page = browser.get(address)
    shown = readings()
    assert shown > before
    refused = browser.post(address, {**form_of(page), "go": "answer"})
    assert refused.status_code == 422
    assert readings() - shown == shown - before  # the page was shown again


def test_an_answer_shows_nothing_and_its_act_is_in_the_audit(at_home: tuple[Client, str]) -> None:
    browser, address = at_home
    page = browser.get(address)
    before, acts = readings(), EntryRow.objects.filter(kind="step", activity="answer").count()
    sent = browser.post(address, {**form_of(page), "go": "unknown"})
    assert (sent.status_code, sent.content) == (302, b"")
    assert readings() == before
    assert EntryRow.objects.filter(kind="step", activity="answer").count() == acts + 1


def test_an_answer_of_an_old_page_is_not_kept(at_home: tuple[Client, str]) -> None:
    browser, address = at_home
    page = browser.get(address)
    said = {**form_of(page), "go": "unknown"}
    assert browser.post(address, said).status_code == 302
    facts = FactRow.objects.count()
    browser.post(address, said)
    assert FactRow.objects.count() == facts
