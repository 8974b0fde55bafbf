"""Reads a sheet's TOML file (様式定義), collects all its mistakes, and only then refuses.

`parse_sheet` takes the parsed TOML (what a pack already holds); `read_sheet` takes a file and can name lines.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TypeVar

import tomli

from madoguchi.notation.reading import toml_of
from madoguchi.papers.definitions import (
    UNITS_PER_LINE,
    Block,
    Box,
    BoxFormat,
    Column,
    Grouping,
    SheetDefinition,
    Writer,
)

HOLDERS = ("event", "household", "person", "claimant", "answers", "case", "notifier", "municipality")
COLUMN_HOLDERS = ("person", "event")
_FACT = re.compile(r"^(?:" + "|".join(HOLDERS) + r")\.[a-z][a-z0-9_]*$")
_ID = re.compile(r"^[a-z][a-z0-9-]*$")
_SHEET_KEYS = {
    "id", "title", "law", "grouping", "form", "form_source", "addressee", "intro", "blocks", "notes",
    "people_title", "people_rows", "box", "column", "staff_box",
}  # fmt: skip
_BOX_KEYS = {"label", "fact", "format", "width", "write", "section", "text", "unit", "choices"}
_COLUMN_KEYS = {"label", "fact", "format", "width", "choices", "line"}
_Choice = TypeVar("_Choice", bound=Enum)


@dataclass(frozen=True, slots=True)
class SheetError:
    """One mistake in a sheet file: where it is, what is wrong, what to do."""

    file: str
    line: int | None
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message} {self.remedy}"


class SheetErrors(ValueError):
    """All mistakes of one sheet file."""

    def __init__(self, errors: Sequence[SheetError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


def read_sheet(path: Path) -> SheetDefinition:
    """Read one sheet file. Raises SheetErrors with the line of each mistake."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = toml_of(text)
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise SheetErrors(
            [
                SheetError(
                    path.name,
                    None,
                    "TOML",
                    f"ファイルを読めません（{broken}）。",
                    "TOMLの書き方と、文字コード（UTF-8）を確かめてください。",
                )
            ]
        ) from broken
    try:
        return parse_sheet(raw, file=path.name)
    except SheetErrors as found:
        lines = _lines(text)
        raise SheetErrors(
            [
                replace(error, line=lines.get(error.key) or lines.get(error.key.split(".")[0], 1))
                for error in found.errors
            ]
        ) from found


def parse_sheet(raw: Mapping[str, object], *, file: str) -> SheetDefinition:
    """Check a parsed sheet and make its definition. Raises SheetErrors with every mistake found."""
    reading = _Reading(file)
    reading.refuse_unknown(raw, _SHEET_KEYS, "")
    sheet_id = reading.text(raw, "id", "", required=True)
    if sheet_id and not _ID.match(sheet_id):
        reading.add(
            "id", f"「{sheet_id}」は様式の名前に使えません。", "英小文字・数字・ハイフンで書いてください。"
        )
    form = reading.text(raw, "form", "") or "ours"
    form_source = reading.text(raw, "form_source", "")
    if form not in ("ours", "published"):
        reading.add(
            "form", f"「{form}」は使えません。", "ours（独自様式）か published（公表様式）にしてください。"
        )
    if form == "published" and not form_source:
        reading.add("form_source", "公表様式の出典がありません。", "告示・省令などの名を書いてください。")
    boxes = reading.boxes(raw, "box")
    columns = reading.columns(raw)
    staff_boxes = reading.boxes(raw, "staff_box")
    notes = reading.texts(raw, "notes")
    definition = SheetDefinition(
        id=sheet_id,
        title=reading.text(raw, "title", "", required=True),
        law=reading.text(raw, "law", "", required=True),
        grouping=reading.grouping(raw, boxes=boxes, columns=columns, staff_boxes=staff_boxes),
        addressee=reading.text(raw, "addressee", "") or "市長",
        intro=reading.text(raw, "intro", ""),
        blocks=reading.blocks(raw, boxes=boxes, columns=columns, notes=notes, staff_boxes=staff_boxes),
        boxes=boxes,
        columns=columns,
        staff_boxes=staff_boxes,
        notes=notes,
        people_title=reading.text(raw, "people_title", ""),
        people_rows=reading.whole(raw, "people_rows", "", low=1, high=12, default=5),
        form_source=form_source if form == "published" else "",
    )
    if reading.errors:
        raise SheetErrors(reading.errors)
    return definition


