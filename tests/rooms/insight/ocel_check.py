"""What OCEL 2.0 asks of a JSON log, retyped by us from the published JSON schema and the text of the standard.

The schema writes every value as a string and leaves its type to the declaration of the attribute; the format's page shows
a number. A value that is a string which reads as the declared type keeps both: so it is asked for here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

# RFC 3339, which JSON schema's "date-time" means: seconds and a zone are not left out.
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
READS_AS: Mapping[str, Callable[[str], bool]] = {
    "string": lambda _text: True,
    "integer": lambda text: bool(re.fullmatch(r"-?\d+", text)),
    "float": lambda text: bool(re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text)),
    "boolean": lambda text: text in ("true", "false"),
    "time": lambda text: bool(DATE_TIME.fullmatch(text)),
}
TOP = ("objectTypes", "eventTypes", "objects", "events")
# What each thing has: (name, whether it must be there). Nothing else is written.
HAS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "type": (("name", True), ("attributes", True)),
    "declared": (("name", True), ("type", True)),
    "event": (("id", True), ("type", True), ("time", True), ("attributes", False), ("relationships", False)),
    "object": (("id", True), ("type", True), ("attributes", False), ("relationships", False)),
    "event value": (("name", True), ("value", True)),
    "object value": (("name", True), ("value", True), ("time", True)),
    "relationship": (("objectId", True), ("qualifier", True)),
}
LISTS = ("attributes", "relationships")


def ocel_faults(log: Any) -> list[str]:
    """Everything that is not as the standard asks; nothing: the log keeps it."""
    if (
        not isinstance(log, dict)
        or set(log) != set(TOP)
        or not all(isinstance(log[one], list) for one in TOP)
    ):
        return ["the four lists"]
    shape = [*_shapes(log)]
    return shape or [*_meaning(log)]


def _shapes(log: Mapping[str, Any]) -> Iterator[str]:
    for name in ("objectTypes", "eventTypes"):
        for one in log[name]:
            yield from _shape(one, "type")
            for each in one.get("attributes", []) if isinstance(one, dict) else []:
                yield from _shape(each, "declared")
    for kind in ("event", "object"):
        for one in log[f"{kind}s"]:
            yield from _shape(one, kind)
            for each in one.get("attributes", []) if isinstance(one, dict) else []:
                yield from _shape(each, f"{kind} value")
            for each in one.get("relationships", []) if isinstance(one, dict) else []:
                yield from _shape(each, "relationship")


def _shape(one: Any, what: str) -> Iterator[str]:
    if not isinstance(one, dict):
        yield f"{what} is not an object of JSON"
        return
    known = dict(HAS[what])
    yield from (f"{what} without {name}" for name, needed in HAS[what] if needed and name not in one)
    yield from (f"{what} has {name}" for name in sorted(one.keys() - known.keys()))
    for name in one.keys() & known.keys():
        if not isinstance(one[name], list if name in LISTS else str):
            yield f"{what}: {name} is {one[name]!r}"
    if isinstance(one.get("time"), str) and not _is_moment(one["time"]):
        yield f"{what}: time {one['time']}"


def _meaning(log: Mapping[str, Any]) -> Iterator[str]:
    objects = {one["id"] for one in log["objects"]}
    for kind in ("object", "event"):
        types = {one["name"]: one["attributes"] for one in log[f"{kind}Types"]}
        found = log[f"{kind}s"]
        if len(types) != len(log[f"{kind}Types"]):
            yield f"two {kind} types of one name"
        if len({one["id"] for one in found}) != len(found):
            yield f"{kind} ids are not unique"
        for name, attributes in types.items():
            names = [each["name"] for each in attributes]
            if len(set(names)) != len(names):
                yield f"{name}: two attributes of one name"
            yield from (f"{name}: type {each['type']}" for each in attributes if each["type"] not in READS_AS)
        for one in found:
            yield from (f"{one['id']}: {fault}" for fault in _faults(one, kind, types, objects))


def _faults(one: Any, kind: str, types: Mapping[str, Any], objects: set[str]) -> Iterator[str]:
    if one["type"] not in types:
        yield "its type is not declared"
        return
    if kind == "event" and not one.get("relationships"):
        yield "an event without an object"
    declared = {each["name"]: each["type"] for each in types[one["type"]]}
    seen = set()
    for each in one.get("attributes", []):
        at = (each["name"], each.get("time"))
        kind_of = declared.get(each["name"], "")
        if kind_of not in READS_AS or not READS_AS[kind_of](each["value"]) or at in seen:
            yield f"attribute {each['name']}"
        seen.add(at)
    related = [(each["objectId"], each["qualifier"]) for each in one.get("relationships", [])]
    if len(set(related)) != len(related):
        yield "relates to the same object twice in the same way"
    for number, _qualifier in related:
        if number not in objects:
            yield f"relates to {number}, which is not there"


def _is_moment(text: str) -> bool:
    try:
        return bool(DATE_TIME.fullmatch(text)) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
