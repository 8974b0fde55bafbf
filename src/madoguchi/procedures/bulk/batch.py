"""A part of a register as columns (登録者の一部): its people, households, kin and events, each person by a number.

1. People stand household by household; a person of another household who is named as kin of this one stands with it, as
   somebody who lives elsewhere and is not decided on.
2. A fact for which there is no column is unknown of everybody.
3. Kin follow from the relations, which are the whole truth; guardians are the parents unless others are named.
4. A household without an event has the event "none" on the day that is decided on.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk.columns import (
    FALSE,
    TRUE,
    UNKNOWN,
    Codes,
    Index,
    Mask,
    Truth,
    Values,
    both,
    codes,
    known_in,
    numbers,
    truths,
)
from madoguchi.procedures.bulk.days import number_of
from madoguchi.procedures.bulk.families import Family, Named, family_of, grouped, named
from madoguchi.procedures.bulk.families import adults as adults_of
from madoguchi.procedures.facts import NOTIFIED_ON, FactDefinition, FactType, Holder
from madoguchi.procedures.implied import DEATH_DATE, DECEASED
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind

ELSEWHERE = "lives_elsewhere"
_KINDS = tuple(EventKind)


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a part as Arrow tables; `people` has a column `lives_elsewhere` where there is such kin."""

    people: pa.Table
    relations: pa.Table
    events: pa.Table | None


