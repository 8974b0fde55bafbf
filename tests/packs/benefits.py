"""What the pack says about one household that asks what it may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation_file import read_situation

OPEN_DAYS = OpenDays()
PACK = national_pack()
VOCABULARY = {(one.holder, one.key): one for one in PACK.vocabulary}


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def end_of_school_year(birth: date, age: int) -> date:
    """The 31 March that ends the school year in which somebody becomes so old (the day before the birthday)."""
    attained = attains(birth, age)
    return date(attained.year + (attained.month > 3), 3, 31)


def attains(birth: date, age: int) -> date:
    """年齢計算ニ関スル法律: the day before the birthday."""
    try:
        birthday = birth.replace(year=birth.year + age)
    except ValueError:
        birthday = date(birth.year + age, 3, 1)
    return birthday - timedelta(days=1)


def yen(
    procedure: str,
    people: Sequence[Mapping[str, Any]],
    day: date,
    *,
    subject: str = "p1",
    claimant: str = "p1",
    relations: Sequence[Mapping[str, str]] | None = None,
) -> tuple[int, date | None] | None:
    """The amount of one procedure for one subject and its first day; None where the pack gives none."""
    told = {"event": {"kind": "none"}, "notified_on": day.isoformat(), "claimant": claimant, "people": people}
    if relations is not None:
        told["relations"] = relations
    situation = read_situation(told, VOCABULARY)
    decided = decide_procedure(PACK, PACK.procedure(procedure), situation, on=day, open_days=OPEN_DAYS)
    (found,) = (one for one in decided if one.subject == subject)
    return None if found.amount is None else (found.amount.yen, found.amount.start)
