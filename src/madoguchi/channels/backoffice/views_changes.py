"""異動データ: what leaves for the core system, and its answers by hand or as a file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect import operations, queries
from madoguchi.connect.answer_file import AnswerFileUnreadable, take_answers
from madoguchi.connect.change_files import degraded_csv, to_csv, to_json
from madoguchi.connect.message_states import MessageState

SHOWN_FAULTS = 100
LARGEST_UPLOAD = 10_000_000


@needs(Authority.CONNECT)
def changes(request: HttpRequest) -> HttpResponse:
    """Where each message to the core system stands. No personal data in the list."""
    return render(request, "backoffice/changes.html", _list(request.GET.get("state", "")))


def _list(wanted: str) -> Mapping[str, object]:
    state = next((one for one in MessageState if one.value == wanted), None)
    counts = queries.message_counts()
    return {
        "rows": queries.messages(state=state),
        "state": state,
        "states": [{"value": one.value, "label": _(one.label), "count": counts[one]} for one in MessageState],
        "waiting": counts[MessageState.CREATED] + counts[MessageState.HANDED_OVER],
    }


@needs(Authority.CONNECT)
@require_POST
def download(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand over what waits, as a file. With CP932 the list of degraded characters comes in the same archive."""
    if kind not in ("csv", "cp932", "json"):
        raise Http404
    handed = operations.hand_over(by=actor_of(request), now=timezone.now())
    if not handed.bodies:
        messages.info(request, _("いま渡すものはありません。訂正中の受付は、審査が済むと渡せます。"))
        return redirect("backoffice:changes")
    if kind == "json":
        return file_response(to_json(handed.bodies), "changes.json", "application/json")
    made = to_csv(handed.bodies, encoding="cp932" if kind == "cp932" else "utf-8")
    if kind == "csv":
        return file_response(made.content, "changes.csv", "text/csv; charset=utf-8")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("changes.csv", made.content)
        archive.writestr("degraded.csv", degraded_csv(made.degraded))
    return file_response(packed.getvalue(), "changes-cp932.zip", "application/zip")


@needs(Authority.CONNECT)
@require_POST
def answer(request: HttpRequest, change: str) -> HttpResponse:
    """Take the core system's answer to one message by hand."""
    accepted = {"ok": True, "refused": False}.get(request.POST.get("result", ""))
    if accepted is None:
        raise Http404
    try:
        operations.answer(
            change=change,
            accepted=accepted,
            reason=request.POST.get("reason", ""),
            by=actor_of(request),
            now=timezone.now(),
        )
        messages.success(request, _("異動データ %(change)s の答えを受け取りました。") % {"change": change})
    except (operations.NoSuchMessage, operations.AnsweredOtherwise, operations.AnswerNeedsReason) as error:
        messages.error(request, str(error))
    return redirect("backoffice:changes")


@needs(Authority.CONNECT)
@require_POST
def answers(request: HttpRequest) -> HttpResponse:
    """Take a file of answers; what could not be taken stays on the screen, line by line."""
    file = request.FILES.get("file")
    problems = [] if file else [_("答えのファイルを選んでください。")]
    context: dict[str, object] = {}
    if file:
        try:
            taken = take_answers(
                content=file.read(LARGEST_UPLOAD + 1), by=actor_of(request), now=timezone.now()
            )
            context = {"taken": taken, "faults": [str(one) for one in taken.faults[:SHOWN_FAULTS]]}
        except AnswerFileUnreadable as error:
            problems = [str(error)]
    return render(request, "backoffice/changes.html", {**_list(""), **context, "problems": problems})
