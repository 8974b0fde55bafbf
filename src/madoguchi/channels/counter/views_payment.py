"""支払い用の番号: a number with which the certificates of a case are paid for at home or on a phone, and whether they are."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases import certificate_payments
from madoguchi.cases.certificate_payments import NothingToPay
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.views_opening import case_of
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect import paying
from madoguchi.payments.values import PaymentRefused


@needs(Authority.COUNTER)
def payment(request: HttpRequest, case: str) -> HttpResponse:
    """Give out the number, show it again, take it back when the money is taken at the counter, say whether it is paid."""
    view, problem, status = case_of(request, case, "payment"), "", 200
    if request.method == "POST":
        act = paying.end_number if request.POST.get("act") == "end" else paying.give_number
        try:
            act(case=case, by=actor_of(request), now=timezone.now())
            return redirect("counter:payment", case)
        except (NothingToPay, PaymentRefused) as error:
            problem, status = str(error), 409
    here = "done" if view.header.signed else "check"
    bill = certificate_payments.bill_of(case=case)
    lines = bill.lines if bill else certificate_payments.certificates_cost(case=case)
    context: dict[str, Any] = {
        "case": head_of(view.header, here=here, record=view.record),
        "lines": lines,
        "total": sum(yen for _text, yen in lines),
        "bill": bill,
        "stale": bill is not None and bill.state.value == "asked" and _changed(case, bill),
        "ready": bool(settings.PAYMENT_PROVIDER),
        "back": reverse("counter:done" if view.header.signed else "counter:check", args=[case]),
        "problems": [problem] if problem else [],
        **_slip(request, bill),
    }
    return render(request, "counter/payment.html", context, status=status)


def _changed(case: str, bill: certificate_payments.CertificateBill) -> bool:
    return certificate_payments.certificates_cost(case=case) != bill.lines


def _slip(request: HttpRequest, bill: certificate_payments.CertificateBill | None) -> dict[str, Any]:
    """The number, its digits and a code to point a phone at; nothing when none is given out."""
    given = paying.given_number(reference=bill.reference) if bill else None
    if given is None:
        return {"given": None}
    base = (settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")).rstrip("/")
    address = base + reverse("pay:find")
    qr = segno.make(f"{address}?number={given[0]}", error="m", micro=False).svg_data_uri(border=2, scale=4)
    return {
        "given": {"number": given[0], "code": given[1], "address": address, "qr": qr},
        "alt": _("支払いのページを開くQRコード"),
    }
