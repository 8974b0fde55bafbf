"""What is paid for and what a payment is to those who use the room (支払いの値), and why one may be refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from madoguchi.payments.states import Account, FilingState, Move, PaymentState, Phase, RefundState

JAPAN = ZoneInfo("Asia/Tokyo")


class PaymentRefused(ValueError):
    """The room cannot do this; says what is the case and what to do."""


class NoSuchPayment(LookupError):
    """Nothing to pay is known by these words."""

    def __init__(self) -> None:
        super().__init__("お支払いが見つかりません。支払い番号と4桁の数字を確かめてください。")


class NoLongerToPay(PaymentRefused):
    """What was to be paid has been withdrawn."""

    def __init__(self) -> None:
        super().__init__(
            "このお支払いは取りやめになりました。お金はかかりません。新しい支払い番号があれば、それで開いてください。"
        )


class AlreadyPaid(PaymentRefused):
    """It has been paid."""

    def __init__(self) -> None:
        super().__init__("このお支払いは済んでいます。もう一度払う必要はありません。")


class NotThatState(PaymentRefused):
    """A step that the table of states does not know."""

    def __init__(self, before: PaymentState, after: PaymentState) -> None:
        super().__init__(
            f"「{before.label}」の支払いは「{after.label}」になりません。記録を確かめてください。"
        )


class RecordContradicts(PaymentRefused):
    """The provider tells something else than it told before, or what it must never do: nothing of it is taken in. Says what."""


class RefundNotPossible(PaymentRefused):
    """More than was paid, of what was not paid, or by the same person twice. Says which."""


@dataclass(frozen=True, slots=True)
class PayLine:
    """One line of what is to be paid (支払いの内訳)."""

    text: str
    yen: int


@dataclass(frozen=True, slots=True)
class Payable:
    """What is to be paid, as the room that asks for it says (支払うもの). `owner_key`: whose it is, as a key, never a name."""

    source: str
    reference: str
    title: str
    lines: tuple[PayLine, ...]
    owner_key: str

    @property
    def yen(self) -> int:
        """All lines together."""
        return sum(line.yen for line in self.lines)


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement of money as the provider tells it (お金の動き). `key` tells two of one kind apart; `on`: its day there."""

    move: Move
    key: str
    yen: int
    on: date


@dataclass(frozen=True, slots=True)
class Truth:
    """All that the provider knows of a session (決済事業者の記録). It only ever grows, so that the order of telling is nothing."""

    session: str
    reference: str
    phase: Phase
    moved: tuple[Moved, ...]

    def as_json(self) -> dict[str, Any]:
        """As it travels and is kept."""
        moved = [
            {"move": one.move.value, "key": one.key, "yen": one.yen, "on": one.on.isoformat()}
            for one in self.moved
        ]
        return {
            "session": self.session, "reference": self.reference, "phase": self.phase.value, "moved": moved,
        }  # fmt: skip


def truth_of(said: Mapping[str, Any]) -> Truth:
    """Read what the provider sent. Raises ValueError when it is not what a provider sends.

    Nothing is cut to length: two keys that differ at their ends only would become one movement, and its yen would be lost.
    """
    try:
        moved = tuple(_moved(one) for one in said["moved"])
        session, reference = word(said["session"], most=64), word(said["reference"], most=20)
        return Truth(session, reference, Phase(said["phase"]), moved)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the record of a session") from error


def _moved(said: Mapping[str, Any]) -> Moved:
    move, key = Move(said["move"]), said["key"]
    if move is not Move.CAPTURE or key != "":
        word(key, most=64)
    return Moved(move, key, _whole_yen(said["yen"]), date.fromisoformat(said["on"]))


def word(said: object, *, most: int) -> str:
    """A word of the provider as it stands. Raises ValueError when it is none, too long, or cannot be stored."""
    if not isinstance(said, str) or not 0 < len(said) <= most or "\x00" in said:
        raise ValueError("not a word of a provider")
    return said


def _whole_yen(said: object) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or not 0 < said <= MOST_YEN:
        raise ValueError("not an amount of yen")
    return said


MOST_YEN = 10_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Something to pay as it was given out (支払いの依頼): the number and four digits by which it is opened."""

    number: str
    code: str
    payable: Payable
    open: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands (支払い)."""

    number: str
    asked: str
    title: str
    yen: int
    state: PaymentState
    filing: FilingState
    captured_yen: int
    refunded_yen: int
    promised_yen: int
    page: str
    surplus: bool
    telling: bool
    made_at: datetime
    changed_at: datetime
    paid_at: datetime | None

    @property
    def may_be_refunded_yen(self) -> int:
        """What could still be given back."""
        if self.state is not PaymentState.CAPTURED:
            return 0
        return max(0, self.captured_yen - self.refunded_yen - self.promised_yen)


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund of ours (返金)."""

    id: int
    payment: str
    title: str
    yen: int
    reason: str
    state: RefundState
    asked_by: int | None
    asked_by_name: str
    approved_by_name: str
    result: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One side of a booking (仕訳の行): yen into an account, or out of it when negative."""

    payment: str
    move: Move
    account: Account
    yen: int
    on: date


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the provider's file and our ledger differ (突合せの差). None: it is not there."""

    on: date
    payment: str
    move: Move
    ours_yen: int | None
    theirs_yen: int | None
