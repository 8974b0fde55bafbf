"""Which cases are at their end, since when, and erasing them with everything that hangs on them (受付の廃棄).

At its end: registered, closed or withdrawn, no task or decision open, no document, payment, letter or clash outstanding.
Cases of one day that follow each other are one matter: none goes before all may go.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, Max, Model, OuterRef, Q, QuerySet, Subquery

from madoguchi.audit.entries import Channel
from madoguchi.audit.erasing import erasing
from madoguchi.cases import desk_tables as desk
from madoguchi.cases import models as tables
from madoguchi.cases.acting import JAPAN
from madoguchi.cases.from_home import strong_room
from madoguchi.cases.interpreter_tables import InterpreterCallRow
from madoguchi.cases.states import CaseStatus, LetterState, PayState, TaskState

_AT_ITS_END = (CaseStatus.REGISTERED.value, CaseStatus.CLOSED.value, CaseStatus.WITHDRAWN.value)
_TASK_OVER = (TaskState.DONE.value, TaskState.CANCELLED.value)
_ASKED_AT_ONCE = 500
# Whatever was done last to a case, as table, its way to the case, and when.
_DONE: tuple[tuple[type[Model], str, str], ...] = (
    (tables.ActRow, "case", "at"),
    (tables.TaskRow, "case", "changed_at"),
    (tables.TaskNoteRow, "task__case", "at"),
    (tables.DocumentRow, "case", "received_at"),
    (tables.LetterRow, "case", "sent_at"),
    (tables.CertificateRow, "case", "handed_over_at"),
    (tables.CertificatePaymentRow, "case", "paid_at"),
    (tables.HomeFeeRow, "case", "paid_at"),
    (tables.CorrectionWishRow, "case", "at"),
    (tables.ClashRow, "case", "settled_at"),
    (desk.TaskMessageRow, "task__case", "at"),
    (desk.RulingRow, "task__case", "at"),
    (desk.RulingAnswerRow, "ruling__task__case", "at"),
    (desk.ResultPaperRow, "case", "issued_at"),
)
# What is still to come of a case.
_OPEN: tuple[tuple[type[Model], str, Q], ...] = (
    (tables.TaskRow, "case", ~Q(state__in=_TASK_OVER)),
    (tables.ClashRow, "case", Q(settled_at__isnull=True)),
    (tables.CertificatePaymentRow, "case", Q(state=PayState.ASKED.value)),
    (tables.HomeFeeRow, "case", Q(state=PayState.ASKED.value)),
    (desk.RulingRow, "task__case", Q(answer__isnull=True)),
)
# And, unless it was withdrawn, of one that was filed.
_OPEN_IF_FILED: tuple[tuple[type[Model], str, Q], ...] = (
    (tables.DocumentRow, "case", Q(received_at__isnull=True, dropped_at__isnull=True)),
    (tables.LetterRow, "case", Q(state=LetterState.DUE.value)),
)
# Everything of a case, what hangs on others before what it hangs on.
_PARTS: tuple[tuple[type[Model], str], ...] = (
    (desk.NoticeRow, "address__case__in"),
    (desk.NoticeAddressRow, "case__in"),
    (desk.MessageReadRow, "message__task__case__in"),
    (desk.TaskMessageRow, "task__case__in"),
    (desk.ResultPaperRow, "case__in"),
    (desk.RulingAnswerRow, "ruling__task__case__in"),
    (desk.RulingRow, "task__case__in"),
    (tables.TaskNoteRow, "task__case__in"),
    (tables.TaskRow, "case__in"),
    (tables.LetterRow, "case__in"),
    (tables.CertificatePaymentRow, "case__in"),
    (tables.CertificateRow, "case__in"),
    (tables.ReviewRow, "case__in"),
    (tables.SignatureRow, "case__in"),
    (tables.DocumentRow, "case__in"),
    (tables.ExplanationRow, "case__in"),
    (desk.GivenNumberRow, "case__in"),
    (InterpreterCallRow, "case__in"),
    (tables.AttachmentRow, "case__in"),
    (tables.CorrectionWishRow, "case__in"),
    (tables.HomeFeeRow, "case__in"),
    (tables.HomeCaseRow, "case__in"),
    (tables.PreparedRow, "case__in"),
    (tables.FactRow, "case__in"),
    (tables.PersonRow, "case__in"),
)


def ended_cases(
    *, channel: Channel, before: date, kept: frozenset[str], only: Collection[str] | None = None
) -> dict[str, date]:
    """Cases of this channel that ended on `before` at the latest, with the day; those that follow others first.

    `kept`: cases that stay, and with them whatever is one matter with them. `only`: of these cases, and then of each
    only what nothing outside them follows any more, so that it can be erased now.
    """
    rows = _ended(before).filter(channel=channel.value)
    if only is not None:
        # Nobody acts on them from here on to the end of the caller's transaction.
        list(
            tables.CaseRow.objects.select_for_update().filter(public_id__in=only).order_by("pk").values("pk")
        )
        later = tables.CaseRow.objects.filter(follows=OuterRef("pk")).exclude(public_id__in=only)
        rows = rows.filter(public_id__in=only).exclude(Exists(later))
    found = {row.public_id: _day(row) for row in rows.order_by("-pk").iterator(chunk_size=2000)}
    staying = set(kept)
    for matter in _matters(found):
        over = set(_ended(before).filter(public_id__in=matter).values_list("public_id", flat=True))
        if over != matter or matter & kept:
            staying |= matter
    return {one: day for one, day in found.items() if one not in staying}


def _ended(before: date) -> QuerySet[tables.CaseRow]:
    """Every case with nothing open and nothing done since that day; `last_…`: when each kind of thing was last done."""
    since = datetime.combine(before + timedelta(days=1), time.min, tzinfo=JAPAN)
    rows = tables.CaseRow.objects.filter(status__in=_AT_ITS_END, practice=False)
    for model, way, still in _OPEN:
        rows = rows.exclude(Exists(_of_case(model, way).filter(still)))
    for model, way, still in _OPEN_IF_FILED:
        rows = rows.exclude(~Q(status=CaseStatus.WITHDRAWN.value), Exists(_of_case(model, way).filter(still)))
    for nth, (model, way, when) in enumerate(_DONE):
        rows = rows.exclude(Exists(_of_case(model, way).filter(**{f"{when}__gte": since})))
        last = _of_case(model, way).order_by().values(way).annotate(last=Max(when)).values("last")
        rows = rows.annotate(**{f"last_{nth}": Subquery(last)})
    return rows


def _of_case(model: type[Model], way: str) -> QuerySet[Model]:
    return model._default_manager.filter(**{way: OuterRef("pk")})


def _day(row: tables.CaseRow) -> date:
    """The day in Japan on which the last thing was done."""
    moments: Iterable[datetime | None] = (getattr(row, f"last_{nth}") for nth in range(len(_DONE)))
    return max((one for one in moments if one), default=row.opened_at).astimezone(JAPAN).date()


def _matters(cases: Collection[str]) -> Iterator[set[str]]:
    """The cases of each matter of more than one case that one of these belongs to."""
    seen: set[str] = set()
    for case in _linked(cases):
        if case in seen:
            continue
        matter, fresh = {case}, {case}
        while fresh:
            pairs = _pairs(Q(public_id__in=fresh) | Q(follows__public_id__in=fresh))
            fresh = {one for pair in pairs for one in pair} - matter
            matter |= fresh
        seen |= matter
        yield matter


def _linked(cases: Collection[str]) -> Iterator[str]:
    """Which of these follow a case or are followed by one."""
    listed = list(cases)
    for start in range(0, len(listed), _ASKED_AT_ONCE):
        some = set(listed[start : start + _ASKED_AT_ONCE])
        for pair in _pairs(Q(public_id__in=some) | Q(follows__public_id__in=some)):
            yield from (one for one in pair if one in some)


def _pairs(which: Q) -> Iterable[tuple[str, str]]:
    rows = tables.CaseRow.objects.filter(which, follows__isnull=False)
    return list(rows.values_list("public_id", "follows__public_id"))


def named_case(*, number: str, day: date | None, channel: Channel) -> str | None:
    """The case that a paper names: by the number of an application from home, or by its number at the counter and its day.

    None where there is none, or more than one (two branches may give the same number: then by the identifier of its address).
    """
    rows = tables.CaseRow.objects.filter(practice=False, channel=channel.value)
    named = Q(public_id=number) | Q(home__number=number) | Q(number=number, day=day)
    found = list(rows.filter(named).values_list("public_id", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def erase_cases(cases: Sequence[str]) -> int:
    """Erase these cases, in the caller's transaction; how many rows are gone. Their files go once that is committed.

    Whatever becomes of the process then, the next round of the worker sweeps files that no row speaks of.
    """
    rows = tables.CaseRow.objects.filter(public_id__in=cases)
    files = list(tables.AttachmentRow.objects.filter(case__in=rows).values_list("public_id", flat=True))
    arrived = tables.BranchActRow.objects.filter(case__in=cases)
    with erasing({model._meta.db_table for model, _ in _PARTS}):
        gone = tables.ClashRow.objects.filter(Q(case__in=rows) | Q(came_with__in=arrived)).delete()[0]
        gone += arrived.delete()[0]
        gone += sum(model._default_manager.filter(**{way: rows}).delete()[0] for model, way in _PARTS)
        gone += tables.ActRow.objects.filter(case__in=rows).delete()[0]
        followed = tables.CaseRow.objects.filter(follows=OuterRef("pk"))
        while ends := rows.filter(~Exists(followed)).delete()[0]:
            gone += ends
    for file in files:
        transaction.on_commit(partial(strong_room.destroy, file))
    return gone
