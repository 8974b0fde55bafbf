"""宛名番号 that the core system gave to people of a case who had none when they came (付いた宛名番号).

The case itself stays as it was signed; whoever asks later whose it is, asks here as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from madoguchi.cases.desk_tables import GivenNumberRow
from madoguchi.cases.models import CaseRow
from madoguchi.cases.record import Record, read_record


def note_given_numbers(row: CaseRow, numbers: Mapping[str, str]) -> None:
    """Keep which number each of these people was given, once, in the caller's transaction."""
    for ref, number in numbers.items():
        GivenNumberRow.objects.get_or_create(case=row, ref=ref, defaults={"resident_no": number})


def numbered_record(row: CaseRow) -> Record:
    """The case's record now, with the numbers that were given since."""
    record = read_record(row)
    given = dict(GivenNumberRow.objects.filter(case=row).values_list("ref", "resident_no"))
    if not given:
        return record
    people = tuple(
        one if one.resident_no or one.unregistered else replace(one, resident_no=given.get(one.ref, ""))
        for one in record.people
    )
    return replace(record, people=people)
