"""Reading gifts and applications: what donors are shown, and what staff are. Each reading is written down first, by key.

An address is shown to whoever holds the paper only while it is the one on that paper; a newer one only to whoever the
provider proves to be the donor; none of somebody who may be protected (支援措置), and that looks the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from django.db.models import Count, Prefetch, Q, QuerySet

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.furusato.deadlines import may_still_come, today_in_japan
from madoguchi.furusato.models import ApplicationRow, ChangeRow, GiftRow, StepRow, SubmissionRow
from madoguchi.furusato.reading import readable, vouched_numbers
from madoguchi.furusato.states import LIVING, ApplicationState, Proof
from madoguchi.furusato.values import AppliedFor, Gift, NoSuchReceipt, Reader, Receipt, ToldChange
from madoguchi.residents.withholding import WrittenPerson, withheld

READ = ("name", "address", "birth", "gift")


def gifts_of(*, reader: Reader, by: Actor, now: datetime) -> tuple[Gift, ...]:
    """Every gift that this reader may see, the newest first. Recorded as a reading of each."""
    rows = list(_with_applications(readable(reader)).order_by("-given_on", "-number"))
    _written(rows, by=by, now=now, screen="furusato", authority=authority_of(reader))
    return tuple(_seen(rows, reader, now))


def receipt_of(*, receipt: str, reader: Reader, by: Actor, now: datetime) -> Receipt:
    """A receipt as far as this reader may see it. Raises NoSuchReceipt when nothing of it is theirs."""
    submission = SubmissionRow.objects.filter(receipt=receipt).first()
    mine = readable(reader).values("pk")
    changes = Prefetch("changes", ChangeRow.objects.order_by("nth"))
    steps = Prefetch("steps", StepRow.objects.order_by("nth"))
    found = ApplicationRow.objects.filter(submission=submission).prefetch_related(changes, steps)
    applications = list(found.filter(gift__in=mine).order_by("gift__given_on", "gift__number"))
    if submission is None or not applications:
        raise NoSuchReceipt
    rows = {row.pk: row for row in _with_applications(GiftRow.objects.filter(applications__in=applications))}
    _written(rows.values(), by=by, now=now, screen="furusato_receipt", authority=authority_of(reader))
    gifts = {one.number: one for one in _seen(list(rows.values()), reader, now)}
    own = _is_own(submission, applications, rows, reader)
    applied = tuple(_applied(one, gifts[rows[one.gift_id].number]) for one in applications)
    on_paper = submission.address in {row.paper_address for row in rows.values()}
    hidden = any(one.gift.address is None for one in applied) or not (own or on_paper)
    return Receipt(
        receipt=submission.receipt, at=submission.at, year=submission.year, name=submission.name,
        address=None if hidden else submission.address, applied=applied,
        changes=_changes(applications[0], own and not hidden),
        others=submission.applications.count() - len(applications), own=own,
        in_time=may_still_come(submission.year, now=now),
    )  # fmt: skip


def authority_of(reader: Reader) -> str:
    """By what they read, as the audit names it."""
    return "resident" if reader.account is not None else "paper"


def _is_own(
    submission: SubmissionRow, found: Sequence[ApplicationRow], rows: dict[int, GiftRow], reader: Reader
) -> bool:
    """Whether this reader is proved to be who filed it."""
    if reader.account is None:
        return False
    proved = vouched_numbers(reader)
    filed = submission.account == reader.account
    return all(
        (filed and one.proof == Proof.SIGN_IN.value) or rows[one.gift_id].number in proved for one in found
    )


def _with_applications(rows: QuerySet[GiftRow]) -> QuerySet[GiftRow]:
    standing = ApplicationRow.objects.filter(state__in=LIVING).select_related("submission")
    return rows.distinct().prefetch_related(Prefetch("applications", standing, to_attr="standing"))


def _written(rows: Iterable[GiftRow], *, by: Actor, now: datetime, screen: str, authority: str) -> None:
    keys = [f"gift/{row.number}" for row in rows]
    if keys:
        record_access(
            actor=by, purpose=Purpose.OWN if by.staff_id is None else Purpose.GIFT, authority=authority, person_keys=keys,
            fields=READ, case=None, screen=screen, now=now,
        )  # fmt: skip


def hidden_places(
    rows: Sequence[GiftRow], *, on: date, told: Mapping[int, tuple[str, ...]] = MappingProxyType({})
) -> frozenset[int]:
    """Those whose address may be told to nobody here, because they may be protected. `told`: other addresses of theirs."""
    people = [
        WrittenPerson(row.name, row.birth, (row.address, row.paper_address, *told.get(row.pk, ())))
        for row in rows
    ]
    return frozenset(row.pk for row, hidden in zip(rows, withheld(people, on=on), strict=True) if hidden)


def _seen(rows: Sequence[GiftRow], reader: Reader, now: datetime) -> list[Gift]:
    proved = vouched_numbers(reader)
    hidden = hidden_places(rows, on=today_in_japan(now))
    return [
        gift_of(row, shown=_may_see(row, row.number in proved, hidden), vouched=row.number in proved, now=now)
        for row in rows
    ]


def _may_see(row: GiftRow, vouched: bool, hidden: frozenset[int]) -> bool:
    return row.pk not in hidden and (vouched or row.address == row.paper_address)


def gift_of(row: GiftRow, *, shown: bool, vouched: bool, now: datetime) -> Gift:
    """The value of a row that was read with its standing application; without an address unless it is `shown`."""
    standing: Sequence[ApplicationRow] = getattr(row, "standing", ())
    application = standing[0] if standing else None
    return Gift(
        number=row.number, year=row.year, given_on=row.given_on, yen=row.yen, name=row.name, kana=row.kana,
        address=row.address if shown else None, postal_code=row.postal_code if shown else "", birth=row.birth,
        sex=row.sex, cancelled=row.cancelled, vouched=vouched, in_time=may_still_come(row.year, now=now),
        receipt=application.submission.receipt if application else "",
        state=ApplicationState(application.state) if application else None,
    )  # fmt: skip


def _applied(row: ApplicationRow, gift: Gift) -> AppliedFor:
    steps = list(row.steps.all())
    return AppliedFor(
        gift, ApplicationState(row.state), Proof(row.proof), row.papers_on, steps[-1].reason if steps else ""
    )


def _changes(row: ApplicationRow, shown: bool) -> tuple[ToldChange, ...]:
    return tuple(
        ToldChange(
            one.told_at, one.changed_on, one.accepted_at is not None, one.name if shown else "",
            one.address if shown else "",
        )
        for one in row.changes.all()
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class YearCounts:
    """How the gifts of a year stand (年ごとの件数)."""

    gifts: int
    applied: dict[ApplicationState, int]
    changes_waiting: int


def counts(*, year: int) -> YearCounts:
    """How many gifts and applications of a year there are."""
    rows = ApplicationRow.objects.filter(gift__year=year)
    found = dict(rows.values_list("state").annotate(Count("pk")))
    waiting = Q(accepted_at=None, application__gift__year=year, application__state__in=LIVING)
    return YearCounts(
        GiftRow.objects.filter(year=year).count(),
        {state: found.get(state.value, 0) for state in ApplicationState},
        ChangeRow.objects.filter(waiting).count(),
    )


def years() -> tuple[int, ...]:
    """The years of which there are gifts, the latest first."""
    return tuple(GiftRow.objects.order_by("-year").values_list("year", flat=True).distinct())
