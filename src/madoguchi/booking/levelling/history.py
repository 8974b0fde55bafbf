"""What came so far (来庁の実績): counts by lane and quarter-hour, taken in from the office's own files.

Every row of a file is kept or refused with a sentence; a row for a quarter-hour that is there already replaces it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import BinaryIO

from django.db import transaction
from django.db.models import Count, F, Max, Min, Sum

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.hours import number_of, quarters_of
from madoguchi.booking.levelling.demand import PastDay
from madoguchi.booking.models import ArrivalRow, BookingRow
from madoguchi.booking.offering import Offer
from madoguchi.booking.reserving_states import BookingState
from madoguchi.city.queries import open_days
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, parse_date_text
from madoguchi.spreadsheets.grid import GridRow, read_grid
from madoguchi.spreadsheets.writing import Cell, PageOut, workbook_of

HEADING = ("日付", "窓口の列", "時刻", "来た人", "うち予約", "平均の待ち(分)", "平均の対応(分)")
NEEDED = HEADING[:4]
HEADING_WITHIN = 5
MOST_ROWS = 200_000
MOST_A_QUARTER = 9_999
LONGEST_MINUTES = 24 * 60
SHEET = "来庁の実績"


@dataclass(frozen=True, slots=True)
class Came:
    """One quarter-hour of a lane as it was (来庁の一行)."""

    lane: str
    day: date
    quarter: int
    arrivals: int
    booked: int = 0
    wait_minutes: float | None = None
    desk_minutes: float | None = None


@dataclass(frozen=True, slots=True)
class ArrivalReport:
    """What became of a file."""

    rows_in: int
    kept: int
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """How much of a lane's past is there (実績の範囲)."""

    lane: str
    days: int
    first: date
    last: date
    arrivals: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A day of a lane as it was (その日の結果): None where nothing was measured."""

    arrivals: int | None
    wait: float | None


class ArrivalFileRefused(ValueError):
    """The file as a whole cannot be taken."""


def keep_arrivals(*, branch: str, came: Iterable[Came], by: Actor, now: datetime) -> int:
    """Keep counts of a branch; returns how many quarter-hours."""
    rows = [
        ArrivalRow(
            branch=branch,
            lane=one.lane,
            day=one.day,
            quarter=one.quarter,
            arrivals=one.arrivals,
            booked=one.booked,
            wait_minutes=one.wait_minutes,
            desk_minutes=one.desk_minutes,
        )
        for one in came
    ]
    with transaction.atomic():
        ArrivalRow.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["branch", "lane", "day", "quarter"],
            update_fields=["arrivals", "booked", "wait_minutes", "desk_minutes"],
        )
        record_act(actor=by, activity="arrivals_taken_in", now=now, branch=branch, quarters=len(rows))
    return len(rows)


def take_arrivals_in(
    *, branch: str, offered: Offer, stream: BinaryIO, by: Actor, now: datetime
) -> ArrivalReport:
    """Take a file of counts in. Raises ArrivalFileRefused, GridRefused, WorkbookRefused when none of it can be read."""
    lanes = {name: one.key for one in offered.lanes_at(branch) for name in (one.key, one.name)}
    heading, rows = _headed(_rows(stream))
    kept: dict[tuple[str, date, int], Came] = {}
    refused = []
    for row in rows:
        given = dict(zip(heading, [*row.cells, *[""] * len(heading)], strict=False))
        found = _came(given, lanes, today=now.date()) if not row.fault else row.fault
        if isinstance(found, str):
            refused.append(f"{row.number}行目: {found}。")
        elif (place := (found.lane, found.day, found.quarter)) in kept:
            refused.append(f"{row.number}行目: 同じ日・窓口・時刻の行がもうひとつあります。")
        else:
            kept[place] = found
    if kept:
        keep_arrivals(branch=branch, came=kept.values(), by=by, now=now)
    return ArrivalReport(len(rows), len(kept), tuple(refused))


def past_days(*, branch: str, lane: str, offered: Offer, until: date | None = None) -> tuple[PastDay, ...]:
    """The days of a lane in order. On a day that is there, a quarter-hour in which the lane serves and nobody came counts 0."""
    rows = ArrivalRow.objects.filter(branch=branch, lane=lane).order_by("day", "quarter")
    if until is not None:
        rows = rows.filter(day__lt=until)
    by_day: dict[date, list[tuple[int, int, int]]] = {}
    for day, quarter, arrivals, booked in rows.values_list("day", "quarter", "arrivals", "booked"):
        by_day.setdefault(day, []).append((quarter, arrivals, booked))
    served = _served(offered, branch, lane, by_day)
    made = _bookings_made(branch, lane)
    return tuple(
        PastDay(
            day,
            {**dict.fromkeys(served[day], 0), **{quarter: arrivals for quarter, arrivals, _ in found}},
            {quarter: booked for quarter, _, booked in found if booked},
            # How many booked and did not come is not in files; the bookings that were made here know it.
            max(sum(booked for _, _, booked in found), made.get(day, 0)),
        )
        for day, found in by_day.items()
    )


def _served(offered: Offer, branch: str, lane: str, days: Iterable[date]) -> Mapping[date, Sequence[int]]:
    """The quarter-hours in which the lane served, by today's hours: what they were then is not kept."""
    place, calendar = (branch, lane), open_days()
    hours, single = offered.hours.get(place, ()), offered.single_days.get(place, ())
    return {day: [one.number for one in quarters_of(day, hours, single, calendar)] for day in days}


