"""Nothing that a browser loads comes from outside, and no file knows the machine it was made on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house.tree import SOURCE, files, name_of, tracked
from tools.template_lint import faults

# Names of XML vocabularies look like addresses and are never fetched.
VOCABULARIES = ("http://www.w3.org/",)
OUTSIDE = re.compile(r"https?://[^\s\"'`)<]+|(?:src|href|action)=[\"']//[^\"']+|url\([\"']?//[^)]+")
MACHINE = re.compile(r"(?<![\w.])/(?:work|wt|root)/[\w.-]+")
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|raise NotImplementedError)\b")
TEXT = {".py", ".md", ".toml", ".html", ".css", ".js", ".json", ".yml", ".txt", ".typ", ".lock", ".csv", ""}
HERE = Path(__file__).parent


def found(pattern: re.Pattern[str], paths: Iterator[Path]) -> list[str]:
    return [
        f"{name_of(path)}:{number} {match.group()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        for match in pattern.finditer(line)
        if not match.group().startswith(VOCABULARIES)
    ]


def test_pages_load_nothing_from_outside() -> None:
    assert found(OUTSIDE, files(".css", ".js", ".html", ".svg", under=SOURCE)) == []


def test_no_file_knows_a_machine() -> None:
    assert found(MACHINE, (path for path in tracked() if path.suffix in TEXT)) == []


def test_nothing_is_left_unfinished() -> None:
    code = (path for path in files(".py", ".html", ".js", ".css") if not path.is_relative_to(HERE))
    assert found(UNFINISHED, code) == []


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ('<p style="color:red">', "style="),
        ('<a onclick="x()">', "on…="),
        ("<script>x()</script>", "script"),
        ("<style>p{}</style>", "style"),
        ('<img src="//cdn.example/x.png">', "外部"),
        ("<p>訳せない</p>", "訳せない"),
    ],
)
def test_the_template_check_finds_each_fault(page: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    assert [line for line in faults(path, root=tmp_path) if sentence in line]


def test_every_template_is_clean() -> None:
    assert [fault for path in files(".html", under=SOURCE) for fault in faults(path)] == []
