"""From a person's entry to the rows of the register: the history row, the search keys, the further facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from madoguchi.city.queries import CityNotSetUp, profile
from madoguchi.jp.addresses import town_key
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.kana import kana_search_key
from madoguchi.jp.names import name_search_keys
from madoguchi.residents.bulk import insert
from madoguchi.residents.fact_json import value_to_json
from madoguchi.residents.models import ImportBatch, ResidentFact, ResidentRecord, SearchKey
from madoguchi.residents.people import RegisterEntry

COMPARED = (
    "name", "name_glyphs", "kana", "former_surname", "alias", "kanji_alongside", "birth_text", "birth_earliest",
    "birth_latest", "sex", "relationship", "household_no", "address", "postal_code", "previous_address",
    "nationality_class", "livelihood_no", "insurance_no", "status", "reason", "moved_on", "notified_on",
)  # fmt: skip
RECORD_COLUMNS = tuple(
    field.attname for field in ResidentRecord._meta.concrete_fields if not field.primary_key
)
LONGEST_KEY = 120
LONGEST_ADDRESS_KEY = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from and when: the source system, its day, the moment we learn it, the file if there is one."""

    source: str
    as_of: date
    now: datetime
    batch: ImportBatch | None = None


def own_city() -> tuple[str, ...]:
    """How addresses in this city's own register may begin; empty before the city is set up."""
    try:
        city = profile()
    except CityNotSetUp:
        return ()
    return (f"{city.prefecture}{city.name}", city.name)


def address_key(address: str, city: Sequence[str] = ()) -> str:
    """The key under which an address is searched: from the town on, in one way of writing.

    Only our own city (`own_city`) is left out in front: that is where the people of this register live.
    """
    text = re.sub(r"\s+", "", address)
    for beginning in city:
        if text.startswith(beginning):
            text = text.removeprefix(beginning)
            break
    return town_key(text)[:LONGEST_ADDRESS_KEY]


def record_of(
    entry: RegisterEntry, *, history_no: int | None, origin: Origin, city: Sequence[str]
) -> ResidentRecord:
    """The history row of an entry; without a history number it is staged."""
    name, birth = entry.name, entry.birth
    unclear = isinstance(birth, PossibleDays)
    return ResidentRecord(
        resident_no=entry.resident_no,
        history_no=history_no,
        is_current=history_no is not None,
        batch=origin.batch,
        name=name.name,
        name_glyphs=[
            {"written": one.written, "mj_name": one.mj_name, "shrunk": one.shrunk, "image": one.image}
            for one in entry.name_glyphs
        ],
        kana=name.kana or "",
        former_surname=name.former_surname or "",
        alias=name.alias or "",
        kanji_alongside=name.kanji_alongside or "",
        birth_text=birth.text if isinstance(birth, PossibleDays) else birth.isoformat(),
        birth_earliest=birth.earliest if isinstance(birth, PossibleDays) else birth,
        birth_latest=birth.latest if isinstance(birth, PossibleDays) else birth,
        birth_is_exact=not unclear,
        sex=entry.sex,
        relationship=entry.relationship,
        household_no=entry.household_no,
        address=entry.address,
        address_key=address_key(entry.address, city),
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
        known_since=origin.now,
        source=origin.source,
    )


def same_content(before: ResidentRecord, after: ResidentRecord) -> bool:
    """Whether two rows say the same of a person."""
    return all(getattr(before, name) == getattr(after, name) for name in COMPARED)


def insert_records(rows: Sequence[ResidentRecord]) -> None:
    """Write history rows."""
    insert(ResidentRecord, RECORD_COLUMNS, map(attrgetter(*RECORD_COLUMNS), rows))


def insert_search_keys(rows: Sequence[ResidentRecord]) -> None:
    """Write every folded way in which these people may be looked for."""
    insert(SearchKey, ("kind", "key", "resident_no", "batch_id"), _search_keys(rows), known=True)


def _search_keys(rows: Sequence[ResidentRecord]) -> Iterator[tuple[str, str, str, int | None]]:
    for row in rows:
        written = [name for name in (row.name, row.alias, row.kanji_alongside) if name]
        if row.former_surname and " " in row.name:
            written.append(row.former_surname + row.name.split(" ", 1)[1])
        for key in sorted({key[:LONGEST_KEY] for name in written for key in name_search_keys(name)}):
            yield "name", key, row.resident_no, row.batch_id
        if row.kana:
            yield "kana", kana_search_key(row.kana)[:LONGEST_KEY], row.resident_no, row.batch_id


@dataclass(frozen=True, slots=True)
class NewFact:
    """A further fact to be written."""

    resident_no: str
    key: str
    value: object
    valid_from: date


def insert_facts(facts: Sequence[NewFact], *, origin: Origin) -> None:
    """Write further facts; what the source says of a later day holds from the source's own day."""
    columns = ("resident_no", "key", "value", "valid_from", "as_of", "known_since", "source", "batch_id")
    batch = origin.batch.pk if origin.batch else None
    rest = (origin.as_of, origin.now, origin.source, batch)
    rows = ((one.resident_no, one.key, one.value, min(one.valid_from, origin.as_of), *rest) for one in facts)
    insert(ResidentFact, columns, rows)


def new_facts(entries: Sequence[RegisterEntry], *, origin: Origin) -> list[NewFact]:
    """Those facts whose value is not the newest that this source told us.

    What a source says for the first time holds from the person's last change; a new value from the source's own day.
    """
    numbers = [entry.resident_no for entry in entries if entry.facts]
    known: dict[tuple[str, str], object] = {}
    held = ResidentFact.objects.filter(resident_no__in=numbers, source=origin.source).order_by(
        "valid_from", "id"
    )
    for number, key, value in held.values_list("resident_no", "key", "value"):
        known[number, key] = value
    made: list[NewFact] = []
    for entry in entries:
        for key, value in entry.facts.items():
            place, kept = (entry.resident_no, key), value_to_json(value)
            if place in known and known[place] == kept:
                continue
            first_day = origin.as_of if place in known else entry.moved_on or origin.as_of
            made.append(NewFact(entry.resident_no, key, kept, first_day))
    return made
