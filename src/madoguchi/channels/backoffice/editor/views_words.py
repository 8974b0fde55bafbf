"""市の設定と課の名前 in tables; all texts and values through Excel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.drafts.files import under_name
from madoguchi.catalogue.drafts.operations import Draft
from madoguchi.catalogue.drafts.text_book import (
    TYPE_WORDS,
    YES_NO,
    take_text_book,
    text_book,
    value_from,
)
from madoguchi.catalogue.drafts.text_rows import BookRefused
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.backoffice.editor.common import XLSX, draft_of, is_open, kept, pack_of_draft, plain
from madoguchi.city.authority import Authority, needs
from madoguchi.procedures.editing.layers import Layer, entries, with_entry
from madoguchi.procedures.packs import Pack
from madoguchi.spreadsheets.grid import GridRefused
from madoguchi.spreadsheets.workbook import WorkbookRefused


@needs(Authority.CATALOGUE)
def settings(request: HttpRequest, draft: int) -> HttpResponse:
    """What the city sets, what its departments and the pack are called."""
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
        "draft": found, "open": is_open(found), "problems": problems, "rows": rows, "pack_name": pack.name,
        "departments": list(pack.departments.values()),
    }  # fmt: skip
    return render(request, "backoffice/editor/settings.html", context, status=422 if problems else 200)


def _settings_said(
    post: QueryDict, pack: Pack, layers: Sequence[Layer]
) -> tuple[Mapping[str, str], list[str]]:
    now, problems = list(layers), []
    if (called := plain(post.get("pack-name", ""), 60)) and called != pack.name:
        now[-1] = under_name(now[-1], name=called)
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
