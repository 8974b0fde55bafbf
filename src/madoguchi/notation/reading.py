"""Reading JSON and TOML of unknown origin: everything that is wrong with them is the format's own error."""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any, NoReturn

import tomli

MOST_DEPTH = 100
# A string is passed over whole, also one that is never closed: no sign is looked at twice.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.?)*+"?|[\[{]|[\]}]', re.DOTALL)
_HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")


def json_of(said: str | bytes, *, any_value: bool = False) -> Any:
    """The value of a JSON text. Raises json.JSONDecodeError; UnicodeDecodeError of bytes that are no UTF-8.

    `any_value`: numbers without end and half characters are left in, for a caller who says where they stand.
    """
    text = said.decode("utf-8-sig") if isinstance(said, bytes) else said.removeprefix("\ufeff")
    if depth_of(text) > MOST_DEPTH:
        raise json.JSONDecodeError("nested too deeply", text, 0)
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=float if any_value else _number)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError("a number that is none or too long", text, 0) from error
    if not any_value and _HALF_ESCAPED.search(text):
        try:
            json.dumps(found, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise json.JSONDecodeError("half a character", text, 0) from error
    return found


def depth_of(text: str) -> int:
    """How deep the brackets outside of strings are nested."""
    if text.count("[") + text.count("{") <= 1:
        return text.count("[") + text.count("{")
    deepest = depth = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        sign = text[found.start()]
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def toml_of(text: str) -> dict[str, Any]:
    """The tables of a TOML text. Raises tomli.TOMLDecodeError."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError:
        raise
    except (ValueError, RecursionError, OverflowError) as error:
        raise tomli.TOMLDecodeError(f"Too deep or too long: {error}", text, 0) from error


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _number(digits: str) -> float:
    found = float(digits)
    if isinf(found):
        raise ValueError("no end")
    return found
