"""A sheet file is read whole: every mistake is named with its place, then refused."""

from pathlib import Path

import pytest

from madoguchi.papers.definition_file import SheetErrors, parse_sheet, read_sheet
from madoguchi.papers.definitions import Block, BoxFormat, Writer

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
fact = "event.move_date"
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
        ("box[0].fact", 5),
        ("box[1].label", 9),
        ("box[1].width", 9),
        ("box[1].format", 9),
        ("column[0].fact", 14),
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
