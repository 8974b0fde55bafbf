"""市の設定・課・質問・帳票の欄: what is not a rule, in tables; and all texts and values through Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.drafts.operations import Draft
from madoguchi.catalogue.drafts.text_book import (
    TYPE_WORDS,
    YES_NO,
    BookRefused,
    take_text_book,
    text_book,
    value_from,
    with_prompt,
)
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.backoffice.editor.common import draft_of, is_open, kept, pack_of_draft, plain
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.connect.editing import sheet_faults
from madoguchi.procedures.editing.layers import Layer, entries, sheet_values, with_entry, with_sheet
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind
from madoguchi.spreadsheets.grid import GridRefused
from madoguchi.spreadsheets.workbook import WorkbookRefused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Authority.CATALOGUE)
def settings(request: HttpRequest, draft: int) -> HttpResponse:
    """What the city sets, and what its departments are called."""
    found = draft_of(draft)
    pack = pack_of_draft(found)
    problems: list[str] = []
    if request.method == "POST" and is_open(found):
        layer, problems = _settings_said(request.POST, pack, found.layers)
        if not problems:
            problems = kept(request, found, layer, _("市の設定を直す"))
        if not problems:
            return redirect("backoffice:draft_settings", draft)
    rows = [
        {
            "one": one, "type": TYPE_WORDS[one.type], "choices": list(YES_NO.values()) if one.type == "boolean" else [],
            "value": request.POST.get(f"p-{one.name}", YES_NO[one.value] if isinstance(one.value, bool) else one.value),
        }
        for one in pack.parameters.values()
    ]  # fmt: skip
    context = {
        "draft": found, "open": is_open(found), "problems": problems, "rows": rows,
        "departments": list(pack.departments.values()),
    }  # fmt: skip
    return render(request, "backoffice/editor/settings.html", context, status=422 if problems else 200)


def _settings_said(
    post: QueryDict, pack: Pack, layers: Sequence[Layer]
) -> tuple[Mapping[str, str], list[str]]:
    now, problems = list(layers), []
    for one in pack.parameters.values():
        text = plain(post.get(f"p-{one.name}", ""), 200)
        value = value_from(one.type, text)
        if value is None:
            problems.append(
                _("「%(label)s」は%(type)sで入れてください。")
                % {"label": one.label, "type": TYPE_WORDS[one.type]}
            )
        elif value != one.value:
            there = entries(now, "parameters.toml").get(one.name, {})
            now[-1] = with_entry(now, "parameters.toml", one.name, {**there, "value": value})
    for department in pack.departments.values():
        name = plain(post.get(f"d-{department.key}", ""), 60)
        if not name:
            problems.append(_("課の名前を入れてください（%(key)s）。") % {"key": department.key})
        elif name != department.name:
            now[-1] = with_entry(
                now, "departments.toml", department.key, {"key": department.key, "name": name}
            )
    return now[-1], problems


@needs(Authority.CATALOGUE)
def questions(request: HttpRequest, draft: int) -> HttpResponse:
    """The questions of the hearing and why they are asked, in the city's own words."""
    found = draft_of(draft)
    pack = pack_of_draft(found)
    problems: list[str] = []
    if request.method == "POST" and is_open(found):
        layers = list(found.layers)
        said = _questions_now(pack, layers)
        for prompt, (question, why) in said.items():
            new = (
                plain(request.POST.get(f"q-{prompt}", ""), 200) or question,
                plain(request.POST.get(f"w-{prompt}", ""), 200) or why,
            )
            if new != (question, why):
                layers[-1] = with_prompt(layers, prompt, {"question": new[0], "why": new[1]})
        problems = kept(request, found, layers[-1], _("質問の言葉を直す"))
        if not problems:
            return redirect("backoffice:draft_questions", draft)
    rows = [(prompt, *words) for prompt, words in _questions_now(pack, found.layers).items()]
    context = {"draft": found, "open": is_open(found), "problems": problems, "rows": rows}
    return render(request, "backoffice/editor/questions.html", context, status=422 if problems else 200)


