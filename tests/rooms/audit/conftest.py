"""The cast of these tests, and an intruder who owns the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from django.db import connection

from madoguchi.audit.append_only import lifted
from madoguchi.audit.entries import Actor, Channel, Purpose, StepDetail
from madoguchi.audit.operations import record_access, record_step

JST = timezone(timedelta(hours=9))
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=JST)
CLERK = Actor(7, "佐藤 窓", "main", "desk1", "192.0.2.10")
OFFICER = Actor(8, "鈴木 課", "north", "", "192.0.2.11")


@pytest.fixture
def step() -> Callable[..., None]:
    """Record one step of a case."""

    def record(
        case: str = "case-1", activity: str = "answer", *, actor: Actor = CLERK, **detail: object
    ) -> None:
        record_step(
            actor=actor,
            case=case,
            activity=activity,
            channel=Channel.COUNTER,
            now=NOON,
            detail=StepDetail(**detail),
        )

    return record


@pytest.fixture
def reading() -> Callable[..., None]:
    """Record that people were read."""

    def record(*keys: str, actor: Actor = CLERK, now: datetime = NOON) -> None:
        record_access(
            actor=actor, purpose=Purpose.COUNTER_CASE, authority="counter", person_keys=keys,
            fields=["person.birth_date", "name"], case="case-1", screen="hearing", now=now,
        )  # fmt: skip

    return record


@pytest.fixture
def intruder() -> Callable[..., None]:
    """Run raw SQL as the owner of the database, who can take the triggers away."""

    def run(*statements: str) -> None:
        with lifted(connection), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return run
