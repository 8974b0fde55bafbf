"""What papers mean in another language: every box, in the sheet's order, whole or not at all, and shaped as it is written."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from PIL import ImageFont, features
from pypdf import PdfReader

from madoguchi.cases.paper_language import meanings
from madoguchi.cases.sheets import NEXT_STEPS
from madoguchi.papers.definition_file import parse_sheet
from madoguchi.papers.definitions import SheetDefinition
from madoguchi.papers.fonts import Face, fonts
from madoguchi.papers.glyphs import Role, role_of, runs
from madoguchi.papers.meaning import sheet_meaning
from madoguchi.papers.operations import NothingToPrint, render_guide, render_meaning
from madoguchi.papers.values import OwnWords
from madoguchi.procedures.loader import NATIONAL_FOLDER, load_pack
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import Language

from .cast import ISSUED_AT
from .test_guide import GUIDE
from .test_render import words_of

TEXTS = Path(__file__).parents[3] / "packs" / "languages"
SHIPPED = tuple(Language(path.stem) for path in sorted((TEXTS / "texts").glob("*.toml")))
# Letters that change or change places beside each other: what a font draws for them is in no table of letters.
SHAPED = (
    (Face.DEVANAGARI, "ne", "क्षेत्र विद्यार्थी"),
    (Face.MYANMAR, "my", "ကြောင်း ခြင်း"),
    (Face.THAI, "th", "กำหนด ที่นี่ ฟ้า ปี่ ญู"),
)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(NATIONAL_FOLDER, TEXTS)


def sheets_of(pack: Pack) -> list[SheetDefinition]:
    return [parse_sheet(raw, file=f"{name}.toml") for name, raw in pack.sheets.items()]


@pytest.mark.parametrize("language", SHIPPED, ids=lambda one: one.value)
def test_every_sheet_has_its_meaning_in_every_language_that_ships(pack: Pack, language: Language) -> None:
    sheets = sheets_of(pack)
    found = meanings(pack, language, sheets)
    assert len(found) == len({one.id for one in sheets}) + 1
    for sheet, meaning in zip(sheets, found[1:], strict=True):
        numbered = [one for one in meaning.words if one.number]
        assert [one.number for one in numbered] == list(range(1, len(numbered) + 1))
        labels = [one.japanese for one in numbered]
        assert [box.label for box in sheet.boxes if box.label not in labels] == []
        assert all(one.meaning.strip() for one in meaning.words)


@pytest.mark.parametrize("language", [Language.VI, Language.ZH_HANS], ids=lambda one: one.value)
def test_the_meaning_is_printed_beside_the_japanese_without_a_missing_letter(
    pack: Pack, language: Language
) -> None:
    sheet = parse_sheet(pack.sheets["nhi-enrol"], file="nhi-enrol.toml")
    papers = meanings(pack, language, [sheet])
    made = render_meaning(
        papers, language=language.value, tag=language.tag, number="A012", issued_at=ISSUED_AT
    )
    assert made.missing_glyphs == ()
    text = words_of(made.pdf)
    for one in papers[1].words:
        assert "".join(one.japanese.split()) in text
        assert "".join(one.meaning.split()) in text
    assert "A012" in text
    with pytest.raises(NothingToPrint):
        render_meaning((), language="vi", tag="vi", number="A012", issued_at=ISSUED_AT)


def test_while_one_word_of_a_sheet_is_missing_there_is_no_meaning_of_it(pack: Pack) -> None:
    sheet = parse_sheet(pack.sheets["nhi-enrol"], file="nhi-enrol.toml")
    there = dict(pack.translations["en"])
    assert sheet_meaning(sheet, "en", there, {}) is not None
    del there[sheet.boxes[0].label]
    assert sheet_meaning(sheet, "en", there, {}) is None


def test_the_guide_follows_in_the_persons_language_and_not_by_halves() -> None:
    own = OwnWords("Notice of something", ("because of this",), ("a paper",), "costs money")
    items = tuple(replace(one, own=own) for one in GUIDE.items)
    english = replace(GUIDE, items=items, language="en", tag="en", next_steps=NEXT_STEPS)
    made = render_guide(english, issued_at=ISSUED_AT)
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(made.pdf)).pages]
    assert made.missing_glyphs == ()
    assert len(pages) == 2 and "List of your procedures" in pages[1]
    assert "2026-11-19" in pages[1] and "印鑑登録" in pages[1] and "After you sign" in pages[1]
    assert "Notice of something" not in pages[0], "what is in Japanese stays as it is"
    half = replace(english, items=(*items[:-1], replace(items[-1], own=None)))
    assert made.pages == render_guide(half, issued_at=ISSUED_AT).pages + 1
    assert render_guide(replace(english, language="ja"), issued_at=ISSUED_AT).pages == 1


@pytest.mark.parametrize(("face", "language", "text"), SHAPED, ids=[one[1] for one in SHAPED])
def test_letters_that_join_are_shaped(face: Face, language: str, text: str) -> None:
    """On paper and on slips: the glyphs of a joined letter are those that only the font's own rules give."""
    font = fonts()[face]
    stretches = [run for run in runs(text, role_of(language)) if run.text.strip()]
    assert {run.face for run in stretches} == {face}
    assert "".join(run.text for run in stretches).replace(" ", "") == text.replace(" ", "")
    if features.check("raqm"):
        shaped = ImageFont.truetype(str(font.path), 40)
        plain = ImageFont.truetype(str(font.path), 40, layout_engine=ImageFont.Layout.BASIC)
        assert shaped.getmask(text).getbbox() != plain.getmask(text).getbbox()
    own = OwnWords(text)
    items = tuple(replace(one, own=own) for one in GUIDE.items)
    made = render_guide(replace(GUIDE, items=items, language=language, tag=language), issued_at=ISSUED_AT)
    assert made.missing_glyphs == ()
    assert shapes_used(made.pdf, font.family) - shapes_of_letters(font.path), "only shapes of single letters"


