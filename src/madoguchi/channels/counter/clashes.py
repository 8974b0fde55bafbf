"""What branch and centre said differently while the line was cut (食い違い), on the page of the check, to be settled there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.audit.entries import Actor
from madoguchi.cases.line_cut.taking_in import OpenClash, open_clashes, settle
from madoguchi.cases.own_facts import ADDRESS_FACTS
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.procedure_lines import subject_text
from madoguchi.channels.counter.words import label_of, value_text
from madoguchi.channels.shared.fields import whole_number
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef, Value


def clash_lines(view: CaseView) -> list[dict[str, Any]]:
    """One line for each clash of the case: what it is about, both values, and how they are named in the form."""
    return [_line(view, one) for one in open_clashes(case=view.header.id)]


def _line(view: CaseView, one: OpenClash) -> dict[str, Any]:
    ref = FactRef(one.key, one.subject)
    withheld = one.key in ADDRESS_FACTS and not view.address_shown

    def said(value: Value | None) -> str:
        return _("（表示しません）") if withheld else value_text(view.judged.pack, view.record, ref, value)

    return {
        "id": one.id,
        "label": label_of(view.judged.pack, ref),
        "subject": "" if one.subject == EVENT_SUBJECT else subject_text(view.record, one.subject),
        "centre": said(one.centre),
        "branch": said(one.branch),
        "by": one.by_name,
    }


def settle_posted(posted: str, *, case: str, by: Actor, now: datetime) -> None:
    """Settle what a button names ("12:branch"). Raises NoSuchCase, AlreadySettled, NotNow."""
    number, _colon, keep = posted.partition(":")
    settle(clash=whole_number(number) or 0, keep=keep, by=by, now=now, case=case)
