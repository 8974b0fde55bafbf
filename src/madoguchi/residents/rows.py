"""From a person's entry to the rows of the register: the history row, the search keys, the further facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from madoguchi.city.queries import CityNotSetUp, profile
from madoguchi.jp.addresses import split_address, town_key
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.kana import kana_search_key
from madoguchi.jp.names import name_search_keys
from madoguchi.procedures.facts import Value
from madoguchi.residents.fact_json import value_to_json
from madoguchi.residents.models import ImportBatch, ResidentFact, ResidentRecord, SearchKey
from madoguchi.residents.people import RegisterEntry

COMPARED = (
    "name", "name_glyphs", "kana", "former_surname", "alias", "kanji_alongside", "birth_text", "birth_earliest",
    "birth_latest", "sex", "relationship", "household_no", "address", "postal_code", "previous_address",
    "nationality_class", "livelihood_no", "insurance_no", "status", "reason", "moved_on", "notified_on",
)  # fmt: skip
LONGEST_KEY = 120
LONGEST_ADDRESS_KEY = 200


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from and when: the source system, its day, the moment we learn it, the file if there is one."""

    source: str
    as_of: date
    now: datetime
    batch: ImportBatch | None = None


def own_city() -> str:
    """Prefecture and name of this city, which addresses in its own register begin with; blank before it is set up."""
    try:
        city = profile()
    except CityNotSetUp:
        return ""
    return f"{city.prefecture}{city.name}"


def address_key(address: str, city: str = "") -> str:
    """The key under which an address is searched: from the town on, in one way of writing."""
    text = address.strip()
    for beginning in (city, city[3:], city[4:]):
        if beginning and text.startswith(beginning):
            text = text.removeprefix(beginning)
            return town_key(text.replace(" ", "").replace("　", ""))[:LONGEST_ADDRESS_KEY]
    parts = split_address(text)
    return town_key(f"{parts.town}{parts.rest}{parts.building}".replace(" ", ""))[:LONGEST_ADDRESS_KEY]


def record_of(entry: RegisterEntry, *, history_no: int | None, origin: Origin, city: str) -> ResidentRecord:
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


def search_keys_of(row: ResidentRecord) -> Iterator[SearchKey]:
    """Every folded way in which this person may be looked for."""
    written = [name for name in (row.name, row.alias, row.kanji_alongside) if name]
    if row.former_surname and " " in row.name:
        written.append(row.former_surname + row.name.split(" ", 1)[1])
    names = frozenset(key[:LONGEST_KEY] for name in written for key in name_search_keys(name))
    for key in sorted(names):
        yield SearchKey(kind="name", key=key, resident_no=row.resident_no, batch=row.batch)
    if row.kana:
        key = kana_search_key(row.kana)[:LONGEST_KEY]
        yield SearchKey(kind="kana", key=key, resident_no=row.resident_no, batch=row.batch)


def fact_of(resident_no: str, key: str, value: Value, *, valid_from: date, origin: Origin) -> ResidentFact:
    """The row of one further fact; what the source says of a later day holds from the source's own day."""
    return ResidentFact(
        resident_no=resident_no,
        key=key,
        value=value_to_json(value),
        valid_from=min(valid_from, origin.as_of),
        as_of=origin.as_of,
        known_since=origin.now,
        source=origin.source,
        batch=origin.batch,
    )


def new_facts(entries: Sequence[RegisterEntry], *, origin: Origin) -> list[ResidentFact]:
    """Rows for those facts whose value is not the newest that this source told us.

    What a source says for the first time holds from the person's last change; a new value from the source's own day.
    """
    numbers = [entry.resident_no for entry in entries if entry.facts]
    known: dict[tuple[str, str], object] = {}
    held = ResidentFact.objects.filter(resident_no__in=numbers, source=origin.source).order_by("valid_from", "id")
    for number, key, value in held.values_list("resident_no", "key", "value"):
        known[number, key] = value
    made: list[ResidentFact] = []
    for entry in entries:
        for key, value in entry.facts.items():
            place = (entry.resident_no, key)
            if place in known and known[place] == value_to_json(value):
                continue
            first_day = origin.as_of if place in known else entry.moved_on or origin.as_of
            made.append(fact_of(entry.resident_no, key, value, valid_from=first_day, origin=origin))
    return made
