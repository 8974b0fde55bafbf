"""Rooms import downward only, tables are private to their room, and foreign keys point down."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField
from tests.house.tree import ROOT, SOURCE, files, imported, name_of

# The signed-in person is a row, not a value: Django hands it to every request.
SHARED_TABLES = {"madoguchi.city.models.StaffMember"}


def levels() -> dict[str, int]:
    """Each room's level, 0 at the top, from the contract that import-linter keeps."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return {room.strip(" ()"): level for level, line in enumerate(layers) for room in line.split("|")}


def test_imports_point_down() -> None:
    words = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def foreign_tables() -> Iterator[str]:
    for path in files(".py", under=SOURCE):
        room = path.relative_to(SOURCE).parts[0]
        for line, name in imported(path):
            parts = name.split(".")
            other = parts[0] == "madoguchi" and len(parts) > 2 and parts[2] == "models" and parts[1] != room
            if other and name not in SHARED_TABLES:
                yield f"{name_of(path)}:{line} {name}"


def test_a_room_keeps_its_tables_to_itself() -> None:
    assert list(foreign_tables()) == []


def upward_keys() -> Iterator[str]:
    level = levels()
    for model in apps.get_models(include_auto_created=True):
        room = room_of(model)
        for field in model._meta.get_fields():
            if not room or not isinstance(field, ForeignKey | ManyToManyField):
                continue
            target = room_of(field.related_model)
            if target and target != room and level[target] <= level[room]:
                yield f"{model.__name__}.{field.name} ({room}) → {target}"


def room_of(model: type) -> str:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "madoguchi" else ""


def test_foreign_keys_point_down() -> None:
    assert list(upward_keys()) == []
