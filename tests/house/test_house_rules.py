"""The rules of the house that no tool of the shelf checks: sizes, clocks, layers of tables, nothing from outside."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey
from tools import template_lint

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "madoguchi"
MODULES = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TOOLS = sorted((ROOT / "tools").glob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
# Lower layers first; a table may point at its own layer or a lower one.
LAYERS = (
    "audit",
    "city",
    "catalogue",
    "residents",
    "papers",
    "cases",
    "connect",
    "shared",
    "counter",
    "backoffice",
)
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("timezone", "now"),
    ("time", "time"),
}
MAY_READ_THE_CLOCK = ("channels", "config", "management", "commands")
# The web side of the sign-in: signals, middleware and refusals come from the framework, without a time.
WEB_SIDE = ("city/sign_in.py", "city/session.py", "city/authority.py")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (
        node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "package-lock.json"])
def test_a_lock_file_names_no_place_to_load_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert re.search(r"sha256:[0-9a-f]{64}|sha512-", text)


def test_no_file_is_longer_than_a_reader_keeps_in_mind() -> None:
    lengths = {
        name_of(path): path.read_text(encoding="utf-8").count("\n") for path in [*MODULES, *TESTS, *TOOLS]
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{name_of(path)}:{one.lineno} {one.name}"
        for path in [*MODULES, *TOOLS]
        for one in functions(path)
        if (one.end_lineno or 0) - one.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_promises() -> None:
    silent = [
        name_of(path)
        for path in MODULES
        if path.name != "apps.py"
        and path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(tree_of(path))
    ]
    assert silent == []


def test_the_clock_is_read_at_the_edge_only() -> None:
    found = []
    for path in MODULES:
        if set(path.relative_to(SOURCE).parts) & set(MAY_READ_THE_CLOCK) or name_of(path).endswith(WEB_SIDE):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                of = node.func.value
                name = of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""
                if (name, node.func.attr) in CLOCKS:
                    found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


def test_tables_point_down_the_layers_only() -> None:
    wrong, seen = [], 0
    for model in apps.get_models():
        label = model._meta.app_label
        if label not in LAYERS:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey):
                continue
            target = field.related_model._meta.app_label
            seen += 1
            if target in LAYERS and LAYERS.index(target) > LAYERS.index(label):
                wrong.append(f"{model.__name__}.{field.name} → {target}")
    assert wrong == []
    assert seen > 10


def test_rooms_import_downward_only() -> None:
    words = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_templates_are_translated_and_carry_nothing_of_their_own() -> None:
    pages = sorted(SOURCE.rglob("*.html"))
    assert len(pages) > 20
    assert [fault for page in pages for fault in template_lint.faults(page)] == []


def test_the_template_lint_finds_what_it_looks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_lint, "ROOT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text(
        '<p style="x">窓口</p>\n<script>1</script><img src="https://example.org/x">', encoding="utf-8"
    )
    assert len(template_lint.faults(page)) >= 2


def test_nothing_is_loaded_from_outside() -> None:
    outside = re.compile(
        r"""(?:src|href|action)=["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|fetch\(["']http"""
    )
    found = []
    for suffix in ("html", "css", "js"):
        for path in SOURCE.rglob(f"*.{suffix}"):
            if outside.search(path.read_text(encoding="utf-8")):
                found.append(name_of(path))
    assert found == []


@pytest.mark.parametrize(
    "sign", ["# TO" + "DO", "FIX" + "ME", "raise NotImplemented" + "Error", "except Exception:"]
)
def test_nothing_is_left_half_done(sign: str) -> None:
    assert [name_of(path) for path in [*MODULES, *TOOLS] if sign in path.read_text(encoding="utf-8")] == []


def test_an_exception_to_a_check_says_why() -> None:
    silent = re.compile(r"# (?:type: ignore(?:\[[^\]]*\])?|noqa(?:: ?[A-Z0-9, ]+)?)\s*$", re.M)
    assert [
        name_of(path)
        for path in [*MODULES, *TOOLS, *TESTS]
        if silent.search(path.read_text(encoding="utf-8"))
    ] == []
