"""A procedure in a draft: added, its plain parts changed, its conditions in blocks, each tried on households at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from madoguchi.catalogue.drafts.operations import Draft
from madoguchi.channels.backoffice.editor import condition_form, procedure_form
from madoguchi.channels.backoffice.editor.common import draft_of, is_open, kept, pack_of_draft, plain
from madoguchi.channels.backoffice.editor.condition_form import Scope, TooMuch
from madoguchi.city.authority import Authority, needs
from madoguchi.jp.wareki import WarekiError, format_wareki, parse_date_text
from madoguchi.procedures.editing.blocks import blocks_of, source_of
from madoguchi.procedures.editing.layers import procedure_values, with_procedure
from madoguchi.procedures.editing.sentences import lines_of
from madoguchi.procedures.editing.trying import Trial, households, try_procedure
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind

LONGEST_BECAUSE = 300


@needs(Authority.CATALOGUE)
def add(request: HttpRequest, draft: int) -> HttpResponse:
    """Add a procedure of the city's own."""
    found = draft_of(draft)
    pack = pack_of_draft(found)
    problems: list[str] = []
    if request.method == "POST" and is_open(found):
        values = procedure_form.new_values(request.POST, pack)
        problems = _wanting(values, pack)
        if not problems:
            layer = with_procedure(found.layers, values["id"], values)
            what = _("手続き「%(name)s」を加える") % {"name": values["name"]}
            problems = kept(request, found, layer, what)
        if not problems:
            return redirect("backoffice:draft_procedure", draft, values["id"])
    context = {
        "draft": found, "open": is_open(found), "problems": problems, "said": request.POST,
        "departments": [(one.key, one.name) for one in pack.departments.values()],
        "events": [(one.value, _(one.label)) for one in EventKind],
    }  # fmt: skip
    return render(request, "backoffice/editor/new.html", context, status=422 if problems else 200)


def _wanting(values: Mapping[str, Any], pack: Pack) -> list[str]:
    wanting = [
        _("「%(name)s」を入れてください。") % {"name": words}
        for key, words in procedure_form.TEXTS.items()
        if key != "notes" and not values[key]
    ]
    if values["department"] not in pack.departments:
        wanting.append(_("担当課を選んでください。"))
    if values["events"][0] not in {one.value for one in EventKind}:
        wanting.append(_("きっかけを選んでください。"))
    return wanting


@needs(Authority.CATALOGUE)
def procedure(request: HttpRequest, draft: int, procedure: str) -> HttpResponse:
    """The plain parts of a procedure, its rules in sentences, its examples red or green."""
    found, values = _found(draft, procedure)
    pack = pack_of_draft(found)
    problems: list[str] = []
    if request.method == "POST" and is_open(found):
        said, problems = procedure_form.said(request.POST, values, pack)
        trial = try_procedure(pack, said, file=f"{procedure}.toml")
        problems += [f"{one.key}: {one.message}{one.remedy}" for one in trial.faults]
        if not problems:
            what = _("「%(name)s」の内容を直す") % {"name": said["name"]}
            problems = kept(request, found, with_procedure(found.layers, procedure, said), what)
        if not problems:
            return redirect("backoffice:draft_procedure", draft, procedure)
        values = said
    context = _page(found, procedure, values, pack) | {"problems": problems}
    return render(request, "backoffice/editor/procedure.html", context, status=422 if problems else 200)


def _found(draft: int, procedure: str) -> tuple[Draft, dict[str, Any]]:
    found = draft_of(draft)
    values = procedure_values(found.layers, procedure)
    if not values.get("id"):
        raise Http404
    return found, values


def _page(found: Draft, procedure: str, values: Mapping[str, Any], pack: Pack) -> dict[str, Any]:
    return {
        "draft": found,
        "open": is_open(found),
        "id": procedure,
        "name": values.get("name", ""),
        "form": procedure_form.shown(values, pack),
        "rules": [_rule_in_words(place, rule, pack) for place, rule in enumerate(values.get("rule", []))],
        "tried": shown_trial(try_procedure(pack, values, file=f"{procedure}.toml"), pack),
    }


def _rule_in_words(place: int, rule: Mapping[str, Any], pack: Pack) -> dict[str, Any]:
    return {
        "place": place,
        "since": rule.get("since"),
        "until": rule.get("until"),
        "because": rule.get("because", ""),
        "must": lines_of(rule["must"], pack) if "must" in rule else (),
        "optional": lines_of(rule["optional"], pack) if "optional" in rule else (),
    }


def shown_trial(trial: Trial, pack: Pack) -> dict[str, Any]:
    """Examples and households as the page shows them."""
    people = {one.name: one.people for one in households()}
    return {
        "faults": trial.faults,
        "examples": [
            {"name": one.name, "outcomes": one.outcomes, "sentences": one.sentences, "ok": not one.sentences}
            for one in trial.examples
        ],
        "households": [
            {
                "name": one.name,
                "outcomes": [
                    (people[one.name].get(outcome.subject, _("世帯")), outcome.decision)
                    for outcome in one.outcomes
                ],
            }
            for one in trial.households
        ],
    }


