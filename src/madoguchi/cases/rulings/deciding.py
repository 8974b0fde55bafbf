"""Deciding a task (決定する): proposed by one, in force by the same or, where the procedure says so, by another.

1. What may be decided now follows from the ruling in force (`states.RULINGS_AFTER`); a ruling is never taken back, only followed
   by a later one.
2. Against whoever applied only with a reason (行政手続法 第8条) and with where one may object (行政不服審査法 第82条); a ruling
   that changes an earlier one has a reason, too.
3. In force it ends the task and issues its paper (`result_papers`), all in one transaction. Practice issues none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from madoguchi.audit.entries import Actor, Channel, StepDetail
from madoguchi.audit.operations import record_step
from madoguchi.cases.acting import SomebodyElseChanged
from madoguchi.cases.desk_tables import RulingAnswerRow, RulingRow
from madoguchi.cases.models import TaskRow
from madoguchi.cases.rulings.result_papers import issue_paper
from madoguchi.cases.states import RULINGS_AFTER, TASK_ACTS, CaseStatus, RulingKind, TaskAct, TaskState
from madoguchi.cases.tasks import NoSuchTask, act_on_task
from madoguchi.catalogue.queries import pack_of
from madoguchi.procedures.packs import ORDINARY_RULING, Procedure, RulingTerms

LONGEST_REASON = 1000
LONGEST_OBJECTION = 100


class RulingRefused(ValueError):
    """A decision that cannot be made as it was asked; the sentence says what to do."""


class RulingNotNow(RulingRefused):
    """What may be decided now is something else."""

    def __init__(self, kind: RulingKind) -> None:
        super().__init__(
            f"いまは「{kind.label}」にできません。画面を開き直して、いまの決定を確かめてください。"
        )


class CaseNotSettled(RulingRefused):
    """The case is at the counter, or was taken back."""

    def __init__(self, status: CaseStatus) -> None:
        super().__init__(
            f"受付が「{status.label}」のため、決定できません。署名が済んでから、もう一度開いてください。"
        )


class ProposalWaits(RulingRefused):
    """A proposed decision waits for the second person."""

    def __init__(self) -> None:
        super().__init__(
            "決定の案が、もう一人の確認を待っています。先に、認めるか、差しもどすかを選んでください。"
        )


class RulingReasonMissing(RulingRefused):
    """Against whoever applied, or against an earlier ruling, without a reason."""

    def __init__(self) -> None:
        super().__init__("理由を入れてください。申請した方への書面に、そのまま載ります（行政手続法第8条）。")


class ObjectionMissing(RulingRefused):
    """Against whoever applied without where one may object."""

    def __init__(self) -> None:
        super().__init__(
            "審査請求をする先を入れてください。書面の教示に載ります（行政不服審査法第82条）。"
            "手続きの法令で決まる先（市長、審査会など）を確かめてください。"
        )


class ProposerMayNot(RulingRefused):
    """Whoever proposed would approve it as well."""

    def __init__(self) -> None:
        super().__init__("この手続きは二人で決めます。案を出した人とは別の人が認めてください。")


class NoSuchProposal(RulingRefused):
    """No proposed decision of that number waits."""

    def __init__(self) -> None:
        super().__init__("その案は、もう済んだか、ありません。画面を開き直してください。")


@dataclass(frozen=True, slots=True)
class RulingSaid:
    """What a department decides (決める内容): the kind, why, and where one may object."""

    kind: RulingKind
    reason: str = ""
    objection: str = ""


def propose(*, task: int, said: RulingSaid, by: Actor, now: datetime, version: int | None) -> int | None:
    """Decide, or where two are needed propose it; returns the ruling's number once it is in force, else None.

    Raises NoSuchTask, SomebodyElseChanged and RulingRefused: RulingNotNow, CaseNotSettled, ProposalWaits,
    RulingReasonMissing, ObjectionMissing.
    """
    assert by.staff_id is not None, "only staff decide"
    with transaction.atomic():
        row = _locked(task, version)
        procedure = procedure_of(row)
        terms = procedure.ruling if procedure else ORDINARY_RULING
        before = in_force(row)
        if waiting(row) is not None:
            raise ProposalWaits
        _see_that_it_may(row, said.kind, before)
        reason, objection = said.reason.strip()[:LONGEST_REASON], _objection(said, terms)
        if not reason and (said.kind.against or before is not None):
            raise RulingReasonMissing
        if said.kind.against and not objection:
            raise ObjectionMissing
        ruling = RulingRow.objects.create(
            task=row, nth=RulingRow.objects.filter(task=row).count() + 1, kind=said.kind.value, reason=reason,
            objection=objection, two_persons=terms.two_persons, at=now, by=by.staff_id, by_name=by.name,
        )  # fmt: skip
        if terms.two_persons:
            _step(row, "ruling_proposed", by, now)
            return None
        _put_in_force(row, ruling, by=by, now=now)
        return ruling.pk


def approve(*, task: int, by: Actor, now: datetime, version: int | None) -> int:
    """Put in force what somebody else proposed; the ruling's number.

    Raises NoSuchTask, SomebodyElseChanged, NoSuchProposal, ProposerMayNot, RulingNotNow, CaseNotSettled.
    """
    assert by.staff_id is not None, "only staff decide"
    with transaction.atomic():
        row = _locked(task, version)
        ruling = waiting(row)
        if ruling is None:
            raise NoSuchProposal
        if ruling.by == by.staff_id:
            raise ProposerMayNot
        _see_that_it_may(row, RulingKind(ruling.kind), in_force(row))
        _put_in_force(row, ruling, by=by, now=now)
        return ruling.pk


def return_proposal(*, task: int, note: str, by: Actor, now: datetime, version: int | None) -> None:
    """Send a proposed decision back (差しもどす), or take one's own back. Raises as `approve`, and RulingReasonMissing."""
    assert by.staff_id is not None, "only staff decide"
    with transaction.atomic():
        row = _locked(task, version)
        ruling = waiting(row)
        if ruling is None:
            raise NoSuchProposal
        if not note.strip() and ruling.by != by.staff_id:
            raise RulingReasonMissing
        _answer(ruling, in_force=False, note=note.strip()[:200], by=by, now=now)
        _step(row, "ruling_returned", by, now)


