"""The personal list (わたしの手続き): what is needed, to be made sure of, or may be had, and for each when, where, and with what.

A rule that nobody checked against its source is never told as law: it is marked, and its day is called a guide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from madoguchi.booking.when import plain_day
from madoguchi.channels.shared.finding.asking import Going
from madoguchi.channels.shared.finding.words import called, in_japanese
from madoguchi.channels.shared.languages import current
from madoguchi.city.queries import departments
from madoguchi.procedures.decide import BringItem, Decision, Status, bring_list
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT
from madoguchi.procedures.packs import Procedure
from madoguchi.procedures.translations import Guide, guide, language_of

ORDER = (Status.MUST, Status.ASK, Status.OPTIONAL)
ONLINE = frozenset({"submission", "full"})
PREPARED = frozenset({"prefill", "questionnaire", "reservation"})


@dataclass(frozen=True, slots=True)
class ListedReason:
    """Why; the law stands beside it only where it was checked."""

    text: str
    law: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One procedure of the list, for all whom it concerns alike."""

    id: str
    name: str
    summary: str
    who: str
    deadline: str
    day: date | None
    overdue: bool
    where: str
    fee: str
    way: str
    bring: tuple[str, ...]
    tell: tuple[str, ...]
    late: str
    reasons: tuple[ListedReason, ...]
    unverified: bool


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """The procedures of one outcome."""

    status: str
    label: str
    hint: str
    lines: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class PersonalList:
    """The whole list, everything to bring once, and how many procedures were looked at and are not needed."""

    groups: tuple[ListedGroup, ...]
    bring: tuple[str, ...]
    not_needed: int
    nearest: str

    @property
    def empty(self) -> bool:
        return not self.groups


def personal_list(at: Going) -> PersonalList:
    """The list that follows from what was said."""
    judged = at.judged
    wanted = [one for one in judged.decisions if one.status is not Status.NOT_NEEDED]
    bring = bring_list(judged.pack, judged.situation, wanted, on=judged.on, open_days=judged.calendar)
    names = departments()
    groups = []
    for status in ORDER:
        together: dict[tuple[str, date | None], list[Decision]] = {}
        for one in judged.with_status(status):
            together.setdefault((one.procedure, one.deadline), []).append(one)
        lines = [_listed(at, ones, bring.by_procedure, names) for ones in together.values()]
        lines.sort(key=lambda line: (line.day is None, line.day or date.max))
        if lines:
            groups.append(ListedGroup(status.value, _(status.label), _HINTS[status](), tuple(lines)))
    needed = {one.procedure for one in wanted}
    musts = [line for group in groups if group.status == Status.MUST.value for line in group.lines]
    return PersonalList(
        groups=tuple(groups),
        bring=tuple(
            _said(at, one.text) for one in bring.merged if one.certain and set(one.procedures) <= needed
        ),
        not_needed=len({one.procedure for one in judged.decisions} - needed),
        nearest=next((line.deadline for line in musts if line.day is not None), ""),
    )


_HINTS = {
    Status.MUST: lambda: _("届け出る決まりのもの、しないと困るものです。"),
    Status.ASK: lambda: _("答えがまだ分からないため、決まっていません。窓口でいっしょに確かめます。"),
    Status.OPTIONAL: lambda: _("希望すれば受けられます。"),
}


def _listed(
    at: Going, ones: Sequence[Decision], bring: Mapping[str, Sequence[BringItem]], names: Mapping[str, str]
) -> Listed:
    first, pack = ones[0], at.judged.pack
    procedure = pack.procedure(first.procedure)
    brought = [one.text for one in bring.get(first.procedure, ())]
    language = language_of(current())
    said = guide(pack, procedure, language, brought) if language else None
    unverified = any(not reason.verified for one in ones for reason in one.because)
    department = names.get(procedure.department) or pack.departments[procedure.department].name
    return Listed(
        id=first.procedure,
        name=said.name if said else in_japanese(procedure.name),
        summary=said.summary if said else in_japanese(procedure.summary),
        who=_("、").join(
            called(at.record, one.subject, newborn=at.said.newborn)
            for one in ones
            if one.subject != HOUSEHOLD_SUBJECT
        ),
        deadline=plain_day(first.deadline) if first.deadline else "",
        day=first.deadline,
        overdue=first.overdue,
        where=in_japanese(department),
        fee=_fee(procedure, said),
        way=_way(procedure),
        bring=said.bring if said else tuple(in_japanese(one) for one in brought),
        tell=said.tell if said else tuple(in_japanese(one) for one in procedure.tell),
        late=said.late if said else in_japanese(procedure.late.text),
        reasons=_reasons(at, ones, said, procedure),
        unverified=unverified,
    )


def _reasons(
    at: Going, ones: Sequence[Decision], said: Guide | None, procedure: Procedure
) -> tuple[ListedReason, ...]:
    there = at.judged.pack.translations.get(said.language.value, {}) if said else {}
    return tuple(
        ListedReason(there.get(text) or in_japanese(text), in_japanese(law) if verified else "")
        for text, law, verified in dict.fromkeys(
            (reason.text, reason.law, reason.verified) for one in ones for reason in one.because
        )
    )


def _said(at: Going, japanese: str) -> str:
    """A text of the pack in the language of the page, or in Japanese, marked."""
    language = language_of(current())
    there = at.judged.pack.translations.get(language.value, {}) if language else {}
    return there.get(japanese) or in_japanese(japanese)


def _fee(procedure: Procedure, said: Guide | None) -> str:
    if procedure.fee_yen == 0:
        return _("無料")
    if procedure.fee_yen:
        return _("%(yen)d円") % {"yen": procedure.fee_yen}
    return (said.fee_note if said else in_japanese(procedure.fee_note)) or _("窓口で確かめてください")


def _way(procedure: Procedure) -> str:
    """Whether one has to come; what the procedure's own declaration of its channels says, no more."""
    online = procedure.channels.get("online", "")
    if online in ONLINE:
        return _("オンラインでも申請できる手続きです")
    if online in PREPARED:
        return _("窓口に来る前に、オンラインで用意できる手続きです")
    return _("窓口での手続きです")
