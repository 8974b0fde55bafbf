"""Reading cases: lists without personal data, and one case after its reading was written down."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from itertools import chain
from operator import attrgetter

from django.db.models import Count, Exists, OuterRef, Q

from madoguchi.audit.entries import Actor, Channel, Entry, Purpose
from madoguchi.audit.journeys import JourneyCounts, counted
from madoguchi.audit.operations import record_access
from madoguchi.audit.queries import KEYS_AT_ONCE, steps_of
from madoguchi.cases.acting import civil_day, find_case
from madoguchi.cases.following import earlier_has_changed
from madoguchi.cases.judging import Judged, judge, prompt_now
from madoguchi.cases.models import (
    ActRow,
    CaseRow,
    CertificateRow,
    DocumentRow,
    ExplanationRow,
    FactRow,
    PersonRow,
    TaskNoteRow,
    TaskRow,
)
from madoguchi.cases.record import ADDRESS_KEPT_OFF, Record, StandingRows, fold, read_record, standing_rows
from madoguchi.cases.representation import rights
from madoguchi.cases.roles import rights_in_roles
from madoguchi.cases.states import CAN_BE_UNDONE, TASK_ACTS, Act, CaseStatus, FactSource, TaskState
from madoguchi.cases.tasks import NoSuchTask
from madoguchi.cases.views import (
    CaseHeader,
    CaseView,
    CertificateRequest,
    CertificateWish,
    DocumentDue,
    Explained,
    NewerProcedures,
    ReviewLine,
    TaskView,
    VisitMark,
)
from madoguchi.catalogue.queries import current_revision
from madoguchi.procedures.decide import changes
from madoguchi.procedures.decisions import Change, Status
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT, FactRef, Value
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.fact_json import value_from_json
from madoguchi.residents.protection import ALLOWED_WHEN_PROTECTED, Audience, protected_people

FOUND_DAYS_BACK = 366
MOST_LINES = 500
AT_ITS_END = (CaseStatus.REGISTERED, CaseStatus.CLOSED)
ENDED = tuple(status.value for status in AT_ITS_END)
UNFINISHED = tuple(status.value for status in CaseStatus if status not in (*AT_ITS_END, CaseStatus.WITHDRAWN))
PROVISIONAL = (CaseStatus.IN_REVIEW.value, CaseStatus.APPROVED.value, CaseStatus.SENT.value)
STILL_MISSING = Q(received_at__isnull=True, dropped_at__isnull=True)


def header_of(row: CaseRow) -> CaseHeader:
    """The line that names a case."""
    return CaseHeader(
        id=row.public_id,
        number=row.number,
        code=row.code,
        event=EventKind(row.event_kind),
        status=CaseStatus(row.status),
        branch=row.branch,
        desk=row.desk,
        practice=row.practice,
        parked=row.parked,
        version=row.version,
        signed_round=row.signed_round,
        notified_on=row.notified_on,
        late_reason=row.late_reason,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        opened_by_name=row.opened_by_name,
        last_entered_by=row.last_entered_by,
        revision=row.revision,
        language=row.language,
        follows=row.follows.number if row.follows else "",
        channel=Channel(row.channel),
    )


def case_view(*, case: str, actor: Actor, purpose: Purpose, screen: str, now: datetime) -> CaseView:
    """One case for a clerk, after writing down that its people are read. Raises NoSuchCase."""
    row = find_case(case)
    rows = standing_rows(row)
    record = fold(rows)
    _written_down(row, record, actor=actor, purpose=purpose, screen=screen, now=now)
    judged = judge(row, record)
    return CaseView(
        header=header_of(row),
        record=record,
        judged=judged,
        prompt=prompt_now(judged, record)
        if row.status == CaseStatus.HEARING.value and record.people
        else None,
        changes=_changes_of_last_answer(row, rows, record, judged),
        explained={
            (one.procedure, one.index): Explained(one.by_name, one.at)
            for one in ExplanationRow.objects.filter(case=row)
        },
        documents=tuple(
            DocumentDue(one.pk, one.procedure, one.text, one.received_at is not None)
            for one in DocumentRow.objects.filter(case=row, dropped_at__isnull=True).order_by("pk")
        ),
        certificates=tuple(
            CertificateWish(one.kind, one.copies, one.fee_yen, may_be_issued=row.status in ENDED)
            for one in CertificateRow.objects.filter(case=row).order_by("kind")
        ),
        tasks=tuple(_task_view(task) for task in _tasks(Q(case=row))),
        address_shown=address_may_appear(record, audience=Audience.CLERK, on=civil_day(now)),
        can_undo=any(act.kind in {one.value for one in CAN_BE_UNDONE} for act in record.acts),
        earlier_changed=earlier_has_changed(row, record),
        newer_revision=current_revision() != row.revision,
        rights=rights(record, judged.with_status(Status.MUST, Status.OPTIONAL))
        | rights_in_roles(record, judged),
    )


def newer_procedures(*, case: str) -> NewerProcedures | None:
    """What moving the case to the newest published procedures would change; None when it is decided by them already."""
    row = find_case(case)
    newest = current_revision()
    if newest == row.revision:
        return None
    record = read_record(row)
    after = judge(row, record, revision=newest)
    return NewerProcedures(newest, after.pack, changes(judge(row, record).decisions, after.decisions))


def keys_about(*, case: str, subject: str) -> list[str]:
    """Under which keys the audit knows the people whom a task is about: one of the case, or everybody in it."""
    people = read_record(find_case(case)).people
    return [
        person.resident_no or f"{case}/{person.ref}"
        for person in people
        if subject in (person.ref, HOUSEHOLD_SUBJECT)
    ]


def _written_down(
    row: CaseRow, record: Record, *, actor: Actor, purpose: Purpose, screen: str, now: datetime
) -> None:
    if not record.people:
        return
    record_access(
        actor=actor,
        purpose=Purpose.PRACTICE if row.practice else purpose,
        authority=purpose.value,
        person_keys=[person.resident_no or f"{row.public_id}/{person.ref}" for person in record.people],
        fields=sorted({ref.key for ref in record.facts}),
        case=row.public_id,
        screen=screen,
        now=now,
    )


def address_may_appear(record: Record, *, audience: Audience, on: date) -> bool:
    """Whether the addresses of this case may appear before an audience: not when anybody in it is to be kept off."""
    if audience in ALLOWED_WHEN_PROTECTED:
        return True
    if record.value(ADDRESS_KEPT_OFF) is True:
        return False
    return not protected_people((person.resident_no for person in record.people if person.resident_no), on=on)


def _changes_of_last_answer(
    row: CaseRow, rows: StandingRows, record: Record, judged: Judged
) -> tuple[Change, ...]:
    if not record.acts or record.acts[-1].kind not in (Act.ANSWER.value, Act.CORRECT_FACT.value):
        return ()
    before = judge(row, fold(rows, before_act=record.acts[-1].number), calendar=judged.calendar)
    return changes(before.decisions, judged.decisions)


def worklist(*, branch: str, now: datetime, number: str = "") -> tuple[CaseHeader, ...]:
    """The cases of a branch that still need something, and today's that are done; newest first. No personal data.

    A case needs something until it is registered and its last missing document has come, however long ago it began.
    With a `number` the cases of every branch are looked through: a case that was put aside goes on anywhere. What somebody
    is still writing at home is theirs alone, until they submit it.
    """
    today = civil_day(now)
    unsent = Q(home__isnull=False, home__submitted_at__isnull=True)
    if number:
        since = today - timedelta(days=FOUND_DAYS_BACK)
        rows = CaseRow.objects.filter(number__iexact=number.strip(), day__gte=since)
    else:
        waiting = DocumentRow.objects.filter(STILL_MISSING).values("case")
        rows = CaseRow.objects.filter(branch=branch).filter(
            Q(day=today) | Q(status__in=UNFINISHED) | Q(status__in=ENDED, pk__in=waiting)
        )
    rows = rows.exclude(unsent)
    return tuple(header_of(row) for row in rows.select_related("follows").order_by("-pk")[:MOST_LINES])


def cases_of_ticket(*, ticket: str) -> tuple[CaseHeader, ...]:
    """The cases that belong to one visit's number, the first one first. No personal data."""
    rows = CaseRow.objects.filter(ticket=ticket).exclude(ticket="").select_related("follows").order_by("pk")
    return tuple(header_of(row) for row in rows)


