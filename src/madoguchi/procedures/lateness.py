"""What being late costs this household (遅れると失うもの): the months that are not paid, and their yen.

Only where the pack says that lateness loses months and where its amounts tell from when it is paid: the procedure is decided
once as told on its last day and once as told late, and what lies between the two beginnings is lost. Everything else stays
the pack's own sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from madoguchi.jp.open_days import OpenDays
from madoguchi.jp.wareki import format_wareki, format_wareki_short
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.decisions import Amount, Decision
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import Situation

_ONE_DAY = timedelta(days=1)
MONTH = "month"


@dataclass(frozen=True, slots=True)
class Loss:
    """Months that are not paid when it is told on `told_on`: from the month of `first` to that of `last`, and their yen.

    No month is lost when `months` is 0; `first` and `last` are None then. `yen` None: not known. `already`: it is late now.
    """

    told_on: date
    already: bool
    months: int
    yen: int | None
    first: date | None
    last: date | None


def loss_of(
    pack: Pack, situation: Situation, decision: Decision, *, on: date, open_days: OpenDays
) -> Loss | None:
    """What lateness costs as of `on`, or would cost on the day after the last day; None: the pack cannot tell.

    A child who comes to be of another age on the way is counted month by month.
    """
    procedure = pack.procedure(decision.procedure)
    if procedure.late.loses != MONTH or decision.deadline is None or decision.amount is None:
        return None

    def told(day: date) -> Amount | None:
        then = replace(situation, notified_on=day)
        found = decide_procedure(pack, procedure, then, on=day, open_days=open_days)
        amounts = (one.amount for one in found if one.subject == decision.subject)
        return next((one for one in amounts if one and one.per == MONTH and one.start), None)

    late_on = max(on, decision.deadline + _ONE_DAY)
    in_time, late = told(decision.deadline), told(late_on)
    if in_time is None or late is None or in_time.start is None or late.start is None:
        return None
    lost = list(_months(in_time.start, late.start))
    already = on > decision.deadline
    if not lost:
        return Loss(late_on, already, 0, 0, None, None)
    paid = [in_time, *(told(month - _ONE_DAY) for month in lost[1:])]
    known = all(one is not None and one.start == month for one, month in zip(paid, lost, strict=True))
    yen = sum(one.yen for one in paid if one is not None) if known else None
    return Loss(late_on, already, len(lost), yen, lost[0], lost[-1])


def _months(first: date, end: date) -> Iterator[date]:
    """The first days of the months from `first` until before that of `end`."""
    month = first.replace(day=1)
    while month < end.replace(day=1):
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def loss_sentence(loss: Loss | None) -> str:
    """What a household is told; empty where there is nothing to tell."""
    if loss is None or (loss.months == 0 and not loss.already):
        return ""
    if loss.first is None or loss.last is None:
        return "期限は過ぎていますが、今日の届出なら、受け取れなくなる月はありません。"
    months = _month(loss.first) if loss.months == 1 else f"{_month(loss.first)}から{_month(loss.last)}まで"
    worth = f"、{loss.yen:,}円（目安）" if loss.yen is not None else ""
    if loss.already:
        return f"期限を過ぎたため、{months}の{loss.months}か月分{worth}を受け取れません。"
    return f"{format_wareki_short(loss.told_on)}からは、{months}の{loss.months}か月分{worth}を受け取れなくなります。"


def _month(day: date) -> str:
    return format_wareki(day).split("月")[0] + "月分"
