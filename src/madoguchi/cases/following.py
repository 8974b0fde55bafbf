"""Two events on one day (同じ日に二つの届出): the second case is decided on the state that the first one intends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.cases.acting import Given, NotNow, begin_act, find_case, finish_act
from madoguchi.cases.models import ActRow, CaseRow, PersonRow
from madoguchi.cases.record import Record, comes_together, read_record
from madoguchi.cases.states import Act, CaseStatus
from madoguchi.procedures.facts import EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef

# What the first event made true of the household, and the second begins with.
CARRIED_OVER = ("new_address", "new_building", "new_postal_code", "address_kept_off", "post_held")


class NotToFollow(NotNow):
    """The earlier case cannot be stood on."""

    def __init__(self, number: str) -> None:
        ValueError.__init__(
            self,
            f"受付 {number} には続けられません。同じ種類（本番か練習か）で、移る人が入っていて、取り下げられていない"
            "受付を選んでください。住民票のない方を入れた受付には続けず、新しい受付を始めてください。",
        )


def follow_case(*, case: str, earlier: str, by: Actor, now: datetime, version: int | None = None) -> None:
    """Take over the people and facts as the earlier case will leave them; again, after it was corrected.

    Only what differs is written, so nothing that was heard in between is lost. The change data of this case leaves after
    that of the earlier one. Raises NotToFollow, NoSuchCase.
    """
    with transaction.atomic():
        row = begin_act(case, Act.FOLLOW, version=version)
        first = find_case(earlier)
        planned, record = read_record(first), read_record(row)
        if not _can_be_followed(row, first, planned, record):
            raise NotToFollow(first.number)
        given = _as_intended(first, planned, record)
        act = finish_act(row, Act.FOLLOW, by=by, now=now, given=given, follows=first)
        _bring_people(row, act, planned, record)


def earlier_has_changed(row: CaseRow, record: Record) -> bool:
    """Whether the earlier case would leave something else behind now than this one was given."""
    first = row.follows
    return first is not None and bool(_as_intended(first, read_record(first), record))


def _can_be_followed(row: CaseRow, first: CaseRow, planned: Record, record: Record) -> bool:
    return (
        first.pk != row.pk
        and first.follows_id != row.pk
        and first.practice == row.practice
        and first.status != CaseStatus.WITHDRAWN.value
        and bool(comes_together(planned))
        and not planned.unregistered  # they are left behind in no register, so nothing can stand on them
        and (row.follows_id == first.pk or not record.people)
    )


def _as_intended(first: CaseRow, planned: Record, record: Record) -> dict[FactRef, Given]:
    """Every fact that the earlier case will leave behind and that this one does not hold so already."""
    together = comes_together(planned)
    reason = f"受付 {first.number} の届出のあとの予定"
    given: dict[FactRef, Given] = {}
    for ref, held in planned.facts.items():
        carried = ref.subject in (*together, HOUSEHOLD_SUBJECT) or (
            ref.subject == EVENT_SUBJECT and ref.key in CARRIED_OVER
        )
        value = False if ref.key == "moves" else held.value
        if not carried or value is None or record.value(ref.key, ref.subject) == value:
            continue
        there = record.facts.get(ref)
        if there is not None and not there.reason.startswith("受付 "):
            continue  # heard or corrected here since: that stands
        given[ref] = Given(value, held.source, reason, held.as_of)
    return given


def _bring_people(row: CaseRow, act: ActRow, planned: Record, record: Record) -> None:
    there = {person.ref for person in record.people}
    together = comes_together(planned)
    PersonRow.objects.bulk_create(
        PersonRow(
            case=row,
            act=act,
            ref=one.ref,
            resident_no=one.resident_no,
            staying=True,
            practice=row.practice,
            order=order,
        )
        for order, one in enumerate(planned.people, start=1)
        if one.ref in together and one.ref not in there
    )
