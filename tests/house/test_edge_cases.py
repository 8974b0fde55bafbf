"""Each edge case has its row in docs/edge-cases.md, and each test that a row names is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

import pytest
from tests.house.tree import ROOT, SOURCE, files, name_of, syntax

from madoguchi.procedures.situation import EventKind

NUMBERS = [f"E{n:02d}" for n in range(1, 60)]
ROW = re.compile(r"^\| (E\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.M)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
# Where a row names no test, it says why.
REASONS = ("どの届出にも触れません", "足りない点")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
EVERY, NONE = "すべて", "—"


@cache
def rows() -> tuple[tuple[str, str, str], ...]:
    """Number, behaviour and tests of each row."""
    text = (ROOT / "docs" / "edge-cases.md").read_text(encoding="utf-8")
    return tuple((number, behaviour, tests.strip()) for number, _, _, behaviour, tests in ROW.findall(text))


@cache
def events_of_rows() -> dict[str, str]:
    """For which events each case is, as its row says it."""
    text = (ROOT / "docs" / "edge-cases.md").read_text(encoding="utf-8")
    return {number: events.strip() for number, _, events, _, _ in ROW.findall(text)}


def test_every_edge_case_has_one_row_in_order() -> None:
    assert [number for number, _, _ in rows()] == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_a_row_names_tests_that_are_there_or_says_why_not(number: str) -> None:
    (row,) = [row for row in rows() if row[0] == number]
    _, behaviour, tests = row
    named = TEST.findall(tests)
    assert TEST.sub("", tests).strip() == ("" if named else "—")
    assert named or any(reason in behaviour for reason in REASONS)
    for file, name in named:
        found = {node.name for node in syntax(ROOT / file).body if isinstance(node, ast.FunctionDef)}
        assert name in found, file


@pytest.mark.parametrize("number", NUMBERS)
def test_a_row_names_the_events_that_it_is_for(number: str) -> None:
    """Every event, none that is a notice, or some by their names, in the order in which the product lists them."""
    said = events_of_rows()[number]
    labels = [event.label for event in EventKind]
    if said not in (EVERY, NONE):
        named = said.split("・")
        assert named == [label for label in labels if label in named], said
        assert len(named) < len(labels), f"{number}: {EVERY}"
    (behaviour,) = [behaviour for one, behaviour, _ in rows() if one == number]
    assert said != NONE or any(reason in behaviour for reason in REASONS)


def test_the_page_says_what_each_event_is_called() -> None:
    text = (ROOT / "docs" / "edge-cases.md").read_text(encoding="utf-8").split("## ")[0].replace("\n", "")
    assert [event.label for event in EventKind if event.label not in text] == []


def test_no_test_stands_for_two_cases_and_none_is_named_twice() -> None:
    named = Counter(name for _, _, tests in rows() for name in TEST.findall(tests))
    assert [name for name, times in named.items() if times > 1] == []


def test_a_test_with_a_number_stands_in_the_row_of_that_number() -> None:
    for number, _, tests in rows():
        for _, name in TEST.findall(tests):
            assert number.lower() in re.findall(r"e\d\d", name) or not re.match(r"test_e\d\d_", name), name


@pytest.mark.parametrize("suffix", [".html", ".typ", ".js", ".py"])
def test_e58_e59_no_screen_and_no_paper_speaks_of_yesterday(suffix: str) -> None:
    """The 保険証 is no more, and no seal is asked for; 印鑑登録 itself is named, and so is what lint and the inventory look for."""
    allowed = re.compile("マイナ保険証|印鑑登録証明書")
    found = [
        (name_of(path), words)
        for path in files(suffix, under=SOURCE)
        if path not in (SOURCE / "procedures" / "lint.py", SOURCE / "catalogue" / "inventory" / "ease.py")
        for words in re.findall(
            "保険証|印鑑|押印|認印|実印|はんこ|捺印", allowed.sub("", path.read_text(encoding="utf-8"))
        )
    ]
    assert found == []


def queue_rows() -> list[tuple[str, str]]:
    """What happens and the tests of each row of docs/queue-edge-cases.md."""
    text = (ROOT / "docs" / "queue-edge-cases.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", text, re.M)
    return [(f"{what}: {does}", tests) for what, does, tests in found if what not in ("場面", "---")]


@pytest.mark.parametrize(("what", "tests"), queue_rows(), ids=lambda one: one[:20])
def test_a_row_about_waiting_names_tests_that_are_there_or_says_why_not(what: str, tests: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", tests)
    assert named or "当てはまりません" in what
    for file, name in named:
        found = {node.name for node in ast.walk(syntax(ROOT / file)) if isinstance(node, FUNCTIONS)}
        assert name in found, f"{file} has no {name}"
