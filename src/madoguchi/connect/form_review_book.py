"""The form review as an Excel, and as data for the command: what to strike, what it saves, and by what it was worked out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from madoguchi.catalogue.form_review.settings import ASSUMPTION_WORDS
from madoguchi.connect.form_review import FormReview, SheetLine
from madoguchi.jp.wareki import format_wareki
from madoguchi.papers.review.boxes import PARTS, ReviewedBox
from madoguchi.papers.review.savings import CHARACTERS, Effort
from madoguchi.residents.identifiers import in_order
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

CAVEAT = "法令の様式で欄が決まっているかどうかは、担当課の人が確かめるまで「未確認」です。「消す」はその確認の前の案です。"
SHEET_HEADING = (
    "様式", "様式の番号", "使う手続き", "いまの欄", "消す（案）", "うち確かめた欄", "印字する", "書いてもらう", "あとの欄", "年間の枚数", "枚数の出どころ",
    "減る字（年）", "住民の減る時間（時間/年）", "職員の減る時間（時間/年）", "消すとさらに減る 住民（時間/年）", "消すとさらに減る 職員（時間/年）", "足す欄",
)  # fmt: skip
BOX_HEADING = (
    "様式", "部分", "見出し", "欄", "事実", "どこから", "市が持つ人数", "決める手続き", "特定に使う", "同じ異動のほかの様式", "案", "理由", "法令・事務の確認", "根拠",
)  # fmt: skip


def book_of(found: FormReview) -> bytes:
    """The report as a workbook of four pages."""
    residents = found.count.residents if found.count else None
    notes = [CAVEAT, _counted(found)]
    boxes = [_box(line, box) for line in found.lines for box in line.sheet.boxes]
    sets: list[list[Cell]] = [
        [one.label, len(one.identifiers), one.ambiguous, one.groups, one.lacking, "はい" if one.unique else ""]
        for one in sorted(found.count.sets if found.count else (), key=lambda one: (len(one.identifiers), one.undecided))
    ]  # fmt: skip
    assumed = asdict(found.setting.assumptions)
    numbers: list[list[Cell]] = [
        [words, assumed[name], unit] for name, (unit, words) in ASSUMPTION_WORDS.items()
    ]
    numbers += [
        [f"手で書く字数: {kind.value}", many, "字（製品の仮定）"] for kind, many in CHARACTERS.items()
    ]
    return workbook_of([
        PageOut("様式ごと", SHEET_HEADING, map(_line, found.lines), notes, [36, 24, 40]),
        PageOut("欄ごと", BOX_HEADING, boxes, [CAVEAT], [30, 10, 20, 24, 26, 20, 12, 40, 20, 40, 10, 60, 24, 40]),
        PageOut("特定の証明", ("項目の組", "項目の数", "1人に決まらない人", "その組の数", "市に値がない人", "全員が1人に決まる"), sets, [
            _counted(found), f"数えた住民 {residents:,}人" if residents else "", "人数だけを出します。だれかは出しません。",
        ], [50, 10, 18, 12, 16, 18]),
        PageOut("前提", ("前提", "値", "単位"), numbers, ["製品の仮定です。測った値ではありません。市で変えられます。"], [60, 10, 20]),
    ])  # fmt: skip


def _counted(found: FormReview) -> str:
    count = found.count
    if count is None or count.finished_on is None:
        return "特定に使う項目は、まだ住民記録で数えていません。"
    day = format_wareki(count.finished_on)
    return f"特定に使う項目は、{day}に住民{count.residents:,}人で数えました。決めた項目: {found.chosen.label if found.chosen else 'なし'}"


def _line(line: SheetLine) -> list[Cell]:
    saving = line.saving
    sure, more = saving.sure_a_year, saving.more_a_year
    volume = saving.volume
    source = "" if volume is None else "全国の件数からの推計" if volume.estimated else "市の件数"
    return [
        line.sheet.title, line.sheet.id, "、".join(one.name for one in line.sheet.procedures), line.now, line.struck, line.confirmed,
        line.printed, line.kept, line.after, volume.number if volume else None, source,
        sure.characters if sure else None, *_hours(sure), *_hours(more), "、".join(one.label for one in line.missing),
    ]  # fmt: skip


def _hours(work: Effort | None) -> tuple[Cell, Cell]:
    return (None, None) if work is None else (round(work.resident_hours, 1), round(work.staff_hours, 1))


def _box(line: SheetLine, box: ReviewedBox) -> list[Cell]:
    source = f"（{box.origin.source.label}）" if box.origin.source else ""
    return [
        line.sheet.title, PARTS[box.key.part], box.section, box.key.label, box.key.fact, f"{box.origin.knowledge.label}{source}",
        box.origin.held, "、".join(box.decides), "、".join(one.label for one in box.identifies), "、".join(box.repeated),
        box.verdict.label, box.reason, box.mark.law.label, box.mark.basis,
    ]  # fmt: skip


def as_data(found: FormReview) -> dict[str, Any]:
    """The report for `madoguchi form-review --json`."""
    count = found.count
    return {
        "assumptions": asdict(found.setting.assumptions),
        "caveat": CAVEAT,
        "identifiers": {
            "counted_at": count.finished_at.isoformat() if count and count.finished_at else None,
            "residents": count.residents if count else None,
            "chosen": [one.value for one in in_order(found.chosen.identifiers)] if found.chosen else None,
            "smallest": [[one.value for one in in_order(set_.identifiers)] for set_ in count.smallest] if count else [],
            "sets": [
                {
                    "identifiers": [part.value for part in in_order(one.identifiers)],
                    "ambiguous": one.ambiguous,
                    "groups": one.groups,
                    "lacking": one.lacking,
                }
                for one in (count.sets if count else ())
            ],
        },
        "sheets": [_sheet_data(line) for line in found.lines],
        "a_year": {"sure": asdict(found.sure), "more": asdict(found.more), "sheets_with_volume": found.with_volume},
    }  # fmt: skip


def _sheet_data(line: SheetLine) -> dict[str, Any]:
    volume, sure, more = line.saving.volume, line.saving.sure_a_year, line.saving.more_a_year
    return {
        "id": line.sheet.id,
        "title": line.sheet.title,
        "procedures": [one.id for one in line.sheet.procedures],
        "boxes": {
            "now": line.now, "strike": line.struck, "confirmed": line.confirmed, "prefill": line.printed, "keep": line.kept,
        },
        "papers_a_year": {"number": volume.number, "estimated": volume.estimated} if volume else None,
        "saved_a_year": {"sure": asdict(sure), "more": asdict(more)} if sure and more else None,
        "details": [
            {
                "label": box.key.label, "part": box.key.part, "fact": box.key.fact, "knowledge": box.origin.knowledge.value,
                "source": box.origin.source.value if box.origin.source else None, "decides": list(box.decides),
                "repeated": list(box.repeated), "law": box.mark.law.value, "verdict": box.verdict.value, "reason": box.reason,
            }
            for box in line.sheet.boxes
        ],
    }  # fmt: skip
