"""Whether a result document is valid (書面の確認): by number and check code, for anybody who holds the paper.

It says when it was issued and whether it still stands; nothing of whom or what it is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_noop as noop

from madoguchi.cases.acting import civil_day
from madoguchi.cases.desk_tables import ResultPaperRow, RulingAnswerRow
from madoguchi.cases.rulings.result_papers import NoSuchPaper
from madoguchi.cases.states import RulingKind


class PaperStanding(Enum):
    """Whether a result document still stands (書面の有効・無効)."""

    VALID = "valid"
    CHANGED = "changed"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The word for whoever looks (a msgid)."""
        return STANDING_LABELS[self]


STANDING_LABELS = {
    PaperStanding.VALID: noop("有効です"),
    PaperStanding.CHANGED: noop("あとの決定で変わりました"),
    PaperStanding.REVOKED: noop("取り消されました"),
}


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """What is told of a result document: when it was issued, whether it stands, and since when it does not."""

    number: str
    issued_on: date
    standing: PaperStanding
    changed_on: date | None


def check_paper(*, number: str, code: str) -> CheckedPaper:
    """What is told of the paper with this number, to whoever knows its code. Raises NoSuchPaper alike for either."""
    row = ResultPaperRow.objects.filter(number=_plain(number)).select_related("ruling").first()
    if not constant_time_compare(row.code if row else "-" * 8, _plain(code)) or row is None:
        raise NoSuchPaper
    later = (
        RulingAnswerRow.objects.filter(
            ruling__task=row.ruling.task_id, ruling__nth__gt=row.ruling.nth, in_force=True
        )
        .select_related("ruling")
        .order_by("ruling__nth")
        .first()
    )
    if later is None:
        return CheckedPaper(row.number, civil_day(row.issued_at), PaperStanding.VALID, None)
    revoked = later.ruling.kind == RulingKind.REVOKED.value
    standing = PaperStanding.REVOKED if revoked else PaperStanding.CHANGED
    return CheckedPaper(row.number, civil_day(row.issued_at), standing, civil_day(later.at))


def _plain(said: str) -> str:
    """As it is kept: capitals, without blanks and hyphens."""
    return "".join(one for one in said.upper() if one.isascii() and one.isalnum())[:20]
