"""The files in which change data leaves: JSON, or CSV with one line a person and a list of what was degraded."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from madoguchi.cases.record import FURTHER_NAMES
from madoguchi.connect.change_data import BY_HAND, FORMAT, PERSON_FACTS
from madoguchi.jp.names import shrink_candidates

COLUMNS = (
    "format", "change_id", "number", "round", "reason", "provisional", "handling", "post", "moved_on", "moved_text",
    "notified_on",
    "processed_on", "ref", "resident_no", "name", "kana", *FURTHER_NAMES, "birth_date", "birth_text",
    "birth_earliest", "birth_latest", "sex", "relationship", "moves", "old_address", "new_address", "new_building",
    *PERSON_FACTS,
)  # fmt: skip
DEGRADED_COLUMNS = ("change_id", "ref", "column", "written", "codepoints", "instead")
# A spreadsheet runs these as formulas; the wide ones too, when Japanese input is on.
FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "\u2212", "＠", "\t", "\r", "\n")
# The same sign under another code, which CP932 has.
TWIN_SIGNS = {"\u2014": "―", "\u00a6": "￤"}
NO_FORM = "〓"


@dataclass(frozen=True, slots=True)
class Degraded:
    """A text that the file's encoding cannot carry: which message, person and column, what stands instead."""

    change_id: str
    ref: str
    column: str
    written: str
    instead: str

    @property
    def codepoints(self) -> str:
        """The characters that could not be written, as U+9AD9."""
        return " ".join(f"U+{ord(character):04X}" for character in self.written if not _fits(character))


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file and what had to be written otherwise in it (縮退ログ)."""

    content: bytes
    degraded: tuple[Degraded, ...]


def to_json(bodies: Iterable[Mapping[str, Any]]) -> bytes:
    """The messages as one JSON document (change-data.schema.json)."""
    return json.dumps({"format": FORMAT, "changes": list(bodies)}, ensure_ascii=False, indent=2).encode()


def to_csv(bodies: Iterable[Mapping[str, Any]], *, encoding: str) -> CsvFile:
    """One line a person. UTF-8 has a BOM, for Excel; CP932 writes what it cannot carry in a common form and lists it.

    A cell that a spreadsheet would run as a formula begins with an apostrophe.
    """
    degraded: list[Degraded] = []
    lines: list[dict[str, str]] = []
    for body in bodies:
        for person in body["people"]:
            line = {column: _cell(column, body, person) for column in COLUMNS}
            if encoding == "cp932":
                found = _carry(line)
                degraded.extend(found)
                if found:
                    line["handling"] = BY_HAND
            lines.append(line)
    return CsvFile(_written(COLUMNS, lines, "cp932" if encoding == "cp932" else "utf-8-sig"), tuple(degraded))


def degraded_csv(degraded: Sequence[Degraded]) -> bytes:
    """The list of what was written otherwise (縮退ログ), in UTF-8 because it holds the characters themselves."""
    lines = [{column: str(getattr(one, column)) for column in DEGRADED_COLUMNS} for one in degraded]
    return _written(DEGRADED_COLUMNS, lines, "utf-8-sig")


def _cell(column: str, body: Mapping[str, Any], person: Mapping[str, Any]) -> str:
    if column in PERSON_FACTS:
        value = person["facts"].get(column, {}).get("value", "")
    else:
        value = person[column] if column in person else body[column]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "|".join(value) if isinstance(value, list) else str(value)


def _written(columns: Sequence[str], lines: Iterable[Mapping[str, str]], encoding: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({column: _harmless(value) for column, value in line.items()})
    return text.getvalue().encode(encoding)


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def _fits(text: str) -> bool:
    """Whether CP932 carries it. A 外字 has a place there, but another picture in each system: that is no carrying."""
    if any(unicodedata.category(character) == "Co" for character in text):
        return False
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _carry(line: dict[str, str]) -> list[Degraded]:
    """Bring a line into what CP932 can write; returns what had to be changed."""
    found = []
    for column, value in line.items():
        if _fits(value):
            continue
        composed = unicodedata.normalize("NFC", value)
        line[column] = "".join(_common(character) for character in composed)
        if not _fits(composed):
            found.append(Degraded(line["change_id"], line["ref"], column, composed, line[column]))
    return found


def _common(character: str) -> str:
    """A common form that CP932 has, else 〓. A variation selector alone is dropped."""
    if _fits(character):
        return character
    if 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:
        return ""
    if character in TWIN_SIGNS:
        return TWIN_SIGNS[character]
    return next((one for one in sorted(shrink_candidates(character)) if _fits(one)), NO_FORM)
