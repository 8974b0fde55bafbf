"""Four facts held against the register (4情報の照合). One resident, a doubt, or nobody: never the likeliest.

By itself an account is matched only to whoever is the one person on the register, living here, of whom all four are equal:
- date of birth: the same day, known for certain on the register;
- name: one registered form (氏名, 通称, 併記名, or 旧氏 with the given name), letter for letter but for width, spaces and
  variation selectors, or with common characters for the rare ones (縮退), in that direction only;
- address: in this city, the same town, lot and building, however the lot is written;
- sex: as registered, and registered at all;
- and nobody else on the register, whatever their sex and also when they have left, is of the same birth, the same place
  and a name that a search would find as this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from madoguchi.jp.addresses import same_place_key
from madoguchi.jp.names import may_be_written_as, name_search_keys
from madoguchi.residents.accounts.facts import ClaimedFacts, Doubt
from madoguchi.residents.models import AccountRow, ResidentRecord
from madoguchi.residents.protection import protected_people, shielding_rows
from madoguchi.residents.rows import own_city

MOST_CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class SurelyThis:
    """The one resident of whom all four facts are equal."""

    resident_no: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Somebody has to look: why, and at whom of the register."""

    doubt: Doubt
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NobodyFits:
    """Nobody of the register is near enough to be looked at."""


MatchVerdict = SurelyThis | InDoubt | NobodyFits


def names_of(row: ResidentRecord) -> tuple[str, ...]:
    """Every registered form of a person's name."""
    forms = [row.name, row.alias, row.kanji_alongside]
    parts = re.split(r"[ 　]+", row.name, maxsplit=1)
    if row.former_surname and len(parts) > 1:
        forms.append(f"{row.former_surname} {parts[1]}")
    return tuple(form for form in forms if form)


def birth_in(text: str) -> date | None:
    """The day that a provider wrote; None when it is not a whole day of the calendar."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        return None


def place_of(address: str, city: tuple[str, ...]) -> tuple[str, str, str] | None:
    """The place of an address of this city; None for one that does not say that it is here."""
    behind = behind_city(address, city)
    return None if behind is None else same_place_key(behind)


def behind_city(address: str, city: tuple[str, ...]) -> str | None:
    """An address of this city from the town on; None for one that does not say that it is here."""
    text = re.sub(r"[ 　]+", " ", address.strip())
    for beginning in city:
        if text.replace(" ", "").startswith(beginning):
            return _behind(text, beginning)
    return None


def _behind(text: str, beginning: str) -> str:
    """What stands behind `beginning`, whatever spaces are in it."""
    left = len(beginning)
    for at, letter in enumerate(text):
        if not left:
            return text[at:].lstrip()
        left -= letter != " "
    return ""


def matched(facts: ClaimedFacts, *, own_account: int | None, on: date) -> MatchVerdict:
    """Whom these facts are of, as far as the register tells on that day. Reads only; who asked is written by the caller."""
    day = birth_in(facts.birth)
    if day is None:
        return NobodyFits()
    city = own_city()
    place = place_of(facts.address, city)
    near = _near(facts, day, place, city)
    if not near:
        return NobodyFits()
    numbers = tuple(row.resident_no for row in near)[:MOST_CANDIDATES]
    if protected_people([row.resident_no for row in near], on=on) or shelters(facts.address, on=on):
        return InDoubt(Doubt.HANDLED, numbers)
    named = [row for row in near if _is_found_as(row, facts.name)]
    rivals = [row for row in named if place is not None and place_of_row(row, city) == place] or named or near
    if len(rivals) > 1:
        return InDoubt(Doubt.SEVERAL, numbers)
    (only,) = rivals
    doubt = _doubt_about(only, facts, place, city, own_account)
    return InDoubt(doubt, numbers) if doubt else SurelyThis(only.resident_no)


def _near(
    facts: ClaimedFacts, day: date, place: tuple[str, str, str] | None, city: tuple[str, ...]
) -> list[ResidentRecord]:
    """Everyone of that birth, as far as it is known, whose name a search would find as this one, or who lives at this place."""
    born = Q(birth_earliest=day, birth_is_exact=True) | Q(
        birth_is_exact=False, birth_earliest__lte=day, birth_latest__gte=day
    )
    return [
        row
        for row in ResidentRecord.objects.filter(born, is_current=True).order_by("resident_no")
        if _is_found_as(row, facts.name)
        or (place is not None and row.birth_is_exact and place_of_row(row, city) == place)
    ]


def place_of_row(row: ResidentRecord, city: tuple[str, ...]) -> tuple[str, str, str]:
    """The place of a row of the register, which may leave out the city: it is of this city."""
    return place_of(row.address, city) or same_place_key(row.address)


def _is_found_as(row: ResidentRecord, written: str) -> bool:
    """Whether a forgiving search for the written name would find this person."""
    keys = name_search_keys(written)
    return any(not keys.isdisjoint(name_search_keys(form)) for form in names_of(row))


def _name_is(row: ResidentRecord, written: str) -> bool:
    return any(may_be_written_as(form, written) for form in names_of(row))


def _doubt_about(
    row: ResidentRecord,
    facts: ClaimedFacts,
    place: tuple[str, str, str] | None,
    city: tuple[str, ...],
    own_account: int | None,
) -> Doubt | None:
    if row.status != "resident":
        return Doubt.LEFT
    if not row.birth_is_exact:
        return Doubt.BIRTH_UNCERTAIN
    if not _name_is(row, facts.name):
        return Doubt.NAME_DIFFERS
    if place is None or not row.address or place_of_row(row, city) != place:
        return Doubt.ADDRESS_DIFFERS
    if not row.sex or row.sex != facts.sex:
        return Doubt.SEX_DIFFERS
    others = AccountRow.objects.filter(resident_no=row.resident_no).exclude(pk=own_account or 0)
    return Doubt.OTHER_ACCOUNT if others.exists() else None


def shelters(address: str, *, on: date) -> bool:
    """Whether this is a place where somebody lives whose whereabouts are withheld (支援措置), however it is written."""
    city = own_city()
    place = place_of(address, city)
    if place is None:
        return False
    there = shielding_rows(on).filter(address_key__startswith=place[0])
    return any(place_of_row(row, city) == place for row in there)


def differing(facts: ClaimedFacts, resident_no: str) -> frozenset[str]:
    """Which of the four facts (name, address, birth, sex) are not as registered of this resident."""
    row = ResidentRecord.objects.filter(is_current=True, resident_no=resident_no).first()
    if row is None:
        return frozenset()
    city = own_city()
    place = place_of(facts.address, city)
    equal = {
        "name": _name_is(row, facts.name),
        "address": place is not None and bool(row.address) and place_of_row(row, city) == place,
        "birth": row.birth_is_exact and row.birth_earliest == birth_in(facts.birth),
        "sex": row.sex == facts.sex,
    }
    return frozenset(name for name, same in equal.items() if not same)


def name_differs(facts: ClaimedFacts, resident_no: str) -> bool:
    """Whether the claimed name is none of the registered forms of this resident."""
    row = ResidentRecord.objects.filter(is_current=True, resident_no=resident_no).first()
    return row is None or not _name_is(row, facts.name)
