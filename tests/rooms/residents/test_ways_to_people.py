"""A question about some people goes to those people and not through the whole register, also before anybody ran ANALYZE."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.residents.by_household import HouseholdRange, households_between, living_here
from madoguchi.residents.counting import people_count
from madoguchi.residents.disclosure import household_members, living_with
from madoguchi.residents.protection import Audience, protected_people

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CLERK = Actor(1, "窓口 花子", "main", "desk-1")

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]


def ways(ask: Callable[[], object]) -> list[str]:
    """How SQLite goes to the rows of the register, for each question of `ask`."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    found: list[str] = []
    with connection.cursor() as cursor:
        for one in asked.captured_queries:
            if one["sql"].startswith("SELECT") and "residents_residentrecord" in one["sql"]:
                cursor.execute(f"EXPLAIN QUERY PLAN {one['sql']}")
                found += [row[3] for row in cursor.fetchall() if "residents_residentrecord" in row[3]]
    return found


@pytest.mark.parametrize(
    ("ask", "by"),
    [
        pytest.param(lambda: living_here(["1", "2", "3"]), "resident_no=?", id="living"),
        pytest.param(lambda: protected_people(["1", "2"], on=TODAY), "=?", id="protected"),
        pytest.param(
            lambda: household_members(
                household_no="5", actor=CLERK, purpose=Purpose.COUNTER_CASE, audience=Audience.CLERK, case=None,
                screen="search", now=NOW,
            ),
            "household_no=?", id="household",
        ),
        pytest.param(lambda: living_with("5"), "_no=?", id="living-with"),
        pytest.param(
            lambda: list(households_between(
                HouseholdRange("1", "2"), keys=(), on=TODAY, by=CLERK, campaign="c", now=NOW
            )),
            "household_no>?", id="part",
        ),
        pytest.param(people_count, "COVERING INDEX residents_living", id="count"),
    ],
)  # fmt: skip
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL counts its tables by itself")
def test_the_way_is_short(ask: Callable[[], object], by: str) -> None:
    found = ways(ask)
    assert found
    assert [one for one in found if by not in one] == []
