"""The line at the top of every screen of a case: number, event, state, and the way from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.audit.entries import Channel
from madoguchi.cases.record import Record
from madoguchi.cases.states import CaseStatus
from madoguchi.cases.views import CaseHeader

STEPS = (
    ("start", "来た人・世帯"),
    ("visitor", "本人確認"),
    ("hearing", "聞き取り"),
    ("check", "確認"),
    ("sign", "署名"),
    ("done", "印刷・引き継ぎ"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: its words, its address when it can be gone to, whether it is done or here."""

    label: str
    url: str | None
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that must not be overlooked."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Head:
    """What `case_head.html` shows."""

    id: str
    number: str
    code: str
    event: str
    opened_at: datetime
    status: str
    practice: bool
    online: bool
    version: int
    steps: tuple[Step, ...]
    notices: tuple[Notice, ...]


def head_of(
    header: CaseHeader, *, here: str, record: Record | None = None, notices: tuple[Notice, ...] = ()
) -> Head:
    """The head of a case for the screen `here`."""
    begun = bool(record and record.people)
    reached = {
        "start": begun,
        "visitor": bool(record and record.value("notifier_kind")),
        "hearing": header.signed,
        "check": header.signed,
        "sign": header.signed,
        "done": header.status in (CaseStatus.REGISTERED, CaseStatus.CLOSED),
    }
    allowed = {
        "start": not header.signed,
        "visitor": begun and not header.signed,
        "hearing": begun,
        "check": begun and not header.signed,
        "sign": begun and not header.signed,
        "done": header.signed,
    }
    if header.parked:
        notices = (
            Notice("attention", _("中断しています。続けるときは、受付一覧から開いてください。")),
            *notices,
        )
    return Head(
        id=header.id,
        number=header.number,
        code=header.code,
        event=_(header.event.label),
        opened_at=header.opened_at,
        status=_(header.status.label),
        practice=header.practice,
        online=header.channel is Channel.ONLINE,
        version=header.version,
        steps=tuple(
            Step(
                _(label),
                reverse(f"counter:{name}", args=[header.id]) if allowed[name] else None,
                reached[name],
                name == here,
            )
            for name, label in STEPS
        ),
        notices=notices,
    )
