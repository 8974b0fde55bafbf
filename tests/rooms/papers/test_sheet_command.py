"""`madoguchi sheet`: a situation file in, a filled PDF out, or one sentence that says what to do."""

import json
from pathlib import Path
from typing import Any

import pytest

from madoguchi.papers.commands import sheet as command
from madoguchi.papers.management.commands.sheet import Command

from .test_render import words_of

PACK = Path(__file__).parents[2] / "data" / "sheet_pack"
OUR_PACK = ("--pack", str(PACK), "--only-pack")
HOUSEHOLD: dict[str, Any] = {
    "event": {"kind": "move_in", "move_date": "2026-11-05"},
    "notified_on": "2026-11-09",
    "claimant": "p1",
    "people": [
        {
            "id": "p1",
            "birth_date": "1984-05-02",
            "relationship": "世帯主",
            "moves": True,
            "health_insurance": "none",
        },
        {
            "id": "p2",
            "birth_date": {"text": "昭和10年月日不詳", "earliest": "1935-01-01", "latest": "1935-12-31"},
            "relationship": "母",
            "moves": True,
            "health_insurance": "employee_insured",
        },
    ],
    "sheet": {
        "municipality": "まどか市",
        "number": "A012",
        "facts": {"person.name": {"p1": "窓口 太郎", "p2": "窓口 ウメ"}, "notifier.name": "窓口 太郎"},
    },
}


def run(tmp_path: Path, *arguments: str, household: object = HOUSEHOLD) -> tuple[int, Path]:
    file = tmp_path / "household.json"
    file.write_text(json.dumps(household, ensure_ascii=False), encoding="utf-8")
    out = tmp_path / "out.pdf"
    procedure, *rest = arguments
    return command.main(
        [procedure, str(file), "--out", str(out), "--on", "2026-11-09", *OUR_PACK, *rest]
    ), out


def test_a_sheet_is_printed_for_each_person_it_concerns(tmp_path: Path) -> None:
    code, out = run(tmp_path, "nhi-enrol")
    text = words_of(out.read_bytes())
    assert code == 0
    assert "窓口太郎" in text
    assert "✓□入っていない" in text
    assert "昭和59年5月2日" in text
    assert "まどか市長" in text
    assert "1/1" in text
    assert "窓口ウメ" not in text, "the insured mother needs no sheet"


def test_a_sheet_for_several_is_one_paper_that_lists_only_them(tmp_path: Path) -> None:
    people = [*HOUSEHOLD["people"], {**HOUSEHOLD["people"][0], "id": "p3", "relationship": "妻"}]
    file = tmp_path / "household.json"
    names = {"person.name": {"p1": "窓口 太郎", "p2": "窓口 ウメ", "p3": "窓口 花子"}}
    file.write_text(
        json.dumps(HOUSEHOLD | {"people": people, "sheet": {"facts": names}}, ensure_ascii=False),
        encoding="utf-8",
    )
    out = tmp_path / "out.pdf"
    assert command.main(["nhi-enrol", str(file), "--out", str(out), "--on", "2026-11-09"]) == 0
    text = words_of(out.read_bytes())
    assert text.count("資格取得届") == 1
    assert "窓口太郎" in text
    assert "窓口花子" in text
    assert "窓口ウメ" not in text, "the insured mother needs no sheet"


def test_a_named_person_gets_the_sheet_all_the_same(tmp_path: Path) -> None:
    code, out = run(tmp_path, "nhi-enrol", "--subject", "p2")
    text = words_of(out.read_bytes())
    assert code == 0
    assert "窓口ウメ" in text
    assert "昭和10年月日不詳" in text


def test_a_household_sheet_lists_everybody_who_moves(tmp_path: Path) -> None:
    code, out = run(tmp_path, "residence-change")
    text = words_of(out.read_bytes())
    assert code == 0
    assert "✓□転入" in text
    assert "窓口太郎" in text
    assert "窓口ウメ" in text


@pytest.mark.parametrize(
    ("procedure", "household", "sentence"),
    [
        ("nothing", HOUSEHOLD, "「nothing」はありません"),
        ("no-paper", HOUSEHOLD, "様式がありません"),
        (
            "nhi-enrol",
            {**HOUSEHOLD, "people": HOUSEHOLD["people"][1:], "claimant": "p2"},
            "対象になる人はいません",
        ),
        ("nhi-enrol", {**HOUSEHOLD, "sheet": {"facts": {"person.name": ["p1"]}}}, "facts.person.name"),
        ("nhi-enrol", {**HOUSEHOLD, "colour": "red"}, "colour"),
        ("nhi-enrol", [], "event"),
    ],
)
def test_a_refusal_is_one_sentence_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], procedure: str, household: object, sentence: str
) -> None:
    code, out = run(tmp_path, procedure, household=household)
    errors = capsys.readouterr().err
    assert code == 1
    assert sentence in errors
    assert len(errors.splitlines()) == 1
    assert not out.exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "x.pdf")
    assert command.main(["nhi-enrol", str(tmp_path / "no.json"), "--out", out, *OUR_PACK]) == 1
    assert "no.json" in capsys.readouterr().err


def test_a_character_that_cannot_be_printed_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    household = {**HOUSEHOLD, "sheet": {"facts": {"person.name": {"p1": "窓口 😀郎"}}}}
    code, _out = run(tmp_path, "nhi-enrol", household=household)
    assert code == 0
    assert "U+1F600" in capsys.readouterr().err


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0
    assert "nhi-enrol household.json" in capsys.readouterr().out


def test_the_console_script_reaches_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["madoguchi", "sheet", "--help"])
    assert ended.value.code == 0
    assert "madoguchi sheet" in capsys.readouterr().out
