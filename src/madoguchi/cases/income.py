"""Which year's income a scheme looks at (所得を見る年): said beside the amount, because the year turns in another month for each."""

from __future__ import annotations

from datetime import date

from madoguchi.cases.judging import Judged
from madoguchi.jp.dates import income_year
from madoguchi.jp.wareki import format_wareki
from madoguchi.procedures.decisions import Decision


def income_note(judged: Judged, decision: Decision) -> str:
    """「令和7年中の所得で見ます（11月に切り替わります）」; empty where the procedure looks at no income.

    The day that counts is the first that is paid, or that of the notice where nothing is.
    """
    month = judged.pack.procedure(decision.procedure).income_from_month
    if month is None:
        return ""
    day = decision.amount.start if decision.amount and decision.amount.start else judged.on
    year = format_wareki(date(income_year(day, from_month=month), 12, 31)).split("年")[0]
    return f"{year}年中の所得で見ます（{month}月に切り替わります）。"
