"""The same for the parsers that stand in rooms; no database is opened."""

from __future__ import annotations

import time

import pytest
from tests.parsers.found import FOUND
from tests.parsers.frame import Parser, fault_of, kept
from tests.parsers.table import BY_NAME, PARSERS


@pytest.mark.parametrize("parser", [one for one in PARSERS if one.django], ids=lambda one: one.name)
def test_kept_inputs_are_answered(parser: Parser) -> None:
    inputs = kept(parser)
    assert inputs, "python -m tests.parsers.keeping"
    assert [(data, fault) for data in inputs if (fault := fault_of(parser, data))] == []


@pytest.mark.parametrize("what", [one for one, (name, _data) in FOUND.items() if BY_NAME[name].django])
def test_what_was_found_is_answered(what: str) -> None:
    name, data = FOUND[what]
    began = time.process_time()
    assert fault_of(BY_NAME[name], data) == ""
    assert time.process_time() - began < 5
