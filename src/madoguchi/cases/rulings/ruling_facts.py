"""What the data of a decision is made of (決定データのもと): keys, days and kinds, read once when it comes in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from madoguchi.cases.acting import civil_day
from madoguchi.cases.desk_tables import ResultPaperRow, RulingRow
from madoguchi.cases.given_numbers import numbered_record
from madoguchi.cases.rulings.deciding import procedure_of
from madoguchi.cases.states import RulingKind
from madoguchi.procedures.facts import CLAIMANT, HOUSEHOLD_SUBJECT


@dataclass(frozen=True, slots=True)
class RulingFacts:
    """A decision in force by keys alone (決定の内容). `replaces`: which earlier decision about the task it follows; 0: none."""

    case: str
    number: str
    day: date
    task: int
    nth: int
    procedure: str
    law_id: str
    department: str
    resident_no: str
    household: bool
    unregistered: bool
    kind: RulingKind
    received_on: date
    decided_on: date
    document_number: str
    replaces: int
    practice: bool


def ruling_facts(ruling: int) -> RulingFacts:
    """The facts of a decision that is in force."""
    row = RulingRow.objects.select_related("task__case", "answer").get(pk=ruling)
    task, case, record = row.task, row.task.case, numbered_record(row.task.case)
    household = task.subject == HOUSEHOLD_SUBJECT
    claimant = record.value(CLAIMANT, HOUSEHOLD_SUBJECT)
    refs = [claimant, record.text("notifier_ref")] if household else [task.subject]
    people = {person.ref: person for person in record.people}
    person = next((people[one] for one in refs if isinstance(one, str) and one in people), None)
    procedure = procedure_of(task)
    before = (
        RulingRow.objects.filter(task=task, nth__lt=row.nth, answer__in_force=True).order_by("-nth").first()
    )
    paper = ResultPaperRow.objects.filter(ruling=row).values_list("number", flat=True).first()
    return RulingFacts(
        case=case.public_id,
        number=case.number,
        day=case.day,
        task=task.pk,
        nth=row.nth,
        procedure=task.procedure,
        law_id=procedure.law_id if procedure else "",
        department=task.department,
        resident_no=person.resident_no if person else "",
        household=household,
        unregistered=record.nobody_registered or (person is not None and person.unregistered),
        kind=RulingKind(row.kind),
        received_on=civil_day(task.made_at),
        decided_on=civil_day(row.answer.at),
        document_number=paper or "",
        replaces=before.nth if before else 0,
        practice=case.practice,
    )
