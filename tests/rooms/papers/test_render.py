"""Printing: everything that was filled in can be read from the PDF, and nothing else can."""

import io
import os
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from madoguchi.papers import typesetting
from madoguchi.papers.boxes import fill
from madoguchi.papers.definitions import Block
from madoguchi.papers.facts import Address, Name
from madoguchi.papers.operations import (
    MixedAudiences,
    NothingToPrint,
    WithheldValueOnPaper,
    render_sheets,
)
from madoguchi.papers.typesetting import ForkedAfterPrinting
from madoguchi.papers.values import Blank, BlankReason, SheetValues, Words
from madoguchi.residents.protection import Audience

from .cast import ISSUED_AT, NEW_ADDRESS, definition, household, known


def squeezed(text: str) -> str:
    return "".join(text.split())


def words_of(pdf: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def printed(sheet: SheetValues) -> bytes:
    return render_sheets([sheet], issued_at=ISSUED_AT, batch=False).pdf


@pytest.mark.parametrize("sheet_id", ["residence-change", "nhi-enrol", "stress-60"])
def test_every_value_can_be_read_from_the_paper(sheet_id: str) -> None:
    sheet = fill(definition(sheet_id), household())
    text = words_of(printed(sheet))
    notifier = sheet.notifier if Block.NOTIFIER in sheet.blocks else ()
    for box in (*notifier, *sheet.boxes, *(cell for row in sheet.people for cell in row), *sheet.staff_boxes):
        assert squeezed(box.label) in text
        for word in box.text.split():
            assert squeezed(word) in text, box.label
    assert "本製品の独自様式" in text
    assert "A012" in text


def test_the_chosen_choice_is_ticked_and_the_others_are_not() -> None:
    text = words_of(printed(fill(definition("nhi-enrol"), household())))
    assert "✓□職場の健康保険（本人）" in text
    assert "✓□国民健康保険" not in text
    assert "□国民健康保険" in text


def test_missing_boxes_carry_a_light_mark_for_the_hand() -> None:
    sheet = fill(definition("residence-change"), household())
    marks = sum(box.content == Blank(BlankReason.BY_HAND) for box in sheet.all_boxes())
    dates = sum(box.content == Blank(BlankReason.BY_HAND, date_parts=True) for box in sheet.all_boxes())
    assert words_of(printed(sheet)).count("手書き") == marks + dates > 0


def test_one_sheet_counts_its_own_pages_in_a_batch() -> None:
    few = fill(definition("residence-change"), household(people=2))
    many = fill(definition("residence-change"), household(people=30))
    paper = render_sheets([few, many, few], issued_at=ISSUED_AT)
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(paper.pdf)).pages]
    assert paper.pages == len(pages) == 1 + 3 + 1
    assert [
        "1/1" in pages[0],
        "1/3" in pages[1],
        "2/3" in pages[2],
        "3/3" in pages[3],
        "1/1" in pages[4],
    ] == [True] * 5
    assert "続紙" in pages[2]
    assert "ほか25人は続紙に記載" in pages[1]
    assert "窓口30郎" in pages[3]


def test_a_sheet_that_overflows_its_page_is_counted_all_the_same() -> None:
    definition_ = definition("residence-change")
    long = fill(replace(definition_, notes=("長い注意書きです。" * 60,) * 4), household())
    paper = render_sheets([long], issued_at=ISSUED_AT)
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(paper.pdf)).pages]
    assert paper.pages == len(pages) > 1
    assert f"1/{len(pages)}" in pages[0]
    assert f"{len(pages)}/{len(pages)}" in pages[-1]


def test_a_withheld_box_prints_exactly_like_an_unknown_one() -> None:
    hidden = household(changed={("household.address", ""): known(Address(NEW_ADDRESS), withheld=True)})
    empty = household(changed={("household.address", ""): None})
    sheet = definition("residence-change")
    assert printed(fill(sheet, hidden)) == printed(fill(sheet, empty))