class Batch:
    """One part of a register with its columns, made when they are first read."""

    def __init__(self, pack: Pack, part: Part, on: date, open_days: OpenDays) -> None:
        self.pack = pack
        self.on = on
        self.open_days = open_days
        self.codes = Codes()
        self._columns: dict[tuple[Holder, str], Truth | Values | pa.Array | None] = {}
        self._notices: dict[EventKind, Values] = {}
        home = pc.dictionary_encode(_whole(part.people["household_id"]))
        self.household_ids: pa.Array = home.dictionary
        place = home.indices.to_numpy(zero_copy_only=False)
        self.people = part.people
        if len(place) and bool(np.any(place[1:] < place[:-1])):
            order = np.argsort(place, kind="stable")
            self.people, place = part.people.take(pa.array(order)), place[order]
        self.home: Index = place
        self.ids: pa.Array = _whole(self.people["id"])
        self.everybody: Index = np.arange(len(place), dtype=np.int32)
        self.homes: Index = np.arange(len(self.household_ids), dtype=np.int32)
        self.household = grouped(place, self.everybody, len(self.homes))
        self._relations = part.relations
        self._events = self._event_rows(part.events)

    # --- people -------------------------------------------------------------------------------------------------

    @cached_property
    def elsewhere(self) -> Mask | None:
        """Who lives elsewhere; None: nobody."""
        if ELSEWHERE not in self.people.column_names:
            return None
        away = pc.fill_null(_whole(self.people[ELSEWHERE]), False).to_numpy(zero_copy_only=False)
        return away if away.any() else None

    @cached_property
    def _named(self) -> Named:
        residents = None if self.elsewhere is None else self.everybody[~self.elsewhere]
        return named(self._relations, self.ids, self.home, residents)

    def strangers(self) -> list[tuple[str, str]]:
        """Return household and id of kin whom a relation of the household names and who live elsewhere."""
        return [(self._id_of(home), who) for home, who, _, _ in self._odd()]

    def _id_of(self, home: int) -> str:
        return str(self.household_ids[home].as_py())

    def _odd(self) -> Iterator[tuple[int, str, int, bool]]:
        """Yield for each relation to somebody elsewhere: household, who that is, the place, whether it is the `of`."""
        found = self._named
        rows = self._relations.take(pa.array(found.odd))
        at = pc.fill_null(pc.index_in(rows["household_id"], value_set=self.household_ids), -1).to_pylist()
        for place, home, of, kin in zip(
            found.odd, at, rows["of"].to_pylist(), rows["is"].to_pylist(), strict=True
        ):
            lives = [
                n >= 0 and home >= 0 and self.home[n] == home for n in (found.of[place], found.kin[place])
            ]
            if lives[0] != lives[1]:
                yield home, kin if lives[0] else of, int(place), not lives[0]

    @cached_property
    def kin(self) -> dict[str, Family]:
        """The kin of everybody by relation."""
        found = self._named
        of, kin = found.of.copy(), found.kin.copy()
        odd = found.odd
        if self.elsewhere is not None:
            away = self.everybody[self.elsewhere]
            guests = {
                (int(home), str(who)): int(number)
                for home, who, number in zip(
                    self.home[away], self.ids.take(pa.array(away)).to_pylist(), away, strict=True
                )
            }
            for home, who, place, is_of in self._odd():
                (of if is_of else kin)[place] = guests.get((home, who), -1)
            settled = [place for _, _, place, _ in self._odd()]
            odd = np.setdiff1d(odd, settled)
        of[odd] = -1
        return family_of(found.kinds, of, kin, len(self.everybody))

    @cached_property
    def children(self) -> Family:
        """The people of each household who have a parent in it or elsewhere."""
        having = self.everybody[self.kin["parents"].counts > 0]
        return grouped(self.home[having], having, len(self.homes))

    @cached_property
    def claimants(self) -> Family:
        """The people of each household who may claim (`court.Court._possible_claimants`)."""
        notified = self.event_fact(NOTIFIED_ON, FactType.DATE)
        assert isinstance(notified, Values)
        day = notified.low if notified.low.ndim == 0 else notified.low[self.home]
        chosen = adults_of(self.birth, day, self.home, len(self.homes))
        who = self.everybody[chosen]
        return grouped(self.home[who], who, len(self.homes))

    @cached_property
    def only_claimant(self) -> Index:
        """The one who claims for each household, -1 where it may be one of several."""
        claimants, only = self.claimants, np.full(len(self.homes), -1, np.int32)
        alone = claimants.counts == 1
        only[alone] = claimants.members[claimants.starts[alone]]
        return only

    @cached_property
    def birth(self) -> Values:
        """The first and last day on which each person may have been born."""
        names = self.people.column_names
        ends = []
        for end in ("birth_earliest", "birth_latest"):
            there = [_whole(self.people[name]) for name in ("birth_date", end) if name in names]
            ends.append(pc.coalesce(*there) if there else pa.nulls(len(self.home), pa.date32()))
        known = both(known_in(ends[0]), known_in(ends[1]))
        low, high = numbers(ends[0]), numbers(ends[1])
        return Values(low, low if np.array_equal(low, high) else high, known)

    def person_fact(self, definition: FactDefinition) -> Truth | Values | pa.Array | None:
        """Return the column of a person's fact; None: unknown of everybody."""
        if definition.key == "birth_date":
            return self.birth
        key = (Holder.PERSON, definition.key)
        if key not in self._columns:
            there = definition.key in self.people.column_names
            column = self._column(self.people[definition.key], definition.type) if there else None
            self._columns[key] = self._implied(column) if definition.key == DECEASED else column
        return self._columns[key]

    def _column(self, column: pa.ChunkedArray, type_: FactType) -> Truth | Values | pa.Array:
        match type_:
            case FactType.BOOLEAN:
                return truths(column)
            case FactType.NUMBER | FactType.DATE:
                found = numbers(column)
                return Values(found, found, known_in(column))
            case FactType.CHOICES:
                return _whole(column)
        found = codes(column, self.codes)
        return Values(found, found, None if column.null_count == 0 else found >= 0)

    def _implied(self, column: Any) -> Any:
        """Add who has died where somebody's day of death is known (`implied.with_implied`)."""
        deaths = self.kinds == _KINDS.index(EventKind.death)
        if DEATH_DATE not in self.people.column_names or not deaths.any():
            return column
        died = known_in(self.people[DEATH_DATE])
        died = np.ones(len(self.home), np.bool_) if died is None else died
        somebody = np.zeros(len(self.homes), np.bool_)
        somebody[self.home[died]] = True
        told = (somebody & deaths)[self.home]
        said = np.full(len(self.home), UNKNOWN, np.int8) if column is None else column
        return np.where(told & (said == UNKNOWN), np.where(died, np.int8(TRUE), np.int8(FALSE)), said)

    @cached_property
    def place_at_home(self) -> Index:
        """Which of the household each person is, from 0."""
        return self.everybody - self.household.starts[self.home].astype(np.int32)

    # --- events -------------------------------------------------------------------------------------------------

    def _event_rows(self, events: pa.Table | None) -> pa.Table | None:
        """Return the event of each household, in the order of the households; None: nobody has one."""
        if events is None or not events.num_rows:
            return None
        places = pc.index_in(self.household_ids, value_set=_whole(events["household_id"]))
        return events.take(places)

    def event_row(self, home: int) -> dict[str, Any]:
        """Return what is known of a household's event, by key."""
        return {} if self._events is None else dict(self._events.slice(home, 1).to_pylist()[0])

    @cached_property
    def kinds(self) -> npt.NDArray[Any]:
        """The kind of event of each household, by its place among the kinds."""
        none = _KINDS.index(EventKind.none)
        if self._events is None:
            return np.full(len(self.homes), none, np.int8)
        if "kind" in self._events.column_names:
            given = [one.value for one in _KINDS]
            places = pc.index_in(_whole(self._events["kind"]), value_set=pa.array(given))
            return np.asarray(pc.fill_null(places, none).to_numpy(zero_copy_only=False))
        there = known_in(self._events["household_id"])
        moved = np.ones(len(self.homes), np.bool_) if there is None else there
        return np.where(moved, _KINDS.index(EventKind.move_in), none)

    def homes_with(self, event: EventKind) -> Index:
        """Return the households with this event."""
        return np.flatnonzero(self.kinds == _KINDS.index(event))

    def event_fact(self, key: str, type_: FactType) -> Truth | Values | pa.Array | None:
        """Return the column of a fact of the event, by household; None: unknown of every event.

        The day of the notice is a single value where it is the same everywhere.
        """
        name = (Holder.EVENT, key)
        if name not in self._columns:
            there = self._events is not None and key in self._events.column_names
            column = None
            if self._events is not None and there:
                column = self._column(self._events[key], type_)
            self._columns[name] = self._notified(column) if key == NOTIFIED_ON else column
        return self._columns[name]

    def notified(self, event: EventKind) -> Values:
        """Return the day of the notice of the households with this event: a single value where it is the same for all of them."""
        if event not in self._notices:
            column = self.event_fact(NOTIFIED_ON, FactType.DATE)
            assert isinstance(column, Values)
            days = column.low if column.low.ndim == 0 else column.low[self.homes_with(event)]
            same = days.ndim == 0 or bool(len(days) and (days == days[0]).all())
            one = np.asarray(days if days.ndim == 0 else days[0]) if same else column.low
            self._notices[event] = Values(one, one)
        return self._notices[event]

    def _notified(self, column: Any) -> Values:
        on = np.asarray(number_of(self.on))
        if column is None or (column.known is not None and not column.known.any()):
            return Values(on, on)
        days = column.low if column.known is None else np.where(column.known, column.low, on)
        if len(days) and bool((days == days[0]).all()):
            days = np.asarray(days[0])
        return Values(days, days)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
