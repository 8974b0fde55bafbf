"""What a case gives to its sheets (記入の材料): every known fact under the name that sheets call it by, with its source.

Whether an address may stand on paper is asked here, once, of `residents.protection`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.cases.acting import civil_day, find_case
from madoguchi.cases.judging import Judged, applied_for, judge
from madoguchi.cases.models import CaseRow
from madoguchi.cases.queries import address_may_appear
from madoguchi.cases.record import PLACE_OF_STAY, HeldFact, Record, concerned, heads_after, read_record
from madoguchi.cases.roles import holder_of, roles_needed
from madoguchi.cases.states import IdentityDocument, VisitorKind
from madoguchi.city.queries import profile
from madoguchi.jp.addresses import split_address
from madoguchi.jp.names import NameUse
from madoguchi.papers.facts import Address, FactsForSheet, KnownValue, Name
from madoguchi.procedures.facts import EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef
from madoguchi.procedures.packs import FilingRole
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.protection import Audience


class PapersOfCase:
    """A case read once for its papers."""

    def __init__(self, case: str, *, actor: Actor, now: datetime) -> None:
        self.row: CaseRow = find_case(case)
        self.record: Record = read_record(self.row)
        self.judged: Judged = judge(self.row, self.record)
        self.city = profile()
        self.today = civil_day(now)
        record_access(
            actor=actor,
            purpose=Purpose.PRACTICE if self.row.practice else Purpose.COUNTER_CASE,
            authority=Audience.SHEET_TO_SELF.value,
            person_keys=[person.resident_no or f"{case}/{person.ref}" for person in self.record.people]
            or [case],
            fields=("sheet",),
            case=case,
            screen="papers",
            now=now,
        )

    @property
    def audience(self) -> Audience:
        """To whom the paper goes: to one of those who move, or to somebody else; to somebody else until it is known."""
        mine = self.record.text("notifier_kind") == VisitorKind.SELF.value and bool(
            self.record.text("notifier_ref")
        )
        return Audience.SHEET_TO_SELF if mine else Audience.SHEET_TO_OTHER

    def address_may_appear(self) -> bool:
        return address_may_appear(self.record, audience=self.audience, on=self.today)


def facts_for_sheets(
    papers: PapersOfCase, subject: str | None, *, listed: Collection[str] = (), sheet: str = ""
) -> FactsForSheet:
    """Everything known, keyed as sheets name it; what is filed on this `sheet` too.

    `listed`: whom the people table lists; left out, those whom the notice is about.
    """
    record = papers.record
    withheld = not papers.address_may_appear()
    known: dict[tuple[str, str], KnownValue] = {("event.kind", ""): KnownValue(papers.row.event_kind, "受付")}
    for ref, held in record.facts.items():
        if held.value is None or (isinstance(held.value, str) and not held.value):
            continue
        if ref.key == PLACE_OF_STAY:  # only where an address goes, and only where that may appear
            continue
        known[_sheet_key(ref)] = KnownValue(held.value, held.source.label, held.as_of)
    for person in record.people:
        names = record.names_of(person.ref)
        known["person.name", person.ref] = KnownValue(
            Name(names.for_use(NameUse.SHEET), names.kana or ""), _source(record, "name", person.ref)
        )
    known |= _addresses(record, withheld)
    known |= _heads(record)
    if "old_address" in {ref.key for ref in record.facts}:
        known["case.moving_out_certificate", ""] = KnownValue("確認済み", "職員確認")
    known |= _notifier(papers, withheld)
    known |= _in_roles(papers, sheet)
    known["case.filed", ""] = KnownValue("、".join(_filed_on(papers, sheet)), "受付")
    whom = concerned(record)
    claimant = papers.judged.situation.claimant
    dead = any(record.value("death_date", ref) is not None for ref in whom)
    return FactsForSheet(
        known=known,
        people=tuple(person.ref for person in record.people if person.ref in listed) or whom,
        subject=subject
        if subject and subject != HOUSEHOLD_SUBJECT
        else claimant
        if claimant and not dead
        else next(iter(whom), None),
        audience=papers.audience,
        municipality=papers.city.name,
        number=papers.row.number,
        received_on=papers.row.day,
        notified_on=papers.row.notified_on,
        claimant=claimant,
        choices=_choices(papers.judged),
    )


def _filed_on(papers: PapersOfCase, sheet: str) -> tuple[str, ...]:
    """The names of the procedures that are filed today on this sheet."""
    filed = (papers.judged.pack.procedure(one.procedure) for one in applied_for(papers.judged, papers.record))
    return tuple(dict.fromkeys(one.name for one in filed if one.sheet == sheet))


def _heads(record: Record) -> dict[tuple[str, str], KnownValue]:
    """The 世帯主 before and after."""
    known: dict[tuple[str, str], KnownValue] = {}
    head = record.text("new_head") or head_of_household(record)
    if head:
        known["household.head_name", ""] = KnownValue(Name(head), _source(record, "relationship", "p1"))
    if old := record.text("old_head"):
        known["household.previous_head_name", ""] = KnownValue(Name(old), _source(record, "old_head"))
    return known


def _in_roles(papers: PapersOfCase, sheet: str) -> dict[tuple[str, str], KnownValue]:
    """Who files in each role, on the boxes of that role alone.

    A role in which nothing is filed on this sheet leaves its boxes empty; one that is not settled leaves them to be
    written by hand.
    """
    filed = tuple(
        one
        for one in applied_for(papers.judged, papers.record)
        if papers.judged.pack.procedure(one.procedure).sheet == sheet
    )
    needed = roles_needed(papers.judged, filed)
    known: dict[tuple[str, str], KnownValue] = {}
    for role in FilingRole:
        boxes = {
            key: f"answers.{role.value}{key}" for key in ("", "_relationship", "_account", "_bank", "_on")
        }
        if role not in needed:
            known |= {(fact, ""): KnownValue("", "") for fact in boxes.values()}
            continue
        account = papers.record.text(f"{role.value}_account")
        if account:
            known[boxes["_account"], ""] = KnownValue(account, "本人申告")
        holder = holder_of(papers.record, role)
        if holder is None:
            continue
        kana = papers.record.text("kana", holder.ref) if holder.ref else ""
        known[boxes[""], ""] = KnownValue(Name(holder.name, kana), "本人申告")
        if holder.relationship:
            known[boxes["_relationship"], ""] = KnownValue(holder.relationship, "本人申告")
    return known


def _addresses(record: Record, withheld: bool) -> dict[tuple[str, str], KnownValue]:
    """The new and the old address, as the sheets name them: of the household and of each person who moves.

    Who has no 住民票 stands with the place where they stay.
    """
    known: dict[tuple[str, str], KnownValue] = {}
    if stay := record.text(PLACE_OF_STAY):
        place = KnownValue(_parted(stay), _source(record, PLACE_OF_STAY), withheld=withheld)
        known |= {("person.address", ref): place for ref in record.unregistered}
        known["household.address", ""] = place
    stays = () if record.text("new_address") else (("registered", "address"),)
    for prefix, key in (("new", "address"), ("old", "previous_address"), *stays):
        text = record.text(f"{prefix}_address")
        if not text:
            continue
        where = _parted(text, record.text(f"{prefix}_building"))
        value = KnownValue(where, _source(record, f"{prefix}_address"), withheld=withheld)
        known[f"household.{key}", ""] = value
        known |= {
            (f"person.{key}", ref): value for ref in concerned(record) if ref not in record.unregistered
        }
    return known


def _parted(text: str, building: str = "") -> Address:
    """An address with its building beside it, which is cut off where it was not said by itself."""
    if building:
        return Address(text, building)
    parts = split_address(text)
    return Address(text.removesuffix(parts.building), parts.building.strip())


def _sheet_key(ref: FactRef) -> tuple[str, str]:
    if ref.subject == EVENT_SUBJECT:
        return f"event.{ref.key}", ""
    if ref.subject == HOUSEHOLD_SUBJECT:
        return f"household.{ref.key}", ""
    return f"person.{ref.key}", ref.subject


def _source(record: Record, key: str, subject: str = EVENT_SUBJECT) -> str:
    held: HeldFact | None = record.facts.get(FactRef(key, subject))
    return held.source.label if held else "受付"


def _notifier(papers: PapersOfCase, withheld: bool) -> dict[tuple[str, str], KnownValue]:
    record = papers.record
    known: dict[tuple[str, str], KnownValue] = {}
    ref = record.text("notifier_ref")
    if record.text("notifier_name"):
        known["notifier.name", ""] = KnownValue(
            Name(record.text("notifier_name"), record.text("kana", ref) if ref else ""), "職員確認"
        )
        known["notifier.kind", ""] = KnownValue(record.text("notifier_kind"), "職員確認")
    if record.text("notifier_phone"):
        known["notifier.phone", ""] = KnownValue(record.text("notifier_phone"), "本人申告")
    stays = ref in record.unregistered
    home = record.text(PLACE_OF_STAY if stays else "new_address") or (
        "" if stays else record.text("registered_address")
    )
    if ref and home:
        building = record.text("new_building")
        known["notifier.address", ""] = KnownValue(Address(home, building), "本人申告", withheld=withheld)
    documents = record.value("notifier_documents")
    if isinstance(documents, frozenset) and documents:
        text = "、".join(IdentityDocument(code).label for code in sorted(documents))
        known["case.identity_document", ""] = KnownValue(text, "職員確認")
    known["case.received_by", ""] = KnownValue(papers.row.opened_by_name, "受付")
    known["case.number", ""] = KnownValue(papers.row.number, "受付")
    if ref and record.text("relationship", ref):
        relationship = KnownValue(record.text("relationship", ref), _source(record, "relationship", ref))
        known["notifier.relationship", ""] = relationship
    return known


def _choices(judged: Judged) -> Mapping[str, tuple[tuple[str, str], ...]]:
    choices = {
        f"{definition.holder.value}.{definition.key}": tuple(
            (one.code, one.label) for one in definition.choices
        )
        for definition in judged.pack.vocabulary
        if definition.choices
    }
    choices["event.kind"] = tuple(
        (kind.value, kind.label) for kind in EventKind if kind is not EventKind.none
    )
    return choices


def head_of_household(record: Record) -> str:
    """The name of the 世帯主 of the household that comes of the move; empty while it is not clear."""
    heads = heads_after(record)
    return heads[0] if len(heads) == 1 else ""