def open_documents(cases: Iterable[str]) -> dict[str, int]:
    """How many documents are still missing, by case."""
    rows = DocumentRow.objects.filter(STILL_MISSING, case__public_id__in=list(cases))
    return dict(rows.values_list("case__public_id").annotate(n=Count("pk")))


def waiting_for_review(*, actor: Actor) -> tuple[ReviewLine, ...]:
    """Signed cases that a second officer has to check."""
    own = ActRow.objects.filter(
        Q(facts__isnull=False) | Q(kind=Act.SIGN.value),
        case=OuterRef("pk"),
        by=actor.staff_id,
        undone_at__isnull=True,
    )
    rows = CaseRow.objects.filter(status=CaseStatus.IN_REVIEW.value).annotate(own=Exists(own))
    return tuple(
        ReviewLine(header_of(row), not row.own and actor.staff_id not in (row.last_entered_by, row.opened_by))
        for row in rows.select_related("follows").order_by("pk")[:MOST_LINES]
    )


def department_tasks(*, departments: Collection[str]) -> tuple[TaskView, ...]:
    """The tasks of these duties of a department that are open, and today's finished ones; oldest first."""
    theirs = Q(department__in=departments) & ~Q(state=TaskState.CANCELLED.value)
    return tuple(_task_view(task) for task in _tasks(theirs))


def task_view(*, task: int, departments: Collection[str]) -> TaskView:
    """One task of these duties of a department. Raises NoSuchTask."""
    for row in _tasks(Q(pk=task, department__in=departments)):
        notes = TaskNoteRow.objects.filter(task=row).order_by("pk").values_list("at", "by_name", "text")
        return _task_view(row, tuple(f"{name}: {text}" for _, name, text in notes))
    raise NoSuchTask


