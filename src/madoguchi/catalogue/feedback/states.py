"""States of a feedback and what may be done in each (ご意見の状態), as tables."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from django.utils.translation import gettext_noop as noop


class FeedbackState(Enum):
    """What became of a feedback (ご意見の状態)."""

    NEW = "new"
    READ = "read"
    ANSWERED = "answered"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The word that the office reads."""
        return {"new": "まだ読んでいない", "read": "読んだ", "answered": "直した", "declined": "直さない"}[
            self.value
        ]


class Verdict(Enum):
    """What somebody says of a screen (ご意見の種類)."""

    CLEAR = "clear"
    UNCLEAR = "unclear"
    WRONG = "wrong"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The words beside the choice."""
        return _VERDICTS[self]

    @property
    def needs_words(self) -> bool:
        """Whether the choice alone says nothing that anybody could act on."""
        return self in (Verdict.WRONG, Verdict.OTHER)


_VERDICTS = {
    Verdict.CLEAR: noop("わかりやすい"),
    Verdict.UNCLEAR: noop("わかりにくい"),
    Verdict.WRONG: noop("まちがっている"),
    Verdict.OTHER: noop("そのほか"),
}


class Giver(Enum):
    """Who says it: nothing more is known of them (ご意見をくれた人の立場)."""

    RESIDENT = "resident"
    CLERK = "clerk"

    @property
    def label(self) -> str:
        """The word that the office reads."""
        return {"resident": "住民", "clerk": "職員"}[self.value]


class FeedbackStep(Enum):
    """What may be done with a feedback (ご意見への対応)."""

    READ = "read"
    ANSWER = "answer"
    DECLINE = "decline"
    REOPEN = "reopen"


# What is published with a citation is answered, whatever was decided before.
MAY: Mapping[FeedbackState, Mapping[FeedbackStep, FeedbackState]] = {
    FeedbackState.NEW: {
        FeedbackStep.READ: FeedbackState.READ,
        FeedbackStep.ANSWER: FeedbackState.ANSWERED,
        FeedbackStep.DECLINE: FeedbackState.DECLINED,
    },
    FeedbackState.READ: {
        FeedbackStep.ANSWER: FeedbackState.ANSWERED,
        FeedbackStep.DECLINE: FeedbackState.DECLINED,
    },
    FeedbackState.ANSWERED: {FeedbackStep.REOPEN: FeedbackState.READ},
    FeedbackState.DECLINED: {FeedbackStep.REOPEN: FeedbackState.READ},
}
