"""Taking a text extract apart by bytes: rows with their line and byte, quotes and line ends inside cells respected.

The quote, comma, tab and line end never occur inside a CP932 or UTF-8 character, so rows are found before anything is
decoded, and one undecodable byte costs one row. A quote that is never closed costs one line, not the rest of the file.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

LONGEST_RECORD = 1024 * 1024
MOST_LINES = 200
QUOTE = ord('"')


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One row as it stands in the file: first and last line (from 1), byte of its start, its bytes, or what is wrong."""

    line: int
    last_line: int
    start: int
    data: bytes
    fault: str | None = None


def read_records(stream: BinaryIO, delimiter: str) -> Iterator[RawRecord]:
    """The rows of the file in order; empty lines are passed over."""
    lines = _Lines(stream)
    closed = _closed_pattern(delimiter)
    while (first := lines.take()) is not None:
        line, start, data = first
        if len(data) > LONGEST_RECORD:
            yield RawRecord(line, line, start, b"", f"1行が{LONGEST_RECORD // 1024}KBを超えています")
            continue
        if data.strip(b"\r\n\x1a") == b"":
            continue
        if b'"' not in data or closed.fullmatch(data):
            yield RawRecord(line, line, start, data)
            continue
        yield _quoted(lines, line, start, data, delimiter)


def _quoted(lines: _Lines, line: int, start: int, data: bytes, delimiter: str) -> RawRecord:
    """A record with quotes: further lines belong to it until the quotes are closed."""
    parts = [(line, start, data)]
    inside = _ends_inside(data, False, delimiter)
    size = len(data)
    while inside:
        following = lines.take()
        if following is not None:
            parts.append(following)
            size += len(following[2])
        if following is None or size > LONGEST_RECORD or len(parts) > MOST_LINES:
            lines.give_back(parts[1:])
            return RawRecord(line, line, start, data, '引用符（"）が閉じていません')
        inside = _ends_inside(following[2], True, delimiter)
    return RawRecord(line, parts[-1][0], start, b"".join(part for _, _, part in parts))


class _Lines:
    """The physical lines with number and byte offset; lines may be given back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._line = 0
        self._offset = stream.tell()
        self._back: deque[tuple[int, int, bytes]] = deque()

    def take(self) -> tuple[int, int, bytes] | None:
        if self._back:
            return self._back.popleft()
        data = self._stream.readline(LONGEST_RECORD + 1)
        if not data:
            return None
        self._line += 1
        start = self._offset
        self._offset += len(data)
        if len(data) > LONGEST_RECORD:
            while data and not data.endswith(b"\n"):
                data = self._stream.readline(LONGEST_RECORD)
                self._offset += len(data)
            data = b" " * (LONGEST_RECORD + 1)
        return self._line, start, data

    def give_back(self, lines: list[tuple[int, int, bytes]]) -> None:
        self._back.extendleft(reversed(lines))


def _closed_pattern(delimiter: str) -> re.Pattern[bytes]:
    """A whole line whose quotes are all closed and properly placed: the common case, decided fast."""
    bare = rb'[^"\r\n' + re.escape(delimiter.encode()) + rb"]*+"
    cell = rb'(?:"(?:[^"]++|"")*+"|' + bare + rb")"
    return re.compile(cell + rb"(?:" + re.escape(delimiter.encode()) + cell + rb")*+\r?\n?")


def _ends_inside(data: bytes, inside: bool, delimiter: str) -> bool:
    """Whether a quoted cell is still open at the end of this line; a quote opens only at the start of a cell."""
    at_start, after_quote, split = not inside, False, ord(delimiter)
    for byte in data:
        if inside:
            if byte == QUOTE:
                inside, after_quote = False, True
        elif byte == QUOTE and (at_start or after_quote):
            inside, at_start, after_quote = True, False, False
        else:
            at_start, after_quote = byte == split, False
    return inside


def split_cells(text: str, delimiter: str) -> list[str]:
    """The cells of one decoded record. Raises csv.Error when its quotes are misplaced."""
    if '"' not in text:
        bare = text.rstrip("\r\n")
        if "\r" in bare:
            raise csv.Error("改行（CR）が引用符の外にあります")
        return bare.split(delimiter)
    rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    if len(rows) != 1:
        raise csv.Error("1行が2行に分かれます")
    return rows[0]
