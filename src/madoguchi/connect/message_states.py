"""Where a message to the core system stands."""

from __future__ import annotations

from enum import Enum


class MessageState(Enum):
    """From made to answered; superseded: the case was corrected, and a newer message stands for it."""

    CREATED = "created"
    HANDED_OVER = "handed_over"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    MessageState.CREATED: "渡す前",
    MessageState.HANDED_OVER: "答えを待っている",
    MessageState.ACKNOWLEDGED: "登録済み",
    MessageState.REFUSED: "返された",
    MessageState.SUPERSEDED: "訂正で置きかえ",
}
