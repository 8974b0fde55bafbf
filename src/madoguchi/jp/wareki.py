"""和暦, both ways.

Promises: every civil date since 明治 is shown in 和暦; what people write (和暦 full or short, ISO, slashes, eight
digits, full-width digits, 元年) is understood; both notations are taken on the days on which an era changed; a date
that is partly unknown (不詳, the 14 ways of 住民記録システム標準仕様書 1.1.8), never existed or is of the old calendar
(旧暦, before 1873) keeps its text and becomes the days it may be; an impossible era date is answered with the dates
that may have been meant.

How wide 頃, 推定 and a season are, no law says. Ours: on a day the month named, otherwise the month or year named.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from madoguchi.jp.dates import PossibleDays


@dataclass(frozen=True, slots=True)
class Era:
    """An era (元号): name, Latin letter, one-kanji form, first and last day (both inclusive)."""

    name: str
    letter: str
    kanji: str
    first: date
    last: date


# First and last days overlap where both notations are right (1912-07-30, 1926-12-25).
ERAS = (
    Era("明治", "M", "明", date(1868, 1, 25), date(1912, 7, 30)),
    Era("大正", "T", "大", date(1912, 7, 30), date(1926, 12, 25)),
    Era("昭和", "S", "昭", date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", "平", date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", "令", date(2019, 5, 1), date(9999, 12, 31)),
)
_BY_MARK = {mark: era for era in ERAS for mark in (era.name, era.letter, era.kanji)}
_MARKS = "|".join(sorted(_BY_MARK, key=len, reverse=True))
_ERA_DATE = re.compile(
    rf"^(?P<era>{_MARKS})\s*(?P<year>元|\d{{1,2}})\s*[年./-]\s*(?P<month>\d{{1,2}})\s*[月./-]\s*(?P<day>\d{{1,2}})\s*日?$"
)
_ERA_PART = re.compile(
    rf"^(?P<era>{_MARKS})\s*(?P<year>元|\d{{1,2}})?\s*年?\s*(?:(?P<month>\d{{1,2}})\s*月)?\s*(?P<unknown>年月日|月日|日)?(?P<word>不詳|不明|頃|推定)$"
)
_WESTERN_DATE = re.compile(
    r"^(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?$"
)
_WESTERN_PART = re.compile(
    r"^(?P<year>\d{4})\s*年?\s*(?:(?P<month>\d{1,2})\s*月)?\s*(?P<unknown>月日|日)?(?P<word>不詳|不明|頃|推定)$"
)
_HYPHENS = str.maketrans(dict.fromkeys("−‐‑–—ー", "-"))
_DIGITS = re.compile(r"^\d{8}$")
_ABOUT_DAY = re.compile(r"^(?P<day>(?P<month>.+月)\s*\d{1,2}日)(?:頃|推定)$")
_TENTH = re.compile(r"^(?P<month>.+月)(?P<tenth>[上中下])旬頃?$")
_SEASON = re.compile(r"^(?P<year>.+年)[春夏秋冬]頃?$")
_RANGE = re.compile(r"^(?P<first>.+)から(?P<last>.+?)(?:までの間|の間|まで)$")
_FULL_DAY = re.compile(r"^(?P<year>.+年)\s*(?P<month>\d{1,2}月)\s*\d{1,2}日$")
_TENTHS = {"上": (1, 10), "中": (11, 20), "下": (21, 31)}
OLD_CALENDAR_ENDS = date(1872, 12, 31)
# A time of day beside a day; 推定 and 頃 that stand at the time belong to it.
_TIME = re.compile(r"\s*(?:推定)?\s*(?:午前|午後)\s*\d{1,2}時(?:\s*\d{1,2}分|半)?\s*頃?")
# Far beyond any case, and with room left to add an age or a period to it.
LAST_POSSIBLE = date(2999, 12, 31)
# Longer than anything that anybody writes for a day; what is vague is taken apart again and again.
LONGEST = 100
WHOLLY_UNKNOWN = PossibleDays("不詳", date(1868, 1, 25), LAST_POSSIBLE)


class WarekiError(ValueError):
    """The text is not a date. `candidates` are dates that may have been meant."""

    def __init__(self, text: str, candidates: tuple[date, ...] = ()) -> None:
        self.text = text
        self.candidates = candidates
        meant = "、".join(format_wareki(candidate) for candidate in candidates)
        hint = (
            f"{meant} のことであれば、そのように入れてください。"
            if meant
            else "例: 昭和59年5月2日、S59.5.2、1984-05-02"
        )
        super().__init__(
            f"「{text[:LONGEST]}{'…' if len(text) > LONGEST else ''}」は日付として読めません。{hint}"
        )


def era_of(day: date) -> Era:
    """The era that a document of that day writes; on a day of change the newer one. Raises WarekiError before 明治."""
    for era in reversed(ERAS):
        if era.first <= day:
            return era
    raise WarekiError(day.isoformat())


def format_wareki(day: date) -> str:
    """令和8年11月5日; the first year is 元年."""
    era = era_of(day)
    year = day.year - era.first.year + 1
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def format_wareki_short(day: date) -> str:
    """令8.11.5, as counters write it."""
    era = era_of(day)
    year = day.year - era.first.year + 1
    return f"{era.kanji}{'元' if year == 1 else year}.{day.month}.{day.day}"


def format_wareki_latin(day: date) -> str:
    """R8.11.5, as systems write it; the first year is 1."""
    era = era_of(day)
    return f"{era.letter}{day.year - era.first.year + 1}.{day.month}.{day.day}"


def format_date_text(value: date | PossibleDays) -> str:
    """和暦 for a date, the text as written for one that is partly unknown."""
    return value.text if isinstance(value, PossibleDays) else format_wareki(value)


def parse_date_text(text: str) -> date | PossibleDays:
    """What a person or a file writes for a date.

    Raises WarekiError, with candidates where an era does not reach the day (昭和64年1月8日 → 平成元年1月8日).
    """
    if len(text) > LONGEST:
        raise WarekiError(text)
    clean = unicodedata.normalize("NFKC", text).translate(_HYPHENS).strip()
    if clean in ("不詳", "不明", "生年月日不詳", "年月日不詳"):
        return PossibleDays(text.strip(), WHOLLY_UNKNOWN.earliest, WHOLLY_UNKNOWN.latest)
    if vague := _vague(text, clean):
        return vague
    if _DIGITS.match(clean):
        clean = f"{clean[:4]}-{clean[4:6]}-{clean[6:]}"
    upper = clean[:1].upper() + clean[1:]
    if match := _ERA_DATE.match(upper):
        return _from_era(text, match)
    if match := _WESTERN_DATE.match(clean):
        return _from_parts(text, int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _ERA_PART.match(upper):
        era = _BY_MARK[match["era"]]
        if match["year"] is None:
            return PossibleDays(text.strip(), era.first, min(era.last, LAST_POSSIBLE))
        return _unknown_part(text, _era_year(era, match["year"]), match["month"], era)
    if match := _WESTERN_PART.match(clean):
        return _unknown_part(text, int(match["year"]), match["month"], None)
    raise WarekiError(text)


def parse_day_and_time(text: str) -> date | PossibleDays:
    """The same where a time of day may stand beside a day (死亡の日時): 令和8年11月5日推定午後3時頃.

    A day with a time is that day, with its text kept; where the day itself is vague, or lies between two times, the days
    between are possible. Raises WarekiError.
    """
    if len(text) > LONGEST:
        raise WarekiError(text)
    clean = unicodedata.normalize("NFKC", text)
    days = _TIME.sub("", clean).strip()
    if days == clean.strip():
        return parse_date_text(text)
    try:
        first, last = _ends(parse_date_text(days))
    except WarekiError as refused:
        raise WarekiError(text, refused.candidates) from refused
    return PossibleDays(text.strip(), first, last)


def _era_year(era: Era, year: str) -> int:
    return era.first.year + (1 if year == "元" else int(year)) - 1


def _from_era(text: str, match: re.Match[str]) -> date | PossibleDays:
    era = _BY_MARK[match["era"]]
    year = _era_year(era, match["year"])
    if year < era.first.year:
        raise WarekiError(text)
    found = _from_parts(text, year, int(match["month"]), int(match["day"]))
    first, last = _ends(found)
    if last < era.first or first > era.last:
        raise WarekiError(text, (found,) if isinstance(found, date) else ())
    if first <= OLD_CALENDAR_ENDS:
        # A month of the old calendar began up to two months after that of the same number now.
        last = min(date(year, 12, 31) + timedelta(days=60), OLD_CALENDAR_ENDS)
        return PossibleDays(text.strip(), max(date(year, 1, 1), era.first), last)
    if isinstance(found, PossibleDays):
        return PossibleDays(found.text, max(first, era.first), min(last, era.last))
    return found


def _ends(found: date | PossibleDays) -> tuple[date, date]:
    return (found.earliest, found.latest) if isinstance(found, PossibleDays) else (found, found)


def _vague(text: str, clean: str) -> PossibleDays | None:
    """頃, 推定, 上旬, 春, ○日から○日までの間; None when the text is none of these."""
    if match := _RANGE.match(clean):
        return _between(text, match["first"], match["last"])
    plain = clean.removeprefix("推定").strip()
    if match := _TENTH.match(plain):
        earliest, latest = _part(text, f"{match['month']}日不詳")
        first, last = _TENTHS[match["tenth"]]
        if earliest.day > last or latest.day < first:
            raise WarekiError(text)
        days = (max(earliest.day, first), min(latest.day, last))
        return PossibleDays(text.strip(), earliest.replace(day=days[0]), earliest.replace(day=days[1]))
    if match := _SEASON.match(plain):
        return PossibleDays(text.strip(), *_part(text, f"{match['year']}月日不詳"))
    if match := _ABOUT_DAY.match(plain if plain == clean else f"{plain.removesuffix('頃')}推定"):
        _part(text, match["day"])
        return PossibleDays(text.strip(), *_part(text, f"{match['month']}日不詳"))
    if plain != clean:
        return PossibleDays(text.strip(), *_part(text, f"{plain.removesuffix('頃')}頃"))
    return None


def _between(text: str, first: str, last: str) -> PossibleDays:
    """○日から○日までの間; the second day may leave out the year, or the year and the month."""
    first, last = (re.sub("推定|頃", "", day).strip() for day in (first, last))
    if match := _FULL_DAY.match(first):
        if re.fullmatch(r"\d{1,2}日", last):
            last = f"{match['year']}{match['month']}{last}"
        elif re.fullmatch(r"\d{1,2}月\s*\d{1,2}日", last):
            last = f"{match['year']}{last}"
    earliest, latest = _part(text, first)[0], _part(text, last)[1]
    if latest < earliest:
        raise WarekiError(text)
    return PossibleDays(text.strip(), earliest, latest)


def _part(text: str, piece: str) -> tuple[date, date]:
    """The first and last day that a piece of `text` may be; what is refused is the whole text."""
    try:
        return _ends(parse_date_text(piece))
    except WarekiError as refused:
        raise WarekiError(text, refused.candidates) from refused


def _from_parts(text: str, year: int, month: int, day: int) -> date | PossibleDays:
    """A civil date; 0 for a part means unknown; a day that month never had keeps its text (E16)."""
    if year == 0 or year > 9999 or month > 12:
        raise WarekiError(text)
    if month == 0:
        return PossibleDays(text.strip(), date(year, 1, 1), date(year, 12, 31))
    length = monthrange(year, month)[1]
    if day == 0:
        return PossibleDays(text.strip(), date(year, month, 1), date(year, month, length))
    if day > 31:
        raise WarekiError(text)
    if day > length:
        return PossibleDays(text.strip(), date(year, month, length), add_one(date(year, month, length)))
    return date(year, month, day)


def add_one(day: date) -> date:
    """The next civil day."""
    return date.fromordinal(day.toordinal() + 1)


def _unknown_part(text: str, year: int, month: str | None, era: Era | None) -> PossibleDays:
    if year == 0 or (month is not None and not 1 <= int(month) <= 12):
        raise WarekiError(text)
    first = date(year, int(month) if month else 1, 1)
    last_month = int(month) if month else 12
    last = date(year, last_month, monthrange(year, last_month)[1])
    if era is not None:
        first, last = max(first, era.first), min(last, era.last)
        if last < first:
            raise WarekiError(text)
    return PossibleDays(text.strip(), first, last)
