"""The form review as a whole: the sheets of the catalogue with the city's register and its inventory."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from tests import cast
from tests.cast import NOW
from tests.rooms.catalogue.surveys import BY

from madoguchi.audit.models import EntryRow
from madoguchi.catalogue.form_review.marks import set_marks
from madoguchi.catalogue.form_review.values import BoxMark, LawMark
from madoguchi.catalogue.inventory import city_list
from madoguchi.catalogue.inventory.city_entries import CityEntry
from madoguchi.catalogue.queries import NothingPublished
from madoguchi.connect.form_review import NotAChoice, SheetLine, choices, choose, form_review, line_of
from madoguchi.connect.form_review_book import as_data, book_of
from madoguchi.papers.review.boxes import Verdict
from madoguchi.residents import identifying
from madoguchi.residents.identifiers import Identifier

pytestmark = pytest.mark.django_db
NUMBER = frozenset({Identifier.NUMBER})


def counted() -> None:
    identifying.count(number=identifying.ask_for_count(by=BY, now=NOW), clock=lambda: NOW)


def line(sheet: str) -> SheetLine:
    found = line_of(sheet)
    assert found is not None
    return found[1]


def test_without_a_catalogue_there_is_nothing_to_review(city: object) -> None:
    with pytest.raises(NothingPublished):
        form_review()


def test_counting_lets_identifiers_go_and_says_which_box_to_add(
    procedures: str, residents: Mapping[str, str]
) -> None:
    before = form_review()
    assert (before.count, before.chosen) == (None, None)
    assert line("pension").missing == ()
    counted()
    after = form_review()
    assert after.chosen is not None
    assert after.chosen.identifiers == NUMBER
    assert after.boxes("struck") > before.boxes("struck")
    assert line("pension").missing == (Identifier.NUMBER,)
    assert line_of("no-such-sheet") is None


def test_only_what_never_means_two_people_can_be_chosen(
    procedures: str, residents: Mapping[str, str]
) -> None:
    with pytest.raises(NotAChoice):
        choose(identifiers=["number"], by=BY, now=NOW)
    counted()
    found = identifying.last_count()
    assert found is not None
    other = next(one for one in choices(found) if one.identifiers != NUMBER)
    keys = [one.value for one in other.identifiers]
    choose(identifiers=keys, by=BY, now=NOW)
    assert form_review().chosen == other
    for wrong in (["sex"], ["number", "sex"], ["nothing"]):
        with pytest.raises(NotAChoice):
            choose(identifiers=wrong, by=BY, now=NOW)
    assert form_review().chosen == other
    choose(identifiers=[], by=BY, now=NOW)
    assert form_review().chosen != other


def test_a_marked_box_stays_and_a_confirmed_one_saves_at_once(
    procedures: str, residents: Mapping[str, str]
) -> None:
    counted()
    city_list.save(
        entry=CityEntry("", "年金", procedure="pension-enrol", volume=1200), version=None, by=BY, now=NOW
    )
    before = line("pension")
    struck = [box for box in before.sheet.boxes if box.verdict is Verdict.STRIKE]
    marks = {
        struck[0].key.code: BoxMark(LawMark.REQUIRED, "規則"), struck[1].key.code: BoxMark(LawMark.FREE, "年金担当に確認")
    }  # fmt: skip
    set_marks(sheet="pension", version=0, marks=marks, by=BY, now=NOW)
    after = line("pension")
    assert (after.struck, after.confirmed) == (len(struck) - 1, 1)
    assert after.saving.volume is not None
    assert after.saving.volume.number == 1200
    assert before.saving.sure_a_year is not None
    assert after.saving.sure_a_year is not None
    assert after.saving.sure_a_year.resident == before.saving.sure_a_year.resident + 1200 * 1
    whole = form_review()
    assert whole.sure == after.saving.sure_a_year
    assert (whole.with_volume, whole.estimated) == (1, False)


def test_the_book_says_the_same_and_names_nobody(procedures: str, residents: Mapping[str, str]) -> None:
    counted()
    found = form_review()
    book = openpyxl.load_workbook(io.BytesIO(book_of(found)))
    assert book.sheetnames == ["様式ごと", "欄ごと", "特定の証明", "前提"]
    rows = list(book["様式ごと"].iter_rows(min_row=4, values_only=True))
    assert [row[1] for row in rows] == [one.sheet.id for one in found.lines]
    assert [row[4] for row in rows] == [one.struck for one in found.lines]
    boxes = list(book["欄ごと"].iter_rows(min_row=3, values_only=True))
    assert len(boxes) == found.boxes("now")
    assert {row[12] for row in boxes} == {"未確認"}
    text = repr([list(page.values) for page in book]) + json.dumps(as_data(found), ensure_ascii=False)
    for one in cast.RESIDENTS.values():
        assert one.name.name not in text
        assert one.resident_no not in text
    assert not [word for word in cast.PLANTED if word in text]


class TestCommand:
    def test_it_counts_when_told_and_gives_data(
        self, procedures: str, residents: Mapping[str, str], tmp_path: Path
    ) -> None:
        out, err = StringIO(), StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("form_review", stdout=out, stderr=err)
        assert ended.value.code == 1
        assert "--count" in err.getvalue()
        assert "国民年金 被保険者関係届: 19欄" in out.getvalue()
        out = StringIO()
        call_command("form_review", "--count", "--json", stdout=out)
        data = json.loads(out.getvalue())
        assert data["identifiers"]["residents"] == len(residents)
        assert ["number"] in data["identifiers"]["smallest"]
        assert {one["id"] for one in data["sheets"]} >= {"pension", "nhi-enrol"}
        assert EntryRow.objects.filter(activity="identifiers_counted").count() == 1
        call_command("form_review", "--xlsx", str(tmp_path / "x.xlsx"), stdout=out)
        assert (tmp_path / "x.xlsx").read_bytes().startswith(b"PK")

    def test_what_cannot_be_done_is_said(self, city: object, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="公開されていません"):
            call_command("form_review")
        with pytest.raises(CommandError, match="住民がまだ登録されていません"):
            call_command("form_review", "--count")
