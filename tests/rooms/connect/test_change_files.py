"""What leaves for the core system: columns, encodings, formulas, and the list of degraded characters."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.connect.change_data import BY_HAND
from madoguchi.connect.change_files import (
    COLUMNS,
    FORMULA_STARTS,
    NO_FORM,
    degraded_csv,
    to_csv,
    to_json,
)


def body(**person: Any) -> dict[str, Any]:
    """A message about one invented person."""
    return {
        "format": "madoguchi-change/1", "change_id": "20261109-A001-1", "number": "A001", "round": 1,
        "correction": False, "reason": "国内転入", "provisional": True, "handling": "", "post": "",
        "moved_on": "2026-11-05", "notified_on": "2026-11-09", "processed_on": "2026-11-09",
        "moved_text": "", "late_reason": "", "old_address": "京都府京都市", "new_address": "埼玉県まどか市本町1",
        "new_building": "", "joined_household": "",
        "people": [{
            "ref": "p1", "resident_no": "", "name": "引越 大", "kana": "ヒッコシ ダイ",
            "former_surname": "", "alias": "", "kanji_alongside": "", "birth_date": "1984-05-02",
            "birth_text": "", "birth_earliest": "", "birth_latest": "", "sex": "male", "relationship": "世帯主",
            "moves": True, "facts": {"pension": {"value": "1", "source": "転出証明書", "as_of": "2026-11-09"}},
            **person,
        }],
        "procedures": [], "certificates": [],
    }  # fmt: skip


def lines(content: bytes, encoding: str = "utf-8-sig") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


def test_one_line_a_person_with_the_documented_columns() -> None:
    made = to_csv([body()], encoding="utf-8")
    assert made.content.startswith(b"\xef\xbb\xbf"), "Excel needs the mark to read UTF-8"
    (line,) = lines(made.content)
    assert tuple(line) == COLUMNS
    assert (line["name"], line["moves"], line["pension"], line["care_level"]) == ("引越 大", "true", "1", "")
    assert line["provisional"] == "true", "it is 仮 until the core system has answered"


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("𠮷田 太郎", "吉田 太郎"),
        ("葛\U000e0100城 花", "葛城 花"),
        ("本町1—2", "本町1―2"),
        ("NGUYỄN VĂN", "NGUY〓N V〓N"),
        ("\ue000本 花", "〓本 花"),
    ],
)
def test_cp932_writes_a_common_form_and_lists_it(written: str, instead: str) -> None:
    made = to_csv([body(name=written)], encoding="cp932")
    (line,) = lines(made.content, "cp932")
    assert line["name"] == instead
    assert line["handling"] == BY_HAND
    (one,) = made.degraded
    assert (one.change_id, one.ref, one.column, one.written, one.instead) == (
        "20261109-A001-1", "p1", "name", written, instead,
    )  # fmt: skip
    (logged,) = lines(degraded_csv(made.degraded))
    assert logged["written"] == written
    assert logged["codepoints"].startswith("U+")


def test_what_cp932_can_write_is_not_listed() -> None:
    made = to_csv([body(name="髙橋 﨑子")], encoding="cp932")
    assert made.degraded == ()
    assert lines(made.content, "cp932")[0]["name"] == "髙橋 﨑子"


def test_a_wave_dash_is_the_same_sign_in_cp932() -> None:
    made = to_csv([body(name="大〜小")], encoding="cp932")
    assert (lines(made.content, "cp932")[0]["name"], made.degraded) == ("大～小", ())


def test_a_letter_with_its_mark_apart_is_written_as_one() -> None:
    made = to_csv([body(kana="カ\u3099ク")], encoding="cp932")
    assert lines(made.content, "cp932")[0]["kana"] == "ガク"
    assert made.degraded == (), "nothing was lost"


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_is_a_formula(start: str) -> None:
    for encoding, codec in (("utf-8", "utf-8-sig"), ("cp932", "cp932")):
        made = to_csv([body(name=f"{start}HYPERLINK(1)")], encoding=encoding)
        assert lines(made.content, codec)[0]["name"].startswith("'")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_name_at_all_can_be_written(name: str) -> None:
    made = to_csv([body(name=name)], encoding="cp932")
    (line,) = lines(made.content, "cp932")
    assert not line["name"].startswith(FORMULA_STARTS)
    for one in made.degraded:
        assert one.written != one.instead
        assert NO_FORM in one.instead or len(one.instead) <= len(one.written)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_json_keeps_every_name_as_it_was(name: str) -> None:
    told = json.loads(to_json([body(name=name)]))
    assert told["changes"][0]["people"][0]["name"] == name