def in_force(task: TaskRow) -> RulingRow | None:
    """The ruling that stands now: the latest that was put in force."""
    return RulingRow.objects.filter(task=task, answer__in_force=True).order_by("-nth").first()


def waiting(task: TaskRow) -> RulingRow | None:
    """The proposed ruling that nobody answered yet."""
    return RulingRow.objects.filter(task=task, answer__isnull=True).order_by("nth").first()


def procedure_of(task: TaskRow) -> Procedure | None:
    """The procedure as the case's own revision has it."""
    pack = pack_of(task.case.revision)
    return pack.procedure(task.procedure) if pack.has_procedure(task.procedure) else None


def may_follow(task: TaskRow, before: RulingKind | None) -> frozenset[RulingKind]:
    """What may be decided next, by the ruling in force and how far the case is."""
    status, possible = CaseStatus(task.case.status), RULINGS_AFTER[before]
    open_case = status not in (CaseStatus.HEARING, CaseStatus.WITHDRAWN)
    if open_case and task.state != TaskState.CANCELLED.value:
        return possible
    return possible & {RulingKind.REVOKED}


def _see_that_it_may(task: TaskRow, kind: RulingKind, before: RulingRow | None) -> None:
    stands = RulingKind(before.kind) if before else None
    if kind in may_follow(task, stands):
        return
    status = CaseStatus(task.case.status)
    if kind in RULINGS_AFTER[stands] and status in (CaseStatus.HEARING, CaseStatus.WITHDRAWN):
        raise CaseNotSettled(status)
    raise RulingNotNow(kind)


def _objection(said: RulingSaid, terms: RulingTerms) -> str:
    if not said.kind.against:
        return ""
    return (said.objection.strip() or terms.objection)[:LONGEST_OBJECTION]


def _locked(task: int, version: int | None) -> TaskRow:
    row = TaskRow.objects.select_for_update(of=("self",)).select_related("case").filter(pk=task).first()
    if row is None:
        raise NoSuchTask
    if version is not None and version != row.version:
        raise SomebodyElseChanged
    return row


def _put_in_force(row: TaskRow, ruling: RulingRow, *, by: Actor, now: datetime) -> None:
    before = in_force(row)
    _answer(ruling, in_force=True, note="", by=by, now=now)
    _step(row, f"ruling_{ruling.kind}", by, now)
    if not row.case.practice and RulingKind(ruling.kind).on_paper:
        issue_paper(row, ruling, procedure=procedure_of(row), before=before, now=now)
    state = TaskState(row.state)
    if TaskAct.DONE in TASK_ACTS[state]:
        act_on_task(task=row.pk, act=TaskAct.DONE, note="", by=by, now=now, version=None)


def _answer(ruling: RulingRow, *, in_force: bool, note: str, by: Actor, now: datetime) -> None:
    assert by.staff_id is not None, "only staff decide"
    RulingAnswerRow.objects.create(
        ruling=ruling, in_force=in_force, note=note, two_persons=ruling.two_persons, proposed_by=ruling.by,
        by=by.staff_id, by_name=by.name, at=now,
    )  # fmt: skip


def _step(row: TaskRow, activity: str, by: Actor, now: datetime) -> None:
    """The step in the audit; whoever has the task on the screen sees that it moved on."""
    TaskRow.objects.filter(pk=row.pk).update(version=F("version") + 1, changed_at=now)
    record_step(
        actor=by, case=row.case.public_id, activity=activity, channel=Channel.DEPARTMENT, now=now,
        detail=StepDetail(procedure=row.procedure), practice=row.case.practice,
    )  # fmt: skip
