"""What happened in a household of the register: the day, whom it concerns, the new 世帯主, the new-born child."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.cases import household_notice
from madoguchi.cases.acting import NotNow, SomebodyElseChanged
from madoguchi.cases.household_notice import CONCERNS, FROM_REGISTER, Bereaved, Newborn, SaidEvent
from madoguchi.cases.record import BEREAVED_TEXTS, HEAD, MOVING, may_claim
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.forms import EventForm
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.hearing_screen import notices_of
from madoguchi.channels.counter.views_opening import case_of
from madoguchi.channels.counter.words import birth_text, relationship_text
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.facts import FactRef, Holder, Value
from madoguchi.procedures.situation import EventKind

WHO = {
    EventKind.move_within: noop("だれが引っ越しましたか"),
    EventKind.move_out: noop("だれが市の外へ移りますか"),
    EventKind.move_out_abroad: noop("だれが国外へ移りますか"),
    EventKind.death: noop("亡くなったのはどなたですか"),
    EventKind.marriage: noop("婚姻するのはどなたですか"),
    EventKind.divorce: noop("離婚するのはどなたですか"),
}
CHANGES_HEAD = frozenset(
    {
        EventKind.move_within,
        EventKind.move_out,
        EventKind.move_out_abroad,
        EventKind.household_change,
        EventKind.death,
        EventKind.marriage,
        EventKind.divorce,
    }
)
ASKS_CLAIMANT = frozenset({EventKind.birth, EventKind.divorce, EventKind.death, EventKind.none})
EXPECTED = (
    household_notice.DayMissing, household_notice.NotHappenedYet, household_notice.NobodyConcerned,
    household_notice.NewHeadGone, NotNow, SomebodyElseChanged,
)  # fmt: skip


@needs(Authority.COUNTER)
def event(request: HttpRequest, case: str) -> HttpResponse:
    """Say what happened; the rest is asked in the hearing."""
    view = case_of(request, case, "event")
    if view.header.event not in FROM_REGISTER:
        return redirect("counter:household", case)
    if not view.record.people or view.record.nobody_named:
        return redirect("counter:start" if view.header.event is EventKind.none else "counter:find", case)
    form, problems = EventForm(request.POST or None), []
    if view.header.event is EventKind.death:
        form.takes_a_vague_day()
    if request.method == "POST" and form.is_valid():
        try:
            household_notice.say_event(
                case=case,
                said=_said(request, view, form.cleaned_data),
                by=actor_of(request),
                now=timezone.now(),
                version=whole_number(request.POST.get("version", "")),
            )
            asked = view.record.value("notifier_kind")
            return redirect("counter:hearing" if asked else "counter:visitor", case)
        except EXPECTED as error:
            problems = [str(error)]
    return render(request, "counter/event.html", _context(request, view, form, problems))


def _said(request: HttpRequest, view: CaseView, said: dict[str, Any]) -> SaidEvent:
    kind = view.header.event
    child = (
        Newborn(said["child_name"], said["child_kana"], said["child_sex"])
        if kind is EventKind.birth
        else None
    )
    return SaidEvent(
        day=said["day"],
        concerned=frozenset(request.POST.getlist("concerned")),
        new_head=request.POST.get("new_head", ""),
        claimant=request.POST.get("claimant") or None,
        new_address=said["new_address"].strip(),
        new_building=said["new_building"].strip(),
        newborn=child,
        keep_address_off=request.POST.get("keep_address_off") == "yes",
        hold_post=request.POST.get("hold_post") == "yes",
        bereaved=Bereaved(**{key: said[key] for key in BEREAVED_TEXTS}),
    )


def _context(request: HttpRequest, view: CaseView, form: EventForm, problems: list[str]) -> dict[str, Any]:
    kind, record = view.header.event, view.record
    if not form.is_bound:
        form.initial = _initial(view)
    shown = [
        *(["day"] if kind is not EventKind.none else []),
        *(["new_address", "new_building"] if kind in MOVING else []),
        *(["child_name", "child_kana", "child_sex"] if kind is EventKind.birth else []),
    ]
    day = view.judged.pack.fact(Holder.EVENT, kind.date_key)
    if day is not None:
        form.fields["day"].label = day.label
    claimant = record.value("claimant", "household")
    adults = may_claim(record, on=view.header.notified_on)
    return {
        "case": head_of(view.header, here="start", record=record, notices=notices_of(view)),
        "problems": problems,
        "fields": [form[name] for name in shown],
        "bereaved": [form[name] for name in BEREAVED_TEXTS] if kind is EventKind.death else [],
        "form": form,
        "who": _(WHO[kind]) if kind in CONCERNS else "",
        "people": _people_lines(view, form, request),
        "asks_head": kind in CHANGES_HEAD and len(record.people) > 1,
        "present_head": next(
            (
                record.name_of(one.ref)
                for one in record.people
                if record.text("relationship", one.ref) == HEAD
            ),
            "",
        ),
        "claimants": [
            {"ref": ref, "name": record.name_of(ref), "chosen": ref == claimant}
            for ref in (adults if _asks_claimant(view) else ())
        ],
        "kept_off": record.value("address_kept_off") is True,
        "post_held": record.value("post_held") is True,
        "back": reverse("counter:worklist"),
        "may_add_unregistered": kind is EventKind.none,
        "has_unregistered": bool(record.unregistered),
        "nobody_registered": record.nobody_registered,
    }


def _people_lines(view: CaseView, form: EventForm, request: HttpRequest) -> list[dict[str, Any]]:
    """Everybody of the household: who is ticked, who may be the new 世帯主."""
    record = view.record
    chosen = frozenset(request.POST.getlist("concerned")) if form.is_bound else _concerned(view)
    head, adults = request.POST.get("new_head", ""), may_claim(record, on=view.header.notified_on)
    return [
        {
            "ref": person.ref,
            "name": record.name_of(person.ref),
            "relationship": relationship_text(record, person.ref),
            "birth": birth_text(record, person.ref),
            "chosen": person.ref in chosen,
            "head": head == person.ref
            or (not form.is_bound and record.text("new_head") == record.text("name", person.ref)),
            "grown": person.ref in adults,
        }
        for person in record.people
    ]


def _asks_claimant(view: CaseView) -> bool:
    """Whether somebody may claim for a child: at a birth always, else where there is somebody under age."""
    people = [person.ref for person in view.record.people]
    under_age = set(people) - set(may_claim(view.record, on=view.header.notified_on))
    return view.header.event is EventKind.birth or (view.header.event in ASKS_CLAIMANT and bool(under_age))


def _initial(view: CaseView) -> dict[str, str]:
    record, kind = view.record, view.header.event
    held = record.facts.get(FactRef(kind.date_key, "event"))
    child = next((one.ref for one in record.people if not one.resident_no), "")
    return {
        "day": _day_text(held.value if held else None),
        "new_address": record.text("new_address"),
        "new_building": record.text("new_building"),
        **{key: record.text(key) for key in BEREAVED_TEXTS},
        **{f"child_{key}": record.text(key, child) for key in ("name", "kana", "sex") if child},
    }


def _day_text(value: Value | None) -> str:
    if isinstance(value, PossibleDays):
        return value.text
    return value.isoformat() if isinstance(value, date) else ""


def _concerned(view: CaseView) -> frozenset[str]:
    """Who is ticked before anything was said: those said before; of a move, everybody."""
    key = CONCERNS.get(view.header.event, "")
    values = {person.ref: view.record.value(key, person.ref) for person in view.record.people}
    return frozenset(ref for ref, value in values.items() if value not in (None, False))
