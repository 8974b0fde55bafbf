"""What the screens of levelling share: the branch and the day that are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from madoguchi.booking.invented import invented_days
from madoguchi.booking.offering import Offer, offer
from madoguchi.channels.shared.fields import whole_number
from madoguchi.city.queries import branch_names, open_days
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import WarekiError, format_wareki, parse_date_text

USUAL_TARGET, MOST_TARGET = 10, 120
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Looked:
    """Which branch and day a page is about, and the wait to be kept in minutes."""

    branch: str
    branches: dict[str, str]
    day: date
    target: int
    offered: Offer
    problem: str = ""

    @property
    def day_text(self) -> str:
        return format_wareki(self.day)

    @property
    def branch_name(self) -> str:
        return self.branches.get(self.branch, self.branch)

    @property
    def address(self) -> str:
        """The choice as it stands in an address."""
        kept = QueryDict(mutable=True)
        kept.update({"branch": self.branch, "day": self.day.isoformat(), "target": str(self.target)})
        return kept.urlencode()


def looked_at(request: HttpRequest, given: QueryDict) -> Looked:
    """The choice of an address or a form; tomorrow's open day, the first branch and ten minutes when it says nothing else."""
    branches = branch_names()
    branch = given.get("branch", "")
    day, problem = _day(given.get("day", ""))
    target = whole_number(given.get("target", "")) or USUAL_TARGET
    return Looked(
        branch if branch in branches else next(iter(branches), ""),
        branches,
        day or next_open_day(timezone.localdate()),
        target if 1 <= target <= MOST_TARGET else USUAL_TARGET,
        offer(),
        problem,
    )


def next_open_day(day: date) -> date:
    """The open day after a day."""
    calendar = open_days()
    for ahead in range(1, 32):
        if calendar.is_open(found := day + timedelta(days=ahead)):
            return found
    return day + timedelta(days=1)


def _day(text: str) -> tuple[date | None, str]:
    if not text.strip():
        return None, ""
    try:
        found = parse_date_text(text[:40])
    except WarekiError as error:
        return None, str(error)
    return (None, "日まで分かる日付を入れてください。") if isinstance(found, PossibleDays) else (found, "")


def places(looked: Looked, here: str) -> dict[str, Any]:
    """What the head of every screen needs."""
    invented = invented_days(first=date.min, last=date.max, branch=looked.branch)
    return {"looked": looked, "here": here, "invented": invented}