def booked_on(branch: str, lane: str, day: date) -> dict[int, int]:
    """Visits booked in a lane for a day, by quarter-hour; holds are not counted."""
    rows = BookingRow.objects.filter(lane__branch=branch, lane__key=lane, day=day, state__in=KNOWN)
    counted = rows.values("quarter").annotate(people=Count("pk")).order_by("quarter")
    return {one["quarter"]: one["people"] for one in counted}


def _bookings_made(branch: str, lane: str) -> dict[date, int]:
    rows = BookingRow.objects.filter(
        lane__branch=branch, lane__key=lane, state__in=(*KNOWN, BookingState.NOT_COME.value)
    )
    return {
        one["day"]: one["people"] for one in rows.values("day").annotate(people=Count("pk")).order_by("day")
    }


KNOWN = (BookingState.CONFIRMED.value, BookingState.ARRIVED.value)


def desk_minutes(branch: str, lane: str) -> list[float]:
    """Measured mean minutes at the desk of a lane, one for each person, the newest days first, 2000 people at most."""
    rows = ArrivalRow.objects.filter(branch=branch, lane=lane, desk_minutes__isnull=False, arrivals__gt=0)
    found: list[float] = []
    for minutes, count in rows.order_by("-day", "quarter").values_list("desk_minutes", "arrivals")[:2000]:
        found += [minutes or 0.0] * count
        if len(found) >= 2000:
            break
    return found[:2000]


def measured(branch: str, lane: str, day: date) -> Measured:
    """What a day was like: who came, and the mean wait of those whose wait was measured (None: of nobody)."""
    rows = ArrivalRow.objects.filter(branch=branch, lane=lane, day=day)
    came = rows.aggregate(came=Sum("arrivals"))["came"]
    waited = rows.filter(wait_minutes__isnull=False).aggregate(
        people=Sum("arrivals"), minutes=Sum(F("arrivals") * F("wait_minutes"))
    )
    people = waited["people"] or 0
    return Measured(came, waited["minutes"] / people if people else None)


def known(branch: str) -> tuple[Known, ...]:
    """How much is known of each lane of a branch."""
    rows = (
        ArrivalRow.objects.filter(branch=branch)
        .values("lane")
        .annotate(days=Count("day", distinct=True), first=Min("day"), last=Max("day"), came=Sum("arrivals"))
        .order_by("lane")
    )
    return tuple(Known(one["lane"], one["days"], one["first"], one["last"], one["came"]) for one in rows)


