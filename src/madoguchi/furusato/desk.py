"""What the officers of the donation desk read (寄附担当の一覧): applications of a year, one gift, its paper, the list to send on.

Every reading is written down. The address of somebody who may be protected is not given out here: those lines say so by
staying without one, and whoever handles 支援措置 sends them on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.furusato.deadlines import today_in_japan
from madoguchi.furusato.models import ApplicationRow, ChangeRow, GiftRow, StepRow
from madoguchi.furusato.queries import READ, gift_of, hidden_places
from madoguchi.furusato.states import LIVING, ApplicationState, Proof
from madoguchi.furusato.values import Gift, NoSuchGift
from madoguchi.jp.municipalities import municipality_of

MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class DeskLine:
    """An application in the list (申請の一覧の一行). `changes`: told and not accepted yet."""

    application: int
    gift: Gift
    receipt: str
    state: ApplicationState
    proof: Proof
    at: datetime
    changes: int


@dataclass(frozen=True, slots=True)
class DeskChange:
    """A change as the desk sees it (変更の届出), its address "" where it may not be told."""

    id: int
    name: str
    kana: str
    postal_code: str
    address: str
    changed_on: date
    told_at: datetime
    proof: Proof
    accepted_by: str
    waits: bool


@dataclass(frozen=True, slots=True)
class DeskStep:
    """One step of an application (申請の経過)."""

    state: ApplicationState
    at: datetime
    by_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeskApplication:
    """One application with all that happened to it (申請の詳細)."""

    id: int
    receipt: str
    state: ApplicationState
    proof: Proof
    papers_on: date | None
    steps: tuple[DeskStep, ...]
    changes: tuple[DeskChange, ...]


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A line of the list for the donor's municipality on 1 January (通知の一覧の一行). `withheld`: sent on by another hand."""

    municipality: str
    number: str
    receipt: str
    name: str
    kana: str
    birth: date | None
    sex: str
    postal_code: str
    address: str
    given_on: date
    yen: int
    changed: bool
    withheld: bool


def applications(
    *, year: int, state: ApplicationState | None, changes_only: bool, by: Actor, now: datetime
) -> tuple[DeskLine, ...]:
    """The applications for gifts of a year, the newest first."""
    waiting = ChangeRow.objects.filter(application=OuterRef("pk"), accepted_at=None)
    rows = _applications(ApplicationRow.objects.filter(gift__year=year))
    if changes_only:
        rows = rows.filter(Exists(waiting), state__in=LIVING)
    elif state is not None:
        rows = rows.filter(state=state.value)
    found = list(rows.order_by("-pk")[:MOST_SHOWN])
    _written([one.gift for one in found], by=by, now=now, screen="furusato_desk")
    return tuple(
        DeskLine(
            one.pk, _unplaced(one.gift, now), one.submission.receipt, ApplicationState(one.state), Proof(one.proof),
            one.submission.at, sum(change.accepted_at is None for change in one.changes.all()),
        )
        for one in found
    )  # fmt: skip


def gift(*, number: str, by: Actor, now: datetime) -> tuple[Gift, tuple[DeskApplication, ...]]:
    """One gift with its applications. Raises NoSuchGift."""
    row = GiftRow.objects.filter(number=number).first()
    if row is None:
        raise NoSuchGift
    _written([row], by=by, now=now, screen="furusato_gift")
    rows = list(_applications(ApplicationRow.objects.filter(gift=row)).order_by("-pk"))
    hidden = bool(_hidden(rows, now) or hidden_places([row], on=today_in_japan(now)))
    return gift_of(row, shown=not hidden, vouched=False, now=now), tuple(_whole(one, hidden) for one in rows)


def paper(*, number: str, by: Actor, now: datetime) -> tuple[Gift, str]:
    """What is printed on a gift's paper: the gift and its eight digits. Raises NoSuchGift."""
    found, _applied = gift(number=number, by=by, now=now)
    code = GiftRow.objects.values_list("code", flat=True).get(number=number)
    record_act(actor=by, activity="gift_paper", now=now, gift=number)
    return found, code


