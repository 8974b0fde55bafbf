"""A city for the tests of this room."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from madoguchi.audit.entries import Actor
from madoguchi.city.operations import set_up_city
from madoguchi.city.queries import CityProfile


@pytest.fixture
def city(db: None) -> None:
    set_up_city(
        profile=CityProfile("999997", "まど県", "まどか市", "まどか市長"),
        departments={},
        branches=[],
        by=Actor(None, "設定", "main", ""),
        now=datetime(2026, 11, 23, tzinfo=UTC),
    )
