"""The paper that tells a decision (結果の書面): what stands on it, its number and check code, and as PDF.

1. With the ruling: what stands on it is written down whole, so that it says the same however often it is printed.
2. No address is on it, whoever it is for (支援措置); who it is for and about, by name.
3. Printed outside of any transaction; the reading was written down before.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from madoguchi.cases.acting import civil_day
from madoguchi.cases.desk_tables import ResultPaperRow, RulingRow
from madoguchi.cases.models import TaskRow
from madoguchi.cases.record import Record, of_age, read_record
from madoguchi.cases.states import RulingKind
from madoguchi.city.queries import departments, profile
from madoguchi.papers.operations import render_ruling
from madoguchi.papers.values import RenderedPaper, RulingValues
from madoguchi.procedures.facts import CLAIMANT, HOUSEHOLD_SUBJECT
from madoguchi.procedures.packs import Procedure

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another when read aloud
NUMBER_LENGTH = CODE_LENGTH = 8


class NoSuchPaper(LookupError):
    """No result document of that number, or not with that code: told alike."""

    def __init__(self) -> None:
        super().__init__(
            "この番号と確認コードの書面は見つかりません。紙に書かれた番号とコードを、もう一度お確かめください。"
        )


@dataclass(frozen=True, slots=True)
class ResultPaper:
    """A result document as lists show it; nothing of whoever it is for."""

    nth: int
    number: str
    kind: RulingKind
    procedure: str
    issued_on: date
    stands: bool


def issue_paper(
    task: TaskRow, ruling: RulingRow, *, procedure: Procedure | None, before: RulingRow | None, now: datetime
) -> None:
    """Write down what the paper says, in the caller's transaction, which holds the lock of the task."""
    # The case's row, so that two tasks of one case number their papers one after the other.
    case = type(task.case).objects.select_for_update().get(pk=task.case_id)
    record = read_record(case)
    earlier = ResultPaperRow.objects.filter(ruling=before).first() if before else None
    ResultPaperRow.objects.create(
        ruling=ruling, case=case, nth=ResultPaperRow.objects.filter(case=case).count() + 1, number=_new_number(),
        code="".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)), issued_at=now,
        body={
            "municipality": profile().name,
            "sender": profile().mayor_title,
            "office": departments().get(task.department, ""),
            "case": case.number,
            "procedure": procedure.name if procedure else task.procedure,
            "law": procedure.law if procedure else "",
            "to": record.name_of(_addressee(record, task)) if record.people else "",
            "about": record.name_of(task.subject) if task.subject != HOUSEHOLD_SUBJECT else "",
            "kind": ruling.kind,
            "received_on": civil_day(task.made_at).isoformat(),
            "decided_on": civil_day(now).isoformat(),
            "reason": ruling.reason,
            "objection": ruling.objection,
            "objection_law": procedure.ruling.law if procedure and ruling.objection == procedure.ruling.objection else "",
            "appeal_first": bool(procedure and procedure.ruling.appeal_first),
            "replaces": earlier.number if earlier else "",
        },
    )  # fmt: skip


def rendered(*, case: str, nth: int, address: str) -> RenderedPaper:
    """A paper as PDF; `address`: where the product is found, for the QR code. Raises NoSuchPaper."""
    row = ResultPaperRow.objects.filter(case__public_id=case, nth=nth).first()
    if row is None:
        raise NoSuchPaper
    body: dict[str, Any] = row.body
    return render_ruling(
        RulingValues(
            municipality=body["municipality"],
            sender=body["sender"],
            office=body["office"],
            case=body["case"],
            procedure=body["procedure"],
            law=body["law"],
            to=body["to"],
            about=body["about"],
            ruling=RulingKind(body["kind"]).label,
            against=RulingKind(body["kind"]).against,
            received_on=date.fromisoformat(body["received_on"]),
            decided_on=date.fromisoformat(body["decided_on"]),
            reason=body["reason"],
            objection=body["objection"],
            objection_law=body["objection_law"],
            appeal_first=body["appeal_first"],
            replaces=body["replaces"],
            number=row.number,
            code=f"{row.code[:4]}-{row.code[4:]}",
            check_address=f"{address.rstrip('/')}/check/{row.number}/",
        ),
        issued_at=row.issued_at,
    )


def papers_of(*, case: str, tasks: frozenset[int] | None = None) -> tuple[ResultPaper, ...]:
    """The papers of a case, the newest first, of these tasks only where they are given."""
    rows = ResultPaperRow.objects.filter(case__public_id=case).select_related("ruling").order_by("-nth")
    if tasks is not None:
        rows = rows.filter(ruling__task__in=tasks)
    found = list(rows)
    latest = latest_in_force({row.ruling.task_id for row in found})
    return tuple(
        ResultPaper(
            row.nth, row.number, RulingKind(row.ruling.kind), row.body["procedure"], civil_day(row.issued_at),
            stands=latest.get(row.ruling.task_id) == row.ruling_id,
        )
        for row in found
    )  # fmt: skip


def latest_in_force(tasks: set[int]) -> dict[int, int]:
    """The ruling in force of each of these tasks."""
    rows = RulingRow.objects.filter(task__in=tasks, answer__in_force=True).order_by("nth")
    return dict(rows.values_list("task", "pk"))


def _addressee(record: Record, task: TaskRow) -> str:
    """Who it is sent to: the grown-up it is about, else who claims, else who came, else the first of the case."""
    refs = {person.ref for person in record.people}
    if task.subject in refs and of_age(record, task.subject, on=civil_day(task.made_at)):
        return task.subject
    wanted = (record.value(CLAIMANT, HOUSEHOLD_SUBJECT), record.text("notifier_ref"), task.subject)
    found = next((one for one in wanted if isinstance(one, str) and one in refs), None)
    return found or record.people[0].ref


def _new_number() -> str:
    for _attempt in range(20):
        number = "".join(secrets.choice(LETTERS) for _ in range(NUMBER_LENGTH))
        if not ResultPaperRow.objects.filter(number=number).exists():
            return number
    raise RuntimeError("no free number for a result document")
