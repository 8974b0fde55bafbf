"""The disposal log (廃棄記録): what became of each record of a proposal, its certificate, and both as a file."""

from __future__ import annotations

import csv
import io
from zoneinfo import ZoneInfo

from madoguchi.disposal.erasing import digest_of_list
from madoguchi.disposal.models import CertificateRow, DisposedRow, ItemRow
from madoguchi.disposal.proposing import proposal_of
from madoguchi.disposal.values import (
    CountedFrom,
    DisposalCertificate,
    DisposedLine,
    LeftWhy,
    Period,
    Proposal,
    ProposalState,
    RecordClass,
)
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

JAPAN = ZoneInfo("Asia/Tokyo")
HEADING = ("番号", "記録の識別番号", "完結した日", "どうなったか", "消した日時")


def lines_of(proposal: int, *, most: int | None = None) -> tuple[DisposedLine, ...]:
    """Each record that a proposal names, in its order: erased, left with a reason, or still to go."""
    gone = [
        DisposedLine(one.nth, one.record, one.ended_on, one.erased_at, None)
        for one in DisposedRow.objects.filter(proposal=proposal).order_by("nth")[:most]
    ]
    there = [
        DisposedLine(one.nth, one.record, one.ended_on, None, LeftWhy(one.left) if one.left else None)
        for one in ItemRow.objects.filter(proposal=proposal).order_by("nth")[:most]
    ]
    return tuple(sorted((*gone, *there), key=lambda one: one.nth)[:most])


def certificate_of(proposal: int) -> DisposalCertificate | None:
    """What is certified of a proposal; None until it is done. Raises NoSuchProposal."""
    proposal_of(proposal)
    row = CertificateRow.objects.filter(proposal=proposal).first()
    if row is None:
        return None
    period = Period(RecordClass(row.record_class), row.years, CountedFrom(row.counted_from), row.basis)
    return DisposalCertificate(
        proposal, period, row.on, row.erased, row.left, row.proposed_by_name, row.proposed_at,
        row.approved_by_name, row.approved_at, row.finished_at, row.digest,
    )  # fmt: skip


def list_holds(proposal: int) -> bool:
    """Whether the list of what was erased is still the one that was certified."""
    row = CertificateRow.objects.get(proposal=proposal)
    lines = DisposedRow.objects.filter(proposal=proposal).order_by("nth")
    return digest_of_list(lines.values_list("nth", "record", "ended_on")) == row.digest


def as_csv(proposal: int) -> bytes:
    """The list as CSV, for a spreadsheet. Raises NoSuchProposal."""
    one = proposal_of(proposal)
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(HEADING)
    writer.writerows(_cells(line, one) for line in lines_of(proposal))
    return made.getvalue().encode("utf-8-sig")


def as_workbook(proposal: int) -> bytes:
    """The list as Excel, with what stands on the certificate above it. Raises NoSuchProposal."""
    one = proposal_of(proposal)
    notes = [
        f"廃棄の伺い 第{one.number}号（{one.state.label}） {one.period.record_class.label}",
        f"保存期間 {one.period.said} 根拠 {one.period.basis} 基準日 {one.on.isoformat()}",
        f"伺い {one.proposed_by} / 承認 {one.answered_by or '―'}",
    ]
    rows = (_cells(line, one) for line in lines_of(proposal))
    return workbook_of([PageOut("廃棄記録", HEADING, rows, notes, (8, 40, 14, 34, 20))])


def _cells(line: DisposedLine, one: Proposal) -> tuple[Cell, ...]:
    erased = line.erased_at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M") if line.erased_at else ""
    return (line.nth, line.record, line.ended_on.isoformat(), became(line, one), erased)


def became(line: DisposedLine, one: Proposal) -> str:
    """What became of a record, in words."""
    if line.erased_at:
        return "消しました"
    if line.left:
        return line.left.label
    return "消す前" if one.state is ProposalState.APPROVED else "予定"
