"""異動データ: what a signed and reviewed case says to the core system, as one documented value.

The reasons (異動事由) are the standard's names (住民記録システム標準仕様書 1.2.2); no numeric code is official, so none is
sent: a core system's own codes are mapped on its side or by its RPA. Whether an address may be in it is asked of
`residents.protection`; where it may not, the field is empty and `handling` says that it is entered by hand — the same
word that is used when a name has a character that the receiving encoding cannot carry.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from madoguchi.cases.acting import find_case
from madoguchi.cases.judging import applied_for, judge
from madoguchi.cases.queries import address_may_appear, certificate_wishes
from madoguchi.cases.record import Record, read_record
from madoguchi.jp.names import shrink_candidates
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.fact_json import value_to_json
from madoguchi.residents.protection import Audience

FORMAT = "madoguchi-change/1"
BY_HAND = "manual_entry"
REASONS = {EventKind.move_in: "国内転入", EventKind.move_in_abroad: "国外転入等"}
PERSON_FACTS = ("health_insurance", "pension", "care_level", "nationality_class")
COLUMNS = (
    "format", "number", "round", "reason", "provisional", "handling", "moved_on", "notified_on", "processed_on", "ref",
    "resident_no", "name", "kana", "birth_date", "birth_text", "sex", "relationship", "moves", "old_address",
    "new_address", "new_building", *PERSON_FACTS,
)  # fmt: skip
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def body_of(case: str, *, on: date) -> dict[str, Any]:
    """The change data of a case as JSON-ready values."""
    row = find_case(case)
    record = read_record(row)
    judged = judge(row, record)
    shown = address_may_appear(record, audience=Audience.CSV_CORE, on=on)
    moved = record.value("move_date")
    event = EventKind(row.event_kind)
    return {
        "format": FORMAT,
        "number": row.number,
        "round": row.signed_round,
        "correction": row.signed_round > 1,
        "reason": REASONS.get(event, event.label),
        "provisional": True,
        "handling": "" if shown else BY_HAND,
        "moved_on": moved.isoformat() if isinstance(moved, date) else "",
        "notified_on": row.notified_on.isoformat(),
        "processed_on": on.isoformat(),
        "late_reason": row.late_reason,
        "old_address": record.text("old_address") if shown else "",
        "new_address": record.text("new_address") if shown else "",
        "new_building": record.text("new_building") if shown else "",
        "joined_household": record.text("joined_household") if shown else "",
        "people": [_person(record, person.ref, person.resident_no) for person in record.people],
        "procedures": [
            {
                "id": one.procedure,
                "law_id": one.law_id,
                "subject": one.subject,
                "department": judged.pack.procedure(one.procedure).department,
                "deadline": one.deadline.isoformat() if one.deadline else "",
            }
            for one in applied_for(judged, record)
        ],
        "certificates": [
            {"kind": kind, "copies": copies, "fee_yen": fee} for kind, copies, fee in certificate_wishes(row)
        ],
    }


def _person(record: Record, ref: str, resident_no: str) -> dict[str, Any]:
    birth = record.value("birth_date", ref)
    facts = {key: value for key in PERSON_FACTS if (value := record.value(key, ref)) is not None}
    return {
        "ref": ref,
        "resident_no": resident_no,
        "name": record.text("name", ref),
        "kana": record.text("kana", ref),
        "birth_date": birth.isoformat() if isinstance(birth, date) else "",
        "birth_text": "" if isinstance(birth, date) else getattr(birth, "text", ""),
        "sex": record.text("sex", ref),
        "relationship": record.text("relationship", ref),
        "moves": record.value("moves", ref) is True,
        **{key: value_to_json(value) for key, value in facts.items()},
    }


def digest_of(body: Mapping[str, Any]) -> str:
    """A digest by which both sides can tell that they hold the same message."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Degraded:
    """A character that the file's encoding cannot carry: which message and column, what stands instead."""

    number: str
    ref: str
    column: str
    written: str
    instead: str


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file and what had to be written otherwise in it (縮退ログ)."""

    content: bytes
    degraded: tuple[Degraded, ...]


def to_json(bodies: Iterable[Mapping[str, Any]]) -> bytes:
    """The messages as one JSON document."""
    return json.dumps({"format": FORMAT, "changes": list(bodies)}, ensure_ascii=False, indent=2).encode()


def to_csv(bodies: Iterable[Mapping[str, Any]], *, encoding: str) -> CsvFile:
    """One line a person. UTF-8 has a BOM, for Excel; CP932 writes what it cannot carry in a common form and lists it.

    A cell that a spreadsheet would run as a formula begins with an apostrophe.
    """
    text = io.StringIO(newline="")
    degraded: list[Degraded] = []
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for body in bodies:
        for person in body["people"]:
            line = {column: str(person.get(column, body.get(column, ""))) for column in COLUMNS}
            if encoding == "cp932":
                line = {
                    column: _carried(value, column, body, person, degraded) for column, value in line.items()
                }
                if any(one.number == body["number"] and one.ref == person["ref"] for one in degraded):
                    line["handling"] = BY_HAND
            writer.writerow({column: _harmless(value) for column, value in line.items()})
    codec = "cp932" if encoding == "cp932" else "utf-8-sig"
    return CsvFile(text.getvalue().encode(codec), tuple(degraded))


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def _fits(text: str) -> bool:
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _carried(
    value: str, column: str, body: Mapping[str, Any], person: Mapping[str, Any], degraded: list[Degraded]
) -> str:
    if _fits(value):
        return value
    instead = "".join(character if _fits(character) else _common(character) for character in value)
    degraded.append(Degraded(str(body["number"]), str(person["ref"]), column, value, instead))
    return instead


def _common(character: str) -> str:
    """A common form that CP932 has, else 〓. A variation selector alone is dropped."""
    if 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF:
        return ""
    return next((one for one in sorted(shrink_candidates(character)) if _fits(one)), "〓")
