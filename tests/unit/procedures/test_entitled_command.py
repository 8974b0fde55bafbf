"""`madoguchi entitled`: what it writes, what it says of one household, and how it refuses."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.unit.procedures.club import FOLDER, club
from tests.unit.procedures.registers import households, write

from madoguchi.procedures.commands import entitled, facts, procedures
from madoguchi.procedures.commands.common import run
from madoguchi.procedures.commands.entitled import _bar
from madoguchi.procedures.situation import EventKind

PACK = ["--only-pack", "--pack", str(FOLDER)]
Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("register")
    write(club(), households(club(), EventKind.move_in, 12, 5), folder)
    return folder


def command(register: Path, *words: str) -> int:
    return entitled.main([*words, "--register", str(register), *PACK])


def test_the_rows_are_written_and_counted(register: Path, tmp_path: Path, capsys: Said) -> None:
    out = tmp_path / "out.parquet"
    assert command(register, "club-card", "--on", "2026-11-09", "--out", str(out)) == 0
    rows = pq.read_table(out).to_pylist()
    assert {row["procedure"] for row in rows} == {"club-card"}
    said = capsys.readouterr().out
    assert f"{out} に {len(rows):,} 行を書きました（" in said
    for status, label in (("must", "必要"), ("ask", "要確認"), ("optional", "任意")):
        count = sum(row["status"] == status for row in rows)
        assert (f"{label} {count}" in said) is bool(count)


def test_of_an_empty_register_nothing_is_written(tmp_path: Path, capsys: Said) -> None:
    write(club(), [], tmp_path)
    words = ("club-card", "--on", "2026-11-09", "--out", str(tmp_path / "out.parquet"))
    assert command(tmp_path, *words) == 0
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 0
    assert "0 行を書きました（該当なし）" in capsys.readouterr().out


def test_a_household_is_explained_subject_by_subject(register: Path, capsys: Said) -> None:
    said = ""
    for one in ("0", "1", "2"):
        assert command(register, "club-card", "club-child-aid", "--on", "2026-11-09", "--why", one) == 0
        said += capsys.readouterr().out
    assert "club-card\t0-0\t" in said and "club-child-aid\thousehold\t" in said
    assert "    6歳以上で、まだカードのない方です（図書クラブ規約 第1条(架空)）\n" in said
    assert "    分かれば決まること: " in said and "    期限 2026-" in said
    assert command(register, "club-card", "--on", "2026-11-09", "--why", "nobody") == 1
    assert "世帯「nobody」の判定はありません" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--on", "2026-02-30", "--out", "x"], "--on の「2026-02-30」という日付はありません"),
        (["--on", "2026-11-09"], "どちらか一つを指定してください"),
        (["--on", "2026-11-09", "--out", "x", "--why", "1"], "どちらか一つを指定してください"),
        (["--on", "2026-11-09", "--out", "x", "--memory", "511"], "--memory は 512(MB)からにしてください"),
        (["--on", "2026-11-09", "--out", "/no/such/folder/x"], "/no/such/folder がありません"),
        (["club-crd", "x", "--on", "2026-11-09", "--why", "1"], "「club-crd」「x」という手続きはありません"),
    ],
)
def test_a_wrong_call_is_told_in_one_sentence(
    words: list[str], says: str, register: Path, capsys: Said
) -> None:
    assert command(register, *words) == 2
    assert says in capsys.readouterr().err


def test_what_is_no_register_is_refused(tmp_path: Path, capsys: Said) -> None:
    for words in (["--why", "1"], ["--out", str(tmp_path / "out.parquet")]):
        assert command(tmp_path, "club-card", "--on", "2026-11-09", *words) == 1
        assert "people.parquet がありません。--register の場所を確かめてください" in capsys.readouterr().err
    (tmp_path / "people.parquet").write_text("no parquet")
    (tmp_path / "relations.parquet").write_text("no parquet")
    assert command(tmp_path, "club-card", "--on", "2026-11-09", "--why", "1") == 1
    assert "people.parquet を Parquet として読めません" in capsys.readouterr().err


def test_how_far_it_is_is_shown() -> None:
    assert _bar(0, 3, 0.0) == f"[{'□' * 30}] 0/3"
    assert _bar(1, 3, 10.0) == f"[{'■' * 10}{'□' * 20}] 1/3 残り約20秒"
    assert _bar(3, 3, 30.0) == f"[{'■' * 30}] 3/3"


def test_a_reader_that_has_seen_enough_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def closed(_words: object) -> int:
        raise BrokenPipeError

    with (tmp_path / "said").open("w") as said:
        monkeypatch.setattr("sys.stdout", said)
        assert run(closed, []) == 0
        os.write(said.fileno(), b"goes nowhere")
    assert (tmp_path / "said").read_text() == ""


def test_facts_and_procedures_are_listed_for_people_too(capsys: Said) -> None:
    assert facts.main(PACK) == 0
    said = capsys.readouterr().out.splitlines()
    assert "person.card\t図書カード\tchoice\tnone=なし、child=子どもカード、adult=一般カード" in said
    assert "person.income_yen\t年間所得\tnumber(yen)\t" in said
    assert procedures.main(["list", *PACK]) == 0
    assert "L01\tclub-card\t図書カードの申込み\t転入" in capsys.readouterr().out.splitlines()[0]
