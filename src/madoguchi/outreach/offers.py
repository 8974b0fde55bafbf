"""Offers as they are seen and answered (案内を見る・答える): 使う, 使わない, あとで.

1. `offers_of`: what is there for somebody, without any fact of theirs.
2. `explain`: decided anew at this moment, with why, what one gets, what the city knows already and what is still missing.
3. `answer`: 使わない is remembered with the facts it was said to, and not asked again until they change; あとで with a day;
   使う opens the application. 使わない and あとで can be changed into 使う at any time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.queries import current
from madoguchi.city.queries import open_days
from madoguchi.outreach.deciding import DecidedFor, decisions_of, facts_for
from madoguchi.outreach.making import masked
from madoguchi.outreach.models import AnswerRow, CampaignRow, OfferRow
from madoguchi.outreach.ports import ApplicationDoor, WhereToApply
from madoguchi.outreach.states import ANSWERABLE, ANSWERED, Answer, OfferState
from madoguchi.outreach.values import NoSuchOffer, Offer, OfferExplained
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import Holder
from madoguchi.procedures.judge import facts_deciding
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.wording import label_of
from madoguchi.residents.by_household import RegisterHousehold, household_of
from madoguchi.residents.disclosure import JAPAN

LATER_DAYS = (7, 30, 90)
_SEEN = (OfferState.OPEN, OfferState.LATER, OfferState.USED, OfferState.REFUSED)


def offers_of(*, resident_no: str) -> tuple[Offer, ...]:
    """What is there for somebody, what waits for an answer first. No fact of theirs is read for it."""
    rows = OfferRow.objects.filter(resident_no=resident_no, state__in=[one.value for one in _SEEN])
    found = [offer_of(row) for row in rows.order_by("-pk")]
    return tuple(sorted(found, key=lambda one: _SEEN.index(one.state)))


def find_row(number: str, resident_no: str) -> OfferRow:
    """The offer of somebody. Raises NoSuchOffer alike for one that is not there and one of somebody else."""
    row = (
        OfferRow.objects.filter(public_id=number, resident_no=resident_no).select_related("campaign").first()
    )
    if row is None or row.state not in {one.value for one in _SEEN}:
        raise NoSuchOffer
    return row


def explain(*, number: str, resident_no: str, by: Actor, purpose: Purpose, now: datetime) -> OfferExplained:
    """An offer, decided anew now. Raises NoSuchOffer."""
    row, pack = find_row(number, resident_no), current()
    today = now.astimezone(JAPAN).date()
    home = _home(row, pack, by=by, purpose=purpose, now=now)
    one = None if home is None else still_holds(home, row, pack, today)
    if home is None or one is None:
        return OfferExplained(offer_of(row), False, "", Status.NOT_NEEDED, (), None, None, (), (), ())
    decision = one.decision
    bring = tuple(thing.text for thing in pack.procedure(row.procedure).bring if thing.when is None)
    missing = tuple(dict.fromkeys(label_of(pack, ref) for ref in decision.missing))
    about = "" if row.about == resident_no else _relationship(home, row.about)
    return OfferExplained(
        offer_of(row), True, about, decision.status, decision.because, decision.amount, decision.deadline,
        _known(home, row, pack), missing, bring,
    )  # fmt: skip


def answer(
    *, number: str, resident_no: str, said: Answer, by: Actor, now: datetime, later_days: int = LATER_DAYS[1],
    mandate: str = "", by_code: bool = False,
) -> OfferState:  # fmt: skip
    """Keep what was said. Said twice, it is the same. Raises NoSuchOffer."""
    with transaction.atomic():
        row = OfferRow.objects.select_for_update().filter(public_id=number, resident_no=resident_no).first()
        if row is None or OfferState(row.state) not in ANSWERABLE | {OfferState.USED}:
            raise NoSuchOffer
        after = ANSWERED[said]
        if row.state == OfferState.USED.value or (row.state == after.value and said is not Answer.LATER):
            return OfferState(row.state)
        until = _later(said, later_days, now)
        row.state, row.later_until, row.changed_at = after.value, until, now
        row.save(update_fields=["state", "later_until", "changed_at"])
        AnswerRow.objects.create(
            offer=row, answer=said.value, facts_digest=row.facts_digest, later_until=until, by_code=by_code,
            mandate=mandate, at=now,
        )  # fmt: skip
        record_act(actor=by, activity=f"offer_{said.value}", now=now, offer=row.public_id, person=resident_no)
    return after


def use(
    *, number: str, resident_no: str, door: ApplicationDoor, by: Actor, purpose: Purpose, now: datetime,
    mandate: str = "", by_code: bool = False,
) -> WhereToApply:  # fmt: skip
    """使う: open the application, then keep the answer. Raises NoSuchOffer, also when it does not hold any more."""
    row, pack = find_row(number, resident_no), current()
    home = _home(row, pack, by=by, purpose=purpose, now=now)
    if home is None or still_holds(home, row, pack, now.astimezone(JAPAN).date()) is None:
        raise NoSuchOffer
    people = tuple(str(person.values.get("relationship", "")) for person in home.people)
    where = door.open(offer=number, procedure=row.procedure, resident_no=resident_no, people=people, now=now)
    answer(
        number=number,
        resident_no=resident_no,
        said=Answer.USE,
        by=by,
        now=now,
        mandate=mandate,
        by_code=by_code,
    )
    return where


def still_holds(home: RegisterHousehold, row: OfferRow, pack: Pack, today: date) -> DecidedFor | None:
    """The decision of an offer as of today; None when there is nothing (more) to offer."""
    if not pack.has_procedure(row.procedure):
        return None
    campaign: CampaignRow = row.campaign
    wanted = {Status(one) for one in campaign.outcomes}
    shown = home if campaign.legal_basis else next(masked([home], pack, on=today))
    # A campaign may look ahead: who will be of an age on its day is not of it today.
    day = max(today, campaign.on)
    for one in decisions_of(shown, pack, (row.procedure,), on=day, calendar=open_days()):
        if one.about == row.about and one.resident_no == row.resident_no and one.decision.status in wanted:
            return one
    return None


def offer_of(row: OfferRow) -> Offer:
    """The row as a value, in the words of today's procedures."""
    name, summary = _words(current(), row.procedure)
    return Offer(
        row.public_id, row.procedure, name, summary, OfferState(row.state), row.later_until, row.made_at
    )


