"""The commands of the outside contract: what they print, what they refuse, and their exit codes."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.procedures.club import FOLDER

from madoguchi.procedures.commands import decide, facts, procedures

_CLUB = ["--only-pack", "--pack", str(FOLDER)]
_PERSON = {"id": "p1", "birth_date": "1984-05-02", "moves": True, "card": None}


def file_of(folder: Path, text: str) -> str:
    path = folder / "household.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def household(**changes: object) -> str:
    return json.dumps(
        {"event": {"kind": "move_in", "move_date": "2026-11-05"}, "claimant": "p1", "people": [_PERSON]}
        | changes
    )


def test_decide_prints_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide.main([file_of(tmp_path, household()), "--on", "2026-11-09", "--json", *_CLUB]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["on"] == "2026-11-09"
    assert [(one["id"], one["subject"], one["status"]) for one in result["decisions"]] == [
        ("club-card", "p1", "ask"),
        ("club-child-aid", "household", "not_needed"),
    ]
    assert result["decisions"][0]["missing"] == [
        {"key": "card", "subject": "p1"},
        {"key": "hobbies", "subject": "p1"},
    ]
    assert set(result["decisions"][0]) >= {"law_id", "because", "deadline", "amount"}
    assert result["questions"][0] == {
        "key": "card",
        "subject": "p1",
        "label": "図書カード",
        "settles": ["club-card"],
    }


def test_decide_reads_what_is_put_into_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(household()))
    assert decide.main(["-", "--on", "2026-11-09", "--json", *_CLUB]) == 0
    assert json.loads(capsys.readouterr().out)["on"] == "2026-11-09"


def test_decide_refuses_another_encoding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sjis.json").write_bytes("{'あ': 1}".encode("shift_jis"))
    assert decide.main([str(tmp_path / "sjis.json"), "--on", "2026-11-09", *_CLUB]) != 0
    assert "UTF-8 の文字として読めません" in capsys.readouterr().err


def test_decide_prints_for_people_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide.main([file_of(tmp_path, household()), "--on", "2026-11-09", *_CLUB]) == 0
    shown = capsys.readouterr().out
    assert "■ 要確認（1件）" in shown
    assert "L01 図書カードの申込み［p1］　期限 2026-11-19" in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"event": {"kind": "move_in"},\n "people": [}', "2行目"),
        (household(peple=[]), "「people」ではありませんか"),
        (household(event={"kind": "moving"}), "次のいずれかにしてください: move_in"),
        (household(people=[_PERSON | {"birth_day": "2000-01-01"}]), "「birth_date」ではありませんか"),
        (household(people=[_PERSON | {"birth_date": "2026-02-30"}]), "「2026-02-30」という日付はありません"),
        (household(people=[_PERSON | {"card": "gold"}]), "none、child、adult"),
        (household(people=[_PERSON | {"moves": "yes"}]), "true か falseを入れてください"),
        (household(people=[_PERSON, _PERSON]), "二度使われています"),
        (household(claimant="p9"), "「p9」という人は people にいません"),
        (
            household(relations=[{"kind": "parent", "of": "p1", "is": "p7"}]),
            "「p7」という人は people にいません",
        ),
        (
            household(relations=[{"kind": "uncle", "of": "p1", "is": "p1"}]),
            "parent、spouse、guardian、supports",
        ),
        (household(notified_on="yesterday"), "という日付はありません"),
        ("[]", "一つの世帯"),
    ],
)
def test_decide_refuses_a_wrong_file_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    assert decide.main([file_of(tmp_path, text), "--on", "2026-11-09", *_CLUB]) == 1
    shown = capsys.readouterr()
    assert says in shown.err
    assert shown.out == ""
    assert len(shown.err.strip().splitlines()) == 1


def test_an_uncertain_birthday_and_household_facts_are_read(tmp_path: Path) -> None:
    unclear = {"text": "昭和59年不詳", "earliest": "1984-01-01", "latest": "1984-12-31"}
    text = household(people=[_PERSON | {"birth_date": unclear}], household={"has_garden": True})
    assert decide.main([file_of(tmp_path, text), "--on", "2026-11-09", *_CLUB]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["household.json"],
        ["nowhere.json", "--on", "2026-11-09"],
        ["x.json", "--on", "2026-02-30"],
        ["--colour"],
    ],
)
def test_a_wrong_call_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert decide.main(arguments) == 2
    assert capsys.readouterr().err.strip()


def test_facts_lists_the_vocabulary(capsys: pytest.CaptureFixture[str]) -> None:
    assert facts.main(["--json", *_CLUB]) == 0
    card = next(fact for fact in json.loads(capsys.readouterr().out) if fact["key"] == "card")
    assert (card["holder"], card["type"], card["values"]) == ("person", "choice", ["none", "child", "adult"])
    assert {"label", "source", "statute"} <= set(card)


def test_procedures_are_listed_shown_and_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert procedures.main(["list", "--json", *_CLUB]) == 0
    assert [one["law_id"] for one in json.loads(capsys.readouterr().out)] == ["L01", "L02"]
    assert procedures.main(["show", "L01", *_CLUB]) == 0
    assert "図書カードの申込み" in capsys.readouterr().out
    assert procedures.main(["show", "club-card", "--json", *_CLUB]) == 0
    assert json.loads(capsys.readouterr().out)["deadlines"][0]["days"] == 14
    assert procedures.main(["lint", *_CLUB]) == 0


def test_an_unknown_procedure_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert procedures.main(["show", "club-crad", *_CLUB]) == 2
    assert "「club-card」ではありませんか" in capsys.readouterr().err


def test_a_broken_pack_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "vocabulary.toml").write_text('[[fact]]\nkey = "x"\n')
    assert facts.main(["--only-pack", "--pack", str(tmp_path)]) == 1
    assert "vocabulary.toml 1行目" in capsys.readouterr().err


@pytest.mark.parametrize("command", [decide, facts, procedures])
def test_help_ends_with_an_example(command: object, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--help"]) == 0  # type: ignore[attr-defined]  # a command module
    assert "例:\n  madoguchi" in capsys.readouterr().out


def test_the_commands_need_no_framework() -> None:
    check = "import sys, madoguchi.procedures.commands.decide; print('django' in sys.modules)"
    source = str(Path(decide.__file__).parents[3])
    environment = {**os.environ, "PYTHONPATH": source}
    shown = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, text=True, check=True, env=environment
    )
    assert shown.stdout.strip() == "False"
