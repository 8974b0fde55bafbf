"""Reading what goes to the core system: where each message stands, and the certificates asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from madoguchi.connect.message_states import MessageState
from madoguchi.connect.models import MessageRow


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the list shows it; no personal data."""

    change: str
    case: str
    number: str
    round: int
    state: MessageState
    people: int
    by_hand: bool
    result: str
    created_at: datetime
    handed_over_at: datetime | None
    answered_at: datetime | None


def messages(*, state: MessageState | None = None, limit: int = 200) -> tuple[Message, ...]:
    """The newest messages first, all or those in one state."""
    rows = MessageRow.objects.order_by("-id")
    if state is not None:
        rows = rows.filter(state=state.value)
    return tuple(
        Message(
            change=row.change_id,
            case=row.case,
            number=row.number,
            round=row.round,
            state=MessageState(row.state),
            people=len(row.body["people"]),
            by_hand=bool(row.body["handling"]),
            result=row.result,
            created_at=row.created_at,
            handed_over_at=row.handed_over_at,
            answered_at=row.answered_at,
        )
        for row in rows[:limit]
    )


def message_counts() -> dict[MessageState, int]:
    """How many messages there are in each state."""
    found = dict(MessageRow.objects.values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state.value, 0) for state in MessageState}
