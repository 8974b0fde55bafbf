"""The one console script: quick where it can be, one sentence when it cannot, exit codes 0, 1 and 2."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from madoguchi.config.command_line import PLAIN, WITH_DJANGO, main
from madoguchi.config.database import PREPARED, database_settings, listening_address

SOURCE = Path(__file__).resolve().parents[3] / "src"


def test_without_a_command_it_shows_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert [name for name in (*PLAIN, *WITH_DJANGO) if f"  {name}" not in shown] == []


def test_an_unknown_command_is_answered_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fly"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "「fly」という命令はありません。「madoguchi --help」で命令の一覧が出ます。\n"


@pytest.mark.parametrize("name", ["facts", "procedures", "decide"])
def test_what_needs_no_database_starts_without_django(name: str) -> None:
    code = (
        "import sys; from madoguchi.config.command_line import main\n"
        f"try: main([{name!r}, '--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(1 if 'django' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=SOURCE, capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("name", sorted({*PLAIN, *WITH_DJANGO} - {"migrate", "makemigrations"}))
def test_every_command_of_ours_explains_itself_with_an_example(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main([name, "--help"])
    except SystemExit as end:  # as argparse ends
        code = end.code
    assert not code
    assert "例" in capsys.readouterr().out


def test_a_database_url_says_everything(tmp_path: Path) -> None:
    made = database_settings("postgresql://city:se%40cret@db:5433/madoka?sslmode=require", home=tmp_path)
    assert (made["USER"], made["PASSWORD"], made["HOST"], made["PORT"], made["NAME"]) == (
        "city", "se@cret", "db", "5433", "madoka",
    )  # fmt: skip
    assert made["OPTIONS"] == {"sslmode": "require", **PREPARED}
    direct = listening_address(made, None)
    assert "sslmode=require" in direct and not any(name in direct for name in PREPARED), (
        "libpq knows no others"
    )
    pooled = database_settings("postgresql://db/madoka?sslmode=require", home=tmp_path, pooled=True)
    assert pooled["OPTIONS"] == {"sslmode": "require"}, (
        "plans of a connection that is another's with each transaction"
    )
    assert (
        database_settings(f"sqlite:///{tmp_path}/x.sqlite3", home=tmp_path)["NAME"] == f"{tmp_path}/x.sqlite3"
    )
    with pytest.raises(ValueError, match="「mysql」は使えません"):
        database_settings("mysql://db/x", home=tmp_path)


def test_a_demo_that_was_never_made_cannot_be_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MADOGUCHI_HOME", str(tmp_path / "home"))
    assert main(["demo", "--keep"]) == 2
    assert "前に作った実演がありません。--keep を付けずに" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
