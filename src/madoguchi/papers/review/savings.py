"""What a sheet costs in a year and what the proposals save (減る手間): characters, and minutes of residents and staff.

Beside a blank form on which everything is written by hand. Printing saves at once; striking saves a little more, and only that
more waits for somebody's word that the box may go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from madoguchi.catalogue.form_review.values import Assumptions
from madoguchi.catalogue.inventory.volumes import Volume
from madoguchi.papers.definitions import BoxFormat
from madoguchi.papers.review.boxes import ReviewedBox, ReviewedSheet, Verdict
from madoguchi.procedures.packs import Procedure

CHARACTERS: Mapping[BoxFormat, int] = {
    BoxFormat.AUTO: 8,
    BoxFormat.TEXT: 8,
    BoxFormat.WAREKI: 7,
    BoxFormat.DATE_PARTS: 7,
    BoxFormat.CHOICE: 1,
    BoxFormat.YES_NO: 1,
    BoxFormat.NUMBER: 3,
    BoxFormat.YEN: 6,
    BoxFormat.POSTAL: 7,
    BoxFormat.PHONE: 10,
    BoxFormat.NAME: 10,
    BoxFormat.ADDRESS: 24,
}
"""How many characters are written into a box by hand: ours, counted on invented forms, not measured."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Characters written by hand, seconds of the resident, seconds of staff."""

    characters: int = 0
    resident: int = 0
    staff: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(
            self.characters + other.characters, self.resident + other.resident, self.staff + other.staff
        )

    def __sub__(self, other: Effort) -> Effort:
        return Effort(
            self.characters - other.characters, self.resident - other.resident, self.staff - other.staff
        )

    def times(self, number: int) -> Effort:
        """That often."""
        return Effort(self.characters * number, self.resident * number, self.staff * number)

    @property
    def resident_hours(self) -> float:
        """The resident's time in hours."""
        return self.resident / 3600

    @property
    def staff_hours(self) -> float:
        """The time of staff in hours."""
        return self.staff / 3600


@dataclass(frozen=True, slots=True)
class SheetSaving:
    """What a sheet saves: on one paper, and in a year (None when nobody knows how many there are).

    `now`: a blank form. `sure`: saved by printing, and by striking what was confirmed. `more`: what striking the rest adds.
    """

    now: Effort
    sure: Effort
    more: Effort
    volume: Volume | None

    @property
    def sure_a_year(self) -> Effort | None:
        """Saved in a year without anybody's further word."""
        return self.sure.times(self.volume.number) if self.volume else None

    @property
    def more_a_year(self) -> Effort | None:
        """Saved besides, once the candidates are struck."""
        return self.more.times(self.volume.number) if self.volume else None


def saving_of(sheet: ReviewedSheet, assumed: Assumptions, volumes: Mapping[str, Volume]) -> SheetSaving:
    """Effort out what a sheet saves. `volumes`: how many a year, by procedure."""
    now = sure = more = Effort()
    for box in sheet.boxes:
        many = assumed.table_people if box.key.part == "table" else 1
        written, looked_at = _written(box, assumed).times(many), _looked_at(assumed).times(many)
        now += written
        match box.verdict:
            case Verdict.STRIKE if box.confirmed:
                sure += written
            case Verdict.STRIKE:
                sure += written - looked_at
                more += looked_at
            case Verdict.PREFILL:
                sure += written - looked_at
    return SheetSaving(now, sure, more, papers_a_year(sheet.procedures, volumes))


def _written(box: ReviewedBox, assumed: Assumptions) -> Effort:
    characters = CHARACTERS[box.hand]
    return Effort(characters, assumed.read_box + assumed.write_character * characters, assumed.staff_box)


def _looked_at(assumed: Assumptions) -> Effort:
    return Effort(0, assumed.check_box, assumed.staff_check)


def papers_a_year(procedures: Sequence[Procedure], volumes: Mapping[str, Volume]) -> Volume | None:
    """How many papers of a sheet there are in a year at least; None when that is known of no procedure.

    Procedures of one event stand on one paper when they are filed together, and one entry of the inventory may stand for
    several: of such a group only the largest number counts; groups that cannot meet are added.
    """
    known = [(one, volumes[one.id]) for one in procedures if one.id in volumes]
    groups: list[list[tuple[Procedure, Volume]]] = []
    for one in known:
        apart = [group for group in groups if not any(_may_meet(one, other) for other in group)]
        joined = [other for group in groups if group not in apart for other in group]
        groups = [*apart, [*joined, one]]
    if not groups:
        return None
    largest = [max((volume for _, volume in group), key=lambda volume: volume.number) for group in groups]
    return Volume(
        sum(volume.number for volume in largest),
        any(volume.estimated for volume in largest),
        frozenset(source for volume in largest for source in volume.sources),
    )


def _may_meet(one: tuple[Procedure, Volume], other: tuple[Procedure, Volume]) -> bool:
    return bool(one[0].events & other[0].events or one[1].sources & other[1].sources)


def total(works: Iterable[Effort | None]) -> Effort:
    """Everything together; what is not known adds nothing."""
    return sum((one for one in works if one is not None), Effort())
