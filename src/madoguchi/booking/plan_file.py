"""The file that says what is offered, where and when (受付計画, reception.toml): read whole, with every fault, or not at all.

Services, lanes, weekly hours (also of a season that returns each year), single openings and closings, and the rules by
which each branch calls. A series such as 「第2土曜」 never opens a holiday or the days from 29 December to 3 January; who wants that names the day itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

from madoguchi.booking.offering import Offer
from madoguchi.booking.services import QUARTER_MINUTES, DayHours, Hours, Lane, Names, Service, Weekday
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.jp.open_days import holiday
from madoguchi.procedures.language.faults import nearest
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.tables import PackError, Source, Table, read_source
from madoguchi.procedures.translations import Language

WEEKDAYS = "月火水木金土日"
YEARS_AHEAD = 2
LONGEST_MINUTES = 240
LONGEST_NAME = 80
MOST_TIMES = 50
_SERIES = re.compile(rf"第([1-5])([{WEEKDAYS}])曜日?")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

Place = tuple[str, str]


class PlanOfReceptionRefused(ValueError):
    """A file that does not describe an offer; carries every fault, each one sentence with its line."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"受付計画に {len(self.faults)} 件の誤りがあるため、何も設定していません。")


@dataclass(frozen=True, slots=True)
class ReceptionPlaces:
    """What the city has: desks by branch, and its departments by what the catalogue calls them."""

    desks: Mapping[str, frozenset[str]]
    departments: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReceptionPlan:
    """What a file says: the offer, and the rules of the queue of each branch that it names (受付計画)."""

    offer: Offer
    rules: Mapping[str, QueueRules]


