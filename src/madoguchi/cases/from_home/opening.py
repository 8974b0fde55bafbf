"""Opening an application from home (自宅からの申請を始める): after the consent, never before.

1. What the city will look up was read and agreed to; its version is kept with the case.
2. The resident's own household, or that of whom the mandate is from, comes into the case with what the register knows.
3. Who applies is who signed in: that takes the place of looking at a document.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Actor, Channel, Purpose
from madoguchi.audit.operations import record_act, told_last
from madoguchi.cases.acting import Given, begin_act, find_case, finish_act
from madoguchi.cases.at_home import NEWBORN
from madoguchi.cases.from_home.offering import NotOffered, Offered, procedures_of
from madoguchi.cases.household_notice import NO_NAME_YET, address_of
from madoguchi.cases.models import HomeCaseRow
from madoguchi.cases.numbering import number_last
from madoguchi.cases.opening import add_people, given_of, open_case
from madoguchi.cases.record import MOVING, OF_AGE, ONLY, HeldPerson
from madoguchi.cases.states import Act, FactSource, VisitorKind
from madoguchi.catalogue.queries import current
from madoguchi.city.queries import branch_names
from madoguchi.compiled import CompiledInsert, CompiledQuery
from madoguchi.jp.dates import PossibleDays, age_on
from madoguchi.procedures.facts import CLAIMANT, EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef, Value
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.disclosure import disclose, living_with
from madoguchi.residents.mandates import Mandate, MandateKind
from madoguchi.residents.people import DisclosedPerson, ResidentStatus
from madoguchi.residents.protection import Audience

# A change of a sentence is another version: what somebody agreed to can always be shown.
CONSENT_VERSION = "2026-11"
CONSENT = (
    noop("住民記録から、あなたと同じ世帯の方の氏名・生年月日・性別・続柄・住所"),
    noop("市が持っている、健康保険・年金など、この手続きを決めるのに要る情報"),
    noop("調べた内容は、この申請を調べて決めるためだけに使います。だれが見たかは、あとで確かめられます。"),
    noop("税の情報は調べません。要るときは、あとで一つずつお聞きします。"),
)
_HOME_CASES = CompiledInsert(HomeCaseRow)
_MARKED = CompiledQuery(
    lambda mark, account: HomeCaseRow.objects.filter(mark=mark, account=account).values_list("number")
)
_NUMBERED = CompiledQuery(lambda number: HomeCaseRow.objects.filter(number=number).values_list("id"))
_NUMBER_DIGITS = 10
_MOST_TRIES = 5


class NotAgreed(ValueError):
    """Nothing is looked up without the consent."""

    def __init__(self) -> None:
        super().__init__(
            "「同意して始める」を押すと、申請を始められます。同意しない方は、窓口で手続きできます。"
        )


class NobodyHere(LookupError):
    """Nobody of the register lives here by that number any more."""

    def __init__(self) -> None:
        super().__init__("住民記録を読めませんでした。引越しをした方は、窓口においでください。")


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, and for whom (申請する人): the account, whose household, by which mandate, and the agent's own number."""

    account: int
    principal_no: str
    own_no: str
    mandate: Mandate | None = None

    def may_file(self, procedure: str) -> bool:
        """Whether the mandate, where there is one, is for this procedure."""
        return self.mandate is None or self.mandate.covers(procedure)


def open_from_home(
    *,
    what: Offered,
    who: Applicant,
    agreed: str,
    mark: str,
    language: str,
    by: Actor,
    now: datetime,
) -> str:
    """Open it; returns its number. The same `mark` again gives the same number. Raises NotAgreed, NotOffered, NobodyHere."""
    there = _MARKED.first(mark, who.account)
    if there is not None:
        return str(there[0])
    if agreed != CONSENT_VERSION:
        raise NotAgreed
    only = frozenset(one for one in procedures_of(current(), what) if who.may_file(one))
    if not only:
        raise NotOffered
    people, agent = _household(who, by=by, now=now)
    office = replace(by, branch=next(iter(branch_names())), desk="")
    try:
        with transaction.atomic(), told_last():
            case = open_case(
                event=what.event,
                by=office,
                now=now,
                language=language,
                channel=Channel.ONLINE,
                numbered=False,
            )
            home = _home_row(case, what, who, mark=mark, now=now)
            _bring_in(case, people, who, agent, only, by=by, now=now)
            record_act(
                actor=by, activity="applied_from_home", now=now, case=case, account=who.account,
                consent=CONSENT_VERSION, person=who.principal_no,
            )  # fmt: skip
            number_last(home.case)
    except IntegrityError:  # pressed twice at the same moment
        return HomeCaseRow.objects.get(mark=mark, account=who.account).number
    return home.number


