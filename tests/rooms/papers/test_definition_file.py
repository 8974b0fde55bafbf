"""A sheet file is read whole: every mistake is named with its place, then refused."""

from pathlib import Path

import pytest

from madoguchi.papers.definition_file import SheetErrors, parse_sheet, read_sheet
from madoguchi.papers.definitions import Block, BoxFormat, Grouping, Writer
from madoguchi.papers.lint import lint_sheets

from .cast import SHEETS, definition

MINIMUM = {"id": "x", "title": "届", "law": "法第1条"}


@pytest.mark.parametrize("path", sorted(SHEETS.glob("*.toml")), ids=lambda path: path.stem)
def test_examples_are_read(path: Path) -> None:
    assert read_sheet(path).id == path.stem


def test_what_a_box_declares_is_kept() -> None:
    box = next(box for box in definition("nhi-enrol").boxes if box.label == "口座")
    assert (box.fact, box.write, box.format, box.width) == (
        "answers.bank_account",
        Writer.HAND,
        BoxFormat.AUTO,
        6,
    )


def test_blocks_left_out_are_those_that_have_something() -> None:
    sheet = parse_sheet({**MINIMUM, "box": [{"label": "欄"}], "notes": ["注意"]}, file="x.toml")
    assert sheet.blocks == (Block.NOTIFIER, Block.BOXES, Block.NOTES)


def test_all_mistakes_are_found_at_once_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(
        """id = "Bad Id"
title = "届"
colour = "red"

[[box]]
label = "一"
fact = "persn.name"

[[box]]
label = ""
width = 9
format = "roman"

[[column]]
label = "氏名"
fact = "household.address"
""",
        encoding="utf-8",
    )
    with pytest.raises(SheetErrors) as found:
        read_sheet(file)
    places = {(error.key, error.line) for error in found.value.errors}
    assert places == {
        ("id", 1),
        ("law", 1),
        ("colour", 3),
        ("box[0].fact", 7),
        ("box[1].label", 10),
        ("box[1].width", 11),
        ("box[1].format", 12),
        ("column[0].fact", 16),
    }
    assert all(error.remedy for error in found.value.errors)


def test_broken_toml_is_a_sheet_error(tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("id = ", encoding="utf-8")
    with pytest.raises(SheetErrors, match=r"broken\.toml"):
        read_sheet(file)


def test_boxes_that_would_not_be_printed_are_a_mistake() -> None:
    with pytest.raises(SheetErrors, match="staff_only"):
        parse_sheet({**MINIMUM, "blocks": ["boxes"], "staff_box": [{"label": "受付"}]}, file="x.toml")


def test_a_published_form_names_its_source() -> None:
    with pytest.raises(SheetErrors, match="form_source"):
        parse_sheet({**MINIMUM, "form": "published"}, file="x.toml")


COLUMN = {"label": "氏名", "fact": "person.name"}
PERSONS_BOX = {"label": "生年月日", "fact": "person.birth_date"}


def test_a_sheet_that_does_not_say_is_for_one_person_when_a_box_is() -> None:
    assert parse_sheet({**MINIMUM, "box": [PERSONS_BOX]}, file="x.toml").grouping is Grouping.PERSON
    assert parse_sheet({**MINIMUM, "column": [COLUMN]}, file="x.toml").grouping is Grouping.HOUSEHOLD


@pytest.mark.parametrize("grouping", ["together", "household"])
@pytest.mark.parametrize("boxes", ["box", "staff_box"])
def test_a_paper_for_several_has_no_box_of_one_person(grouping: str, boxes: str) -> None:
    with pytest.raises(SheetErrors) as found:
        parse_sheet(
            {**MINIMUM, "grouping": grouping, "column": [COLUMN], boxes: [{"label": "欄"}, PERSONS_BOX]},
            file="x.toml",
        )
    (error,) = found.value.errors
    assert error.key == f"{boxes}[1].fact"
    assert "生年月日" in error.message
    assert "[[column]]" in error.remedy


def test_a_paper_that_lists_people_has_a_table() -> None:
    with pytest.raises(SheetErrors, match="表がありません"):
        parse_sheet({**MINIMUM, "grouping": "together", "box": [{"label": "欄"}]}, file="x.toml")


def test_the_lint_names_file_line_and_remedy(tmp_path: Path) -> None:
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets" / "x.toml").write_text(
        """id = "x"
title = "届"
law = "法第1条"
grouping = "together"

[[box]]
label = "性別"
fact = "person.sex"

[[column]]
label = "氏名"
fact = "person.name"
""",
        encoding="utf-8",
    )
    (finding,) = lint_sheets([tmp_path])
    assert finding.procedure == "sheets/x.toml:8 box[0].fact"
    assert "[[column]] に移す" in finding.remedy