def template(branch: str, offered: Offer) -> bytes:
    """What a file of counts looks like, as Excel: the heading, one line a lane as an example, and how to fill it in."""
    lanes = offered.lanes_at(branch)
    example: list[list[Cell]] = [["2026-04-01", one.name, "9:00", 12, 3, 8.5, 14.0] for one in lanes]
    guide = [
        ["日付", "令和8年4月1日、R8.4.1、2026-04-01 など"],
        ["窓口の列", "・".join(one.name for one in lanes)],
        ["時刻", "15分の始まり（9:00、9:15 など）。9:07 は 9:00 からの15分に入ります"],
        ["来た人", "その15分に来た人数。受付番号票の発券数で結構です"],
        ["うち予約", "そのうち予約していた人数。なければ空けておきます"],
        ["平均の待ち(分)", "測っていなければ空けておきます。「結果とくらべる」で使います"],
        ["平均の対応(分)", "測っていなければ空けておきます。必要な席数の計算に使います"],
    ]
    return workbook_of(
        [PageOut(SHEET, HEADING, example), PageOut("書き方", ("列", "入れるもの"), guide, widths=(20, 70))]
    )


def _rows(stream: BinaryIO) -> Sequence[GridRow]:
    head = stream.read(2)
    stream.seek(0)
    rows: list[GridRow] = []
    for row in read_grid(stream, sheet=SHEET if head == b"PK" else None):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise ArrivalFileRefused(f"行が{MOST_ROWS:,}を超えています。期間で分けてください。")
    return rows


def _headed(rows: Sequence[GridRow]) -> tuple[tuple[str, ...], Sequence[GridRow]]:
    for place, row in enumerate(rows[:HEADING_WITHIN]):
        cells = tuple(cell.strip() for cell in row.cells)
        if set(NEEDED) <= set(cells):
            return cells, rows[place + 1 :]
    raise ArrivalFileRefused(
        f"見出しに「{'」「'.join(NEEDED)}」の列がありません。「ひな形」の見出しを、そのまま使ってください。"
    )


def _came(given: Mapping[str, str], lanes: Mapping[str, str], *, today: date) -> Came | str:
    """The row as a value, or why it cannot be taken."""
    try:
        day = parse_date_text(given["日付"].strip())
    except WarekiError:
        return f"日付「{given['日付'][:20]}」が読めません"
    if isinstance(day, PossibleDays):
        return "日付は日まで入れてください"
    if day > today:
        return "まだ来ていない日です"
    lane = lanes.get(given["窓口の列"].strip())
    if lane is None:
        return f"窓口の列「{given['窓口の列'][:30]}」はこの庁舎にありません"
    quarter = _quarter(given["時刻"])
    if quarter is None:
        return f"時刻「{given['時刻'][:20]}」が読めません（9:15 のように入れてください）"
    arrivals, booked = _count(given["来た人"]), _count(given.get("うち予約", "") or "0")
    if arrivals is None or booked is None:
        return f"人数は0から{MOST_A_QUARTER:,}までの数で入れてください"
    if booked > arrivals:
        return "「うち予約」が「来た人」より多くなっています"
    wait, desk = _minutes(given.get("平均の待ち(分)", "")), _minutes(given.get("平均の対応(分)", ""))
    if isinstance(wait, str) or isinstance(desk, str) or desk == 0:
        return "平均の分数が読めません（対応は0より大きい数で入れてください）"
    return Came(lane, day, quarter, arrivals, booked, wait, desk)


def _quarter(text: str) -> int | None:
    first = text.strip().replace("：", ":").replace("～", "〜").split("〜")[0].split("-")[0]
    hours, _colon, minutes = first.partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes[:2].isascii() and minutes[:2].isdigit()):
        return None
    if int(hours) > 23 or int(minutes[:2]) > 59:
        return None
    return number_of(time(int(hours), int(minutes[:2])))


def _count(text: str) -> int | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(MOST_A_QUARTER)):
        return None
    return int(text)


def _minutes(text: str) -> float | str | None:
    """Minutes; None: not measured; the text itself: not readable."""
    text = text.strip()
    if not text:
        return None
    try:
        found = float(text)
    except ValueError:
        return text
    return found if 0 <= found <= LONGEST_MINUTES else text
