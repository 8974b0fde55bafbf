"""The set-up from nothing: packages come from where the office's pip looks, and from nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tools import bootstrap

MIRROR = "https://mirror.example/simple"


@pytest.fixture(autouse=True)
def _this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))


def test_uv_is_told_the_index_that_pip_was_told() -> None:
    told = bootstrap._where_pip_looks({"PIP_INDEX_URL": MIRROR, "PIP_CERT": "/etc/ssl/office.pem"})
    assert told["UV_DEFAULT_INDEX"] == MIRROR
    assert told["SSL_CERT_FILE"] == "/etc/ssl/office.pem"


def test_an_index_in_pips_own_file_counts(tmp_path: Path) -> None:
    file = tmp_path / "pip.conf"
    file.write_text(f"[global]\nindex-url = {MIRROR}\n")
    assert bootstrap._where_pip_looks({"PIP_CONFIG_FILE": str(file)})["UV_DEFAULT_INDEX"] == MIRROR


def test_uvs_own_index_is_left_alone() -> None:
    own = {"UV_INDEX_URL": "https://own.example/simple", "PIP_INDEX_URL": MIRROR}
    assert bootstrap._where_pip_looks(own) == own


def test_a_second_run_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("")
    monkeypatch.setattr(bootstrap, "HOME", tmp_path)
    monkeypatch.setattr(bootstrap, "LOCKS", {"run": lock, "dev": lock})
    monkeypatch.setattr(bootstrap, "_install", lambda lock: pytest.fail("installed again"))
    monkeypatch.setattr(sys, "argv", ["bootstrap.py", "run"])
    (tmp_path / ".stamp-run").write_text("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    assert bootstrap.main() == 0


def test_what_cannot_be_installed_says_what_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("")
    monkeypatch.setattr(bootstrap, "HOME", tmp_path)
    monkeypatch.setattr(bootstrap, "LOCKS", {"run": lock, "dev": lock})
    monkeypatch.setattr(bootstrap, "_install", lambda lock: False)
    monkeypatch.setattr(sys, "argv", ["bootstrap.py", "run"])
    assert bootstrap.main() == 2
    assert "Is pip configured for a package index that can be reached?" in capsys.readouterr().out
    assert not (tmp_path / ".stamp-run").exists()
