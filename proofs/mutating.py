"""Changes that a byte at a time would not make: of a JSON or TOML text one value becomes something strange, of a table one cell; and
in anything a piece is repeated, as if without end. Whatever is none of these is left to libFuzzer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**12, 10**400, "", " ", "0", "none", "\x00", "\ud800", "\u202e\U000e0100", "あ" * 1500, "9" * 5000, [], {}, [[]],
    [None], {"a": 1}, "2026-11-09", "2026-02-30", "0001-01-01", "9999-12-31", "0001-01-01T00:00:00+14:00", "昭和64年1月8日", "2026-11-09T10:00:00",
)  # fmt: skip
STRANGE_CELLS = (
    "", " ", '"', '""', "0", "-1", "1e400", "nan", "9" * 5000, "²", "١", "\x00", "\r", "\ufeff", "=1+1", "昭和64年1月8日", "2026-02-30",
    "0001-01-01", "9999-12-31", "あ" * 1500, "\U000e0100", "\ue000", "\ud7ff",
)  # fmt: skip
Place = tuple[Any, Any]


def changed(data: bytes, most: int, random: Random, usual: Callable[[bytes], bytes]) -> bytes:
    """Another input, made of this one."""
    way = random.random()
    if way < 0.08:
        return _repeated(data, most, random)[:most]
    if way < 0.5:
        for made in (_of_json, _of_toml, _of_table):
            other = made(data, random)
            if other is not None:
                return other[:most]
    return usual(data)


def _repeated(data: bytes, most: int, random: Random) -> bytes:
    if not data:
        return b"["
    start = random.randrange(len(data))
    piece = data[start : start + random.choice((1, 1, 2, 3, 6, 9, 12))]
    times = random.choice((3, 20, most // max(1, len(piece))))
    return data[:start] + piece * times + (data[start:] if random.random() < 0.5 else b"")


def _of_json(data: bytes, random: Random) -> bytes | None:
    start = data.find(b"{")
    if not 0 <= start <= 1:
        return None
    try:
        value = json.loads(data[start:])
    except (ValueError, RecursionError):
        return None
    _change(value, random)
    return data[:start] + json.dumps(value, ensure_ascii=random.random() < 0.3).encode(
        "utf-8", "surrogatepass"
    )


def _of_toml(data: bytes, random: Random) -> bytes | None:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    first = 0 if data[:1].isascii() and data[:1] >= b" " else 1
    text = data[first:]
    if b"=" not in text or b"\x00" in text:
        return None
    try:
        value = tomlkit.parse(text.decode()).unwrap()
        _change(value, random)
        return data[:first] + tomlkit.dumps(value).encode("utf-8", "replace")
    except (TOMLKitError, ValueError, TypeError, RecursionError, AttributeError, KeyError):
        return None


def _change(value: Any, random: Random) -> None:
    places = list(_places(value))
    if not places:
        return
    holder, key = random.choice(places)
    way = random.random()
    if way < 0.15:
        del holder[key]
    elif way < 0.35:
        other, at = random.choice(places)
        holder[key] = json.loads(json.dumps(other[at], default=str))
    elif way < 0.45 and isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[key] = random.choice(STRANGE)


def _places(value: Any, depth: int = 0) -> Iterator[Place]:
    if depth < 12 and isinstance(value, dict | list):
        for key, one in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(one, depth + 1)


def _of_table(data: bytes, random: Random) -> bytes | None:
    if data.count(b",") < 2 or data[:1] in b"P\x89\xff%":
        return None
    first = 0 if data[:1] >= b" " else 1
    try:
        rows = list(csv.reader(io.StringIO(data[first:].decode(), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return None
    row = random.choice(rows)
    if not row:
        return None
    way, at = random.random(), random.randrange(len(row))
    if way < 0.6:
        row[at] = random.choice(STRANGE_CELLS)
    elif way < 0.7:
        del row[at]
    elif way < 0.8:
        row.insert(at, row[at])
    else:
        rows.insert(random.randrange(len(rows) + 1), list(row))
    out = io.StringIO()
    csv.writer(out, lineterminator=random.choice(("\n", "\r\n"))).writerows(rows)
    return data[:first] + out.getvalue().encode()
