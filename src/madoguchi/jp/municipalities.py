"""Municipalities (地方公共団体): code, prefecture and name of each one, and finding them in an address.

An address of long ago keeps the name it had then: what is not found here is unknown, never corrected.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Municipality:
    """One municipality: six-digit 全国地方公共団体コード, prefecture, name, kana."""

    code: str
    prefecture: str
    name: str
    kana: str


@lru_cache(maxsize=1)
def municipalities() -> tuple[Municipality, ...]:
    """All municipalities and wards of the shipped list (localgovjp, CC0)."""
    text = resources.files("madoguchi.jp").joinpath("data/municipalities.csv").read_text(encoding="utf-8")
    return tuple(
        Municipality(row["code"], row["prefecture"], row["name"], row["kana"])
        for row in csv.DictReader(text.splitlines())
    )


@lru_cache(maxsize=1)
def prefectures() -> tuple[str, ...]:
    """The 47 prefectures in code order."""
    return tuple(dict.fromkeys(one.prefecture for one in municipalities()))


@lru_cache(maxsize=1)
def _by_name_length() -> tuple[Municipality, ...]:
    return tuple(sorted(municipalities(), key=lambda one: -len(one.name)))


def prefecture_of(address: str) -> str | None:
    """The prefecture of an address: written, or following from a municipality whose name only one prefecture has."""
    for prefecture in prefectures():
        if address.startswith(prefecture):
            return prefecture
    found = {one.prefecture for one in municipalities() if address.startswith(one.name)}
    return found.pop() if len(found) == 1 else None


def municipality_of(address: str) -> Municipality | None:
    """The municipality that an address begins with, the longest name first; None when unknown or ambiguous."""
    prefecture = next((name for name in prefectures() if address.startswith(name)), None)
    rest = address.removeprefix(prefecture) if prefecture else address
    matches = [
        one
        for one in _by_name_length()
        if rest.startswith(one.name) and (prefecture is None or one.prefecture == prefecture)
    ]
    longest = [one for one in matches if len(one.name) == len(matches[0].name)] if matches else []
    return longest[0] if len(longest) == 1 else None


def same_prefecture(one: str, other: str) -> bool | None:
    """Whether two addresses lie in one prefecture; None when either is unknown."""
    first, second = prefecture_of(one), prefecture_of(other)
    return None if first is None or second is None else first == second
