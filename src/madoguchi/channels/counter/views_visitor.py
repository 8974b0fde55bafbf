"""Who came, and what proved it: a document that the clerk saw, or the card on the desk's reader."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases import opening
from madoguchi.cases.acting import NotNow
from madoguchi.cases.ports import CardFace, CardNotRead
from madoguchi.cases.states import IdentityDocument, VisitorKind
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.forms import VisitorForm
from madoguchi.channels.counter.head import head_of
from madoguchi.channels.counter.views_opening import case_of
from madoguchi.channels.counter.words import birth_text
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect.card_reader import read_card, reader_of
from madoguchi.jp.names import name_search_key
from madoguchi.jp.wareki import format_date_text, format_wareki_short
from madoguchi.procedures.situation import EventKind


def _set_visitor(
    request: HttpRequest, case: str, kind: VisitorKind, said: dict[str, Any], documents: frozenset[str]
) -> None:
    opening.set_visitor(
        case=case,
        kind=kind,
        person=said["person"],
        name=said["name"],
        phone=said["phone"],
        documents=frozenset(one for one in IdentityDocument if one.value in documents),
        proof_seen=said["proof_seen"],
        unproved=said["unproved"],
        by=actor_of(request),
        now=timezone.now(),
        version=None,
    )


@needs(Authority.COUNTER)
def visitor(request: HttpRequest, case: str) -> HttpResponse:
    """Who came, and what proved it."""
    view = case_of(request, case, "visitor")
    read = request.method == "POST" and request.POST.get("go") == "read-card"
    if read:
        return _with_card(request, view)
    form = _form(view, request.POST or None)
    documents, kind = frozenset(request.POST.getlist("documents")), request.POST.get("kind", _usual(view))
    problems: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            _set_visitor(request, case, VisitorKind(kind), form.cleaned_data, documents)
            return redirect("counter:hearing", case)
        except (
            opening.IdentityNotProved,
            opening.NobodyNamed,
            opening.ProofMissing,
            NotNow,
            ValueError,
        ) as error:
            problems = [str(error)]
    if not form.is_bound:
        people = [one.ref for one in view.record.people if view.record.value("death_date", one.ref) is None]
        form.initial = {
            "person": people[0] if people else "",
            "phone": view.record.text("notifier_phone"),
        }
    return _page(request, view, form, kind, documents, problems, None)


def _usual(view: CaseView) -> str:
    """Who usually comes: the person; of a death, somebody of the household."""
    if view.header.event is EventKind.death:
        return str(VisitorKind.HOUSEHOLD.value)
    return str(VisitorKind.SELF.value)


def _form(view: CaseView, posted: Any) -> VisitorForm:
    form = VisitorForm(posted)
    people = [
        ("", "—"),
        *(
            (person.ref, view.record.name_of(person.ref))
            for person in view.record.people
            if view.record.value("death_date", person.ref) is None
        ),
    ]
    form.fields["person"].choices = people  # type: ignore[attr-defined]  # a ChoiceField's own attribute
    if view.record.nobody_registered:
        form.fields["unproved"].label = _(
            "本人確認書類で確認できない（このまま受け付けます。通知は送りません）"
        )
    return form


def _with_card(request: HttpRequest, view: CaseView) -> HttpResponse:
    """Read the card at this desk and fill the form with what it says; nothing is kept before the clerk confirms."""
    kind = request.POST.get("kind", _usual(view))
    typed = {name: request.POST.get(name, "") for name in ("name", "phone")}
    form = _form(view, None)
    try:
        face = read_card(case=view.header.id, by=actor_of(request), now=timezone.now())
    except CardNotRead as error:
        form.initial = {**typed, "person": request.POST.get("person", "")}
        return _page(
            request, view, form, kind, frozenset(request.POST.getlist("documents")), [str(error)], None
        )
    holder = _holder(view, face)
    form.initial = {**typed, "person": holder, "name": "" if holder else face.name}
    documents = frozenset({*request.POST.getlist("documents"), IdentityDocument.MY_NUMBER_CARD.value})
    return _page(request, view, form, kind, documents, [], face)


def _holder(view: CaseView, face: CardFace) -> str:
    """The person of the case whose card it is, by name and birthday; nobody when it is nobody's or not clear whose."""
    key = name_search_key(face.name)
    found = [
        person.ref
        for person in view.record.people
        if name_search_key(view.record.text("name", person.ref)) == key
        and view.record.value("birth_date", person.ref) == face.birth
    ]
    return found[0] if len(found) == 1 else ""


def _card_lines(view: CaseView, face: CardFace) -> dict[str, Any]:
    """What the card says, beside what the case holds of the same person."""
    holder = _holder(view, face)
    held = {
        "name": view.record.text("name", holder),
        "birth": birth_text(view.record, holder),
        "address": view.record.text("old_address"),
    }
    said = {"name": face.name, "birth": format_date_text(face.birth), "address": face.address}
    labels = {"name": _("氏名"), "birth": _("生年月日"), "address": _("住所（カードの表）")}
    return {
        "known": bool(holder),
        "expires_on": format_wareki_short(face.expires_on),
        "lines": [
            {"label": labels[key], "card": said[key], "case": held[key] if holder else ""} for key in labels
        ],
    }


def _page(
    request: HttpRequest,
    view: CaseView,
    form: VisitorForm,
    kind: str,
    documents: frozenset[str],
    problems: list[str],
    face: CardFace | None,
) -> HttpResponse:
    by = actor_of(request)
    context = {
        "case": head_of(view.header, here="visitor", record=view.record),
        "form": form,
        "problems": problems,
        "kinds": [
            {"code": one.value, "label": _(one.label), "hint": _(one.hint), "chosen": one.value == kind}
            for one in VisitorKind
        ],
        "documents": [
            {"code": one.value, "label": _(one.label), "chosen": one.value in documents}
            for one in IdentityDocument
        ],
        "reader": reader_of(branch=by.branch, desk=by.desk) is not None,
        "card": _card_lines(view, face) if face else None,
    }
    return render(request, "counter/visitor.html", context)
