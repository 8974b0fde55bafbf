"""Whose application it is, and where it stands (申請の状況). Whoever asks for another's is told that there is none.

A resident sees what was applied for in their own name, by themselves or by who acts for them; an agent only what they
applied for by the mandate that holds now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import router

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.cases.acting import CASE_FIELDS, case_of, civil_day
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.from_home.states import HOME_ACTS, HomeAct, HomeState, state_of
from madoguchi.cases.judging import Judged
from madoguchi.cases.models import AttachmentRow, CaseRow, CorrectionWishRow, HomeCaseRow, ReviewRow, TaskRow
from madoguchi.cases.read_once import KnownCase, now_known
from madoguchi.cases.record import Record
from madoguchi.cases.states import CaseStatus, TaskState
from madoguchi.compiled import CompiledQuery
from madoguchi.procedures.situation import EventKind

MOST_LISTED = 50
# In these a case has no tasks that could say more of where it stands (`state_of`).
TELL_BY_THEMSELVES = frozenset({CaseStatus.HEARING, CaseStatus.WITHDRAWN})


_HOME_FIELDS = tuple(one.attname for one in HomeCaseRow._meta.concrete_fields)
_WITH_CASE = (*_HOME_FIELDS, *(f"case__{one}" for one in CASE_FIELDS))
# By number and by whose it is at once: another's is not read before it is refused, and takes no longer than what is not there.
_FOUND = CompiledQuery(
    lambda number, principal: HomeCaseRow.objects.filter(number=number, principal_no=principal).values_list(
        *_WITH_CASE
    )
)
_FOUND_OF_AGENT = CompiledQuery(
    lambda number, principal, account, mandate: HomeCaseRow.objects.filter(
        number=number, principal_no=principal, account=account, mandate=mandate
    ).values_list(*_WITH_CASE)
)
_LISTED = CompiledQuery(
    lambda principal: (
        HomeCaseRow.objects.filter(principal_no=principal)
        .order_by("-pk")
        .values_list(*_WITH_CASE)[:MOST_LISTED]
    )
)
_LISTED_OF_AGENT = CompiledQuery(
    lambda principal, account, mandate: (
        HomeCaseRow.objects.filter(principal_no=principal, account=account, mandate=mandate)
        .order_by("-pk")
        .values_list(*_WITH_CASE)[:MOST_LISTED]
    )
)
_FILES = CompiledQuery(
    lambda case: (
        AttachmentRow.objects.filter(case=case, dropped_at__isnull=True)
        .order_by("pk")
        .values_list("public_id", "procedure", "text", "kind", "size", "digest", "added_at")
    )
)


class NotYours(LookupError):
    """No such application, or not of whoever asks: told alike."""


class NotNowFromHome(ValueError):
    """What was wanted does not fit where the application stands; the sentence says what can be done instead."""

    def __init__(self, act: HomeAct, state: HomeState) -> None:
        self.act, self.state = act, state
        super().__init__(_SENTENCES[state])


_SENTENCES = {
    HomeState.FILLING: "まだ出していない申請です。続きを書いて、最後に「申請する」を押してください。",
    HomeState.RECEIVED: "もう受け付けた申請なので、内容は変えられません。直したいときは「訂正を申し出る」から知らせてください。",
    HomeState.CHECKING: "市役所が確認している申請なので、内容は変えられません。直したいときは「訂正を申し出る」から知らせてください。",
    HomeState.SENT_BACK: "いま、直していただいている申請です。直してから、もう一度「申請する」を押してください。",
    HomeState.DECIDED: "手続きが終わった申請なので、変えたり取り下げたりできません。市役所にお問い合わせください。",
    HomeState.WITHDRAWN: "取り下げた申請です。もう一度申請するときは、はじめから書いてください。",
}


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of an application (添付ファイル): never its contents, never the name that it came with."""

    id: str
    procedure: str
    text: str
    kind: str
    size: int
    digest: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class HomeLine:
    """An application in a list (申請の一覧の行); no personal data."""

    number: str
    event: EventKind
    procedure: str
    revision: str
    state: HomeState
    opened_at: datetime
    submitted_at: datetime | None
    by_agent: bool


