"""Taking procedures over from another city (引き継ぎ): its own procedures beside ours, under ids that say where they come from.

1. Of the other city's files those that only say a procedure otherwise that we also have are left: they are compared, not taken.
2. Each procedure that only the other city has gets our prefix before its id, its sheet with it, and a number of law that
   is free here; the other city's name in its sentences becomes ours.
3. What it refers to and we do not have (facts, questions, settings, departments, tables) comes with it. Where both have
   a setting, question or department, ours stays and that is said; a procedure that hangs on a fact or table which is
   another one here is left, because it would decide by something else.
4. Translations come along for sentences that did not change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from madoguchi.procedures.editing.differences import FILES
from madoguchi.procedures.editing.layers import (
    NAMED_BY,
    Layer,
    entries,
    own_entries,
    procedure_values,
    sheet_values,
    translations,
    with_own_entry,
    with_procedure,
    with_sheet,
    with_translations,
)
from madoguchi.procedures.loader import PACK_FILE, SHARED
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import Language, texts_of

PREFIX = re.compile(r"[a-z][a-z0-9]{1,11}")
# Where sentences stand in a procedure's file or a sheet; conditions and codes are never touched.
_TEXT_KEYS = frozenset({
    "name", "summary", "law", "law_note", "notes", "fee_note", "because", "text", "title", "intro", "addressee", "tell",
    "label", "section",
})  # fmt: skip
_DECIDING = ("vocabulary.toml", "tables.toml")
_REFERRED = (*_DECIDING, "prompts.toml", "parameters.toml", "departments.toml")


class NothingToTake(ValueError):
    """Nothing of the files can be taken over; the sentence says why."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The city's layer with what was taken, the names of the procedures that came, and what was left, in sentences."""

    layer: Mapping[str, str]
    taken: tuple[str, ...]
    left: tuple[str, ...]


@dataclass(slots=True)
class _Taking:
    layers: list[Layer]
    theirs: Layer
    prefix: str
    words: tuple[str, str]
    taken: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def became(self, layer: Layer) -> None:
        self.layers[-1] = layer


def take_over(
    *, own: Sequence[Layer], theirs: Layer, prefix: str, their_city: str = "", our_city: str = ""
) -> TakenOver:
    """Lay the other city's own procedures into our layer. Raises NothingToTake.

    `prefix`: two to twelve small letters and digits that stand before each id ("tonari" → "tonari-bus-pass").
    """
    if not PREFIX.fullmatch(prefix):
        raise NothingToTake(
            "頭に付ける名前は、英小文字で始まる2〜12字の英小文字と数字にしてください（例: tonari）。"
        )
    taking = _Taking(list(own), theirs, prefix, (their_city.strip(), our_city.strip()))
    for file in _procedure_files(theirs):
        known = procedure_values(own, file.removesuffix(".toml"))
        if known.get("id"):
            taking.left.append(f"「{known.get('name')}」は自市の台帳にもあるため、引き継ぎません。")
        else:
            _take_procedure(taking, file.removesuffix(".toml"))
    if not taking.taken:
        raise NothingToTake(
            "引き継げる手続きがありません。違いを見るだけなら「くらべるだけ」を選んでください。"
            + "".join(dict.fromkeys(taking.left))
        )
    return TakenOver(taking.layers[-1], tuple(taking.taken), tuple(dict.fromkeys(taking.left)))


def with_taken_translations(
    taken: TakenOver, *, own: Sequence[Layer], theirs: Layer, pack: Pack
) -> dict[str, str]:
    """The layer with the other city's translations of the sentences that came unchanged (`pack`: with what was taken)."""
    said = {text for one in pack.procedures if one.name in taken.taken for text in texts_of(one)}
    layers = [*own[:-1], taken.layer]
    for language in Language:
        here, there = translations(layers, language), translations([theirs], language)
        come = {ja: text for ja, text in there.items() if ja in said and ja not in here}
        layers[-1] = with_translations(layers, language, come)
    return dict(layers[-1])


def _procedure_files(layer: Layer) -> list[str]:
    return [file for file in sorted(layer) if file not in SHARED and file != PACK_FILE and "/" not in file]


