"""Opening a case (受付) and saying whom it is about: from a moving-out certificate or from the register."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Channel, Purpose
from madoguchi.cases.acting import Given, NotNow, begin_act, civil_day, find_case, finish_act
from madoguchi.cases.certificate import CertificatePerson as CertificatePerson
from madoguchi.cases.certificate import MovingOutCertificate as MovingOutCertificate
from madoguchi.cases.certificate import certificate_facts, places_of
from madoguchi.cases.models import ActRow, CaseRow, PersonRow
from madoguchi.cases.numbering import next_number
from madoguchi.cases.record import (
    ADDRESS_KEPT_OFF,
    FURTHER_NAMES,
    JOINED_HOUSEHOLD,
    POST_HELD,
    HeldPerson,
    read_record,
)
from madoguchi.cases.states import (
    PROOF_NEEDED,
    Act,
    FactSource,
    IdentityDocument,
    VisitorKind,
    proves_identity,
)
from madoguchi.catalogue.queries import current_revision
from madoguchi.compiled import CompiledInsert
from madoguchi.procedures.facts import CLAIMANT, EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef, Value
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.disclosure import disclose, household_members
from madoguchi.residents.people import DisclosedPerson, ResidentStatus
from madoguchi.residents.protection import Audience

_CASES, _PEOPLE = CompiledInsert(CaseRow), CompiledInsert(PersonRow)
MOST_PEOPLE = 20
# Of whoever comes back (再転入), the register still knows these; everything else is of the time before they left, and asked.
SAME_WHEN_COMING_BACK = frozenset({"birth_date", "sex"})
# What the tax office knows comes into a case only from the person's own mouth (目的外利用の禁止).
OF_THE_TAX_OFFICE = frozenset(
    {"income_yen", "tax_dependants", "widow_or_single_parent", "tuition_support_base_yen"}
)


class NoPeople(ValueError):
    """A case without anybody in it."""

    def __init__(self) -> None:
        super().__init__("移る人を一人以上入れてください。")


class DateInFuture(ValueError):
    """A move-in that has not happened yet (転入・転居は未来日不可)."""

    def __init__(self, moved_on: date) -> None:
        self.moved_on = moved_on
        super().__init__(
            "住み始めた日が、届出の日より後になっています。転入届は住み始めてから受け付けます。日付を確かめてください。"
        )


class AlreadyBegun(NotNow):
    """A second certificate for people who are in the case already."""

    def __init__(self) -> None:
        ValueError.__init__(
            self,
            "この受付には、もう移る人が入っています。入れ直すときは、聞き取りの画面で「もどす」を押してから入れてください。"
            "一か所だけ直すときは、その項目を選んで直してください。",
        )


class NoSuchHousehold(LookupError):
    """The household to join is not in the register."""

    def __init__(self) -> None:
        super().__init__("入る世帯が見つかりません。世帯番号か、世帯の人の宛名番号を確かめてください。")


class PracticeReadsNobody(NoSuchHousehold):
    """A practice case that wants people of the register."""

    def __init__(self) -> None:
        LookupError.__init__(
            self,
            "練習の受付では住民記録を開きません。転出証明書の画面から、架空の人を入れて練習してください。",
        )


class IdentityNotProved(ValueError):
    """Not enough documents to know who came."""

    def __init__(self) -> None:
        super().__init__(
            "本人確認書類が足りません。顔写真付きを1点か、写真のないものを2点確かめてください。"
            "どちらもないときは、届出のあとに本人あての通知を送る扱いにします（「確認できない」を選んでください）。"
        )


class NobodyNamed(ValueError):
    """Who came has no name yet."""

    def __init__(self) -> None:
        super().__init__("来た人を世帯の人から選ぶか、氏名を入れてください。")


class ProofMissing(ValueError):
    """Somebody acts for another without the paper that says so."""

    def __init__(self, kind: VisitorKind) -> None:
        self.kind = kind
        super().__init__(f"{kind.label}のときは、{PROOF_NEEDED[kind]}を確かめて、しるしを付けてください。")


def open_case(
    *,
    event: EventKind,
    by: Actor,
    now: datetime,
    practice: bool = False,
    language: str = "ja",
    ticket: str = "",
    channel: Channel = Channel.COUNTER,
    numbered: bool = True,
) -> str:
    """Open a case at the clerk's desk, or from home; returns its public id. It keeps today's revision of the procedures.

    `ticket`: the number of the visit that it belongs to; one visit may have several cases. Not `numbered`: the caller goes on in
    the same transaction and has it numbered last.
    """
    day = civil_day(now)
    revision = current_revision()
    with transaction.atomic():
        sequence, number = next_number(by.branch, day) if numbered else (None, "")
        row = CaseRow(
            public_id=uuid.uuid4().hex,
            branch=by.branch,
            desk=by.desk,
            day=day,
            sequence=sequence,
            number=number,
            code=f"{secrets.randbelow(10_000):04d}",
            event_kind=event.value,
            channel=channel.value,
            revision=revision,
            practice=practice,
            language=language,
            ticket=ticket,
            notified_on=day,
            opened_at=now,
            opened_by=by.staff_id,
            opened_by_name=by.name,
        )
        _CASES.add_one(row)
        finish_act(row, Act.RESUME, by=by, now=now)
    return row.public_id


def begin_from_certificate(
    *,
    case: str,
    certificate: MovingOutCertificate,
    by: Actor,
    now: datetime,
    told_of: Sequence[str] = (),
) -> None:
    """Begin with the data of a moving-out certificate: its people move, its dates and addresses are known.

    `told_of`: for each person of the certificate which one they are of those told of before anybody came, "" for nobody;
    whoever was told of and is not on the certificate leaves the case.

    Raises NoPeople; DateInFuture when they have not moved yet; AlreadyBegun, so that nobody inherits another's facts.
    """
    if not certificate.people:
        raise NoPeople
    with transaction.atomic():
        row = begin_act(case, Act.BEGIN, version=None)
        record = read_record(row)
        if record.people and not record.nobody_named:
            raise AlreadyBegun
        if certificate.move_date > row.notified_on:
            raise DateInFuture(certificate.move_date)
        refs = places_of(certificate, told_of, record.unnamed)
        act = finish_act(row, Act.BEGIN, by=by, now=now, given=certificate_facts(certificate, refs))
        PersonRow.objects.bulk_create(
            PersonRow(
                case=row, act=act, ref=ref, gone=ref not in refs, practice=row.practice, order=int(ref[1:])
            )
            for ref in dict.fromkeys([*record.unnamed, *refs])
        )


def add_residents(
    *,
    case: str,
    resident_nos: Sequence[str],
    staying: bool,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> None:
    """Bring people of the register into the case: as those who move, or as those who stay (the joined household)."""
    see_that_it_is_real(case)
    people = disclose(
        actor=by,
        purpose=Purpose.COUNTER_CASE,
        resident_nos=resident_nos,
        audience=Audience.CLERK,
        case=case,
        screen="begin",
        now=now,
    )
    if not people:
        raise NoSuchHousehold
    _add_disclosed(case, people, staying=staying, by=by, now=now, version=version)


def join_household(*, case: str, number: str, by: Actor, now: datetime, version: int | None = None) -> None:
    """Let the movers join a household of the register, named by its 世帯番号 or by a member's 宛名番号.

    Its members come into the case as people who stay, so that their procedures are decided again too.
    """
    see_that_it_is_real(case)
    members = household_members(
        household_no=number,
        actor=by,
        purpose=Purpose.COUNTER_CASE,
        audience=Audience.CLERK,
        case=case,
        screen="join_household",
        now=now,
    )
    if not members:
        one = disclose(
            actor=by, purpose=Purpose.COUNTER_CASE, resident_nos=[number], audience=Audience.CLERK, case=case,
            screen="join_household", now=now,
        )  # fmt: skip
        if not one:
            raise NoSuchHousehold
        members = household_members(
            household_no=one[0].household_no, actor=by, purpose=Purpose.COUNTER_CASE, audience=Audience.CLERK, case=case,
            screen="join_household", now=now,
        )  # fmt: skip
    _add_disclosed(case, members, staying=True, by=by, now=now, version=version)


def see_that_it_is_real(case: str) -> None:
    """Practice never opens the register, not even to look."""
    if find_case(case).practice:
        raise PracticeReadsNobody


def _add_disclosed(
    case: str,
    people: Sequence[DisclosedPerson],
    *,
    staying: bool,
    by: Actor,
    now: datetime,
    version: int | None,
) -> None:
    with transaction.atomic():
        row = begin_act(case, Act.BEGIN, version=version)
        record = read_record(row)
        there = {person.resident_no for person in record.people}
        fresh = [person for person in people if person.resident_no not in there]
        first = 1 + max((int(person.ref[1:]) for person in record.people), default=0)
        given: dict[FactRef, Given] = {}
        held: list[HeldPerson] = []
        for n, person in enumerate(fresh, start=first):
            held.append(HeldPerson(f"p{n}", person.resident_no, staying))
            given |= given_of(person, f"p{n}", moves=not staying)
        if staying and people:
            given[FactRef(JOINED_HOUSEHOLD, EVENT_SUBJECT)] = Given(
                people[0].household_no, FactSource.REGISTER
            )
        act = finish_act(row, Act.BEGIN, by=by, now=now, given=given)
        add_people(row, act, held, first=first)


def given_of(person: DisclosedPerson, ref: str, *, moves: bool | None) -> dict[FactRef, Given]:
    """What the register gives of a person, under a reference of the case; `moves` None: nobody moves in this event."""
    values: dict[str, Value] = {"name": person.name.name, "kana": person.name.kana or ""}
    values |= {key: written for key in FURTHER_NAMES if (written := getattr(person.name, key))}
    if moves is not None:
        values["moves"] = moves
    values["lives_with_household"] = True
    given = {FactRef(key, ref): Given(value, FactSource.REGISTER) for key, value in values.items()}
    for key, known in person.facts.items():
        stale = person.status is ResidentStatus.MOVED_OUT and key not in SAME_WHEN_COMING_BACK
        if stale or key in OF_THE_TAX_OFFICE:
            continue
        given[FactRef(key, ref)] = Given(known.value, FactSource.REGISTER, as_of=known.as_of)
    return given


def add_people(row: CaseRow, act: ActRow, people: Sequence[HeldPerson], *, first: int = 1) -> None:
    """Write down that an act brought these people into the case, in the order from `first` on."""
    _PEOPLE.add(
        PersonRow(
            case=row,
            act=act,
            ref=person.ref,
            resident_no=person.resident_no,
            staying=person.staying,
            unregistered=person.unregistered,
            practice=row.practice,
            order=order,
        )
        for order, person in enumerate(people, start=first)
    )


def set_who_moves(
    *,
    case: str,
    moving: frozenset[str],
    relationships: Mapping[str, str],
    claimant: str | None,
    keep_address_off: bool,
    by: Actor,
    now: datetime,
    version: int | None,
    hold_post: bool = False,
) -> None:
    """Say who moves today and who stays (部分転入), 続柄 in the household they come into, and who claims allowances."""
    with transaction.atomic():
        row = begin_act(case, Act.SET_WHO_MOVES, version=version)
        record = read_record(row)
        if not any(person.ref in moving and not person.staying for person in record.people):
            raise NoPeople
        given: dict[FactRef, Given] = {}
        for person in record.people:
            moves = person.ref in moving and not person.staying
            if record.value("moves", person.ref) is not moves:
                given[FactRef("moves", person.ref)] = Given(moves, FactSource.SAID)
                if not person.staying:  # who does not come along lives on where they were
                    given[FactRef("lives_with_household", person.ref)] = Given(moves, FactSource.SAID)
            wanted = relationships.get(person.ref, "")
            if wanted and record.text("relationship", person.ref) != wanted:
                given[FactRef("relationship", person.ref)] = Given(wanted, FactSource.SAID)
        if claimant in {person.ref for person in record.people}:
            given[FactRef(CLAIMANT, HOUSEHOLD_SUBJECT)] = Given(claimant, FactSource.SAID)
        given[FactRef(ADDRESS_KEPT_OFF, EVENT_SUBJECT)] = Given(keep_address_off, FactSource.SAID)
        given[FactRef(POST_HELD, EVENT_SUBJECT)] = Given(hold_post, FactSource.SAID)
        finish_act(row, Act.SET_WHO_MOVES, by=by, now=now, given=given)


def set_visitor(
    *,
    case: str,
    kind: VisitorKind,
    person: str,
    name: str,
    phone: str,
    documents: frozenset[IdentityDocument],
    proof_seen: bool,
    unproved: bool,
    by: Actor,
    now: datetime,
    version: int | None,
) -> None:
    """Say who came and what proved it.

    Raises NobodyNamed, ProofMissing, IdentityNotProved unless the documents suffice or `unproved` is said.

    When identity could not be proved, the notice is still taken and the person is told by letter (届出後の通知).
    """
    if not person and not name.strip():
        raise NobodyNamed
    if kind in PROOF_NEEDED and not proof_seen:
        raise ProofMissing(kind)
    if not unproved and not proves_identity(documents):
        raise IdentityNotProved
    with transaction.atomic():
        row = begin_act(case, Act.SET_VISITOR, version=version)
        record = read_record(row)
        if person and person not in {one.ref for one in record.people}:
            raise NobodyNamed
        who = record.text("name", person) if person else name
        values: dict[str, Value] = {
            "notifier_name": who,
            "notifier_kind": kind.value,
            "notifier_ref": person,
            "notifier_phone": phone,
            "notifier_documents": frozenset(document.value for document in documents),
            "notifier_proof": proof_seen,
            "notifier_unproved": unproved,
        }
        given = {FactRef(key, EVENT_SUBJECT): Given(value, FactSource.STAFF) for key, value in values.items()}
        finish_act(row, Act.SET_VISITOR, by=by, now=now, given=given)
