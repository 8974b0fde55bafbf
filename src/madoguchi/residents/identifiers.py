"""By what a person is told from all others (特定項目), and what counting them on the register has shown. Plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo


class Identifier(Enum):
    """One thing that a form may ask in order to know who a person is; the order is that of screens and reports."""

    NUMBER = "number"
    HOUSEHOLD = "household"
    NAME = "name"
    KANA = "kana"
    BIRTH = "birth"
    SEX = "sex"
    TOWN = "town"
    LOT = "lot"

    @property
    def label(self) -> str:
        """As an office says it."""
        return _LABELS[self]

    @property
    def known_by_heart(self) -> bool:
        """Whether people write it without looking it up."""
        return self not in (Identifier.NUMBER, Identifier.HOUSEHOLD)


_LABELS = {
    Identifier.NUMBER: "宛名番号",
    Identifier.HOUSEHOLD: "世帯番号",
    Identifier.NAME: "氏名（漢字）",
    Identifier.KANA: "氏名（カナ）",
    Identifier.BIRTH: "生年月日",
    Identifier.SEX: "性別",
    Identifier.TOWN: "町名（丁目まで）",
    Identifier.LOT: "番地",
}
_JAPAN = ZoneInfo("Asia/Tokyo")
IdentifierSet = frozenset[Identifier]
MOST_LACKING_PERCENT = 5
"""A set that the register lacks for more people than this says nothing, even if it never means two. Ours."""


def in_order(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """The identifiers in the order of screens."""
    given = frozenset(identifiers)
    return tuple(one for one in Identifier if one in given)


@dataclass(frozen=True, slots=True)
class SetCount:
    """What a set of identifiers does in a register: counts, never who.

    `ambiguous`: people who share all of it with somebody else. `groups`: how many such groups. `lacking`: people for whom
    the register itself does not hold one of the set, so that they cannot be found by it.
    """

    identifiers: IdentifierSet
    ambiguous: int
    groups: int
    lacking: int

    @property
    def undecided(self) -> int:
        """How many people it does not tell from all others."""
        return self.ambiguous + self.lacking

    @property
    def unique(self) -> bool:
        """Whether it means exactly one person, for everybody of the register."""
        return self.undecided == 0

    @property
    def never_two(self) -> bool:
        """Whether it never means two people; who lacks one of it is not found, but is nobody else either."""
        return self.ambiguous == 0

    @property
    def label(self) -> str:
        """The identifiers in words."""
        return "＋".join(one.label for one in in_order(self.identifiers))


class CountState(Enum):
    """How far a count is."""

    WAITING = "waiting"
    COUNTING = "counting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class IdentifierCount:
    """A count of the whole register: when, for whom, on how many people, and what came of it.

    `sets`: every set that was counted; a superset of a unique one is not, because it is unique too or only lacks more.
    `lacking`: for how many people the register does not hold an identifier. `held`: for how many it holds a fact.
    """

    number: int
    state: CountState
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None
    residents: int
    done_sets: int
    sets: tuple[SetCount, ...]
    lacking: Mapping[Identifier, int]
    held: Mapping[str, int]
    sentence: str

    @property
    def under_way(self) -> bool:
        """Whether it is still being counted."""
        return self.state in (CountState.WAITING, CountState.COUNTING)

    @property
    def finished_on(self) -> date | None:
        """The day on which it was finished, in Japan."""
        return self.finished_at.astimezone(_JAPAN).date() if self.finished_at else None

    @property
    def smallest(self) -> tuple[SetCount, ...]:
        """The unique sets that no smaller unique set is part of, fewest identifiers first."""
        return smallest_sets(self.sets)

    @property
    def never_two_by_heart(self) -> tuple[SetCount, ...]:
        """Of what people know by heart the smallest sets that never mean two people, and that few people lack."""
        most = self.residents * MOST_LACKING_PERCENT // 100
        safe = [
            one
            for one in self.sets
            if one.never_two and one.lacking <= most and all(part.known_by_heart for part in one.identifiers)
        ]
        return _smallest(safe)

    @property
    def by_heart(self) -> tuple[SetCount, ...]:
        """Of each size the set of what people know by heart that leaves fewest people undecided, until none is left."""
        return best_by_size(one for one in self.sets if all(part.known_by_heart for part in one.identifiers))

    def of(self, identifiers: IdentifierSet) -> SetCount | None:
        """The count of a set, or None when it was not counted."""
        return next((one for one in self.sets if one.identifiers == identifiers), None)


def smallest_sets(counted: Iterable[SetCount]) -> tuple[SetCount, ...]:
    """The unique sets of which no part is unique, by size and then in the order of the identifiers."""
    return _smallest([one for one in counted if one.unique])


def _smallest(sets: Sequence[SetCount]) -> tuple[SetCount, ...]:
    smallest = [one for one in sets if not any(other.identifiers < one.identifiers for other in sets)]
    return tuple(sorted(smallest, key=_place))


def best_by_size(counted: Iterable[SetCount]) -> tuple[SetCount, ...]:
    """Of each size the set with fewest people undecided, as long as a larger one leaves fewer."""
    best: dict[int, SetCount] = {}
    for one in sorted(counted, key=_place):
        size = len(one.identifiers)
        if size not in best or one.undecided < best[size].undecided:
            best[size] = one
    found: list[SetCount] = []
    for size in sorted(best):
        if found and best[size].undecided >= found[-1].undecided:
            break
        found.append(best[size])
    return tuple(found)


_AT = {one: place for place, one in enumerate(Identifier)}


def _place(one: SetCount) -> tuple[int, tuple[int, ...]]:
    return len(one.identifiers), tuple(_AT[part] for part in in_order(one.identifiers))
