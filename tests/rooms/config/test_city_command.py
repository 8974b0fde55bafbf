"""`madoguchi city`: a template, a trial, the city, the same again, and the first link. What fails ends with 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from tests.rooms.city.test_plan_file import LIST

from madoguchi.city.applying import current_plan
from madoguchi.city.models import StaffMember

pytestmark = pytest.mark.django_db
FILLED = (("code", "999997"), ("prefecture", "まど県"), ("name", "まどか市"), ("mayor_title", "まどか市長"))
STAFF = LIST + "S0001,情報 咲,市民担当,,,情報システム担当\r\nS0002,窓口 花,市民担当,本庁,,窓口担当\r\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The template, filled in as a clerk would, with the list of staff as Excel saves it."""
    call_command("city", "init", str(tmp_path / "settings"))
    path = tmp_path / "settings" / "city.toml"
    text = path.read_text(encoding="utf-8").replace("# staff_file", "staff_file")
    for key, value in FILLED:
        text = text.replace(f'{key} = ""', f'{key} = "{value}"', 1)
    path.write_text(text, encoding="utf-8")
    (tmp_path / "settings" / "staff.csv").write_bytes(STAFF.encode("cp932"))
    return path


def test_from_the_template_to_the_city_and_again(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("city", "apply", str(file), "--dry-run")
    assert "何も設定していません" in capsys.readouterr().out
    assert current_plan() is None
    call_command("city", "apply", str(file))
    assert "新しい 職員 S0002: 窓口 花 citizens main 窓口担当" in capsys.readouterr().out
    call_command("city", "apply", str(file))
    assert capsys.readouterr().out == "新しい 0件、変わる 0件、なくなる 0件\n"


def test_what_it_shows_is_a_file_that_changes_nothing(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("city", "apply", str(file))
    capsys.readouterr()
    call_command("city", "show")
    (tmp_path / "shown.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    call_command("city", "apply", str(tmp_path / "shown.toml"), "--dry-run")
    assert capsys.readouterr().out.startswith("新しい 0件、変わる 0件、なくなる 0件\n")


def test_whoever_left_is_stopped_only_when_that_is_said(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("city", "apply", str(file))
    file.with_name("staff.csv").write_bytes(STAFF.rsplit("S0002")[0].encode("cp932"))
    with pytest.raises(CommandError, match="--allow-gone"):
        call_command("city", "apply", str(file))
    assert "なくなる 職員 S0002" in capsys.readouterr().err
    assert StaffMember.objects.filter(is_active=True).count() == 2
    call_command("city", "apply", str(file), "--allow-gone")
    assert not StaffMember.objects.get(username="S0002").is_active


def test_faults_are_all_said_and_nothing_is_stored(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.with_name("staff.csv").write_bytes((STAFF + "S0002,二重,,,,\r\nS0003,,,,,部長\r\n").encode())
    with pytest.raises(CommandError, match="3 件の誤りがあるため、何も設定していません"):
        call_command("city", "apply", str(file))
    said = capsys.readouterr().err
    assert "staff.csv 4行目「職員番号」" in said
    assert "staff.csv 5行目「氏名」" in said
    assert current_plan() is None


def test_a_template_never_replaces_a_file(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(CommandError, match="もうあります"):
        call_command("city", "init", str(file.parent))
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="書けません"):
        call_command("city", "init", str(tmp_path / "file" / "settings"))


def test_the_link_is_the_only_thing_on_stdout(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("city", "apply", str(file))
    capsys.readouterr()
    call_command("city", "link", "S0002", "--address", "https://madoguchi.example/")
    said = capsys.readouterr()
    assert said.out.startswith("https://madoguchi.example/staff/password/reset/key/")
    assert said.out.count("\n") == 1
    assert "窓口 花さん本人だけに" in said.err
    with pytest.raises(CommandError, match="職員番号「S0009」はありません"):
        call_command("city", "link", "S0009")


def test_an_empty_database_has_nothing_to_show() -> None:
    with pytest.raises(CommandError, match="city apply"):
        call_command("city", "show")
