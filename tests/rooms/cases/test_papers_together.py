"""A paper that is filed once for several people is printed once, and the page before the signature says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader
from tests.cast import NOW
from tests.rooms.cases.walking import answered, begun, seen, sign, visited

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, sheets
from madoguchi.cases.judging import applied_for
from madoguchi.cases.models import CaseRow

pytestmark = pytest.mark.django_db
Staff = Mapping[str, Actor]


def pages_of(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


@pytest.fixture
def case(city: Staff, procedures: str) -> str:
    clerk = city["clerk_hana"]
    made = begun(clerk)
    visited(made, clerk)
    answered(made, clerk)
    return made


def enrolled(case: str, by: Actor) -> set[str]:
    view = seen(case, by)
    filed = applied_for(view.judged, view.record)
    return {view.record.name_of(one.subject) for one in filed if one.procedure == "nhi-enrol"}


def test_the_insured_stand_on_one_paper(case: str, city: Staff) -> None:
    clerk = city["clerk_hana"]
    names = enrolled(case, clerk)
    assert len(names) > 1
    printed = pages_of(sheets.all_sheets(case=case, actor=clerk, now=NOW).pdf)
    (page,) = [one for one in printed if "国民健康保険資格取得届" in one]
    assert [name for name in names if "".join(name.split()) not in page] == []
    titles = {one.title: one for one in sheets.sheet_titles(case=case)}
    enrol = titles["国民健康保険 資格取得届"]
    assert (enrol.papers, enrol.people) == (1, len(names))
    assert sum(one.papers for one in titles.values()) == len(printed)


def test_one_persons_paper_is_the_paper_they_stand_on(case: str, city: Staff) -> None:
    clerk = city["clerk_hana"]
    made = sheets.one_sheet(case=case, procedure="nhi-enrol", subject="p2", actor=clerk, now=NOW)
    (page,) = pages_of(made.pdf)
    assert [name for name in enrolled(case, clerk) if "".join(name.split()) not in page] == []


def test_the_page_before_the_signature_lists_every_paper(
    case: str, city: Staff, signed_in: Callable[[str], Client]
) -> None:
    shown = signed_in("clerk_hana").get(f"/cases/{case}/sign/").content.decode()
    titles = sheets.sheet_titles(case=case)
    assert [one.title for one in titles if one.title not in shown] == []
    assert f"次の {sum(one.papers for one in titles)} 枚" in shown


def test_the_guide_of_the_five_is_two_pages_and_says_what_is_done_and_what_is_not(
    case: str, city: Staff
) -> None:
    clerk = city["clerk_hana"]
    account = "請求者名義の口座が分かるもの"
    before = sheets.guide(case=case, actor=clerk, now=NOW)
    assert before.pages <= 2
    assert "今日、届け出たこと" not in pages_of(before.pdf)[0]
    closing.note_documents(case=case, missing=(("child-allowance-claim", account),), by=clerk, now=NOW)
    sign(case, clerk)
    after = sheets.guide(case=case, actor=clerk, now=NOW)
    assert after.pages <= 2
    done, still = pages_of(after.pdf)[0].split("これから行うこと")
    assert "国民健康保険資格取得届" in done
    assert f"□{account}" in still


@pytest.mark.parametrize(("procedure", "subject"), [("no-such-procedure", "p1"), ("nhi-enrol", "p99")])
def test_a_paper_that_is_not_there_is_said_so(case: str, city: Staff, procedure: str, subject: str) -> None:
    with pytest.raises(sheets.NothingToPrint):
        sheets.one_sheet(case=case, procedure=procedure, subject=subject, actor=city["clerk_hana"], now=NOW)


@pytest.mark.usefixtures("procedures_in_languages")
def test_papers_speak_the_language_of_the_case(city: Staff, signed_in: Callable[[str], Client]) -> None:
    """The Japanese list stays what it is and is followed by the same in the language; sheets have their meaning beside them."""
    clerk = city["clerk_hana"]
    case = begun(clerk)
    visited(case, clerk)
    answered(case, clerk)
    japanese = pages_of(sheets.guide(case=case, actor=clerk, now=NOW).pdf)
    with pytest.raises(sheets.NothingToPrint):
        sheets.meaning(case=case, actor=clerk, now=NOW)
    CaseRow.objects.filter(public_id=case).update(language="vi")
    made = sheets.guide(case=case, actor=clerk, now=NOW)
    both = pages_of(made.pdf)
    assert made.missing_glyphs == ()
    assert [one.split("氏名などは入っていません")[0] for one in both[: len(japanese)]] == [
        one.split("氏名などは入っていません")[0] for one in japanese
    ]
    assert "Danhsáchthủtụccủabạn" in both[len(japanese)]
    meant = "".join(pages_of(sheets.meaning(case=case, actor=clerk, now=NOW).pdf))
    assert [
        one.title for one in sheets.sheet_titles(case=case) if "".join(one.title.split()) not in meant
    ] == []
    assert meant.count("Địachỉmới") == 1, "each kind of sheet once"
    names = [seen(case, clerk).record.name_of(one.ref) for one in seen(case, clerk).record.people]
    assert [one for one in names if "".join(one.split()) in meant] == [], (
        "the form's words and nobody's values"
    )
    sign(case, clerk)
    assert "書類の意味（ベトナム語）" in signed_in("clerk_hana").get(f"/cases/{case}/done/").content.decode()
