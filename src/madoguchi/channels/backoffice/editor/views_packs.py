"""台帳のファイル: a pack comes in as a zip, to be compared, to lend us its procedures, or to take our layer's place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalogue.drafts import operations
from madoguchi.catalogue.drafts.files import FilesRefused, from_zip, name_of, under_name
from madoguchi.catalogue.drafts.taking_over import NothingToTake, take_over, with_taken_translations
from madoguchi.catalogue.drafts.testing import outcomes_that_change, pack_from
from madoguchi.catalogue.queries import current_revision, layers_of, pack_of
from madoguchi.channels.backoffice.editor.common import plain, shown_differences
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of, profile
from madoguchi.procedures.editing.layers import Layer
from madoguchi.procedures.loader import PackErrors


@needs(Authority.CATALOGUE)
def packs(request: HttpRequest) -> HttpResponse:
    """Choose a zip and what is to become of it."""
    problems: list[str] = []
    shown: dict[str, Any] = {}
    if request.method == "POST":
        try:
            theirs = _theirs(request)
            match request.POST.get("what", ""):
                case "compare":
                    shown = _compared(theirs)
                case "beside":
                    return redirect("backoffice:draft", _taken_beside(request, theirs))
                case "replace":
                    return redirect("backoffice:draft", _taken_whole(request, theirs))
                case _:
                    problems = [_("どうするかを選んでください。")]
        except (FilesRefused, NothingToTake) as error:
            problems = [str(error)]
    context = {"problems": problems, "said": request.POST, "city": profile().name, **shown}
    return render(request, "backoffice/editor/packs.html", context, status=422 if problems else 200)


def _theirs(request: HttpRequest) -> dict[str, str]:
    file: Any = request.FILES.get("file")
    if file is None:
        raise FilesRefused(_("zipのファイルを選んでください。"))
    return from_zip(file.read())


def _below() -> tuple[Layer, ...]:
    """What stands below a city's own layer."""
    layers = layers_of(current_revision())
    return layers[:-1] if len(layers) > 1 else layers


def _compared(theirs: Mapping[str, str]) -> dict[str, Any]:
    """Our pack and theirs over the same national pack, in sentences; nothing is kept."""
    revision = current_revision()
    there = (*_below(), theirs)
    try:
        pack = pack_from(there)
        outcomes = outcomes_that_change(pack_of(revision), pack)
        faults: tuple[str, ...] = ()
    except PackErrors as refused:
        pack, outcomes = pack_of(revision), ()
        faults = tuple(str(error) for error in refused.errors[:20])
    found = shown_differences(layers_of(revision), there, pack)
    return {
        "compared": name_of(theirs) or _("名前のない台帳"),
        "outcomes": outcomes,
        "faults": faults,
        **found,
    }


def _taken_beside(request: HttpRequest, theirs: Mapping[str, str]) -> int:
    layers = layers_of(current_revision())
    own = layers if len(layers) > 1 else (*layers, {})
    taken = take_over(
        own=own, theirs=theirs, prefix=plain(request.POST.get("prefix", ""), 20),
        their_city=plain(request.POST.get("their_city", ""), 60), our_city=profile().name,
    )  # fmt: skip
    layer = taken.layer
    try:
        pack = pack_from((*own[:-1], layer))
        layer = with_taken_translations(taken, own=own, theirs=theirs, pack=pack)
    except PackErrors:
        messages.warning(
            request, _("引き継いだファイルに直すところがあります。「試験する」で確かめてください。")
        )
    title = plain(request.POST.get("title", ""), 60) or _("ほかの市の手続きを引き継ぐ")
    number = operations.begin(title=title, layer=layer, by=actor_of(request), now=timezone.now())
    messages.success(request, _("引き継いだ手続き: %(names)s") % {"names": "、".join(taken.taken)})
    if taken.left:
        messages.info(request, _("引き継がなかったもの: %(left)s") % {"left": "".join(taken.left[:20])})
    return number


def _taken_whole(request: HttpRequest, theirs: Mapping[str, str]) -> int:
    name = plain(request.POST.get("name", ""), 60)
    layer = under_name(theirs, name=name) if name else theirs
    title = plain(request.POST.get("title", ""), 60) or _("ファイルから始める")
    return operations.begin(title=title, layer=layer, by=actor_of(request), now=timezone.now())