def names_of(pack: Pack, procedures: tuple[str, ...]) -> Mapping[str, str]:
    """The names of procedures, also of one that is not in the catalogue any more."""
    return {one: _words(pack, one)[0] for one in procedures}


def _words(pack: Pack, procedure: str) -> tuple[str, str]:
    if not pack.has_procedure(procedure):
        return procedure, ""
    found = pack.procedure(procedure)
    return found.name, found.summary


def _home(
    row: OfferRow, pack: Pack, *, by: Actor, purpose: Purpose, now: datetime
) -> RegisterHousehold | None:
    keys = facts_for(pack, (row.procedure,)) if pack.has_procedure(row.procedure) else frozenset()
    return household_of(
        row.resident_no,
        keys=keys,
        on=now.astimezone(JAPAN).date(),
        by=by,
        purpose=purpose,
        screen="offer",
        now=now,
    )


def _relationship(home: RegisterHousehold, about: str) -> str:
    found = next((person for person in home.people if person.id == about), None)
    return str(found.values.get("relationship", "")) if found is not None else ""


def _known(home: RegisterHousehold, row: OfferRow, pack: Pack) -> tuple[tuple[str, str], ...]:
    """What the procedure reads and the city knows already: by its label, and of how many people; no value."""
    keys = {key for holder, key in facts_deciding(pack.procedure(row.procedure)) if holder is Holder.PERSON}
    labels = {one.key: one.label for one in pack.vocabulary if one.holder is Holder.PERSON}
    people = [one for one in home.people if one.id == row.about] or list(home.people)
    found = []
    for key in sorted(keys & labels.keys(), key=list(labels).index):
        number = sum(1 for one in people if key in one.values)
        if number:
            found.append((labels[key], str(number)))
    return tuple(found)


def _later(said: Answer, days: int, now: datetime) -> date | None:
    if said is not Answer.LATER:
        return None
    return now.astimezone(JAPAN).date() + timedelta(days=days if days in LATER_DAYS else LATER_DAYS[1])
