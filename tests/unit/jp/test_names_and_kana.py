"""Names, characters and kana: kept as written, found however they are said (E22, E24–E28)."""

from __future__ import annotations

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.jp.kana import composed, full_width_kana, kana_search_key, katakana
from madoguchi.jp.names import (
    MOST_CANDIDATES,
    CharacterIdentity,
    NameParts,
    NameUse,
    VariationWorld,
    graphemes,
    length,
    name_search_key,
    name_search_keys,
    registered_name_key,
    shrink_candidates,
    variation_world,
    without_variation_selectors,
)

LONG = "MARIA FERNANDA DE LOS ANGELES RODRIGUEZ GUTIERREZ"
kana = st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x30FA), max_size=20)
names = st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x9FFF), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("written", "common"), [("髙橋", "高橋"), ("渡邉", "渡辺"), ("渡邊", "渡辺"), ("﨑山", "崎山")]
)
def test_e22_a_variant_is_found_by_its_common_form_and_kept_as_written(written: str, common: str) -> None:
    assert name_search_keys(written) & name_search_keys(common)
    assert NameParts(written).for_use(NameUse.REGISTER) == written


def test_e22_variants_are_not_made_one() -> None:
    assert NameParts("渡邉 一").name != NameParts("渡邊 一").name


def test_e22_the_ways_to_write_a_name_are_bounded_and_hold_the_name() -> None:
    found = shrink_candidates("齋藤邊邉髙﨑")
    assert "齋藤邊邉髙﨑" in found
    assert len(found) <= MOST_CANDIDATES


def test_e24_length_is_what_a_reader_counts() -> None:
    with_selector = "葛\U000e0101城"
    assert length(with_selector) == 2
    assert graphemes(with_selector)[0] == "葛\U000e0101"
    assert length("𠮷野") == 2
    assert without_variation_selectors(with_selector) == "葛城"


def test_e24_the_two_collections_of_selectors_are_told_apart() -> None:
    assert variation_world("葛城") is VariationWorld.NONE
    assert variation_world("葛\U000e0101城") is VariationWorld.ADOBE_JAPAN1
    assert variation_world("葛\U000e0102城") is VariationWorld.MOJI_JOHO
    assert variation_world("邉\U000e010e") is VariationWorld.ADOBE_JAPAN1
    assert variation_world("邉\U000e010f") is VariationWorld.MOJI_JOHO
    assert variation_world("㐴\U000e0100") is VariationWorld.MOJI_JOHO
    assert variation_world("葛\U000e0101邉\U000e010f") is VariationWorld.MIXED
    assert variation_world("\U000e0101") is VariationWorld.NONE


def test_e21_every_character_of_the_table_has_its_own_number_of_sequences() -> None:
    text = resources.files("madoguchi.jp").joinpath("data/adobe_japan1.csv").read_text(encoding="ascii")
    for row in list(csv.DictReader(text.splitlines()))[::60]:
        for end in (chr(int(row["first"], 16)), chr(int(row["last"], 16))):
            known = int(row["sequences"])
            assert variation_world(f"{end}\U000e0100") is VariationWorld.ADOBE_JAPAN1
            assert variation_world(f"{end}{chr(0xE0100 + known - 1)}") is VariationWorld.ADOBE_JAPAN1
            assert variation_world(f"{end}{chr(0xE0100 + known)}") is VariationWorld.MOJI_JOHO
    assert variation_world("\u2e7f\U000e0100") is VariationWorld.MOJI_JOHO


def test_a_character_that_the_table_also_gives_itself_is_found_by_its_common_form() -> None:
    assert name_search_key("凞") == name_search_key("熙")
    assert name_search_key("艹") == name_search_key("艸")


def test_the_selectors_and_nothing_else_are_taken_off() -> None:
    selectors = [*map(chr, (0xFE00, 0xFE0F, 0xE0100, 0xE01EF))]
    beside = [*map(chr, (0xFDFF, 0xFE10, 0xE00FF, 0xE01F0))]
    assert without_variation_selectors("".join(selectors + beside)) == "".join(beside)


def test_readings_of_other_length_are_other_readings() -> None:
    """小野 is not 大野: only how a long vowel is written makes no difference."""
    assert kana_search_key("オノ") != kana_search_key("オオノ")
    assert kana_search_key("トモ") != kana_search_key("トウモ")


