"""届出後の通知: the letter that goes to a person when whoever filed for them could not be proved to be who they said.

1. It falls due with the signature, and is called off when identity is proved after all or the notice is taken back.
2. It is printed, to the address before the move: a new address may be the work of whoever pretended, and stands on none.
3. Where its destination is not sure it is printed only after somebody said that they checked it.
4. That it was sent is written down, by whom and when, once.

The list of what is due names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.cases.acting import civil_day, find_case
from madoguchi.cases.models import CaseRow, LetterRow
from madoguchi.cases.post import cases_to_be_checked, post_to_be_checked
from madoguchi.cases.record import Record, comes_together, concerned, of_age, read_record
from madoguchi.cases.states import LetterState
from madoguchi.city.queries import departments, profile
from madoguchi.papers.facts import Address
from madoguchi.papers.operations import render_letter
from madoguchi.papers.values import LetterValues, RenderedPaper
from madoguchi.procedures.situation import EventKind

DUTY = "citizens"
SHOWN_DAYS = 60
MOST_LINES = 500
# Two households come together or part: the case holds one address, and it is not that of both.
_TWO_HOMES = frozenset({EventKind.marriage, EventKind.divorce})


class NoLetterDue(LookupError):
    """No letter of that case is due."""

    def __init__(self) -> None:
        super().__init__("この受付に、送る通知はありません。届出後の通知の一覧を開き直してください。")


class DestinationNotChecked(ValueError):
    """A letter whose destination is not sure, printed without a word that it was checked."""

    def __init__(self) -> None:
        super().__init__(
            "この通知は、送り先を確かめてから印刷します。住民記録の担当に送り先を確かめて、"
            "「送り先を確かめました」に印を付けてください。"
        )


class NotPrintedYet(ValueError):
    """A letter said to be sent that nobody printed."""

    def __init__(self) -> None:
        super().__init__("この通知は、まだ印刷していません。印刷して封をしてから「送った」を押してください。")


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter in the list; no personal data. `check`: its destination has to be checked before it is printed."""

    case: str
    number: str
    event: EventKind
    day: date
    branch: str
    state: LetterState
    check: bool
    printed_at: datetime | None
    printed_by: str
    sent_at: datetime | None
    sent_by: str


def settle_letter(row: CaseRow, record: Record, *, now: datetime) -> None:
    """With a signature: a letter falls due when identity was not proved, else one that waits is called off.

    In the caller's transaction, which holds the case's lock. What was sent stays sent.
    """
    if row.practice:
        return
    # Nobody is written to where no register says that they live: it could tell others where they are.
    unproved = record.value("notifier_unproved") is True and not record.nobody_registered
    if unproved:
        LetterRow.objects.get_or_create(case=row, defaults={"due_at": now})
    before, after = (
        (LetterState.CALLED_OFF, LetterState.DUE) if unproved else (LetterState.DUE, LetterState.CALLED_OFF)
    )
    LetterRow.objects.filter(case=row, state=before.value).update(
        state=after.value, printed_at=None, printed_by=""
    )


def call_off_letter(row: CaseRow) -> None:
    """The notice was taken back before the letter left."""
    LetterRow.objects.filter(case=row, state=LetterState.DUE.value).update(state=LetterState.CALLED_OFF.value)


def letters(*, now: datetime) -> tuple[LetterLine, ...]:
    """What is due, oldest first, and what was sent of late; of every branch. No personal data."""
    since = now - timedelta(days=SHOWN_DAYS)
    rows = list(
        LetterRow.objects.filter(Q(state=LetterState.DUE.value) | Q(sent_at__gte=since))
        .select_related("case")
        .order_by("due_at", "pk")[:MOST_LINES]
    )
    check = cases_to_be_checked([row.case.public_id for row in rows], on=civil_day(now))
    return tuple(
        LetterLine(
            case=row.case.public_id,
            number=row.case.number,
            event=EventKind(row.case.event_kind),
            day=row.case.day,
            branch=row.case.branch,
            state=LetterState(row.state),
            check=row.case.public_id in check or EventKind(row.case.event_kind) in _TWO_HOMES,
            printed_at=row.printed_at,
            printed_by=row.printed_by,
            sent_at=row.sent_at,
            sent_by=row.sent_by,
        )
        for row in rows
    )


def print_letter(*, case: str, destination_checked: bool, by: Actor, now: datetime) -> RenderedPaper:
    """The letter as PDF, written down as read and as printed. Raises NoSuchCase, NoLetterDue, DestinationNotChecked."""
    row = find_case(case)
    record = read_record(row)
    if not LetterRow.objects.filter(case=row).exclude(state=LetterState.CALLED_OFF.value).exists():
        raise NoLetterDue
    where = address_before(record)
    unsure = not where.text or EventKind(row.event_kind) in _TWO_HOMES
    if (unsure or post_to_be_checked(record, on=civil_day(now))) and not destination_checked:
        raise DestinationNotChecked
    record_access(
        actor=by,
        purpose=Purpose.LETTER,
        authority=Purpose.LETTER.value,
        person_keys=[person.resident_no or f"{case}/{person.ref}" for person in record.people] or [case],
        fields=("name", "old_address"),
        case=case,
        screen="letter",
        now=now,
    )
    made = render_letter(_values(row, record, where), issued_at=now)
    with transaction.atomic():
        waiting = LetterRow.objects.filter(case=row, state=LetterState.DUE.value)
        waiting.update(printed_at=now, printed_by=by.name)
        record_act(
            actor=by, activity="letter_printed", now=now, case=case, missing_glyphs=len(made.missing_glyphs)
        )
    return made


def mark_letter_sent(*, case: str, by: Actor, now: datetime) -> None:
    """The letter left the house; said twice, the first stands. Raises NoLetterDue, NotPrintedYet."""
    with transaction.atomic():
        row = find_case(case)
        due = LetterRow.objects.filter(case=row, state=LetterState.DUE.value, printed_at__isnull=False)
        if due.update(state=LetterState.SENT.value, sent_at=now, sent_by=by.name, sent_by_id=by.staff_id):
            record_act(actor=by, activity="letter_sent", now=now, case=case)
            return
        state = LetterRow.objects.filter(case=row).values_list("state", flat=True).first()
        if state == LetterState.DUE.value:
            raise NotPrintedYet
        if state != LetterState.SENT.value:
            raise NoLetterDue


def address_before(record: Record) -> Address:
    """Where they lived before the move, or live where nobody moves; empty when the case does not hold it."""
    old = record.text("old_address")
    if old:
        return Address(old, record.text("old_building"))
    return Address(record.text("registered_address"))


def addressees(record: Record, *, on: date) -> tuple[str, ...]:
    """The names on the letter: of age and alive, of those whom the notice is about; of a death, who is left."""
    registered = [ref for ref in concerned(record) if ref not in record.unregistered]
    living = [ref for ref in registered if record.value("death_date", ref) is None]
    people = living or list(comes_together(record))
    grown = [ref for ref in people if of_age(record, ref, on=on)]
    return tuple(record.text("name", ref) for ref in grown or people if record.text("name", ref))


def _values(row: CaseRow, record: Record, where: Address) -> LetterValues:
    city = profile()
    return LetterValues(
        municipality=city.name,
        sender=city.mayor_title,
        office=departments().get(DUTY, ""),
        number=row.number,
        event=EventKind(row.event_kind).label,
        received_on=row.day,
        people=addressees(record, on=row.day),
        address=where,
    )
