"""JSON and TOML from outside: whatever is wrong with them is the format's own error, and soon."""

from __future__ import annotations

import json
import time
from math import inf

import pytest
import tomli

from madoguchi.notation.reading import MOST_DEPTH, depth_of, json_of, toml_of


@pytest.mark.parametrize(
    "text",
    ["[" * 200_000, '{"a":' * 5_000, "9" * 5_000, "NaN", "[Infinity]", "1e999", '"\\ud800"', '{"\\udc00": 1}', "", "{", '"' + '\\"' * 30_000],
    ids=["arrays", "objects", "digits", "nan", "infinity", "large", "half", "half key", "empty", "open", "open string"],
)  # fmt: skip
def test_json_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        json_of(text)


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    with pytest.raises(UnicodeDecodeError):
        json_of(b'"\xff"')


def test_json_is_read() -> None:
    said = {"a": [1, 2.5, None, True, "\U0001f600", "[{"], "b": {}}
    assert json_of(json.dumps(said)) == said == json_of(b"\xef\xbb\xbf" + json.dumps(said).encode())


def test_depth_is_counted_outside_of_strings() -> None:
    assert depth_of('{"a": ["[[[", {"b\\"[": []}]}') == 4
    assert json_of("[" * MOST_DEPTH + "]" * MOST_DEPTH)
    with pytest.raises(json.JSONDecodeError):
        json_of("[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1))


@pytest.mark.parametrize("text", ['[{"' + '\\"' * 30_000, "[[" + '"' * 60_001, "[[" + "\\" * 60_000])
def test_no_sign_is_looked_at_twice(text: str) -> None:
    began = time.process_time()
    depth_of(text)
    assert time.process_time() - began < 1, "was 25 seconds of a processor for 64 kB, open to anybody"


@pytest.mark.parametrize(
    "text", ["a=" + "[" * 5_000, "a" + ".a" * 2_000 + "=1", "a=" + "9" * 5_000, "a=", "[a"],
    ids=["arrays", "parts", "digits", "nothing", "open"],
)  # fmt: skip
def test_toml_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(tomli.TOMLDecodeError):
        toml_of(text)


def test_who_says_where_a_value_stands_gets_it() -> None:
    assert json_of('{"most": 1e999, "half": "\\ud800"}', any_value=True) == {"most": inf, "half": "\ud800"}
    with pytest.raises(json.JSONDecodeError):
        json_of("NaN", any_value=True)
