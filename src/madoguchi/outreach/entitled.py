"""Everybody who may have something (権利のある方の名簿), as a campaign found them, whether they are told of it or not.

It is what take-up is measured against, and where whoever was not reached is found: nobody is left out because no way reached
them, because nobody of age lives with them, or because they are protected.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from madoguchi.jp.dates import PossibleDays, age_on
from madoguchi.outreach.deciding import DecidedFor, is_adult
from madoguchi.outreach.models import CampaignRow, EntitledRow
from madoguchi.outreach.reach_states import LOOK_AGAIN, need_of
from madoguchi.procedures.situation import PersonFacts
from madoguchi.residents.by_household import RegisterHousehold

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Entitled:
    """Somebody who may have something: what was decided, of whom, whom staff ask, and whether they receive it (権利のある方)."""

    decided: DecidedFor
    resident_no: str
    adult: bool
    need: int
    receiving: bool


def entitled_of(
    home: RegisterHousehold, one: DecidedFor, *, receiving: Collection[tuple[str, str]], on: date
) -> Entitled:
    """The line of one decision; where nobody is told, staff ask for whom it is about, or for the household's first."""
    people = {person.id: person for person in home.people}
    asked = one.resident_no or (one.about if one.about in people else home.people[0].id)
    of = home.numbers if one.about.startswith("h") else (one.about,)
    procedure = one.decision.procedure
    return Entitled(
        one,
        asked,
        bool(one.resident_no),
        need_of(
            one.decision.status,
            adults=sum(is_adult(person, on) for person in home.people),
            people=len(home.people),
            age=_age(people[asked], on),
        ),
        any((procedure, number) in receiving for number in of),
    )


def store_entitled(
    row: CampaignRow, found: Sequence[Entitled], *, safe: Collection[str], now: datetime
) -> None:
    """Keep the lines of a part, in the caller's transaction; one that is there stays as it is."""
    EntitledRow.objects.bulk_create(
        (
            EntitledRow(
                campaign=row, procedure=one.decided.decision.procedure, about=one.decided.about,
                resident_no=one.resident_no, adult=one.adult, status=one.decided.decision.status.value, need=one.need,
                deadline=one.decided.decision.deadline, receiving_since=row.on if one.receiving else None,
                look_at=None if one.receiving else now if one.resident_no not in safe else now + LOOK_AGAIN,
            )
            for one in found
        ),
        ignore_conflicts=True, batch_size=_AT_ONCE,
    )  # fmt: skip


def look_now(*, campaign: int, resident_no: str, now: datetime) -> None:
    """Whether staff have to ask somebody is looked at at once: no message goes to them any more."""
    rows = EntitledRow.objects.filter(campaign=campaign, resident_no=resident_no, look_at__isnull=False)
    rows.update(look_at=now)


def _age(person: PersonFacts, on: date) -> int | None:
    birth = person.values.get("birth_date")
    day = birth.latest if isinstance(birth, PossibleDays) else birth
    return age_on(day, on) if isinstance(day, date) and day <= on else None
