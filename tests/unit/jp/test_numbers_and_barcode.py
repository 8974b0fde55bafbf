"""Check digits, and the postal bar code against the manual's own examples and against zint."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.jp.check_digits import (
    individual_number_check_digit,
    municipality_code_check_digit,
    valid_individual_number,
    valid_municipality_code,
    valid_resident_number,
    with_check_digit,
)
from madoguchi.jp.customer_barcode import bars, extract_display_number, symbols
from madoguchi.jp.municipalities import municipalities

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "data" / "customer_barcode_p25_vectors.json").read_text(encoding="utf-8")
)
# A letter takes two symbols; zint refuses what is longer than the code, where the manual cuts it.
ZINT_TAKES = [one for one in VECTORS if len(one["extracted"]) + sum(map(str.isalpha, one["extracted"])) <= 13]
digits = st.text("0123456789", min_size=1, max_size=14)


def test_all_examples_of_the_manual_are_here() -> None:
    assert len(VECTORS) == 16


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["extracted"])
def test_the_bar_code_is_that_of_the_manual(vector: dict[str, Any]) -> None:
    assert extract_display_number(vector["address"]) == vector["extracted"]
    assert list(symbols(vector["postal_code"], vector["address"])) == vector["symbols"]
    assert bars(vector["postal_code"], vector["address"]) == vector["bars"]


@pytest.mark.needs("zint")
@pytest.mark.parametrize("vector", ZINT_TAKES, ids=lambda vector: vector["extracted"])
def test_the_bar_code_is_that_of_zint(vector: dict[str, Any]) -> None:
    postal_code = vector["postal_code"].replace("-", "")
    words = ["zint", "-b", "76", "-d", f"{postal_code}{vector['extracted']}", "--direct", "--filetype=svg"]
    drawing = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert _bars_of(drawing) == bars(vector["postal_code"], vector["address"])


def _bars_of(drawing: str) -> str:
    """The bars of zint's drawing, read off their place and height: 1 long, 2 upper, 3 lower, 4 timing."""
    boxes = re.findall(r'x="([\d.]+)" y="([\d.]+)" width="2\.00" height="([\d.]+)"', drawing)
    found = sorted((float(x), float(y), float(y) + float(height)) for x, y, height in boxes)
    upper, lower = min(top for _, top, _ in found), max(end for _, _, end in found)
    kinds = {(True, True): "1", (True, False): "2", (False, True): "3", (False, False): "4"}
    return "".join(kinds[top == upper, end == lower] for _, top, end in found)


@pytest.mark.parametrize(
    ("address", "extracted"),
    [("百二十番地3", "120-3"), ("千二百五番地", "1205"), ("二十三地割5-4", "23-5-4"), ("十番地", "10")],
)
def test_e32_numbers_in_kanji_are_read_whole(address: str, extracted: str) -> None:
    assert extract_display_number(address) == extracted


@pytest.mark.parametrize("postal_code", ["", "123", "12345678", "１２３"])
def test_a_postcode_without_seven_digits_is_refused(postal_code: str) -> None:
    with pytest.raises(ValueError, match="7けた"):
        symbols(postal_code, "柏台1")


@given(st.text("0123456789", min_size=7, max_size=7), st.text(max_size=40))
def test_any_address_makes_a_code_of_67_bars(postal_code: str, address: str) -> None:
    assert len(bars(postal_code, address)) == 67


@given(digits)
def test_a_number_with_its_check_digit_is_valid_and_with_another_is_not(serial: str) -> None:
    number = with_check_digit(serial)
    assert valid_resident_number(number)
    wrong = f"{serial}{(int(number[-1]) + 1) % 10}"
    assert not valid_resident_number(wrong)


@given(digits, st.integers(0, 13))
def test_one_wrong_digit_is_found_unless_the_standard_is_silent(serial: str, place: int) -> None:
    """Remainders 0 and 1 share the digit 0, so only those two can hide a wrong digit."""
    place %= len(serial)
    other = serial[:place] + str((int(serial[place]) + 1) % 10) + serial[place + 1 :]
    if with_check_digit(serial)[-1] != "0":
        assert not valid_resident_number(other + with_check_digit(serial)[-1])


@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_of_an_individual_number_is_found_unless_its_check_digit_is_0(
    first: str, place: int, step: int
) -> None:
    check = individual_number_check_digit(first)
    other = first[:place] + str((int(first[place]) + step) % 10) + first[place + 1 :]
    if check != 0:
        assert not valid_individual_number(f"{other}{check}")


def test_the_remainders_of_a_resident_number() -> None:
    """Remainder 0 gives 0 by the standard, remainder 1 gives 0 by our decision, remainder 2 gives 9."""
    assert [with_check_digit(serial)[-1] for serial in ("0", "6", "1")] == ["0", "0", "9"]


def test_each_place_of_a_resident_number_has_its_weight() -> None:
    """住民記録システム標準仕様書 1.1.13: 2 to 7 from the right, and again from 2."""
    for place, check in enumerate("98765498765498"):
        assert with_check_digit(f"1{'0' * place}")[-1] == check


def test_each_place_of_an_individual_number_has_its_weight() -> None:
    """番号法施行規則5条: 2 to 7 from the right, then 2 to 6."""
    for place, check in enumerate("98765498765"):
        first = f"{'0' * (10 - place)}1{'0' * place}"
        assert individual_number_check_digit(first) == int(check)
        assert valid_individual_number(f"{first}{check}")


@given(st.text("0123456789", min_size=11, max_size=11))
def test_the_check_digit_of_an_individual_number_is_one_digit(first: str) -> None:
    check = individual_number_check_digit(first)
    assert 0 <= check <= 9
    assert [digit for digit in range(10) if valid_individual_number(f"{first}{digit}")] == [check]


def test_the_remainders_of_an_individual_number() -> None:
    """番号法施行規則5条: the remainders 0 and 1 give 0."""
    assert [individual_number_check_digit(f"{last:011d}") for last in (0, 6, 1, 5)] == [0, 0, 9, 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [("12a", "「12a」は番号として読めません。数字で入れてください"), ("１２", "数字で入れてください")],
)
def test_a_serial_that_is_no_number_is_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        with_check_digit(text)


@pytest.mark.parametrize("number", ["1234567890", "123456789012"])
def test_a_number_of_another_length_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="11けたの数字で入れてください"):
        individual_number_check_digit(number)


@pytest.mark.parametrize("number", ["", "7", "12a4", "１２３４"])
def test_what_is_not_a_number_is_not_valid(number: str) -> None:
    assert not valid_resident_number(number)
    assert not valid_individual_number(number)
    assert not valid_municipality_code(number)


def test_an_individual_number_of_the_ordinance() -> None:
    first = "12345678901"
    weights = [(n + 1 if n <= 6 else n - 5) for n in range(11, 0, -1)]
    remainder = sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11
    assert individual_number_check_digit(first) == (0 if remainder <= 1 else 11 - remainder)
    assert valid_individual_number("123456789018")
    assert not valid_individual_number("123456789017")


@pytest.mark.parametrize("code", ["131016", "112020", "011002"])
def test_codes_of_municipalities_that_are(code: str) -> None:
    assert municipality_code_check_digit(code[:5]) == int(code[5])
    assert valid_municipality_code(code)


def test_each_code_of_the_list_is_valid() -> None:
    assert [one.code for one in municipalities() if not valid_municipality_code(one.code)] == []
