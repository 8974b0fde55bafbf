"""予想はどのくらい当たっているか: anyone may see it; numbers of many only; the drawing says what the table says."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client
from tests.rooms.booking.queueing import BRANCH, Hall

from madoguchi.booking.accuracy import DayAccuracy
from madoguchi.booking.models import EstimateRow
from madoguchi.booking.waits.bands import Band
from madoguchi.booking.waits.scoring import Promise, score
from madoguchi.channels.board.accuracy_chart import HEIGHT, TOP, accuracy_chart


def tell(hall: Hall, days_ago: int, times: int, waited: int, service: str = "moving") -> None:
    """So many people who were told 5 to 15 minutes and waited `waited`."""
    for _ in range(times):
        at = hall.now - timedelta(days=days_ago)
        EstimateRow.objects.create(
            branch=BRANCH, ticket=f"{EstimateRow.objects.count():032}", step=0, number=1, lane="residents",
            service=service, told_at=at, method="learned", low=300, middle=600, high=900, work=600, ahead=3, desks=2,
            lowest_low=300, lowest_middle=600, lowest_high=900, outcome="called",
            ended_at=at + timedelta(minutes=waited),
        )  # fmt: skip


def page() -> str:
    answer = Client().get("/accuracy/")
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>", "", answer.content.decode())


def test_an_office_that_told_nothing_says_so(hall: Hall) -> None:
    assert "まだ出せる数字がありません" in page()
    tell(hall, 1, 9, 12)
    assert "まだ出せる数字がありません" in page()


def test_it_says_in_words_how_many_of_ten_were_told_right(hall: Hall) -> None:
    tell(hall, 1, 24, 12)
    tell(hall, 2, 6, 40)
    said = page()
    assert "10人のうち 8人 は" in said
    assert "令和8年10月10日から令和8年11月8日まで" in said
    assert "30人" in said


def test_days_and_services_of_few_are_not_shown(hall: Hall) -> None:
    tell(hall, 1, 24, 12)
    tell(hall, 2, 9, 37, service="certificates")
    said = page()
    assert "10人未満のため出していません" in said
    assert "証明書" not in said


def test_today_is_not_shown_before_it_is_over(hall: Hall) -> None:
    tell(hall, 0, 40, 12)
    assert "まだ出せる数字がありません" in page()


def test_a_bar_is_as_high_as_its_minutes(hall: Hall) -> None:
    def day(error: float) -> DayAccuracy:
        return DayAccuracy(hall.now.date(), score([Promise(Band(0, 10, 20), 10 + error)]))

    chart = accuracy_chart([day(5), day(10), DayAccuracy(hall.now.date(), None)])
    assert chart is not None
    low, high = chart.bars
    assert high.y == TOP and abs(high.height - 2 * low.height) < 0.2
    assert high.y + high.height == HEIGHT - 40
    assert accuracy_chart([DayAccuracy(hall.now.date(), None)]) is None
