"""Pictures and PDFs of what would be brought to the counter: attached, looked at, taken away again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.cases.from_home import answering, attaching
from madoguchi.cases.from_home.answering import Step
from madoguchi.cases.from_home.attaching import MOST_BYTES, Thing
from madoguchi.cases.from_home.file_kinds import FileNotTaken
from madoguchi.cases.from_home.following import HomeCase, NotNowFromHome
from madoguchi.cases.from_home.states import HomeAct
from madoguchi.cases.from_home.strong_room import NotReadable
from madoguchi.channels.online.acting import acting
from madoguchi.channels.online.apply.common import UNPROCESSABLE, applicant, my_page, opened, show
from madoguchi.channels.online.apply.views_answer import not_now
from madoguchi.channels.online.apply.words import text_of, title_of
from madoguchi.channels.shared.attachment import as_file, size_words
from madoguchi.connect.virus_scanner import files_are_taken, scanner

GONE = 410


@my_page
def files(request: HttpRequest, number: str) -> HttpResponse:
    """One page for everything: a file for each thing, or none today."""
    view = opened(request, number, "apply_files")
    if HomeAct.ATTACH not in view.may:
        return not_now(request, view)
    if answering.step_of(view) not in (Step.FILES, Step.CHECK):
        return redirect("my:apply_ask", number=number)
    problems = _attached(request, view) if request.method == "POST" else []
    if request.method == "POST" and not problems:
        return redirect("my:apply_check", number=number)
    if problems:
        view = opened(request, number, "apply_files")
    pack = view.judged.pack
    everything = attaching.everything_to_bring(view.judged, view.record)
    things = attaching.things_of(view.judged, view.record)
    return show(
        request, "files", status=UNPROCESSABLE if problems else 200, view=view, title=title_of(view.line),
        taken=files_are_taken(), most=MOST_BYTES // 1_048_576, problems=problems,
        things=[
            {"key": one.key, "text": text_of(pack, one.text), "certain": one.certain, "files": file_lines(view, one)}
            for one in things
        ],
        later=[text_of(pack, one.text) for one in everything if one.way.value == "later"],
    )  # fmt: skip


def file_lines(view: HomeCase, thing: Thing) -> list[dict[str, str]]:
    """The files of one thing; one that goes to several departments is one."""
    alike = {one.digest: one for one in reversed(view.files) if one.text == thing.text}
    return [
        {"id": one.id, "kind": one.kind.upper(), "size": size_words(one.size)}
        for one in reversed(alike.values())
    ]


def _attached(request: HttpRequest, view: HomeCase) -> list[str]:
    """Attach whatever came, thing by thing; a sentence for each that was not taken."""
    problems = []
    pack = view.judged.pack
    for thing in attaching.things_of(view.judged, view.record):
        for came in request.FILES.getlist(f"file-{thing.key}"):
            try:
                contents = came.read() if (came.size or 0) <= MOST_BYTES else b"\0" * (MOST_BYTES + 1)
                attaching.attach(
                    number=view.line.number, who=applicant(request), thing=thing.key, contents=contents,
                    scanner=scanner(), by=acting(request).actor, now=timezone.now(),
                )  # fmt: skip
            except (FileNotTaken, NotNowFromHome) as error:
                problems.append(
                    _("%(thing)s: %(problem)s")
                    % {"thing": text_of(pack, thing.text), "problem": _(str(error))}
                )
    return problems


@my_page
def file(request: HttpRequest, file: str) -> HttpResponse:
    """One's own file, to look at; or taken away again."""
    if request.method == "POST":
        try:
            number = attaching.drop(
                file=file, who=applicant(request), by=acting(request).actor, now=timezone.now()
            )
        except NotNowFromHome as error:
            return show(request, "refused", status=409, problems=[_(str(error))])
        return redirect("my:apply_files", number=number)
    try:
        kind, contents = attaching.take_out_own(
            file=file, who=applicant(request), by=acting(request).actor, now=timezone.now()
        )
    except NotReadable as error:
        return show(request, "refused", status=GONE, problems=[_(str(error))])
    return as_file(kind, contents)
