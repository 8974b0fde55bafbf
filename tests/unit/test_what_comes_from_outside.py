"""The inputs that are kept for each parser (found by the proof `fuzzing`) are answered with a value or a declared sentence."""

from __future__ import annotations

import time

import pytest
from tests.parsers.found import FOUND
from tests.parsers.frame import Parser, fault_of, kept
from tests.parsers.table import BY_NAME, PARSERS

PLAIN = [one for one in PARSERS if not one.django]


@pytest.mark.parametrize("parser", PLAIN, ids=lambda one: one.name)
def test_kept_inputs_are_answered(parser: Parser) -> None:
    inputs = kept(parser)
    assert inputs, "python -m tests.parsers.keeping"
    assert [(data, fault) for data in inputs if (fault := fault_of(parser, data))] == []


def test_what_is_not_declared_is_a_fault() -> None:
    def wrong(data: bytes) -> object:
        return {b"raise": lambda: {}["x"], b"half": lambda: ["\ud800"]}.get(data, lambda: data)()

    parser = Parser("wrong", (), wrong, ("builtins:ValueError",), list)
    assert fault_of(parser, b"raise").startswith("KeyError")
    assert "cannot be written" in fault_of(parser, b"half")
    assert fault_of(parser, b"good") == ""


@pytest.mark.parametrize("what", [one for one, (name, _data) in FOUND.items() if not BY_NAME[name].django])
def test_what_was_found_is_answered(what: str) -> None:
    name, data = FOUND[what]
    began = time.process_time()
    assert fault_of(BY_NAME[name], data) == ""
    assert time.process_time() - began < 5
