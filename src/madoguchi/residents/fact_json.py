"""Fact values in JSON and back: a date as {"date": …}, 不詳 with its bounds, a set of choices as a sorted list."""

from __future__ import annotations

from datetime import date
from typing import Any

from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.facts import Value


def value_to_json(value: Value) -> Any:
    """A JSON form that `value_from_json` turns back into an equal value."""
    if isinstance(value, PossibleDays):
        return {
            "text": value.text,
            "earliest": value.earliest.isoformat(),
            "latest": value.latest.isoformat(),
        }
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, frozenset):
        return sorted(value)
    return value


def value_from_json(stored: Any) -> Value:
    """The value that was stored."""
    if isinstance(stored, dict):
        if "date" in stored:
            return date.fromisoformat(stored["date"])
        return PossibleDays(
            stored["text"], date.fromisoformat(stored["earliest"]), date.fromisoformat(stored["latest"])
        )
    if isinstance(stored, list):
        return frozenset(stored)
    if isinstance(stored, bool | int | str):
        return stored
    raise ValueError(f"{type(stored).__name__} は事実の値ではありません。")
