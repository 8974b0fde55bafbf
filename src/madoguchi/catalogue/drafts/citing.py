"""Which feedback a draft answers (ご意見の引用): named while it is written, kept with the revision that it becomes."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.feedback.states import FeedbackState
from madoguchi.catalogue.feedback.values import NoSuchFeedback, plain_number
from madoguchi.catalogue.models import DraftRow, DraftState, FeedbackCitationRow, FeedbackRow, RevisionRow


class CitationRefused(ValueError):
    """A feedback that this draft cannot name; the sentence says what to do."""


def cite(*, draft: int, number: str, by: Actor, now: datetime) -> str:
    """Name a feedback that the draft answers; returns its number. Raises CitationRefused, also for one that is not there."""
    try:
        with transaction.atomic():
            row = _open(draft)
            found = FeedbackRow.objects.filter(number=plain_number(number)).first()
            if found is None:
                raise CitationRefused(str(NoSuchFeedback()))
            FeedbackCitationRow.objects.create(feedback=found, draft=row, cited_by=by.name, cited_at=now)
            FeedbackRow.objects.filter(pk=found.pk, state=FeedbackState.NEW.value).update(
                state=FeedbackState.READ.value
            )
            record_act(actor=by, activity="feedback_cited", now=now, draft=draft, feedback=found.number)
    except IntegrityError as error:
        raise CitationRefused("そのご意見は、もうこの下書きに付いています。") from error
    return found.number


def uncite(*, draft: int, number: str, by: Actor, now: datetime) -> None:
    """Take the name of a feedback off a draft that is not published. Raises CitationRefused."""
    with transaction.atomic():
        row = _open(draft)
        gone, _ = FeedbackCitationRow.objects.filter(
            draft=row, feedback__number=plain_number(number), revision__isnull=True
        ).delete()
        if gone:
            record_act(actor=by, activity="feedback_uncited", now=now, draft=draft, feedback=number)


def cited_in(draft: int) -> tuple[tuple[str, str], ...]:
    """The feedback that a draft names: number and words, in the order in which they were named."""
    rows = FeedbackCitationRow.objects.filter(draft=draft).order_by("pk")
    return tuple(rows.values_list("feedback__number", "feedback__words"))


def settle(*, draft: int, revision: str, by: Actor, now: datetime) -> None:
    """Answer what a draft names, with the revision that it has become; in the transaction that publishes it."""
    cited = FeedbackCitationRow.objects.filter(draft=draft, revision__isnull=True)
    answered = list(cited.values_list("feedback", flat=True))
    if not answered:
        return
    row = DraftRow.objects.get(pk=draft)
    cited.update(revision=_revision_of(revision), published_at=now)
    FeedbackRow.objects.filter(pk__in=answered).update(
        state=FeedbackState.ANSWERED.value, said=row.title, decided_at=now, decided_by=by.name
    )
    record_act(
        actor=by, activity="feedback_settled", now=now, draft=draft, revision=revision, count=len(answered)
    )


def _revision_of(revision: str) -> int:
    return RevisionRow.objects.values_list("pk", flat=True).get(revision=revision)


def _open(draft: int) -> DraftRow:
    row = DraftRow.objects.select_for_update().filter(pk=draft).first()
    if row is None:
        raise CitationRefused("この下書きはありません。")
    if row.state != DraftState.OPEN:
        raise CitationRefused("この下書きはもう閉じています。新しい下書きを始めてください。")
    return row
