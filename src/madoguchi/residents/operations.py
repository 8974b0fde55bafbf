"""Writing the register: people come in and change by adding rows to their history; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.kana import kana_search_key
from madoguchi.jp.names import name_search_keys
from madoguchi.procedures.facts import Value
from madoguchi.residents.fact_json import value_to_json
from madoguchi.residents.models import Protection, ResidentFact, ResidentRecord, SearchKey
from madoguchi.residents.people import RegisterEntry
from madoguchi.residents.search import address_key

COMPARED = (
    "name", "kana", "former_surname", "alias", "kanji_alongside", "birth_text", "birth_earliest", "birth_latest", "sex",
    "relationship", "household_no", "address", "postal_code", "previous_address", "nationality_class", "livelihood_no",
    "insurance_no", "status", "reason", "moved_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registered:
    """How many people were new, changed, or the same as before."""

    new: int
    changed: int
    unchanged: int


def register(*, entries: Sequence[RegisterEntry], source: str, as_of: date, now: datetime) -> Registered:
    """Store these people: a new row for whoever is new or changed, none for who is the same. All or nothing.

    Number and date of the facts beside the register are kept too (`ResidentFact`), only where their value is new.
    """
    with transaction.atomic():
        numbers = [entry.resident_no for entry in entries]
        current = {row.resident_no: row for row in ResidentRecord.objects.filter(resident_no__in=numbers, is_current=True)}
        rows: list[ResidentRecord] = []
        superseded: list[int] = []
        for entry in entries:
            before = current.get(entry.resident_no)
            row = _row(entry, history_no=before.history_no + 1 if before else 1, source=source, now=now)
            if before is not None and all(getattr(before, name) == getattr(row, name) for name in COMPARED):
                continue
            if before is not None:
                superseded.append(before.pk)
            rows.append(row)
        ResidentRecord.objects.filter(pk__in=superseded).update(is_current=False)
        ResidentRecord.objects.bulk_create(rows, batch_size=500)
        SearchKey.objects.bulk_create(_search_keys(rows), batch_size=2000, ignore_conflicts=True)
        _add_facts(entries, source=source, as_of=as_of, now=now)
    return Registered(len(rows) - len(superseded), len(superseded), len(entries) - len(rows))


def _row(entry: RegisterEntry, *, history_no: int, source: str, now: datetime) -> ResidentRecord:
    exact = not isinstance(entry.birth, PossibleDays)
    name = entry.name
    return ResidentRecord(
        resident_no=entry.resident_no,
        history_no=history_no,
        is_current=True,
        name=name.name,
        kana=name.kana or "",
        former_surname=name.former_surname or "",
        alias=name.alias or "",
        kanji_alongside=name.kanji_alongside or "",
        birth_text=entry.birth.text if isinstance(entry.birth, PossibleDays) else entry.birth.isoformat(),
        birth_earliest=entry.birth.earliest if isinstance(entry.birth, PossibleDays) else entry.birth,
        birth_latest=entry.birth.latest if isinstance(entry.birth, PossibleDays) else entry.birth,
        birth_is_exact=exact,
        sex=entry.sex,
        relationship=entry.relationship,
        household_no=entry.household_no,
        address=entry.address,
        address_key=address_key(entry.address),
        postal_code=entry.postal_code,
        previous_address=entry.previous_address,
        nationality_class=entry.nationality_class,
        livelihood_no=entry.livelihood_no or entry.household_no,
        insurance_no=entry.insurance_no or entry.household_no,
        status=entry.status.value,
        reason=entry.reason,
        moved_on=entry.moved_on,
        notified_on=entry.notified_on,
        processed_on=entry.processed_on,
        known_since=now,
        source=source,
    )


def _search_keys(rows: Sequence[ResidentRecord]) -> list[SearchKey]:
    keys: list[SearchKey] = []
    for row in rows:
        written = [name for name in (row.name, row.alias, row.kanji_alongside) if name]
        if row.former_surname and " " in row.name:
            written.append(row.former_surname + row.name.split(" ", 1)[1])
        names = frozenset().union(*(name_search_keys(name) for name in written))
        keys.extend(SearchKey(kind="name", key=key[:120], resident_no=row.resident_no) for key in sorted(names))
        if row.kana:
            keys.append(SearchKey(kind="kana", key=kana_search_key(row.kana)[:120], resident_no=row.resident_no))
    return keys


def _add_facts(entries: Sequence[RegisterEntry], *, source: str, as_of: date, now: datetime) -> None:
    numbers = [entry.resident_no for entry in entries if entry.facts]
    known: dict[tuple[str, str], object] = {}
    for row in ResidentFact.objects.filter(resident_no__in=numbers).order_by("valid_from", "id"):
        known[row.resident_no, row.key] = row.value
    ResidentFact.objects.bulk_create(
        (
            _fact(entry.resident_no, key, value, source=source, valid_from=entry.moved_on or as_of, as_of=as_of, now=now)
            for entry in entries
            for key, value in entry.facts.items()
            if known.get((entry.resident_no, key)) != value_to_json(value)
        ),
        batch_size=2000,
    )


def _fact(
    resident_no: str, key: str, value: Value, *, source: str, valid_from: date, as_of: date, now: datetime
) -> ResidentFact:
    return ResidentFact(
        resident_no=resident_no,
        key=key,
        value=value_to_json(value),
        valid_from=min(valid_from, as_of),
        as_of=as_of,
        known_since=now,
        source=source,
    )


def add_fact(
    *, resident_no: str, key: str, value: Value, source: str, valid_from: date, as_of: date, by: Actor, now: datetime
) -> None:
    """Keep a further fact of a person beside all earlier ones."""
    with transaction.atomic():
        _fact(resident_no, key, value, source=source, valid_from=valid_from, as_of=as_of, now=now).save(force_insert=True)
        record_act(actor=by, activity="fact_added", now=now, person=resident_no, key=key)


def protect(
    *, resident_no: str, begins_on: date, ends_on: date | None, by: Actor, now: datetime, provisional: bool = False
) -> None:
    """Begin 支援措置 (or 仮支援措置) for a person; it holds until `lift_protection`."""
    with transaction.atomic():
        Protection.objects.create(
            resident_no=resident_no,
            provisional=provisional,
            begins_on=begins_on,
            ends_on=ends_on,
            set_by=by.name,
            set_at=now,
        )
        record_act(actor=by, activity="handling_set", now=now, person=resident_no)


def lift_protection(*, resident_no: str, on: date, by: Actor, now: datetime) -> None:
    """End 支援措置 for a person from that day."""
    with transaction.atomic():
        Protection.objects.filter(resident_no=resident_no, lifted_on__isnull=True).update(lifted_on=on)
        record_act(actor=by, activity="handling_lifted", now=now, person=resident_no)


