"""Walking every screen of the counter with a case of each kind, and everything that came out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

from django.http import HttpResponse
from django.test import Client
from pypdf import PdfReader
from tests.rooms.cases.walking import seen

from madoguchi.audit.entries import Actor
from madoguchi.cases.models import TaskRow

BEFORE_SIGNING = (
    "cases/", "cases/{case}/", "cases/{case}/start/", "cases/{case}/find/", "cases/{case}/certificate/",
    "cases/{case}/household/", "cases/{case}/visitor/", "cases/{case}/hearing/", "cases/{case}/check/",
    "cases/{case}/sign/", "cases/{case}/display/", "cases/{case}/history/", "cases/{case}/journey/",
    "cases/{case}/facts/birth_date/p1/", "cases/{case}/procedures/move-in-notice/household/",
    "cases/{case}/papers/guide.pdf", "cases/{case}/papers/confirmation.pdf", "cases/{case}/papers/sheets.pdf",
    "cases/none/hearing/",
)  # fmt: skip
AFTER_SIGNING = (
    "cases/", "cases/{case}/done/", "cases/{case}/correct/", "cases/{case}/withdraw/", "cases/{case}/display/",
    "cases/{case}/history/", "cases/{case}/journey/", "cases/{case}/papers/guide.pdf",
    "cases/{case}/papers/confirmation.pdf",
)  # fmt: skip


def said(answer: HttpResponse) -> str:
    """Everything a person can read of an answer: the text of a page or of a paper, and its headers."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.headers.get("Content-Type", "").startswith("application/pdf"):
        return headers + "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    return headers + answer.content.decode()


def screens(
    case: str, by: Actor, signed_in: Callable[[str], Client], *, signed: bool
) -> Iterator[tuple[str, HttpResponse]]:
    """Every screen that opens for this case, with its answer: the counter's, the departments', the review's."""
    browser = signed_in("clerk_hana")
    for address in AFTER_SIGNING if signed else BEFORE_SIGNING:
        yield address, browser.get(f"/{address.format(case=case)}")
    for decision in seen(case, by).judged.decisions:
        address = f"/cases/{case}/procedures/{decision.procedure}/{decision.subject}/"
        yield "cases/{case}/procedures/…", browser.get(address)
    if not signed:
        return
    reviewer = signed_in("reviewer_jiro")
    yield "reviews/", reviewer.get("/reviews/")
    yield "reviews/{case}/", reviewer.get(f"/reviews/{case}/")
    officer = signed_in("officer_nhi")
    yield "desk/", officer.get("/desk/")
    for task in TaskRow.objects.filter(department="insurance", case__public_id=case):
        yield "desk/{task}/", officer.get(f"/desk/{task.pk}/")