@dataclass(frozen=True, slots=True)
class HomeTask:
    """What one department does with an application (課の手続きの状況)."""

    procedure: str
    subject: str
    department: str
    state: TaskState


@dataclass(frozen=True, slots=True)
class HomeCase:
    """A whole application as its resident sees it (申請). `note`: why it was sent back.

    `judged`: what it files; `whole`: everything that the event asks for, of which the rest is done at the counter;
    `known`: where these are from.
    """

    line: HomeLine
    case: str
    case_number: str
    version: int
    language: str
    record: Record
    judged: Judged
    whole: Judged
    tasks: tuple[HomeTask, ...]
    files: tuple[AttachedFile, ...]
    wishes: tuple[tuple[datetime, str], ...]
    note: str
    consent_version: str
    may: frozenset[HomeAct]
    known: KnownCase


def home_row(number: str, who: Applicant) -> HomeCaseRow:
    """The row of an application that is theirs to see. Raises NotYours."""
    if who.mandate is None:
        row = _FOUND.first(number, who.principal_no)
    else:
        row = _FOUND_OF_AGENT.first(number, who.principal_no, who.account, who.mandate.public_id)
    if row is None:
        raise NotYours
    return _home_of(row)


def _home_of(row: Sequence[Any]) -> HomeCaseRow:
    found = HomeCaseRow.from_db(router.db_for_read(HomeCaseRow), _HOME_FIELDS, row[: len(_HOME_FIELDS)])
    found.case = case_of(row[len(_HOME_FIELDS) :])
    return found


def now_standing(row: CaseRow, *, submitted: bool) -> HomeState:
    """Where the application of a case stands."""
    status = CaseStatus(row.status)
    if status in TELL_BY_THEMSELVES:
        return state_of(status, (), submitted=submitted)
    states = TaskRow.objects.filter(case=row).values_list("state", flat=True)
    return state_of(status, [TaskState(one) for one in states], submitted=submitted)


def see_that_it_may(home: HomeCaseRow, act: HomeAct) -> HomeState:
    """Raise NotNowFromHome unless the table lets a resident do this now."""
    state = now_standing(CaseRow.objects.get(pk=home.case_id), submitted=home.submitted_at is not None)
    if act not in HOME_ACTS[state]:
        raise NotNowFromHome(act, state)
    return state


def dated_today(row: CaseRow, home: HomeCaseRow, *, now: datetime) -> CaseRow:
    """The case with the day of its notice: today until it is submitted, and from then on the day on which it was."""
    today = civil_day(now)
    if home.submitted_at is None and row.notified_on != today and row.status == CaseStatus.HEARING.value:
        CaseRow.objects.filter(pk=row.pk).update(notified_on=today)
        row.notified_on = today
    return row


def home_case(*, number: str, who: Applicant, by: Actor, screen: str, now: datetime) -> HomeCase:
    """One application, after writing down that its people are read. Raises NotYours."""
    home = home_row(number, who)
    row = dated_today(home.case, home, now=now)
    known = now_known(row)
    _written_down(row, known.record, by=by, screen=screen, now=now)
    return _seen(home, row, known)


def home_case_to_act_on(*, number: str, who: Applicant, now: datetime) -> HomeCase:
    """One application for an act of its resident, which the audit names by itself, or to send them on. Raises NotYours.

    Nothing of it may be shown: whoever shows something asks `home_case`, which writes the reading down first.
    """
    home = home_row(number, who)
    row = dated_today(home.case, home, now=now)
    return _seen(home, row, now_known(row))


def _written_down(row: CaseRow, record: Record, *, by: Actor, screen: str, now: datetime) -> None:
    record_access(
        actor=by,
        purpose=Purpose.FROM_HOME,
        authority="resident",
        person_keys=[person.resident_no or f"{row.public_id}/{person.ref}" for person in record.people],
        fields=sorted({ref.key for ref in record.facts}),
        case=row.public_id,
        screen=screen,
        now=now,
    )


