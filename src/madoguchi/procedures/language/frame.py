"""A frame (判定の場): everything an expression reads while it is evaluated.

A record is one subject's known facts, with 不詳 dates as spans; reading an absent fact gives None. A
tracing frame also notes which unknown or 不詳 facts were read.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from types import NoneType
from typing import Any

from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.facts import EVENT_SUBJECT, HOUSEHOLD_SUBJECT, NOTIFIED_ON, FactRef, Value, ref_to
from madoguchi.procedures.kinship import Kin, Kinship
from madoguchi.procedures.language.spans import Span, span
from madoguchi.procedures.situation import Situation

SLOTS = 32
Trace = set[FactRef]


class Record(defaultdict[str, Any]):
    """The known facts of one subject; `record[key]` is None, too, for a fact that is not known."""

    __slots__ = ("id",)

    def __init__(self, subject: str, values: Mapping[str, Value]) -> None:
        super().__init__(NoneType, ((key, _inside(value)) for key, value in values.items()))
        self.id = subject


class TracingRecord(Record):
    """A record that notes what was read without being exactly known."""

    __slots__ = ("trace",)

    def __init__(self, subject: str, values: Mapping[str, Value], trace: Trace) -> None:
        super().__init__(subject, values)
        self.trace = trace

    def get(self, key: str, default: Any = None) -> Any:
        value = dict.get(self, key, default)
        if value is None or value.__class__ is Span:
            self.trace.add(ref_to(key, self.id))
        return value


def _inside(value: Value) -> Any:
    if isinstance(value, PossibleDays):
        return span(value.earliest, value.latest)
    return value


_Members = tuple[list[Record], list[Record]]


class Frame:
    """The records of a situation, and the person that each slot of an expression means at the moment."""

    __slots__ = (
        "_kin",
        "_kinship",
        "date_key",
        "event",
        "household",
        "kind",
        "named",
        "open_days",
        "people",
        "records",
        "slots",
        "trace",
    )

    def __init__(
        self,
        situation: Situation,
        kinship: Kinship,
        notified_on: Any,
        trace: Trace | None,
        open_days: OpenDays,
    ) -> None:
        self.trace = trace
        self.open_days = open_days
        self.kind = situation.event.value
        self.date_key = situation.event.date_key
        self.event = self._record(EVENT_SUBJECT, {**situation.event_values, NOTIFIED_ON: notified_on})
        self.household = self._record(HOUSEHOLD_SUBJECT, situation.household_values)
        self.people = [self._record(person.id, person.values) for person in situation.people]
        self.records = {record.id: record for record in self.people}
        self.named: dict[str, Any] | None = None
        self.slots: list[Record | None] = [None] * SLOTS
        self._kinship = kinship
        self._kin: dict[tuple[str, str], _Members] = {}

    def _record(self, subject: str, values: Mapping[str, Value]) -> Record:
        return Record(subject, values) if self.trace is None else TracingRecord(subject, values, self.trace)

    def record(self, subject: str) -> Record:
        """Return the record of a person, "event" or "household"."""
        if subject == EVENT_SUBJECT:
            return self.event
        if subject == HOUSEHOLD_SUBJECT:
            return self.household
        return self.records[subject]

    def household_children(self) -> _Members:
        """Return the people who surely have a parent in the household, and those who may have one."""
        return self._members(("household_children", ""), self._kinship.household_children)

    def kin(self, relation: str, person: str) -> _Members:
        """Return who surely is, and who may be, the parent, spouse, child or guardian of a person."""
        key = (relation, person)
        members = self._kin.get(key)
        if members is None or (self.trace is not None and members[1]):
            members = self._members(key, self._kinship.of(relation, person))
        return members

    def _members(self, key: tuple[str, str], kin: Kin) -> _Members:
        if self.trace is not None and kin.maybe:
            self.trace.update(kin.concerned)
        members = self._kin.get(key)
        if members is None:
            members = (self._records_of(kin.sure), self._records_of(kin.maybe))
            self._kin[key] = members
        return members

    def _records_of(self, people: Iterable[str]) -> list[Record]:
        return [self.records[person] for person in people]


NOBODY = "claimant"


def nobody(trace: Trace | None) -> Record:
    """Return the record that stands for a claimant of whom nothing is known."""
    return Record(NOBODY, {}) if trace is None else _TracingNobody(trace)


class _TracingNobody(TracingRecord):
    """Notes that the claimant is unknown, whatever is read of it."""

    __slots__ = ()

    def __init__(self, trace: Trace) -> None:
        super().__init__(NOBODY, {}, trace)

    def get(self, key: str, default: Any = None) -> Any:
        self.trace.add(FactRef(NOBODY, HOUSEHOLD_SUBJECT))
        return default


Evaluate = Callable[[Frame], Any]
