"""The lock files are compared with a list of known faults that somebody brought, without a network (tools/known_faults.py)."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version
from tools import known_faults

PINS = {"a-library": Version("2.1.0")}


def record(
    *events: dict[str, str], name: str = "A_Library", ecosystem: str = "PyPI", **more: Any
) -> dict[str, Any]:
    affected = {
        "package": {"name": name, "ecosystem": ecosystem},
        "ranges": [{"type": "ECOSYSTEM", "events": list(events)}],
    }
    return {"id": "OSV-1", "affected": [affected], **more}


@pytest.mark.parametrize(
    ("events", "hit"),
    [
        ([{"introduced": "0"}, {"fixed": "2.1.1"}], True),
        ([{"introduced": "0"}, {"fixed": "2.1.0"}], False),
        ([{"introduced": "2.1.1"}], False),
        ([{"introduced": "2.1.0"}], True),
        ([{"introduced": "1"}, {"last_affected": "2.1.0"}], True),
        ([{"introduced": "1"}, {"last_affected": "2.0"}], False),
        ([{"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.2"}], True),
        ([{"introduced": "2.0"}, {"fixed": "2.2"}, {"introduced": "0"}, {"fixed": "1.5"}], True),
        ([{"introduced": "what"}], True),
    ],
)
def test_a_version_is_within_the_fault_or_not(events: list[dict[str, str]], hit: bool) -> None:
    assert bool(known_faults.known(PINS, [record(*events)])) is hit


def test_other_libraries_withdrawn_ones_and_other_places_do_not_count() -> None:
    begun = {"introduced": "0"}
    others = [
        record(begun, name="another"),
        record(begun, ecosystem="npm"),
        record(begun, withdrawn="2026-01-01T00:00:00Z"),
    ]
    assert known_faults.known(PINS, others) == []


def test_a_version_that_is_named_counts() -> None:
    said = {
        "id": "OSV-2",
        "affected": [{"package": {"name": "a.library", "ecosystem": "PyPI"}, "versions": ["2.1.0"]}],
    }
    assert known_faults.known(PINS, [said]) == ["a-library 2.1.0: OSV-2"]


def test_the_lock_files_are_read_and_a_packed_list_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pins = known_faults.pinned()
    assert len(pins) > 60
    packed = tmp_path / "all.zip"
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("one.json", json.dumps(record({"introduced": "0"}, name="Django")))
        file.writestr("two.json", json.dumps(record({"introduced": "0"}, name="no-such-library")))
    assert known_faults.main([str(packed)]) == 1
    assert f"django {pins['django']}: OSV-1" in capsys.readouterr().out


def test_without_a_list_it_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(known_faults.SETTING, raising=False)
    assert known_faults.main(["--if-there"]) == 0
    assert known_faults.main([]) == 2
    assert known_faults.main(["--if-there", "/none/there"]) == 2
    assert capsys.readouterr().out.count("nothing was compared") == 3
