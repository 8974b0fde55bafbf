"""Modules say what they promise, and an exception to a check says why."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.house.tree import ROOT, SOURCE, files

SILENT = re.compile(r"# (?:type: ignore(?:\[[^\]]*\])?|noqa(?:: ?[A-Z0-9, ]+)?)\s*$", re.M)


def named(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


def test_every_module_says_what_it_promises() -> None:
    def silent(path: Path) -> bool:
        text = path.read_text(encoding="utf-8")
        return bool(text.strip()) and not ast.get_docstring(ast.parse(text))

    modules = [path for path in files(".py", under=SOURCE) if "migrations" not in path.parts]
    assert named([path for path in modules if path.name != "apps.py" and silent(path)]) == []


def test_an_exception_to_a_check_says_why() -> None:
    assert named([path for path in files(".py") if SILENT.search(path.read_text(encoding="utf-8"))]) == []
