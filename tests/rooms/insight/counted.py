"""A counted day without a register: groups as they could have been counted, and a file of towns for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tests.cast import NOW
from tests.unit.insight.attacking import Groups

from madoguchi.insight.coverage import days
from madoguchi.insight.coverage.tables import numbers_of
from madoguchi.insight.models import CoverageDayRow
from madoguchi.residents.places import COLUMNS, Town
from madoguchi.small_counts.hiding import Before


def towns_file(folder: Path, towns: Mapping[str, Town]) -> str:
    """The towns as the file that a city keeps."""
    path = folder / "towns.csv"
    rows = [
        ",".join((one.name, one.district, one.area, str(one.latitude), str(one.longitude)))
        for one in towns.values()
    ]
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return str(path)


def counted(day: date, groups: Groups, towns: Mapping[str, Town]) -> CoverageDayRow:
    """The day as counting would have kept it."""
    numbers = numbers_of(groups, towns, before=Before({}, days._shown_before()))
    return CoverageDayRow.objects.create(
        day=day, counted_at=NOW, counted_by="推進 澪", groups=days._packed(groups), numbers=numbers
    )
