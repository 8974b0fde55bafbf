"""What a sheet (様式) is made of, as plain values.

The file format is described in docs/sheets.md; `definition_file` is its only reader.
"""

from dataclasses import dataclass
from enum import Enum

UNITS_PER_LINE = 6
"""A line of boxes is six units wide."""


class BoxFormat(Enum):
    """How a known value is written into its box."""

    AUTO = "auto"
    TEXT = "text"
    WAREKI = "wareki"
    DATE_PARTS = "date_parts"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    YEN = "yen"
    POSTAL = "postal"
    PHONE = "phone"
    NAME = "name"
    ADDRESS = "address"


class Grouping(Enum):
    """How many papers a sheet is, when what it is for is decided person by person.

    PERSON: one paper for each person (一人一枚). TOGETHER: one paper that lists all whom it concerns (連名).
    HOUSEHOLD: one paper about the household; its table lists those who move.
    """

    PERSON = "person"
    TOGETHER = "together"
    HOUSEHOLD = "household"


class Writer(Enum):
    """Who fills a box whose value the city does not know."""

    HAND = "hand"
    LATER = "later"


class Block(Enum):
    """A part of the sheet, in the order in which it is printed."""

    NOTIFIER = "notifier"
    PEOPLE_TABLE = "people_table"
    BOXES = "boxes"
    NOTES = "notes"
    STAFF_ONLY = "staff_only"


@dataclass(frozen=True, slots=True)
class Box:
    """One box (欄). `fact`: empty when always written by hand; `text`: a fixed text instead of a fact."""

    label: str
    fact: str = ""
    format: BoxFormat = BoxFormat.AUTO
    width: int = 3
    write: Writer = Writer.HAND
    section: str = ""
    text: str = ""
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the people table. `width` is its share of its line (a weight, not a measure).

    `fact`: empty for a column that is always filled in later. `line`: 2 for the lower line of a person's row.
    """

    label: str
    fact: str = ""
    format: BoxFormat = BoxFormat.AUTO
    width: int = 2
    choices: tuple[tuple[str, str], ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True)
class SheetDefinition:
    """One sheet (様式) as its file declares it."""

    id: str
    title: str
    law: str
    grouping: Grouping
    addressee: str
    intro: str
    blocks: tuple[Block, ...]
    boxes: tuple[Box, ...]
    columns: tuple[Column, ...]
    staff_boxes: tuple[Box, ...]
    notes: tuple[str, ...]
    people_title: str
    people_rows: int
    form_source: str
    """Empty: the layout is this product's own (本製品の独自様式); else the publication it follows."""