def _take_procedure(taking: _Taking, theirs: str) -> None:
    values = procedure_values([taking.theirs], theirs)
    if not values.get("id"):
        taking.left.append(
            f"「{theirs}.toml」は国の手続きの書きかえのようです。id がないため、引き継ぎません。"
        )
        return
    words = _words_of(values)
    if other := [name for file in _DECIDING for name in _other_here(taking, file, words)]:
        taking.left.append(
            f"「{values.get('name')}」は、同じ名前で中身のちがう項目「{other[0]}」が自市にあるため、引き継ぎません。"
        )
        return
    identity = f"{taking.prefix}-{theirs}"
    values = dict(_reworded(values, *taking.words)) | {"id": identity}
    values["law_id"] = _free_law_id(taking.layers, str(values.get("law_id", "")))
    sheet = values.get("sheet")
    if isinstance(sheet, str) and (form := sheet_values([taking.theirs], sheet)):
        values["sheet"] = f"{taking.prefix}-{sheet}"
        form = dict(_reworded(form, *taking.words)) | {"id": values["sheet"]}
        taking.became(with_sheet(taking.layers, values["sheet"], form))
    _take_what_it_refers_to(taking, words)
    taking.became(with_procedure(taking.layers, identity, values))
    taking.taken.append(str(values.get("name", identity)))


def _words_of(values: Mapping[str, Any]) -> set[str]:
    return set(re.findall(r"[A-Za-z_][A-Za-z0-9_-]*", " ".join(_strings(values))))


def _entries_of(layers: Sequence[Layer], file: str, words: set[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """The entries that the words name, by name and holder."""
    return {
        (str(one.get(NAMED_BY[file], "")), str(one.get("holder", ""))): one
        for layer in layers
        for one in own_entries([layer], file)
        if one.get(NAMED_BY[file]) in words
    }


def _other_here(taking: _Taking, file: str, words: set[str]) -> list[str]:
    """What the words name and what is another thing here than there."""
    here, there = (
        _entries_of(taking.layers, file, words), _entries_of([taking.theirs], file, words),
    )  # fmt: skip
    return [str(one.get("label", of[0])) for of, one in there.items() if of in here and here[of] != one]


def _take_what_it_refers_to(taking: _Taking, words: set[str]) -> None:
    for file in _REFERRED:
        here, there = entries(taking.layers, file), _entries_of([taking.theirs], file, words)
        for (name, _holder), entry in there.items():
            if file == "vocabulary.toml":
                words = {*words, str(entry.get("prompt", ""))}
            if name not in here:
                taking.became(with_own_entry(taking.layers, file, entry))
            elif any(here[name].get(key) != value for key, value in entry.items()) and file not in _DECIDING:
                label = here[name].get("label") or here[name].get("name") or name
                taking.left.append(f"{FILES[file]}「{label}」は、自市のものをそのまま使います。")


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for key, one in value.items():
                yield str(key)
                yield from _strings(one)
        case list():
            for one in value:
                yield from _strings(one)


def _reworded(values: Mapping[str, Any], their_city: str, our_city: str) -> Iterator[tuple[str, Any]]:
    """The values with the other city's name replaced in their sentences."""
    for key, value in values.items():
        yield key, _said_here(value, key in _TEXT_KEYS, their_city, our_city)


def _said_here(value: Any, is_text: bool, their_city: str, our_city: str) -> Any:
    match value:
        case str() if is_text and their_city and our_city:
            return value.replace(their_city, our_city)
        case Mapping():
            return dict(_reworded(value, their_city, our_city))
        case list():
            return [_said_here(one, is_text, their_city, our_city) for one in value]
        case _:
            return value


def _free_law_id(layers: Sequence[Layer], wanted: str) -> str:
    """The number of law if nobody here has it, else the next of the city's own (ZZ01 …)."""
    used = {
        str(procedure_values(layers, file.removesuffix(".toml")).get("law_id", ""))
        for layer in layers
        for file in _procedure_files(layer)
    }
    if wanted and wanted not in used:
        return wanted
    return next(f"ZZ{at:02d}" for at in range(1, 100) if f"ZZ{at:02d}" not in used)
