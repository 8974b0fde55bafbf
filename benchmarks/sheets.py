"""How fast sheets are set (様式の印刷): one sheet of 60 boxes, and twelve sheets in one PDF.

Run: `python benchmarks/sheets.py`. The last line of the table is the yardstick: the same compiler setting
nothing but a bare table of 60 labels and values.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import django
import typst

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "rooms"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings_test")
django.setup()

# ruff: noqa: E402  -- Django and the path of the tests' cast come before anything that needs them
from papers.cast import ISSUED_AT, definition, household

from madoguchi.config.memory import settle
from madoguchi.papers.boxes import fill
from madoguchi.papers.fonts import SHIPPED, fonts
from madoguchi.papers.operations import render_sheets
from madoguchi.papers.values import SheetValues, Words

ROUNDS = 30
ONE_SHEET_MS = 10.0
TWELVE_SHEETS_MS = 200.0
BARE = """#set document(title: "-", date: datetime(year: 2026, month: 1, day: 1))
#set page(paper: "a4", margin: 15mm)
#set text(font: "BIZ UDMincho", size: 10.5pt, lang: "ja", fallback: false)
#let round = sys.inputs.at("round", default: "")
#table(columns: 6, ..range(60).map(i => ([項目#i], [値その#i #round])).flatten())
"""


def milliseconds(work: Callable[[Any], object], given: Callable[[int], Any] = int) -> list[float]:
    """Times of `ROUNDS` runs after three to warm up, sorted; what each run is `given` is made before its time."""
    times = []
    for number in range(ROUNDS + 3):
        what = given(number)
        begun = time.perf_counter()
        work(what)
        times.append((time.perf_counter() - begun) * 1000)
    return sorted(times[3:])


def different(sheet: SheetValues, number: int) -> SheetValues:
    """The same sheet with other words in its boxes, so that nothing set before can be used again."""
    boxes = tuple(
        replace(box, content=Words(f"{box.text} {number}")) if isinstance(box.content, Words) else box
        for box in sheet.boxes
    )
    return replace(sheet, number=f"B{number:03d}", boxes=boxes)


def main() -> int:
    """Print the table; 1 when a limit is missed."""
    begun = time.perf_counter()
    fonts()
    loading = (time.perf_counter() - begun) * 1000
    sheet = fill(definition("stress-60"), household())
    page = Path(tempfile.mkdtemp()) / "bare.typ"
    page.write_text(BARE, encoding="utf-8")
    bare = typst.Compiler(
        str(page), font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(SHIPPED)])
    )
    settle()
    table = {
        "記入（60欄）": milliseconds(lambda _number: fill(definition("stress-60"), household())),
        "1枚（60欄）": milliseconds(
            lambda sheets: render_sheets(sheets, issued_at=ISSUED_AT),
            lambda number: [different(sheet, number)],
        ),
        "12枚を1つのPDFに": milliseconds(
            lambda sheets: render_sheets(sheets, issued_at=ISSUED_AT),
            lambda number: [different(sheet, number * 12 + page) for page in range(12)],
        ),
        "（物差し）60行の表だけ": milliseconds(
            lambda number: bare.compile(
                format="pdf",
                sys_inputs={"round": str(number)},
                pdf_standards=["a-2a", "ua-1"],
                timestamp=ISSUED_AT,
            )
        ),
    }
    print(f"| 書体の読み込み（一度） | {loading:.0f} ms |")
    for name, times in table.items():
        print(
            f"| {name} | 最小 {times[0]:.1f} | 中央 {statistics.median(times):.1f} | p95 {times[-2]:.1f} ms |"
        )
    one, twelve = (statistics.median(table[name]) for name in ("1枚（60欄）", "12枚を1つのPDFに"))
    return 0 if one <= ONE_SHEET_MS and twelve <= TWELVE_SHEETS_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
