"""Paying for the certificates of a case (証明書の支払い): what is owed, that it is paid, that the money was given back.

`payments` knows no case: it is given a reference and says by which payment that was paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.cases.acting import NoSuchCase, find_case
from madoguchi.cases.certificate_wishes import CERTIFICATE_NAMES
from madoguchi.cases.models import CaseRow, CertificatePaymentRow, CertificateRow
from madoguchi.cases.states import CaseStatus, PayState


class NothingToPay(ValueError):
    """The case has nothing to pay, or is none for which anybody may be asked to. Says which."""


@dataclass(frozen=True, slots=True)
class CertificateBill:
    """What the certificates of a case cost and where paying stands (証明書の支払い)."""

    case: str
    reference: str
    lines: tuple[tuple[str, int], ...]
    state: PayState
    payment: str
    paid_at: datetime | None

    @property
    def yen(self) -> int:
        """All lines together."""
        return sum(yen for _text, yen in self.lines)


def make_bill(*, case: str) -> tuple[CertificateBill, tuple[str, ...]]:
    """The bill of what is asked for now, made once, and the references of earlier ones that no longer count.

    Raises NoSuchCase, NothingToPay.
    """
    with transaction.atomic():
        row = CaseRow.objects.select_for_update().filter(public_id=case).first()
        if row is None:
            raise NoSuchCase
        lines = _lines(row)
        if row.practice or row.status == CaseStatus.WITHDRAWN.value:
            raise NothingToPay("練習や取り下げた受付では、支払いの番号を出せません。")
        if not sum(yen for _text, yen in lines):
            raise NothingToPay("支払う手数料がありません。証明書の通数を入れて、書きとめてください。")
        before = CertificatePaymentRow.objects.filter(case=row)
        living = before.exclude(state=PayState.WITHDRAWN.value).first()
        if living is None or (living.state == PayState.ASKED.value and _read(living.lines) != lines):
            before.filter(state=PayState.ASKED.value).update(state=PayState.WITHDRAWN.value)
            nth = before.count() + 1
            living = CertificatePaymentRow.objects.create(
                case=row, nth=nth, reference=f"{row.public_id}/{nth}", lines=[list(line) for line in lines],
                yen=sum(yen for _text, yen in lines),
            )  # fmt: skip
        gone = tuple(before.filter(state=PayState.WITHDRAWN.value).values_list("reference", flat=True))
    return _bill(living), gone


def bill_of(*, case: str) -> CertificateBill | None:
    """The bill of a case that counts; None when none was made."""
    rows = CertificatePaymentRow.objects.filter(case__public_id=case).exclude(state=PayState.WITHDRAWN.value)
    row = rows.select_related("case").first()
    return None if row is None else _bill(row)


def owed(*, reference: str) -> CertificateBill | None:
    """What is to be paid under a reference now; None: it is withdrawn, or other certificates are wanted now."""
    row = CertificatePaymentRow.objects.select_related("case").filter(reference=reference).first()
    return _bill(row) if row is not None and _is_owed(row) else None


def pay_bill(*, reference: str, payment: str, yen: int, now: datetime) -> str:
    """Count a bill as paid; an empty answer when it is, else why not. Again by the same payment: the same answer."""
    with transaction.atomic():
        row = _locked(reference)
        if row is not None and row.state == PayState.PAID.value and row.payment == payment:
            return ""
        if row is None or row.state != PayState.ASKED.value or not _is_owed(row):
            return "取りやめになったもの、または支払い済みのもの"
        if yen != row.yen:
            return "金額のちがう支払い"
        CertificatePaymentRow.objects.filter(pk=row.pk).update(
            state=PayState.PAID.value, payment=payment, paid_at=now
        )
    return ""


def end_bill(*, reference: str) -> bool:
    """Nothing is to be paid under this any more; False when it is paid already. Again: nothing happens."""
    with transaction.atomic():
        row = _locked(reference)
        if row is None or row.state == PayState.PAID.value:
            return False
        CertificatePaymentRow.objects.filter(pk=row.pk).update(state=PayState.WITHDRAWN.value)
    return True


def unpay_bill(*, reference: str, payment: str) -> None:
    """The money of this payment was given back: the bill is closed. Again, or never paid by it: nothing happens."""
    CertificatePaymentRow.objects.filter(
        reference=reference, payment=payment, state=PayState.PAID.value
    ).update(state=PayState.WITHDRAWN.value, payment="", paid_at=None)


def paid_bills() -> tuple[tuple[str, str], ...]:
    """Reference and payment of everything that counts as paid."""
    rows = CertificatePaymentRow.objects.filter(state=PayState.PAID.value)
    return tuple(rows.values_list("reference", "payment"))


def certificates_cost(*, case: str) -> tuple[tuple[str, int], ...]:
    """What the certificates that are asked for cost, line by line. Raises NoSuchCase."""
    return _lines(find_case(case))


def _locked(reference: str) -> CertificatePaymentRow | None:
    case = CaseRow.objects.filter(certificate_payments__reference=reference).values_list("pk", flat=True)
    CaseRow.objects.select_for_update().filter(pk__in=list(case)).first()
    rows = CertificatePaymentRow.objects.select_for_update().filter(reference=reference)
    return rows.first()


def _is_owed(row: CertificatePaymentRow) -> bool:
    case = CaseRow.objects.get(pk=row.case_id)
    gone = case.status == CaseStatus.WITHDRAWN.value or row.state == PayState.WITHDRAWN.value
    return not gone and (row.state == PayState.PAID.value or _lines(case) == _read(row.lines))


def _lines(row: CaseRow) -> tuple[tuple[str, int], ...]:
    wishes = CertificateRow.objects.filter(case=row).order_by("kind")
    return tuple(
        (f"{CERTIFICATE_NAMES.get(one.kind, one.kind)} {one.copies}通", one.fee_yen) for one in wishes
    )


def _read(lines: list[list[object]]) -> tuple[tuple[str, int], ...]:
    return tuple((str(text), int(str(yen))) for text, yen in lines)


def _bill(row: CertificatePaymentRow) -> CertificateBill:
    return CertificateBill(
        row.case.public_id, row.reference, _read(row.lines), PayState(row.state), row.payment, row.paid_at
    )
