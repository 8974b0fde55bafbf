"""下書き: begun, looked through, tested, published by a second person, out as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madoguchi.catalogue.drafts import citing, operations
from madoguchi.catalogue.drafts.citing import CitationRefused
from madoguchi.catalogue.drafts.files import as_zip
from madoguchi.catalogue.drafts.operations import DraftError
from madoguchi.catalogue.feedback.values import spelled
from madoguchi.catalogue.queries import current_revision, revisions
from madoguchi.channels.backoffice.downloads import file_response
from madoguchi.channels.backoffice.editor.common import (
    ZIP,
    draft_of,
    is_open,
    pack_of_draft,
    plain,
    shown_differences,
    version_of,
)
from madoguchi.city.authority import Authority, needs
from madoguchi.city.queries import actor_of
from madoguchi.connect import editing
from madoguchi.procedures.loader import SHARED
from madoguchi.procedures.packs import Pack


@needs(Authority.CATALOGUE)
def drafts(request: HttpRequest) -> HttpResponse:
    """Every draft; begin one; every revision, to be compared or taken back to."""
    known, current = revisions(), current_revision()
    before = request.GET.get("before", "")
    context = {
        "drafts": operations.drafts(),
        "revisions": known,
        "current": current,
        # Just taken back from this one: the way forth again stands on top.
        "taken_back": next((one for one in known if one.revision == before != current), None),
    }
    return render(request, "backoffice/editor/drafts.html", context)


@needs(Authority.CATALOGUE)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft from the current revision."""
    title = plain(request.POST.get("title", ""), 60)
    number = operations.begin(title=title, by=actor_of(request), now=timezone.now())
    return redirect("backoffice:draft", number)


@needs(Authority.CATALOGUE)
def draft(request: HttpRequest, draft: int) -> HttpResponse:
    """A draft: what it changes, what the tests say, and what may be done with it now."""
    return render(request, "backoffice/editor/draft.html", _one(request, draft, []))


def _one(request: HttpRequest, number: int, problems: list[str]) -> dict[str, Any]:
    found = draft_of(number)
    words = pack_of_draft(found)
    mine = actor_of(request).staff_id in found.writers
    own = {file.removesuffix(".toml") for file in found.layers[-1] if file not in SHARED}
    return {
        "problems": problems,
        "draft": found,
        "open": is_open(found),
        "mine": mine,
        "report": _report(found.report, words),
        **shown_differences(found.base, found.layers, words),
        "procedures": [
            {"one": one, "department": words.departments[one.department].name, "own": one.id in own}
            for one in words.procedures
        ],
        "sheets": [(name, str(values.get("title", name))) for name, values in sorted(words.sheets.items())],
        "changes": operations.changes_of(number)[:20],
        "cited": [(one, spelled(one), said) for one, said in citing.cited_in(number)],
        "stale": found.base_revision != current_revision(),
    }


def _report(report: Sequence[str], pack: Pack) -> list[tuple[str, str]]:
    """What the tests said, each with the procedure that it is about ("" when it is about none)."""
    ids = {one.name: one.id for one in pack.procedures}
    return [(ids.get(text.partition(": ")[0], ""), text) for text in report]


@needs(Authority.CATALOGUE)
@require_POST
def act(request: HttpRequest, draft: int) -> HttpResponse:
    """Test, publish, undo, rebase or drop a draft."""
    found = draft_of(draft)
    by, now, version = actor_of(request), timezone.now(), version_of(request)
    try:
        match request.POST.get("act", ""):
            case "test":
                report = editing.run_tests(draft=draft, by=by, now=now)
                if report.passed:
                    messages.success(request, _("試験に通りました。もう一人の担当が公開できます。"))
                else:
                    text = _("試験で %(count)d 件の直すところが見つかりました。") % {
                        "count": len(report.faults)
                    }
                    messages.error(request, text)
            case "publish":
                revision = editing.publish(draft=draft, version=version, by=by, now=now)
                messages.success(request, _("公開しました。版: %(revision)s") % {"revision": revision})
            case "undo":
                what = operations.undo(number=draft, version=version, by=by, now=now)
                messages.success(request, _("もどしました: %(what)s") % {"what": what})
            case "rebase":
                both = operations.rebase(number=draft, version=version, by=by, now=now)
                text = _("いまの版に合わせました。")
                if both:
                    text += _("両方で直されていたため、この下書きの内容を残しました: %(files)s") % {
                        "files": "、".join(both)
                    }
                messages.success(request, text)
            case "cite":
                number = citing.cite(draft=draft, number=request.POST.get("number", ""), by=by, now=now)
                messages.success(
                    request, _("答えるご意見に加えました: %(number)s") % {"number": spelled(number)}
                )
            case "uncite":
                citing.uncite(draft=draft, number=request.POST.get("number", ""), by=by, now=now)
                messages.success(request, _("答えるご意見から外しました。"))
            case "drop":
                operations.drop(number=draft, by=by, now=now)
                messages.success(request, _("下書きを取りやめました。"))
                return redirect("backoffice:editor")
    except (DraftError, CitationRefused) as error:
        return render(
            request, "backoffice/editor/draft.html", _one(request, found.id, [str(error)]), status=409
        )
    return redirect("backoffice:draft", draft)


@needs(Authority.CATALOGUE)
def files(request: HttpRequest, draft: int) -> HttpResponse:
    """The city's layer of a draft as a zip of files."""
    return file_response(as_zip(draft_of(draft).layers[-1], timezone.localtime()), f"draft-{draft}.zip", ZIP)
