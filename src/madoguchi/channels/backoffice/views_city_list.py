"""市の手続き一覧: the city's own list, by hand and in Excel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.inventory import city_list, settings
from madoguchi.catalogue.inventory.city_book import BookRefused, book_of, take_book_in
from madoguchi.catalogue.inventory.city_entries import (
    BASIS_NAMES,
    CRITERION_OF,
    HEADINGS,
    ONLINE_NAMES,
    CityEntry,
    cells_of,
    entry_from,
)
from madoguchi.catalogue.inventory.city_list import CityLine, CityListError, CityQuery
from madoguchi.catalogue.inventory.ease import OPTIONS, STEPS
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect import inventory
from madoguchi.jp.wareki import format_wareki
from madoguchi.spreadsheets.grid import GridRefused
from madoguchi.spreadsheets.workbook import WorkbookRefused

A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DATES = ("online_since", "reviewed_on")


@needs(Authority.CATALOGUE)
def city_procedures(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by words, department, step and state; entries that stand there twice are named."""
    return render(request, "backoffice/inventory/city.html", _listed(request))


def _listed(request: HttpRequest) -> dict[str, Any]:
    there = inventory.lines()
    step = whole_number(request.GET.get("step", "")) or 0
    query = CityQuery(
        words=request.GET.get("q", "")[:200],
        department=request.GET.get("department", ""),
        step=step if step <= STEPS else 0,
        online=request.GET.get("online", ""),
    )
    found = city_list.narrowed(there, query)
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(max(whole_number(request.GET.get("page", "")) or 1, 1), pages)
    kept = request.GET.copy()
    kept.pop("page", None)
    plan = settings.plan()
    return {
        "query": query,
        "total": len(found),
        "all": len(there),
        "rows": [
            {"line": one, "planned": plan.quarters.get(one.entry.number) if plan else None}
            for one in found[(page - 1) * A_PAGE : page * A_PAGE]
        ],
        "page": page,
        "pages": pages,
        "kept": kept.urlencode(),
        "departments": sorted({one.entry.department for one in there if one.entry.department}),
        "steps": [(number, one.label) for number, one in enumerate(settings.definition().steps, start=1)],
        "onlines": {one.value: name for one, name in ONLINE_NAMES.items()},
        "doubles": city_list.doubles(there) if len(found) == len(there) and page == 1 else (),
        "removed": inventory.lines(removed=True),
    }


@needs(Authority.CATALOGUE)
def city_procedure(request: HttpRequest, number: str = "") -> HttpResponse:
    """One procedure of the list: look at it, change it, or (without a number) add one."""
    line = inventory.line(number) if number else None
    if number and line is None:
        raise Http404
    if request.method != "POST":
        return render(request, "backoffice/inventory/city_one.html", _form(line, _values(line), []))
    given = {name: request.POST.get(name, "")[:1000] for name in HEADINGS.values()}
    if line is not None:
        given["number"] = line.entry.number
    entry, faults = entry_from({heading: given[name] for heading, name in HEADINGS.items()})
    problems = [f"{fault}。" for fault in faults]
    if entry is not None:
        try:
            version = whole_number(request.POST.get("version", "")) if line else None
            saved = city_list.save(
                entry=entry,
                version=(version or 0) if line else None,
                by=actor_of(request),
                now=timezone.now(),
            )
            messages.success(request, _("手続番号 %(number)s を保存しました。") % {"number": saved})
            return redirect("backoffice:city_procedure", saved)
        except CityListError as error:
            problems = [str(error)]
    return render(request, "backoffice/inventory/city_one.html", _form(line, given, problems), status=422)


def _values(line: CityLine | None) -> dict[str, str]:
    cells = cells_of(line.entry if line else CityEntry("", ""))
    values = {HEADINGS[heading]: "" if value is None else str(value) for heading, value in cells.items()}
    for name in DATES:
        day = getattr(line.entry, name) if line else None
        values[name] = format_wareki(day) if day else ""
    return values


def _form(line: CityLine | None, values: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    choices: dict[str, list[str]] = {
        "basis": list(BASIS_NAMES.values()),
        "online": list(ONLINE_NAMES.values()),
        **{name: list(OPTIONS[criterion].values()) for name, criterion in CRITERION_OF.items()},
    }
    unknown = {name: OPTIONS[criterion]["unknown"] for name, criterion in CRITERION_OF.items()}
    fields = [
        {
            "name": name,
            "label": heading,
            "value": values.get(name) or unknown.get(name, ""),
            "choices": choices.get(name),
        }
        for heading, name in HEADINGS.items()
        if not (line and name == "number")
    ]
    changed = city_list.last_change(line.entry.number) if line else None
    return {"line": line, "fields": fields, "problems": problems, "changed": changed}


@needs(Authority.CATALOGUE)
@require_POST
def removed(request: HttpRequest, number: str) -> HttpResponse:
    """Take a procedure off the list, or bring it back."""
    off = request.POST.get("removed") == "yes"
    try:
        city_list.set_removed(number=number, removed=off, by=actor_of(request), now=timezone.now())
    except LookupError as error:
        raise Http404 from error
    said = _("一覧から外しました。一覧の下で元にもどせます。") if off else _("一覧にもどしました。")
    messages.success(request, said)
    return redirect("backoffice:city_list")


@needs(Authority.CATALOGUE)
def book(request: HttpRequest) -> HttpResponse:
    """The list as Excel."""
    plan = settings.plan()
    content = book_of(inventory.lines(), plan.quarters if plan else {}, inventory.USUAL_MINUTES)
    return file_response(content, "procedures.xlsx", XLSX)


@needs(Authority.CATALOGUE)
@require_POST
def take_book(request: HttpRequest) -> HttpResponse:
    """Take the list in from Excel, or try it first."""
    file: Any = request.FILES.get("file")
    context: dict[str, Any] = {}
    if file is None:
        context["problems"] = [_("ファイルを選んでください。")]
    else:
        try:
            context["report"] = take_book_in(
                stream=file,
                dry_run=request.POST.get("go") != "import",
                by=actor_of(request),
                now=timezone.now(),
            )
        except (BookRefused, GridRefused, WorkbookRefused, CityListError) as error:
            context["problems"] = [str(error)]
    status = 422 if "problems" in context else 200
    return render(request, "backoffice/inventory/city.html", _listed(request) | context, status=status)
