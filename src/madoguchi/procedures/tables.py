"""Tables of a pack's files (台帳ファイルの表): values with their file and line, and the faults found in them.

A file is parsed once for as long as it says the same, so that changing one of two hundred reads one. TOML parsers give
no places: when there is a fault, a small scan finds the line of its key; inside an inline table the text itself is
looked for. `tomli` is the standard library's `tomllib`, compiled.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import tomli

from madoguchi.notation.reading import toml_of
from madoguchi.procedures.language.faults import nearest

Path = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-]+)\s*=")
_AT_LINE = re.compile(r"at line (\d+)")
_FILES_KEPT = 1024


@dataclass(frozen=True, slots=True)
class PackError:
    """One fault in a pack: the file, its line, the key, what is wrong and what to do."""

    file: str
    line: int
    key: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file} {self.line}行目 {self.key}: {self.message}{self.remedy}"


@dataclass(frozen=True, slots=True)
class Source:
    """One TOML file of a pack, parsed. Its values belong to every pack that the file is in: nobody changes them."""

    file: str
    text: str
    values: Mapping[str, Any]

    def line_of(self, path: Path, text: str = "") -> int:
        """Return the line of a key (or of the table around it); of `text` below it when it stands inline."""
        lines = _lines_of(self.text)
        for length in range(len(path), 0, -1):
            line = lines.get(path[:length])
            if line is not None:
                return self._line_of_text(line, text) if length < len(path) and text else line
        return 1

    def _line_of_text(self, start: int, text: str) -> int:
        rows = self.text.splitlines()
        return next((at for at, row in enumerate(rows[start - 1 :], start=start) if text in row), start)


@lru_cache(maxsize=_FILES_KEPT)
def read_source(file: str, content: bytes) -> Source | PackError:
    """Return a parsed file, or the fault that keeps it from being read."""
    try:
        text = content.decode("utf-8")
        values = toml_of(text)
    except UnicodeDecodeError:
        return PackError(file, 1, "", "UTF-8 の文字として読めません。", "UTF-8 で保存し直してください。")
    except tomli.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found else max(1, len(text.splitlines()))
        return PackError(
            file, line, "", f"TOML として読めません({error})。", "その行の前後の書き方を直してください。"
        )
    return Source(file, text, values)


@lru_cache(maxsize=8)
def _lines_of(text: str) -> dict[Path, int]:
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    for number, row in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(row)
        if header:
            here = _path_of(header[2].split("."), header[1] == "[[", counts)
            lines.setdefault(here, number)
            if header[1] == "[[" and here[-1] == 0:
                lines.setdefault(here[:-1], number)
        elif key := _KEY.match(row):
            lines.setdefault((*here, key[1]), number)
    return lines


def _path_of(names: list[str], listed: bool, counts: dict[Path, int]) -> Path:
    path: Path = ()
    for place, name in enumerate(names):
        path = (*path, name)
        if place == len(names) - 1 and listed:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


class Table:
    """One table of a pack, read key by key; every fault is added to the shared list."""

    def __init__(
        self, values: Mapping[str, Any], sources: Mapping[str, Source], path: Path, errors: list[PackError]
    ) -> None:
        """`sources` gives the file of each key; a single file may be given under "" for all of them."""
        self.values = values
        self.sources = sources
        self.path = path
        self.errors = errors

    def fault(self, key: str, message: str, remedy: str, text: str = "") -> None:
        """Note a fault at a key of this table."""
        path = (*self.path, key) if key else self.path
        source = self.source(str(path[0]) if path else "")
        name = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
        self.errors.append(PackError(source.file, source.line_of(path, text), name, message, remedy))

    def source(self, top_key: str) -> Source:
        """Return the file that a top-level key comes from."""
        return self.sources.get(top_key) or self.sources.get("") or next(iter(self.sources.values()))

    def only(self, known: Sequence[str]) -> None:
        """Note every key that is not among the known ones."""
        for key in self.values:
            if key not in known:
                self.fault(key, f"「{key}」という項目はありません。", nearest(key, known))

    def text(self, key: str, *, default: str | None = None) -> str:
        """Return a text; without a default it is required and may not be empty."""
        value = self.values.get(key, default)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value
        message = "必要な項目がありません。" if value is None else "空でない文字を書く項目です。"
        self.fault(key, message, f'{key} = "…" と書いてください。')
        return ""

    def optional_text(self, key: str) -> str | None:
        """Return a text, or None when the key is absent."""
        return self.text(key) if key in self.values else None

    def one_of(self, key: str, allowed: Sequence[str], *, default: str | None = None) -> str:
        """Return one of the allowed words."""
        value = self.values.get(key, default)
        if value in allowed:
            return str(value)
        message = "必要な項目がありません。" if value is None else f"「{value}」は使えません。"
        self.fault(key, message, f"次のいずれかにしてください: {'、'.join(allowed)}。")
        return allowed[0]

    def whole_number(self, key: str, *, default: int | None = None) -> int:
        """Return a whole number of at least zero."""
        value = self.values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.fault(key, "0 以上の整数を書く項目です。", f"{key} = 14 のように書いてください。")
        return 0

    def boolean(self, key: str, *, default: bool) -> bool:
        """Return a truth value."""
        value = self.values.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault(key, "true か false を書く項目です。", f"{key} = true のように書いてください。")
        return default

    def day(self, key: str) -> date | None:
        """Return a date, or None when the key is absent or wrong."""
        value = self.values.get(key)
        if value is None or type(value) is date:
            return value
        self.fault(
            key,
            f"「{value}」は日付ではありません。",
            f"{key} = 2026-04-01 のように引用符なしで書いてください。",
        )
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when the key is absent."""
        value = self.values.get(key, [])
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.fault(key, "文字の並びを書く項目です。", f'{key} = ["…", "…"] と書いてください。')
        return ()

    def table(self, key: str) -> "Table":
        """Return the table at a key, empty when it is absent."""
        value = self.values.get(key, {})
        if not isinstance(value, Mapping):
            self.fault(key, "表を書く項目です。", f"{key} = {{ … }} と書いてください。")
            value = {}
        return Table(value, self.sources, (*self.path, key), self.errors)

    def tables(self, key: str) -> tuple["Table", ...]:
        """Return the tables at a key, none when it is absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
            self.fault(
                key, "表の並びを書く項目です。", f"[[{key}]] か {key} = [ {{ … }} ] と書いてください。"
            )
            return ()
        return tuple(
            Table(item, self.sources, (*self.path, key, place), self.errors)
            for place, item in enumerate(value)
        )
