"""Municipalities (地方公共団体): code, prefecture and name of each one, and finding them in an address.

An address of long ago keeps the name it had then: what is not found here is unknown, never corrected.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

# 郡 is written in an address and is no part of the name of a town (大里郡寄居町).
_COUNTY = re.compile(r"[^0-9 ]{1,5}?郡(?=.)")
CODE_DIGITS = 6


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
    if not found:
        only = municipality_of(address)
        return only.prefecture if only else None
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Municipality]:
    return {one.code[: CODE_DIGITS - 1]: one for one in municipalities()}


def municipality_by_code(code: str) -> Municipality | None:
    """The municipality of a 団体コード of six digits, or of five (without check digit); None when not in the list.

    Six digits with a wrong check digit are no code.
    """
    found = _by_code().get(code[: CODE_DIGITS - 1])
    if found is None or code not in (found.code, found.code[: CODE_DIGITS - 1]):
        return None
    return found


def municipality_as_written(address: str) -> str:
    """How an address that begins with its municipality writes it, with its 郡 (大里郡寄居町); "" when unknown."""
    found = municipality_of(address)
    if found is None:
        return ""
    prefecture = found.prefecture if address.startswith(found.prefecture) else ""
    return address[len(prefecture) : address.index(found.name, len(prefecture)) + len(found.name)]


def municipality_of(address: str) -> Municipality | None:
    """The municipality that an address begins with, the longest name first; None when unknown or ambiguous.

    A 郡 and a space before the name are passed over.
    """
    prefecture = next((name for name in prefectures() if address.startswith(name)), None)
    rest = (address.removeprefix(prefecture) if prefecture else address).lstrip()
    matches = _named(rest, prefecture)
    if not matches and (county := _COUNTY.match(rest)):
        behind = rest[county.end() :].lstrip()
        matches = [one for one in _named(behind, prefecture) if one.name.endswith(("町", "村"))]
    longest = [one for one in matches if len(one.name) == len(matches[0].name)] if matches else []
    return longest[0] if len(longest) == 1 else None


def _named(text: str, prefecture: str | None) -> list[Municipality]:
    """The municipalities whose name `text` begins with, the longest first."""
    return [
        one for one in _by_name_length() if text.startswith(one.name) and prefecture in (None, one.prefecture)
    ]


def same_prefecture(one: str, other: str) -> bool | None:
    """Whether two addresses lie in one prefecture; None when either is unknown."""
    first, second = prefecture_of(one), prefecture_of(other)
    return None if first is None or second is None else first == second
