"""What departments wrote and decided (届いたもの): a resident's own messages and result documents, or by a mandate.

What is not theirs is answered as what is not there, and the attempt is written down; so is every reading.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.operations import record_access
from madoguchi.booking.when import day_in_words
from madoguchi.cases.acting import NoSuchCase
from madoguchi.cases.messages import notices, writing
from madoguchi.cases.messages.parties import ForWhom
from madoguchi.cases.messages.reading import OwnCase, Thread, own_case, own_cases
from madoguchi.cases.rulings.result_papers import NoSuchPaper, ResultPaper, rendered
from madoguchi.cases.states import RulingKind, Side
from madoguchi.catalogue.queries import pack_of
from madoguchi.channels.online.acting import Acting, acting
from madoguchi.channels.online.who import needs_resident, not_theirs
from madoguchi.channels.shared.fields import whole_number
from madoguchi.channels.shared.languages import JAPANESE, current, tag_of
from madoguchi.city.queries import departments

# What a decision is to whoever applied, in plain words.
DECIDED = {
    RulingKind.GRANTED: noop("認められました"),
    RulingKind.DISMISSED: noop("認められませんでした"),
    RulingKind.WITHDRAWN: noop("取り下げられました"),
    RulingKind.REVOKED: noop("前の決定が取り消されました"),
}


@needs_resident()
def mine(request: HttpRequest) -> HttpResponse:
    """The cases about which something has come, the newest first."""
    whom = acting(request)
    found = own_cases(_whom(whom), now=timezone.now())
    _read(whom, None, ("cases",), "my_messages")
    rows = [
        {
            "url": reverse("my:case_messages", args=[one.case]),
            "number": one.number,
            "day": day_in_words(one.day),
            "unread": one.unread,
            "papers": len(one.papers),
        }
        for one in found
    ]
    return render(request, "online/my/messages.html", {"rows": rows})


@needs_resident()
def case_messages(request: HttpRequest, case: str) -> HttpResponse:
    """One case: what the departments wrote, the answer to it, the result documents, and where to be told by mail."""
    whom = acting(request)
    found = _own(request, whom, case)
    problems: list[str] = []
    if request.method == "POST":
        try:
            said = (
                _answered(request, whom, found)
                if request.POST.get("act") == "answer"
                else _told(request, whom, found)
            )
            messages.success(request, said)
            return redirect("my:case_messages", case)
        except (writing.MessageRefused, notices.NotAnAddress) as error:
            problems = [_(str(error))]
    _read(whom, found.case, ("messages",), "my_messages")
    context = _page(request, whom, found, problems)
    _mark_read(whom, found)
    return render(request, "online/my/case_messages.html", context, status=422 if problems else 200)


@needs_resident()
def case_document(request: HttpRequest, case: str, nth: int) -> HttpResponse:
    """A result document as PDF; only one of a task that is theirs."""
    whom = acting(request)
    found = _own(request, whom, case)
    if nth not in {one.nth for one in found.papers}:
        raise not_theirs(request)
    _read(whom, found.case, ("result_paper",), "my_document")
    try:
        made = rendered(case=found.case, nth=nth, address=_address(request))
    except NoSuchPaper as error:
        raise not_theirs(request) from error
    answer = HttpResponse(made.pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="result-{found.day:%Y%m%d}-{nth}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def _whom(whom: Acting) -> ForWhom:
    if whom.mandate is None:
        return ForWhom(whom.resident_no)
    return ForWhom(whom.resident_no, by_agent=True, covers=whom.mandate.covers)


def _own(request: HttpRequest, whom: Acting, case: str) -> OwnCase:
    try:
        return own_case(case=case, whom=_whom(whom), now=timezone.now())
    except NoSuchCase as error:
        raise not_theirs(request) from error


def _read(whom: Acting, case: str | None, fields: tuple[str, ...], screen: str) -> None:
    record_access(
        actor=whom.actor, purpose=whom.purpose, authority="resident", person_keys=[whom.resident_no], fields=fields,
        case=case, screen=screen, now=timezone.now(),
    )  # fmt: skip


def _answered(request: HttpRequest, whom: Acting, found: OwnCase) -> str:
    task = whole_number(request.POST.get("task", ""))
    if task not in {one.task for one in found.threads}:
        raise not_theirs(request)
    writing.answer_office(
        task=task or 0,
        text=request.POST.get("text", "")[: writing.LONGEST_TEXT + 1],
        account=whom.account,
        mandate=whom.mandate.public_id if whom.mandate else "",
        person=whom.resident_no,
        by=whom.actor,
        now=timezone.now(),
    )
    return _("送りました。担当の課が確かめます。")


def _told(request: HttpRequest, whom: Acting, found: OwnCase) -> str:
    address = request.POST.get("address", "")[:254]
    notices.set_notice_address(case=found.case, account=whom.account, address=address, now=timezone.now())
    return _("お知らせ先を変えました。")


def _mark_read(whom: Acting, found: OwnCase) -> None:
    for one in found.threads:
        if any(line.side is Side.OFFICE and line.read_at is None for line in one.messages):
            writing.mark_read(
                task=one.task, reader=Side.RESIDENT, staff_id=None, account=whom.account, now=timezone.now()
            )


def _page(request: HttpRequest, whom: Acting, found: OwnCase, problems: list[str]) -> dict[str, Any]:
    pack, offices = pack_of(found.revision), departments()
    there = pack.translations.get(current(), {})

    def name_of(procedure: str) -> dict[str, str]:
        japanese = pack.procedure(procedure).name if pack.has_procedure(procedure) else procedure
        said = there.get(japanese, "")
        return {"name": said or japanese, "tag": tag_of(current()) if said else JAPANESE}

    wanted = whole_number(request.POST.get("task", "")) if problems else None
    return {
        "number": found.number,
        "day": day_in_words(found.day),
        "threads": [
            {
                **name_of(one.procedure),
                "one": one,
                "office": offices.get(one.department, ""),
                "lines": _lines(one),
                "answer_by": day_in_words(one.answer_by) if one.answer_by else "",
                "text": request.POST.get("text", "")[: writing.LONGEST_TEXT] if wanted == one.task else "",
            }
            for one in found.threads
            if one.messages
        ],
        "others": [
            {**name_of(one.procedure), "task": one.task, "chosen": one.task == wanted}
            for one in found.threads
            if not one.messages and not one.closed
        ],
        "text": request.POST.get("text", "")[: writing.LONGEST_TEXT] if problems else "",
        "papers": [_paper(found, one) for one in found.papers],
        "address": notices.notice_address(case=found.case, account=whom.account),
        "mail_ready": settings.MAIL_READY,
        "problems": problems,
        "acting": whom.mandate is not None,
    }


def _lines(one: Thread) -> list[dict[str, Any]]:
    return [
        {
            "own": line.side is Side.RESIDENT,
            "by_agent": line.by_agent,
            "at": day_in_words(timezone.localdate(line.at)),
            "asks": line.kind.value == "ask",
            "answer_by": day_in_words(line.answer_by) if line.answer_by else "",
            "text": line.text,
            "new": line.side is Side.OFFICE and line.read_at is None,
            "read": line.side is Side.RESIDENT and line.read_at is not None,
        }
        for line in one.messages
    ]


def _paper(found: OwnCase, one: ResultPaper) -> dict[str, Any]:
    return {
        "url": reverse("my:case_document", args=[found.case, one.nth]),
        "procedure": one.procedure,
        "said": _(DECIDED[one.kind]),
        "day": day_in_words(one.issued_on),
        "stands": one.stands,
    }


def _address(request: HttpRequest) -> str:
    return (settings.PUBLIC_ADDRESS or request.build_absolute_uri("/")).rstrip("/")
