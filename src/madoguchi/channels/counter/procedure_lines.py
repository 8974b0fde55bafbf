"""The list of procedures on the main screen (手続きの一覧): by outcome, one line for all whom it concerns alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.cases.lateness import told_of_lateness
from madoguchi.cases.record import Record
from madoguchi.cases.views import CaseView
from madoguchi.jp.wareki import format_wareki_short
from madoguchi.procedures.bring import bring_list
from madoguchi.procedures.decisions import Amount, Decision, Status
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT
from madoguchi.procedures.fees import Fee
from madoguchi.procedures.packs import Procedure, RecordNeed

ORDER = (Status.MUST, Status.ASK, Status.OPTIONAL, Status.NOT_NEEDED)


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """Why, for whom, by which law."""

    subject: str
    text: str
    law: str


@dataclass(frozen=True, slots=True)
class RecordNote:
    """What a procedure says of people without a 住民票."""

    text: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A procedure that is there by place of stay only, and that the event of the case does not decide."""

    name: str
    department: str
    note: RecordNote


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """One procedure, for all whom it concerns alike."""

    id: str
    name: str
    subjects: str
    department: str
    deadline: str
    overdue: bool
    amount: str
    reasons: tuple[ReasonLine, ...]
    unverified: bool
    late: str
    bring: str
    url: str
    changed: bool
    explained: bool
    without_record: RecordNote | None = None


@dataclass(frozen=True, slots=True)
class ProcedureGroup:
    """The procedures of one outcome."""

    status: str
    label: str
    rows: tuple[ProcedureLine, ...]


def fee_text(fee: Fee) -> str:
    """What a procedure costs in words, with the reason of a reduction; empty where the city has set nothing."""
    if fee.total_yen is None:
        return fee.note if not fee.lines else _("まだ決まりません（減免に当てはまるかどうかで変わります）")
    if not fee.lines:
        return fee.note
    why = "、".join(line.because for line in fee.lines if line.reduced)
    text = _("無料") if fee.total_yen == 0 else _("%(yen)s円") % {"yen": f"{fee.total_yen:,}"}
    return f"{text}（{why}）" if why else text


def amount_text(amount: Amount) -> str:
    """What is paid, as far as what is known tells: 「月額10,000円（R8.12.1から。請求した方）」."""
    if amount.yen == 0:
        return _("0円（所得などの要件に当てはまらない見込みです）")
    often = {"month": _("月額"), "year": _("年額"), "once": ""}[amount.per]
    since = _("%sから。") % format_wareki_short(amount.start) if amount.start else ""
    return _("%(often)s%(yen)s円（%(since)s%(payee)s）") % {
        "often": often,
        "yen": f"{amount.yen:,}",
        "since": since,
        "payee": amount.payee,
    }


def subject_text(record: Record, subject: str) -> str:
    """For whom: a person's name, nothing for the household."""
    return "" if subject == HOUSEHOLD_SUBJECT else record.name_of(subject)


def procedure_groups(view: CaseView) -> tuple[ProcedureGroup, ...]:
    """All procedures by outcome; one line for all people with the same outcome and deadline."""
    changed = {(change.procedure, change.subject) for change in view.changes}
    bring = bring_list(
        view.judged.pack,
        view.judged.situation,
        view.judged.decisions,
        on=view.judged.on,
        open_days=view.judged.calendar,
    )
    groups = []
    for status in ORDER:
        together: dict[tuple[str, str], list[Decision]] = {}
        for one in view.judged.with_status(status):
            together.setdefault((one.procedure, str(one.deadline)), []).append(one)
        rows = [_procedure_line(view, ones, changed, bring.by_procedure) for ones in together.values()]
        rows.sort(key=lambda row: (row.deadline == "", row.deadline))
        groups.append(ProcedureGroup(status.value, _(status.label), tuple(rows)))
    return tuple(groups)


def _procedure_line(
    view: CaseView, ones: list[Decision], changed: set[tuple[str, str]], bring: dict[str, Any]
) -> ProcedureLine:
    first = ones[0]
    procedure = view.judged.pack.procedure(first.procedure)
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in ones:
        for reason in one.because:
            reasons.setdefault((reason.text, reason.law), []).append(subject_text(view.record, one.subject))
    explained = procedure.tell and all(
        (first.procedure, n) in view.explained for n in range(len(procedure.tell))
    )
    return ProcedureLine(
        id=first.procedure,
        name=procedure.name,
        subjects="、".join(name for one in ones if (name := subject_text(view.record, one.subject))),
        department=_department(view, procedure.department),
        deadline=format_wareki_short(first.deadline) if first.deadline else "",
        overdue=first.overdue,
        amount="、".join(dict.fromkeys(amount_text(one.amount) for one in ones if one.amount)),
        reasons=tuple(
            ReasonLine("、".join(name for name in names if name) if len(reasons) > 1 else "", text, law)
            for (text, law), names in reasons.items()
        ),
        unverified=any(not reason.verified for one in ones for reason in one.because),
        late=told_of_lateness(view.judged, first),
        bring="、".join(item.text for item in bring.get(first.procedure, ()))
        if first.status is not Status.NOT_NEEDED
        else "",
        url=reverse("counter:procedure", args=[view.header.id, first.procedure, first.subject]),
        changed=any((one.procedure, one.subject) in changed for one in ones),
        explained=bool(explained),
        without_record=record_note(view, procedure, (one.subject for one in ones)),
    )


def record_note(view: CaseView, procedure: Procedure, subjects: Iterable[str]) -> RecordNote | None:
    """What is said where one of these subjects has no 住民票; None where all have one."""
    without = view.record.unregistered
    concerned = any(subject in without or (subject == HOUSEHOLD_SUBJECT and without) for subject in subjects)
    return _record_note(procedure) if concerned else None


def _record_note(procedure: Procedure) -> RecordNote:
    """Never a refusal: by place of stay, with a 住民票 that is come by together, or what the department looks into."""
    said = procedure.without_record
    law = f"（{said.law}）" if said.law else ""
    match said.need, said.verification.verified:
        case RecordNeed.OPEN, True:
            text = _("住民票がなくても受けられます。%(text)s") % {"text": said.text}
        case RecordNeed.OPEN, False:
            text = _("住民票がなくても受けられる見込みです。%(text)s") % {"text": said.text}
        case RecordNeed.NEEDED, _verified:
            text = _("住民票が要る手続きです。%(text)s住民票をつくる・移す相談から、担当課が案内します。") % {
                "text": said.text
            }
        case _:
            return RecordNote(_("住民票がないときの扱いは担当課が確かめます。"), unverified=False)
    return RecordNote(text + law, unverified=not said.verification.verified)


def also_open(view: CaseView) -> tuple[OpenLine, ...]:
    """What else is there by place of stay only, for people without a 住民票 who do not know to ask for it."""
    if not view.record.unregistered:
        return ()
    decided = {one.procedure for one in view.judged.decisions}
    return tuple(
        OpenLine(one.without_record.name or one.name, _department(view, one.department), _record_note(one))
        for one in view.judged.pack.procedures
        if one.without_record.need is RecordNeed.OPEN and one.id not in decided
    )


def _department(view: CaseView, key: str) -> str:
    found = view.judged.pack.departments.get(key)
    return found.name if found else key