def papers(*, year: int, by: Actor, now: datetime) -> tuple[tuple[str, str], ...]:
    """Number and digits of every gift of a year, for printing them onto the papers. No name."""
    found = tuple(GiftRow.objects.filter(year=year).order_by("number").values_list("number", "code"))
    record_act(actor=by, activity="export", now=now, screen="gift_papers", rows=len(found))
    return found


def notice(*, year: int, by: Actor, now: datetime) -> tuple[NoticeLine, ...]:
    """What is received of a year and to be told to the donors' own municipalities, by municipality. Recorded for each."""
    rows = _applications(
        ApplicationRow.objects.filter(
            gift__year=year, state=ApplicationState.RECEIVED.value, gift__cancelled=False
        )
    )
    found = list(rows.order_by("gift__number"))
    _written([one.gift for one in found], by=by, now=now, screen="furusato_notice")
    record_act(actor=by, activity="export", now=now, screen="furusato_notice", rows=len(found))
    hidden = _hidden(found, now)
    lines = [_notice_line(one, one.gift_id in hidden) for one in found]
    return tuple(sorted(lines, key=lambda one: (one.withheld, one.municipality, one.number)))


def _notice_line(row: ApplicationRow, hidden: bool) -> NoticeLine:
    changed = [one for one in row.changes.all() if one.accepted_at is not None]
    said: ChangeRow | object = changed[-1] if changed else row.submission
    address = "" if hidden else str(getattr(said, "address", ""))
    home = municipality_of(address) if address else None
    return NoticeLine(
        municipality=f"{home.prefecture}{home.name}" if home else "", number=row.gift.number,
        receipt=row.submission.receipt, name=str(getattr(said, "name", "")), kana=str(getattr(said, "kana", "")),
        birth=row.submission.birth, sex=row.submission.sex,
        postal_code="" if hidden else str(getattr(said, "postal_code", "")), address=address,
        given_on=row.gift.given_on, yen=row.gift.yen, changed=bool(changed), withheld=hidden,
    )  # fmt: skip


def _hidden(rows: Sequence[ApplicationRow], now: datetime) -> frozenset[int]:
    """The gifts of these whose address may not be told, by whatever address was ever told for them."""
    told = {
        one.gift_id: (one.submission.address, *(change.address for change in one.changes.all()))
        for one in rows
    }
    return hidden_places([one.gift for one in rows], on=today_in_japan(now), told=told)


def _applications(rows: QuerySet[ApplicationRow]) -> QuerySet[ApplicationRow]:
    return rows.select_related("gift", "submission").prefetch_related(
        Prefetch("changes", ChangeRow.objects.order_by("nth")),
        Prefetch("steps", StepRow.objects.order_by("nth")),
    )


def _unplaced(row: GiftRow, now: datetime) -> Gift:
    """A gift in a list, where nobody's address stands."""
    return gift_of(row, shown=False, vouched=False, now=now)


def _whole(row: ApplicationRow, hidden: bool) -> DeskApplication:
    steps = (
        DeskStep(ApplicationState(one.state), one.at, one.by_name, one.reason) for one in row.steps.all()
    )
    changes = (
        DeskChange(
            one.pk, one.name, one.kana, "" if hidden else one.postal_code, "" if hidden else one.address, one.changed_on,
            one.told_at, Proof(one.proof), one.accepted_by, one.accepted_at is None and row.state in LIVING,
        )
        for one in row.changes.all()
    )  # fmt: skip
    return DeskApplication(
        row.pk, row.submission.receipt, ApplicationState(row.state), Proof(row.proof), row.papers_on, tuple(steps),
        tuple(changes),
    )  # fmt: skip


def _written(rows: Sequence[GiftRow], *, by: Actor, now: datetime, screen: str) -> None:
    if rows:
        record_access(
            actor=by, purpose=Purpose.GIFT, authority="gifts", person_keys=[f"gift/{row.number}" for row in rows],
            fields=READ, case=None, screen=screen, now=now,
        )  # fmt: skip
