"""Characters: each is printed exactly or stands as a visible mark; never as the plain shape of a variant."""

import pytest

from madoguchi.papers import glyphs
from madoguchi.papers.fonts import Face, fonts
from madoguchi.papers.glyphs import Role, Run
from madoguchi.papers.payload import Setting
from madoguchi.papers.values import GlyphFault

MOJI_JOHO = "葛\U000e0102"
ADOBE = "葛\U000e0100"
names_font = pytest.mark.needs("IPAmj")


@names_font
def test_a_moji_joho_variant_comes_from_ipamj_only() -> None:
    assert glyphs.runs(MOJI_JOHO, Role.NAME) == (Run(Face.NAMES, MOJI_JOHO),)
    assert glyphs.runs(MOJI_JOHO, Role.VALUE) == (Run(Face.NAMES, MOJI_JOHO),)


def test_without_ipamj_its_variants_are_missing_not_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = {face: font for face, font in fonts().items() if face is not Face.NAMES}
    monkeypatch.setattr(glyphs, "fonts", lambda: shipped)
    glyphs.runs.cache_clear()
    try:
        (fault,) = glyphs.missing(MOJI_JOHO + "子", Role.NAME, sheet="届", box="氏名")
        assert (fault.codepoint, fault.fault) == ("U+845B U+E0102", GlyphFault.NO_VARIANT)
        (rare,) = glyphs.missing("𠮷田", Role.NAME, sheet="届", box="氏名")
        assert (rare.codepoint, rare.fault) == ("U+20BB7", GlyphFault.NO_GLYPH)
    finally:
        glyphs.runs.cache_clear()


def test_an_adobe_variant_comes_from_the_font_that_has_the_sequence() -> None:
    assert glyphs.runs(ADOBE, Role.NAME) == (Run(Face.MINCHO, ADOBE),)


def test_a_variant_nobody_registered_is_reported() -> None:
    (fault,) = glyphs.missing("渡\U000e01ef辺", Role.NAME, sheet="届", box="氏名")
    assert fault.fault is GlyphFault.NO_VARIANT
    assert (fault.sheet, fault.box, fault.text) == ("届", "氏名", "渡\U000e01ef辺")


@pytest.mark.parametrize("text", ["😀", "\x07", "\ue000", "\U000f0000", "한"])
def test_what_no_font_has_is_reported(text: str) -> None:
    (fault,) = glyphs.missing(f"山{text}田", Role.NAME, sheet="届", box="氏名")
    assert fault.codepoint == f"U+{ord(text):04X}"
    assert fault.fault is GlyphFault.NO_GLYPH


def test_runs_lose_nothing() -> None:
    text = f"髙橋 {MOJI_JOHO}{ADOBE} NGUYEN 😀 é１ｱ"
    assert "".join(run.text for run in glyphs.runs(text, Role.NAME)) == text


@names_font
def test_a_name_among_other_words_names_its_font() -> None:
    setting = Setting()
    assert setting.put("𠮷田", Role.NAME, "氏名") == "𠮷田"
    assert setting.put("𠮷田", Role.NAME, "氏名", around=Role.VALUE) == [["i", "𠮷田"]]


def test_a_selector_has_no_width() -> None:
    assert glyphs.width(ADOBE, Role.NAME) == glyphs.width("葛", Role.NAME)
