"""What the ticket machine asks of the world outside (外との口). `connect` speaks to the real thing; there is a demo twin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol


class PrintOutcome(Enum):
    """How a print ended (印刷の結果). UNKNOWN is never printed again by itself: there may be a slip already."""

    PRINTED = "printed"
    NO_PAPER = "no_paper"
    NOT_CONNECTED = "not_connected"
    UNKNOWN = "unknown"

    @property
    def sentence(self) -> str:
        """What the resident is told at the machine, and what to do."""
        return _SENTENCES[self]

    @property
    def booking_sentence(self) -> str:
        """The same of the slip of a booking."""
        return _BOOKING_SENTENCES[self]

    @property
    def list_sentence(self) -> str:
        """The same of a list of procedures."""
        return _LIST_SENTENCES[self]


_SENTENCES = {
    PrintOutcome.PRINTED: "番号票をお取りください。",
    PrintOutcome.NO_PAPER: "紙がないため番号票は出ません。画面の番号と数字を控えるか、写真に撮ってください。番号は有効です。",
    PrintOutcome.NOT_CONNECTED: "印刷できませんでした。画面の番号と数字を控えるか、写真に撮ってください。番号は有効です。",
    PrintOutcome.UNKNOWN: "番号票が出たか確かめられません。出ていないときは、画面の番号と数字を控えるか、「もう一度印刷」を押してください。",
}


_BOOKING_SENTENCES = {
    PrintOutcome.PRINTED: "予約の控えをお取りください。",
    PrintOutcome.NO_PAPER: "紙がないため控えは出ません。画面の予約番号と4つの数字を控えるか、写真に撮ってください。予約はできています。",
    PrintOutcome.NOT_CONNECTED: "印刷できませんでした。画面の予約番号と4つの数字を控えるか、写真に撮ってください。予約はできています。",
    PrintOutcome.UNKNOWN: "控えが出たか確かめられません。出ていないときは、画面の予約番号と4つの数字を控えるか、「もう一度印刷」を押してください。",
}

_LIST_SENTENCES = {
    PrintOutcome.PRINTED: "一覧の紙をお取りください。",
    PrintOutcome.NO_PAPER: "紙がないため、一覧は印刷できません。画面を写真に撮るか、近くの職員にお声がけください。",
    PrintOutcome.NOT_CONNECTED: "一覧は印刷できませんでした。画面を写真に撮るか、近くの職員にお声がけください。",
    PrintOutcome.UNKNOWN: "一覧の紙が出たか確かめられません。出ていないときは、もう一度印刷してください。",
}


@dataclass(frozen=True, slots=True)
class FirstWait:
    """The wait in minutes as it was told first (出したときの待ち時間の幅), and when that was."""

    low: int
    high: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SlipService:
    """A service on a slip (票に書く用件): its name, and what the city calls it in the visitor's language, or ""."""

    name: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything that stands on a slip (番号票の中身). Job and sequence tell two slips of one number apart; no name.

    Everything is said in Japanese; with another `language` in that one too.
    """

    job: str
    sequence: int
    reissued: bool
    city: str
    branch: str
    label: str
    code: str
    address: str
    services: tuple[SlipService, ...]
    ahead: int | None
    issued_at: datetime
    language: str = "ja"
    told: FirstWait | None = None


@dataclass(frozen=True, slots=True)
class BookingSlip:
    """Everything that stands on the slip of a booking made at the machine (予約の控えの中身); no name."""

    job: str
    sequence: int
    reissued: bool
    city: str
    branch: str
    number: str
    code: str
    address: str
    services: tuple[SlipService, ...]
    starts: datetime
    minutes: int
    printed_at: datetime
    language: str = "ja"


@dataclass(frozen=True, slots=True)
class SlipListed:
    """A procedure on a list (紙の一覧の1行): its name, and by when and where."""

    name: SlipService
    about: SlipService


@dataclass(frozen=True, slots=True)
class SlipGroup:
    """The procedures of one outcome (紙の一覧のまとまり)."""

    label: SlipService
    lines: tuple[SlipListed, ...]


@dataclass(frozen=True, slots=True)
class ListSlip:
    """A personal list on paper (手続きの一覧の紙): without a name or an answer; with `code` it can be taken up at the counter.

    `left_out`: how many procedures there are beside these.
    """

    job: str
    city: str
    branch: str
    event: SlipService
    groups: tuple[SlipGroup, ...]
    bring: tuple[SlipService, ...]
    left_out: int
    printed_at: datetime
    code: str = ""
    until: date | None = None
    address: str = ""
    language: str = "ja"


class TicketPrinter(Protocol):
    """A printer of slips (番号票の印刷機)."""

    def print_slip(self, slip: Slip | BookingSlip | ListSlip) -> PrintOutcome:
        """Print once and say how it ended. Never raises, never prints a second time."""
        ...
