"""公開した版: two of them compared in sentences; taken back in one click after a look at what changes, and forth again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.drafts.files import as_zip
from madoguchi.catalogue.drafts.testing import outcomes_that_change
from madoguchi.catalogue.operations import go_back_to
from madoguchi.catalogue.queries import Revision, current_revision, layers_of, pack_of, revisions
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.backoffice.editor.common import ZIP, shown_differences
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of


def _known() -> dict[str, Revision]:
    return {one.revision: one for one in revisions()}


@needs(Authority.CATALOGUE)
def compare(request: HttpRequest) -> HttpResponse:
    """Two revisions side by side in words."""
    known = _known()
    before, after = request.GET.get("before", ""), request.GET.get("after", current_revision())
    asked = before in known and after in known
    context = {"revisions": list(known.values()), "before": before, "after": after, "asked": asked}
    if asked:
        context |= shown_differences(layers_of(before), layers_of(after), pack_of(after))
        context["outcomes"] = outcomes_that_change(pack_of(before), pack_of(after))
    return render(request, "backoffice/editor/compare.html", context)


@needs(Authority.CATALOGUE)
def look_back(request: HttpRequest, revision: str) -> HttpResponse:
    """What would change if an older revision became current again; the one button that does it."""
    return _look_back(request, revision, [])


def _look_back(request: HttpRequest, revision: str, problems: list[str]) -> HttpResponse:
    known, now = _known(), current_revision()
    if revision not in known:
        raise Http404
    context: dict[str, Any] = {
        "problems": problems, "one": known[revision], "now": known[now], "same": revision == now,
        "outcomes": outcomes_that_change(pack_of(now), pack_of(revision)),
    }  # fmt: skip
    context |= shown_differences(layers_of(now), layers_of(revision), pack_of(now))
    return render(request, "backoffice/editor/back.html", context, status=409 if problems else 200)


@needs(Authority.CATALOGUE)
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """Let an older revision be current again, in one step; the page that follows has the way back."""
    wanted, seen = request.POST.get("revision", ""), request.POST.get("seen", "")
    try:
        go_back_to(revision=wanted, seen=seen, by=actor_of(request), now=timezone.now())
    except LookupError as error:
        if wanted in _known():
            return _look_back(request, wanted, [str(error)])
        messages.error(request, str(error))
        return redirect("backoffice:editor")
    messages.success(request, _("前の版にもどしました。これからの受付は、この版で判定します。"))
    return redirect(f"{reverse('backoffice:editor')}?before={seen}")


@needs(Authority.CATALOGUE)
def files(request: HttpRequest, revision: str) -> HttpResponse:
    """The city's layer of a revision as a zip of files."""
    if revision not in _known():
        raise Http404
    layers = layers_of(revision)
    own = layers[-1] if len(layers) > 1 else {}
    return file_response(as_zip(own, timezone.localtime()), f"pack-{revision}.zip", ZIP)
