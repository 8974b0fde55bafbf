"""A city for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from madoguchi.audit.entries import Actor
from madoguchi.city.applying import apply_plan
from madoguchi.city.plan import CityPlan, CityProfile


@pytest.fixture
def city(db: None) -> None:
    profile = CityProfile("999997", "まど県", "まどか市", "まどか市長")
    apply_plan(
        plan=CityPlan(profile, (), ()),
        by=Actor(None, "設定", "main", ""),
        now=datetime(2026, 11, 23, tzinfo=UTC),
    )
