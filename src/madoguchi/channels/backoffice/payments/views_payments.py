"""収納: payments by state and what stands open between us, the provider and the counters; as a file for Excel."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit.operations import record_act
from madoguchi.cases.from_home.fees import filed_and_unpaid
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect import paying
from madoguchi.payments import queries, reconciling, refunds
from madoguchi.payments.states import Account, PaymentState
from madoguchi.payments.values import NoSuchPayment, PaymentRefused, RefundNotPossible
from madoguchi.spreadsheets.writing import PageOut, workbook_of

LARGEST_UPLOAD = 20_000_000
HEADING = (
    "支払いの番号",
    "依頼の番号",
    "内容",
    "金額",
    "状態",
    "反映",
    "受け取った額",
    "返した額",
    "始めた日時",
    "支払った日時",
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Authority.PAYMENTS)
def payments(request: HttpRequest) -> HttpResponse:
    """Everything on one page: what stands open first."""
    return render(request, "backoffice/payments/payments.html", _overview(request.GET.get("state", "")))


def _overview(wanted: str) -> dict[str, Any]:
    state = next((one for one in PaymentState if one.value == wanted), None)
    counts = queries.counts()
    balances = queries.balances()
    return {
        "state": state,
        "states": [{"value": one.value, "label": _(one.label), "count": counts[one]} for one in PaymentState],
        "rows": queries.payments(state=state),
        "most": queries.MOST_SHOWN,
        "more": (counts[state] if state else sum(counts.values())) > queries.MOST_SHOWN,
        "paid_not_filed": queries.paid_not_filed(),
        "filed_not_paid": queries.filed_not_paid(ports=paying.filing_ports()),
        "unpaid_fees": filed_and_unpaid(most=queries.MOST_SHOWN),
        "uncertain": queries.uncertain(now=timezone.now()),
        "unknown_events": queries.unknown_events(),
        "waiting": queries.waiting_to_be_paid(),
        "refunds": queries.refunds(open_only=True),
        "differences": reconciling.differences(),
        "days": reconciling.statement_days(),
        # Income grows on the credit side: said as people say it.
        "balances": [
            (account.label, -balances[account] if account is Account.FEES else balances[account])
            for account in Account
        ],
    }


@needs(Authority.PAYMENTS)
def payment(request: HttpRequest, number: str) -> HttpResponse:
    """One payment: its ledger, its refunds, and asking for one."""
    try:
        one = queries.payment(number=number)
    except NoSuchPayment as error:
        raise Http404 from error
    problem, status = "", 200
    if request.method == "POST":
        yen = whole_number(request.POST.get("yen", ""))
        try:
            if yen is None:
                raise RefundNotPossible(_("返金する金額を、円の数字で入れてください。"))
            refunds.ask_refund(
                payment=number, yen=yen, reason=request.POST.get("reason", ""), by=actor_of(request),
                now=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("返金を頼みました。別の職員が承認すると、決済事業者に伝わります。"))
            return redirect("backoffice:payment", number)
        except PaymentRefused as refused:
            problem, status = str(refused), 422
    context = {
        "one": one,
        "lines": queries.ledger(payment=number),
        "refunds": queries.refunds(payment=number),
        "problems": [problem] if problem else [],
        "said": request.POST,
    }
    return render(request, "backoffice/payments/payment.html", context, status=status)


@needs(Authority.PAYMENTS)
@require_POST
def refund(request: HttpRequest, refund: int) -> HttpResponse:
    """Approve what somebody else asked for, or drop it."""
    act, by, now = request.POST.get("act", ""), actor_of(request), timezone.now()
    try:
        if act == "approve":
            paying.refund_now(payment=refunds.approve_refund(refund=refund, by=by, now=now), now=now)
            messages.success(request, _("承認しました。決済事業者に伝えています。"))
        elif act == "drop":
            refunds.drop_refund(refund=refund, by=by, now=now)
            messages.success(request, _("取り下げました。"))
        else:
            messages.error(request, _("承認か取下げを選んでください。"))
    except PaymentRefused as refused:
        messages.error(request, str(refused))
    return redirect("backoffice:payments")


@needs(Authority.PAYMENTS)
@require_POST
def statement(request: HttpRequest) -> HttpResponse:
    """Take the provider's file of a day in and show what differs."""
    file = request.FILES.get("file")
    if file is None:
        problem = _("明細ファイルを選んでください。")
    else:
        try:
            day = reconciling.take_statement(
                content=file.read(LARGEST_UPLOAD + 1), by=actor_of(request), now=timezone.now()
            )
            count = len(reconciling.differences(day=day))
            said = _("%(day)s の明細を取り込みました。ちがいは %(n)d 件です。") % {"day": day, "n": count}
            (messages.warning if count else messages.success)(request, said)
            return redirect("backoffice:payments")
        except reconciling.StatementUnreadable as error:
            problem = str(error)
    context = {**_overview(""), "problems": [problem]}
    return render(request, "backoffice/payments/payments.html", context, status=422)


@needs(Authority.PAYMENTS)
@require_POST
def care(request: HttpRequest) -> HttpResponse:
    """One round of putting right, now, by hand."""
    done = paying.care(now=timezone.now())
    if done.nothing:
        messages.info(request, _("直すものはありませんでした。"))
    else:
        counts = {"told": done.told, "asked": done.asked, "filed": done.filed, "back": done.taken_back}
        said = _(
            "伝えた指図 %(told)d、確かめた支払い %(asked)d、反映 %(filed)d、取り消した反映 %(back)d 件です。"
        )
        messages.success(request, said % counts)
    return redirect("backoffice:payments")


@needs(Authority.PAYMENTS)
@require_POST
def book(request: HttpRequest, kind: str) -> HttpResponse:
    """The list as a file."""
    if kind not in ("csv", "xlsx"):
        raise Http404
    rows = [
        (
            one.number, one.asked, one.title, one.yen, one.state.label, one.filing.label, one.captured_yen,
            one.refunded_yen, _moment(one.made_at), _moment(one.paid_at),
        )
        for one in queries.payments(most=None)
    ]  # fmt: skip
    record_act(
        actor=actor_of(request), activity="export", now=timezone.now(), screen="payments", rows=len(rows)
    )
    if kind == "xlsx":
        return file_response(workbook_of([PageOut("支払い", HEADING, rows)]), "payments.xlsx", XLSX)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADING)
    writer.writerows(rows)
    return file_response(text.getvalue().encode("utf-8-sig"), "payments.csv", "text/csv; charset=utf-8")


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
