"""Closing a case at the counter: what is applied for, what is missing, one signature, and what follows from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.http import Http404

from madoguchi.audit.entries import Actor, StepDetail
from madoguchi.cases.acting import Given, NotNow, begin_act, finish_act
from madoguchi.cases.hearing import ReasonMissing
from madoguchi.cases.judging import Judged, applied_for, judge
from madoguchi.cases.letters import call_off_letter, settle_letter
from madoguchi.cases.models import (
    ActRow,
    CaseRow,
    ClashRow,
    DocumentRow,
    ExplanationRow,
    SignatureRow,
    TaskRow,
)
from madoguchi.cases.own_facts import LATE_REASON
from madoguchi.cases.record import CHOSEN, Record, head_is_clear, heads_after, read_record
from madoguchi.cases.representation import May, rights
from madoguchi.cases.roles import see_that_roles_are_said
from madoguchi.cases.states import Act, FactSource, TaskState, VisitorKind
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.fact_json import value_to_json

MOST_POINTS = 20_000


class CannotSign(ValueError):
    """Something is not in order yet; the sentence says what and where."""


class NobodyCame(CannotSign):
    """Nobody was identified yet."""

    def __init__(self) -> None:
        super().__init__(
            "窓口に来た人をまだ確かめていません。「来た人」の画面で本人確認をしてから署名へ進んでください。"
        )


class ClashesOpen(CannotSign):
    """A branch and the centre gave different values, and nobody has said yet which holds."""

    def __init__(self) -> None:
        super().__init__(
            "回線が切れていたあいだの支所の内容と食い違うところがあります。どちらが正しいかを決めてから署名へ進んでください。"
        )


class NotSigned(CannotSign):
    """Neither strokes nor a signed paper."""

    def __init__(self) -> None:
        super().__init__(
            "署名がありません。枠の中に署名してもらうか、署名済みの紙を確かめてしるしを付けてください。"
        )


class PeopleNotNamed(CannotSign):
    """Somebody was told of beforehand, and nobody said yet who they are."""

    def __init__(self) -> None:
        super().__init__(
            "前もって入力された人のうち、だれのことかを確かめていない人がいます。転出証明書か住民記録で、その人を入れてください。"
        )


class HeadUnclear(CannotSign):
    """Not exactly one 世帯主 in the household that comes of the move."""

    def __init__(self, heads: Sequence[str]) -> None:
        self.heads = tuple(heads)
        found = f"世帯主が{len(heads)}人（{'、'.join(heads)}）います" if heads else "世帯主がいません"
        super().__init__(
            f"届出のあとの世帯に{found}。「来た人・世帯」の画面で、ひとりを世帯主にし、ほかの人の続柄を直してください。"
        )


class VisitorMayNot(CannotSign):
    """Something is filed today that whoever came may not file."""

    def __init__(self, procedures: Sequence[str], note: str) -> None:
        self.procedures = tuple(procedures)
        super().__init__(
            f"来た人は「{'、'.join(procedures)}」を手続きできません。{note}確認の画面で選択を外すか、本人に来てもらってください。"
        )


class PadIsForThePerson(CannotSign):
    """A messenger at the pad: they carry what the person signed and sign nothing themselves."""

    def __init__(self) -> None:
        super().__init__(
            "使者は署名できません。本人が署名した届書を確かめて、「紙に署名してもらった」にしるしを付けてください。"
        )


class AlreadyWithCore(NotNow):
    """A withdrawal of what the core system may hold already."""

    def __init__(self) -> None:
        ValueError.__init__(
            self,
            "この受付の異動データは、もう基幹システムに渡っています。取下げはできません。"
            "誤りを直すときは訂正を、届出がなかったことにするときは住民記録の担当に「異動の取消し」を頼んでください。",
        )


class NoSuchDocument(LookupError, Http404):
    """No document of that number is missing in this case."""

    def __init__(self) -> None:
        super().__init__("その書類は、この受付の足りない書類にありません。画面を開き直してください。")


def choose(*, case: str, wanted: frozenset[str], by: Actor, now: datetime, version: int | None) -> None:
    """Say which optional procedures are applied for today (procedure:subject)."""
    with transaction.atomic():
        row = begin_act(case, Act.CHOOSE, version=version)
        if read_record(row).value(CHOSEN) == wanted:
            return
        given = {FactRef(CHOSEN, EVENT_SUBJECT): Given(wanted, FactSource.SAID)}
        finish_act(row, Act.CHOOSE, by=by, now=now, given=given)


def note_documents(*, case: str, missing: Sequence[tuple[str, str]], by: Actor, now: datetime) -> None:
    """Write down which documents are missing today (procedure, text): the case stays open for them (補正待ち)."""
    with transaction.atomic():
        row = begin_act(case, Act.NOTE_DOCUMENT, version=None)
        noted = {(one.procedure, one.text): one for one in DocumentRow.objects.filter(case=row)}
        wanted = dict.fromkeys(missing)
        dropped = [
            one.pk
            for key, one in noted.items()
            if key not in wanted and not (one.received_at or one.dropped_at)
        ]
        again = [one.pk for key, one in noted.items() if key in wanted and one.dropped_at]
        fresh = [key for key in wanted if key not in noted]
        if not (dropped or again or fresh):
            return
        DocumentRow.objects.filter(pk__in=dropped).update(dropped_at=now)
        DocumentRow.objects.filter(pk__in=again).update(dropped_at=None)
        DocumentRow.objects.bulk_create(
            DocumentRow(case=row, procedure=procedure, text=text, noted_at=now) for procedure, text in fresh
        )
        finish_act(row, Act.NOTE_DOCUMENT, by=by, now=now, detail=StepDetail(fields_asked=0))


def receive_document(*, case: str, document: int, by: Actor, now: datetime) -> None:
    """A missing document has come; saying so twice changes nothing. Raises NoSuchDocument."""
    with transaction.atomic():
        row = begin_act(case, Act.RECEIVE_DOCUMENT, version=None)
        due = DocumentRow.objects.filter(case=row, pk=document, dropped_at__isnull=True)
        if due.filter(received_at__isnull=True).update(received_at=now, received_by=by.name):
            finish_act(row, Act.RECEIVE_DOCUMENT, by=by, now=now)
        elif not due.exists():
            raise NoSuchDocument


def explain(*, case: str, procedure: str, index: int, by: Actor, now: datetime) -> None:
    """Tick that something was explained; a second tick changes nothing."""
    with transaction.atomic():
        row = begin_act(case, Act.EXPLAIN, version=None)
        _, made = ExplanationRow.objects.get_or_create(
            case=row, procedure=procedure, index=index, defaults={"by_name": by.name, "at": now}
        )
        if made:
            detail = StepDetail(procedure=procedure, explanation=f"{procedure}/{index}")
            finish_act(row, Act.EXPLAIN, by=by, now=now, detail=detail)


def note_late_reason(*, case: str, reason: str, by: Actor, now: datetime) -> None:
    """Keep why the notice is late, with what was said before; lateness never refuses a notice."""
    said = reason.strip()[:200]
    with transaction.atomic():
        row = begin_act(case, Act.NOTE_LATE, version=None)
        if row.late_reason == said:
            return
        given = {FactRef(LATE_REASON, EVENT_SUBJECT): Given(said, FactSource.SAID)}
        finish_act(row, Act.NOTE_LATE, by=by, now=now, given=given, late_reason=said)


def sign(
    *,
    case: str,
    strokes: Sequence[Sequence[tuple[int, int]]] | None,
    paper_signed: bool,
    by: Actor,
    now: datetime,
    version: int | None,
) -> None:
    """One signature over everything: on the pad (`strokes`) or on the printed confirmation. Tasks go out with it.

    Raises NobodyCame, NotSigned, PeopleNotNamed, ClashesOpen, HeadUnclear, RolesNotSaid, VisitorMayNot, PadIsForThePerson.
    """
    if not paper_signed and not (strokes and any(len(stroke) > 1 for stroke in strokes)):
        raise NotSigned
    if strokes and sum(map(len, strokes)) > MOST_POINTS:
        raise NotSigned
    with transaction.atomic():
        row = begin_act(case, Act.SIGN, version=version)
        record = read_record(row)
        if not record.value("notifier_kind"):
            raise NobodyCame
        if record.unnamed:
            raise PeopleNotNamed
        if ClashRow.objects.filter(case=row, settled_at__isnull=True).exists():
            raise ClashesOpen
        if not head_is_clear(record, EventKind(row.event_kind)):
            raise HeadUnclear(heads_after(record))
        judged = judge(row, record)
        see_that_roles_are_said(judged, record)
        _see_that_they_may(judged, record, paper_signed=paper_signed)
        drawn = [] if paper_signed else [[list(point) for point in stroke] for stroke in strokes or ()]
        put_signature(
            row, record, judged, kind="paper" if paper_signed else "pad", strokes=drawn, by=by, now=now
        )


def put_signature(
    row: CaseRow,
    record: Record,
    judged: Judged,
    *,
    kind: str,
    strokes: Sequence[Sequence[Sequence[int]]],
    by: Actor,
    now: datetime,
) -> None:
    """What every signature does, in the caller's transaction: it covers all that was said, and the tasks go out with it.

    `kind`: on the pad, on paper, or by the sign-in of who applies from home.
    """
    SignatureRow.objects.create(
        case=row,
        round=row.signed_round + 1,
        kind=kind,
        strokes=strokes,
        content_digest=content_digest(record, judged),
        at=now,
        by_name=by.name,
    )
    _send_tasks(row, judged, record, now)
    settle_letter(row, record, now=now)
    finish_act(
        row,
        Act.SIGN,
        by=by,
        now=now,
        detail=StepDetail(signatures=1),
        signed_round=row.signed_round + 1,
        parked=False,
    )


def _see_that_they_may(judged: Judged, record: Record, *, paper_signed: bool) -> None:
    if record.text("notifier_kind") == VisitorKind.MESSENGER.value and not paper_signed:
        raise PadIsForThePerson
    see_that_they_may_file(judged, record)


def see_that_they_may_file(judged: Judged, record: Record) -> None:
    """Raise VisitorMayNot when something is filed that whoever came, or applies, may not file."""
    refused = {
        key: right
        for key, right in rights(record, applied_for(judged, record)).items()
        if right.may is May.NO
    }
    if refused:
        names = dict.fromkeys(judged.pack.procedure(procedure).name for procedure, _ in refused)
        raise VisitorMayNot(list(names), next(iter(refused.values())).note)


def content_digest(record: Record, judged: Judged) -> str:
    """A digest of everything a signature stands for: facts and what is filed."""
    facts = sorted(
        (ref.subject, ref.key, value_to_json(held.value))
        for ref, held in record.facts.items()
        if held.value is not None
    )
    filed = sorted(f"{decision.procedure}:{decision.subject}" for decision in applied_for(judged, record))
    said = json.dumps([facts, filed], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _send_tasks(row: CaseRow, judged: Judged, record: Record, now: datetime) -> None:
    """Each department gets its part; what is no longer filed is called off."""
    filed = {(decision.procedure, decision.subject) for decision in applied_for(judged, record)}
    there = {(task.procedure, task.subject): task for task in TaskRow.objects.filter(case=row)}
    for key, task in there.items():
        if key not in filed and task.state != TaskState.DONE.value:
            TaskRow.objects.filter(pk=task.pk).update(state=TaskState.CANCELLED.value, changed_at=now)
        elif key in filed and task.state == TaskState.CANCELLED.value:
            TaskRow.objects.filter(pk=task.pk).update(state=TaskState.NEW.value, changed_at=now)
    TaskRow.objects.bulk_create(
        TaskRow(
            case=row,
            department=judged.pack.procedure(procedure).department,
            procedure=procedure,
            subject=subject,
            made_at=now,
            changed_at=now,
        )
        for procedure, subject in sorted(filed - set(there))
    )


def withdraw(*, case: str, reason: str, by: Actor, now: datetime, version: int | None) -> None:
    """The notice is taken back (取下げ); its tasks are called off. Raises AlreadyWithCore once the change has left."""
    with transaction.atomic():
        row = begin_act(case, Act.WITHDRAW, version=version)
        if left_for_core(row):
            raise AlreadyWithCore
        TaskRow.objects.filter(case=row).exclude(state=TaskState.DONE.value).update(
            state=TaskState.CANCELLED.value, changed_at=now
        )
        call_off_letter(row)
        finish_act(row, Act.WITHDRAW, by=by, now=now, detail=StepDetail(note=reason[:100]))


def left_for_core(row: CaseRow) -> bool:
    """Whether the core system may hold a change of this case: handed over, and not refused since."""
    kinds = (Act.HAND_OVER.value, Act.REFUSE.value)
    last = ActRow.objects.filter(case=row, kind__in=kinds).order_by("-number").first()
    return last is not None and last.kind == Act.HAND_OVER.value


def correct_after_signing(*, case: str, reason: str, by: Actor, now: datetime, version: int | None) -> None:
    """Open a signed case again because something was entered wrongly (訂正): new signature and review are needed then."""
    if not reason.strip():
        raise ReasonMissing
    with transaction.atomic():
        row = begin_act(case, Act.CORRECT_AFTER_SIGNING, version=version)
        finish_act(
            row, Act.CORRECT_AFTER_SIGNING, by=by, now=now, detail=StepDetail(note=reason.strip()[:100])
        )
