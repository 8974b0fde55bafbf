"""What was handed over of cases that are erased goes with them (渡したデータの廃棄)."""

from __future__ import annotations

from collections.abc import Sequence

from madoguchi.connect.message_states import MessageState
from madoguchi.connect.models import MessageRow, RulingMessageRow

_ON_THEIR_WAY = (MessageState.CREATED.value, MessageState.HANDED_OVER.value)


def cases_on_their_way() -> frozenset[str]:
    """Cases of which a change waits for its answer, or a decision has not been handed over yet."""
    changes = MessageRow.objects.filter(state__in=_ON_THEIR_WAY).values_list("case", flat=True)
    rulings = RulingMessageRow.objects.filter(handed_over_at__isnull=True).values_list("case", flat=True)
    return frozenset(changes) | frozenset(rulings)


def erase_messages(cases: Sequence[str]) -> int:
    """Erase every change and decision of these cases, in the caller's transaction; how many rows are gone."""
    gone = MessageRow.objects.filter(case__in=cases).delete()[0]
    return gone + RulingMessageRow.objects.filter(case__in=cases).delete()[0]
