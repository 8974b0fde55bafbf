"""Going and asking (届いていない人に会う): the queue, contacts, the hand-over to a 民生委員, and its end.

1. `queue`: who comes first, by deadline and need; numbers only. 2. `opened`: one person with name and address, written down as read.
3. `contacted`, `entrust`, `take_back`, `end`, `reopen`: what was done; what may follow what is one table (`reach_states`).
Two offices never see one another's people: those under 支援措置 only whoever handles that (`sheltered=True`), who neither visits nor
hands over; everybody else only the others. Whoever is asked for on the wrong side is not there.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.city.authority import Role
from madoguchi.city.queries import staff
from madoguchi.outreach.consent import consent, contacts, holds
from madoguchi.outreach.consent_purposes import ConsentPurpose
from madoguchi.outreach.finding import lines_of, tidied
from madoguchi.outreach.models import EntrustedRow, ReachRow, ReachStepRow
from madoguchi.outreach.reach_states import (
    CONTACT_ACTS,
    ENDS_BY_STAFF,
    ENTRUSTED_DAYS,
    REACH_ACTS,
    SOON,
    STAFF_WAYS,
    EntrustedField,
    ReachAct,
    ReachBy,
    ReachEnd,
    ReachState,
    ReachWhy,
)
from madoguchi.outreach.states import OfferChannel
from madoguchi.residents.accounts.coming import matched_residents
from madoguchi.residents.by_household import living_here
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.protection import Audience, protected_people

MOST = 200
LONGEST_NOTE = 300
_WHY = {one.key: one for one in ReachWhy}
_STATE = {one.key: one for one in ReachState}
_ACT = {one.key: one for one in ReachAct}
_BY = {one.key: one for one in ReachBy}
_END = {one.key: one for one in ReachEnd}


@dataclass(frozen=True, slots=True)
class ReachLine:
    """Somebody in the queue (届いていない人): a number, never a name."""

    number: str
    resident_no: str
    why: ReachWhy
    state: ReachState
    need: int
    deadline: date | None
    since: datetime
    again_on: date | None
    contacts: int


@dataclass(frozen=True, slots=True)
class ReachStep:
    """One contact, or what else was done (連絡の記録)."""

    at: datetime
    act: ReachAct
    way: ReachBy | None
    note: str
    staff_name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """One person as whoever asks them sees them (届ける相手)."""

    line: ReachLine
    person: DisclosedPerson
    procedures: tuple[str, ...]
    phone: str
    may_entrust: bool
    own_page: bool
    entrusted_to: str
    entrusted_until: date | None
    ended: ReachEnd | None
    steps: tuple[ReachStep, ...]


class NoSuchReach(LookupError):
    """Not there, or not for whoever asks: told alike."""


class ReachRefused(ValueError):
    """Something that cannot be done now; the sentence says what to do."""


def queue(
    *, now: datetime, sheltered: bool = False, everybody: bool = False, most: int = MOST
) -> tuple[ReachLine, ...]:
    """Who comes first, at most so many; `everybody`: also those who are to be asked again on a later day, or are handed over."""
    today = now.astimezone(JAPAN).date()
    rows = _ranked(ReachRow.objects.exclude(state=ReachState.ENDED.key), today)
    if not everybody:
        rows = rows.exclude(state=ReachState.ENTRUSTED.key).filter(
            Q(again_on__isnull=True) | Q(again_on__lte=today)
        )
    found = list(rows[: most * 5])
    numbers = [row.resident_no for row in found]
    here = living_here(numbers)
    protected = protected_people(numbers, on=today)
    wanted = here & protected if sheltered else here - protected
    return tuple(_line(row) for row in found if row.resident_no in wanted)[:most]


def opened(*, number: str, by: Actor, screen: str, now: datetime, sheltered: bool = False) -> Opened:
    """One person, read for this work. Raises NoSuchReach."""
    row = _row(number, sheltered=sheltered, now=now)
    if row.state != ReachState.ENDED.key and tidied(row, now=now):
        row.refresh_from_db()
    today = now.astimezone(JAPAN).date()
    audience = Audience.DEPARTMENT  # withholds the address of whoever is protected
    found = disclose(
        actor=by, purpose=Purpose.OUTREACH, resident_nos=[row.resident_no], audience=audience, case=None, screen=screen,
        now=now,
    )  # fmt: skip
    lines = lines_of(row.resident_no, now=now)
    entrusted = row.entrusted.filter(ended_at__isnull=True).first()
    return Opened(
        _line(row), found[0], tuple(dict.fromkeys(one.procedure for one, verdict in lines if verdict.why is not None)),
        "" if sheltered else _phone(row.resident_no, today),
        not sheltered and holds(resident_no=row.resident_no, purpose=ConsentPurpose.COMMISSIONER, on=today),
        row.resident_no in matched_residents([row.resident_no]),
        entrusted.commissioner_name if entrusted else "", entrusted.until if entrusted else None,
        _END.get(row.ended), tuple(_step(one) for one in row.steps.order_by("-pk")),
    )  # fmt: skip


def contacted(
    *, number: str, act: ReachAct, way: ReachBy, note: str, again_on: date | None, by: Actor, now: datetime,
    sheltered: bool = False,
) -> None:  # fmt: skip
    """Keep one contact: how, and what came of it. Raises NoSuchReach, ReachRefused."""
    if act not in CONTACT_ACTS or way not in STAFF_WAYS:
        raise ReachRefused("連絡のしかたと、その結果を選んでください。")
    if sheltered and way is ReachBy.VISIT:
        raise ReachRefused(
            "この方には訪問しません。安全な知らせ方（本人のページ・窓口・本人が決めた電話）を使ってください。"
        )
    if again_on is not None and again_on < now.astimezone(JAPAN).date():
        raise ReachRefused("次に連絡する日が過ぎています。きょうか、それより先の日を入れてください。")
    with transaction.atomic():
        row = _locked(number, sheltered=sheltered, now=now)
        _done(row, act, way=way, note=note, by=by, now=now, again_on=again_on)


def entrust(
    *, number: str, commissioner: int, fields: Sequence[EntrustedField], message: str, days: int, by: Actor, now: datetime
) -> str:  # fmt: skip
    """Hand somebody over to a 民生委員, with these fields alone and until a day. Raises NoSuchReach, ReachRefused."""
    today = now.astimezone(JAPAN).date()
    names = {one.id: one.name for one in commissioners()}
    if commissioner not in names:
        raise ReachRefused("民生委員を一覧から選んでください。")
    if EntrustedField.NAME not in fields:
        raise ReachRefused(
            "だれを訪ねるか分かるように、氏名は必ず引き継ぎます。ほかの項目は、要るものだけにしてください。"
        )
    if not 1 <= days <= ENTRUSTED_DAYS:
        raise ReachRefused(f"引き継ぐ日数は、1日から{ENTRUSTED_DAYS}日までにしてください。")
    clean = message.replace("\0", "").strip()
    if EntrustedField.MESSAGE in fields and not 0 < len(clean) <= LONGEST_NOTE:
        raise ReachRefused(f"伝えてほしいことを、{LONGEST_NOTE}字までで入れてください。")
    with transaction.atomic():
        row = _locked(number, sheltered=False, now=now)
        if not holds(resident_no=row.resident_no, purpose=ConsentPurpose.COMMISSIONER, on=today):
            raise ReachRefused(
                "本人の同意がありません。電話や窓口で同意をもらい、記録してから引き継いでください。"
            )
        _done(row, ReachAct.ENTRUST, way=None, note="", by=by, now=now, again_on=None)
        made = EntrustedRow.objects.create(
            reach=row, public_id=secrets.token_hex(10), commissioner=commissioner, commissioner_name=names[commissioner],
            fields=[one.key for one in EntrustedField if one in fields],
            message=clean if EntrustedField.MESSAGE in fields else "", given_at=now, given_by=by.name,
            until=today + timedelta(days=days),
        )  # fmt: skip
    return made.public_id


def consented(*, number: str, by: Actor, now: datetime) -> None:
    """Keep that the person said yes to a 民生委員, to whoever asked them. Raises NoSuchReach, ReachRefused."""
    with transaction.atomic():
        row = _locked(number, sheltered=False, now=now)
        if not row.steps.filter(act=ReachAct.SPOKE.key).exists():
            raise ReachRefused("同意は、本人と話せたときに記録します。先に「話せた」を記録してください。")
        consent(resident_no=row.resident_no, purpose=ConsentPurpose.COMMISSIONER, by=by, now=now)


def take_back(*, number: str, by: Actor, now: datetime) -> None:
    """Take somebody back from a 民生委員. Raises NoSuchReach, ReachRefused."""
    with transaction.atomic():
        row = _locked(number, sheltered=False, now=now)
        _done(row, ReachAct.TAKE_BACK, way=None, note="", by=by, now=now, again_on=None)
        row.entrusted.filter(ended_at__isnull=True).update(ended_at=now)


def end(
    *, number: str, reason: ReachEnd, note: str, by: Actor, now: datetime, sheltered: bool = False
) -> None:
    """End the work for somebody. Raises NoSuchReach, ReachRefused."""
    if reason not in ENDS_BY_STAFF:
        raise ReachRefused("終える理由を選んでください。")
    with transaction.atomic():
        row = _locked(number, sheltered=sheltered, now=now)
        row.ended = reason.key
        _done(row, ReachAct.END, way=None, note=note or reason.label, by=by, now=now, again_on=None)
        row.entrusted.filter(ended_at__isnull=True).update(ended_at=now)


def reopen(*, number: str, by: Actor, now: datetime, sheltered: bool = False) -> None:
    """Begin again with somebody whose work was ended. Raises NoSuchReach, ReachRefused."""
    with transaction.atomic():
        row = _locked(number, sheltered=sheltered, now=now)
        if ReachRow.objects.filter(resident_no=row.resident_no).exclude(state=ReachState.ENDED.key).exists():
            raise ReachRefused("この方には、新しい記録がもうあります。一覧から開いてください。")
        row.ended = ""
        _done(row, ReachAct.REOPEN, way=None, note="", by=by, now=now, again_on=None)


def commissioners() -> tuple[Commissioner, ...]:
    """The 民生委員 who can sign in."""
    return tuple(
        Commissioner(one.id, one.name or one.username)
        for one in staff()
        if one.active and Role.COMMISSIONER in one.roles
    )


@dataclass(frozen=True, slots=True)
class Commissioner:
    """A 民生委員 with a sign-in here (民生委員)."""

    id: int
    name: str


def _ranked(rows: QuerySet[ReachRow], today: date) -> QuerySet[ReachRow]:
    """In the order of `reach_states.rank`."""
    soon = When(deadline__lte=today + SOON, then=Value(0))
    ranked = rows.annotate(
        first=Case(soon, default=Value(1), output_field=IntegerField()),
        many=Count("steps", filter=Q(steps__act__in=[one.key for one in CONTACT_ACTS])),
    )
    due = Case(When(deadline__lte=today + SOON, then=F("deadline")))
    found: QuerySet[ReachRow] = ranked.order_by(
        "first", due, "-need", F("deadline").asc(nulls_last=True), "opened_at", "pk"
    )
    return found


def _row(number: str, *, sheltered: bool, now: datetime) -> ReachRow:
    row = ReachRow.objects.filter(public_id=number).first()
    if row is None or not living_here([row.resident_no]):
        raise NoSuchReach
    protected = bool(protected_people([row.resident_no], on=now.astimezone(JAPAN).date()))
    if protected is not sheltered:
        raise NoSuchReach
    return row


def _locked(number: str, *, sheltered: bool, now: datetime) -> ReachRow:
    ReachRow.objects.select_for_update().filter(public_id=number).first()
    return _row(number, sheltered=sheltered, now=now)


def _done(
    row: ReachRow, act: ReachAct, *, way: ReachBy | None, note: str, by: Actor, now: datetime, again_on: date | None
) -> None:  # fmt: skip
    before, after = REACH_ACTS[act]
    clean = note.replace("\0", "").strip()
    if _STATE[row.state] not in before:
        raise ReachRefused("いまの状態ではできません。画面を開き直して、状態を確かめてください。")
    if len(clean) > LONGEST_NOTE:
        raise ReachRefused(f"メモは{LONGEST_NOTE}字までにしてください。")
    row.state, row.again_on, row.changed_at = after.key, again_on, now
    row.save(update_fields=["state", "again_on", "changed_at", "ended"])
    ReachStepRow.objects.create(
        reach=row, at=now, act=act.key, by_way=way.key if way else "", state=after.key, note=clean, staff_id=by.staff_id,
        staff_name=by.name,
    )  # fmt: skip
    record_act(actor=by, activity=f"reach_{act.key}", now=now, reach=row.public_id)


def _phone(resident_no: str, today: date) -> str:
    """The mobile number that they gave for messages themselves, while they consent to it."""
    if not holds(resident_no=resident_no, purpose=ConsentPurpose.SMS, on=today):
        return ""
    return contacts(resident_no=resident_no).get(OfferChannel.SMS, "")


def _line(row: ReachRow) -> ReachLine:
    return ReachLine(
        row.public_id, row.resident_no, _WHY[row.why], _STATE[row.state], row.need, row.deadline, row.opened_at,
        row.again_on, getattr(row, "many", 0),
    )  # fmt: skip


def _step(row: ReachStepRow) -> ReachStep:
    return ReachStep(row.at, _ACT[row.act], _BY.get(row.by_way), row.note, row.staff_name)
