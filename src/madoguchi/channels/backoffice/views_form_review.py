"""申請書の見直し: the boxes of every sheet, what the register has shown about identifiers, and what a year would save."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.form_review import settings
from madoguchi.catalogue.form_review.marks import MarksRefused, set_marks
from madoguchi.catalogue.form_review.settings import ASSUMPTION_WORDS, AssumptionsRefused
from madoguchi.catalogue.form_review.values import Assumptions, BoxMark, LawMark
from madoguchi.catalogue.queries import NothingPublished
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect import form_review
from madoguchi.connect.form_review_book import book_of
from madoguchi.papers.review.boxes import Verdict
from madoguchi.papers.review.savings import CHARACTERS
from madoguchi.residents import identifying, tasks
from madoguchi.residents.counting import people_count
from madoguchi.residents.identifiers import in_order

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Authority.CATALOGUE)
def overview(request: HttpRequest) -> HttpResponse:
    """Every sheet: boxes now and after, and what it saves."""
    try:
        found = form_review.form_review()
    except NothingPublished as error:
        return render(request, "backoffice/form_review/overview.html", {"problems": [str(error)]})
    return render(request, "backoffice/form_review/overview.html", _totals(found))


def _totals(found: form_review.FormReview) -> dict[str, Any]:
    counts = {what: found.boxes(what) for what in ("now", "struck", "confirmed", "printed", "kept", "after")}
    order = sorted(
        found.lines, key=lambda one: -(one.saving.sure_a_year.resident if one.saving.sure_a_year else 0)
    )
    return {"found": found, "boxes": counts, "lines": order}  # fmt: skip


@needs(Authority.CATALOGUE)
def printed(request: HttpRequest) -> HttpResponse:
    """The whole report on paper."""
    try:
        found = form_review.form_review()
    except NothingPublished:
        return redirect("backoffice:form_review")
    context = _totals(found) | {"today": timezone.localdate(), "strike": Verdict.STRIKE}
    return render(request, "backoffice/form_review/print.html", context)  # fmt: skip


@needs(Authority.CATALOGUE)
def book(request: HttpRequest) -> HttpResponse:
    """The report as an Excel."""
    try:
        return file_response(book_of(form_review.form_review()), "form-review.xlsx", XLSX)
    except NothingPublished:
        return redirect("backoffice:form_review")


@needs(Authority.CATALOGUE)
def sheet(request: HttpRequest, sheet: str) -> HttpResponse:
    """One sheet, box by box; a person says what the law or the office requires."""
    try:
        found = form_review.line_of(sheet)
    except NothingPublished:
        found = None
    if found is None:
        raise Http404
    whole, line = found
    problems: list[str] = []
    given: dict[str, BoxMark] = {}
    if request.method == "POST":
        given, unknown = _given_marks(request, line)
        version = whole_number(request.POST.get("version", ""))
        try:
            if unknown or version is None:
                raise MarksRefused(
                    _("入力を読めませんでした。この画面を開き直して、もう一度入れてください。")
                )
            set_marks(sheet=sheet, version=version, marks=given, by=actor_of(request), now=timezone.now())
            messages.success(request, _("欄の確認を保存しました。"))
            return redirect("backoffice:form_review_sheet", sheet)
        except MarksRefused as refused:
            problems = [str(refused)]
    rows = [
        {"box": box, "mark": given.get(box.key.code, box.mark), "open": box.open} for box in line.sheet.boxes
    ]
    context = {
        "found": whole,
        "line": line,
        "rows": rows,
        "laws": list(LawMark),
        "problems": problems,
        "now_seconds": line.saving.now,
    }
    return render(
        request, "backoffice/form_review/sheet.html", context, status=422 if problems else 200
    )  # fmt: skip


def _given_marks(request: HttpRequest, line: form_review.SheetLine) -> tuple[dict[str, BoxMark], bool]:
    """What the form says of each box, and whether something in it is not understood."""
    known = {one.value: one for one in LawMark}
    given, unknown = {}, False
    for box in line.sheet.boxes:
        if not box.open:
            continue
        text = request.POST.get(f"law-{box.key.code}", "")
        unknown = unknown or text not in known
        basis = request.POST.get(f"basis-{box.key.code}", "").strip()
        given[box.key.code] = BoxMark(known.get(text, LawMark.UNKNOWN), basis[:200])
    return given, unknown


@needs(Authority.CATALOGUE)
def identifiers(request: HttpRequest) -> HttpResponse:
    """What the register has shown; the bar alone when the page asks for it. A post chooses the identifiers of forms."""
    problems: list[str] = []
    if request.method == "POST":
        chosen = [one for one in request.POST.get("identifiers", "").split("+") if one]
        try:
            form_review.choose(identifiers=chosen, by=actor_of(request), now=timezone.now())
            messages.success(request, _("人を特定する項目を決めました。欄の案は、すぐに新しい項目で出ます。"))
            return redirect("backoffice:form_review_identifiers")
        except form_review.NotAChoice as refused:
            problems = [str(refused)]
    return _identifiers(request, problems, 422 if problems else 200)


def _identifiers(request: HttpRequest, problems: list[str], status: int) -> HttpResponse:
    newest = identifying.newest()
    only_bar = getattr(request, "htmx", False)
    if only_bar and newest is not None and newest.under_way:
        return render(request, "backoffice/form_review/progress.html", {"newest": newest})
    count = identifying.last_count()
    try:
        whole = form_review.form_review()
    except NothingPublished:
        whole = None
    context = {
        "problems": problems,
        "newest": newest,
        "count": count,
        "chosen": whole.chosen if whole else None,
        "by_choice": whole.by_choice if whole else False,
        "lacking": [(one.label, n) for one, n in count.lacking.items()] if count else [],
        "choices": [
            {"set": one, "value": "+".join(part.value for part in in_order(one.identifiers))}
            for one in (form_review.choices(count) if count else ())
        ],
        "by_size": _by_size(count.sets) if count and request.GET.get("all") else [],
        "people": people_count(),
    }
    answer = render(request, "backoffice/form_review/identifiers.html", context, status=status)
    if only_bar:
        answer["HX-Refresh"] = "true"
    return answer


def _by_size(sets: Any) -> list[dict[str, Any]]:
    """Every set that was counted, by the number of identifiers, fewest undecided first."""
    sizes = sorted({len(one.identifiers) for one in sets})
    return [
        {
            "size": size,
            "sets": sorted(
                (one for one in sets if len(one.identifiers) == size),
                key=lambda one: (one.undecided, one.label),
            ),
        }
        for size in sizes
    ]


@needs(Authority.CATALOGUE)
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Ask the worker to count the register."""
    try:
        number = identifying.ask_for_count(by=actor_of(request), now=timezone.now())
    except (identifying.CountUnderWay, identifying.NobodyToCount) as refused:
        return _identifiers(request, [str(refused)], 409)
    tasks.count_identifiers.enqueue(number)
    return redirect("backoffice:form_review_identifiers")