def _questions_now(pack: Pack, layers: Sequence[Layer]) -> dict[str, tuple[str, str]]:
    """Question and why of each prompt as the city says them."""
    words = {
        one.id: (one.question, one.why) for one in sorted(pack.prompts.values(), key=lambda one: one.order)
    }
    for one in pack.wordings:
        if isinstance(one.of, str) and one.events == frozenset(EventKind):
            question, why = words[one.of]
            words[one.of] = (one.question or question, one.why or why)
    return words


@needs(Authority.CATALOGUE)
def sheet(request: HttpRequest, draft: int, sheet: str) -> HttpResponse:
    """A sheet's title and boxes: words, order, width; a box may be taken off."""
    found = draft_of(draft)
    if sheet not in pack_of_draft(found).sheets:
        raise Http404
    values = sheet_values(found.layers, sheet)
    problems: list[str] = []
    if request.method == "POST" and is_open(found):
        values = _sheet_said(request.POST, values)
        problems = list(sheet_faults(sheet, values))
        if not problems:
            what = _("帳票「%(title)s」を直す") % {"title": values["title"]}
            problems = kept(request, found, with_sheet(found.layers, sheet, values), what)
        if not problems:
            return redirect("backoffice:draft_sheet", draft, sheet)
    boxes = [{"place": place, **box} for place, box in enumerate(values.get("box", []))]
    context = {
        "draft": found, "open": is_open(found), "problems": problems, "sheet": sheet, "values": values, "boxes": boxes,
        "notes": "\n".join(values.get("notes", [])), "widths": range(1, 7),
    }  # fmt: skip
    return render(request, "backoffice/editor/sheet.html", context, status=422 if problems else 200)


def _sheet_said(post: QueryDict, before: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(before)
    values["title"] = plain(post.get("title", ""), 100)
    if intro := plain(post.get("intro", ""), 500):
        values["intro"] = intro
    notes = [line for one in post.get("notes", "").splitlines() if (line := plain(one, 500))]
    if notes or "notes" in values:
        values["notes"] = notes
    boxes = []
    for place, box in enumerate(before.get("box", [])):
        if post.get(f"drop-{place}"):
            continue
        width = whole_number(post.get(f"width-{place}", ""))
        order = whole_number(post.get(f"order-{place}", ""))
        label = plain(post.get(f"label-{place}", ""), 100) or box.get("label", "")
        kept_width = {"width": width} if width in range(1, 7) else {}
        boxes.append(
            (order if order is not None else place + 1, place, {**box, "label": label, **kept_width})
        )
    values["box"] = [box for _order, _place, box in sorted(boxes, key=lambda one: one[:2])]
    return values


@needs(Authority.CATALOGUE)
def texts(request: HttpRequest, draft: int) -> HttpResponse:
    """Every text and value as Excel."""
    found = draft_of(draft)
    return file_response(text_book(pack_of_draft(found), found.layers), f"texts-{draft}.xlsx", XLSX)


@needs(Authority.CATALOGUE)
@require_POST
def take_texts(request: HttpRequest, draft: int) -> HttpResponse:
    """Take texts and values in from Excel into the draft."""
    found = draft_of(draft)
    return render(request, "backoffice/editor/texts.html", _taken(request, found))


def _taken(request: HttpRequest, found: Draft) -> dict[str, Any]:
    file: Any = request.FILES.get("file")
    shown: dict[str, Any] = {"draft": found, "problems": [], "report": None}
    if not is_open(found):
        return shown | {"problems": [_("この下書きはもう閉じています。新しい下書きを始めてください。")]}
    if file is None:
        return shown | {"problems": [_("ファイルを選んでください。")]}
    try:
        layer, report = take_text_book(stream=file, pack=pack_of_draft(found), layers=found.layers)
    except (BookRefused, GridRefused, WorkbookRefused) as error:
        return shown | {"problems": [str(error)]}
    problems = kept(request, found, layer, _("文言と設定をExcelから取り込む")) if report.changed else []
    return shown | {"problems": problems, "report": report}
