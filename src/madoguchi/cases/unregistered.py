"""People without a 住民票 here (住民票のない方): entered by hand, decided as anybody else, and never in the register.

1. Why they have none is not asked and not kept: whoever stays in the city is served.
2. What is not known stays unknown (氏名, 生年月日, 居所). Nothing is made up, least of all a 宛名番号: the database refuses one.
3. Where they stay is shown nowhere when they wish so: by the very switch that keeps any address off (支援措置と同じ扱い).
4. They are in no change data (`connect.change_data`), and no letter goes to where they stay before it was checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.cases.acting import Given, NotNow, begin_act, finish_act
from madoguchi.cases.opening import MOST_PEOPLE, add_people
from madoguchi.cases.record import ADDRESS_KEPT_OFF, PLACE_OF_STAY, POST_HELD, HeldPerson, read_record
from madoguchi.cases.states import Act, FactSource
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef, Value
from madoguchi.procedures.situation import EventKind

NAME_UNKNOWN = "（氏名不詳）"


class NotWithoutEvent(NotNow):
    """Somebody without a 住民票 in a notice that changes the register."""

    def __init__(self, event: EventKind) -> None:
        ValueError.__init__(
            self,
            f"「{event.label}」は住民記録を変える届出です。住民票のない方は、届出の種類を"
            f"「{EventKind.none.label}」にした受付で入れてください。",
        )


class NobodyEntered(ValueError):
    """No line says that there is somebody."""

    def __init__(self) -> None:
        super().__init__(
            "一人以上入れてください。氏名が分からない方は、「氏名が分からない」にしるしを付けます。"
        )


class TooManyPeople(ValueError):
    """More people than a case takes."""

    def __init__(self) -> None:
        super().__init__(f"一つの受付に入れられるのは{MOST_PEOPLE}人までです。受付を分けて入れてください。")


class BornInFuture(ValueError):
    """A birthday that has not come yet."""

    def __init__(self) -> None:
        super().__init__(
            "生年月日が、今日より後になっています。確かめるか、分からなければ空のままにしてください。"
        )


@dataclass(frozen=True, slots=True)
class UnregisteredPerson:
    """Somebody without a 住民票 as far as they are known; empty or None: not known. `name` may be what they are called by."""

    name: str = ""
    kana: str = ""
    birth: date | PossibleDays | None = None
    sex: str = ""
    relationship: str = ""


def add_unregistered(
    *,
    case: str,
    people: Sequence[UnregisteredPerson],
    place_of_stay: str,
    keep_off: bool,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Bring people without a 住民票 into a case without an event, alone or beside a household of the register.

    A birthday that is not known counts as asked already, so the hearing does not ask it first of all; it can be taken up
    again. Raises NotWithoutEvent, NobodyEntered, TooManyPeople, BornInFuture.
    """
    if not people:
        raise NobodyEntered
    with transaction.atomic():
        row = begin_act(case, Act.BEGIN, version=version)
        if EventKind(row.event_kind) is not EventKind.none:
            raise NotWithoutEvent(EventKind(row.event_kind))
        record = read_record(row)
        if len(record.people) + len(people) > MOST_PEOPLE:
            raise TooManyPeople
        first = 1 + max((int(person.ref[1:]) for person in record.people), default=0)
        given = _of_the_stay(place_of_stay.strip(), keep_off=keep_off)
        for number, person in enumerate(people, start=first):
            given |= _facts_of(person, f"p{number}", today=row.notified_on)
        act = finish_act(row, Act.BEGIN, by=by, now=now, given=given)
        held = [HeldPerson(f"p{n}", "", False, True) for n, _ in enumerate(people, start=first)]
        add_people(row, act, held, first=first)


def _of_the_stay(place: str, *, keep_off: bool) -> dict[FactRef, Given]:
    """Where they stay; not ticking the box takes nothing back that was said before."""
    values: dict[str, Value] = {POST_HELD: True}
    if place:
        values[PLACE_OF_STAY] = place
    if keep_off:
        values[ADDRESS_KEPT_OFF] = True
    return {FactRef(key, EVENT_SUBJECT): Given(value, FactSource.SAID) for key, value in values.items()}


def _facts_of(person: UnregisteredPerson, ref: str, *, today: date) -> dict[FactRef, Given]:
    birth = person.birth
    if (birth.earliest if isinstance(birth, PossibleDays) else birth or today) > today:
        raise BornInFuture
    values: dict[str, Value] = {"name": person.name.strip() or NAME_UNKNOWN, "lives_with_household": True}
    said = {"kana": person.kana.strip(), "sex": person.sex, "relationship": person.relationship}
    values |= {key: value for key, value in said.items() if value}
    given = {FactRef(key, ref): Given(value, FactSource.SAID) for key, value in values.items()}
    return given | {FactRef("birth_date", ref): Given(birth, FactSource.SAID)}
