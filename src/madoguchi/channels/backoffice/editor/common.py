"""What every screen of the editor begins with: the draft that is being written, and how a change is kept or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.catalogue.drafts.operations import Draft, DraftError, draft, keep
from madoguchi.catalogue.drafts.testing import pack_from
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.queries import actor_of
from madoguchi.procedures.editing.differences import differences
from madoguchi.procedures.editing.layers import Layer
from madoguchi.procedures.loader import PackErrors
from madoguchi.procedures.packs import Pack

ZIP = "application/zip"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_DIFFERENCES = 300


def draft_of(number: int) -> Draft:
    """The draft of an address. Raises Http404."""
    found = draft(number)
    if found is None:
        raise Http404
    return found


def shown_differences(before: Sequence[Layer], after: Sequence[Layer], pack: Pack) -> dict[str, Any]:
    """What `differences.html` needs: as many as can be read, and how many more there are."""
    found = differences(before, after, pack)
    return {"differences": found[:SHOWN_DIFFERENCES], "more": max(0, len(found) - SHOWN_DIFFERENCES)}


def is_open(found: Draft) -> bool:
    """Whether it can still be changed."""
    return found.is_open


def pack_of_draft(found: Draft) -> Pack:
    """The pack as the draft says it; while a file of it is wrong, the pack that it began from."""
    try:
        return pack_from(found.layers)
    except PackErrors:
        return pack_from(found.base)


def version_of(request: HttpRequest) -> int:
    """The version that the form was made from."""
    return whole_number(request.POST.get("version", "")) or 0


def kept(request: HttpRequest, found: Draft, layer: Mapping[str, str], what: str) -> list[str]:
    """Keep a change; gives the sentences that say why it was not kept (none: it was)."""
    try:
        keep(
            number=found.id, version=version_of(request), layer=layer, what=what, by=actor_of(request), now=timezone.now()
        )  # fmt: skip
    except DraftError as error:
        return [str(error)]
    messages.success(request, _("下書きに保存しました: %(what)s") % {"what": what})
    return []


def plain(text: str, most: int = 2000) -> str:
    """A text of a form without what no text has (control characters), line ends kept."""
    return "".join(one for one in text[:most] if one.isprintable() or one == "\n").strip()


def plain_lines(text: str) -> list[str]:
    """The lines of a text, empty ones passed over."""
    return [line for one in text.splitlines() if (line := plain(one))]
