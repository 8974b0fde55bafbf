"""Changing a pack's file: what did not change keeps its place and its comments; what the result says is checked.

tomlkit was taken because the standard library reads TOML and does not write it, and because an officer's comments must stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomli
import tomlkit
from tomlkit.exceptions import TOMLKitError


def changed(text: str, values: Mapping[str, Any]) -> str:
    """The file so that it says exactly `values`; the comments of what stays are kept where that is possible."""
    wanted = _plain(values)
    if text.strip():
        try:
            again = _patched(text, wanted)
            if tomli.loads(again) == wanted:
                return again
        except (TOMLKitError, tomli.TOMLDecodeError, ValueError):
            pass
    heading = "".join(line + "\n" for line in _leading_comments(text))
    return heading + tomlkit.dumps(_tables_last(wanted))


def _patched(text: str, wanted: Mapping[str, Any]) -> str:
    document = tomlkit.parse(text)
    before = tomli.loads(text)
    for key in [key for key in document if key not in wanted]:
        del document[key]
    for key, value in wanted.items():
        if key not in before or before[key] != value:
            document[key] = value
    return tomlkit.dumps(document)


def _leading_comments(text: str) -> list[str]:
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line)
    return lines


def _tables_last(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values first: what stands behind a table's heading would belong to that table."""

    def is_table(value: Any) -> bool:
        return isinstance(value, dict) or (
            isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)
        )

    ordered = sorted(values.items(), key=lambda item: is_table(item[1]))
    return {key: _tables_last(value) if isinstance(value, dict) else value for key, value in ordered}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is None: TOML has no such value."""
    return {key: _plain_value(value) for key, value in values.items() if value is not None}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, list | tuple):
        return [_plain_value(one) for one in value]
    return value
