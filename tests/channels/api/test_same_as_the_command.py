"""One contract: what the interface decides of a worked example is, to the letter, what `madoguchi decide --json` prints."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from tests.conftest import MADOKA

from madoguchi.procedures.commands import decide, facts
from madoguchi.procedures.loader import NATIONAL_FOLDER, load_pack
from madoguchi.procedures.packs import Pack

KEYS = ("event", "notified_on", "claimant", "people", "relations", "household")
SAMPLE = 40


@lru_cache(maxsize=1)
def pack() -> Pack:
    return load_pack(NATIONAL_FOLDER, MADOKA)


def examples() -> Iterator[tuple[str, date, Mapping[str, Any]]]:
    """Every worked example of the packs, as its file says it."""
    for file in sorted([*NATIONAL_FOLDER.glob("*.toml"), *MADOKA.glob("*.toml")]):
        for one in tomllib.loads(file.read_text(encoding="utf-8")).get("example", []):
            yield f"{file.stem}: {one['name']}", one["on"], {key: one[key] for key in KEYS if key in one}


def differing(
    chosen: list[tuple[str, date, Mapping[str, Any]]], folder: Path, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    wrong = []
    for name, on, household in chosen:
        text = json.dumps(household, ensure_ascii=False, default=str)
        file = folder / "household.json"
        file.write_text(text, encoding="utf-8")
        assert decide.main([str(file), "--on", on.isoformat(), "--json"]) == 0, name
        printed = json.loads(capsys.readouterr().out)
        answer = Client().post(
            f"/api/v1/decide?on={on.isoformat()}", text.encode(), content_type="application/json"
        )
        assert answer.status_code == 200, (name, answer.content)
        wrong += [name] if json.loads(answer.content) != printed else []
    return wrong


@pytest.fixture
def _one_pack(procedures: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads the folders that are published, once instead of for each example."""
    settings.API_REQUESTS = 10_000_000
    for command in (decide, facts):
        monkeypatch.setattr(command, "pack_of", lambda _arguments: pack())


@pytest.mark.django_db
def test_a_sample_of_the_worked_examples(
    _one_pack: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = Random(9).sample(list(examples()), SAMPLE)
    assert differing(chosen, tmp_path, capsys) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_every_worked_example(_one_pack: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = list(examples())
    assert len(chosen) > 300
    assert differing(chosen, tmp_path, capsys) == []


@pytest.mark.django_db
def test_the_vocabulary(_one_pack: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert facts.main(["--json"]) == 0
    assert json.loads(Client().get("/api/v1/facts").content) == json.loads(capsys.readouterr().out)
