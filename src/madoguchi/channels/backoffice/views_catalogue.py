"""手続台帳: the published revisions, and each procedure as it is declared. Read only: publishing is a command."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from madoguchi.catalogue.queries import NothingPublished, current, revisions
from madoguchi.city.authority import Authority, needs
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.language.tree import Expression
from madoguchi.procedures.packs import Example, Pack, Procedure, Rule
from madoguchi.procedures.translations import Language, language_of
from madoguchi.procedures.translations import guide as guide_in


@needs(Authority.CATALOGUE)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Published revisions and the procedures of the current one."""
    try:
        pack = current()
    except NothingPublished as error:
        return render(request, "backoffice/catalogue.html", {"problems": [str(error)]})
    rows = [
        {
            "id": one.id,
            "law_id": one.law_id,
            "name": one.name,
            "law": one.law,
            "department": pack.departments[one.department].name,
            "events": "、".join(sorted(_(event.label) for event in one.events)),
            "verified": one.verified.verified,
        }
        for one in pack.procedures
    ]
    context = {"revisions": revisions(), "current": pack.revision, "rows": rows}
    return render(request, "backoffice/catalogue.html", context)


@needs(Authority.CATALOGUE)
def procedure(request: HttpRequest, procedure: str) -> HttpResponse:
    """One procedure as it is declared, with its worked examples."""
    pack = current()
    if not pack.has_procedure(procedure):
        raise Http404
    return render(request, "backoffice/procedure.html", _declared(pack, pack.procedure(procedure)))


@needs(Authority.CATALOGUE)
def guide(request: HttpRequest, procedure: str, language: str) -> HttpResponse:
    """What a resident is told of a procedure in another language; not there while one sentence of it is missing."""
    pack, chosen = current(), language_of(language)
    told = (
        guide_in(pack, pack.procedure(procedure), chosen)
        if chosen and pack.has_procedure(procedure)
        else None
    )
    if chosen is None or told is None:
        raise Http404
    context = {"procedure": pack.procedure(procedure), "label": _(chosen.label), "guide": told}
    return render(request, "backoffice/guide.html", context)


def _declared(pack: Pack, found: Procedure) -> dict[str, object]:
    return {
        "procedure": found,
        "revision": pack.revision,
        "department": pack.departments[found.department].name,
        "rules": [_rule(one) for one in found.rules],
        "bring": [one.text for one in found.bring],
        "without_label": _(found.without_record.need.label),
        "examples": [_example(one) for one in found.examples],
        "languages": [(one.value, _(one.label)) for one in Language if guide_in(pack, found, one)],
    }


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "since": rule.since,
        "until": rule.until,
        "because": rule.because,
        "must": _text(rule.must),
        "optional": _text(rule.optional),
        "otherwise": [{"when": _text(one.when), "because": one.because} for one in rule.otherwise],
    }


def _text(expression: Expression | None) -> str:
    return expression.source if expression else ""


def _example(example: Example) -> dict[str, object]:
    return {
        "name": example.name,
        "on": example.on,
        "expect": [
            f"{_('世帯') if subject == 'household' else subject}: {_(Status(status).label)}"
            for subject, status in example.expect.items()
        ],
        "deadline": example.deadline,
    }
