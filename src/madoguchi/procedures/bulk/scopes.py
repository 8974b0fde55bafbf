"""Rows on which an expression is worked out (判定の行): which person stands in each slot, and whose household it is.

The members of a collection are rows of their own, each knowing the row that it came from; what they say is gathered to
one answer for that row. Rows that are settled already are left behind (`only`), so that a dear part is worked out for few.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from madoguchi.procedures.bulk.batch import Batch
from madoguchi.procedures.bulk.columns import TRUE, UNKNOWN, Index, Mask, Truth, Values, both, truth_of
from madoguchi.procedures.bulk.families import Family, stretched
from madoguchi.procedures.facts import NOTIFIED_ON, FactDefinition, FactType, Holder
from madoguchi.procedures.language.names import CLAIMANT
from madoguchi.procedures.language.tree import Node, Owner, People
from madoguchi.procedures.situation import EventKind

Column: TypeAlias = Truth | Values | pa.Array
Condition = Callable[[Node, "Scope"], Truth]
_UNSURE = np.int8(UNKNOWN)
# What is tried out for a yes or no of people: from here on, that it is so of the first, the second … of each household alone.
ALONE = TRUE + 1


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a collection as rows, how many each row has, and who only may belong (None: nobody)."""

    rows: "Scope"
    counts: Index
    maybe: Mask | None


class Scope:
    """Rows of one kind of event; `homes` is the household of each, `slots` the person in each slot, -1 nobody.

    `condition` is what a condition says of rows (`conditions.condition`), for the values that hang on one.
    """

    def __init__(
        self, batch: Batch, event: EventKind, homes: Index, slots: dict[int, Index], condition: Condition
    ) -> None:
        self.batch = batch
        self.event = event
        self.homes = homes
        self.condition = condition
        self._slots = slots
        self.filled: dict[tuple[Holder, str], int] = {}
        self.remembered: dict[Any, Any] = {}
        self._members: dict[tuple[People, int], Members] = {}

    def __len__(self) -> int:
        return len(self.homes)

    def slot(self, number: int) -> Index:
        """Return who stands in a slot; the claimant, where nobody was tried, is the only one there can be."""
        if number not in self._slots:
            assert number == CLAIMANT.slot
            self._slots[number] = self.batch.only_claimant[self.homes]
        return self._slots[number]

    def only(self, rows: Index) -> "Scope":
        """Return some of the rows."""
        slots = {slot: index[rows] for slot, index in self._slots.items()}
        return self._like(self.homes[rows], slots)

    def _like(self, homes: Index, slots: dict[int, Index]) -> "Scope":
        rows = Scope(self.batch, self.event, homes, slots, self.condition)
        rows.filled = dict(self.filled)
        return rows

    def with_person(self, slot: int, who: Index) -> "Scope":
        """Return the rows with other people in one slot."""
        return self._like(self.homes, {**self._slots, slot: who})

    def person_fact(self, owner: Owner, definition: FactDefinition) -> Column | None:
        """Return a fact of the person in a slot; None: unknown in every row."""
        assert owner.slot is not None
        column = self.batch.person_fact(definition)
        index = self.slot(owner.slot)
        if column is not None and index is not self.batch.everybody:
            there = index >= 0 if owner.slot == CLAIMANT.slot and len(index) and index.min() < 0 else None
            column = taken(column, index, there)
        value = self.filled.get((Holder.PERSON, definition.key), 0)
        if definition.type is FactType.BOOLEAN and value >= ALONE:
            alone = truth_of(self.batch.place_at_home[index] == value - ALONE)
            alone = np.where(index < 0, _UNSURE, alone)
            assert column is None or isinstance(column, np.ndarray)
            return alone if column is None else np.where(column == UNKNOWN, alone, column)
        return self._with_filled(column, Holder.PERSON, definition)

    def event_fact(self, definition: FactDefinition) -> Column | None:
        """Return a fact of the event; None: unknown in every row."""
        column = self.batch.event_fact(definition.key, definition.type)
        column = None if column is None else taken(column, self.homes, None)
        return self._with_filled(column, Holder.EVENT, definition)

    def household_fact(self, definition: FactDefinition) -> Column | None:
        """Return a fact of the household: unknown in every row of a register, whatever is tried out for it."""
        return self._with_filled(None, Holder.HOUSEHOLD, definition)

    def event_day(self, key: str) -> Values | None:
        """Return a day of the event; None: unknown in every row."""
        told = key == NOTIFIED_ON
        column = self.batch.notified(self.event) if told else self.batch.event_fact(key, FactType.DATE)
        found = None if column is None else taken(column, self.homes, None)
        if (Holder.EVENT, key) in self.filled:
            found = _filled(found, FactType.DATE, self.filled[(Holder.EVENT, key)])
        assert found is None or isinstance(found, Values)
        return found

    def _with_filled(
        self, column: Column | None, holder: Holder, definition: FactDefinition
    ) -> Column | None:
        value = self.filled.get((holder, definition.key)) if self.filled else None
        if value is None:
            return column
        if definition.type is FactType.CHOICES:
            assert column is None or isinstance(column, pa.Array)
            return _set_filled(column, [one.code for one in definition.choices], value, len(self))
        return _filled(column, definition.type, value)

    def members(self, people: People, slot: int) -> Members:
        """Return the rows of a collection's members, one of whom stands in the slot of each."""
        found = self._members.get((people, slot))
        if found is None:
            found = self._members[(people, slot)] = self._stretched(people, slot)
        return found

    def _stretched(self, people: People, slot: int) -> Members:
        if people.relation == "people":
            return self._rows_of(self.batch.household, self.homes, slot, None)
        if people.relation == "household_children":
            return self._rows_of(self.batch.children, self.homes, slot, None)
        assert people.owner.slot is not None
        kin, whose = self.batch.kin[people.relation], self.slot(people.owner.slot)
        nobody = whose < 0
        if not nobody.any():
            return self._rows_of(kin, whose, slot, None)
        # Of a claimant who may be anybody, everybody of the household may be kin.
        house, persons = self.batch.household, len(kin.counts)
        whole = Family(
            np.concatenate([kin.starts, house.starts + len(kin.members)]),
            np.concatenate([kin.counts, house.counts]),
            np.concatenate([kin.members, house.members]),
        )
        return self._rows_of(whole, np.where(nobody, persons + self.homes, whose), slot, nobody)

    def _rows_of(self, family: Family, owners: Index, slot: int, nobody: Mask | None) -> Members:
        rows, members = stretched(family, owners)
        slots = {one: index[rows] for one, index in self._slots.items() if one != slot}
        inner = self._like(self.homes[rows], {**slots, slot: members})
        maybe = None if nobody is None or not len(rows) else nobody[rows]
        return Members(inner, family.counts[owners], maybe)


