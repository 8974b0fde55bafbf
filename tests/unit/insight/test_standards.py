"""Both files keep what their standards ask, and the checks of that find every fault that is put in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.rooms.insight.ocel_check import ocel_faults
from tests.rooms.insight.xes_check import xes_faults
from tests.unit.insight.test_outside_reader import VISITS

from madoguchi.insight.ocel import ocel_of
from madoguchi.insight.xes import xes_of

XES = "".join(xes_of(VISITS))
OCEL = ocel_of(VISITS, departments={"nhi-enrol": "保険年金課"})


def test_the_xes_keeps_the_standard() -> None:
    assert xes_faults(XES) == [] == xes_faults("".join(xes_of([])))


def test_the_ocel_keeps_the_standard() -> None:
    assert ocel_faults(json.loads(OCEL)) == [] == ocel_faults(json.loads(ocel_of([], departments={})))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('xes.version="1849.2016"', 'xes.version="1849-2016"'),
        ('xes.version="1849.2016" ', ""),
        ('xes.features=""', 'xes.features=" a"'),
        ("http://www.xes-standard.org/\">", "http://example.jp/\">"),
        ('name="ActivityAndLifecycle"', 'name="Activity and lifecycle"'),
        ('keys="concept:name lifecycle:transition"', 'keys="concept:name org:resource"'),
        ('<global scope="trace">', '<global scope="visit">'),
        ('prefix="org"', 'prefix="organisation"'),
        ('<extension name="Time"', '<extension name="The time"'),
        ('<extension name="Time"', '<extension note="" name="Time"'),
        ('<string key="lifecycle:model" value="standard"/>', '<date key="lifecycle:model" value="standard"/>'),
        ('key="lifecycle:transition" value="start"', 'key="lifecycle:transition" value="begun"'),
        ('<int key="signatures" value="1"/>', '<int key="signatures" value="one"/>'),
        ('<int key="signatures" value="1"/>', '<int key="signatures" value="9223372036854775808"/>'),
        ('<int key="signatures" value="1"/>', '<int key="signatures"/>'),
        ('<int key="signatures" value="1"/>', '<string key="label" value=""/>'),
        ('<int key="signatures" value="1"/>', '<int key="2signatures" value="1"/>'),
        ('<int key="signatures" value="1"/>', '<int key="cost:total" value="1"/>'),
        ('<int key="signatures" value="1"/>', '<list key="signatures"/>'),
        ('<int key="signatures" value="1"/>', "<note/>"),
        ('<int key="signatures" value="1"/>', "one signature"),
        ('<string key="concept:name" value="ticket_issued"/>', ""),
        ("T10:00:00.000+09:00", " 10:00:00"),
        ("  <trace>\n", "  <trace number=\"1\">\n"),
        ("</log>", '<string key="late" value=""/></log>'),
    ],
)  # fmt: skip
def test_a_spoiled_xes_is_found_out(was: str, becomes: str) -> None:
    assert was in XES
    assert xes_faults(XES.replace(was, becomes, 1)) != []


def _event(log: Any) -> Any:
    return next(
        one for one in log["events"] if any(each["name"] == "signatures" for each in one["attributes"])
    )


def _count(log: Any) -> Any:
    return next(each for each in _event(log)["attributes"] if each["name"] == "signatures")


SPOILS: list[Callable[[Any], object]] = [
    lambda log: log.pop("objectTypes"),
    lambda log: log.update(version="2.0"),
    lambda log: log.update(events={}),
    lambda log: _event(log).pop("time"),
    lambda log: _event(log).update(time="2026-11-09 10:00"),
    lambda log: _event(log).update(time="2026-11-09T10:00:00"),
    lambda log: _event(log).update(id=7),
    lambda log: _event(log).update(type="something"),
    lambda log: _event(log).update(resource="staff-7"),
    lambda log: _event(log).update(relationships=[]),
    lambda log: _event(log)["relationships"].append({"objectId": "visit:nobody", "qualifier": "of"}),
    lambda log: _event(log)["relationships"].append(dict(_event(log)["relationships"][0])),
    lambda log: _event(log)["relationships"][0].pop("qualifier"),
    lambda log: _count(log).update(value=1),
    lambda log: _count(log).update(value="one"),
    lambda log: _count(log).update(time="2026-11-09T10:00:00Z"),
    lambda log: _event(log)["attributes"].append({"name": "unheard", "value": "1"}),
    lambda log: log["objects"][0]["attributes"][0].pop("time"),
    lambda log: log["objects"].append(dict(log["objects"][0])),
    lambda log: log["eventTypes"].append(dict(log["eventTypes"][0])),
    lambda log: log["eventTypes"][0]["attributes"][0].update(type="text"),
    lambda log: log["eventTypes"][0].pop("attributes"),
    lambda log: log["objects"].append("visit"),
]


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_spoiled_ocel_is_found_out(spoil: Callable[[Any], object]) -> None:
    log = json.loads(OCEL)
    spoil(log)
    assert ocel_faults(log) != []
