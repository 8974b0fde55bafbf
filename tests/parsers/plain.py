"""How the parsers that know no Django are called."""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from typing import Any

TODAY = date(2026, 11, 9)


def text_of(data: bytes) -> str:
    """The text that arrives where bytes that are no UTF-8 are replaced on the way, as in a form."""
    return data.decode("utf-8", "replace")


def lines_of(data: bytes, count: int) -> list[str]:
    """So many texts of one input, a line each."""
    return (text_of(data).split("\n", count - 1) + [""] * count)[:count]


def dates(data: bytes) -> object:
    from madoguchi.jp.wareki import format_date_text, parse_day_and_time

    found = parse_day_and_time(text_of(data))
    return found, format_date_text(found)


def addresses(data: bytes) -> object:
    from madoguchi.jp import addresses

    text = text_of(data)
    parts = addresses.split_address(text, ("本町", "緑町一丁目", "大字上野"))
    assert parts.joined() == addresses.normal_form(text), "the parts are the text"
    return parts, addresses.same_place_key(text), addresses.loose_place_key(text)


def names(data: bytes) -> object:
    from madoguchi.jp import names

    text = text_of(data)
    parts = (names.length(text), names.variation_world(text), names.registered_name_key(text))
    return names.name_search_keys(text), parts, names.may_be_written_as(text, text)


def kana(data: bytes) -> object:
    from madoguchi.jp import kana

    key = kana.kana_search_key(text_of(data))
    assert kana.kana_search_key(key) == key, "the key of a key is the key"
    return key, kana.katakana(text_of(data))


def numbers(data: bytes) -> object:
    from madoguchi.jp import check_digits, municipalities

    text = text_of(data)
    valid = (
        check_digits.valid_resident_number(text), check_digits.valid_individual_number(text),
        check_digits.valid_municipality_code(text),
    )  # fmt: skip
    return valid, municipalities.municipality_by_code(text)


def municipality(data: bytes) -> object:
    from madoguchi.jp import municipalities

    text = text_of(data)
    return municipalities.municipality_of(text), municipalities.prefecture_of(text)


def barcode(data: bytes) -> object:
    from madoguchi.jp.customer_barcode import bars

    postal, address = lines_of(data, 2)
    return bars(postal, address)


def announcement(data: bytes) -> object:
    from madoguchi.jp.announcement import phrases_of_call

    label, desk = lines_of(data, 2)
    return phrases_of_call(label=label, desk=desk, again=False)


def masking(data: bytes) -> object:
    from madoguchi.jp.masking import masked

    return masked(text_of(data))


@cache
def _club() -> Any:
    from tests.unit.procedures.club import club

    return club()


def rule(data: bytes) -> object:
    from madoguchi.procedures.language.names import Names, type_of_constant
    from madoguchi.procedures.language.parse import parse
    from madoguchi.procedures.language.tree import Type

    pack = _club()
    facts = {(one.holder, one.key): one for one in pack.vocabulary}
    values = {
        name: (one.value, Type(type_of_constant(one.value).kind, unit=one.unit))
        for name, one in pack.parameters.items()
    }
    return parse(
        text_of(data), names=Names(facts, values, has_person=True, tables=pack.tables), kind=None
    ).source


FILES = ("pack.toml", "vocabulary.toml", "prompts.toml", "parameters.toml", "tables.toml", "departments.toml",
         "wordings.toml", "club-card.toml", "sheets/club-card.toml", "texts/en.toml")  # fmt: skip


def pack_file(data: bytes) -> object:
    """The first byte says which file of the pack these bytes stand for."""
    from tests.unit.procedures.club import FOLDER

    from madoguchi.procedures.loader import _loaded, load_files, read_folder
    from madoguchi.procedures.tables import read_source

    file = FILES[data[0] % len(FILES)] if data else FILES[0]
    found = load_files(read_folder(FOLDER), {file: data[1:]})
    for memory in (_loaded, read_source):  # nothing of one try is there in the next
        memory.cache_clear()
    return found.name


def situation(data: bytes) -> object:
    """As `madoguchi decide` does: read, decide, and say."""
    from madoguchi.jp.open_days import OpenDays
    from madoguchi.procedures.commands.decide import answered, as_json
    from madoguchi.procedures.situation_file import read_json

    pack = _national()
    vocabulary = {(one.holder, one.key): one for one in pack.vocabulary}
    read = read_json(text_of(data), vocabulary)
    return as_json(answered(pack, read, on=TODAY, open_days=OpenDays())[1])


@cache
def _national() -> Any:
    from madoguchi.procedures.loader import national_pack

    return national_pack()


def grid(data: bytes) -> object:
    from madoguchi.spreadsheets.grid import read_grid

    return [row.cells for row in read_grid(io.BytesIO(data))]


def workbook(data: bytes) -> object:
    from madoguchi.spreadsheets.workbook import read_sheet

    return [(row.cells, row.fault) for row in read_sheet(io.BytesIO(data), None)]