def _seen(home: HomeCaseRow, row: CaseRow, known: KnownCase) -> HomeCase:
    # What was never submitted has gone to nobody: no tasks, nothing sent back, nothing wished.
    sent = home.submitted_at is not None
    tasks = tuple(TaskRow.objects.filter(case=row).order_by("pk")) if sent else ()
    state = state_of(CaseStatus(row.status), [TaskState(one.state) for one in tasks], submitted=sent)
    whole = known.judged if home.procedure else known.whole
    return HomeCase(
        line=_line(home, state),
        case=row.public_id,
        case_number=row.number,
        version=row.version,
        language=row.language,
        record=known.record,
        judged=known.judged,
        whole=whole,
        tasks=tuple(
            HomeTask(one.procedure, one.subject, one.department, TaskState(one.state))
            for one in tasks
            if one.state != TaskState.CANCELLED.value
        ),
        files=files_of(row),
        wishes=_wishes(row) if sent else (),
        note=_why_sent_back(row) if state is HomeState.SENT_BACK else "",
        consent_version=home.consent_version,
        may=HOME_ACTS[state],
        known=known,
    )


def _why_sent_back(row: CaseRow) -> str:
    back = ReviewRow.objects.filter(case=row, approved=False).order_by("-pk").first()
    return back.note if back is not None else ""


def files_of(row: CaseRow) -> tuple[AttachedFile, ...]:
    """The files of a case that were not taken away again."""
    return tuple(AttachedFile(*one) for one in _FILES.rows(row.pk))


def home_lines(*, who: Applicant) -> tuple[HomeLine, ...]:
    """The applications of whoever asks, newest first."""
    if who.mandate is None:
        rows = _LISTED.rows(who.principal_no)
    else:
        rows = _LISTED_OF_AGENT.rows(who.principal_no, who.account, who.mandate.public_id)
    found = [_home_of(row) for row in rows]
    states: dict[int, list[TaskState]] = {}
    sent = [one.case_id for one in found if CaseStatus(one.case.status) not in TELL_BY_THEMSELVES]
    if sent:
        tasks = TaskRow.objects.filter(case__in=sent)
        for case, state in tasks.values_list("case_id", "state"):
            states.setdefault(case, []).append(TaskState(state))
    return tuple(
        _line(
            one,
            state_of(
                CaseStatus(one.case.status),
                states.get(one.case_id, []),
                submitted=one.submitted_at is not None,
            ),
        )
        for one in found
    )


def _line(home: HomeCaseRow, state: HomeState) -> HomeLine:
    return HomeLine(
        number=home.number,
        event=EventKind(home.case.event_kind),
        procedure=home.procedure,
        revision=home.case.revision,
        state=state,
        opened_at=home.case.opened_at,
        submitted_at=home.submitted_at,
        by_agent=bool(home.mandate),
    )


@dataclass(frozen=True, slots=True)
class HomePart:
    """What a case from home has beside any other, for the office (オンライン申請の添え物)."""

    number: str
    submitted_at: datetime | None
    by_agent: bool
    files: tuple[AttachedFile, ...]
    wishes: tuple[tuple[datetime, str], ...]


def home_part(*, case: str) -> HomePart | None:
    """The files and wishes of a case that was applied for from home; None for any other, and before it was submitted.

    The reading of the case itself has been written down by whoever asks.
    """
    home = HomeCaseRow.objects.select_related("case").filter(case__public_id=case).first()
    if home is None or home.submitted_at is None:
        return None
    return HomePart(
        home.number, home.submitted_at, bool(home.mandate), files_of(home.case), _wishes(home.case)
    )


def _wishes(row: CaseRow) -> tuple[tuple[datetime, str], ...]:
    return tuple(CorrectionWishRow.objects.filter(case=row).order_by("pk").values_list("at", "text"))