def test_a_withheld_box_that_holds_words_stops_the_print() -> None:
    sheet = fill(definition("residence-change"), household())
    first = replace(sheet.boxes[3], content=Words(NEW_ADDRESS), withheld=True)
    with pytest.raises(WithheldValueOnPaper, match="新しい住所"):
        printed(replace(sheet, boxes=(first,)))


def test_one_print_is_for_one_pair_of_hands() -> None:
    mine = fill(definition("nhi-enrol"), household())
    theirs = fill(definition("nhi-enrol"), household(audience=Audience.SHEET_TO_OTHER))
    with pytest.raises(MixedAudiences):
        render_sheets([mine, theirs], issued_at=ISSUED_AT)
    with pytest.raises(NothingToPrint):
        render_sheets([], issued_at=ISSUED_AT)


def test_the_same_values_give_the_same_bytes() -> None:
    sheet = fill(definition("nhi-enrol"), household())
    assert printed(sheet) == printed(sheet)


def test_the_pdf_claims_archiving_and_accessibility_and_embeds_its_fonts() -> None:
    reader = PdfReader(io.BytesIO(printed(fill(definition("nhi-enrol"), household()))))
    root = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/Lang"] == "ja"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == "国民健康保険 資格取得届"
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = descendant["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_a_missing_character_is_a_visible_mark_and_is_listed() -> None:
    facts = household(changed={("person.name", "p1"): known("渡\U000e01ef辺 太😀郎")})
    paper = render_sheets([fill(definition("nhi-enrol"), facts)], issued_at=ISSUED_AT)
    assert words_of(paper.pdf).count("〓") == 2
    assert [(fault.box, fault.codepoint) for fault in paper.missing_glyphs] == [
        ("氏名", "U+6E21 U+E01EF"),
        ("氏名", "U+1F600"),
    ]


@pytest.mark.needs("IPAmj")
def test_a_name_keeps_its_variant_selector_in_the_paper() -> None:
    name = "葛\U000e0102西 𠮷男"
    facts = household(changed={("person.name", "p1"): known(name)})
    paper = render_sheets([fill(definition("nhi-enrol"), facts)], issued_at=ISSUED_AT)
    assert paper.missing_glyphs == ()
    assert squeezed(name) in words_of(paper.pdf)


LONG_NAMES = st.lists(
    st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ'-", min_size=1, max_size=60), min_size=1, max_size=8
).map(" ".join)


@settings(max_examples=25, deadline=None)
@given(name=LONG_NAMES, kana=st.text(alphabet="アイウエオカキクケコ・ー", max_size=90))
def test_a_long_name_is_never_cut(name: str, kana: str) -> None:
    facts = household(changed={("person.name", "p1"): known(Name(name, kana))})
    for sheet in ("nhi-enrol", "residence-change"):
        text = words_of(printed(fill(definition(sheet), facts)))
        assert squeezed(name) in text
        assert squeezed(kana) in text


def test_a_long_address_keeps_its_building() -> None:
    place = "北海道樺戸郡新十津川町字総進" + "二十三番地の四" * 8
    facts = household(
        changed={("household.address", ""): known(Address(place, "介護老人保健施設" * 9, "0731103"))}
    )
    text = words_of(printed(fill(definition("residence-change"), facts)))
    assert place in text
    assert "介護老人保健施設" * 9 in text
    assert "〒073-1103" in text


def test_dates_stand_without_gaps() -> None:
    text = (
        PdfReader(io.BytesIO(printed(fill(definition("residence-change"), household()))))
        .pages[0]
        .extract_text()
    )
    assert "令和8年11月5日" in text


def test_a_forked_process_is_refused_instead_of_hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    printed(fill(definition("nhi-enrol"), household()))
    monkeypatch.setattr(typesetting, "_compiled_in", os.getpid() + 1)
    with pytest.raises(ForkedAfterPrinting):
        printed(fill(definition("nhi-enrol"), household()))


def test_the_notice_date_is_left_to_write_when_unknown() -> None:
    sheet = replace(
        fill(definition("nhi-enrol"), household()), notified_on=None, received_on=date(2026, 11, 9)
    )
    assert "届出日年月日" in words_of(printed(sheet))
