"""Certificates asked for in the same visit (証明書の請求): a wish with its fee, which the core system fulfils."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.cases.acting import begin_act, finish_act
from madoguchi.cases.models import CertificatePaymentRow, CertificateRow
from madoguchi.cases.states import Act, PayState
from madoguchi.procedures.packs import Pack

CERTIFICATE_NAMES = {
    "resident_record": "住民票の写し",
    "resident_record_household": "住民票の写し（世帯全員）",
    "seal_certificate": "印鑑登録証明書",
    "tax_certificate": "所得・課税証明書",
}


def certificate_fees(pack: Pack) -> dict[str, int]:
    """Return the fee in yen of one copy of each certificate that the city offers at the counter (its parameters)."""
    values = pack.parameter_values()
    fees = {kind: values.get(f"certificate_fee_{kind}") for kind in CERTIFICATE_NAMES}
    return {kind: fee for kind, fee in fees.items() if isinstance(fee, int)}


class CertificatesArePaid(ValueError):
    """The fee of these certificates is paid; they stay as they are until the money is given back."""

    def __init__(self) -> None:
        super().__init__(
            "証明書の手数料が支払い済みのため、通数を変えられません。変えるときは、先に収納の担当が返金します。"
        )


def request_certificates(
    *, case: str, copies: Mapping[str, int], fees: Mapping[str, int], by: Actor, now: datetime
) -> None:
    """Write down which certificates are wanted; the core system issues them, we hand the request and the fee over.

    Raises CertificatesArePaid.
    """
    with transaction.atomic():
        row = begin_act(case, Act.REQUEST_CERTIFICATE, version=None)
        before = dict(CertificateRow.objects.filter(case=row).values_list("kind", "copies"))
        wanted = {kind: number for kind, number in copies.items() if number > 0}
        if before == wanted:
            return
        if CertificatePaymentRow.objects.filter(case=row, state=PayState.PAID.value).exists():
            raise CertificatesArePaid
        CertificateRow.objects.filter(case=row).exclude(kind__in=wanted).delete()
        for kind, number in wanted.items():
            CertificateRow.objects.update_or_create(
                case=row, kind=kind, defaults={"copies": number, "fee_yen": number * fees[kind]}
            )
        finish_act(row, Act.REQUEST_CERTIFICATE, by=by, now=now)
