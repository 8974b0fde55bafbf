"""Whom a case is about: the moving-out certificate, who moves into which household, and who came."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases import opening
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.record import HEAD, may_claim
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.forms import CertificateForm, EntryForm, JoinForm, people_formset
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.hearing_screen import notices_of
from madoguchi.channels.counter.told_of import fill_in, told_of_the_move, without_the_unnamed
from madoguchi.channels.counter.views_opening import case_of
from madoguchi.channels.counter.words import birth_text
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.procedures.situation import EventKind

FIRST_LINES = 5


@needs(Authority.COUNTER)
def certificate(request: HttpRequest, case: str) -> HttpResponse:
    """Copy the moving-out certificate."""
    view = case_of(request, case, "certificate")
    if view.record.people and not view.record.nobody_named and request.method != "POST":
        messages.info(
            request, _("転出証明書の内容は写してあります。直すところは「確認」の画面の「変更」で直せます。")
        )
        return redirect("counter:household", case)
    posted = without_the_unnamed(request.POST) if request.method == "POST" else None
    lines = (whole_number(posted.get("form-TOTAL_FORMS", "")) if posted else None) or FIRST_LINES
    more = bool(posted) and posted is not None and posted.get("go") == "more"
    abroad = view.header.event is EventKind.move_in_abroad
    moving = EntryForm if abroad else CertificateForm
    form = moving(posted, initial=told_of_the_move(view))
    people = people_formset(min(max(lines, len(view.record.unnamed)), opening.MOST_PEOPLE))(posted)
    fill_in(people, view)
    problems: list[str] = []
    if posted and more:
        grown = posted.copy()
        grown["form-TOTAL_FORMS"] = str(min(lines + 2, opening.MOST_PEOPLE))
        form, people = moving(initial=grown.dict()), people_formset(lines)(grown)
        fill_in(people, view)
    elif posted and form.is_valid() and people.is_valid():
        try:
            opening.begin_from_certificate(
                case=case,
                certificate=certificate_of(form.cleaned_data, people.people(), from_abroad=abroad),
                told_of=[one.told_of for one in people.forms if one.cleaned_data.get("name")],
                by=actor_of(request),
                now=timezone.now(),
            )
            return redirect("counter:household", case)
        except (opening.NoPeople, opening.DateInFuture, NotNow) as error:
            problems = [str(error)]
    context = {
        "case": head_of(view.header, here="start", record=view.record),
        "form": form,
        "people": people,
        "problems": problems,
        "abroad": abroad,
    }
    return render(request, "counter/certificate.html", context)


def certificate_of(
    move: dict[str, Any], people: list[dict[str, Any]], *, from_abroad: bool
) -> opening.MovingOutCertificate:
    """The certificate as it was copied into the form."""
    facts = ("nationality_class", "health_insurance", "pension")
    return opening.MovingOutCertificate(
        old_address=move["old_address"],
        new_address=move["new_address"],
        new_building=move["new_building"],
        old_head=move.get("old_head", ""),
        planned_move_out_date=move.get("planned_move_out_date"),
        move_date=move["move_date"],
        special=move.get("special", False),
        from_abroad=from_abroad,
        people=tuple(
            opening.CertificatePerson(
                name=person["name"],
                kana=person["kana"],
                birth=person["birth"],
                sex=person["sex"],
                relationship=person["relationship"],
                facts={key: person[key] for key in facts if person[key]},
                former_surname=person["former_surname"],
                alias=person["alias"],
                kanji_alongside=person["kanji_alongside"],
            )
            for person in people
        ),
    )


@needs(Authority.COUNTER)
def household(request: HttpRequest, case: str) -> HttpResponse:
    """Who moves, into which household, and who claims allowances."""
    view = case_of(request, case, "household")
    form = JoinForm(request.POST or None)
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            _set_household(request, case, view, form.cleaned_data["household"])
            return redirect(
                "counter:visitor" if not view.record.value("notifier_kind") else "counter:hearing", case
            )
        except (opening.NoPeople, opening.NoSuchHousehold, NotNow, SomebodyElseChanged) as error:
            problems = [str(error)]
    adults = may_claim(view.record, on=view.header.notified_on)
    claimant = view.record.value("claimant", "household") or next(
        (ref for ref in adults if view.record.text("relationship", ref) == HEAD), adults[0] if adults else ""
    )
    context = {
        "case": head_of(view.header, here="start", record=view.record, notices=notices_of(view)),
        "form": form,
        "problems": problems,
        "joined": bool(view.record.value("joined_household")),
        "people": [
            {
                "ref": person.ref,
                "name": view.record.name_of(person.ref),
                "relationship": view.record.text("relationship", person.ref),
                "birth": birth_text(view.record, person.ref),
                "moves": view.record.value("moves", person.ref) is True,
                "locked": person.staying,
            }
            for person in view.record.people
        ],
        "claimants": [
            {"ref": ref, "name": view.record.name_of(ref), "chosen": ref == claimant} for ref in adults
        ],
        "kept_off": view.record.value("address_kept_off") is True,
        "post_held": view.record.value("post_held") is True,
    }
    return render(request, "counter/household.html", context)


def _set_household(request: HttpRequest, case: str, view: CaseView, number: str) -> None:
    by, now = actor_of(request), timezone.now()
    joins = request.POST.get("join") == "existing"
    if joins and not view.record.value("joined_household"):
        opening.join_household(case=case, number=number.strip(), by=by, now=now)
    opening.set_who_moves(
        case=case,
        moving=frozenset(request.POST.getlist("moves")),
        relationships={
            person.ref: request.POST.get(f"relationship-{person.ref}", "").strip()
            for person in view.record.people
        },
        claimant=request.POST.get("claimant") or None,
        keep_address_off=request.POST.get("keep_address_off") == "yes",
        hold_post=request.POST.get("hold_post") == "yes",
        by=by,
        now=now,
        version=None,
    )
