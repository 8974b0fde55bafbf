"""What each column of an extract is (取込対応表): a TOML file per source system, checked as a whole before any use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import tomli

from madoguchi.jp.names import CharacterIdentity
from madoguchi.notation.reading import toml_of

OWN_FOLDER = Path(__file__).resolve().parent.parent / "mappings"
ENCODINGS = ("auto", "utf-8", "utf-8-sig", "cp932")
DELIMITERS = {"auto": None, "csv": ",", "tsv": "\t", "xlsx": None}
REQUIRED_FIELDS = ("resident_no", "name", "birth", "household_no")


class CellType(Enum):
    """How a cell is read."""

    TEXT = "text"
    NAME = "name"
    KANA = "kana"
    DIGITS = "digits"
    BIRTH = "birth"
    DAY = "day"
    CODE = "code"
    NUMBER = "number"
    BOOLEAN = "boolean"


FIELD_TYPES = {
    "resident_no": CellType.DIGITS,
    "name": CellType.NAME,
    "kana": CellType.KANA,
    "former_surname": CellType.NAME,
    "alias": CellType.NAME,
    "kanji_alongside": CellType.NAME,
    "birth": CellType.BIRTH,
    "sex": CellType.CODE,
    "relationship": CellType.NAME,
    "household_no": CellType.DIGITS,
    "livelihood_no": CellType.TEXT,
    "insurance_no": CellType.TEXT,
    "postal_code": CellType.TEXT,
    "address": CellType.TEXT,
    "previous_address": CellType.TEXT,
    "nationality_class": CellType.CODE,
    "status": CellType.CODE,
    "reason": CellType.TEXT,
    "moved_on": CellType.DAY,
    "notified_on": CellType.DAY,
    "processed_on": CellType.DAY,
}
LONGEST = {
    "resident_no": 20, "household_no": 20, "livelihood_no": 20, "insurance_no": 20, "postal_code": 8, "relationship": 60,
    "reason": 40, "name": 300, "kana": 300, "former_surname": 100, "alias": 300, "kanji_alongside": 300,
    "address": 500, "previous_address": 500, "birth": 40,
}  # fmt: skip
LONGEST_FACT = 500


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column: its heading, what it becomes (a field of the register, or a further fact), and how it is read."""

    heading: str
    field: str
    is_fact: bool
    type: CellType
    required: bool
    check_digit: bool
    codes: Mapping[str, str] | None
    eras: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class FileKind:
    """What a kind of file may hold (取込みの種類): its fields and how they are read, which must be there, where mappings lie."""

    fields: Mapping[str, CellType]
    required: tuple[str, ...]
    folder: Path


@dataclass(frozen=True, slots=True)
class FileMapping:
    """A whole mapping. `gaiji`: private-use characters of the source and what they are."""

    name: str
    label: str
    source: str
    encoding: str
    format: str
    sheet: str | None
    columns: tuple[ColumnRule, ...]
    gaiji: Mapping[str, CharacterIdentity]