def _filled(column: Column | None, type_: FactType, value: int) -> Column:
    """Return a column with a value where it is not known; of a span, one end, by turns with the value."""
    if type_ is FactType.BOOLEAN:
        assert column is None or isinstance(column, np.ndarray)
        one = np.asarray(value, np.int8)
        return one if column is None else np.where(column == UNKNOWN, one, column)
    assert column is None or isinstance(column, Values)
    if column is None:
        return Values(np.asarray(value), np.asarray(value))
    low = column.low if column.exact or value % 2 else column.high
    found = low if column.known is None else np.where(column.known, low, value)
    return Values(found, found)


def _set_filled(column: pa.Array | None, codes: list[str], value: int, rows: int) -> pa.Array:
    """Return a column of sets with one where it is not known: the empty one, the whole, then each code alone."""
    chosen = ([], codes)[value] if value < 2 else [codes[(value - 2) % len(codes)]]
    one = pa.array([chosen], pa.list_(pa.string()) if column is None else column.type)
    if column is None:
        return one.take(pa.array(np.zeros(rows, np.int32)))
    places = np.arange(len(column))
    places[pc.is_null(column).to_numpy(zero_copy_only=False)] = len(column)
    return pa.concat_arrays([column, one]).take(pa.array(places))


def gathered(
    ufunc: np.ufunc, each: npt.NDArray[Any], counts: Index, empty: Any, dtype: Any = None
) -> npt.NDArray[Any]:
    """Return one value for each row from those of its members; `empty` where there are none."""
    found = np.full(len(counts), empty, each.dtype if dtype is None else dtype)
    having = counts > 0
    if having.any():
        found[having] = ufunc.reduceat(each, (np.cumsum(counts) - counts)[having])
    return found


def taken(column: Column, index: Index, there: Mask | None) -> Column:
    """Return the rows of a column; unknown where nobody is there."""
    if isinstance(column, Values):
        low = column.low if column.low.ndim == 0 else column.low[index]
        high = low if column.exact else column.high[index]
        known = None if column.known is None else column.known[index]
        return Values(low, high, both(known, there))
    if isinstance(column, np.ndarray):
        found = column[index]
        return found if there is None else np.where(there, found, _UNSURE)
    places = pa.array(index, mask=None if there is None else ~there)
    return pc.take(column, places)
