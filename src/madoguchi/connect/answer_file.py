"""The core system's answers as a CSV file (docs/change-data.md): one line a person, or one line a message.

Columns: change_id, result (ok or refused), reason, and for people who are new in the core system ref, resident_no,
household_no. Each message is taken or refused by itself, with its line and a sentence.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from madoguchi.audit.entries import Actor
from madoguchi.connect import operations
from madoguchi.connect.registering import CoreNumber, NumberTaken, NumberTwice

NEEDED = frozenset({"change_id", "result"})
RESULTS = {"ok": True, "refused": False}
LARGEST_FILE = 10_000_000


class AnswerFileUnreadable(ValueError):
    """The file cannot be read at all."""


@dataclass(frozen=True, slots=True)
class LineFault:
    """A line that was not taken, and why."""

    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.line}行目: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Taken:
    """How many messages got their answer, and the lines that were not taken."""

    messages: int
    faults: tuple[LineFault, ...]


def take_answers(*, content: bytes, by: Actor, now: datetime) -> Taken:
    """Take every answer of the file that can be taken. Taking the same file again changes nothing.

    Raises AnswerFileUnreadable when it is too large, not UTF-8, or without the needed columns.
    """
    groups: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    faults: list[LineFault] = []
    for line, row in _rows(content):
        change, result = row.get("change_id", ""), row.get("result", "")
        if not change:
            faults.append(
                LineFault(line, "change_id がありません。渡した異動データの change_id を写してください。")
            )
        elif result not in RESULTS:
            faults.append(LineFault(line, f"result の「{result[:20]}」は ok か refused で書いてください。"))
        else:
            groups.setdefault(change, []).append((line, row))
    taken = 0
    for change, lines in groups.items():
        sentence = _one(change, [row for _, row in lines], by, now)
        if sentence:
            faults.append(LineFault(lines[0][0], sentence))
        else:
            taken += 1
    return Taken(taken, tuple(sorted(faults, key=lambda fault: fault.line)))


def _rows(content: bytes) -> Sequence[tuple[int, Mapping[str, str]]]:
    if len(content) > LARGEST_FILE:
        raise AnswerFileUnreadable(
            "答えのファイルが10MBを超えています。分けるか、ファイルを取りちがえていないか確かめてください。"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise AnswerFileUnreadable(
            f"答えのファイルの {error.start + 1} バイト目が UTF-8 ではありません。UTF-8で保存し直してください。"
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", restval="")
    try:
        missing = sorted(NEEDED - set(reader.fieldnames or ()))
        if missing:
            raise AnswerFileUnreadable(
                f"答えのファイルに {'・'.join(missing)} の列がありません。1行目に見出しを書いてください。"
            )
        return [
            (reader.line_num, {key: value.strip() for key, value in row.items() if isinstance(value, str)})
            for row in reader
        ]
    except csv.Error as error:
        raise AnswerFileUnreadable(
            f"答えのファイルの {reader.line_num} 行目が CSV として読めません（{error}）。"
        ) from error


def _one(change: str, rows: Sequence[Mapping[str, str]], by: Actor, now: datetime) -> str:
    """Take the answer to one message; a sentence when it could not be taken."""
    results = {row["result"] for row in rows}
    if len(results) > 1:
        return f"異動データ {change} に ok と refused の両方があります。人ごとに分けず、1つにしてください。"
    numbers = {
        row["ref"]: CoreNumber(row["resident_no"], row.get("household_no", ""))
        for row in rows
        if row.get("ref") and row.get("resident_no")
    }
    if any(not number.household_no for number in numbers.values()):
        return f"異動データ {change} の宛名番号に、世帯番号（household_no）がありません。"
    try:
        operations.answer(
            change=change,
            accepted=RESULTS[results.pop()],
            reason=next((row["reason"] for row in rows if row.get("reason")), ""),
            numbers=numbers,
            by=by,
            now=now,
        )
    except (
        operations.NoSuchMessage,
        operations.AnsweredOtherwise,
        operations.AnswerNeedsReason,
        NumberTaken,
        NumberTwice,
    ) as error:
        return str(error)
    return ""
