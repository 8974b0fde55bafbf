"""The boards of a branch: the hall's, one desk's, and how crowded it is. Open to anyone; numbers and places only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.channels.board.live import live_page, page_context
from madoguchi.channels.board.pictures import Watch, WatchKind, picture, thresholds
from madoguchi.channels.shared.languages import current, in_asked_language
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import branch_names, desks_in


@needs(Authority.ANYONE)
def wall(request: HttpRequest, branch: str) -> HttpResponse:
    """The board of the hall: who is called where, and who waits."""
    watch = Watch(branch, WatchKind.WALL)
    return live_page(request, "board/wall.html", watch, now=timezone.now(), branch_name=_branch(branch))


@needs(Authority.ANYONE)
def booth(request: HttpRequest, branch: str, desk: str) -> HttpResponse:
    """The board over one desk."""
    name = _branch(branch)
    desks = desks_in(branch)
    if desk not in desks:
        raise Http404(_("その窓口はありません。"))
    watch = Watch(branch, WatchKind.BOOTH, desk)
    return live_page(
        request,
        "board/booth.html",
        watch,
        now=timezone.now(),
        branch_name=name,
        desk_name=desks[desk],
    )


@needs(Authority.ANYONE)
@in_asked_language
def congestion(request: HttpRequest, branch: str) -> HttpResponse:
    """How crowded each lane of a branch is, before one sets out."""
    watch = Watch(branch, WatchKind.CONGESTION, language=current())
    return live_page(
        request,
        "board/congestion.html",
        watch,
        now=timezone.now(),
        branch_name=_branch(branch),
        thresholds=thresholds(),
        refresh_seconds=60,
    )


@needs(Authority.ANYONE)
@in_asked_language
def branches(request: HttpRequest) -> HttpResponse:
    """Every branch with how crowded it is."""
    now = timezone.now()
    shown = [
        {
            "name": name,
            "url": reverse("board:congestion_of", args=[key]),
            "screen": picture(Watch(key, WatchKind.CONGESTION, language=current()), now=now)[0].screen,
        }
        for key, name in branch_names().items()
    ]
    middle = render_to_string("board/parts/branches.html", {"branches": shown, "spoken": current()})
    context = {**page_context(now), "picture": middle, "refresh_seconds": 60, "kind": "branches", "calls": []}
    return render(request, "board/branches.html", context)


def _branch(key: str) -> str:
    """The name of a branch that is there today. Raises Http404."""
    name = branch_names().get(key)
    if name is None:
        raise Http404(_("その庁舎はありません。"))
    return name
