"""A feedback as the office and its giver see it (ご意見の値)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop as noop

from madoguchi.catalogue.feedback.states import MAY, FeedbackState, FeedbackStep, Giver, Verdict

# None that is taken for another when read aloud.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
NUMBER_LENGTH = 8
MOST_WORDS = 400


class NoSuchFeedback(LookupError):
    """No feedback has this number."""

    def __init__(self) -> None:
        super().__init__(
            noop("その番号のご意見は見つかりません。控えの番号（4文字と4文字）を確かめてください。")
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of a screen, as it comes from the page (言われたこと)."""

    verdict: Verdict
    words: str
    screen: str
    procedure: str
    giver: Giver
    department: str
    language: str


@dataclass(frozen=True, slots=True)
class FeedbackAnswer:
    """A published change that answers a feedback (ご意見への答え).

    `note`: what the draft was called; `back`: the office went back behind it since.
    """

    revision: str
    note: str
    published_at: datetime
    back: bool


@dataclass(frozen=True, slots=True)
class Feedback:
    """One feedback with what became of it (ご意見)."""

    number: str
    verdict: Verdict
    words: str
    screen: str
    procedure: str
    giver: Giver
    department: str
    language: str
    revision: str
    given_at: datetime
    state: FeedbackState
    said: str
    decided_at: datetime | None
    answers: tuple[FeedbackAnswer, ...]

    @property
    def spelled(self) -> str:
        """The number as it is written on the receipt."""
        return spelled(self.number)

    @property
    def steps(self) -> tuple[FeedbackStep, ...]:
        """What may be done with it now."""
        return tuple(MAY[self.state])


@dataclass(frozen=True, slots=True)
class ScreenFeedback:
    """How often a screen was spoken of, and how (画面ごとのご意見)."""

    screen: str
    total: int
    open: int
    by_verdict: tuple[tuple[Verdict, int], ...]


def spelled(number: str) -> str:
    """A number in two halves of four."""
    return f"{number[:4]}-{number[4:]}"


def plain_number(said: str) -> str:
    """A number as it is kept, from what somebody typed; "" when it cannot be one."""
    found = "".join(one for one in said.upper() if one.isascii() and one.isalnum())
    return found if len(found) == NUMBER_LENGTH else ""
