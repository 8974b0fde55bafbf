"""What OCEL 2.0 asks of a JSON log, retyped from the standard: shapes, types, and that everything named is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

KINDS: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "float": (int, float), "boolean": bool, "time": str,
}  # fmt: skip


def ocel_faults(log: Any) -> list[str]:
    """Everything that is not as the standard asks; nothing: the log keeps it."""
    if not isinstance(log, dict) or set(log) != {"objectTypes", "eventTypes", "objects", "events"}:
        return ["the four lists"]
    types = {kind: _types(log[f"{kind}Types"]) for kind in ("object", "event")}
    objects = {one["id"] for one in log["objects"]}
    faults = []
    for kind in ("object", "event"):
        found = log[f"{kind}s"]
        if len({one["id"] for one in found}) != len(found):
            faults.append(f"{kind} ids are not unique")
        for one in found:
            faults += [f"{one['id']}: {fault}" for fault in _faults(one, kind, types[kind], objects)]
    return faults


def _types(given: Any) -> dict[str, dict[str, str]]:
    return {one["name"]: {each["name"]: each["type"] for each in one["attributes"]} for one in given}


def _faults(one: Any, kind: str, types: Mapping[str, Mapping[str, str]], objects: set[str]) -> Iterator[str]:
    if one.get("type") not in types:
        yield "its type is not declared"
        return
    if kind == "event":
        yield from _time(one.get("time"))
        if not one.get("relationships"):
            yield "an event without an object"
    for each in one.get("attributes", []):
        declared = types[one["type"]].get(each["name"])
        if declared is None or not isinstance(each["value"], KINDS[declared]):
            yield f"attribute {each['name']}"
        if kind == "object":
            yield from _time(each.get("time"))
    for each in one.get("relationships", []):
        if each.get("objectId") not in objects or not isinstance(each.get("qualifier"), str):
            yield f"relates to {each.get('objectId')}, which is not there"


def _time(text: Any) -> Iterator[str]:
    try:
        if datetime.fromisoformat(str(text)).tzinfo is None:
            yield "a time without a zone"
    except ValueError:
        yield "a time that is none"
