"""Walking every screen of the counter with a case of each kind, and everything that came out of it."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from zipfile import ZipFile

from django.http import HttpResponse
from pypdf import PdfReader

BEFORE_SIGNING = (
    "cases/", "cases/{case}/", "cases/{case}/start/", "cases/{case}/find/", "cases/{case}/certificate/",
    "cases/{case}/household/", "cases/{case}/visitor/", "cases/{case}/hearing/", "cases/{case}/check/",
    "cases/{case}/sign/", "cases/{case}/display/", "cases/{case}/history/", "cases/{case}/journey/",
    "cases/{case}/facts/birth_date/p1/", "cases/{case}/procedures/move-in-notice/household/",
    "cases/{case}/papers/guide.pdf", "cases/{case}/papers/confirmation.pdf", "cases/{case}/papers/sheets.pdf",
    "cases/none/hearing/", "calls/", "calls/day/", "bookings/", "bookings/new/", "book/",
    "find/", "cases/{case}/prepared/",
)  # fmt: skip
AFTER_SIGNING = (
    "cases/", "cases/{case}/done/", "cases/{case}/correct/", "cases/{case}/withdraw/", "cases/{case}/display/",
    "cases/{case}/history/", "cases/{case}/journey/", "cases/{case}/papers/guide.pdf",
    "cases/{case}/papers/confirmation.pdf",
)  # fmt: skip


def said(answer: HttpResponse) -> str:
    """Everything a person can read of an answer: the text of a page or of a paper, and its headers."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("application/zip"):
        with ZipFile(BytesIO(answer.content)) as archive:
            return headers + "".join(
                archive.read(name).decode("cp932", "replace") for name in archive.namelist()
            )
    if "spreadsheetml" in kind:
        with ZipFile(BytesIO(answer.content)) as book:
            return headers + "".join(
                book.read(name).decode() for name in book.namelist() if name.endswith(".xml")
            )
    if kind.startswith("application/pdf"):
        return headers + _of_paper(answer.content)
    return headers + answer.content.decode()


@lru_cache(maxsize=256)
def _of_paper(content: bytes) -> str:
    """The same paper is given to many, and reading one takes longer than making it."""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
