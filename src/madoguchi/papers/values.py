"""What is printed (印字内容): sheets, the guide and the confirmation as plain values.

Each filled box remembers the fact it came from, its source and its date. A withheld box looks like one whose
value nobody knows: `operations` refuses anything more.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from madoguchi.papers.definitions import Block
from madoguchi.papers.facts import Address
from madoguchi.residents.protection import Audience


class BlankReason(Enum):
    """Why a box is empty: nothing belongs there, or it is unknown and left to the hand (手書き)."""

    NOTHING = "nothing"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty box; `date_parts` leaves 年 月 日 to write between."""

    reason: BlankReason
    date_parts: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text."""

    text: str


@dataclass(frozen=True, slots=True)
class DateParts:
    """A date in separate cells: era, year, month, day."""

    era: str
    year: str
    month: str
    day: str


@dataclass(frozen=True, slots=True)
class Choices:
    """All choices of a box with the chosen ones marked."""

    marks: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class WrittenName:
    """A name with its reading above."""

    text: str
    kana: str


@dataclass(frozen=True, slots=True)
class WrittenAddress:
    """Postcode, address and 方書, each on its own line."""

    text: str
    building: str
    postal: str


Content = Blank | Words | DateParts | Choices | WrittenName | WrittenAddress


def text_of(content: Content) -> str:
    """Return the whole text of a box's content as it can be read on paper (chosen choices only)."""
    match content:
        case Blank():
            return ""
        case Words(text):
            return text
        case DateParts(era, year, month, day):
            return f"{era}{year}年{month}月{day}日"
        case Choices(marks):
            return "、".join(label for label, chosen in marks if chosen)
        case WrittenName(text, kana):
            return f"{kana} {text}".strip()
        case WrittenAddress(text, building, postal):
            return " ".join(part for part in (postal, text, building) if part)


@dataclass(frozen=True, slots=True)
class FilledBox:
    """One box with its content and where the content came from (fact key, person, source, date)."""

    label: str
    content: Content
    width: int = 3
    section: str = ""
    fact: str = ""
    subject: str = ""
    source: str = ""
    as_of: date | None = None
    withheld: bool = False

    @property
    def text(self) -> str:
        """The whole text of the box."""
        return text_of(self.content)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Heading, relative width and line (1 or 2) of one column of the people table."""

    label: str
    width: int
    line: int = 1


@dataclass(frozen=True, slots=True)
class SheetValues:
    """One sheet, ready to be printed."""

    sheet_id: str
    title: str
    law: str
    form_source: str
    municipality: str
    addressee: str
    intro: str
    audience: Audience
    number: str
    received_on: date | None
    notified_on: date | None
    blocks: tuple[Block, ...]
    notifier: tuple[FilledBox, ...]
    boxes: tuple[FilledBox, ...]
    people_title: str
    people_rows: int
    columns: tuple[TableColumn, ...]
    people: tuple[tuple[FilledBox, ...], ...]
    staff_boxes: tuple[FilledBox, ...]
    notes: tuple[str, ...]

    def all_boxes(self) -> tuple[FilledBox, ...]:
        """Every box of the sheet, also those of the people table."""
        table = tuple(box for row in self.people for box in row)
        return self.notifier + self.boxes + table + self.staff_boxes


class Standing(Enum):
    """How a procedure stands for this household: 必要, 要確認, 任意."""

    MUST = "must"
    ASK = "ask"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a procedure of the guide is in the language of whom it is for, all of it."""

    procedure: str
    because: tuple[str, ...] = ()
    bring: tuple[str, ...] = ()
    late: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuideItem:
    """One procedure on the guide: what, for whom, where, by when, what to bring, why, and what lateness costs.

    `filed`: done today, nothing more is to be brought than `missing`.
    """

    standing: Standing
    procedure: str
    subject: str
    department: str
    seat: str
    deadline: date | None
    overdue: bool
    bring: tuple[str, ...]
    because: str
    late: str
    settles: str = ""
    """要確認 only: what would settle it."""
    filed: bool = False
    missing: tuple[str, ...] = ()
    own: OwnWords | None = None


@dataclass(frozen=True, slots=True)
class GuideValues:
    """The personal list (受付案内票).

    `language`: what the person speaks; the list follows in it where every item has its own words, and not at all otherwise.
    `tag`: what a reader of the page is told of that language. `follow_text` goes into the QR code: an address or reference without personal data, printable ASCII only.
    """

    municipality: str
    audience: Audience
    title: str
    number: str
    code: str
    follow_text: str
    event: str
    received_on: date
    items: tuple[GuideItem, ...]
    messages: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    language: str = "ja"
    tag: str = "ja"


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change the signature covers: before → after."""

    label: str
    before: str
    after: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """One procedure the signature covers."""

    procedure: str
    subject: str
    department: str
    deadline: date | None


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """A fee or payment in whole yen; `yen` None: 「金額は後日」 and the note says when it is known."""

    label: str
    yen: int | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PadSignature:
    """Strokes from a signature pad: the `d` of an SVG path in a field of width × height units."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ConfirmationValues:
    """The one page that is signed (確認・署名票)."""

    municipality: str
    audience: Audience
    addressee: str
    title: str
    number: str
    event: str
    notified_on: date
    signer: str
    people: tuple[str, ...]
    changes: tuple[ChangeLine, ...]
    procedures: tuple[ProcedureLine, ...]
    money: tuple[MoneyLine, ...]
    next_steps: tuple[str, ...]
    statement: str
    signature: PadSignature | None = None
    signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class LetterValues:
    """The letter after a notice (届出後の通知): to the address before the move, and without any new one.

    An `address` without text is written on the envelope by hand.
    """

    municipality: str
    sender: str
    office: str
    number: str
    event: str
    received_on: date
    people: tuple[str, ...]
    address: Address


@dataclass(frozen=True, slots=True)
class RulingValues:
    """The paper that tells a decision (結果の書面): for whom, what, why, and by what it is found valid. No address is on it.

    `about`: the person it is about, empty for a household. `objection`: where one may object, with its own law where a law
    names another than the mayor. `replaces`: the number of the paper that it takes the place of.
    """

    municipality: str
    sender: str
    office: str
    case: str
    procedure: str
    law: str
    to: str
    about: str
    ruling: str
    against: bool
    received_on: date
    decided_on: date
    reason: str
    objection: str
    objection_law: str
    appeal_first: bool
    replaces: str
    number: str
    code: str
    check_address: str


class GlyphFault(Enum):
    """Why a character cannot be printed as it is stored."""

    NO_GLYPH = "no_glyph"
    NO_VARIANT = "no_variant"


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """One character that stands as 〓 on paper: where, in which text, which code point(s), and why."""

    sheet: str
    box: str
    text: str
    codepoint: str
    fault: GlyphFault


@dataclass(frozen=True, slots=True)
class RenderedPaper:
    """A finished PDF. `missing_glyphs` must be shown to the clerk before the paper is handed over."""

    pdf: bytes
    pages: int
    missing_glyphs: tuple[MissingGlyph, ...] = field(default=())
