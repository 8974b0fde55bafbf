"""Parquet files of one schema as one file (Parquetの連結): the pages are copied as they are, only the directory is new.

Writing tens of millions of rows a second time would cost as much as deciding them. The directory (footer) is Thrift in its
compact form; what is not understood in it is carried over untouched, and positions are moved by where the pages went.
"""

import shutil
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

_MAGIC, _TAIL, _COPIED = b"PAR1", 8, 1 << 24
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_WHOLE_NUMBERS = (4, 5, 6)
# The fields of parquet.thrift that are read or changed here.
_ROWS, _GROUPS = 3, 4
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSETS, _CHUNK_META = (2, 4, 6), 3
_META_OFFSETS = (9, 10, 11, 14)

Struct = dict[int, tuple[int, Any]]


def join(parts: Sequence[Path], out: Path) -> None:
    """Write the rows of all parts, in their order, to one file; at least one part."""
    if len(parts) == 1:
        shutil.copyfile(parts[0], out)
        return
    whole: Struct = {}
    groups: list[Struct] = []
    with out.open("wb") as target:
        target.write(_MAGIC)
        for part in parts:
            with part.open("rb") as source:
                footer, ends = _footer(source)
                moved = target.tell() - len(_MAGIC)
                source.seek(len(_MAGIC))
                _copy(source, target, ends - len(_MAGIC))
            for group in footer[_GROUPS][1][1]:
                _move(group, moved, len(groups))
                groups.append(group)
            rows = footer[_ROWS][1] + (whole[_ROWS][1] if whole else 0)
            whole = whole or footer
            whole[_ROWS] = (6, rows)
        whole[_GROUPS] = (_LIST, (_STRUCT, groups))
        written = bytearray()
        _write_struct(written, whole)
        target.write(bytes(written) + struct.pack("<I", len(written)) + _MAGIC)


def _footer(source: BinaryIO) -> tuple[Struct, int]:
    """Return the directory and where it begins."""
    size = source.seek(0, 2)
    source.seek(size - _TAIL)
    length = struct.unpack("<I", source.read(4))[0]
    begins = size - _TAIL - length
    source.seek(begins)
    return _Reader(source.read(length)).struct(), begins


def _copy(source: BinaryIO, target: BinaryIO, length: int) -> None:
    while length > 0:
        block = source.read(min(_COPIED, length))
        if not block:
            raise OSError("a part ended before its directory said so")
        target.write(block)
        length -= len(block)


def _move(group: Struct, by: int, ordinal: int) -> None:
    """Move the positions of one group of rows; a position of 0 says that there is none."""
    _moved(group, (_GROUP_OFFSET,), by)
    if _ORDINAL in group:
        group[_ORDINAL] = (group[_ORDINAL][0], ordinal)
    for chunk in group[_COLUMNS][1][1]:
        _moved(chunk, _CHUNK_OFFSETS, by)
        if _CHUNK_META in chunk:
            _moved(chunk[_CHUNK_META][1], _META_OFFSETS, by)


def _moved(of: Struct, fields: tuple[int, ...], by: int) -> None:
    for field in fields:
        if field in of and of[field][1] > 0:
            of[field] = (of[field][0], of[field][1] + by)


class _Reader:
    """Thrift's compact form, read without a schema."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._at = 0

    def struct(self) -> Struct:
        found: Struct = {}
        field = 0
        while (head := self._byte()) != 0:
            field = field + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            found[field] = (kind, kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind))
        return found

    def _byte(self) -> int:
        self._at += 1
        return self._text[self._at - 1]

    def _bytes(self, length: int) -> bytes:
        self._at += length
        return self._text[self._at - length : self._at]

    def _number(self) -> int:
        number = shift = 0
        while True:
            byte = self._byte()
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def _signed(self) -> int:
        number = self._number()
        return (number >> 1) ^ -(number & 1)

    def _value(self, kind: int) -> Any:
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind in _WHOLE_NUMBERS:
            return self._signed()
        if kind == _DOUBLE:
            return self._bytes(8)
        if kind == _BINARY:
            return self._bytes(self._number())
        if kind in (_LIST, _SET):
            head = self._byte()
            size, inner = (self._number() if head >> 4 == 15 else head >> 4), head & 15
            return inner, [self._value(inner) for _ in range(size)]
        if kind == _STRUCT:
            return self.struct()
        raise ValueError(f"a Parquet directory with a Thrift type {kind}")


def _write_struct(to: bytearray, found: Struct) -> None:
    last = 0
    for field, (kind, value) in sorted(found.items()):
        head = (_TRUE if value else _FALSE) if kind in (_TRUE, _FALSE) else kind
        if 0 < field - last < 16:
            to.append((field - last) << 4 | head)
        else:
            to.append(head)
            _write_signed(to, field)
        if kind not in (_TRUE, _FALSE):
            _write_value(to, kind, value)
        last = field
    to.append(0)


def _write_number(to: bytearray, number: int) -> None:
    while number > 127:
        to.append(number & 127 | 128)
        number >>= 7
    to.append(number)


def _write_signed(to: bytearray, number: int) -> None:
    _write_number(to, number * 2 if number >= 0 else -number * 2 - 1)


def _write_value(to: bytearray, kind: int, value: Any) -> None:
    if kind in (_TRUE, _FALSE, _BYTE):
        to.append(value)
    elif kind in _WHOLE_NUMBERS:
        _write_signed(to, value)
    elif kind == _DOUBLE:
        to += value
    elif kind == _BINARY:
        _write_number(to, len(value))
        to += value
    elif kind in (_LIST, _SET):
        inner, values = value
        if len(values) < 15:
            to.append(len(values) << 4 | inner)
        else:
            to.append(15 << 4 | inner)
            _write_number(to, len(values))
        for one in values:
            _write_value(to, inner, one)
    else:
        _write_struct(to, value)
