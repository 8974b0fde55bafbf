"""What the counter asks of the world outside (外との口). `connect` speaks to the real thing; each has a demo twin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from madoguchi.jp.dates import PossibleDays


class CardFault(Enum):
    """Why a card gave nothing; the value is the word of the protocol."""

    NO_CARD = "no_card"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    REMOVED = "removed"
    EXPIRED = "expired"
    NOT_CONNECTED = "not_connected"
    TOO_SLOW = "too_slow"
    UNREADABLE = "unreadable"

    @property
    def sentence(self) -> str:
        """What happened and what to do, for the clerk."""
        return _SENTENCES[self]


_SENTENCES = {
    CardFault.NO_CARD: "カードが置かれていません。読取機にカードを置いて、もう一度押してください。",
    CardFault.WRONG_PIN: "暗証番号がちがいます。4桁の暗証番号をもう一度入れてもらってください。",
    CardFault.LOCKED: "暗証番号を続けてまちがえたため、使えなくなっています。暗証番号の再設定を案内し、目で確かめてください。",
    CardFault.REMOVED: "読み取りの途中でカードが離れました。カードを置き直して、もう一度押してください。",
    CardFault.EXPIRED: "有効期限が切れたカードです。本人確認には使えません。ほかの書類で確かめてください。",
    CardFault.NOT_CONNECTED: "読取機につながりません。線と電源を確かめてください。書類を見て手で入れることもできます。",
    CardFault.TOO_SLOW: "読取機から返事がありません。カードを置き直して、もう一度押してください。",
    CardFault.UNREADABLE: "読取機の返事を読めません。情報システム担当に知らせ、書類を見て手で入れてください。",
}


class CardNotRead(Exception):
    """The card gave nothing; carries the fault, and how many more tries the PIN has when that is known."""

    def __init__(self, fault: CardFault, tries_left: int | None = None) -> None:
        self.fault = fault
        self.tries_left = tries_left
        more = f"（あと{tries_left}回）" if tries_left is not None else ""
        super().__init__(f"{fault.sentence}{more}")


@dataclass(frozen=True, slots=True)
class CardFace:
    """What a My Number Card says of its holder (券面事項の4情報); never the number itself."""

    name: str
    address: str
    birth: date | PossibleDays
    sex: str
    expires_on: date


class CardReader(Protocol):
    """A reader at a desk (カード読取機)."""

    def read(self) -> CardFace:
        """Return the face of the card that lies on the reader; the holder types the PIN there. Raises CardNotRead."""
        ...


class ScanFault(Enum):
    """Why a file was not found to be clean (ウイルス検査で分からなかった理由)."""

    NOT_SET = "not_set"
    NOT_REACHED = "not_reached"
    TOO_SLOW = "too_slow"
    UNREADABLE = "unreadable"


class NotScanned(Exception):
    """Nobody can say whether a file is clean: it is not taken then. Carries the fault."""

    def __init__(self, fault: ScanFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


class VirusScanner(Protocol):
    """Looks whether a file carries something harmful (ウイルス検査)."""

    def finds(self, contents: bytes) -> str:
        """The name of what was found; empty: nothing. Raises NotScanned."""
        ...
