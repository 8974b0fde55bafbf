"""質問: the hearing's words, and questions of the city's own about what no register knows."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.drafts.operations import Draft
from madoguchi.catalogue.drafts.testing import pack_from
from madoguchi.catalogue.drafts.text_book import questions_now, with_prompt
from madoguchi.channels.backoffice.editor.common import (
    draft_of,
    is_open,
    kept,
    pack_of_draft,
    plain,
    plain_lines,
)
from madoguchi.city.authority import Authority, needs
from madoguchi.procedures.editing.layers import own_entries, with_own_entry, without_own_entry
from madoguchi.procedures.loader import PackErrors
from madoguchi.procedures.packs import Pack

VOCABULARY = "vocabulary.toml"
HOLDERS = {"household": "世帯について一度", "person": "一人ずつ"}
TYPES = {
    "boolean": "はい・いいえ", "choice": "一つを選ぶ", "choices": "いくつでも選ぶ", "number": "数", "date": "日付",
}  # fmt: skip
MOST_CHOICES = 30


@needs(Authority.CATALOGUE)
def questions(request: HttpRequest, draft: int) -> HttpResponse:
    """The questions of the hearing and why they are asked, in the city's own words; below them the city's own."""
    found = draft_of(draft)
    pack = pack_of_draft(found)
    problems: list[str] = []
    if request.method == "POST" and is_open(found):
        layers = list(found.layers)
        for prompt, (question, why) in questions_now(pack).items():
            new = (
                plain(request.POST.get(f"q-{prompt}", ""), 200) or question,
                plain(request.POST.get(f"w-{prompt}", ""), 200) or why,
            )
            if new != (question, why):
                layers[-1] = with_prompt(layers, prompt, {"question": new[0], "why": new[1]})
        problems = kept(request, found, layers[-1], _("質問の言葉を直す"))
        if not problems:
            return redirect("backoffice:draft_questions", draft)
    return _page(request, found, problems, {})


def _page(
    request: HttpRequest, found: Draft, problems: list[str], said: dict[str, Any] | QueryDict
) -> HttpResponse:
    pack = pack_of_draft(found)
    own = [
        {**one, "type": _(TYPES.get(one["type"], one["type"])), "holder": _(HOLDERS.get(one["holder"], one["holder"])),
         "choices": "、".join(label for _code, label in one.get("choices", []))}
        for one in own_entries(found.layers, VOCABULARY)
    ]  # fmt: skip
    context = {
        "draft": found, "open": is_open(found), "problems": problems, "own": own, "said": said,
        "rows": [(prompt, *words) for prompt, words in questions_now(pack).items()],
        "holders": [(key, _(words)) for key, words in HOLDERS.items()],
        "types": [(key, _(words)) for key, words in TYPES.items()],
    }  # fmt: skip
    return render(request, "backoffice/editor/questions.html", context, status=422 if problems else 200)


@needs(Authority.CATALOGUE)
@require_POST
def own(request: HttpRequest, draft: int) -> HttpResponse:
    """Add a question of the city's own, or take one away that nothing asks."""
    found = draft_of(draft)
    if not is_open(found):
        return redirect("backoffice:draft_questions", draft)
    word, _colon, key = request.POST.get("act", "").partition(":")
    problems: list[str] = []
    if word == "remove":
        layer = without_own_entry(found.layers, VOCABULARY, key)
        what = _("市の質問を消す")
        try:
            pack_from((*found.layers[:-1], layer))
        except PackErrors:
            problems = [_("この質問を使っている手続きがあります。先に、その手続きの条件から外してください。")]
    else:
        entry, problems = _said(request.POST, pack_of_draft(found))
        layer = with_own_entry(found.layers, VOCABULARY, entry)
        what = _("質問「%(label)s」を加える") % {"label": entry["label"]}
    problems = problems or kept(request, found, layer, what)
    if problems:
        return _page(request, found, problems, request.POST)
    return redirect("backoffice:draft_questions", draft)


def _said(post: QueryDict, pack: Pack) -> tuple[dict[str, Any], list[str]]:
    """A fact as the form says it, and what is wrong with it, as sentences."""
    holder, kind = post.get("holder", ""), post.get("type", "")
    entry: dict[str, Any] = {
        "key": _free_key(pack),
        "holder": holder if holder in HOLDERS else "household",
        "type": kind if kind in TYPES else "boolean",
        "label": plain(post.get("label", ""), 60),
        "question": plain(post.get("question", ""), 200),
        "why": plain(post.get("why", ""), 200),
        "source": _("聞き取り"),
    }
    problems = [
        _("「%(name)s」を入れてください。") % {"name": words}
        for key, words in (("label", _("呼び名")), ("question", _("質問の文")), ("why", _("なぜ聞くか")))
        if not entry[key]
    ]
    labels = list(dict.fromkeys(plain_lines(post.get("choices", ""))))
    if entry["type"] in ("choice", "choices"):
        if not 2 <= len(labels) <= MOST_CHOICES:
            problems.append(_("選ぶものを、1行に一つずつ、2つ以上30まで書いてください。"))
        entry["choices"] = [[f"c{place}", label] for place, label in enumerate(labels, start=1)]
    if entry["label"] in {one.label for one in pack.vocabulary}:
        problems.append(_("この呼び名の質問はもうあります。別の呼び名にするか、ある質問を使ってください。"))
    return entry, problems


def _free_key(pack: Pack) -> str:
    """A key that no other city's pack is likely to have: it begins with the pack's own name."""
    city = re.sub(r"[^a-z0-9]+", "_", pack.id.lower()).strip("_") or "city"
    stem = city if city[0].isalpha() else f"city_{city}"
    used = {one.key for one in pack.vocabulary}
    return next(f"{stem}_{at}" for at in range(1, 10_000) if f"{stem}_{at}" not in used)
