"""What the ticket machine asks of the world outside (外との口). `connect` speaks to the real thing; there is a demo twin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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


class TicketPrinter(Protocol):
    """A printer of slips (番号票の印刷機)."""

    def print_slip(self, slip: Slip | BookingSlip) -> PrintOutcome:
        """Print once and say how it ended. Never raises, never prints a second time."""
        ...
