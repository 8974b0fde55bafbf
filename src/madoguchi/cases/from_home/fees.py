"""What an application from home costs, and that it is paid (申請の手数料): what the pack declares, asked for once.

1. `costs_of`: of everything that is applied for, line by line with its reduction; what is paid before it counts as filed,
   and what after (`fee_paid` of the pack). An amount that hangs on something not known is asked for by nobody.
2. `bill_before`, `bill_after`: a bill that stands, made once. Other lines are another bill; the earlier one no longer counts.
3. A bill of before is of exactly what was declared: whatever is changed afterwards is not paid for by it.

`payments` knows no case: it is given a reference. That the money is there is told to `submitting.paid`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.cases.closing import content_digest
from madoguchi.cases.from_home.attaching import digests_of
from madoguchi.cases.judging import Judged, applied_for, judge
from madoguchi.cases.models import CaseRow, HomeFeeRow
from madoguchi.cases.record import Record, read_record
from madoguchi.cases.states import CaseStatus, PayState
from madoguchi.compiled import CompiledQuery
from madoguchi.payments.fees_asked import lines_of_fee
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.fees import fee_of
from madoguchi.procedures.packs import FeeTime
from madoguchi.procedures.questions import Prompt
from madoguchi.procedures.wording import definition_of

Lines = tuple[tuple[str, int], ...]
_ANY = CompiledQuery(lambda case: HomeFeeRow.objects.filter(case__public_id=case).values_list("id")[:1])


@dataclass(frozen=True, slots=True)
class HomeCosts:
    """What everything that is applied for costs (申請にかかる手数料): before and after it is filed; what would settle the rest.

    `open`: the procedures whose amount is not known.
    """

    before: Lines
    after: Lines
    unknown: tuple[FactRef, ...]
    open: tuple[str, ...]

    @property
    def before_yen(self) -> int:
        """What is paid before it counts as filed."""
        return sum(yen for _text, yen in self.before)

    @property
    def after_yen(self) -> int:
        """What is paid afterwards."""
        return sum(yen for _text, yen in self.after)


@dataclass(frozen=True, slots=True)
class HomeFee:
    """A fee that was asked for (申請の手数料の請求) and where paying it stands."""

    case: str
    reference: str
    paid_when: FeeTime
    lines: Lines
    state: PayState
    payment: str
    paid_at: datetime | None

    @property
    def yen(self) -> int:
        """All lines together."""
        return sum(yen for _text, yen in self.lines)


@dataclass(frozen=True, slots=True)
class UnpaidFee:
    """An application that was filed and is not paid for yet (受付済みで未納の手数料)."""

    number: str
    yen: int
    submitted_at: datetime


def costs_of(judged: Judged, record: Record) -> HomeCosts:
    """What is declared of everything that is applied for."""
    lines: dict[FeeTime, list[tuple[str, int]]] = {FeeTime.BEFORE: [], FeeTime.AFTER: []}
    unknown: dict[FactRef, None] = {}
    not_known: dict[str, None] = {}
    for one in applied_for(judged, record):
        procedure = judged.pack.procedure(one.procedure)
        if not procedure.fees and not procedure.fee_yen:
            continue
        fee = fee_of(procedure, judged.situation, one.subject, on=judged.on, open_days=judged.calendar)
        if fee.total_yen is None:
            unknown |= dict.fromkeys(fee.unknown)
            not_known[one.procedure] = None
        else:
            lines[procedure.fee_paid] += [(line.text, line.yen) for line in lines_of_fee(fee)]
    return HomeCosts(
        tuple(lines[FeeTime.BEFORE]), tuple(lines[FeeTime.AFTER]), tuple(unknown), tuple(not_known)
    )


def fee_question(judged: Judged, record: Record) -> Prompt | None:
    """What has to be known for the amount alone, asked last; not what was answered with わからない."""
    heard = record.answered | record.heard_without_answer
    for ref in costs_of(judged, record).unknown:
        if ref not in heard and ref not in record.facts:
            found = definition_of(judged.pack, ref)
            return Prompt(ref.key, found.question, found.why, (ref,), (found,))
    return None


def bill_before(row: CaseRow, judged: Judged, record: Record, *, now: datetime) -> HomeFee | None:
    """What has to be paid before this counts as filed, in the caller's transaction; None: nothing, or it is paid."""
    return _bill(row, FeeTime.BEFORE, costs_of(judged, record).before, _content(row, record, judged), now)


