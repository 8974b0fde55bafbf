"""取込み: an extract of the core system is tried, then taken in; every row is stored or refused with a reason."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.residents.importing.mapping import MappingError, load_mapping
from madoguchi.residents.importing.reading import FileRefused
from madoguchi.residents.importing.report import sentence_of
from madoguchi.residents.importing.run import import_file
from madoguchi.residents.importing.staging import ImportUnderWay
from madoguchi.spreadsheets.workbook import WorkbookRefused

# By name only: a path from the browser must never be opened.
MAPPINGS = ("standard", "core-example")
SHOWN_REFUSALS = 100


@needs(Authority.CONNECT)
def imports(request: HttpRequest) -> HttpResponse:
    """Take an extract in, or try it first."""
    context: dict[str, Any] = {"mappings": MAPPINGS, "report": None, "problems": []}
    if request.method == "POST":
        file, mapping = request.FILES.get("file"), request.POST.get("mapping", "")
        if file is None:
            context["problems"] = [_("ファイルを選んでください。")]
        elif mapping not in MAPPINGS:
            context["problems"] = [_("対応表を一覧から選んでください。")]
        else:
            context |= {"mapping": mapping} | _taken_in(request, file, mapping)
    return render(request, "backoffice/imports.html", context)


def _taken_in(request: HttpRequest, file: Any, mapping: str) -> dict[str, Any]:
    try:
        report = import_file(
            stream=file,
            mapping=load_mapping(mapping),
            dry_run=request.POST.get("go") != "import",
            by=actor_of(request),
            now=timezone.now(),
        )
    except (FileRefused, WorkbookRefused, ImportUnderWay, MappingError) as error:
        return {"problems": [str(error)]}
    return {"report": report, "refused": [sentence_of(one) for one in report.refused[:SHOWN_REFUSALS]]}