def read_reception(path: Path, *, places: ReceptionPlaces, on: date) -> ReceptionPlan:
    """What the file describes; seasons and series are written out from the year of `on`.

    Raises PlanOfReceptionRefused with every fault.
    """
    try:
        source = read_source(path.name, path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        sentence = f"{path} を読めません（{error.strerror}）。場所と権限を確かめてください。"
        raise PlanOfReceptionRefused([sentence]) from error
    if isinstance(source, PackError):
        raise PlanOfReceptionRefused([str(source)])
    return plan_of(source, places=places, on=on)


def plan_of(source: Source, *, places: ReceptionPlaces, on: date) -> ReceptionPlan:
    """What a parsed file says. Raises PlanOfReceptionRefused with every fault."""
    reading = _Reading(source, places, on)
    plan = ReceptionPlan(reading.offer(), reading.rules())
    if reading.errors:
        ordered = sorted(reading.errors, key=lambda one: one.line)
        raise PlanOfReceptionRefused([str(one) for one in ordered])
    return plan


class _Reading:
    """One file, read table by table; every fault is added to one list."""

    def __init__(self, source: Source, places: ReceptionPlaces, on: date) -> None:
        self.errors: list[PackError] = []
        self.root = Table(source.values, {"": source}, (), self.errors)
        self.places = places
        self.years = range(on.year, on.year + YEARS_AHEAD + 1)
        self.known: set[Place] = set()

    def offer(self) -> Offer:
        self.root.only(("service", "lane", "hours", "opening", "closing", "rules"))
        services = self._services()
        lanes = self._lanes({one.key for one in services})
        return Offer(services, lanes, self._hours(), self._single_days())

    def rules(self) -> dict[str, QueueRules]:
        """The rules of each branch that has some of its own; what a table leaves out is as the product has it."""
        usual, found = QueueRules(), dict[str, QueueRules]()
        for table in self.root.tables("rules"):
            table.only(
                (
                    "branches",
                    "most_overtakings",
                    "early_minutes",
                    "late_minutes",
                    "returns_after",
                    "only_in_hours",
                )
            )
            said = QueueRules(
                most_overtakings=self._at_most(table, "most_overtakings", usual.most_overtakings, MOST_TIMES),
                early_minutes=self._at_most(table, "early_minutes", usual.early_minutes, LONGEST_MINUTES),
                late_minutes=self._at_most(table, "late_minutes", usual.late_minutes, LONGEST_MINUTES),
                returns_after=self._at_most(table, "returns_after", usual.returns_after, MOST_TIMES),
                only_in_hours=table.boolean("only_in_hours", default=usual.only_in_hours),
            )
            branches = table.texts("branches")
            self._known_words(table, "branches", branches, set(self.places.desks))
            for branch in branches:
                if branch in found:
                    table.fault(
                        "branches", f"庁舎「{branch}」の決まりが2回あります。", "ひとつにしてください。"
                    )
                found[branch] = said
        return found

    def _at_most(self, table: Table, key: str, usual: int, most: int) -> int:
        value = table.whole_number(key, default=usual)
        if value > most:
            table.fault(key, f"{value} は大きすぎます。", f"0〜{most} にしてください。")
        return value

    def _services(self) -> tuple[Service, ...]:
        found: list[Service] = []
        for table in self.root.tables("service"):
            table.only(("key", "name", "minutes", "letter", "department", "event", "bookable", "names"))
            service = Service(
                key=self._key(table, [one.key for one in found]),
                name=table.text("name"),
                minutes=table.whole_number("minutes"),
                letter=table.text("letter"),
                department=table.one_of("department", sorted(self.places.departments)),
                event=table.one_of("event", ["", *(one.value for one in EventKind)], default=""),
                bookable=table.boolean("bookable", default=True),
                names=self._names(table),
            )
            if not 1 <= service.minutes <= LONGEST_MINUTES:
                table.fault(
                    "minutes", "対応の時間が長すぎるか、0です。", f"1〜{LONGEST_MINUTES}分にしてください。"
                )
            if not re.fullmatch("[A-Z]", service.letter):
                table.fault("letter", "番号の頭の字ではありません。", "半角の英大文字1字にしてください。")
            found.append(service)
        if not found:
            self.root.fault("service", "用件がありません。", "[[service]] をひとつ以上書いてください。")
        return tuple(found)

    def _lanes(self, services: set[str]) -> tuple[Lane, ...]:
        found: list[Lane] = []
        served: set[Place] = set()
        for table in self.root.tables("lane"):
            table.only(("branch", "key", "name", "services", "desks", "officers_come", "names"))
            branch = table.one_of("branch", sorted(self.places.desks))
            key = self._key(table, [one.key for one in found if one.branch == branch])
            lane = Lane(
                branch, key, table.text("name"), table.texts("services"), table.texts("desks"),
                officers_come=table.boolean("officers_come", default=False), names=self._names(table),
            )  # fmt: skip
            self._known_words(table, "services", lane.services, services)
            self._known_words(table, "desks", lane.desks, self.places.desks.get(branch, frozenset()))
            for service in lane.services:
                if (branch, service) in served:
                    table.fault(
                        "services",
                        f"用件「{service}」は、この庁舎の別の列にも入っています。",
                        "1つの列にしてください。",
                    )
                served.add((branch, service))
            found.append(lane)
            self.known.add((branch, key))
        for table, service in zip(
            self.root.tables("service"), self.root.values.get("service", ()), strict=False
        ):
            if service.get("key") not in {key for _, key in served}:
                table.fault(
                    "key", "この用件を受ける窓口の列がありません。", "[[lane]] の services に加えてください。"
                )
        return tuple(found)

    def _known_words(
        self, table: Table, key: str, words: Sequence[str], known: set[str] | frozenset[str]
    ) -> None:
        if not words:
            table.fault(key, "ひとつもありません。", f'{key} = ["…"] と書いてください。')
        for word in words:
            if word not in known:
                table.fault(key, f"「{word}」は定義されていません。", nearest(word, known))

    def _names(self, table: Table) -> Names:
        """`names = { en = "…", zh-Hans = "…" }`: what visitors who read another language are shown."""
        given = table.values.get("names", {})
        if not isinstance(given, dict):
            table.fault(
                "names", "ことばごとの名前を書く項目です。", 'names = { en = "…" } と書いてください。'
            )
            return ()
        known = {one.value for one in Language}
        for tag, words in given.items():
            if tag not in known:
                table.fault("names", f"「{tag}」ということばはありません。", nearest(tag, known))
            elif not isinstance(words, str) or not 0 < len(words.strip()) <= LONGEST_NAME:
                table.fault(
                    "names",
                    f"「{tag}」の名前が空か、長すぎます。",
                    f"{LONGEST_NAME}字までの文字で書いてください。",
                )
        return tuple(sorted((tag, words.strip()) for tag, words in given.items() if isinstance(words, str)))

    def _key(self, table: Table, before: Sequence[str]) -> str:
        key = table.text("key")
        if key and not _KEY.fullmatch(key):
            table.fault(
                "key", f"「{key}」は使えません。", "半角の英小文字・数字・ハイフンで40字までにしてください。"
            )
        elif key in before:
            table.fault("key", f"「{key}」が2回あります。", "ひとつにしてください。")
        return key

    def _hours(self) -> dict[Place, tuple[Hours, ...]]:
        found: dict[Place, list[Hours]] = {}
        for table in self.root.tables("hours"):
            table.only(("lanes", "days", "begins", "ends", "desks", "seats", "since", "until", "season"))
            spans = [
                Hours(Weekday(WEEKDAYS.index(day)), *self._span(table), since=since, until=until)
                for day in self._days(table)
                for since, until in self._season(table)
            ]
            for place in self._places(table):
                for span in spans:
                    before = found.setdefault(place, [])
                    if any(_overlap(span, one) for one in before):
                        table.fault(
                            "begins",
                            f"{place[0]}/{place[1]} の{WEEKDAYS[span.weekday.value]}曜日に、重なる時間がほかにもあります。",
                            "重ならないように分けてください。",
                        )
                        break
                    before.append(span)
        for table, lane in zip(self.root.tables("lane"), self.root.values.get("lane", ()), strict=False):
            if (lane.get("branch"), lane.get("key")) not in found:
                table.fault("key", "この列の受付時間がありません。", "[[hours]] の lanes に加えてください。")
        return {place: tuple(spans) for place, spans in found.items()}

    def _days(self, table: Table) -> list[str]:
        days = table.texts("days")
        wrong = [one for one in days if len(one) != 1 or one not in WEEKDAYS]
        if wrong or not days:
            table.fault("days", "曜日の並びを書く項目です。", 'days = ["月", "火"] のように書いてください。')
        return [one for one in days if one not in wrong]

    def _span(self, table: Table) -> tuple[time, time, int, int]:
        begins, ends = self._time(table, "begins"), self._time(table, "ends")
        desks, seats = table.whole_number("desks"), table.whole_number("seats")
        if begins >= ends:
            table.fault("ends", "終わりが始まりより前です。", "終わりの時刻を直してください。")
        if seats > desks:
            table.fault(
                "seats", "予約の席が、開ける窓口の数より多くなっています。", f"{desks} 以下にしてください。"
            )
        return begins, ends, desks, seats

    def _time(self, table: Table, key: str) -> time:
        value = table.values.get(key)
        if type(value) is time and value.minute % QUARTER_MINUTES == 0 and value.second == 0:
            return value
        table.fault(
            key, "15分きざみの時刻を書く項目です。", f"{key} = 08:30:00 のように引用符なしで書いてください。"
        )
        return time(0) if key == "begins" else time(23, 45)

    def _season(self, table: Table) -> list[tuple[date | None, date | None]]:
        since, until = table.day("since"), table.day("until")
        if since and until and since > until:
            table.fault("until", "終わりの日が始まりの日より前です。", "日を直してください。")
        season = table.texts("season")
        if not season:
            return [(since, until)]
        ends = [_MONTH_DAY.fullmatch(one) for one in season]
        try:
            first, last = (date(2024, int(one[1]), int(one[2])) for one in ends if one)
            if first > last or since or until:
                raise ValueError
        except ValueError:
            table.fault(
                "season",
                "毎年の期間として読めません。",
                'season = ["03-15", "04-15"] のように書き、年をまたぐときは2つに分けてください。',
            )
            return [(since, until)]
        return [(_in(year, first), _in(year, last)) for year in self.years]

    def _places(self, table: Table) -> list[Place]:
        words = table.texts("lanes")
        known = {"/".join(one) for one in self.known}
        self._known_words(table, "lanes", words, known)
        return [(one.partition("/")[0], one.partition("/")[2]) for one in words if one in known]

    def _single_days(self) -> dict[Place, tuple[DayHours, ...]]:
        found: dict[Place, dict[date, DayHours]] = {}
        for table in self.root.tables("opening"):
            table.only(("lanes", "day", "every", "begins", "ends", "desks", "seats", "note"))
            span, note = self._span(table), table.text("note", default="")
            for place in self._places(table):
                for day in self._dates(table):
                    before = found.setdefault(place, {}).get(day, DayHours(day, (), note))
                    spans = (*before.spans, Hours(Weekday(day.weekday()), *span))
                    found[place][day] = DayHours(day, spans, before.note)
        for table in self.root.tables("closing"):
            table.only(("lanes", "day", "note"))
            for place in self._places(table):
                for day in self._dates(table):
                    if day in found.get(place, {}):
                        table.fault(
                            "day", f"{day} は同じ列が臨時に開く日でもあります。", "どちらかを消してください。"
                        )
                    found.setdefault(place, {})[day] = DayHours(day, (), table.text("note", default=""))
        return {place: tuple(days[day] for day in sorted(days)) for place, days in found.items()}

    def _dates(self, table: Table) -> list[date]:
        day, every = table.day("day"), table.text("every", default="")
        series = _SERIES.fullmatch(every)
        if (day is None) is (series is None) or (every and series is None):
            table.fault(
                "every" if every else "day",
                "日か、毎月の曜日のどちらかを書く項目です。",
                'day = 2026-12-13 か every = "第2土曜" と書いてください。',
            )
            return []
        if day is not None or series is None:
            return [day] if day else []
        weekday, nth = WEEKDAYS.index(series[2]), int(series[1])
        return [one for one in _series(self.years, weekday, nth) if not holiday(one)]


def _in(year: int, day: date) -> date:
    """The day in another year; 29 February is the last day of February."""
    leap = (day.month, day.day) == (2, 29)
    return date(year, 3, 1) - timedelta(days=1) if leap else day.replace(year=year)


def _series(years: Sequence[int], weekday: int, nth: int) -> Iterator[date]:
    for year in years:
        for month in range(1, 13):
            first = date(year, month, 1)
            day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
            if day.month == month:
                yield day


def _overlap(one: Hours, other: Hours) -> bool:
    same = (one.weekday, one.since, one.until) == (other.weekday, other.since, other.until)
    return same and one.begins < other.ends and other.begins < one.ends
