"""Texts and parameters of a pack as Excel: written with a key in front of every text, read back text by text.

A text is found by its key (file, place in the file), never by its old wording; what the file does not say stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

from madoguchi.catalogue.drafts.text_rows import STALE, BookRow, TextReport, rows_of
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
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

TEXTS, PARAMETERS = "文言", "市の設定"
TEXT_HEADING = ("鍵", "どこの文か", "いまの文", "新しい文")
PARAMETER_HEADING = ("鍵", "設定", "いまの値", "新しい値", "注")
NOTE = "「新しい文」「新しい値」の列だけを書き、取り込んでください。空の行は変わりません。"
LONGEST = 2000
YES_NO = {True: "はい", False: "いいえ"}


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
    for prompt, (question, why) in questions_now(pack).items():
        yield f"?{prompt}/question", f"質問（{prompt}）", question
        yield f"?{prompt}/why", f"質問（{prompt}）なぜ聞くか", why


def questions_now(pack: Pack) -> dict[str, tuple[str, str]]:
    """Question and why of each prompt as the city says them, in asking order."""
    words = {
        one.id: (one.question, one.why) for one in sorted(pack.prompts.values(), key=lambda one: one.order)
    }
    for one in pack.wordings:
        if isinstance(one.of, str) and one.events == frozenset(EventKind):
            question, why = words[one.of]
            words[one.of] = (one.question or question, one.why or why)
    return words


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
    if values.get("without_record", {}).get("text"):
        yield "without_record.text", "住民票がないとき", str(values["without_record"]["text"])


def take_text_book(
    *, stream: BinaryIO, pack: Pack, layers: Sequence[Layer]
) -> tuple[dict[str, str], TextReport]:
    """The city's layer with the new texts and values, and what became of every row that says something new.

    Every cell is looked at: what was exported before somebody else changed it, or was written into a column that is not
    taken, is refused with its sheet, row and column. Raises BookRefused, GridRefused, WorkbookRefused.
    """
    taking = _Taking(pack, layers)
    for sheet, heading, take in (
        (TEXTS, TEXT_HEADING, taking.text), (PARAMETERS, PARAMETER_HEADING, taking.parameter),
    ):  # fmt: skip
        stream.seek(0)
        for row in rows_of(stream, sheet, heading):
            take(row)
    return dict(taking.layers[-1]), taking.report()


class _Taking:
    """The layers as they become, row by row."""

    def __init__(self, pack: Pack, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        self._pack = pack
        self._rows = self._changed = self._unchanged = 0
        self._refused: list[str] = []
        self._now = {key: text for key, _where, text in _texts(pack, layers)}
        self._seen: set[str] = set()

    def report(self) -> TextReport:
        return TextReport(self._rows, self._changed, self._unchanged, tuple(self._refused))

    def _refuse(self, row: BookRow, column: str, why: str) -> None:
        self._refused.append(row.sentence(column, why))

    def text(self, row: BookRow) -> None:
        key, new = row.cell("鍵"), row.cell("新しい文")
        now, old = self._now.get(key), row.cell("いまの文")
        if not new and not row.fault and (now is None or old == now.strip()):
            return
        self._rows += 1
        if row.fault:
            self._refused.append(row.fault)
        elif now is None:
            self._refuse(row, "鍵", f"鍵「{key[:80]}」の文がありません。")
        elif old and old != now.strip():
            self._refuse(row, "いまの文", STALE)
        elif key in self._seen:
            self._refuse(row, "鍵", f"鍵「{key[:80]}」が二度あります。初めの行だけを取り込みました。")
        elif len(new) > LONGEST or not new.replace("\n", "").isprintable():
            self._refuse(row, "新しい文", f"文が{LONGEST}字を超えるか、文字でないものが入っています。")
        else:
            self._seen.add(key)
            self._put(key, new)

    def _put(self, key: str, new: str) -> None:
        of, _slash, path = key.partition("/")
        if of.startswith("?"):
            self._became(with_prompt(self.layers, of[1:], {path: new}))
            return
        values = procedure_values(self.layers, of)
        assert _put(values, path.split("."), new), "the key is one of those that were exported"
        self._became(with_procedure(self.layers, of, values))

    def parameter(self, row: BookRow) -> None:
        name, text, old = row.cell("鍵"), row.cell("新しい値"), row.cell("いまの値")
        known = self._pack.parameters.get(name)
        before = "" if known is None else str(_said(known.value))
        if not text and not row.fault and (known is None or not old or old == before):
            return
        self._rows += 1
        value = None if known is None else value_from(known.type, text)
        if row.fault:
            self._refused.append(row.fault)
        elif known is None:
            self._refuse(row, "鍵", f"設定「{name[:80]}」がありません。")
        elif old and old != before:
            self._refuse(row, "いまの値", STALE)
        elif name in self._seen:
            self._refuse(row, "鍵", f"設定「{name}」が二度あります。初めの行だけを取り込みました。")
        elif value is None:
            words = TYPE_WORDS[known.type]
            self._refuse(row, "新しい値", f"「{known.label}」の値「{text[:20]}」は使えません（{words}）。")
        else:
            self._seen.add(name)
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
