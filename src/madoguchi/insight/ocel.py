"""Visits as an object-centric event log (OCEL 2.0, JSON): what happened, and to which ticket, case, desk, department, procedure.

No person is an object of it, neither a resident nor a member of staff.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from madoguchi.audit.entries import Channel, Entry
from madoguchi.audit.events import said
from madoguchi.insight.visits import Visit
from madoguchi.insight.xes import COUNTS, TEXTS

VISIT, TICKET, CASE, DESK, DEPARTMENT, PROCEDURE = (
    "visit", "ticket", "case", "desk", "department", "procedure",
)  # fmt: skip
EPOCH = "1970-01-01T00:00:00.000Z"
OBJECT_TYPES: Mapping[str, tuple[tuple[str, str], ...]] = {
    VISIT: (("event", "string"), ("lane", "string"), ("branch", "string")),
    TICKET: (),
    CASE: (("event", "string"),),
    DESK: (("branch", "string"),),
    DEPARTMENT: (),
    PROCEDURE: (),
}
EVENT_ATTRIBUTES = (
    ("label", "string"), ("lifecycle", "string"), ("channel", "string"), ("branch", "string"),
    *((name, "string") for name in TEXTS), *((name, "integer") for name in COUNTS),
)  # fmt: skip


def ocel_of(visits: Iterable[Visit], *, departments: Mapping[str, str]) -> str:
    """The log as JSON. `departments`: the department that does a procedure, by the procedure's id."""
    objects: dict[str, dict[str, Any]] = {}
    events: list[dict[str, Any]] = []
    for visit in visits:
        _visit_objects(visit, objects)
        events += [_event(step, visit, objects, departments) for step in visit.steps]
    events.sort(key=lambda one: one["time"])
    log = {
        "objectTypes": [
            {"name": name, "attributes": _types(attributes)} for name, attributes in OBJECT_TYPES.items()
        ],
        "eventTypes": [
            {"name": name, "attributes": _types(EVENT_ATTRIBUTES)}
            for name in sorted({one["type"] for one in events})
        ],
        "objects": list(objects.values()),
        "events": events,
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def _types(attributes: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in attributes]


def _visit_objects(visit: Visit, objects: dict[str, dict[str, Any]]) -> None:
    """The visit with the ticket and the cases that belong to it."""
    parts = [(TICKET, visit.ticket)] if visit.ticket else []
    parts += [(CASE, case) for case in visit.cases]
    began = _time(visit.begins)
    _add(objects, VISIT, visit.key, began, event=visit.event, lane=visit.lane, branch=visit.branch)
    for kind, key in parts:
        _add(objects, kind, key, began, **({"event": visit.event} if kind == CASE else {}))
        objects[f"{VISIT}:{visit.key}"]["relationships"].append(
            {"objectId": f"{kind}:{key}", "qualifier": "has"}
        )


def _add(objects: dict[str, dict[str, Any]], kind: str, key: str, time: str, **attributes: str) -> str:
    number = f"{kind}:{key}"
    if number not in objects:
        given = [{"name": name, "value": value, "time": time} for name, value in attributes.items() if value]
        objects[number] = {"id": number, "type": kind, "attributes": given, "relationships": []}
    return number


def _event(
    step: Entry, visit: Visit, objects: dict[str, dict[str, Any]], departments: Mapping[str, str]
) -> dict[str, Any]:
    related = [(f"{VISIT}:{visit.key}", "of")]
    related.append((f"{TICKET if step.case == visit.ticket else CASE}:{step.case}", "about"))
    if step.desk:
        related.append((_add(objects, DESK, f"{step.branch}/{step.desk}", EPOCH, branch=step.branch), "at"))
    procedure = str(step.body.get("procedure") or "")
    if procedure:
        related.append((_add(objects, PROCEDURE, procedure, EPOCH), "for"))
        department = departments.get(procedure)
        if department and step.channel == Channel.DEPARTMENT.value:
            related.append((_add(objects, DEPARTMENT, department, EPOCH), "by"))
    values = {"label": said(step.activity), "lifecycle": step.lifecycle}
    values |= {name: value for name, value in (("channel", step.channel), ("branch", step.branch)) if value}
    values |= {name: str(step.body[name]) for name in TEXTS if step.body.get(name)}
    # The published schema holds every value as a string; its type is said once, where the attribute is declared.
    values |= {name: str(int(str(step.body[name]))) for name in COUNTS if step.body.get(name)}
    return {
        "id": f"step:{step.id}",
        "type": step.activity,
        "time": _time(step.at),
        "attributes": [{"name": name, "value": value} for name, value in values.items()],
        "relationships": [{"objectId": number, "qualifier": qualifier} for number, qualifier in related],
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
