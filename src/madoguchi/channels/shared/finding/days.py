"""Days as people give them (日付の入れ方): era, year, month and day, or, of a birthday, the age in bands.

A band is every day on which somebody of that age may have been born: what the law asks of the age is decided where the
whole band gives one answer, and stays open where it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from madoguchi.channels.shared.fields import whole_number
from madoguchi.jp.dates import PossibleDays, age_on
from madoguchi.jp.wareki import ERAS, LAST_POSSIBLE, WarekiError, parse_date_text

WESTERN = "西暦"
ERA_NAMES = (*(era.name for era in reversed(ERAS) if era.name != "明治"), WESTERN)
# First and last age of each band. They are cut where laws cut: school, 18, 20, 65, 70, 75.
BANDS = (
    (0, 2),
    (3, 5),
    (6, 11),
    (12, 14),
    (15, 17),
    (18, 19),
    (20, 39),
    (40, 59),
    (60, 64),
    (65, 69),
    (70, 74),
    (75, 119),
)
_OLDEST = BANDS[-1][0]


class DayUnreadable(ValueError):
    """What was put in is no day."""

    def __init__(self, who: str) -> None:
        super().__init__(
            _("%(who)sの日付を読めません。年・月・日を数字で入れ、元号を確かめてください。")
            % {"who": f"{who} " if who else ""}
        )


@dataclass(frozen=True, slots=True)
class Band:
    """An age band to choose: its number, and its words."""

    code: str
    label: str


def bands() -> tuple[Band, ...]:
    """The bands to choose from."""
    return tuple(Band(str(n), _band_words(n)) for n, _ages in enumerate(BANDS))


def _band_words(number: int) -> str:
    first, last = BANDS[number]
    if first == _OLDEST:
        return _("%(n)d歳以上") % {"n": first}
    return _("%(first)d〜%(last)d歳") % {"first": first, "last": last}


def born_in(band: str, *, today: date) -> PossibleDays | None:
    """When somebody in this band may have been born; None for no band."""
    number = whole_number(band)
    if number is None or number >= len(BANDS):
        return None
    first, last = BANDS[number]
    text = f"{first}歳以上" if first == _OLDEST else f"{first}〜{last}歳"
    return PossibleDays(text, _born_after(last + 1, today), _last_of_age(first, today))


def _last_of_age(age: int, today: date) -> date:
    """The last day on which one could be born to be of that age today."""
    day = _years_before(today, age) + timedelta(days=2)
    while age_on(day, today) < age:
        day -= timedelta(days=1)
    return min(day, today)


def _born_after(age: int, today: date) -> date:
    """The first day on which one could be born and not be of that age today."""
    return _last_of_age(age, today) + timedelta(days=1)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def read_day(
    data: Mapping[str, str], name: str, who: str, *, today: date, with_band: bool
) -> date | PossibleDays | None:
    """The day of these fields, or the days that it may be; None when nothing was put in. Raises DayUnreadable."""
    parts = [data.get(f"{name}-{part}", "").strip() for part in ("y", "m", "d")]
    if not any(parts):
        return born_in(data.get(f"{name}-band", ""), today=today) if with_band else None
    era = data.get(f"{name}-era", "")
    text = f"{'' if era == WESTERN else era}{parts[0]}年{parts[1]}月{parts[2]}日"
    try:
        found = parse_date_text(text)
    except WarekiError as error:
        raise DayUnreadable(who) from error
    day = found.earliest if isinstance(found, PossibleDays) else found
    if not date(1868, 1, 25) <= day <= LAST_POSSIBLE or era not in ERA_NAMES:
        raise DayUnreadable(who)
    return found
