"""What became of a file: counts that add up, and every refused row with its place and a sentence."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

SHOWN_IN_REPORT = 1000
SHOWN_IN_TEXT = 20
HEADINGS = ("行", "列", "バイト位置", "理由")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was refused: its first line in the file, the column, the byte where one is to blame, the sentence."""

    row: int
    column: str
    byte: int | None
    sentence: str


class RefusalList:
    """All refusals of a run: the first in memory, all of them in a temporary CSV file, so that millions fit."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- it lives as long as the list does
        self._text = io.TextIOWrapper(self._file, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)
        self._writer.writerow(HEADINGS)
        self.first: list[Refusal] = []
        self.count = 0

    def add(self, refusal: Refusal) -> None:
        self.count += 1
        if len(self.first) < SHOWN_IN_REPORT:
            self.first.append(refusal)
        byte = "" if refusal.byte is None else refusal.byte
        self._writer.writerow((refusal.row, refusal.column, byte, refusal.sentence))

    def write_csv(self, out: BinaryIO) -> None:
        """Copy all refusals as CSV (UTF-8 with BOM, for Excel)."""
        self._text.flush()
        self._file.seek(0)
        shutil.copyfileobj(self._file, out)
        self._file.seek(0, io.SEEK_END)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of one file. Always: rows_in = stored + refused_rows; stored = new + changed + unchanged.

    `refused` holds the first thousand; `refusals` can write them all. A dry run gives the same figures and stores nothing.
    """

    mapping: str
    kind: str
    dry_run: bool
    rows_in: int
    new: int
    changed: int
    unchanged: int
    refused_rows: int
    refused: tuple[Refusal, ...]
    notes: tuple[str, ...]
    refusals: RefusalList

    @property
    def stored(self) -> int:
        return self.new + self.changed + self.unchanged

    def text(self) -> str:
        """The report as a clerk reads it."""
        lines = [
            "取り込みの結果" + ("（試行: 何も保存していません）" if self.dry_run else ""),
            f"  読み方    {self.kind}、対応表「{self.mapping}」",
            f"  入力      {self.rows_in:,}行",
            f"  取り込み  {self.stored:,}行（新しい人 {self.new:,}、変わった人 {self.changed:,}、同じ人 {self.unchanged:,}）",
            f"  断った行  {self.refused_rows:,}行",
        ]
        lines += [f"  お知らせ  {note}" for note in self.notes]
        lines += [f"    {sentence_of(refusal)}" for refusal in self.refused[:SHOWN_IN_TEXT]]
        if self.refused_rows > SHOWN_IN_TEXT:
            lines.append(
                f"    ほか {self.refused_rows - SHOWN_IN_TEXT:,}行（--refusals で全部をCSVに書き出せます）"
            )
        return "\n".join(lines)

    def as_json(self) -> Mapping[str, object]:
        """The report for a program."""
        return {
            "mapping": self.mapping,
            "kind": self.kind,
            "dry_run": self.dry_run,
            "rows_in": self.rows_in,
            "stored": self.stored,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused_rows": self.refused_rows,
            "refused": [
                {"row": one.row, "column": one.column, "byte": one.byte, "sentence": one.sentence}
                for one in self.refused
            ],
            "notes": list(self.notes),
        }


def sentence_of(refusal: Refusal) -> str:
    """12行目「生年月日」（340バイト目）: …"""
    column = f"「{refusal.column}」" if refusal.column else ""
    byte = f"（先頭から{refusal.byte:,}バイト）" if refusal.byte is not None else ""
    return f"{refusal.row}行目{column}{byte}: {refusal.sentence}。"
