"""Writing the register: people come in and change by adding rows to their history; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.procedures.facts import Value
from madoguchi.residents.fact_json import value_to_json
from madoguchi.residents.importing.run import import_file
from madoguchi.residents.models import ResidentRecord
from madoguchi.residents.people import RegisterEntry
from madoguchi.residents.rows import (
    NewFact,
    Origin,
    insert_facts,
    insert_records,
    insert_search_keys,
    new_facts,
    own_city,
    record_of,
    same_content,
)

__all__ = ["Registered", "add_fact", "import_file", "register"]


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
    origin = Origin(source, as_of, now)
    city = own_city()
    with transaction.atomic():
        numbers = [entry.resident_no for entry in entries]
        current = {
            row.resident_no: row
            for row in ResidentRecord.objects.filter(resident_no__in=numbers, is_current=True)
        }
        rows: list[ResidentRecord] = []
        superseded: list[int] = []
        for entry in entries:
            before = current.get(entry.resident_no)
            history_no = (before.history_no or 0) + 1 if before else 1
            row = record_of(entry, history_no=history_no, origin=origin, city=city)
            if before is not None and same_content(before, row):
                continue
            if before is not None:
                superseded.append(before.pk)
            rows.append(row)
        ResidentRecord.objects.filter(pk__in=superseded).update(is_current=False)
        insert_records(rows)
        insert_search_keys(rows)
        insert_facts(new_facts(entries, origin=origin), origin=origin)
    return Registered(len(rows) - len(superseded), len(superseded), len(entries) - len(rows))


def add_fact(
    *,
    resident_no: str,
    key: str,
    value: Value,
    source: str,
    valid_from: date,
    as_of: date,
    by: Actor,
    now: datetime,
) -> None:
    """Keep a further fact of a person beside all earlier ones."""
    with transaction.atomic():
        origin = Origin(source, as_of, now)
        insert_facts([NewFact(resident_no, key, value_to_json(value), valid_from)], origin=origin)
        record_act(actor=by, activity="fact_added", now=now, person=resident_no, key=key)
