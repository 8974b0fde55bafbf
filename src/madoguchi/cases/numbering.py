"""The number of a visit (受付番号): the letter of its branch and a count that begins anew each day, without gaps.

The last number of a branch on a day is one row. Whoever counts it on makes everybody else who opens a case in that branch wait until
the commit; so a long transaction does it last (`number_last`).
"""

from __future__ import annotations

from datetime import date

from madoguchi.cases.acting import VERSION
from madoguchi.cases.models import CaseCounter, CaseRow
from madoguchi.city.queries import branch_letter
from madoguchi.compiled import CompiledRaise

_LAST_CASE = CompiledRaise(CaseCounter, count="last", by=("branch", "day"))


def next_number(branch: str, day: date) -> tuple[int, str]:
    """The next count of this branch and day and the number made of it, in the caller's transaction."""
    letter = branch_letter(branch)
    while (sequence := _LAST_CASE.next(branch, day)) is None:  # the first of its day
        CaseCounter.objects.get_or_create(branch=branch, day=day)
    return sequence, f"{letter}{sequence:03d}"


def number_last(row: CaseRow) -> None:
    """Number a case that was opened without one, at the end of the transaction that opened it."""
    row.sequence, row.number = next_number(row.branch, row.day)
    VERSION.next(row.pk, sequence=row.sequence, number=row.number)