def _lines(text: str) -> dict[str, int]:
    """The line of each table and each key, under the name an error uses for it: title, box[0], box[0].fact …"""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[(\w+)\]\]", line)
        if header:
            name = header.group(1)
            table = f"{name}[{counts.get(name, 0)}]"
            lines[table] = number
            counts[name] = counts.get(name, 0) + 1
        plain = re.match(r"\s*(\w+)\s*=", line)
        if plain:
            lines.setdefault(f"{table}.{plain.group(1)}" if table else plain.group(1), number)
    return lines


class _Reading:
    """One file being read: takes values out of it and remembers what was wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.errors: list[SheetError] = []

    def add(self, key: str, message: str, remedy: str) -> None:
        self.errors.append(SheetError(self.file, None, key, message, remedy))

    def refuse_unknown(self, raw: Mapping[str, object], allowed: set[str], at: str) -> None:
        for key in sorted(set(raw) - allowed):
            self.add(
                f"{at}{key}", "この項目は様式定義にありません。", f"使える項目: {'、'.join(sorted(allowed))}"
            )

    def text(self, raw: Mapping[str, object], key: str, at: str, *, required: bool = False) -> str:
        value = raw.get(key, "")
        if not isinstance(value, str):
            self.add(f"{at}{key}", "文字ではありません。", '「"」で囲んで書いてください。')
            return ""
        if required and not value.strip():
            self.add(f"{at}{key}", "書かれていません。", "必ず書いてください。")
        return value.strip()

    def texts(self, raw: Mapping[str, object], key: str) -> tuple[str, ...]:
        value = raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.add(key, "文字の並びではありません。", '["…", "…"] の形で書いてください。')
            return ()
        return tuple(value)

    def whole(
        self, raw: Mapping[str, object], key: str, at: str, *, low: int, high: int, default: int
    ) -> int:
        value = raw.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.add(f"{at}{key}", f"「{value}」は使えません。", f"{low}から{high}までの整数にしてください。")
            return default
        return value

    def member(
        self, raw: Mapping[str, object], key: str, at: str, kind: type[_Choice], default: _Choice
    ) -> _Choice:
        value = raw.get(key, default.value)
        for member in kind:
            if member.value == value:
                return member
        names = "、".join(str(member.value) for member in kind)
        self.add(f"{at}{key}", f"「{value}」は使えません。", f"次から選んでください: {names}")
        return default

    def fact(self, raw: Mapping[str, object], at: str) -> str:
        fact = self.text(raw, "fact", at)
        if fact and not _FACT.match(fact):
            self.add(
                f"{at}fact",
                f"「{fact}」は事実の名ではありません。",
                f"{'・'.join(HOLDERS)} のどれかに「.名前」を続けてください。",
            )
        return fact

    def choices(self, raw: Mapping[str, object], at: str) -> tuple[tuple[str, str], ...]:
        value = raw.get("choices", [])
        pairs: list[tuple[str, str]] = []
        for item in value if isinstance(value, list) else [None]:
            if isinstance(item, list) and len(item) == 2 and all(isinstance(part, str) for part in item):
                pairs.append((item[0], item[1]))
            else:
                self.add(
                    f"{at}choices", "選択肢の形が違います。", '[["コード", "表示"], …] の形で書いてください。'
                )
                break
        return tuple(pairs)

    def tables(self, raw: Mapping[str, object], name: str) -> list[tuple[str, Mapping[str, object]]]:
        value = raw.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.add(name, "欄の並びではありません。", f"[[{name}]] で書いてください。")
            return []
        return [(f"{name}[{index}].", item) for index, item in enumerate(value)]

    def boxes(self, raw: Mapping[str, object], name: str) -> tuple[Box, ...]:
        found = []
        for at, item in self.tables(raw, name):
            self.refuse_unknown(item, _BOX_KEYS, at)
            box = Box(
                label=self.text(item, "label", at, required=True),
                fact=self.fact(item, at),
                format=self.member(item, "format", at, BoxFormat, BoxFormat.AUTO),
                width=self.whole(item, "width", at, low=1, high=UNITS_PER_LINE, default=3),
                write=self.member(item, "write", at, Writer, Writer.HAND),
                section=self.text(item, "section", at),
                text=self.text(item, "text", at),
                unit=self.text(item, "unit", at),
                choices=self.choices(item, at),
            )
            if box.fact and box.text:
                self.add(f"{at}text", "fact と text の両方があります。", "どちらか一つにしてください。")
            found.append(box)
        return tuple(found)

    def columns(self, raw: Mapping[str, object]) -> tuple[Column, ...]:
        found = []
        for at, item in self.tables(raw, "column"):
            self.refuse_unknown(item, _COLUMN_KEYS, at)
            column = Column(
                label=self.text(item, "label", at, required=True),
                fact=self.fact(item, at),
                format=self.member(item, "format", at, BoxFormat, BoxFormat.AUTO),
                width=self.whole(item, "width", at, low=1, high=24, default=2),
                choices=self.choices(item, at),
                line=self.whole(item, "line", at, low=1, high=2, default=1),
            )
            if column.fact and column.fact.split(".")[0] not in COLUMN_HOLDERS:
                self.add(
                    f"{at}fact",
                    "表の列は一人ずつの事実か、届出の事実です。",
                    "person. か event. で始まる名にするか、あとで書く列なら fact を消してください。",
                )
            found.append(column)
        if found and all(column.line == 2 for column in found):
            self.add("column[0].line", "一行目の列がありません。", "line を消してください。")
        return tuple(found)

    def grouping(
        self,
        raw: Mapping[str, object],
        *,
        boxes: tuple[Box, ...],
        columns: tuple[Column, ...],
        staff_boxes: tuple[Box, ...],
    ) -> Grouping:
        """How many papers the sheet is; left out: by whether a box asks for a person's fact."""
        of_a_person = [
            (f"{name}[{index}].fact", box)
            for name, group in (("box", boxes), ("staff_box", staff_boxes))
            for index, box in enumerate(group)
            if box.fact.startswith("person.")
        ]
        default = Grouping.PERSON if of_a_person else Grouping.HOUSEHOLD
        grouping = self.member(raw, "grouping", "", Grouping, default)
        if grouping is Grouping.PERSON:
            return grouping
        for key, box in of_a_person:
            self.add(
                key,
                f"「{box.label}」は一人の欄ですが、この様式は何人でも一枚です。",
                '[[column]] に移すか、一人一枚の様式なら grouping = "person" にしてください。',
            )
        if grouping is Grouping.TOGETHER and not columns:
            self.add("grouping", "対象の人を並べる表がありません。", "[[column]] を書いてください。")
        return grouping

    def blocks(
        self,
        raw: Mapping[str, object],
        *,
        boxes: tuple[Box, ...],
        columns: tuple[Column, ...],
        notes: tuple[str, ...],
        staff_boxes: tuple[Box, ...],
    ) -> tuple[Block, ...]:
        filled = {
            Block.NOTIFIER: True,
            Block.PEOPLE_TABLE: bool(columns),
            Block.BOXES: bool(boxes),
            Block.NOTES: bool(notes),
            Block.STAFF_ONLY: bool(staff_boxes),
        }
        if "blocks" not in raw:
            return tuple(block for block, present in filled.items() if present)
        known = {block.value: block for block in Block}
        chosen = []
        for name in self.texts(raw, "blocks"):
            block = known.get(name)
            if block is None:
                self.add(
                    "blocks",
                    f"「{name}」という部分はありません。",
                    f"次から選んでください: {'、'.join(known)}",
                )
            elif block in chosen:
                self.add("blocks", f"「{name}」が二度あります。", "一度だけ書いてください。")
            else:
                chosen.append(block)
        for block, present in filled.items():
            if present and block not in chosen and block is not Block.NOTIFIER and block is not Block.NOTES:
                self.add(
                    "blocks",
                    f"欄があるのに「{block.value}」が印刷されません。",
                    "blocks に加えるか、欄を消してください。",
                )
        return tuple(chosen) + ((Block.NOTES,) if notes and Block.NOTES not in chosen else ())
