"""Where a payment, its filing and a refund stand, as tables. What is not in a table is refused."""

from __future__ import annotations

from enum import Enum


class PaymentState(Enum):
    """Where a payment stands (支払いの状態)."""

    CREATED = "created"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    FAILED = "failed"
    REFUNDED = "refunded"
    DISPUTED = "disputed"

    @property
    def label(self) -> str:
        """The words of office and resident."""
        return PAYMENT_LABELS[self]


PAYMENT_LABELS = {
    PaymentState.CREATED: "支払い前",
    PaymentState.AUTHORISED: "支払いの確認中",
    PaymentState.CAPTURED: "支払い済み",
    PaymentState.FAILED: "支払いなし",
    PaymentState.REFUNDED: "返金済み",
    PaymentState.DISPUTED: "異議の申立て中",
}
# The word of the provider about money weighs more than its word of a failure: a failed payment may still prove captured.
FOLLOWS: dict[PaymentState, frozenset[PaymentState]] = {
    PaymentState.CREATED: frozenset({PaymentState.AUTHORISED, PaymentState.CAPTURED, PaymentState.FAILED}),
    PaymentState.AUTHORISED: frozenset({PaymentState.CAPTURED, PaymentState.FAILED}),
    PaymentState.CAPTURED: frozenset({PaymentState.REFUNDED, PaymentState.DISPUTED}),
    PaymentState.FAILED: frozenset({PaymentState.CAPTURED}),
    PaymentState.REFUNDED: frozenset(),
    PaymentState.DISPUTED: frozenset({PaymentState.CAPTURED, PaymentState.REFUNDED}),
}
# Of these there is at most one for what is to be paid, surplus ones aside: nobody is charged twice.
LIVING = (
    PaymentState.CREATED.value,
    PaymentState.AUTHORISED.value,
    PaymentState.CAPTURED.value,
    PaymentState.DISPUTED.value,
)
# Whoever pays has not finished, or we do not know yet that they have.
OPEN = (PaymentState.CREATED.value, PaymentState.AUTHORISED.value)


class FilingState(Enum):
    """Whether what was paid for has been told so (支払いの反映)."""

    NONE = "none"
    DUE = "due"
    FILED = "filed"
    REFUSED = "refused"
    UNDO_DUE = "undo_due"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        """The word of the office."""
        return FILING_LABELS[self]


FILING_LABELS = {
    FilingState.NONE: "なし",
    FilingState.DUE: "反映待ち",
    FilingState.FILED: "反映済み",
    FilingState.REFUSED: "反映できない（返金）",
    FilingState.UNDO_DUE: "取消し待ち",
    FilingState.UNDONE: "取消し済み",
}


class RefundState(Enum):
    """Where a refund of ours stands (返金の状態)."""

    ASKED = "asked"
    APPROVED = "approved"
    DONE = "done"
    REFUSED = "refused"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """The word of the office."""
        return REFUND_LABELS[self]


REFUND_LABELS = {
    RefundState.ASKED: "もう一人の承認待ち",
    RefundState.APPROVED: "決済事業者へ伝えています",
    RefundState.DONE: "返金済み",
    RefundState.REFUSED: "決済事業者が断りました",
    RefundState.DROPPED: "取り下げ",
}
REFUND_FOLLOWS: dict[RefundState, frozenset[RefundState]] = {
    RefundState.ASKED: frozenset({RefundState.APPROVED, RefundState.DROPPED}),
    RefundState.APPROVED: frozenset({RefundState.DONE, RefundState.REFUSED}),
    RefundState.DONE: frozenset(),
    RefundState.REFUSED: frozenset({RefundState.DONE}),
    RefundState.DROPPED: frozenset(),
}
# Of these the yen count as promised.
REFUNDS_OPEN = (RefundState.ASKED.value, RefundState.APPROVED.value)


class Command(Enum):
    """What the provider still has to be told (決済事業者への指図)."""

    CREATE = "create"
    CAPTURE = "capture"
    CANCEL = "cancel"
    REFUND = "refund"


class Move(Enum):
    """A movement of money that the provider reports (お金の動き)."""

    CAPTURE = "capture"
    REFUND = "refund"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"

    @property
    def label(self) -> str:
        """The word of the office."""
        return MOVE_LABELS[self]


MOVE_LABELS = {
    Move.CAPTURE: "支払い",
    Move.REFUND: "返金",
    Move.DISPUTE: "異議の申立て",
    Move.DISPUTE_WON: "申立ての取下げ",
    Move.DISPUTE_LOST: "申立てによる返金",
}


class Account(Enum):
    """Where yen stand in the ledger (勘定)."""

    PROVIDER = "provider"
    FEES = "fees"
    DISPUTED = "disputed"

    @property
    def label(self) -> str:
        """The word of the office."""
        return ACCOUNT_LABELS[self]


ACCOUNT_LABELS = {
    Account.PROVIDER: "決済事業者から受け取る額",
    Account.FEES: "手数料の収入",
    Account.DISPUTED: "申立てで止まっている額",
}
# Each movement takes yen from one account and gives them to another, so that a payment's lines always sum to zero.
BOOKED: dict[Move, tuple[Account, Account]] = {
    Move.CAPTURE: (Account.PROVIDER, Account.FEES),
    Move.REFUND: (Account.FEES, Account.PROVIDER),
    Move.DISPUTE: (Account.DISPUTED, Account.PROVIDER),
    Move.DISPUTE_WON: (Account.PROVIDER, Account.DISPUTED),
    Move.DISPUTE_LOST: (Account.FEES, Account.DISPUTED),
}


class Phase(Enum):
    """How far the provider says a session is, money aside; a later one is never taken back by an earlier one."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    FAILED = "failed"
