"""ことば: what of the pack is there in which language, a procedure's sentences side by side, a language through Excel."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.drafts.text_rows import BookRefused
from madoguchi.catalogue.drafts.translation_book import take_translation_book, translation_book
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.backoffice.editor.common import XLSX, draft_of, is_open, kept, pack_of_draft, plain
from madoguchi.city.authority import Authority, needs
from madoguchi.procedures.editing.layers import with_translations
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import (
    LONGEST,
    Language,
    all_texts,
    fault_of,
    guide,
    language_of,
    missing,
    question_texts,
    texts_of,
    unused,
)
from madoguchi.spreadsheets.grid import GridRefused
from madoguchi.spreadsheets.workbook import WorkbookRefused


def _language(tag: str) -> Language:
    found = language_of(tag)
    if found is None:
        raise Http404
    return found


@needs(Authority.CATALOGUE)
def languages(request: HttpRequest, draft: int) -> HttpResponse:
    """Every language: how much of it is there, and whether it can be offered."""
    found = draft_of(draft)
    pack = pack_of_draft(found)
    texts = all_texts(pack)
    rows = [
        {
            "one": one, "label": _(one.label), "left": len(left := missing(pack, one, texts)),
            "there": len(texts) - len(left), "procedures": _complete(pack, one),
        }
        for one in Language
    ]  # fmt: skip
    context = {
        "draft": found, "open": is_open(found), "rows": rows, "texts": len(texts), "count": len(pack.procedures),
    }  # fmt: skip
    return render(request, "backoffice/editor/languages.html", context)


def _complete(pack: Pack, language: Language) -> int:
    return sum(not missing(pack, language, texts_of(one)) for one in pack.procedures)


@needs(Authority.CATALOGUE)
def language(request: HttpRequest, draft: int, language: str) -> HttpResponse:
    """One language: which procedures are complete in it; Excel out and in."""
    return render(request, "backoffice/editor/language.html", _one(draft, _language(language)))


def _one(draft: int, chosen: Language) -> dict[str, Any]:
    found = draft_of(draft)
    pack = pack_of_draft(found)
    rows = [
        {"one": one, "all": len(texts_of(one)), "left": len(missing(pack, chosen, texts_of(one)))}
        for one in pack.procedures
    ]
    return {
        "draft": found, "open": is_open(found), "language": chosen, "label": _(chosen.label),
        "rows": sorted(rows, key=lambda row: (row["left"] == row["all"], row["left"] == 0)),
        "questions": len(question_texts(pack)), "questions_left": len(missing(pack, chosen, question_texts(pack))),
        "unused": unused(pack, chosen)[:50],
    }  # fmt: skip


@needs(Authority.CATALOGUE)
def procedure(request: HttpRequest, draft: int, procedure: str, language: str) -> HttpResponse:
    """A procedure's sentences, the Japanese beside the language's; kept one by one, shown to residents only as a whole."""
    found, chosen = draft_of(draft), _language(language)
    pack = pack_of_draft(found)
    if not pack.has_procedure(procedure):
        raise Http404
    one = pack.procedure(procedure)
    there = pack.translations.get(chosen.value, {})
    texts = texts_of(one)
    said = {ja: there.get(ja, "") for ja in texts}
    problems: list[str] = []
    if request.method == "POST" and is_open(found):
        said = {ja: plain(request.POST.get(f"t-{place}", ""), LONGEST + 1) for place, ja in enumerate(texts)}
        problems = [f"「{ja}」: {why}" for ja, text in said.items() if text and (why := fault_of(ja, text))]
        if not problems:
            layer = with_translations(found.layers, chosen, said)
            what = _("「%(name)s」の%(language)sを直す") % {"name": one.name, "language": chosen.label}
            problems = kept(request, found, layer, what)
        if not problems:
            return redirect("backoffice:draft_procedure_language", draft, procedure, language)
    context = {
        "draft": found, "open": is_open(found), "problems": problems, "id": procedure, "name": one.name,
        "language": chosen, "label": _(chosen.label), "left": len(missing(pack, chosen, texts)),
        "rows": [(place, ja, said[ja]) for place, ja in enumerate(texts)], "guide": guide(pack, one, chosen),
    }  # fmt: skip
    return render(
        request, "backoffice/editor/procedure_language.html", context, status=422 if problems else 200
    )


@needs(Authority.CATALOGUE)
def book(request: HttpRequest, draft: int, language: str) -> HttpResponse:
    """Every sentence of the pack with its translation, as Excel."""
    found, chosen = draft_of(draft), _language(language)
    return file_response(
        translation_book(pack_of_draft(found), chosen), f"texts-{draft}-{chosen.value}.xlsx", XLSX
    )


@needs(Authority.CATALOGUE)
@require_POST
def take(request: HttpRequest, draft: int, language: str) -> HttpResponse:
    """Take a language's sentences in from Excel into the draft."""
    chosen = _language(language)
    found = draft_of(draft)
    file: Any = request.FILES.get("file")
    problems, report = [], None
    if not is_open(found):
        problems = [_("この下書きはもう閉じています。新しい下書きを始めてください。")]
    elif file is None:
        problems = [_("ファイルを選んでください。")]
    else:
        try:
            layer, report = take_translation_book(
                stream=file, pack=pack_of_draft(found), layers=found.layers, language=chosen
            )
            what = _("%(language)sをExcelから取り込む") % {"language": chosen.label}
            problems = kept(request, found, layer, what) if report.changed else []
        except (BookRefused, GridRefused, WorkbookRefused) as error:
            problems = [str(error)]
    context = _one(draft, chosen) | {"problems": problems, "report": report}
    return render(request, "backoffice/editor/language.html", context, status=422 if problems else 200)
