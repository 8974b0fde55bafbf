"""Texts, values and translations through Excel: every cell is looked at, every refusal names sheet, row and column."""

from __future__ import annotations

import io
from collections.abc import Iterator

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from tests.cast import NOW

from madoguchi.audit.entries import Actor
from madoguchi.catalogue import operations as catalogue
from madoguchi.catalogue import queries
from madoguchi.catalogue.drafts import operations as drafts
from madoguchi.catalogue.drafts.operations import Draft
from madoguchi.catalogue.drafts.testing import pack_from
from madoguchi.catalogue.drafts.text_book import take_text_book, text_book, with_prompt
from madoguchi.catalogue.drafts.text_rows import BookRefused
from madoguchi.catalogue.drafts.translation_book import take_translation_book, translation_book
from madoguchi.procedures.editing.layers import procedure_values, with_procedure
from madoguchi.procedures.loader import NATIONAL_FOLDER
from madoguchi.procedures.translations import Language, guide, texts_of

pytestmark = pytest.mark.django_db
MIO = Actor(1, "推進 澪", "", "")
Layers = tuple[dict[str, str], ...]


@pytest.fixture
def draft() -> Iterator[Draft]:
    queries.pack_of.cache_clear()
    queries.layers_of.cache_clear()
    catalogue.publish(folders=[NATIONAL_FOLDER], by=MIO, now=NOW)
    found = drafts.draft(drafts.begin(title="文言", by=MIO, now=NOW))
    assert found is not None
    yield found
    queries.pack_of.cache_clear()
    queries.layers_of.cache_clear()


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    made = io.BytesIO()
    book.save(made)
    made.seek(0)
    return made


def row_of(sheet: Worksheet, key: str) -> int:
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == key)


def test_what_is_said_without_a_record_goes_through_excel_too(draft: Draft) -> None:
    book = openpyxl.load_workbook(io.BytesIO(text_book(pack_from(draft.layers), draft.layers)))
    book["文言"].cell(
        row_of(book["文言"], "nursery/without_record.text"), 4
    ).value = "保育課が席にうかがいます。"
    layer, _report = take_text_book(stream=saved(book), pack=pack_from(draft.layers), layers=draft.layers)
    mark = procedure_values((*draft.layers[:-1], layer), "nursery")["without_record"]
    assert (mark["state"], mark["text"]) == ("open", "保育課が席にうかがいます。")


def test_what_was_changed_meanwhile_is_not_written_over(draft: Draft) -> None:
    book = openpyxl.load_workbook(io.BytesIO(text_book(pack_from(draft.layers), draft.layers)))
    texts, values = book["文言"], book["市の設定"]
    row = row_of(texts, "senior-pass/name")
    texts.cell(row, 4).value = "シニアパス"
    parameter = row_of(values, "senior_pass_age")
    values.cell(parameter, 3).value, values.cell(parameter, 4).value = 61, 75
    meanwhile = with_procedure(
        draft.layers, "senior-pass", procedure_values(draft.layers, "senior-pass") | {"name": "外出支援券"}
    )
    layers = (*draft.layers[:-1], meanwhile)
    layer, report = take_text_book(stream=saved(book), pack=pack_from(layers), layers=layers)
    assert (report.changed, len(report.refused)) == (0, 2)
    assert report.refused[0].startswith(f"シート「文言」{row}行目 C列「いまの文」")
    assert report.refused[1].startswith(f"シート「市の設定」{parameter}行目 C列「いまの値」")
    assert layer == meanwhile