@needs(Authority.CATALOGUE)
def rule(request: HttpRequest, draft: int, procedure: str, rule: int, kind: str) -> HttpResponse:
    """A condition in blocks. Every button gives the page again with the condition changed and tried; only one keeps it."""
    found, values = _found(draft, procedure)
    rules = values.get("rule", [])
    if rule >= len(rules) or kind not in ("must", "optional"):
        raise Http404
    pack = pack_of_draft(found)
    scope = Scope(pack, has_person=values.get("per") == "person")
    said, problems = dict(rules[rule]), []
    block = blocks_of(said.get(kind, "False"))
    if request.method == "POST":
        try:
            block = condition_form.block_from(request.POST, scope)
        except TooMuch as error:
            problems.append(str(error))
        block = condition_form.acted(block, request.POST.get("act", ""), scope)
        problems += _rest(request.POST, said, kind, source_of(block))
    else:
        said[kind] = source_of(block)
    changed = {**values, "rule": [*rules[:rule], said, *rules[rule + 1 :]]}
    trial = try_procedure(pack, changed, file=f"{procedure}.toml")
    # The live preview may carry the button that is pressed at the same moment: it never keeps anything.
    only_trial = bool(getattr(request, "htmx", False))
    if request.POST.get("act") == "keep" and is_open(found) and not problems and not only_trial:
        problems += [f"{one.message}{one.remedy}" for one in trial.faults]
        if not problems:
            what = _("「%(name)s」の条件を直す") % {"name": values["name"]}
            problems = kept(request, found, with_procedure(found.layers, procedure, changed), what)
        if not problems:
            return redirect("backoffice:draft_procedure", draft, procedure)
    context = _rule_page(found, procedure, values, said, trial, pack) | {
        "rule": rule, "kind": kind, "problems": problems, "node": condition_form.fields_of(block, scope),
        "lines": lines_of(source_of(block), pack), "here": request.path,
        "parameters": list(condition_form.parameters_of(pack, "number").items()),
    }  # fmt: skip
    template = "rule"
    if only_trial:
        template = "rule_blocks" if request.POST.get("act") == "blocks" else "rule_side"
    status = 422 if problems and not only_trial else 200
    return render(request, f"backoffice/editor/{template}.html", context, status=status)


def _rule_page(
    found: Draft, procedure: str, values: Mapping[str, Any], said: Mapping[str, Any], trial: Trial, pack: Pack
) -> dict[str, Any]:
    return {
        "draft": found,
        "open": is_open(found),
        "id": procedure,
        "name": values["name"],
        "said": said,
        "since": format_wareki(said["since"]) if isinstance(said.get("since"), date) else "",
        "until": format_wareki(said["until"]) if isinstance(said.get("until"), date) else "",
        "otherwise": (said.get("otherwise") or [{}])[-1].get("because", ""),
        "tried": shown_trial(trial, pack),
    }


def _rest(post: QueryDict, said: dict[str, Any], kind: str, source: str) -> list[str]:
    """The other fields of the rule's form; what cannot be taken, as sentences."""
    problems = []
    wanted = post.get("outcome", kind)
    said.pop(kind, None)
    said["optional" if wanted == "optional" else "must"] = source
    said["because"] = plain(post.get("because", ""), LONGEST_BECAUSE)
    if not said["because"]:
        problems.append(_("理由の文を入れてください。窓口でそのまま読まれます。"))
    for key, needed in (("since", True), ("until", False)):
        text = plain(post.get(key, ""), 40)
        if not text:
            said.pop(key, None)
            if needed:
                problems.append(_("いつからの規則かを入れてください。"))
            continue
        try:
            day = parse_date_text(text)
        except WarekiError as error:
            problems.append(str(error))
            continue
        if isinstance(day, date):
            said[key] = day
        else:
            problems.append(_("日まで分かる日付を入れてください。"))
    otherwise = plain(post.get("otherwise", ""), LONGEST_BECAUSE)
    before = list(said.get("otherwise", []))
    if otherwise:
        last = before[-1] if before else {"when": "True"}
        said["otherwise"] = [*before[:-1], {**last, "because": otherwise}]
    return problems


@needs(Authority.CATALOGUE)
def rule_act(request: HttpRequest, draft: int, procedure: str) -> HttpResponse:
    """Add a dated rule like the last one, or take one away."""
    found, values = _found(draft, procedure)
    rules = list(values.get("rule", []))
    word, _colon, text = request.POST.get("act", "").partition(":")
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else len(rules)
    if request.method != "POST" or not is_open(found):
        return redirect("backoffice:draft_procedure", draft, procedure)
    if word == "add":
        rules.append({"since": date(2000, 1, 1), "optional": "True", "because": _("理由をここに書きます")})
        what = _("「%(name)s」に規則を加える") % {"name": values["name"]}
    elif word == "remove" and place < len(rules) > 1:
        del rules[place]
        what = _("「%(name)s」の規則を消す") % {"name": values["name"]}
    else:
        return redirect("backoffice:draft_procedure", draft, procedure)
    problems = kept(request, found, with_procedure(found.layers, procedure, {**values, "rule": rules}), what)
    if problems:
        context = _page(found, procedure, values, pack_of_draft(found)) | {"problems": problems}
        return render(request, "backoffice/editor/procedure.html", context, status=409)
    if word == "add":
        return redirect("backoffice:draft_rule", draft, procedure, len(rules) - 1, "optional")
    return redirect("backoffice:draft_procedure", draft, procedure)