def bill_after(
    row: CaseRow, judged: Judged, record: Record, *, all_of_it: bool, now: datetime
) -> HomeFee | None:
    """What is paid after this was filed, in the caller's transaction. `all_of_it`: also what is usually paid before."""
    costs = costs_of(judged, record)
    paid = HomeFeeRow.objects.filter(case=row, paid_when=FeeTime.BEFORE.value, state=PayState.PAID.value)
    both = all_of_it and not paid.exists()
    return _bill(row, FeeTime.AFTER, (*costs.before, *costs.after) if both else costs.after, "", now)


def _bill(row: CaseRow, when: FeeTime, lines: Lines, content: str, now: datetime) -> HomeFee | None:
    before = HomeFeeRow.objects.filter(case=row)
    living = before.filter(paid_when=when.value).exclude(state=PayState.WITHDRAWN.value).first()
    if living is not None and living.state == PayState.PAID.value:
        return None
    yen = sum(amount for _text, amount in lines)
    if living is not None and (_read(living.lines) != lines or living.content != content):
        HomeFeeRow.objects.filter(pk=living.pk).update(state=PayState.WITHDRAWN.value)
        living = None
    if living is None and yen:
        nth = before.count() + 1
        living = HomeFeeRow.objects.create(
            case=row, nth=nth, paid_when=when.value, reference=f"{row.public_id}/fee/{nth}",
            lines=[list(one) for one in lines], yen=yen, content=content, made_at=now,
        )  # fmt: skip
    return None if living is None else fee_value(living)


def fees_of(*, case: str) -> tuple[HomeFee, ...]:
    """The fees of a case that stand: asked for, or paid. Whoever asks has written the reading of the case down."""
    if _ANY.first(case) is None:  # most applications cost nothing
        return ()
    rows = HomeFeeRow.objects.filter(case__public_id=case).exclude(state=PayState.WITHDRAWN.value)
    return tuple(fee_value(one) for one in rows.order_by("nth").select_related("case"))


def owed(*, reference: str) -> HomeFee | None:
    """What is to be paid under a reference now; None: withdrawn, or something else would be filed now."""
    row = HomeFeeRow.objects.select_related("case").filter(reference=reference).first()
    return fee_value(row) if row is not None and is_owed(row) else None


def is_owed(row: HomeFeeRow) -> bool:
    """Whether a fee counts still: the application stands, and what was declared is what would be filed."""
    case = CaseRow.objects.get(pk=row.case_id)
    if case.status == CaseStatus.WITHDRAWN.value or row.state == PayState.WITHDRAWN.value:
        return False
    waits = row.paid_when == FeeTime.BEFORE.value and row.state == PayState.ASKED.value
    if not waits or case.status != CaseStatus.HEARING.value:
        return True
    record = read_record(case)
    return _content(case, record, judge(case, record)) == row.content


def end_fees(row: CaseRow) -> None:
    """Nothing of this case is to be paid any more, in the caller's transaction; what is paid stays paid."""
    HomeFeeRow.objects.filter(case=row, state=PayState.ASKED.value).update(state=PayState.WITHDRAWN.value)


def unpay(*, reference: str, payment: str) -> None:
    """The money of this payment was given back: the bill is closed. Again, or never paid by it: nothing happens."""
    with transaction.atomic():
        HomeFeeRow.objects.filter(reference=reference, payment=payment, state=PayState.PAID.value).update(
            state=PayState.WITHDRAWN.value, payment="", paid_at=None
        )


def paid_fees() -> tuple[tuple[str, str], ...]:
    """Reference and payment of everything that counts as paid."""
    return tuple(HomeFeeRow.objects.filter(state=PayState.PAID.value).values_list("reference", "payment"))


def filed_and_unpaid(*, most: int) -> tuple[UnpaidFee, ...]:
    """Applications that are filed and whose fee nobody paid yet, the oldest first, by number alone: nobody is named."""
    rows = HomeFeeRow.objects.filter(state=PayState.ASKED.value, case__home__submitted_at__isnull=False)
    rows = rows.exclude(case__status=CaseStatus.WITHDRAWN.value).order_by("made_at", "pk")
    found = rows.values_list("case__home__number", "yen", "case__home__submitted_at")
    return tuple(UnpaidFee(number, yen, at) for number, yen, at in found[:most] if at is not None)


def fee_value(row: HomeFeeRow) -> HomeFee:
    """A row as a value."""
    return HomeFee(
        row.case.public_id, row.reference, FeeTime(row.paid_when), _read(row.lines), PayState(row.state), row.payment,
        row.paid_at,
    )  # fmt: skip


def _content(row: CaseRow, record: Record, judged: Judged) -> str:
    """Everything that is filed and paid for: answers, what is applied for, the files, the amounts."""
    said = [content_digest(record, judged), sorted(digests_of(row)), costs_of(judged, record).before]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _read(lines: list[list[object]]) -> Lines:
    return tuple((str(text), int(str(yen))) for text, yen in lines)
