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


_SENTENCES = {
    PrintOutcome.PRINTED: "番号票をお取りください。",
    PrintOutcome.NO_PAPER: "紙がないため番号票は出ません。画面の番号と数字を控えるか、写真に撮ってください。番号は有効です。",
    PrintOutcome.NOT_CONNECTED: "印刷できませんでした。画面の番号と数字を控えるか、写真に撮ってください。番号は有効です。",
    PrintOutcome.UNKNOWN: "番号票が出たか確かめられません。出ていないときは、画面の番号と数字を控えるか、「もう一度印刷」を押してください。",
}


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything that stands on a slip (番号票の中身). Job and sequence tell two slips of one number apart; no name."""

    job: str
    sequence: int
    reissued: bool
    city: str
    branch: str
    label: str
    code: str
    address: str
    services: tuple[str, ...]
    ahead: int | None
    issued_at: datetime


class TicketPrinter(Protocol):
    """A printer of slips (番号票の印刷機)."""

    def print_slip(self, slip: Slip) -> PrintOutcome:
        """Print once and say how it ended. Never raises, never prints a second time."""
        ...
