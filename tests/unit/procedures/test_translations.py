"""Texts per language: kept by their Japanese, gone when it changes, shown of a procedure only as a whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.procedures.editing.differences import differences
from madoguchi.procedures.editing.layers import (
    procedure_values,
    translations,
    with_procedure,
    with_translations,
)
from madoguchi.procedures.loader import NATIONAL_FOLDER, PackErrors, load_files, read_folder
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import (
    Language,
    all_texts,
    fault_of,
    guide,
    guides,
    language_of,
    missing,
    offered,
    texts_of,
    unused,
)

BELOW = {file: content.decode() for file, content in read_folder(NATIONAL_FOLDER).items()}
DOG = "dog-address"


def pack_of(*layers: dict[str, str]) -> Pack:
    return load_files(*({file: text.encode() for file, text in layer.items()} for layer in (BELOW, *layers)))


def english(pack: Pack, *, without: int = 0) -> dict[str, str]:
    texts = texts_of(pack.procedure(DOG))
    return {ja: f"English {place} of {ja}" for place, ja in enumerate(texts[without:])}


def test_a_procedure_is_shown_only_when_nothing_of_it_is_missing() -> None:
    pack = pack_of()
    almost = pack_of(with_translations([BELOW, {}], Language.EN, english(pack, without=1)))
    assert missing(almost, Language.EN, texts_of(almost.procedure(DOG))) == (pack.procedure(DOG).name,)
    assert guide(almost, almost.procedure(DOG), Language.EN) is None
    whole = pack_of(with_translations([BELOW, {}], Language.EN, english(pack)))
    told = guide(whole, whole.procedure(DOG), Language.EN)
    assert told is not None
    assert told.name == f"English 0 of {pack.procedure(DOG).name}"
    assert len(told.bring) == len(pack.procedure(DOG).bring)
    assert [one.language for one in guides(whole, whole.procedure(DOG))] == [Language.EN]
    brought = guide(whole, whole.procedure(DOG), Language.EN, ["犬の鑑札"])
    assert brought is not None and len(brought.bring) == 1
    assert offered(whole) == (), "one procedure is not the whole pack"


def test_a_language_is_offered_when_everything_is_there() -> None:
    pack = pack_of()
    layer = with_translations([BELOW, {}], Language.VI, {ja: f"vi: {ja}" for ja in all_texts(pack)})
    assert offered(pack_of(layer)) == (Language.VI,)


def test_when_the_japanese_changes_its_translation_is_missing_not_wrong() -> None:
    pack = pack_of()
    layer = with_translations([BELOW, {}], Language.EN, english(pack))
    values: dict[str, Any] = {"summary": "飼い犬の住所が変わったことを届け出ます。"}
    layer = layer | with_procedure([BELOW, layer], DOG, procedure_with(values))
    after = pack_of(layer)
    assert guide(after, after.procedure(DOG), Language.EN) is None
    assert missing(after, Language.EN, texts_of(after.procedure(DOG))) == (values["summary"],)
    assert unused(after, Language.EN) == (pack.procedure(DOG).summary,)


def procedure_with(values: dict[str, Any]) -> dict[str, Any]:
    return procedure_values([BELOW], DOG) | values


def test_they_are_a_layer_of_the_pack_and_part_of_its_revision() -> None:
    before, layer = pack_of({}), with_translations([BELOW, {}], Language.KO, {"犬の鑑札": "개 등록증"})
    assert set(layer) == {"texts/ko.toml"}
    assert pack_of(layer).revision != before.revision
    (one,) = differences([BELOW, {}], [BELOW, layer])
    assert (one.kind, one.part, one.before, one.after) == ("訳", "韓国語", "", "개 등록증")
    assert with_translations([BELOW, layer], Language.KO, {"犬の鑑札": ""}) == {}
    national = BELOW | {"texts/ko.toml": layer["texts/ko.toml"]}
    assert with_translations([national, {}], Language.KO, {"犬の鑑札": "개 등록증"}) == {}, (
        "said below already"
    )
    assert translations([national, layer], Language.KO) == {"犬の鑑札": "개 등록증"}


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        ("texts/xx.toml", '[[text]]\nja = "犬"\ntext = "x"', "ということばのファイルはありません"),
        ("texts/en.toml", '[[text]]\nja = "犬"\ntext = "x"\n[[text]]\nja = "犬"\ntext = "y"', "訳が二つあります"),
        ("texts/en.toml", '[[text]]\nja = "犬"\ntext = ""', "空でない文字"),
        ("texts/en.toml", '[[text]]\nja = "30日以内に"\ntext = "within thirteen days"', "数「30」が訳にありません"),
        ("texts/en.toml", '[[text]]\nja = "犬"\ntxt = "dog"', "「txt」という項目はありません"),
        ("texts/en.toml", 'words = "dog"', "「words」という項目はありません"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_file(file: str, text: str, sentence: str) -> None:
    with pytest.raises(PackErrors) as refused:
        pack_of({file: text})
    found = [error for error in refused.value.errors if sentence in str(error)]
    assert found and found[0].file == file


@pytest.mark.parametrize(
    ("japanese", "text", "right"),
    [
        ("30日以内", "within 30 days", True),
        ("３０日以内", "within 30 days", True),
        ("20,000円", "20000 yen", True),
        ("1日", "one day", True),
        ("14日", "fourteen days", False),
        ("犬", "a\x07", False),
        ("犬", "x" * 2001, False),
        ("犬", "หมา\u200b", True),
    ],
)
def test_a_translation_keeps_the_numbers(japanese: str, text: str, right: bool) -> None:
    assert (fault_of(japanese, text) == "") is right


@given(st.dictionaries(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30), max_size=6))
def test_whatever_is_kept_is_read_again(texts: dict[str, str]) -> None:
    kept = with_translations([{}, {}], Language.TH, texts)
    assert translations([kept], Language.TH) == texts


def test_tags() -> None:
    assert [language_of(one.value) for one in Language] == list(Language)
    assert language_of("ja") is None
    assert Language.JA_EASY.tag == "ja"
    assert Language.ZH_HANT.file == "texts/zh-Hant.toml"
