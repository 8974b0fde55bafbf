"""What the city offers (使える手続き): the list, one offer with its reasons, and the answer to it. Two presses when nothing is missing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.cases import prepared
from madoguchi.cases.from_home.opening import CONSENT, CONSENT_VERSION, NobodyHere, NotAgreed
from madoguchi.channels.online.acting import Acting, acting
from madoguchi.channels.online.apply.common import applicant
from madoguchi.channels.online.find.common import visitor_of
from madoguchi.channels.online.offers.door import CounterDoor, HomeDoor, from_home
from madoguchi.channels.online.who import needs_resident, not_theirs
from madoguchi.channels.shared.fields import whole_number
from madoguchi.outreach import offers as room
from madoguchi.outreach.ports import WhereToApply
from madoguchi.outreach.states import OFFER_LABELS, Answer
from madoguchi.outreach.values import NoSuchOffer, Offer

TOO_MANY_REQUESTS, UNPROCESSABLE = 429, 422
PER = {"month": noop("月に"), "once": noop("1回"), "year": noop("年に")}


def _theirs(by: Acting) -> tuple[Offer, ...]:
    """The offers of whom this is done for; an agent sees those of the procedures of the mandate."""
    found = room.offers_of(resident_no=by.resident_no)
    return found if by.mandate is None else tuple(one for one in found if by.mandate.covers(one.procedure))


def _one(request: HttpRequest, by: Acting, number: str) -> Offer:
    for one in _theirs(by):
        if one.number == number:
            return one
    raise not_theirs(request)


@needs_resident()
def offers(request: HttpRequest) -> HttpResponse:
    """Everything there is, what waits for an answer first."""
    by = acting(request)
    rows = [{"offer": one, "label": _(OFFER_LABELS[one.state])} for one in _theirs(by)]
    return render(request, "online/offers/list.html", {"rows": rows, "acting": by.mandate is not None})


@needs_resident()
def offer(request: HttpRequest, offer: str) -> HttpResponse:
    """Why, what one gets, what is filled in already; and the three buttons."""
    by = acting(request)
    found = _one(request, by, offer)
    if request.method == "POST":
        return _answered(request, by, found)
    return _page(request, by, found)


def _answered(request: HttpRequest, by: Acting, found: Offer) -> HttpResponse:
    said, now = request.POST.get("answer", ""), timezone.now()
    mandate = by.mandate.public_id if by.mandate else ""
    try:
        if said == Answer.USE.value:
            counter = CounterDoor(visitor_of(request))
            door = HomeDoor(applicant(request), request.POST.get("agreed", ""), by.actor, counter)
            where = room.use(
                number=found.number, resident_no=by.resident_no, door=door, by=by.actor, purpose=by.purpose, now=now,
                mandate=mandate,
            )  # fmt: skip
            return _on_to(request, found, where)
        if said in (Answer.REFUSE.value, Answer.LATER.value):
            room.answer(
                number=found.number, resident_no=by.resident_no, said=Answer(said), by=by.actor, now=now,
                later_days=whole_number(request.POST.get("days", "")) or room.LATER_DAYS[1], mandate=mandate,
            )  # fmt: skip
    except prepared.ManyTries as refused:
        return _page(request, by, found, problem=_(str(refused)), status=TOO_MANY_REQUESTS)
    except (NotAgreed, NobodyHere) as refused:
        return _page(request, by, found, problem=_(str(refused)), status=UNPROCESSABLE)
    except NoSuchOffer:
        return _page(request, by, found, status=409)
    return redirect("offers:offer", found.number)


def _on_to(request: HttpRequest, found: Offer, where: WhereToApply) -> HttpResponse:
    if where.address:
        return redirect(where.address)
    return render(request, "online/offers/used.html", {"offer": found, "where": where})


def _page(
    request: HttpRequest, by: Acting, found: Offer, *, problem: str = "", status: int = 200
) -> HttpResponse:
    try:
        seen = room.explain(
            number=found.number,
            resident_no=by.resident_no,
            by=by.actor,
            purpose=by.purpose,
            now=timezone.now(),
        )
    except NoSuchOffer as error:
        raise not_theirs(request) from error
    context: dict[str, Any] = {
        "seen": seen,
        "label": _(OFFER_LABELS[seen.offer.state]),
        "per": _(PER[seen.amount.per]) if seen.amount else "",
        "days": room.LATER_DAYS,
        "problems": [problem] if problem else [],
        "consent": [_(one) for one in CONSENT] if from_home(found.procedure, applicant(request)) else [],
        "version": CONSENT_VERSION,
    }
    return render(request, "online/offers/one.html", context, status=status)