def test_every_wrong_cell_is_named(draft: Draft) -> None:
    book = openpyxl.load_workbook(io.BytesIO(text_book(pack_from(draft.layers), draft.layers)))
    texts, values = book["文言"], book["市の設定"]
    wrong = {
        "senior-pass/name": ("C", "いまの文", "ここに書いてしまった"),
        "senior-pass/summary": ("D", "新しい文", "あ" * 2001),
    }
    for key, (letter, _column, text) in wrong.items():
        texts[f"{letter}{row_of(texts, key)}"] = text
    texts.append(["senior-pass/notes", "", "", "=1+1"])
    last = texts.max_row
    texts.append(["dog-address/name", "", "", "犬の届"])
    texts[f"D{row_of(texts, 'dog-address/name')}"] = "犬の届出"
    values[f"D{row_of(values, 'senior_pass_age')}"] = "七十五"
    _layer, report = take_text_book(stream=saved(book), pack=pack_from(draft.layers), layers=draft.layers)
    said = "\n".join(report.refused)
    for key, (letter, column, _text) in wrong.items():
        assert f"シート「文言」{row_of(texts, key)}行目 {letter}列「{column}」" in said
    assert f"セル D{last}" in said, "a formula is not computed"
    assert f"{last + 1}行目 A列「鍵」" in said, "a key twice"
    assert f"シート「市の設定」{row_of(values, 'senior_pass_age')}行目 D列「新しい値」" in said
    assert (report.rows_in, report.changed, len(report.refused)) == (6, 1, 5)


def test_a_question_goes_out_as_the_city_asks_it(draft: Draft) -> None:
    layer = with_prompt(draft.layers, "insurance", {"question": "いまの健康保険は何ですか"})
    layers = (*draft.layers[:-1], layer)
    book = openpyxl.load_workbook(io.BytesIO(text_book(pack_from(layers), layers)))
    texts = book["文言"]
    assert texts.cell(row_of(texts, "?insurance/question"), 3).value == "いまの健康保険は何ですか"


def test_a_language_goes_out_and_comes_back(draft: Draft) -> None:
    pack = pack_from(draft.layers)
    book = openpyxl.load_workbook(io.BytesIO(translation_book(pack, Language.EN)))
    sheet = book["英語"]
    dog = texts_of(pack.procedure("dog-address"))
    for ja in dog:
        sheet.cell(row_of(sheet, ja), 4).value = f"E: {ja}"
    layer, report = take_translation_book(
        stream=saved(book), pack=pack, layers=draft.layers, language=Language.EN
    )
    assert (report.rows_in, report.changed, report.refused) == (len(dog), len(dog), ())
    after = pack_from((*draft.layers[:-1], layer))
    told = guide(after, after.procedure("dog-address"), Language.EN)
    assert told is not None and told.name == f"E: {dog[0]}"
    again = openpyxl.load_workbook(io.BytesIO(translation_book(after, Language.EN)))
    assert again["英語"].cell(row_of(again["英語"], dog[0]), 3).value == f"E: {dog[0]}"
    layers = (*draft.layers[:-1], layer)
    _same, unchanged = take_translation_book(
        stream=saved(again), pack=after, layers=layers, language=Language.EN
    )
    assert unchanged.rows_in == 0


def test_a_wrong_row_of_a_language_is_named_and_the_others_are_taken(draft: Draft) -> None:
    pack = pack_from(draft.layers)
    book = openpyxl.load_workbook(io.BytesIO(translation_book(pack, Language.EN)))
    sheet = book["英語"]
    number, name = row_of(sheet, pack.procedure("dog-address").late.text), row_of(sheet, "犬の鑑札")
    sheet.cell(number, 4).value = "After thirty days there may be a fine."
    sheet.cell(name, 4).value = "Dog tag"
    sheet.append(["だれも言わない文", "", "", "Nobody says this"])
    sheet.cell(row_of(sheet, "犬の登録事項の変更"), 3).value = "written into the wrong column"
    layer, report = take_translation_book(
        stream=saved(book), pack=pack, layers=draft.layers, language=Language.EN
    )
    assert report.changed == 1
    said = "\n".join(report.refused)
    assert f"シート「英語」{number}行目 D列「新しい訳」: もとの文の数「30」" in said
    assert f"シート「英語」{sheet.max_row}行目 A列「もとの文」" in said
    assert f"シート「英語」{row_of(sheet, '犬の登録事項の変更')}行目 C列「いまの訳」" in said
    assert "Dog tag" in layer["texts/en.toml"]
    sheet.cell(2, 4).value = "訳"
    with pytest.raises(BookRefused, match="「新しい訳」の列がありません"):
        take_translation_book(stream=saved(book), pack=pack, layers=draft.layers, language=Language.EN)
