"""異動データ: what a signed and reviewed case says to the core system, as one documented value.

The reasons (異動事由) are the standard's names (住民記録システム標準仕様書 1.2.2); no numeric code is official, so none
is sent: a core system's own codes are mapped on its side or by its RPA. Whether an address may be in it is asked of
`residents.protection`, when it is made and again whenever it leaves; where it may not, the field is empty and
`handling` says that it is entered by hand, the same word that is used when a name has a character that the receiving
encoding cannot carry. People without a 住民票 are in no message: neither they, nor what they apply for, nor their name as
the one who came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from madoguchi.cases.acting import find_case
from madoguchi.cases.judging import Judged, applied_for, judge
from madoguchi.cases.queries import address_may_appear, certificate_wishes
from madoguchi.cases.record import (
    FURTHER_NAMES,
    ONLY,
    POST_HELD,
    HeldPerson,
    Record,
    comes_together,
    read_record,
)
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.facts import FactRef, Value
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.fact_json import value_to_json
from madoguchi.residents.protection import Audience

FORMAT = "madoguchi-change/1"
BY_HAND = "manual_entry"
HOLD = "hold"
REASONS = {EventKind.move_in: "国内転入", EventKind.move_in_abroad: "国外転入等"}
PERSON_FACTS = ("health_insurance", "pension", "care_level", "nationality_class")
ADDRESS_FIELDS = ("old_address", "new_address", "new_building", "joined_household")


def body_of(case: str, *, on: date) -> dict[str, Any]:
    """The change data of a case as JSON-ready values; docs/change-data.md says what each means."""
    row = find_case(case)
    record = read_record(row)
    judged = judge(row, record)
    changes = changes_the_register(record, judged)
    event = EventKind(row.event_kind) if changes else EventKind.none
    happened = record.value(event.date_key)
    body = {
        "format": FORMAT,
        "change_id": change_id(day=row.day, number=row.number, round_=row.signed_round),
        "number": row.number,
        "round": row.signed_round,
        "correction": row.signed_round > 1,
        "reason": REASONS.get(event, event.label),
        "provisional": True,
        "handling": "",
        "moved_on": _exact_day(happened),
        "moved_text": happened.text if isinstance(happened, PossibleDays) else "",
        "post": HOLD if record.value(POST_HELD) is True else "",
        "notified_on": row.notified_on.isoformat(),
        "processed_on": on.isoformat(),
        "late_reason": row.late_reason,
        "notifier": {"name": _notifier(record), "kind": record.text("notifier_kind")},
        **{name: record.text(name) if changes else "" for name in ADDRESS_FIELDS},
        "people": [
            _person(record, person.ref, person.resident_no, moves=changes)
            for person in record.people
            if _is_in_it(record, person, changes) and not person.unregistered
        ],
        "procedures": [
            {
                "id": one.procedure,
                "law_id": one.law_id,
                "subject": one.subject,
                "department": judged.pack.procedure(one.procedure).department,
                "deadline": one.deadline.isoformat() if one.deadline else "",
            }
            for one in applied_for(judged, record)
            if one.subject not in record.unregistered
        ],
        "certificates": [
            {"kind": kind, "copies": copies, "fee_yen": fee} for kind, copies, fee in certificate_wishes(row)
        ],
    }
    return body if address_may_appear(record, audience=Audience.CSV_CORE, on=on) else without_address(body)


def changes_the_register(record: Record, judged: Judged) -> bool:
    """Whether what is filed is the event's own notice (`registers` of the pack), or the case is one of the counter.

    Who applies from home for what follows from an event has not filed the event: nobody moves, is born or dies by that.
    """
    if not isinstance(record.value(ONLY), frozenset):
        return True
    return any(judged.pack.procedure(one.procedure).registers for one in applied_for(judged, record))


def _is_in_it(record: Record, person: HeldPerson, changes: bool) -> bool:
    return person.ref in comes_together(record) if changes else bool(person.resident_no)


def _notifier(record: Record) -> str:
    """The name of whoever came; empty when it is somebody without a 住民票."""
    return "" if record.text("notifier_ref") in record.unregistered else record.text("notifier_name")


def _exact_day(value: Value | None) -> str:
    """A day that is one day; empty for one that is vague, which stands in words beside it."""
    if isinstance(value, PossibleDays):
        value = value.earliest if value.earliest == value.latest else None
    return value.isoformat() if isinstance(value, date) else ""


def as_it_may_leave(case: str, body: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """The message as it may leave today: without its addresses when somebody in it has come to be protected since."""
    record = read_record(find_case(case))
    shown = address_may_appear(record, audience=Audience.CSV_CORE, on=on)
    whole = {"post": "", "moved_text": "", **body}  # a message made before these fields says nothing of them
    return whole if shown else without_address(whole)


def without_address(body: Mapping[str, Any]) -> dict[str, Any]:
    """The message with every address empty, to be entered by hand, and no letter sent before that."""
    return {**body, **dict.fromkeys(ADDRESS_FIELDS, ""), "handling": BY_HAND, "post": HOLD}


def change_id(*, day: date, number: str, round_: int) -> str:
    """What names a message for good: 受付番号 begin again each day, so the day and the round belong to it."""
    return f"{day:%Y%m%d}-{number}-{round_}"


def _person(record: Record, ref: str, resident_no: str, *, moves: bool = True) -> dict[str, Any]:
    birth = record.value("birth_date", ref)
    unclear = birth if isinstance(birth, PossibleDays) else None
    held = {key: record.facts.get(FactRef(key, ref)) for key in PERSON_FACTS}
    return {
        "ref": ref,
        "resident_no": resident_no,
        "name": record.text("name", ref),
        "kana": record.text("kana", ref),
        **{key: record.text(key, ref) for key in FURTHER_NAMES},
        "birth_date": birth.isoformat() if isinstance(birth, date) else "",
        "birth_text": unclear.text if unclear else "",
        "birth_earliest": unclear.earliest.isoformat() if unclear else "",
        "birth_latest": unclear.latest.isoformat() if unclear else "",
        "sex": record.text("sex", ref),
        "relationship": record.text("relationship", ref),
        "moves": moves and record.value("moves", ref) is True,
        "facts": {
            key: {
                "value": value_to_json(one.value),
                "source": one.source.label,
                "as_of": one.as_of.isoformat(),
            }
            for key, one in held.items()
            if one is not None and one.value is not None
        },
    }


def digest_of(body: Mapping[str, Any]) -> str:
    """A digest by which both sides can tell that they hold the same message."""
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
