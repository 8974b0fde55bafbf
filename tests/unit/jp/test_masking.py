"""No number that leads to a person stays in a text, however it is written."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.jp.masking import MAIL, NUMBER, PHONE, masked

BETWEEN = ("", "-", " ", "　", "ー", "－", "・")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("マイナンバーは123456789018です", f"マイナンバーは{NUMBER}です"),
        ("１２３４−５６７８−９０１８", NUMBER),
        ("1234 5678 9018", NUMBER),
        ("090-1234-5678に電話してください", f"{PHONE}に電話してください"),
        ("０９０（１２３４）５６７８", PHONE),
        ("(03)1234-5678", PHONE),
        ("03-1234-5678と0312345678", f"{PHONE}と{PHONE}"),
        ("+81 90 1234 5678", PHONE),
        ("namae.sei+x@example.jp まで", f"{MAIL} まで"),
        ("ｎａｍａｅ＠example．jp", MAIL),
    ],
)
def test_a_number_goes(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-09の10時に来ました", "令和8年11月9日", "A012番で30分待ちました", "〒123-4567", "1,234,567円", "手続き3件と証明書2通",
        "5番窓口", "12月29日〜1月3日", "質問3/およそ7", "",
    ],
)  # fmt: skip
def test_what_a_visitor_says_of_a_page_stays(text: str) -> None:
    assert masked(text) == text


@given(
    digits=st.text("0123456789", min_size=12, max_size=16), between=st.sampled_from(BETWEEN),
    step=st.integers(1, 6), wide=st.booleans(), before=st.text(max_size=20), after=st.text(max_size=20),
)  # fmt: skip
def test_twelve_digits_never_stay(
    digits: str, between: str, step: int, wide: bool, before: str, after: str
) -> None:
    written = between.join(digits[at : at + step] for at in range(0, len(digits), step))
    if wide:
        written = written.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    kept = masked(f"{before}{written}{after}")
    assert written not in kept
    assert not re.search(r"[0-9]{12}", re.sub(r"[\s\-ー－・]", "", unicodedata.normalize("NFKC", kept)))


@given(st.text(st.sampled_from("0９8-－ @＠a.東("), max_size=60))
def test_a_text_never_grows_and_is_masked_once(text: str) -> None:
    kept = masked(text)
    assert len(kept) <= len(text)
    assert masked(kept) == kept
