"""What a moving-out certificate says (転出証明書), and the facts that it gives to a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from madoguchi.cases.acting import Given
from madoguchi.cases.states import FactSource
from madoguchi.city.queries import profile
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.municipalities import prefecture_of
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef, Value


@dataclass(frozen=True, slots=True)
class CertificatePerson:
    """One person on a moving-out certificate (転出証明書の一人分)."""

    name: str
    kana: str
    birth: date | PossibleDays
    sex: str
    relationship: str
    facts: Mapping[str, Value] = field(default_factory=dict)
    former_surname: str = ""
    alias: str = ""
    kanji_alongside: str = ""


@dataclass(frozen=True, slots=True)
class MovingOutCertificate:
    """What a moving-out certificate says, or the data of a special move-out (特例転出).

    `from_abroad`: there is none; what their passports and 在留カード say, and the country they come from.
    """

    old_address: str
    new_address: str
    new_building: str
    old_head: str
    planned_move_out_date: date | None
    move_date: date
    special: bool
    people: tuple[CertificatePerson, ...]
    from_abroad: bool = False


def certificate_facts(certificate: MovingOutCertificate, refs: Sequence[str] = ()) -> dict[FactRef, Given]:
    """What is known from the certificate; the day and the new address are what the person says.

    `refs`: which person of the case each one is, where they were told of before; else p1, p2, …
    """

    source = FactSource.PASSPORT if certificate.from_abroad else FactSource.CERTIFICATE

    def written(value: Value) -> Given:
        return Given(value, source)

    event: dict[str, Value] = {
        "move_date": certificate.move_date,
        "old_address": certificate.old_address,
        "new_address": certificate.new_address,
        "new_building": certificate.new_building,
    }
    if not certificate.from_abroad:
        event |= {"used_special_move_out": certificate.special, "old_head": certificate.old_head}
    if certificate.planned_move_out_date is not None:
        event["planned_move_out_date"] = certificate.planned_move_out_date
    given = {FactRef(key, EVENT_SUBJECT): written(value) for key, value in event.items()}
    given[FactRef("move_date", EVENT_SUBJECT)] = Given(certificate.move_date, FactSource.SAID)
    given[FactRef("new_address", EVENT_SUBJECT)] = Given(certificate.new_address, FactSource.SAID)
    old_prefecture = prefecture_of(certificate.old_address)
    if old_prefecture is not None:
        same = old_prefecture == profile().prefecture
        given[FactRef("from_same_prefecture", EVENT_SUBJECT)] = Given(same, FactSource.DERIVED)
    named = refs or [f"p{n}" for n, _ in enumerate(certificate.people, start=1)]
    for ref, person in zip(named, certificate.people, strict=True):
        values: dict[str, Value] = {
            "name": person.name,
            "kana": person.kana,
            "former_surname": person.former_surname,
            "alias": person.alias,
            "kanji_alongside": person.kanji_alongside,
            "birth_date": person.birth,
            "sex": person.sex,
            "relationship": person.relationship,
            "moves": True,
            "lives_with_household": True,
            **person.facts,
        }
        given.update({FactRef(key, ref): written(value) for key, value in values.items() if value != ""})
    return given


def places_of(
    certificate: MovingOutCertificate, told_of: Sequence[str], unnamed: Sequence[str]
) -> tuple[str, ...]:
    """Which person of the case each one of the certificate is: one of those told of before (`unnamed`), or somebody new."""
    last = max((int(ref[1:]) for ref in unnamed), default=0)
    refs: list[str] = []
    for at, _person in enumerate(certificate.people):
        ref = told_of[at] if at < len(told_of) else ""
        if ref not in unnamed or ref in refs:
            last += 1
            ref = f"p{last}"
        refs.append(ref)
    return tuple(refs)