def outlines(file: TTFont, names: Iterable[str]) -> set[tuple[object, ...]]:
    """The drawn shapes of these glyphs."""
    table = file["glyf"]
    drawn = (table[name].getCoordinates(table)[0] for name in names)
    return {tuple(map(tuple, one)) for one in drawn if len(one)}


def shapes_of_letters(path: Path) -> set[tuple[object, ...]]:
    """The shapes that single letters have before any rule is applied."""
    with TTFont(path) as file:
        return outlines(file, file.getBestCmap().values())


def shapes_used(pdf: bytes, family: str) -> set[tuple[object, ...]]:
    """The shapes of this family that the document carries with it."""
    named = family.replace(" ", "")
    found: set[tuple[object, ...]] = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        resources: Any = page["/Resources"]
        for one in resources["/Font"].values():
            font = one.get_object()
            if named in font["/BaseFont"]:
                described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
                with TTFont(io.BytesIO(described["/FontFile2"].get_object().get_data())) as file:
                    found |= outlines(file, file.getGlyphOrder()[1:])  # without .notdef
    return found


def test_a_japanese_word_within_another_language_stays_in_the_japanese_font() -> None:
    assert [run.face for run in runs("Allowance (児童手当)", Role.FOREIGN)] == [
        Face.WORLD,
        Face.GOTHIC,
        Face.WORLD,
    ]
    assert {run.face for run in runs("選擇語言", Role.TRADITIONAL)} == {Face.TAIWAN}


def test_single_letters_have_only_their_own_shapes() -> None:
    """What the test of joined letters finds, it does not find where nothing joins."""
    font = fonts()[Face.DEVANAGARI]

    def used(words: str) -> set[object]:
        items = tuple(replace(one, own=OwnWords(words)) for one in GUIDE.items)
        made = render_guide(replace(GUIDE, items=items, language="ne", tag="ne"), issued_at=ISSUED_AT)
        return set(shapes_used(made.pdf, font.family))

    headings = used("A")  # the page's own words, joined as they are
    assert used("क ख ग") > headings and used("क ख ग") - headings <= set(shapes_of_letters(font.path))