def _tasks(condition: Q) -> Iterable[TaskRow]:
    due = Q(case__documents__received_at__isnull=True, case__documents__dropped_at__isnull=True)
    missing = Count("case__documents", filter=due, distinct=True)
    return (
        TaskRow.objects.filter(condition)
        .select_related("case")
        .annotate(missing=missing)
        .order_by("pk")[:500]
    )


def _task_view(row: TaskRow, notes: tuple[str, ...] = ()) -> TaskView:
    state = TaskState(row.state)
    return TaskView(
        id=row.pk,
        case=row.case.public_id,
        number=row.case.number,
        branch=row.case.branch,
        desk=row.case.desk,
        department=row.department,
        procedure=row.procedure,
        subject=row.subject,
        state=state,
        version=row.version,
        by_name=row.by_name,
        made_at=row.made_at,
        changed_at=row.changed_at,
        acts=tuple(TASK_ACTS[state]),
        missing=getattr(row, "missing", 0),
        practice=row.case.practice,
        notes=notes,
        channel=Channel(row.case.channel),
    )


def fact_history(
    *, case: str, ref: FactRef
) -> tuple[tuple[datetime, Value | None, FactSource, str, bool], ...]:
    """Everything that was ever held of a fact: when, what, from where, why, and whether it still stands."""
    rows = (
        FactRow.objects.filter(case__public_id=case, key=ref.key, subject=ref.subject)
        .select_related("act")
        .order_by("pk")
    )
    return tuple(
        (
            row.known_since,
            None if row.value is None else value_from_json(row.value),
            FactSource(row.source),
            row.reason,
            row.act.undone_at is None,
        )
        for row in rows
    )


def history(*, case: str) -> tuple[Entry, ...]:
    """The steps of a case as the audit holds them."""
    find_case(case)
    return steps_of(case)


def journey_counts(*, case: str) -> JourneyCounts:
    """What the visit of this case cost the resident, from the recorded steps alone: its number's too, where it has one."""
    ticket = find_case(case).ticket
    together = {case: steps_of(case)}
    if ticket:
        others = CaseRow.objects.filter(ticket=ticket).values_list("public_id", flat=True)
        together |= {key: steps_of(key) for key in (ticket, *others)}
    return counted(sorted(chain.from_iterable(together.values()), key=attrgetter("at", "id")))


def visit_marks(cases: Collection[str]) -> dict[str, VisitMark]:
    """What a statistic may know of these cases: the kind of event, branch, desk, practice. No people, no facts."""
    found: dict[str, VisitMark] = {}
    keys = sorted(cases)
    for place in range(0, len(keys), KEYS_AT_ONCE):
        rows = CaseRow.objects.filter(public_id__in=keys[place : place + KEYS_AT_ONCE])
        for public_id, event, branch, desk, practice in rows.values_list(
            "public_id", "event_kind", "branch", "desk", "practice"
        ):
            found[public_id] = VisitMark(EventKind(event), branch, desk, practice)
    return found


def practice_case(*, number: str, on: date) -> str | None:
    """The practice case with this number on a day; None for a real one or none."""
    row = CaseRow.objects.filter(number=number.strip().upper(), day=on, practice=True).order_by("-pk").first()
    return row.public_id if row else None


def certificate_wishes(row: CaseRow) -> tuple[tuple[str, int, int], ...]:
    """Certificates asked for in a case: kind, copies, fee in yen."""
    rows = CertificateRow.objects.filter(case=row).order_by("kind")
    return tuple(rows.values_list("kind", "copies", "fee_yen"))


def certificate_blocked(*, resident_no: str) -> str | None:
    """Why no certificate with the new data can be given out for a person yet, as a sentence; None when nothing is 仮."""
    rows = PersonRow.objects.filter(
        resident_no=resident_no,
        act__undone_at__isnull=True,
        case__status__in=PROVISIONAL,
        case__practice=False,
    )
    numbers = sorted(set(rows.values_list("case__number", flat=True)))
    if not numbers:
        return None
    return f"受付 {'、'.join(numbers)} の届出がまだ仮の記録です。住民記録に登録されてから、新しい内容の証明書を出してください。"


def certificate_requests(*, branch: str = "") -> tuple[CertificateRequest, ...]:
    """Certificates that signed visits asked for, newest first; `blocked` while the change itself is still 仮.

    No personal data: the case's number is what the core system's operator looks for.
    """
    rows = CertificateRow.objects.filter(case__practice=False, case__signed_round__gt=0).exclude(
        case__status=CaseStatus.WITHDRAWN.value
    )
    if branch:
        rows = rows.filter(case__branch=branch)
    return tuple(
        CertificateRequest(
            case=row.case.public_id,
            day=row.case.day,
            number=row.case.number,
            kind=row.kind,
            copies=row.copies,
            fee_yen=row.fee_yen,
            blocked=row.case.status not in ENDED,
        )
        for row in rows.select_related("case").order_by("-case_id", "kind")[:500]
    )
