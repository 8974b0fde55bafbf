"""The donation management's file comes in (寄附データの取込み): every row is stored or refused with a reason, all at once.

1. The file is understood and each cell read as for the register (`residents.importing`).
2. A gift that is not known is given eight digits of its own for its paper. One that is known is told anew: its address may
   change; number, day, sum, name and birth do not once somebody applied for it, so that row is refused.
3. What the file does not name stays: a file may hold the gifts of one week.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.furusato.deadlines import today_in_japan
from madoguchi.furusato.models import ApplicationRow, GiftRow
from madoguchi.furusato.opening import CODE_DIGITS, plain_number
from madoguchi.furusato.same_donor import donor_key
from madoguchi.furusato.states import LIVING
from madoguchi.residents.importing.cells import CellFault, cell_value
from madoguchi.residents.importing.mapping import ColumnRule, FileMapping
from madoguchi.residents.importing.reading import OpenedFile, SourceRow, open_file
from madoguchi.residents.importing.report import Refusal

AT_ONCE = 500
MOST_YEN = 2_000_000_000
FIXED = ("given_on", "yen", "name", "birth")
TOLD = ("year", *FIXED, "kana", "postal_code", "address", "sex", "cancelled", "donor_key")


@dataclass(frozen=True, slots=True)
class GiftsTakenIn:
    """What became of a file of gifts (寄附データの取込みの結果). Always: rows_in = new + changed + unchanged + refused."""

    kind: str
    dry_run: bool
    rows_in: int
    new: int
    changed: int
    unchanged: int
    refused: tuple[Refusal, ...]

    @property
    def stored(self) -> int:
        return self.new + self.changed + self.unchanged


class _Refused(ValueError):
    def __init__(self, sentence: str, column: str = "") -> None:
        self.column = column
        super().__init__(sentence)


def take_in(
    *, stream: BinaryIO, mapping: FileMapping, dry_run: bool, by: Actor, now: datetime
) -> GiftsTakenIn:
    """Take a file in, or only try it. Raises FileRefused, WorkbookRefused; then nothing of it is stored."""
    opened = open_file(stream, mapping)
    run = _Run(opened, mapping, now)
    with transaction.atomic():
        rows = iter(opened.rows)
        while some := list(islice(rows, AT_ONCE)):
            run.take(some)
        report = run.report(dry_run)
        record_act(
            actor=by, activity="gifts_taken_in", now=now, rows=report.rows_in, refused=len(report.refused)
        )
        if dry_run:
            transaction.set_rollback(True)
    if dry_run:
        record_act(actor=by, activity="gifts_tried", now=now, rows=report.rows_in)
    return report


class _Run:
    """One pass over the rows, inside the caller's transaction."""

    def __init__(self, opened: OpenedFile, mapping: FileMapping, now: datetime) -> None:
        self._opened, self._mapping, self._now = opened, mapping, now
        self._seen: dict[str, int] = {}
        self._refused: list[Refusal] = []
        self._counts = dict.fromkeys(("rows", "new", "changed", "unchanged"), 0)

    def take(self, rows: Sequence[SourceRow]) -> None:
        self._counts["rows"] += len(rows)
        read: list[tuple[SourceRow, GiftRow]] = []
        for row in rows:
            try:
                read.append((row, self._gift(row)))
            except _Refused as fault:
                self._refused.append(Refusal(row.line, fault.column, None, str(fault)))
        known = {one.number: one for one in GiftRow.objects.filter(number__in=[g.number for _, g in read])}
        standing = set(
            ApplicationRow.objects.filter(
                gift__in=[one.pk for one in known.values()], state__in=LIVING
            ).values_list("gift__number", flat=True)
        )
        fresh, changed = [], []
        for row, gift in read:
            before = known.get(gift.number)
            if before is None:
                fresh.append(gift)
            elif all(getattr(before, name) == getattr(gift, name) for name in TOLD):
                self._counts["unchanged"] += 1
            elif gift.number in standing and any(getattr(before, n) != getattr(gift, n) for n in FIXED):
                why = "申請済みの寄附なので、寄附日・金額・氏名・生年月日は変えられません。担当が申請を確かめてください"
                self._refused.append(Refusal(row.line, "", None, why))
            else:
                for name in (*TOLD, "told_at"):
                    setattr(before, name, getattr(gift, name))
                changed.append(before)
        self._counts["new"] += len(fresh)
        self._counts["changed"] += len(changed)
        GiftRow.objects.bulk_create(fresh)
        GiftRow.objects.bulk_update(changed, [*TOLD, "told_at"])

    def _gift(self, row: SourceRow) -> GiftRow:
        """The gift of a row. Raises _Refused."""
        if row.fault is not None:
            raise _Refused(row.fault.sentence, row.fault.column)
        said = self._values(row)
        headings = {rule.field: rule.heading for rule in self._mapping.columns}
        number = plain_number(str(said["number"]))
        if not number:
            raise _Refused("番号は英数字とハイフンで20字までにしてください", headings["number"])
        if first := self._seen.get(number):
            raise _Refused(f"同じ番号が{first}行目にもあります", headings["number"])
        given, birth = said["given_on"], said.get("birth")
        assert isinstance(given, date)
        if given > today_in_japan(self._now):
            raise _Refused("寄附日が先の日です", headings["given_on"])
        if not 0 < int(str(said["yen"])) <= MOST_YEN:
            raise _Refused("金額は1円以上にしてください", headings["yen"])
        self._seen[number] = row.line
        return _row_of(number, said, given, birth if isinstance(birth, date) else None, self._now)

    def _values(self, row: SourceRow) -> Mapping[str, object]:
        said: dict[str, object] = {}
        for rule in self._mapping.columns:
            if rule.heading not in self._opened.heading:
                continue
            value = self._cell(row, rule)
            if value is None and rule.required:
                raise _Refused("空です。入れてください", rule.heading)
            said[rule.field] = value
        return said

    def _cell(self, row: SourceRow, rule: ColumnRule) -> object:
        try:
            value = cell_value(row.cells[self._opened.heading.index(rule.heading)], rule, self._mapping.gaiji)
        except CellFault as fault:
            raise _Refused(str(fault), rule.heading) from fault
        if rule.field in ("given_on", "birth") and value is not None and not isinstance(value, date):
            raise _Refused("日まで決まった日付にしてください", rule.heading)
        return value

    def report(self, dry_run: bool) -> GiftsTakenIn:
        counts = self._counts
        return GiftsTakenIn(
            self._opened.kind, dry_run, counts["rows"], counts["new"], counts["changed"], counts["unchanged"],
            tuple(sorted(self._refused, key=lambda one: one.row)),
        )  # fmt: skip


def _row_of(
    number: str, said: Mapping[str, object], given: date, birth: date | None, now: datetime
) -> GiftRow:
    name, address = str(said["name"]), str(said["address"])
    return GiftRow(
        number=number, code=f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}", year=given.year, given_on=given,
        yen=int(str(said["yen"])), name=name, kana=str(said.get("kana") or ""),
        postal_code=str(said.get("postal_code") or ""), address=address, paper_address=address, birth=birth,
        sex=str(said.get("sex") or ""), cancelled=said.get("state") == "cancelled",
        donor_key=donor_key(name, birth, address), first_at=now, told_at=now,
    )  # fmt: skip