class MappingError(ValueError):
    """The mapping cannot be used; `faults` lists everything that is wrong with it."""

    def __init__(self, name: str, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__(f"対応表「{name}」が使えません。" + "／".join(faults))


REGISTER = FileKind(FIELD_TYPES, REQUIRED_FIELDS, OWN_FOLDER)


def load_mapping(name: str, kind: FileKind = REGISTER) -> FileMapping:
    """The mapping of that name from the product's folder, or the one in a file when `name` is a path to a .toml."""
    path = Path(name) if name.endswith(".toml") else kind.folder / f"{name}.toml"
    if not path.is_file():
        known = "、".join(sorted(one.stem for one in kind.folder.glob("*.toml")))
        raise MappingError(name, (f"見つかりません。使えるのは {known}、または .toml ファイルの場所です",))
    try:
        table = toml_of(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingError(name, (f"TOML として読めません（{error}）",)) from error
    return read_mapping(path.stem, table, kind)


def read_mapping(name: str, table: Mapping[str, Any], kind: FileKind = REGISTER) -> FileMapping:
    """A mapping from its TOML table. Raises MappingError with all faults."""
    faults: list[str] = []
    encoding, form = str(table.get("encoding", "auto")), str(table.get("format", "auto"))
    if encoding not in ENCODINGS:
        faults.append(f"encoding「{encoding}」は {'・'.join(ENCODINGS)} のどれかにしてください")
    if form not in DELIMITERS:
        faults.append(f"format「{form}」は {'・'.join(DELIMITERS)} のどれかにしてください")
    entries = table.get("column", [])
    if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
        raise MappingError(name, ("column は [[column]] の形で書いてください",))
    columns = tuple(_column(entry, table, kind, faults) for entry in entries)
    for required in kind.required:
        if not any(rule.field == required and not rule.is_fact for rule in columns):
            faults.append(f"field「{required}」の列がありません")
    for what in ("heading", "field"):
        values = [getattr(rule, what) for rule in columns]
        doubles = sorted({value for value in values if values.count(value) > 1})
        if doubles:
            faults.append(f"{what} が重なっています: {'、'.join(doubles)}")
    sheet, said = table.get("sheet"), table.get("gaiji", {})
    if sheet is not None and not isinstance(sheet, str):
        faults.append("sheet はシートの名前を文字で書いてください")
    if not isinstance(said, Mapping) or not all(isinstance(one, Mapping) for one in said.values()):
        raise MappingError(name, (*faults, "gaiji は [gaiji.F040] のような表で書いてください"))
    gaiji = _gaiji(said, faults)
    if faults:
        raise MappingError(name, tuple(faults))
    label, source = str(table.get("label", name)), str(table.get("source", "住民記録"))
    return FileMapping(name, label, source[:40], encoding, form, sheet, columns, gaiji)


def _column(
    entry: Mapping[str, Any], table: Mapping[str, Any], file: FileKind, faults: list[str]
) -> ColumnRule:
    heading = str(entry.get("column", ""))
    is_fact = "fact" in entry
    field = str(entry.get("fact" if is_fact else "field", ""))
    if not heading or not field:
        faults.append(f"column「{heading}」には field か fact を書いてください")
    if not is_fact and field not in file.fields:
        faults.append(f"column「{heading}」の field「{field}」はありません")
    kind = file.fields.get(field, CellType.TEXT)
    if is_fact:
        types = {one.value: one for one in CellType}
        wanted = str(entry.get("type", "code" if "codes" in entry else "text"))
        if wanted not in types:
            faults.append(
                f"column「{heading}」の type「{wanted}」は {'・'.join(types)} のどれかにしてください"
            )
        kind = types.get(wanted, CellType.TEXT)
    codes = _table(entry, "codes", table, heading, faults)
    if kind is CellType.CODE and codes is None:
        faults.append(f"column「{heading}」には codes が要ります")
    required = bool(entry.get("required", not is_fact and field in file.required))
    eras = _table(entry, "eras", table, heading, faults)
    return ColumnRule(heading, field, is_fact, kind, required, bool(entry.get("check_digit")), codes, eras)


def _table(
    entry: Mapping[str, Any], key: str, table: Mapping[str, Any], heading: str, faults: list[str]
) -> Mapping[str, str] | None:
    if key not in entry:
        return None
    tables, wanted = table.get(key), entry[key]
    found = tables.get(wanted) if isinstance(tables, Mapping) and isinstance(wanted, str) else None
    if not isinstance(found, Mapping):
        faults.append(f"column「{heading}」の {key}「{entry[key]}」の表がありません")
        return {}
    return {str(code): str(value) for code, value in found.items()}


def _gaiji(table: Mapping[str, Any], faults: list[str]) -> Mapping[str, CharacterIdentity]:
    """The private-use characters; the key is the CP932 code (F040) or the code point (U+E000)."""
    known: dict[str, CharacterIdentity] = {}
    for code, entry in table.items():
        try:
            private = chr(int(code[2:], 16)) if code.startswith("U+") else bytes.fromhex(code).decode("cp932")
        except (ValueError, OverflowError):
            faults.append(f"gaiji「{code}」は F040 のような4けた、または U+E000 の形で書いてください")
            continue
        written = str(entry.get("character", ""))
        if not written:
            faults.append(f"gaiji「{code}」に character がありません")
        known[private] = CharacterIdentity(
            written, entry.get("mj_name"), entry.get("shrunk"), entry.get("image")
        )
    return known
