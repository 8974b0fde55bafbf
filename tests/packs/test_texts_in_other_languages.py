"""What ships in other languages: every sentence of the national pack, none too many, numbers kept, Japanese beside names."""

from __future__ import annotations

import re

import pytest
from tests.packs.conftest import REPOSITORY

from madoguchi.procedures.loader import NATIONAL_FOLDER, load_pack
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import Language, all_texts, missing, offered, unused

LANGUAGES = REPOSITORY / "packs" / "languages"
SHIPPED = tuple(sorted(path.stem for path in (LANGUAGES / "texts").glob("*.toml")))
KANA = re.compile("[ぁ-ゖァ-ヺ]")
IN_BRACKETS = re.compile(r"[（(][^（()）]*[）)]")


@pytest.fixture(scope="module")
def laid_over() -> Pack:
    return load_pack(NATIONAL_FOLDER, LANGUAGES)


@pytest.mark.parametrize("language", SHIPPED)
def test_every_sentence_is_there_and_none_too_many(language: str, laid_over: Pack) -> None:
    found = Language(language)
    assert missing(laid_over, found, all_texts(laid_over)) == ()
    assert unused(laid_over, found) == ()


def test_exactly_what_ships_is_offered(laid_over: Pack) -> None:
    assert {one.value for one in offered(laid_over)} == set(SHIPPED)


@pytest.mark.parametrize("language", [one for one in SHIPPED if one != "ja-easy"])
def test_no_sentence_was_left_in_japanese(language: str, laid_over: Pack) -> None:
    """Names of papers stand in Japanese in brackets; outside of them there is no kana."""
    left = {
        japanese: text
        for japanese, text in laid_over.translations[language].items()
        if KANA.search(IN_BRACKETS.sub("", IN_BRACKETS.sub("", text)))  # brackets in brackets
    }
    assert left == {}


@pytest.mark.parametrize("language", SHIPPED)
def test_two_procedures_do_not_have_one_name(language: str, laid_over: Pack) -> None:
    there = laid_over.translations[language]
    names = [there[one.name] for one in laid_over.procedures]
    doubled = {one for one in names if names.count(one) > 1}
    japanese = {one.name for one in laid_over.procedures if there[one.name] in doubled}
    assert len({there[one] for one in japanese}) == len(japanese), sorted(japanese)
