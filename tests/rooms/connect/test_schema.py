"""What is documented is what leaves: the JSON schema and docs/change-data.md."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests import cast
from tests.rooms.connect.schema_check import faults
from tests.rooms.connect.test_change_files import body

import madoguchi.connect
from madoguchi.audit.entries import Actor
from madoguchi.connect import operations
from madoguchi.connect.change_files import COLUMNS, to_json
from madoguchi.jp.dates import PossibleDays

Approve = Callable[..., str]
FOLDER = Path(madoguchi.connect.__file__).parent
SCHEMA: Mapping[str, Any] = json.loads((FOLDER / "change-data.schema.json").read_text("utf-8"))
DOCS = Path(__file__).resolve().parents[3] / "docs" / "change-data.md"


def wrong(told: Any) -> list[str]:
    return list(faults(told, SCHEMA, SCHEMA))


@pytest.mark.parametrize("keep_address_off", [False, True])
def test_what_leaves_is_as_the_schema_says(
    approved: Approve, city: Mapping[str, Actor], keep_address_off: bool
) -> None:
    unknown = PossibleDays("昭和10年月日不詳", date(1935, 1, 1), date(1935, 12, 31))
    approved(*cast.FIVE, cast.mover("引越 古", unknown, "female", "母"), keep_address_off=keep_address_off)
    handed = operations.hand_over(by=city["systems_saki"], now=cast.NOW)
    told = json.loads(to_json(handed.bodies))
    assert wrong(told) == []
    old = told["changes"][0]["people"][5]
    assert (old["birth_date"], old["birth_text"]) == ("", unknown.text), "不詳 is never made a date"
    assert (old["birth_earliest"], old["birth_latest"]) == ("1935-01-01", "1935-12-31")


@pytest.mark.parametrize(
    "change",
    [
        {"handling": "manual_entry"},
        {"provisional": False},
        {"round": 0},
        {"moved_on": "令和8年11月5日"},
        {"people": []},
        {"reason_code": "01"},
        {"handling": "protected"},
    ],
)
def test_the_schema_refuses(change: Mapping[str, Any]) -> None:
    told = body() | {"notifier": {"name": "引越 大", "kind": "self"}}
    assert wrong({"format": "madoguchi-change/1", "changes": [told]}) == []
    assert wrong({"format": "madoguchi-change/1", "changes": [{**told, **change}]})


def test_every_column_is_explained() -> None:
    explained = DOCS.read_text("utf-8")
    assert [column for column in COLUMNS if column not in explained] == []
