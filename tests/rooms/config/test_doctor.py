"""`madoguchi doctor`: says what is wrong and how to mend it, and ends with 1 only when something does not run."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from madoguchi.audit.entries import Actor
from madoguchi.city.models import Duty
from madoguchi.papers import fonts

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    """A place for data of the test's own: the mark of a database that another test had is not this one's."""
    settings.HOME = tmp_path


def examined() -> str:
    out = StringIO()
    call_command("doctor", stdout=out)
    return out.getvalue()


def test_a_city_that_is_ready_has_nothing_broken(procedures: str) -> None:
    said = examined()
    assert "×" not in said
    assert f"○ 手続台帳の版: {procedures}" in said
    assert "○ 自治体: まどか市" in said


def test_a_city_without_procedures_is_told_how_to_publish(city: Mapping[str, Actor]) -> None:
    assert "△ 手続台帳がまだ公開されていません → madoguchi catalogue publish" in examined()


def test_an_empty_database_says_that_no_city_is_set_up() -> None:
    assert "△ 自治体がまだ登録されていません → madoguchi city init" in examined()


def test_a_duty_that_no_department_does_is_told(procedures: str) -> None:
    Duty.objects.filter(key="insurance").delete()
    assert "△ 手続台帳の担当「insurance」を受け持つ課がありません" in examined()


def test_a_page_that_may_load_from_outside_is_a_fault(settings: Any, capsys: Any) -> None:
    directives = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], "font-src": ["fonts.example"]}
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": directives}
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", stdout=out)
    assert ended.value.code == 1
    assert "× 画面が外から読み込めます（fonts.example）" in out.getvalue()


def test_a_database_that_may_lose_writes_is_a_fault() -> None:
    if connection.vendor != "sqlite":
        assert "○ PostgreSQL" in examined()
        return
    assert "○ SQLite（wal、synchronous=2）" in examined()


def test_a_key_that_others_may_read_is_told(settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    (tmp_path / "secret_key").write_text("x")
    (tmp_path / "secret_key").chmod(0o644)
    assert "△ 署名の鍵をほかの利用者が読めます" in examined()
    (tmp_path / "secret_key").chmod(0o600)
    assert "署名の鍵" not in examined()


def test_the_doctor_finds_the_font_that_prints_names(monkeypatch: pytest.MonkeyPatch) -> None:
    here = dict(fonts.fonts())
    without = {face: font for face, font in here.items() if face is not fonts.Face.NAMES}
    monkeypatch.setattr("madoguchi.config.management.commands.doctor.fonts", lambda: without)
    assert "△ IPAmj明朝がありません → fonts-ipamj-mincho" in examined()
    with_names = {**without, fonts.Face.NAMES: here[fonts.Face.MINCHO]}
    monkeypatch.setattr("madoguchi.config.management.commands.doctor.fonts", lambda: with_names)
    assert "○ IPAmj明朝があります" in examined()