def test_a_registered_name_has_one_space_between_latin_words() -> None:
    assert registered_name_key("Ａｎｎ  Lee") == "ANN LEE" != registered_name_key("ANNLEE")
    assert registered_name_key("髙橋\U000e0101　一郎") == "髙橋一郎"


@pytest.mark.parametrize("typed", ["冨田", "舘野", "瀨川", "桒原", "大槗", "德永", "靑木", "眞鍋"])
def test_e22_whoever_types_a_variant_finds_the_common_form(typed: str) -> None:
    common = str.maketrans("冨舘瀨桒槗德靑眞", "富館瀬桑橋徳青真")
    assert name_search_key(typed) in name_search_keys(typed.translate(common))
    assert name_search_key(typed.translate(common)) in name_search_keys(typed)


def test_e22_a_compatibility_character_stays_itself() -> None:
    """NFC would turn these into other 漢字; kana with their marks apart are still joined."""
    assert composed("飯\ufa10\ufa19か\u3099") == "飯\ufa10\ufa19が"
    assert "\ufa19田" in shrink_candidates("\ufa19田")
    assert name_search_key("\ufa19田") == name_search_key("神田")


def test_e22_a_character_no_code_can_carry_has_four_points() -> None:
    identity = CharacterIdentity(written="\ue000", mj_name=None, shrunk="辺", image="gaiji/e000.svg")
    assert (identity.written, identity.mj_name, identity.shrunk) == ("\ue000", None, "辺")


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("ショウコ", "シヨウコ"),
        ("ｼｮｳｺ", "ショウコ"),
        ("しょうこ", "ショウコ"),
        ("ユーコ", "ユコ"),
        ("カツラギ", "カツラキ"),
        ("タカハシ　タロウ", "タカハシタロウ"),
        ("ヲノ", "オノ"),
        ("ミヅキ", "ミツキ"),
        ("ヴァン", "バン"),
        ("ヂ", "ジ"),
        ("ヅ", "ズ"),
        ("コヂマ", "コチマ"),
        ("ワ", "ハ"),
        ("ヴィ", "ビ"),
        ("ヴ", "ブ"),
        ("ヴェ", "ベ"),
        ("ヴォ", "ボ"),
        ("ヴゥ", "ブ"),
        ("ヒ", "ピ"),
        ("オオノ", "オウノ"),
        ("ショウコ", "ショオコ"),
        ("ユ―コ", "ユ－コ"),
        ("ユ‐コ", "ユ-コ"),
    ],
)
def test_e25_a_reading_is_found_however_it_is_written(said: str, written: str) -> None:
    assert kana_search_key(said) == kana_search_key(written)


def test_e25_half_width_kana_become_full_width_with_their_marks() -> None:
    assert full_width_kana("ｶﾞｷﾞﾊﾟ") == "ガギパ"
    assert katakana("たかはし") == "タカハシ"


def test_e26_a_person_without_a_reading_has_none() -> None:
    assert NameParts("窓口 花").kana is None


def test_e27_the_name_depends_on_what_it_is_for() -> None:
    parts = NameParts("SMITH JOHN", former_surname="鈴木", alias="山田 譲", kanji_alongside="史密斯")
    assert parts.for_use(NameUse.SIGNATURE) == "SMITH JOHN"
    assert parts.for_use(NameUse.ADDRESS_LABEL) == "山田 譲"
    assert parts.for_use(NameUse.SHEET) == "SMITH JOHN（史密斯、旧氏 鈴木、通称 山田 譲）"


def test_e28_a_long_name_without_a_surname_stays_whole() -> None:
    assert NameParts(LONG).for_use(NameUse.REGISTER) == LONG
    assert name_search_key(LONG) == name_search_key(LONG.replace(" ", "　").lower())
    assert name_search_key("ＭＡＲＩＡ，Ｆ") == name_search_key("Maria F")


@given(st.text(max_size=20))
def test_a_key_of_any_text_is_its_own_key(text: str) -> None:
    assert kana_search_key(kana_search_key(text)) == kana_search_key(text)
    assert composed(composed(text)) == composed(text)


@given(kana)
def test_a_key_of_kana_is_its_own_key(text: str) -> None:
    assert kana_search_key(kana_search_key(text)) == kana_search_key(text)
    assert kana_search_key(katakana(text)) == kana_search_key(text)


@given(names)
def test_a_key_of_a_name_is_its_own_key(text: str) -> None:
    assert name_search_key(name_search_key(text)) == name_search_key(text)
    assert name_search_key(text) in name_search_keys(text)
