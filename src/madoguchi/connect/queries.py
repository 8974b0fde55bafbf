"""Reading the messages to the core system: where each stands, without personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from madoguchi.connect.models import MessageRow

STATE_LABELS = {
    "created": "渡す前",
    "handed_over": "答えを待っている",
    "acknowledged": "登録済み",
    "refused": "返された",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the list shows it."""

    case: str
    number: str
    round: int
    state: str
    people: int
    result: str
    created_at: datetime
    handed_over_at: datetime | None
    answered_at: datetime | None

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]


def messages(*, limit: int = 200) -> tuple[Message, ...]:
    """The newest messages first."""
    return tuple(
        Message(
            case=row.case,
            number=row.number,
            round=row.round,
            state=row.state,
            people=len(row.body["people"]),
            result=row.result,
            created_at=row.created_at,
            handed_over_at=row.handed_over_at,
            answered_at=row.answered_at,
        )
        for row in MessageRow.objects.order_by("-id")[:limit]
    )


def case_of_number(number: str) -> str | None:
    """The case whose message with that 受付番号 waits for an answer."""
    row = MessageRow.objects.filter(number=number, state="handed_over").order_by("-id").first()
    return row.case if row else None
