"""After the press: the receipt, the form to print for the post, another name or address, withdrawal."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from madoguchi.channels.online.furusato import sheet
from madoguchi.channels.online.furusato.common import (
    CONFLICT,
    UNPROCESSABLE,
    actor,
    day_said,
    not_here,
    open_page,
    reader_of,
    said,
    show,
)
from madoguchi.channels.online.furusato.forms import ChangeForm
from madoguchi.channels.online.visitor import new_mark, press_of
from madoguchi.city.queries import profile
from madoguchi.furusato.changing import tell_change, withdraw
from madoguchi.furusato.deadlines import last_day, tax_day
from madoguchi.furusato.queries import receipt_of
from madoguchi.furusato.values import ChangeNotUsable, FurusatoRefused, NoSuchReceipt, Receipt


def _receipt(request: HttpRequest, number: str) -> Receipt:
    """The receipt as far as this reader may see it. Raises Http404 alike for what is not there and what is another's."""
    try:
        return receipt_of(receipt=number, reader=reader_of(request), by=actor(request), now=timezone.now())
    except NoSuchReceipt as error:
        raise not_here(request) from error


def _context(found: Receipt, problem: str = "") -> dict[str, Any]:
    return {
        "found": found,
        "applied": [
            {"one": one, "given_on": day_said(one.gift.given_on), "state": one.state.label}
            for one in found.applied
        ],
        "filed_on": day_said(timezone.localdate(found.at)),
        "changes": [
            {"one": one, "told_on": day_said(timezone.localdate(one.told_at)), "on": day_said(one.changed_on)}
            for one in found.changes
        ],
        "last_day": day_said(last_day(found.year)),
        "tax_day": day_said(tax_day(found.year)),
        "press": new_mark(),
        "problems": [problem] if problem else [],
    }


@require_GET
@open_page
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """What was applied for and how it stands, to print or to come back to with any of its papers."""
    return show(request, "receipt", **_context(_receipt(request, receipt)))


@require_GET
@open_page
def form(request: HttpRequest, receipt: str) -> HttpResponse:
    """The application filled in, to sign and to send with the copies. Ours, not the official form (第55号の5様式)."""
    found = _receipt(request, receipt)
    if not found.awaits_papers:
        return redirect("furusato:receipt", receipt)
    waiting = [one for one in found.applied if one.state.value == "awaiting"]
    return show(
        request, "form", **_context(found), waiting=waiting, head=sheet.title_of(found), ours=_(sheet.OURS),
        addressed=f"{profile().mayor_title} あて", lines=sheet.lines_of(found, waiting[0].gift),
        statements=sheet.statements(),
    )  # fmt: skip


@open_page
def change(request: HttpRequest, receipt: str) -> HttpResponse:
    """Another name or address, for everything of this receipt that stands."""
    found, status, problem = _receipt(request, receipt), 200, ""
    if not (found.stands and found.in_time):
        return redirect("furusato:receipt", receipt)
    asked = ChangeForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST":
        status = UNPROCESSABLE
        if asked.is_valid():
            try:
                tell_change(
                    receipt=receipt, what=asked.given(), press=press_of(request, "furusato-change", receipt),
                    reader=reader_of(request), by=actor(request), now=timezone.now(),
                )  # fmt: skip
                return redirect("furusato:receipt", receipt)
            except ChangeNotUsable as refused:
                asked.add_error(None, said(refused))
            except FurusatoRefused as refused:
                problem, status = said(refused), CONFLICT
    context = _context(found, problem) | {"press": request.POST.get("press") or new_mark()}
    return show(request, "change", status=status, form=asked, **context)


@open_page
def withdraw_receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """Ask once more, then take back what stands of it."""
    found, status, problem = _receipt(request, receipt), 200, ""
    if not (found.stands and found.in_time):
        return redirect("furusato:receipt", receipt)
    if request.method == "POST":
        try:
            withdraw(receipt=receipt, reader=reader_of(request), by=actor(request), now=timezone.now())
            return redirect("furusato:receipt", receipt)
        except FurusatoRefused as refused:
            problem, status = said(refused), CONFLICT
    return show(request, "withdraw", status=status, **_context(found, problem))
