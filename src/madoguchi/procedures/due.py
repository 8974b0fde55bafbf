"""What follows once a procedure applies (期限と金額): its last day, and how much is paid, to the person in the first slot.

Each is given only when it is the same whatever is still unknown; otherwise there is none yet.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from madoguchi.jp import dates
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decisions import Amount
from madoguchi.procedures.language.frame import Frame
from madoguchi.procedures.language.spans import NOTHING, Span, high_of, low_of
from madoguchi.procedures.packs import AmountRule, Procedure
from madoguchi.procedures.situation import EventKind


def last_days_of(
    procedure: Procedure, frame: Frame, event: EventKind, law_day: date | Span | None
) -> tuple[date | None, date | None]:
    """Return the earliest last day that the procedure sets for this event; None: it sets none, or it is not known.

    Where the day of the event itself is a span (a death 「○日から○日までの間」), it is counted from the first day of the span,
    which is in time whichever day it was; the second value is then the last day counted from the last, else None.
    """
    first: list[date] = []
    last: list[date] = []
    for deadline in procedure.deadlines:
        if deadline.event is event:
            start = deadline.start.evaluate(frame)
            if (
                start is None
                or start is NOTHING
                or (isinstance(start, Span) and not isinstance(law_day, Span))
            ):
                return None, None
            open_days = frame.open_days if deadline.roll_to_open_day else None
            for found, day in ((first, low_of(start)), (last, high_of(start))):
                found.append(_last_day(day, deadline.days, deadline.count_first_day, open_days))
    counted, at_most = min(first, default=None), min(last, default=None)
    return counted, at_most if at_most != counted else None


def amount_of(rules: tuple[AmountRule, ...], frame: Frame, law_day: date | Span | None) -> Amount | None:
    """Return the first amount that applies; None when none does, or when it is not known whether one does."""
    frame.named = {}  # for this procedure, subject and claimant
    try:
        for rule in rules:
            applies = _applies(rule, frame, law_day)
            if applies is not False:
                return _worked_out(rule, frame) if applies else None
        return None
    finally:
        frame.named = None


def _applies(rule: AmountRule, frame: Frame, law_day: date | Span | None) -> bool | None:
    if rule.valid_from is not None or rule.valid_until is not None:
        if not isinstance(law_day, date):
            return None
        after = rule.valid_until is not None and law_day > rule.valid_until
        if after or (rule.valid_from is not None and law_day < rule.valid_from):
            return False
    return True if rule.when is None else rule.when.evaluate(frame)


def _worked_out(rule: AmountRule, frame: Frame) -> Amount | None:
    yen = rule.yen.evaluate(frame)
    if not isinstance(yen, int):
        return None
    start, until = (
        None if expression is None else expression.evaluate(frame) for expression in (rule.start, rule.until)
    )
    return Amount(yen, rule.per, _exact_day(start), _exact_day(until), rule.payee)


def _exact_day(value: Any) -> date | None:
    return value if isinstance(value, date) else None


@lru_cache(maxsize=4096)
def _last_day(start: date, days: int, count_first_day: bool, open_days: OpenDays | None) -> date:
    last = dates.due(start, days, count_first_day=count_first_day)
    return last if open_days is None else dates.roll_to_open_day(last, open_days.is_open)
