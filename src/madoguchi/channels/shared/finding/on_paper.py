"""The personal list on paper (紙の一覧), as values for the printer of slips: in Japanese, and in the visitor's language."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import segno
from django.urls import reverse
from django.utils.safestring import SafeData
from django.utils.translation import gettext as _

from madoguchi.booking.ports import ListSlip, SlipGroup, SlipListed, SlipService
from madoguchi.cases.prepared_code import grouped
from madoguchi.channels.shared.finding.asking import Going
from madoguchi.channels.shared.finding.listing import Listed, PersonalList, personal_list
from madoguchi.channels.shared.finding.words import EVENT_WORDS
from madoguchi.channels.shared.languages import JAPANESE, speaking
from madoguchi.city.queries import branch_names, profile

MOST_ON_PAPER = 40


@dataclass(frozen=True, slots=True)
class Kept:
    """The number behind which the answers were kept (準備の番号), until when, and the address of its QR."""

    code: str
    until: date
    address: str


def address_of(base: str, code: str) -> str:
    """The address behind a QR: the code, and nothing else."""
    return base.rstrip("/") + reverse("find:number", args=[grouped(code)])


def picture_of(address: str) -> str:
    """A QR of the address as a picture inside the page."""
    return segno.make(address, error="m", micro=False).svg_data_uri(border=4, scale=4, light="#fff")


def on_paper(at: Going, *, branch: str, language: str, kept: Kept | None, now: datetime) -> ListSlip:
    """The list that follows from what was said; longer than the paper holds, the rest is counted."""
    with speaking(JAPANESE):
        japanese, event = personal_list(at), _(EVENT_WORDS[at.said.event][0])
        about = [_about(line) for line in _lines(japanese)]
    with speaking(language):
        other, event_said = personal_list(at), _(EVENT_WORDS[at.said.event][0])
        about_said = [_about(line) for line in _lines(other)]
    lines = iter(
        SlipListed(_pair(_called(one), _called(two)), _pair(three, four))
        for one, two, three, four in zip(_lines(japanese), _lines(other), about, about_said, strict=True)
    )
    left, groups = MOST_ON_PAPER, []
    for group, group_said in zip(japanese.groups, other.groups, strict=True):
        own = [next(lines) for _line in group.lines]
        if own[:left]:
            groups.append(SlipGroup(_pair(group.label, group_said.label), tuple(own[:left])))
        left -= len(own[:left])
    return ListSlip(
        job=uuid.uuid4().hex[:8].upper(),
        city=profile().name,
        branch=branch_names().get(branch, branch),
        event=_pair(event, event_said),
        groups=tuple(groups),
        bring=tuple(_pair(one, two) for one, two in zip(japanese.bring, other.bring, strict=True)),
        left_out=sum(1 for _line in _lines(japanese)) - sum(len(group.lines) for group in groups),
        printed_at=now,
        code=kept.code if kept else "",
        until=kept.until if kept else None,
        address=kept.address if kept else "",
        language=language,
    )


def _lines(found: PersonalList) -> Iterator[Listed]:
    for group in found.groups:
        yield from group.lines


def _called(line: Listed) -> str:
    if isinstance(line.name, SafeData):
        return line.name  # Japanese, marked so: it stands there once
    return _("%(name)s（%(who)s）") % {"name": line.name, "who": line.who} if line.who else line.name


def _about(line: Listed) -> str:
    where = "" if isinstance(line.where, SafeData) else line.where
    label = _("期限の目安") if line.unverified else _("期限")
    day = f"{label} {line.deadline}" if line.deadline else ""
    return "  ".join(one for one in (day, where) if one)


def _pair(japanese: str, other: str) -> SlipService:
    """A text and the same in the visitor's language; nothing where that stays Japanese."""
    return SlipService(japanese, "" if isinstance(other, SafeData) or other == japanese else other)
