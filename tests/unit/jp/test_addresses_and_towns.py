"""Addresses in parts, of which nothing is lost (E31–E33)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.jp.addresses import (
    SplitAddress,
    kanji_number,
    normal_form,
    split_address,
    town_and_lot,
    town_key,
)
from madoguchi.jp.municipalities import (
    municipalities,
    municipality_by_code,
    municipality_of,
    prefecture_of,
    prefectures,
    same_prefecture,
)

TOWNS = ("柏台三丁目", "柏台", "大字窓口", "霞ケ浦")
pieces = st.lists(
    st.sampled_from(
        [
            "埼玉県",
            "京都府",
            "京都市中京区",
            "府中市",
            "柏台三丁目",
            "大字",
            "窓口",
            "5番地",
            "-",
            "１",
            " ",
            "　",
            "山田様方",
            "ABC棟",
        ]
    ),
    max_size=8,
).map("".join)


@pytest.mark.parametrize(
    ("text", "lot", "building"),
    [
        ("埼玉県熊谷市柏台三丁目5番地1 みどりハイツ305号室", "5番地1", " みどりハイツ305号室"),
        ("埼玉県熊谷市柏台3丁目5-1　みどりハイツ", "5-1", " みどりハイツ"),
        ("埼玉県熊谷市柏台三丁目5番地山田様方", "5番地", "山田様方"),
        ("埼玉県 熊谷市 柏台三丁目 5-1 みどりハイツ", " 5-1", " みどりハイツ"),
        ("埼玉県熊谷市字番外地 みどり荘", "字番外地", " みどり荘"),
        ("北海道札幌市北区 北24条西10丁目 2-3 305号", " 北24条西10丁目 2-3", " 305号"),
        ("埼玉県熊谷市柏台 十五番地 みどり荘", " 十五番地", " みどり荘"),
        ("埼玉県熊谷市柏台 みどりハイツ", " みどりハイツ", ""),
    ],
)
def test_e31_what_stands_behind_the_lot_is_the_building(text: str, lot: str, building: str) -> None:
    found = split_address(text, TOWNS)
    assert (found.rest, found.building) == (lot, building)


def test_e32_a_town_is_found_in_each_way_of_writing() -> None:
    ways = ("柏台三丁目", "柏台3丁目", "柏台３丁目", "大字柏台三丁目")
    assert {town_key(way) for way in ways} == {"柏台3丁目"}
    assert [split_address(f"埼玉県熊谷市{way}5", TOWNS).town for way in ways] == [
        normal_form(way) for way in ways
    ]
    assert town_key("霞ヶ浦") == town_key("霞ケ浦") == town_key("霞が浦")


def test_e32_a_street_name_of_kyoto_is_kept_as_the_rest() -> None:
    found = split_address("京都府京都市中京区寺町通御池上る488番地", TOWNS)
    assert found == SplitAddress("京都府", "京都市中京区", "", "寺町通御池上る488番地", "")


def test_e32_the_longest_town_wins() -> None:
    assert split_address("埼玉県熊谷市柏台三丁目1", TOWNS).town == "柏台三丁目"
    assert split_address("埼玉県熊谷市柏台1", TOWNS).town == "柏台"


def test_e33_a_municipality_that_is_no_more_stays_in_the_text() -> None:
    found = split_address("埼玉県大里郡江南町大字千代1")
    assert found.joined() == "埼玉県大里郡江南町大字千代1"
    assert (found.prefecture, found.municipality) == ("埼玉県", "")


@pytest.mark.parametrize(
    ("text", "code", "written"),
    [
        ("埼玉県大里郡寄居町大字寄居1", "114081", "大里郡寄居町"),
        ("大里郡寄居町大字寄居1", "114081", "大里郡寄居町"),
        ("埼玉県寄居町大字寄居1", "114081", "寄居町"),
        ("北海道余市郡余市町朝日町26", "014087", "余市郡余市町"),
        ("東京都西多摩郡瑞穂町箱根ケ崎1", "133035", "西多摩郡瑞穂町"),
        ("兵庫県赤穂郡上郡町大持1", "284815", "赤穂郡上郡町"),
        ("岐阜県郡上市八幡町", "212199", "郡上市"),
        ("奈良県大和郡山市北郡山町", "292036", "大和郡山市"),
        ("埼玉県 熊谷市 柏台", "112020", " 熊谷市"),
    ],
)
def test_e33_a_town_is_known_with_and_without_its_county(text: str, code: str, written: str) -> None:
    found = municipality_of(text)
    assert found is not None
    assert found.code == code
    assert split_address(text).municipality == written
    assert split_address(text).joined() == text


def test_e33_each_town_of_the_list_is_known_behind_a_county() -> None:
    towns = [one for one in municipalities() if one.name.endswith(("町", "村"))]
    assert len(towns) > 900
    assert [one for one in towns if municipality_of(f"{one.prefecture}見本郡{one.name}1") != one] == []


def test_a_municipality_is_found_by_its_code_with_or_without_check_digit() -> None:
    for code in ("112020", "11202"):
        found = municipality_by_code(code)
        assert found is not None
        assert (found.prefecture, found.name) == ("埼玉県", "熊谷市")
    assert [municipality_by_code(code) for code in ("112021", "99999", "1120200", "")] == [None] * 4


def test_e32_a_character_is_never_made_another() -> None:
    assert split_address("埼玉県熊谷市飯\ufa101").joined() == "埼玉県熊谷市飯\ufa101"


def test_e33_two_cities_of_one_name_are_told_apart_by_the_prefecture() -> None:
    assert municipality_of("府中市宮西町") is None
    assert prefecture_of("府中市宮西町") is None
    tokyo = municipality_of("東京都府中市宮西町")
    assert tokyo is not None
    assert tokyo.prefecture == "東京都"


def test_the_same_prefecture_is_known_only_when_both_are() -> None:
    assert same_prefecture("埼玉県熊谷市", "さいたま市浦和区") is True
    assert same_prefecture("埼玉県熊谷市", "京都府京都市") is False
    assert same_prefecture("埼玉県熊谷市", "府中市") is None


def test_the_list_of_municipalities_is_whole() -> None:
    assert len(prefectures()) == 47
    assert len({one.code for one in municipalities()}) == len(municipalities())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3),
        ("十", 10),
        ("十一", 11),
        ("二十", 20),
        ("二十三", 23),
        ("九十九", 99),
        ("二三", 23),
        ("百", 100),
        ("百二十", 120),
        ("千二百五", 1205),
    ],
)
def test_numbers_in_kanji(text: str, value: int) -> None:
    assert kanji_number(text) == value


@given(pieces)
def test_nothing_of_an_address_is_lost(text: str) -> None:
    assert split_address(text, TOWNS).joined() == normal_form(text)


@given(st.text(max_size=40))
def test_nothing_of_any_text_is_lost(text: str) -> None:
    assert split_address(text, TOWNS).joined() == normal_form(text)


@given(st.text(max_size=40))
def test_the_normal_form_is_its_own(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)


def test_a_county_stands_before_towns_and_villages_alone() -> None:
    assert municipality_of("東京都西多摩郡檜原村1") is not None
    assert municipality_of("埼玉県大里郡寄居町1") is not None
    assert municipality_of("埼玉県大里郡熊谷市本町1") is None


@pytest.mark.parametrize(
    ("text", "town", "lot"),
    [
        ("柏台", "柏台", ""),
        ("柏台 ", "柏台", ""),
        ("柏台5番地の1", "柏台", "5-1"),
        ("柏台三丁目5番1号", "柏台3丁目", "5-1"),
    ],
)
def test_a_place_without_a_lot_has_a_town_alone(text: str, town: str, lot: str) -> None:
    assert town_and_lot(text) == (town, lot)