@needs(Authority.CATALOGUE)
def assumptions(request: HttpRequest) -> HttpResponse:
    """By what the saving is worked out; the city changes it."""
    now_counts = settings.setting()
    values: dict[str, Any] = {
        one.name: getattr(now_counts.assumptions, one.name) for one in fields(Assumptions)
    }
    problems: list[str] = []
    if request.method == "POST":
        given = {name: whole_number(request.POST.get(name, "")) for name in values}
        read = {name: -1 if value is None else value for name, value in given.items()}
        try:
            settings.set_assumptions(
                assumptions=Assumptions(**read), by=actor_of(request), now=timezone.now()
            )
            messages.success(request, _("前提を変えました。減る手間は、すぐに新しい前提で出ます。"))
            return redirect("backoffice:form_review_assumptions")
        except AssumptionsRefused as refused:
            problems = list(refused.faults)
            values = {name: request.POST.get(name, "")[:9] for name in values}
    shipped = Assumptions()
    context = {
        "problems": problems,
        "setting": now_counts,
        "fields": [
            {"name": name, "unit": unit, "words": words, "value": values[name], "shipped": getattr(shipped, name)}
            for name, (unit, words) in ASSUMPTION_WORDS.items()
        ],
        "characters": [(_CHARACTER_WORDS[kind.value], many) for kind, many in CHARACTERS.items() if kind.value in _CHARACTER_WORDS],
    }  # fmt: skip
    return render(
        request, "backoffice/form_review/assumptions.html", context, status=422 if problems else 200
    )


_CHARACTER_WORDS = {
    "name": "氏名とフリガナ",
    "address": "住所",
    "wareki": "日付",
    "phone": "電話番号",
    "postal": "郵便番号",
    "choice": "選ぶ欄",
    "yes_no": "はい・いいえ",
    "number": "数",
    "yen": "金額",
    "text": "そのほかの文字",
}
