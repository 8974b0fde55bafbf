"""The register, household by household (世帯ごとの読み出し), for deciding over everybody (一括判定, 案内).

1. `household_ranges` cuts the register into ranges of 世帯番号 that together are the whole of it, also of what comes later.
2. `households_between` reads the people who live there now, with the facts that are asked for and no others.
That a range was read is written in the audit first; whoever shows a single person besides writes that down by key.
No name and no address leaves here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any

from django.db.models import Q, QuerySet

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.facts import Value
from madoguchi.procedures.situation import PersonFacts
from madoguchi.residents.fact_json import value_from_json
from madoguchi.residents.models import ResidentFact, ResidentRecord

_COLUMNS = (
    "household_no", "resident_no", "birth_text", "birth_earliest", "birth_latest", "relationship", "sex", "nationality_class",
)  # fmt: skip
# More numbers than these in one question a database may refuse.
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class HouseholdRange:
    """A part of the register: the households from `first` up to, but without, `before`; "" is open at that end."""

    first: str
    before: str


@dataclass(frozen=True, slots=True)
class RegisterHousehold:
    """The people of one 世帯 who live here now, the head first where there is one; without name and address."""

    household_no: str
    people: tuple[PersonFacts, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """宛名番号 of everybody."""
        return tuple(person.id for person in self.people)


def household_ranges(*, households: int) -> tuple[HouseholdRange, ...]:
    """The register in parts of about so many households; one part, open at both ends, when it is smaller."""
    numbers = _living().order_by("household_no").values_list("household_no", flat=True).distinct().iterator()
    cuts = [number for place, number in enumerate(numbers) if place and place % households == 0]
    return tuple(
        HouseholdRange(first, before) for first, before in zip(["", *cuts], [*cuts, ""], strict=True)
    )


def households_between(
    part: HouseholdRange, *, keys: Collection[str], on: date, by: Actor, campaign: str, now: datetime
) -> Iterator[RegisterHousehold]:
    """The households of a part with these facts as of a day; that the part was read for a campaign is written first."""
    record_act(actor=by, activity="register_part_read", now=now, campaign=campaign, facts=len(keys))
    rows = _living().filter(household_no__gte=part.first)
    rows = rows.filter(household_no__lt=part.before) if part.before else rows
    ordered = rows.order_by("household_no", "id").values_list(*_COLUMNS).iterator(chunk_size=_AT_ONCE)
    homes = ((home, list(people)) for home, people in groupby(ordered, key=lambda row: row[0]))
    while block := list(islice(homes, _AT_ONCE)):
        there = _living().filter(household_no__gte=block[0][0], household_no__lte=block[-1][0])
        facts = _facts_of(Q(resident_no__in=there.values("resident_no")), keys, on) if keys else {}
        yield from _with_facts(block, facts)


def household_of(
    resident_no: str, *, keys: Collection[str], on: date, by: Actor, purpose: Purpose, screen: str, now: datetime
) -> RegisterHousehold | None:  # fmt: skip
    """The household of somebody who lives here now, everybody in it written down as read; None when they do not."""
    home = _living().filter(resident_no=resident_no).values_list("household_no", flat=True).first()
    if home is None:
        return None
    rows = list(_living().filter(household_no=home).order_by("id").values_list(*_COLUMNS))
    record_access(
        actor=by, purpose=purpose, authority="own" if purpose is Purpose.OWN else "outreach",
        person_keys=[row[1] for row in rows], fields=sorted({"birth", "household", *keys}), case=None, screen=screen,
        now=now,
    )  # fmt: skip
    facts = _facts_of(Q(resident_no__in=[row[1] for row in rows]), keys, on) if keys else {}
    return next(_with_facts([(home, rows)], facts))


def living_here(resident_nos: Sequence[str]) -> frozenset[str]:
    """Those who live here now: neither moved away nor dead. Tells nothing else, so it is no reading of a person."""
    return frozenset(_living().filter(resident_no__in=resident_nos).values_list("resident_no", flat=True))


def born_on(resident_no: str, day: date) -> bool:
    """Whether this resident gave their own date of birth: one that is partly unknown is no proof."""
    rows = _living().filter(resident_no=resident_no, birth_earliest=day, birth_latest=day)
    return rows.exists()


def _living() -> QuerySet[ResidentRecord]:
    return ResidentRecord.objects.filter(is_current=True, status="resident", history_no__isnull=False)


def _with_facts(
    block: Sequence[tuple[str, list[tuple[Any, ...]]]], facts: Mapping[str, Mapping[str, Value]]
) -> Iterator[RegisterHousehold]:
    for home, rows in block:
        rows.sort(key=lambda row: row[5] != "世帯主")
        yield RegisterHousehold(home, tuple(_person(row, facts.get(row[1], {})) for row in rows))


def _person(row: tuple[Any, ...], facts: Mapping[str, Value]) -> PersonFacts:
    _home, number, text, earliest, latest, relationship, sex, nationality = row
    own: dict[str, Value] = {
        "birth_date": earliest if earliest == latest else PossibleDays(text, earliest, latest),
        "nationality_class": nationality,
        # 住民票の世帯は、居住と生計をともにする人の集まり
        "lives_with_household": True,
    }
    if relationship:
        own["relationship"] = relationship
    if sex:
        own["sex"] = sex
    return PersonFacts(number, {**own, **facts})


def _facts_of(whom: Q, keys: Collection[str], on: date) -> dict[str, dict[str, Value]]:
    """The newest value of each of these facts that holds on the day."""
    found: dict[str, dict[str, Value]] = {}
    published = Q(batch__isnull=True) | Q(batch__state="stored")
    rows = ResidentFact.objects.filter(published, whom, key__in=keys, valid_from__lte=on)
    columns = rows.order_by("valid_from", "id").values_list("resident_no", "key", "value")
    for number, key, value in columns.iterator(chunk_size=_AT_ONCE):
        found.setdefault(number, {})[key] = value_from_json(value)
    return found
