"""How many papers a filing takes: one for each person, or one that lists all whom it concerns."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.papers.boxes import fill
from madoguchi.papers.definition_file import parse_sheet
from madoguchi.papers.definitions import Grouping, SheetDefinition
from madoguchi.papers.grouping import papers_for
from madoguchi.papers.operations import render_sheets
from madoguchi.procedures.loader import national_pack

from .cast import ISSUED_AT, definition, household
from .test_render import words_of

ENROL = parse_sheet(national_pack().sheets["nhi-enrol"], file="nhi-enrol.toml")
SHEETS = [replace(definition("nhi-enrol"), id=one.value, grouping=one) for one in Grouping]


@given(st.lists(st.tuples(st.sampled_from(SHEETS), st.sampled_from(["p1", "p2", "p3"]))))
def test_everybody_stands_on_one_paper_of_each_sheet(wanted: list[tuple[SheetDefinition, str]]) -> None:
    papers = papers_for(wanted)
    assert {(paper.sheet.id, one) for paper in papers for one in paper.subjects} == {
        (sheet.id, one) for sheet, one in wanted
    }
    for paper in papers:
        assert len(set(paper.subjects)) == len(paper.subjects)
        same = [one for one in papers if one.sheet.id == paper.sheet.id]
        if paper.sheet.grouping is Grouping.PERSON:
            assert len(paper.subjects) == 1
        else:
            assert same == [paper]


def test_one_paper_lists_the_family_and_every_cell_knows_its_fact() -> None:
    sheet = fill(ENROL, household(people=5))
    paper = render_sheets([sheet], issued_at=ISSUED_AT)
    text = words_of(paper.pdf)
    assert paper.pages == 1
    for number, row in enumerate(sheet.people, start=1):
        cells = {box.label: box for box in row}
        assert (cells["氏名"].fact, cells["氏名"].subject) == ("person.name", f"p{number}")
        assert (cells["資格取得年月日"].fact, cells["資格取得年月日"].text) == (
            "event.move_date",
            "令和8年11月5日",
        )
        assert (cells["個人番号"].fact, cells["個人番号"].text) == ("", "")
        assert f"窓口{number}郎" in text
    assert text.count("令和8年11月5日") == 5


def test_more_people_than_lines_go_on_a_second_page_of_the_same_sheet() -> None:
    paper = render_sheets([fill(ENROL, household(people=8))], issued_at=ISSUED_AT)
    text = words_of(paper.pdf)
    assert paper.pages == 2
    assert "ほか3人は続紙に記載" in text
    assert "（続紙）" in text
    assert "窓口8郎" in text
    assert text.count("2枚") == 2
