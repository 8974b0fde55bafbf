"""Reading a person (開示): an operation with a purpose, written in the audit before anything is given out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import router
from django.db.models import Q

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.compiled import CompiledQuery
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import NameParts
from madoguchi.residents.fact_json import value_from_json
from madoguchi.residents.models import ResidentFact, ResidentRecord
from madoguchi.residents.people import DisclosedPerson, KnownFact, ResidentStatus
from madoguchi.residents.protection import Audience, addresses_shown

JAPAN = ZoneInfo("Asia/Tokyo")
_RECORD_FIELDS = tuple(one.attname for one in ResidentRecord._meta.concrete_fields)
_RECORDS = CompiledQuery(
    lambda *numbers: (
        ResidentRecord.objects.filter(resident_no__in=numbers, is_current=True)
        .order_by("household_no", "id")
        .values_list(*_RECORD_FIELDS)
    )
)
_MEMBERS = CompiledQuery(
    lambda household: ResidentRecord.objects.filter(
        household_no=household, is_current=True, status="resident"
    ).values_list("resident_no")
)
_LIVING_WITH = CompiledQuery(
    lambda number: ResidentRecord.objects.filter(
        household_no__in=ResidentRecord.objects.filter(
            resident_no=number, is_current=True, status="resident"
        ).values("household_no"),
        is_current=True,
        status="resident",
    ).values_list("resident_no")
)
# Of a batch that is being brought in nothing holds yet.
_FACTS = CompiledQuery(
    lambda on, *numbers: (
        ResidentFact.objects.filter(
            Q(batch__isnull=True) | Q(batch__state="stored"), resident_no__in=numbers, valid_from__lte=on
        )
        .order_by("valid_from", "id")
        .values_list("resident_no", "key", "value", "source", "as_of")
    )
)
REGISTER_FACTS = ("relationship", "sex", "nationality_class", "birth_date")


def disclose(
    *,
    actor: Actor,
    purpose: Purpose,
    resident_nos: Sequence[str],
    audience: Audience,
    case: str | None,
    screen: str,
    now: datetime,
) -> tuple[DisclosedPerson, ...]:
    """Give out these people for a purpose, after writing down who asked for whom. Unknown numbers are left out."""
    read = _RECORDS.rows(*dict.fromkeys(resident_nos)) if resident_nos else []
    rows = [ResidentRecord.from_db(router.db_for_read(ResidentRecord), _RECORD_FIELDS, one) for one in read]
    found = [row.resident_no for row in rows]
    record_access(
        actor=actor,
        purpose=purpose,
        authority=audience.value,
        person_keys=found or list(resident_nos),
        fields=("name", "birth", "household", "address", "facts"),
        case=case,
        screen=screen,
        now=now,
    )
    today = now.astimezone(JAPAN).date()
    shown = addresses_shown(found, audience=audience, on=today)
    facts = _facts_of(found, on=today)
    return tuple(_disclosed(row, row.resident_no in shown, facts.get(row.resident_no, {})) for row in rows)


def living_with(resident_no: str) -> tuple[str, ...]:
    """The numbers of who lives in this person's 世帯 now, themselves among them: whom to disclose, and nothing of them.

    Nobody where this person lives here no more.
    """
    return tuple(number for (number,) in _LIVING_WITH.rows(resident_no))


def household_members(
    *,
    household_no: str,
    actor: Actor,
    purpose: Purpose,
    audience: Audience,
    case: str | None,
    screen: str,
    now: datetime,
) -> tuple[DisclosedPerson, ...]:
    """The people of one 世帯 who live here now."""
    return disclose(
        actor=actor,
        purpose=purpose,
        resident_nos=[number for (number,) in _MEMBERS.rows(household_no)],
        audience=audience,
        case=case,
        screen=screen,
        now=now,
    )


def _facts_of(numbers: Sequence[str], *, on: date) -> dict[str, dict[str, KnownFact]]:
    """The newest value of each further fact that holds on the day."""
    facts: dict[str, dict[str, KnownFact]] = {}
    for number, key, value, source, as_of in _FACTS.rows(on, *dict.fromkeys(numbers)) if numbers else ():
        facts.setdefault(number, {})[key] = KnownFact(value_from_json(value), source, as_of)
    return facts


def birth_of(row: ResidentRecord) -> date | PossibleDays:
    """The date of birth of a row, kept as written when it is partly unknown."""
    if row.birth_earliest == row.birth_latest:
        return row.birth_earliest
    return PossibleDays(row.birth_text, row.birth_earliest, row.birth_latest)


def _disclosed(row: ResidentRecord, shown: bool, facts: dict[str, KnownFact]) -> DisclosedPerson:
    as_of = row.known_since.astimezone(JAPAN).date()
    birth = birth_of(row)
    of_register: dict[str, KnownFact] = {
        "birth_date": KnownFact(birth, row.source, as_of),
        "nationality_class": KnownFact(row.nationality_class, row.source, as_of),
    }
    if row.relationship:
        of_register["relationship"] = KnownFact(row.relationship, row.source, as_of)
    if row.sex:
        of_register["sex"] = KnownFact(row.sex, row.source, as_of)
    return DisclosedPerson(
        resident_no=row.resident_no,
        name=NameParts(
            name=row.name,
            kana=row.kana or None,
            former_surname=row.former_surname or None,
            alias=row.alias or None,
            kanji_alongside=row.kanji_alongside or None,
        ),
        birth=birth,
        sex=row.sex,
        relationship=row.relationship,
        household_no=row.household_no,
        address=(row.address or None) if shown else None,
        postal_code=(row.postal_code or None) if shown else None,
        facts=of_register | facts,
        status=ResidentStatus(row.status),
    )
