"""Deciding for an offer (案内のための判定): the same rules as everywhere, on what the register knows and may be used for this.

1. `facts_for` says which facts the procedures read; `tax_facts` which of them come from taxes.
2. `decisions_of` decides one household. Tax data of whoever did not consent is left out: then it is unknown, never guessed.
3. `addressee` says to whom it is told; `digest` what it rested on: the same digest is never asked a second time.

地方税法第22条 (秘密漏えいに関する罪) and 個人情報の保護に関する法律第69条 stand behind leaving tax data out without consent or a
stated basis; whether a stated basis is enough is for the city to say, and for its second person to approve.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from madoguchi.jp import dates
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT, Holder
from madoguchi.procedures.judge import facts_deciding, judge_of
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind, PersonFacts, Situation
from madoguchi.residents.by_household import RegisterHousehold
from madoguchi.residents.fact_json import value_to_json

OF_THE_REGISTER = frozenset(
    {
        "birth_date",
        "relationship",
        "sex",
        "nationality_class",
        "lives_with_household",
        "death_date",
        "deceased",
    }
)
ADULT = 18


@dataclass(frozen=True, slots=True)
class DecidedFor:
    """A procedure decided for one subject of a household: about whom, to whom it is told ("": nobody), on which facts."""

    about: str
    resident_no: str
    decision: Decision
    digest: str


@lru_cache(maxsize=64)
def facts_for(pack: Pack, procedures: tuple[str, ...]) -> frozenset[str]:
    """The further facts of people that these procedures read."""
    read = (facts_deciding(pack.procedure(one)) for one in procedures)
    return frozenset(
        key
        for facts in read
        for holder, key in facts
        if holder is Holder.PERSON and key not in OF_THE_REGISTER
    )


@lru_cache(maxsize=16)
def tax_facts(pack: Pack) -> frozenset[str]:
    """The facts of people whose source is the tax office (語彙の「出所」が税のもの)."""
    return frozenset(one.key for one in pack.vocabulary if one.holder is Holder.PERSON and "税" in one.source)


def without_tax(
    home: RegisterHousehold, pack: Pack, *, consented: Collection[str], legal_basis: bool
) -> RegisterHousehold:
    """The household with the tax data of those only who consented to this; everybody's under a stated legal basis."""
    if legal_basis:
        return home
    hidden = tax_facts(pack)
    return RegisterHousehold(
        home.household_no,
        tuple(
            person
            if person.id in consented or not (hidden & person.values.keys())
            else PersonFacts(
                person.id, {key: value for key, value in person.values.items() if key not in hidden}
            )
            for person in home.people
        ),
    )


def decisions_of(
    home: RegisterHousehold, pack: Pack, procedures: Sequence[str], *, on: date, calendar: OpenDays
) -> Iterator[DecidedFor]:
    """What each of these procedures says for this household without any event; "not needed" is left out."""
    situation = Situation(EventKind.none, {}, {}, home.people, None, None, on)
    for one in procedures:
        procedure = pack.procedure(one)
        for decision in decide_procedure(pack, procedure, situation, on=on, open_days=calendar):
            to = addressee(home, decision.subject, on=on)
            if decision.status is Status.NOT_NEEDED:
                continue
            about = f"h{home.household_no}" if decision.subject == HOUSEHOLD_SUBJECT else decision.subject
            yield DecidedFor(about, to or "", decision, digest(home, procedure, decision))


def addressee(home: RegisterHousehold, subject: str, *, on: date) -> str | None:
    """To whom it is told: an adult (民法第4条) themselves, else the head of the 世帯, else its first adult; None: nobody.

    That a child's offer goes to the head of the 世帯 is our own rule (本製品の独自の決まり).
    """
    own = next((person for person in home.people if person.id == subject), None)
    if own is not None and is_adult(own, on):
        return own.id
    adults = [person for person in home.people if is_adult(person, on)]
    head = next((person for person in adults if person.values.get("relationship") == "世帯主"), None)
    if head is not None:
        return head.id
    return adults[0].id if adults else None


def is_adult(person: PersonFacts, on: date) -> bool:
    """Whether somebody is of age (民法第4条) on a day, by the latest day on which they may be born."""
    birth = person.values.get("birth_date")
    day = birth.latest if isinstance(birth, PossibleDays) else birth
    return isinstance(day, date) and dates.attains(day, ADULT) <= on


def digest(home: RegisterHousehold, procedure: Procedure, decision: Decision) -> str:
    """What a decision rested on: its outcome, and the facts it can read, of whom it can read them."""
    keys = sorted(key for holder, key in facts_deciding(procedure) if holder is Holder.PERSON)
    lines = [procedure.id, decision.status.value]
    wide = procedure.per == "household" or judge_of(procedure, EventKind.none).footprint.wide
    for person in sorted(home.people, key=lambda one: one.id):
        if not wide and person.id != decision.subject:
            continue
        said = {key: value_to_json(person.values[key]) for key in keys if key in person.values}
        lines.append(f"{person.id} {sorted(said.items())!r}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
