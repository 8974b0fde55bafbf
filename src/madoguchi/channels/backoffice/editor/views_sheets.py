"""帳票の欄: a sheet's title, sentences and boxes: words, order, width; a box added, taken off; a sheet begun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.channels.backoffice.editor.common import draft_of, is_open, kept, pack_of_draft, plain
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.authority import Authority, needs
from madoguchi.connect.editing import sheet_faults
from madoguchi.procedures.editing.layers import procedure_values, sheet_values, with_procedure, with_sheet
from madoguchi.procedures.facts import FactType, Holder
from madoguchi.procedures.packs import Pack

WIDTHS = range(1, 7)
BY_HAND = "-"
_FORMAT = {FactType.DATE: "wareki"}
# Who came, with address and telephone, every sheet prints by itself.
_FIRST_BOXES: tuple[Mapping[str, Any], ...] = (
    {"label": "世帯主", "fact": "household.head_name", "format": "name", "width": 6, "section": "申請の内容"},
    {"label": "申請する内容", "width": 6, "write": "hand"},
)


@needs(Authority.CATALOGUE)
def sheet(request: HttpRequest, draft: int, sheet: str) -> HttpResponse:
    """A sheet's title and boxes."""
    found = draft_of(draft)
    pack = pack_of_draft(found)
    if sheet not in pack.sheets:
        raise Http404
    values = sheet_values(found.layers, sheet)
    facts = facts_of(pack)
    problems: list[str] = []
    if request.method == "POST" and is_open(found):
        values = _said(request.POST, values, facts)
        problems = list(sheet_faults(sheet, values))
        if not problems:
            what = _("帳票「%(title)s」を直す") % {"title": values["title"]}
            problems = kept(request, found, with_sheet(found.layers, sheet, values), what)
        if not problems:
            return redirect("backoffice:draft_sheet", draft, sheet)
    boxes = [
        {
            "place": place,
            **box,
            "from": facts.get(str(box.get("fact", "")), {}).get("label", box.get("fact", "")),
        }
        for place, box in enumerate(values.get("box", []))
    ]
    context = {
        "draft": found, "open": is_open(found), "problems": problems, "sheet": sheet, "values": values, "boxes": boxes,
        "notes": "\n".join(values.get("notes", [])), "widths": WIDTHS, "facts": _choices(facts),
    }  # fmt: skip
    return render(request, "backoffice/editor/sheet.html", context, status=422 if problems else 200)


def facts_of(pack: Pack) -> dict[str, dict[str, Any]]:
    """What a box can be filled with, by its name: what the pack's sheets already print, then its facts."""
    found: dict[str, dict[str, Any]] = {}
    labels: dict[str, Counter[str]] = {}
    for values in pack.sheets.values():
        listed = values.get("box", [])
        for box in listed if isinstance(listed, list) else []:
            fact = box.get("fact")
            if fact and not fact.startswith(("answers.", "person.")):
                labels.setdefault(fact, Counter())[str(box["label"])] += 1
                found.setdefault(fact, {key: box[key] for key in ("format", "choices") if key in box})
    for fact, counted in labels.items():
        found[fact]["label"] = counted.most_common(1)[0][0]
    for one in pack.vocabulary:
        if one.type is FactType.PERSON:
            continue
        choices = {"choices": [[choice.code, choice.label] for choice in one.choices]} if one.choices else {}
        format_ = {"format": _FORMAT[one.type]} if one.type in _FORMAT else {}
        holder = one.holder.value if one.holder is not Holder.PERSON else "claimant"
        found.setdefault(f"{holder}.{one.key}", {"label": one.label, **format_, **choices})
    return found


def _choices(facts: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, list[tuple[str, str]]]]:
    words = {
        "household": _("世帯"), "claimant": _("請求者"), "event": _("異動"), "notifier": _("来た人"), "case": _("受付"),
        "municipality": _("市"),
    }  # fmt: skip
    return [
        (said, [(fact, str(one["label"])) for fact, one in facts.items() if fact.startswith(f"{holder}.")])
        for holder, said in words.items()
        if any(fact.startswith(f"{holder}.") for fact in facts)
    ]


def _said(
    post: QueryDict, before: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
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
        kept_width = {"width": width} if width in WIDTHS else {}
        boxes.append(
            (order if order is not None else place + 1, place, {**box, "label": label, **kept_width})
        )
    values["box"] = [box for _order, _place, box in sorted(boxes, key=lambda one: one[:2])]
    if new := _new_box(post, facts):
        values["box"].append(new)
        if "blocks" in values and "boxes" not in values["blocks"]:
            values["blocks"] = [*values["blocks"], "boxes"]
    return values


def _new_box(post: QueryDict, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any] | None:
    """The box that the form adds; None when it adds none."""
    label, fact = plain(post.get("new-label", ""), 100), post.get("new-fact", "")
    known = facts.get(fact)
    if known is None and not (label and fact == BY_HAND):
        return None
    width = whole_number(post.get("new-width", ""))
    filled = (
        {} if known is None else {"fact": fact, **{key: one for key, one in known.items() if key != "label"}}
    )
    box = {
        "label": label or str((known or {}).get("label", "")),
        **filled,
        "width": width if width in WIDTHS else 3,
    }
    return box if known is not None else {**box, "write": "hand"}


@needs(Authority.CATALOGUE)
@require_POST
def begin(request: HttpRequest, draft: int, procedure: str) -> HttpResponse:
    """Begin a sheet of ours for a procedure that has none."""
    found = draft_of(draft)
    values = procedure_values(found.layers, procedure)
    if not values.get("id"):
        raise Http404
    if not is_open(found) or values.get("sheet") or procedure in pack_of_draft(found).sheets:
        return redirect("backoffice:draft_procedure", draft, procedure)
    form = {
        "id": procedure, "title": _("%(name)s 申請書") % {"name": values["name"]}, "law": values["law"],
        "grouping": "household", "form": "ours", "addressee": "市長", "intro": _("次のとおり申請します。"),
        "box": [dict(one) for one in _FIRST_BOXES],
    }  # fmt: skip
    layers = [*found.layers[:-1], with_sheet(found.layers, procedure, form)]
    layer = with_procedure(layers, procedure, {**values, "sheet": procedure})
    what = _("「%(name)s」の帳票を作る") % {"name": values["name"]}
    if kept(request, found, layer, what):
        return redirect("backoffice:draft_procedure", draft, procedure)
    return redirect("backoffice:draft_sheet", draft, procedure)
