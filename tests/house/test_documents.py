"""What is written down is whole: every setting, every command, every public thing with its Japanese term."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from madoguchi.config.command_line import PLAIN, WITH_DJANGO

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "madoguchi"
DOCS = ROOT / "docs"
READ = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tools").glob("*.py"), *(ROOT / "tests").rglob("*.py")]
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# Words that a reader meets; frameworks' own classes and what is named after its room's word need no term.
NO_TERM = re.compile(r"(Row|Form|Config|Command|Adapter|Missing|Refused|Error|Errors)$")
GLOSSARY_ROOMS = (
    "jp",
    "audit",
    "city",
    "catalogue",
    "residents",
    "booking",
    "payments",
    "outreach",
    "cases",
    "furusato",
    "connect",
    "small_counts",
    "insight",
    "disposal",
)
# Of these rooms, what other rooms are given; the rest is their own workshop.
GLOSSARY_MODULES = {
    "papers": ("definitions", "facts", "values"),
    "procedures": ("bring", "decisions", "facts", "fees", "packs", "questions", "situation"),
}


def words_of(file: str) -> str:
    return (DOCS / file).read_text(encoding="utf-8")


def test_every_setting_is_documented_and_no_other() -> None:
    used = {
        name
        for path in READ
        for name in re.findall(r"MADOGUCHI_[A-Z][A-Z_]*[A-Z]", path.read_text(encoding="utf-8"))
    }
    documented = set(re.findall(r"^\| `(MADOGUCHI_[A-Z_]+)`", words_of("settings.md"), re.M))
    assert used == documented


def test_every_command_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^## `madoguchi ([\w-]+)", words_of("commands.md"), re.M))
    assert documented == {*PLAIN, *WITH_DJANGO}


def public_classes(room: str) -> set[str]:
    """Enums and values of a room that other rooms are given."""
    found = set()
    for path in (SOURCE / room).rglob("*.py"):
        if "migrations" in path.parts or "management" in path.parts:
            continue
        if room in GLOSSARY_MODULES and path.stem not in GLOSSARY_MODULES[room]:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if (
                isinstance(node, ast.ClassDef)
                and not node.name.startswith("_")
                and not NO_TERM.search(node.name)
            ):
                bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
                if not bases or "Enum" in bases:
                    found.add(node.name)
    return found


@pytest.mark.parametrize("room", [*GLOSSARY_ROOMS, *GLOSSARY_MODULES])
def test_every_public_thing_has_its_japanese_term(room: str) -> None:
    terms = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", words_of("glossary.md"), re.M))
    assert sorted(public_classes(room) - set(terms)) == []
    assert [name for name, term in terms.items() if not JAPANESE.search(term)] == []


@pytest.mark.parametrize("readme", ["README.md", "README.ja.md"])
def test_a_readme_is_short_and_its_links_lead_somewhere(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert text.count("\n") <= 120
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
    for command in ("make demo", "make test", "make check"):
        assert command in text


def test_both_readmes_have_the_same_parts() -> None:
    def shape(name: str) -> list[int]:
        headings = re.findall(r"^(#+) ", (ROOT / name).read_text(encoding="utf-8"), re.M)
        return [len(marks) for marks in headings]

    assert shape("README.md") == shape("README.ja.md")


def test_every_licence_of_something_vendored_is_listed() -> None:
    listed = (ROOT / "LICENSES" / "README.md").read_text(encoding="utf-8")
    files = [path.name for path in (ROOT / "LICENSES").iterdir() if path.name != "README.md"]
    assert [name for name in files if name not in listed] == []