def _household(
    who: Applicant, *, by: Actor, now: datetime
) -> tuple[tuple[DisclosedPerson, ...], DisclosedPerson | None]:
    """The people of the household, whom it is about first; and the agent, where there is one."""
    wanted = [who.principal_no] if who.mandate is None else [who.principal_no, who.own_no]
    found = disclose(
        actor=by, purpose=Purpose.FROM_HOME, resident_nos=[*wanted, *living_with(who.principal_no)],
        audience=Audience.RESIDENT_DISPLAY, case=None, screen="apply", now=now,
    )  # fmt: skip
    known = {one.resident_no: one for one in found}
    principal = known.get(who.principal_no)
    if principal is None or principal.status is not ResidentStatus.RESIDENT:
        raise NobodyHere
    here = (principal.household_no, ResidentStatus.RESIDENT)
    members = tuple(one for one in found if (one.household_no, one.status) == here)
    return members, None if who.mandate is None else known.get(who.own_no)


def _home_row(case: str, what: Offered, who: Applicant, *, mark: str, now: datetime) -> HomeCaseRow:
    row = HomeCaseRow(
        case=find_case(case),
        number=_new_number(),
        mark=mark,
        account=who.account,
        principal_no=who.principal_no,
        mandate=who.mandate.public_id if who.mandate else "",
        procedure=what.procedure,
        consent_version=CONSENT_VERSION,
        consented_at=now,
    )
    _HOME_CASES.add_one(row)
    return row


def _new_number() -> str:
    """A number that nobody can guess from another one."""
    for _attempt in range(_MOST_TRIES):
        number = f"{secrets.randbelow(9 * 10 ** (_NUMBER_DIGITS - 1)) + 10 ** (_NUMBER_DIGITS - 1)}"
        if _NUMBERED.first(number) is None:
            return number
    raise RuntimeError("no number is free")


def _bring_in(
    case: str,
    people: Sequence[DisclosedPerson],
    who: Applicant,
    agent: DisclosedPerson | None,
    only: frozenset[str],
    *,
    by: Actor,
    now: datetime,
) -> None:
    row = begin_act(case, Act.BEGIN, version=None)
    held = [HeldPerson(f"p{n}", one.resident_no, False) for n, one in enumerate(people, start=1)]
    given: dict[FactRef, Given] = {FactRef(ONLY, EVENT_SUBJECT): Given(only, FactSource.SAID)}
    for one, person in zip(held, people, strict=True):
        given |= given_of(person, one.ref, moves=None)
    event = EventKind(row.event_kind)
    if event in MOVING:
        given |= _moving(held, people)
    if event is EventKind.birth:
        child = HeldPerson(f"p{len(held) + 1}", "", False)
        held.append(child)
        values: dict[str, Value] = {
            "name": NO_NAME_YET, "relationship": NEWBORN, "lives_with_household": True,
        }  # fmt: skip
        given |= {FactRef(key, child.ref): Given(value, FactSource.SAID) for key, value in values.items()}
    principal = next(place for place, one in enumerate(people) if one.resident_no == who.principal_no)
    given |= address_of(people[principal])
    given |= _visitor(held[principal].ref, people[principal], who, agent)
    grown_up = [
        one.ref for one, person in zip(held, people, strict=False) if _of_age(person, row.notified_on)
    ]
    if len(grown_up) == 1:
        given[FactRef(CLAIMANT, HOUSEHOLD_SUBJECT)] = Given(grown_up[0], FactSource.DERIVED)
    act = finish_act(row, Act.BEGIN, by=by, now=now, given=given)
    add_people(row, act, held)


def _moving(held: Sequence[HeldPerson], people: Sequence[DisclosedPerson]) -> dict[FactRef, Given]:
    """From where they move; who lives alone moves themselves. Of others it is asked, and whether they stay together follows."""
    given: dict[FactRef, Given] = {}
    if people[0].address:
        given[FactRef("old_address", EVENT_SUBJECT)] = Given(people[0].address, FactSource.REGISTER)
    if len(held) == 1:
        given[FactRef("moves", held[0].ref)] = Given(True, FactSource.DERIVED)
    return given


def _of_age(person: DisclosedPerson, on: date) -> bool:
    birth = person.birth.earliest if isinstance(person.birth, PossibleDays) else person.birth
    return age_on(birth, on) >= OF_AGE


def _visitor(
    ref: str, principal: DisclosedPerson, who: Applicant, agent: DisclosedPerson | None
) -> dict[FactRef, Given]:
    """Who applies, as at the counter who came: the sign-in proves it, a mandate is the paper."""
    kind, name = VisitorKind.SELF, principal.name.name
    if who.mandate is not None:
        kind = VisitorKind.LEGAL if who.mandate.kind is MandateKind.GUARDIAN else VisitorKind.AGENT
        name = agent.name.name if agent else ""
    values: dict[str, Value] = {
        "notifier_name": name,
        "notifier_kind": kind.value,
        "notifier_ref": ref if who.mandate is None else "",
        "notifier_phone": "",
        "notifier_documents": frozenset(),
        "notifier_proof": True,
        "notifier_unproved": False,
    }
    return {FactRef(key, EVENT_SUBJECT): Given(value, FactSource.SIGN_IN) for key, value in values.items()}
