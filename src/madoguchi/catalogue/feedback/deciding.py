"""What the office decides of a feedback: read, answered by what was done, not changed with a reason, opened again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.feedback.states import MAY, FeedbackState, FeedbackStep
from madoguchi.catalogue.feedback.values import MOST_WORDS, NoSuchFeedback
from madoguchi.catalogue.models import FeedbackRow
from madoguchi.jp.masking import masked


class FeedbackRefused(ValueError):
    """What cannot be decided now; the sentence says what to do."""


def decide(*, number: str, step: FeedbackStep, said: str = "", by: Actor, now: datetime) -> FeedbackState:
    """Take a step; `said` is what the giver will read (what was done, or why nothing is changed); returns the new state.

    Raises NoSuchFeedback, FeedbackRefused.
    """
    said = masked(said.strip())
    if step in (FeedbackStep.ANSWER, FeedbackStep.DECLINE) and not said:
        raise FeedbackRefused("くださった方が読む文を書いてください（何を直したか、または直さない理由）。")
    if len(said) > MOST_WORDS:
        raise FeedbackRefused(f"{MOST_WORDS}字までに短くしてください。")
    with transaction.atomic():
        row = FeedbackRow.objects.filter(number=number).first()
        if row is None:
            raise NoSuchFeedback
        state = FeedbackState(row.state)
        if step not in MAY[state]:
            raise FeedbackRefused(
                f"このご意見は「{state.label}」になっています。開き直して確かめてください。"
            )
        after = MAY[state][step]
        decided = after in (FeedbackState.ANSWERED, FeedbackState.DECLINED)
        changed = FeedbackRow.objects.filter(pk=row.pk, state=state.value).update(
            state=after.value, said=said, decided_at=now if decided else None, decided_by=by.name
        )
        if not changed:
            raise FeedbackRefused("ほかの人が先に決めました。開き直して確かめてください。")
        record_act(actor=by, activity=f"feedback_{step.value}", now=now, feedback=number)
    return after
