"""Files of an application from home: what is taken, where it lies, and that none can be swapped after the submission."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from tests.applying import (
    PDF,
    SaysOf,
    answered,
    applicant_of,
    attach,
    begun,
    handed_in,
    picture,
    seen,
    submitted,
)
from tests.cast import NOW
from tests.personas import SELF

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases import reviewing
from madoguchi.cases.from_home import answering, attaching, strong_room, withdrawing
from madoguchi.cases.from_home.following import NotNowFromHome
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.models import (
    AttachmentRow,
    CaseRow,
    DocumentRow,
    FactRow,
)
from madoguchi.cases.ports import ScanFault

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents", "procedures")]


@pytest.fixture
def who(residents: object, procedures: str) -> Applicant:
    return applicant_of("head")


@pytest.fixture(autouse=True)
def _room(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.ATTACHMENTS_FOLDER = tmp_path / "attachments"
    yield


def test_after_the_submission_nothing_can_be_answered_attached_or_dropped(who: Applicant) -> None:
    number = answered(begun(who), who)
    attach(number, who, picture())
    file = AttachmentRow.objects.get().public_id
    view = seen(number, who)
    page = answering.page_of(view, answering.answers_of(view.record)[0].act)
    handed_in(number, who)
    with pytest.raises(NotNowFromHome, match="訂正を申し出る"):
        answering.answer(
            number=number, who=who, prompt=page, answers={}, typed=0, by=SELF, now=NOW, version=None
        )
    with pytest.raises(NotNowFromHome):
        answering.back(number=number, who=who, by=SELF, now=NOW, version=None)
    with pytest.raises(NotNowFromHome):
        attach(number, who, picture("red"))
    with pytest.raises(NotNowFromHome):
        attaching.drop(file=file, who=who, by=SELF, now=NOW)
    assert AttachmentRow.objects.get().dropped_at is None
    assert strong_room.take_out(file) == picture()


def test_a_file_swapped_behind_the_signature_is_found(who: Applicant, city: dict[str, Actor]) -> None:
    number = answered(begun(who), who)
    attach(number, who, picture())
    handed_in(number, who)
    file, case = AttachmentRow.objects.get(), CaseRow.objects.get().public_id
    strong_room.put_in(file.public_id, picture("red"))
    with pytest.raises(strong_room.NotReadable):
        attaching.take_out_own(file=file.public_id, who=who, by=SELF, now=NOW)
    FactRow.objects.filter(key="attached_files").update(value={"set": []})
    with pytest.raises(Exception):  # noqa: B017  -- whatever reads it first
        reviewing.approve(case=case, by=city["reviewer_jiro"], now=NOW, version=None)


def test_a_file_lies_unreadable_and_under_no_name_of_theirs(who: Applicant, settings: Any) -> None:
    number = answered(begun(who), who)
    attach(number, who, PDF)
    files = [one for one in settings.ATTACHMENTS_FOLDER.rglob("*") if one.is_file()]
    assert [one.stem for one in files] == [AttachmentRow.objects.get().public_id]
    assert b"%PDF" not in files[0].read_bytes()
    assert files[0].stat().st_mode & 0o077 == 0
    moved = strong_room.new_name()
    (files[0].parent.parent / moved[:2]).mkdir(exist_ok=True)
    (files[0].parent.parent / moved[:2] / f"{moved}.sealed").write_bytes(files[0].read_bytes())
    with pytest.raises(strong_room.NotReadable):
        strong_room.take_out(moved)
    for name in ("../../etc/passwd", "", "a" * 31, "A" * 32):
        with pytest.raises(strong_room.NotReadable):
            strong_room.take_out(name)


@pytest.mark.parametrize(
    ("contents", "error"),
    [
        (b"", attaching.EmptyFile),
        (b"\0" * (attaching.MOST_BYTES + 1), attaching.FileTooBig),
        (b"MZ\x90\0" * 50, attaching.FileNotTaken),
        (b"<html><script>alert(1)</script></html>", attaching.FileNotTaken),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", attaching.FileNotTaken),
        (b"PK\x03\x04" + b"\0" * 100, attaching.FileNotTaken),
        (picture()[:60], attaching.FileNotTaken),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"), attaching.FileNotTaken),
        (PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root"), attaching.FileNotTaken),
        (PDF[:40], attaching.FileNotTaken),
    ],
    ids=["empty", "too big", "a program", "a page", "a drawing", "an archive", "half a picture", "a script", "a password", "half a PDF"],
)  # fmt: skip
def test_what_is_no_picture_and_no_plain_pdf_is_not_taken(
    who: Applicant, contents: bytes, error: type[Exception]
) -> None:
    number = answered(begun(who), who)
    with pytest.raises(error):
        attach(number, who, contents)
    assert not AttachmentRow.objects.exists()
    assert not strong_room.names(before=NOW + timedelta(days=9999))


@pytest.mark.parametrize("scanner", [SaysOf("Eicar"), *(SaysOf(fault=one) for one in ScanFault)], ids=str)
def test_what_is_not_known_to_be_clean_is_not_taken(who: Applicant, scanner: SaysOf) -> None:
    number = answered(begun(who), who)
    with pytest.raises((attaching.NotClean, attaching.CannotBeScanned)):
        attach(number, who, picture(), scanner)
    assert not AttachmentRow.objects.exists()
    assert EntryRow.objects.filter(activity__in=("file_not_clean", "file_not_scanned")).count() == 1


def test_no_more_files_than_there_is_room_for(who: Applicant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "MOST_FILES", 2)
    number = answered(begun(who), who)
    for colour in ("white", "white", "red"):
        attach(number, who, picture(colour))
    assert AttachmentRow.objects.count() == 2, "the same one twice is one"
    with pytest.raises(attaching.TooManyFiles):
        attach(number, who, picture("blue"))


def test_what_was_not_attached_is_still_to_come(who: Applicant) -> None:
    submitted(who)
    assert DocumentRow.objects.get().text.startswith("請求する方の名義の口座")
    other = answered(begun(who, mark="c" * 32), who)
    attach(other, who, picture("red", kind="JPEG"))
    handed_in(other, who)
    assert DocumentRow.objects.count() == 1


def test_files_of_no_case_are_swept_and_others_stay(who: Applicant) -> None:
    number = answered(begun(who), who)
    attach(number, who, picture())
    lost = strong_room.new_name()
    strong_room.put_in(lost, b"x")
    assert attaching.sweep(now=NOW + timedelta(days=3650)) == 1
    kept = AttachmentRow.objects.get().public_id
    assert strong_room.take_out(kept) == picture()
    withdrawing.withdraw(number=number, who=who, by=SELF, now=NOW)
    assert attaching.sweep(now=NOW + timedelta(days=3650)) == 1
