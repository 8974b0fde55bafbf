"""Readings of a person's data in plain words (情報を見た人): when, which office, what for. No member of staff is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Entry, Purpose
from madoguchi.channels.shared.languages import city_word
from madoguchi.city.queries import offices_of

# What a reading was for, as it concerns the person. 取扱いの確認 would tell that somebody is protected: it has no word of its own.
_OFFICE_WORK = noop("市の事務")
_WORDS = {
    Purpose.COUNTER_CASE.value: noop("窓口での受付"),
    Purpose.REVIEW.value: noop("届出の審査"),
    Purpose.DEPARTMENT_TASK.value: noop("課での手続き"),
    Purpose.CERTIFICATE_REQUEST.value: noop("証明書の請求"),
    Purpose.LETTER.value: noop("届出後の通知"),
    Purpose.MANDATE.value: noop("代理での手続き"),
    Purpose.FROM_HOME.value: noop("オンラインでの申請"),
    Purpose.OUTREACH.value: noop("使える手続きの案内"),
}


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One reading as its person is told (見た記録の1行)."""

    at: datetime
    office: str
    what: str


def in_plain_words(found: Sequence[Entry]) -> list[ReadingLine]:
    """The readings for whoever they are about."""
    offices = offices_of({one.staff_id for one in found if one.staff_id is not None})
    return [
        ReadingLine(one.at, _who(one, offices), _(_WORDS.get(one.purpose, _OFFICE_WORK))) for one in found
    ]


def _who(one: Entry, offices: dict[int, str]) -> str:
    if one.staff_id is not None:
        name = offices.get(one.staff_id, "")
        return city_word(name) if name else _("市役所")
    if one.purpose == Purpose.FROM_HOME.value:
        return _("ご本人、同じ世帯の方、または代理の方")
    return _("代理の方、または代理を頼んだ方") if one.purpose == Purpose.MANDATE.value else _("市のシステム")
