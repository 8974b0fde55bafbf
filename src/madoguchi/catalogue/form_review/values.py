"""The city's own word on its sheets, as plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class LawMark(Enum):
    """What a person found out about a box: whether a statute's form requires it, or the office needs it."""

    UNKNOWN = "unknown"
    REQUIRED = "required"
    NEEDED = "needed"
    FREE = "free"

    @property
    def label(self) -> str:
        """As an office says it."""
        return _LAW_LABELS[self]


_LAW_LABELS = {
    LawMark.UNKNOWN: "未確認",
    LawMark.REQUIRED: "法令の様式で決まっている",
    LawMark.NEEDED: "法令では決まっていないが、事務で使う",
    LawMark.FREE: "法令でも事務でも要らない",
}


@dataclass(frozen=True, slots=True)
class BoxKey:
    """Which box of a sheet: the part it stands in, its fact and its label; the same through revisions."""

    part: str
    fact: str
    label: str

    @property
    def code(self) -> str:
        """Short and plain, for forms and for what is kept."""
        text = "\n".join((self.part, self.fact, self.label))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class BoxMark:
    """What somebody found out about a box: the mark, and on what it rests."""

    law: LawMark
    basis: str


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """The marks of a sheet by the code of the box. `version` 0: nobody has marked any."""

    sheet: str
    version: int
    marks: Mapping[str, BoxMark]
    changed_by: str = ""

    def of(self, key: BoxKey) -> BoxMark:
        """The mark of a box; 未確認 until somebody has looked."""
        return self.marks.get(key.code, _NOT_LOOKED_AT)


_NOT_LOOKED_AT = BoxMark(LawMark.UNKNOWN, "")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """By what a saving is worked out: seconds, and people on a sheet with a table. The defaults are ours, not measured.

    `read_box`: a resident finds and reads a box that is to be written. `write_character`: one character by hand.
    `check_box`: a resident looks over a printed box. `staff_box`: staff read, check and type a box written by hand.
    `staff_check`: staff look over a printed box. `table_people`: people in a table of people.
    """

    read_box: int = 3
    write_character: int = 2
    check_box: int = 1
    staff_box: int = 6
    staff_check: int = 1
    table_people: int = 2
