"""The back office's screens: one domain call each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.audit import events
from madoguchi.audit.entries import Entry, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.audit.queries import person_timeline, staff_timeline, verify
from madoguchi.catalogue.queries import current, revisions
from madoguchi.city.authority import ROLE_NAMES, Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.city.queries import staff as staff_lines
from madoguchi.connect import operations, queries
from madoguchi.connect.change_data import to_csv, to_json
from madoguchi.residents.importing.mapping import MappingError, load_mapping
from madoguchi.residents.importing.reading import FileRefused
from madoguchi.residents.importing.run import import_file
from madoguchi.residents.importing.staging import ImportUnderWay
from madoguchi.residents.importing.workbook import WorkbookRefused

MAPPINGS = ("standard", "core-example")
SHOWN_REFUSALS = 100


@needs(Authority.CONNECT)
def changes(request: HttpRequest) -> HttpResponse:
    """Where each message to the core system stands. No personal data in the list."""
    return render(request, "backoffice/changes.html", {"rows": queries.messages()})


@needs(Authority.CONNECT)
@require_POST
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand over what waits, as a file."""
    if kind not in ("csv", "cp932", "json"):
        raise Http404
    handed = operations.hand_over(by=actor_of(request), now=timezone.now())
    if kind == "json":
        answer = HttpResponse(to_json(handed.bodies), content_type="application/json")
    else:
        made = to_csv(handed.bodies, encoding="cp932" if kind == "cp932" else "utf-8")
        answer = HttpResponse(made.content, content_type="text/csv")
        answer["X-Degraded"] = str(len(made.degraded))
    answer["Content-Disposition"] = f'attachment; filename="changes.{"json" if kind == "json" else "csv"}"'
    answer["Cache-Control"] = "no-store"
    return answer


@needs(Authority.CONNECT)
@require_POST
def answer(request: HttpRequest, case: str) -> HttpResponse:
    """Take the core system's answer by hand."""
    try:
        operations.answer(
            case=case,
            accepted=request.POST.get("result") == "ok",
            reason=request.POST.get("reason", ""),
            by=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, _("答えを受け取りました。"))
    except (operations.NoSuchMessage, operations.AnswerNeedsReason) as error:
        messages.error(request, str(error))
    return redirect("backoffice:changes")


@needs(Authority.CONNECT)
def imports(request: HttpRequest) -> HttpResponse:
    """Take an extract in, or try it first."""
    context: dict[str, Any] = {"mappings": MAPPINGS, "report": None, "problems": []}
    file = request.FILES.get("file")
    if request.method == "POST":
        if file is None:
            context["problems"] = [_("ファイルを選んでください。")]
        else:
            try:
                report = import_file(
                    stream=file,  # type: ignore[arg-type]  # an uploaded file is a binary stream
                    mapping=load_mapping(request.POST.get("mapping", "standard")),
                    dry_run=request.POST.get("go") != "import",
                    by=actor_of(request),
                    now=timezone.now(),
                )
                context |= {"report": report, "refused": report.refused[:SHOWN_REFUSALS]}
            except (FileRefused, WorkbookRefused, ImportUnderWay, MappingError) as error:
                context["problems"] = [str(error)]
    return render(request, "backoffice/imports.html", context)


@needs(Authority.CATALOGUE)
def catalogue(request: HttpRequest) -> HttpResponse:
    """Published revisions and the procedures of the newest."""
    pack = current()
    rows = [
        {
            "id": one.id,
            "law_id": one.law_id,
            "name": one.name,
            "law": one.law,
            "department": pack.departments[one.department].name,
            "events": "、".join(sorted(event.label for event in one.events)),
            "verified": one.verified.verified,
        }
        for one in pack.procedures
    ]
    return render(request, "backoffice/catalogue.html", {"revisions": revisions(), "rows": rows})


@needs(Authority.CATALOGUE)
def procedure(request: HttpRequest, procedure: str) -> HttpResponse:
    """One procedure as it is declared, with its worked examples."""
    pack = current()
    if not pack.has_procedure(procedure):
        raise Http404
    found = pack.procedure(procedure)
    context = {
        "procedure": found,
        "department": pack.departments[found.department].name,
        "rules": [
            {
                "since": rule.since,
                "because": rule.because,
                "must": _source(rule.must),
                "optional": _source(rule.optional),
            }
            for rule in found.rules
        ],
        "bring": [one.text for one in found.bring],
        "examples": [
            {
                "name": one.name,
                "expect": "、".join(f"{subject}: {status}" for subject, status in one.expect.items()),
            }
            for one in found.examples
        ],
    }
    return render(request, "backoffice/procedure.html", context)


def _source(expression: object) -> str:
    return str(getattr(expression, "text", "")) if expression is not None else ""


@needs(Authority.ADMINISTER)
def staff(request: HttpRequest) -> HttpResponse:
    """Who works here and what each may do."""
    rows = [
        {"line": one, "roles": "、".join(_(ROLE_NAMES[role]) for role in one.roles) or _("なし")}
        for one in staff_lines()
    ]
    return render(request, "backoffice/staff.html", {"rows": rows})


@needs(Authority.AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Who read a person, what a member of staff did, and whether the chain holds. Looking is itself recorded."""
    person = request.GET.get("person", "").strip()
    member = request.GET.get("staff", "").strip()
    entries: tuple[Entry, ...] = ()
    if person or member.isdigit():
        record_access(
            actor=actor_of(request),
            purpose=Purpose.AUDIT,
            authority=Authority.AUDIT.value,
            person_keys=[person] if person else [],
            fields=("timeline",),
            case=None,
            screen="audit",
            now=timezone.now(),
        )
        entries = person_timeline(person) if person else staff_timeline(int(member))
    context = {
        "person": person,
        "staff": member,
        "asked": bool(person or member),
        "rows": [
            {
                "at": one.at,
                "who": one.staff_name,
                "what": events.sentence(one),
                "purpose": events.purpose_name(one.purpose),
                "where": f"{one.branch} {one.desk}".strip(),
            }
            for one in entries
        ],
        "verification": verify() if request.GET.get("verify") else None,
        "members": staff_lines(),
    }
    return render(request, "backoffice/audit.html", context)
