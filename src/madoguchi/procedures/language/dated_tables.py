"""Tables of a statute by date (期日のある表): an income limit by the number of dependants, an allowance by the year.

A table gives a number for a number, on a day: rows for 0, 1, 2 … and what each further one adds. It never falls from row
to row, so a number that is only known within bounds gives an amount within bounds. On a day that no version covers the
answer is not known: a table that nobody has confirmed for this year is no answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from madoguchi.procedures.language import spans
from madoguchi.procedures.language.spans import NOTHING, Span, high_of, low_of


@dataclass(frozen=True, slots=True)
class TableVersion:
    """The rows in force from `since` to `until` (None: still), and what each one beyond the last row adds."""

    since: date
    until: date | None
    rows: tuple[int, ...]
    beyond: int

    def holds(self, day: date) -> bool:
        """Say whether the version is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def value(self, number: int) -> int:
        """Return the number of a row; below the first there is nobody, so the first holds."""
        last = len(self.rows) - 1
        return self.rows[max(0, min(number, last))] + max(0, number - last) * self.beyond


@dataclass(frozen=True, slots=True)
class DatedTable:
    """A table by its name, with its versions from the oldest on."""

    name: str
    label: str
    unit: str | None
    law: str
    versions: tuple[TableVersion, ...]

    def value(self, number: int, day: date) -> int | None:
        """Return the number for a number on a day; None when no version covers the day."""
        return next((one.value(number) for one in self.versions if one.holds(day)), None)


def compile_lookup(
    table: DatedTable, number: Callable[[Any], Any], day: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """Return the function that looks a number up on a day; a day that is not exact has no answer."""

    def look(frame: Any) -> Any:
        at, of = day(frame), number(frame)
        if not isinstance(at, date) or of is None:
            return None
        if of is NOTHING or of.__class__ is not Span:
            return NOTHING if of is NOTHING else table.value(of, at)
        low, high = table.value(low_of(of), at), table.value(high_of(of), at)
        return None if low is None else spans.span(low, high)

    return look
