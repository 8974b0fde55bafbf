"""Texts and parameters of a pack as Excel: written with a key in front of every text, read back text by text.

A text is found by its key (file, place in the file), never by its old wording; what the file does not say stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from madoguchi.procedures.editing.layers import (
    Layer,
    entries,
    own_wordings,
    procedure_values,
    with_entry,
    with_procedure,
    with_wordings,
)
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind
from madoguchi.spreadsheets.grid import GridRow, read_grid
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

TEXTS, PARAMETERS = "文言", "市の設定"
TEXT_HEADING = ("鍵", "どこの文か", "いまの文", "新しい文")
PARAMETER_HEADING = ("鍵", "設定", "いまの値", "新しい値", "注")
NOTE = "「新しい文」「新しい値」の列だけを書き、取り込んでください。空の行は変わりません。"
LONGEST = 2000
YES_NO = {True: "はい", False: "いいえ"}


class BookRefused(ValueError):
    """The workbook as a whole cannot be taken."""


@dataclass(frozen=True, slots=True)
class TextReport:
    """What became of the rows: every one is changed, the same, or refused with a sentence."""

    rows_in: int
    changed: int
    unchanged: int
    refused: tuple[str, ...]


def text_book(pack: Pack, layers: Sequence[Layer]) -> bytes:
    """Every text that residents or clerks read, and every value that the city sets."""
    texts: list[list[Cell]] = [[key, where, text, ""] for key, where, text in _texts(pack, layers)]
    values: list[list[Cell]] = [
        [one.name, one.label, _said(one.value), "", one.note] for one in pack.parameters.values()
    ]
    return workbook_of([
        PageOut(TEXTS, TEXT_HEADING, texts, notes=(NOTE,), widths=(36, 36, 60, 60)),
        PageOut(PARAMETERS, PARAMETER_HEADING, values, notes=(NOTE,), widths=(36, 40, 16, 16, 60)),
    ])  # fmt: skip


def _said(value: object) -> Cell:
    return (
        YES_NO[value]
        if isinstance(value, bool)
        else value
        if isinstance(value, int | str | date)
        else str(value)
    )


def _texts(pack: Pack, layers: Sequence[Layer]) -> Iterator[tuple[str, str, str]]:
    for procedure in pack.procedures:
        values = procedure_values(layers, procedure.id)
        for path, where, text in _of_procedure(values):
            yield f"{procedure.id}/{path}", f"{procedure.name} {where}", text
    for prompt in pack.prompts.values():
        yield f"?{prompt.id}/question", f"質問（{prompt.id}）", prompt.question
        yield f"?{prompt.id}/why", f"質問（{prompt.id}）なぜ聞くか", prompt.why


def _of_procedure(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, where in (("name", "名前"), ("summary", "説明"), ("notes", "注"), ("fee_note", "手数料の注")):
        if values.get(key):
            yield key, where, str(values[key])
    for place, text in enumerate(values.get("tell", [])):
        yield f"tell.{place}", "伝えること", str(text)
    for place, one in enumerate(values.get("bring", [])):
        yield f"bring.{place}.text", "持ち物", str(one["text"])
    for place, one in enumerate(values.get("rule", [])):
        yield f"rule.{place}.because", "理由", str(one.get("because", ""))
        for inner, other in enumerate(one.get("otherwise", [])):
            yield f"rule.{place}.otherwise.{inner}.because", "不要のときの理由", str(other.get("because", ""))
    if values.get("late", {}).get("text"):
        yield "late.text", "遅れたとき", str(values["late"]["text"])


def take_text_book(
    *, stream: BinaryIO, pack: Pack, layers: Sequence[Layer]
) -> tuple[dict[str, str], TextReport]:
    """The city's layer with the new texts and values, and what became of every row that says something new.

    Raises BookRefused, GridRefused, WorkbookRefused.
    """
    taking = _Taking(pack, layers)
    for sheet, heading, take in (
        (TEXTS, TEXT_HEADING, taking.text), (PARAMETERS, PARAMETER_HEADING, taking.parameter),
    ):  # fmt: skip
        stream.seek(0)
        for row, cells in _rows(stream, sheet, heading):
            take(row, cells)
    return dict(taking.layers[-1]), taking.report()


def _rows(
    stream: BinaryIO, sheet: str, heading: Sequence[str]
) -> Iterator[tuple[GridRow, Mapping[str, str]]]:
    rows = iter(read_grid(stream, sheet=sheet))
    names: list[str] | None = None
    for row in rows:
        if names is None:
            if row.cells[:1] == (heading[0],):
                names = list(row.cells)
                if heading[3] not in names:
                    raise BookRefused(f"シート「{sheet}」に「{heading[3]}」の列がありません。")
            continue
        padded = [*row.cells, *[""] * len(names)]
        yield row, dict(zip(names, padded, strict=False))
    if names is None:
        raise BookRefused(
            f"シート「{sheet}」の見出しに「{heading[0]}」がありません。「Excelで出す」のファイルを使ってください。"
        )


class _Taking:
    """The layers as they become, row by row."""

    def __init__(self, pack: Pack, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        self._pack = pack
        self._rows = self._changed = self._unchanged = 0
        self._refused: list[str] = []

    def report(self) -> TextReport:
        return TextReport(self._rows, self._changed, self._unchanged, tuple(self._refused))

    def _refuse(self, sheet: str, row: GridRow, why: str) -> None:
        self._refused.append(f"シート「{sheet}」{row.number}行目: {why}")

    def text(self, row: GridRow, cells: Mapping[str, str]) -> None:
        new = cells.get("新しい文", "").strip()
        if not new and not row.fault:
            return
        self._rows += 1
        key, _slash, path = cells.get("鍵", "").strip().partition("/")
        if row.fault or len(new) > LONGEST or not new.replace("\n", "").isprintable():
            self._refuse(
                TEXTS, row, row.fault or f"文が{LONGEST}字を超えるか、文字でないものが入っています。"
            )
        elif key.startswith("?"):
            self._prompt(row, key[1:], path, new)
        elif not self._pack.has_procedure(key):
            self._refuse(TEXTS, row, f"鍵「{key}/{path}」の手続きがありません。")
        else:
            values = procedure_values(self.layers, key)
            if not _put(values, path.split("."), new):
                self._refuse(TEXTS, row, f"鍵「{key}/{path}」の文がありません。")
            else:
                self._became(with_procedure(self.layers, key, values))

    def _prompt(self, row: GridRow, prompt: str, path: str, new: str) -> None:
        if prompt not in self._pack.prompts or path not in ("question", "why"):
            self._refuse(TEXTS, row, f"鍵「?{prompt}/{path}」の質問がありません。")
            return
        self._became(with_prompt(self.layers, prompt, {path: new}))

    def parameter(self, row: GridRow, cells: Mapping[str, str]) -> None:
        text = cells.get("新しい値", "").strip()
        if not text and not row.fault:
            return
        self._rows += 1
        name = cells.get("鍵", "").strip()
        known = self._pack.parameters.get(name)
        if row.fault or known is None:
            self._refuse(PARAMETERS, row, row.fault or f"設定「{name}」がありません。")
            return
        value = value_from(known.type, text)
        if value is None:
            self._refuse(
                PARAMETERS,
                row,
                f"「{known.label}」の値「{text[:20]}」は使えません（{TYPE_WORDS[known.type]}）。",
            )
            return
        below = entries(self.layers, "parameters.toml").get(name, {})
        self._became(with_entry(self.layers, "parameters.toml", name, {**below, "value": value}))

    def _became(self, layer: Mapping[str, str]) -> None:
        if dict(layer) == dict(self.layers[-1]):
            self._unchanged += 1
        else:
            self._changed += 1
            self.layers[-1] = layer


TYPE_WORDS = {
    "boolean": "はい・いいえ",
    "number": "0以上の整数",
    "text": "文字",
    "date": "日付（2026-04-01）",
}


def value_from(kind: str, text: str) -> bool | int | str | date | None:
    """A value that the city sets, as an officer writes it; None when it is none of its kind."""
    match kind:
        case "boolean":
            return {"はい": True, "いいえ": False, "1": True, "0": False}.get(text)
        case "number":
            plain = text.replace(",", "")
            return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else None
        case "date":
            try:
                return date.fromisoformat(text)
            except ValueError:
                return None
        case _:
            return text if text.isprintable() and len(text) <= LONGEST else None


def with_prompt(layers: Sequence[Layer], prompt: str, words: Mapping[str, str]) -> dict[str, str]:
    """The city's layer with other words for a question, in every event."""
    own = own_wordings(layers)
    events = [one.value for one in EventKind]
    at = next(
        (
            place
            for place, one in enumerate(own)
            if one.get("prompt") == prompt and one.get("events") == events
        ),
        len(own),
    )
    before = own[at] if at < len(own) else {"prompt": prompt, "events": events}
    own[at : at + 1] = [{**before, **words}]
    return with_wordings(layers, own)


def _put(values: Any, path: Sequence[str], text: str) -> bool:
    """Put a text at its place; says whether there was one."""
    here = values
    for step in path[:-1]:
        if isinstance(here, list) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        elif isinstance(here, dict) and step in here:
            here = here[step]
        else:
            return False
    last = path[-1]
    if (
        isinstance(here, list)
        and last.isdigit()
        and int(last) < len(here)
        and isinstance(here[int(last)], str)
    ):
        here[int(last)] = text
        return True
    if isinstance(here, dict) and isinstance(here.get(last), str):
        here[last] = text
        return True
    return False
