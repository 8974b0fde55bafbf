"""The domain never asks what time it is: `now` comes in from where people or machines stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.house.tree import SOURCE, files, name_of, syntax

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("time", "time"),
}
PORCHES = {"channels", "config"}
# A command and what the worker calls are porches of their own room; the sign-in answers requests although it lives in `city`.
# So is a simulated outside party, which is a process of its own.
COMMANDS = {"management", "commands", "twins"}
SIGN_IN = {
    f"city/{name}.py" for name in ("authority", "gate", "own_sessions", "session", "session_store", "sign_in")
}


def in_the_domain(path: Path) -> bool:
    place = path.relative_to(SOURCE)
    return (
        place.parts[0] not in PORCHES
        and not COMMANDS & set(place.parts)
        and place.name != "tasks.py"
        and "migrations" not in place.parts
        and place.as_posix() not in SIGN_IN
    )


def clocks(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if (name, node.attr) in CLOCKS:
                yield node.lineno


def test_no_room_reads_the_clock() -> None:
    read = [
        f"{name_of(path)}:{line}"
        for path in files(".py", under=SOURCE)
        if in_the_domain(path)
        for line in clocks(syntax(path))
    ]
    assert read == []


@pytest.mark.parametrize(
    "code", ["datetime.now()", "datetime.datetime.now(tz)", "f(default=timezone.now)", "date.today()"]
)
def test_the_search_finds_a_clock(code: str) -> None:
    assert list(clocks(ast.parse(code))) == [1]
