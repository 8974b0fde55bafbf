"""決定データ: what a decision says to the department's core system, waiting in its own outbox until it is handed over.

1. Made in the same transaction in which the decision comes in force (`decide`, `approve_ruling`); practice makes none.
2. It carries keys, days and the kind of the decision: no name, no address, no reason. People without a 住民票 are in none.
3. It waits until whoever it is about has a 宛名番号 (仮のものは出さない); then it is handed over, as often as wished, the same each
   time. What was handed over stays listed.
The format is ours (本製品の独自様式; docs/departments-desk.md); no numeric code is official, so none is sent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.cases.rulings import deciding
from madoguchi.cases.rulings.deciding import RulingSaid
from madoguchi.cases.rulings.ruling_facts import RulingFacts, ruling_facts
from madoguchi.connect.models import RulingMessageRow

FORMAT = "madoguchi-ruling/1"
COLUMNS = (
    "format", "ruling_id", "number", "procedure", "law_id", "department", "resident_no", "household", "decision",
    "decision_label", "received_on", "decided_on", "document_number", "replaces",
)  # fmt: skip
MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class RulingMessage:
    """A decision in the outbox (渡す決定): what it is named by, and whether it has left; no personal data."""

    ruling_id: str
    number: str
    procedure: str
    kind: str
    waits_for_register: bool
    created_at: datetime
    handed_over_at: datetime | None


def decide(*, task: int, said: RulingSaid, by: Actor, now: datetime, version: int | None) -> bool:
    """Decide or propose; whether it is in force now. Then its data is in the outbox. Raises what `propose` raises."""
    with transaction.atomic():
        ruling = deciding.propose(task=task, said=said, by=by, now=now, version=version)
        if ruling is None:
            return False
        _into_the_outbox(ruling, by=by, now=now)
    return True


def approve_ruling(*, task: int, by: Actor, now: datetime, version: int | None) -> None:
    """The second person approves; its data is in the outbox. Raises what `approve` raises."""
    with transaction.atomic():
        ruling = deciding.approve(task=task, by=by, now=now, version=version)
        _into_the_outbox(ruling, by=by, now=now)


def ruling_messages() -> tuple[RulingMessage, ...]:
    """What waits and what has left, the newest first. No personal data."""
    rows = RulingMessageRow.objects.order_by("-id")[:MOST_LINES]
    return tuple(
        RulingMessage(
            row.ruling_id, row.number, str(row.body["procedure"]), str(row.body["decision_label"]),
            not row.body["resident_no"] and row.handed_over_at is None, row.created_at, row.handed_over_at,
        )
        for row in rows
    )  # fmt: skip


def hand_over_rulings(*, by: Actor, now: datetime, again: bool = False) -> tuple[dict[str, Any], ...]:
    """Give out what waits, or with `again` everything that has a 宛名番号; who is in it is written down first."""
    rows = RulingMessageRow.objects.order_by("id")
    if not again:
        rows = rows.filter(handed_over_at__isnull=True)
    out = [row for row in rows if _numbered(row)]
    if not out:
        return ()
    record_access(
        actor=by, purpose=Purpose.CHANGE_DATA, authority="ruling_data",
        person_keys=sorted({str(row.body["resident_no"]) for row in out}), fields=("ruling_data",),
        case=None, screen="changes", now=now,
    )  # fmt: skip
    with transaction.atomic():
        ids = [row.pk for row in out]
        RulingMessageRow.objects.filter(pk__in=ids, handed_over_at__isnull=True).update(handed_over_at=now)
        for row in out:
            RulingMessageRow.objects.filter(pk=row.pk).update(body=row.body)
        record_act(actor=by, activity="rulings_handed_over", now=now, rulings=len(out))
    # A database may keep the fields in an order of its own.
    return tuple({name: row.body[name] for name in COLUMNS} for row in out)


def _numbered(row: RulingMessageRow) -> bool:
    """Whether whoever it is about has a 宛名番号 by now; it is filled in when the register gave one meanwhile."""
    if not row.body["resident_no"]:
        row.body = {**row.body, "resident_no": ruling_facts(row.ruling).resident_no}
    return bool(row.body["resident_no"])


def rulings_csv(bodies: Sequence[Mapping[str, Any]]) -> bytes:
    """The same as CSV (UTF-8 with BOM, so that Excel reads it): keys, days and kinds alone."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(COLUMNS), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(bodies)
    return out.getvalue().encode("utf-8-sig")


def _into_the_outbox(ruling: int, *, by: Actor, now: datetime) -> None:
    facts = ruling_facts(ruling)
    if facts.practice or facts.unregistered:
        return
    RulingMessageRow.objects.create(
        ruling_id=_name(facts),
        ruling=ruling,
        case=facts.case,
        number=facts.number,
        body=body_of(facts),
        created_at=now,
    )
    record_act(actor=by, activity="ruling_data_created", now=now, case=facts.case)


def _name(facts: RulingFacts) -> str:
    """What names a decision for good: the day and number of the case, the task, and which decision about it."""
    return f"{facts.day:%Y%m%d}-{facts.number}-T{facts.task}-{facts.nth}"


def body_of(facts: RulingFacts) -> dict[str, Any]:
    """The data of a decision as JSON-ready values; docs/departments-desk.md says what each means."""
    return {
        "format": FORMAT,
        "ruling_id": _name(facts),
        "number": facts.number,
        "procedure": facts.procedure,
        "law_id": facts.law_id,
        "department": facts.department,
        "resident_no": facts.resident_no,
        "household": facts.household,
        "decision": facts.kind.value,
        "decision_label": facts.kind.label,
        "received_on": facts.received_on.isoformat(),
        "decided_on": facts.decided_on.isoformat(),
        "document_number": facts.document_number,
        "replaces": f"{facts.day:%Y%m%d}-{facts.number}-T{facts.task}-{facts.replaces}"
        if facts.replaces
        else "",
    }
