"""Feedback as it is read: the office's list by screen, one with its answers, and what its giver is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import models

from madoguchi.catalogue.feedback.states import FeedbackState, Giver, Verdict
from madoguchi.catalogue.feedback.values import (
    Feedback,
    FeedbackAnswer,
    NoSuchFeedback,
    ScreenFeedback,
    plain_number,
)
from madoguchi.catalogue.models import CurrentRow, FeedbackCitationRow, FeedbackRow

MOST = 500
OPEN = (FeedbackState.NEW.value, FeedbackState.READ.value)


def feedbacks(
    *,
    state: FeedbackState | None = None,
    verdict: Verdict | None = None,
    giver: Giver | None = None,
    screen: str | None = None,
    most: int = MOST,
) -> tuple[Feedback, ...]:
    """What was said, the newest first; each filter that is given holds."""
    found = FeedbackRow.objects.order_by("-given_at", "-pk")
    for field, value in (("state", state), ("verdict", verdict), ("giver", giver)):
        if value is not None:
            found = found.filter(**{field: value.value})
    if screen is not None:
        found = found.filter(screen=screen)
    return _read(found[:most])


def feedback(number: str) -> Feedback:
    """One, by its number as somebody typed it. Raises NoSuchFeedback."""
    found = _read(FeedbackRow.objects.filter(number=plain_number(number))[:1])
    if not found:
        raise NoSuchFeedback
    return found[0]


def by_screen() -> tuple[ScreenFeedback, ...]:
    """Every screen that was spoken of, the one with the most that is still open first."""
    counts: dict[str, Counter[str]] = {}
    rows = FeedbackRow.objects.values_list("screen", "verdict", "state").annotate(n=models.Count("pk"))
    for screen, verdict, state, n in rows:
        counted = counts.setdefault(screen, Counter())
        counted[verdict] += n
        counted["open"] += n if state in OPEN else 0
    lines = [
        ScreenFeedback(
            screen, sum(counted[one.value] for one in Verdict), counted["open"],
            tuple((one, counted[one.value]) for one in Verdict),
        )
        for screen, counted in counts.items()
    ]  # fmt: skip
    return tuple(sorted(lines, key=lambda one: (-one.open, -one.total, one.screen)))


def _read(rows: Iterable[FeedbackRow]) -> tuple[Feedback, ...]:
    rows = list(rows)
    current = CurrentRow.objects.values_list("revision_id", flat=True).first() or 0
    answers: dict[int, list[FeedbackAnswer]] = {}
    cited = FeedbackCitationRow.objects.filter(feedback__in=rows, revision__isnull=False)
    for one in cited.select_related("revision", "draft").order_by("published_at"):
        assert one.revision is not None and one.published_at is not None, "the constraint says so"
        answers.setdefault(one.feedback_id, []).append(
            FeedbackAnswer(
                one.revision.revision, one.draft.title, one.published_at, one.revision.pk > current
            )
        )
    return tuple(_value(row, answers.get(row.pk, [])) for row in rows)


def _value(row: FeedbackRow, answers: Iterable[FeedbackAnswer]) -> Feedback:
    return Feedback(
        row.number, Verdict(row.verdict), row.words, row.screen, row.procedure, Giver(row.giver), row.department,
        row.language, row.revision, row.given_at, FeedbackState(row.state), row.said, row.decided_at, tuple(answers),
    )  # fmt: skip
