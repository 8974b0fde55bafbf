"""Just as much of JSON Schema 2020-12 as change-data.schema.json uses; a word it does not know is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
}
SAID_ELSEWHERE = {
    "$schema",
    "$defs",
    "title",
    "description",
    "then",
    "required",
    "additionalProperties",
    "properties",
}


def faults(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], at: str = "$") -> Iterator[str]:
    """Where `value` is not as the schema says."""
    for word, said in schema.items():
        yield from _one(word, said, value, schema, root, at)
    if isinstance(value, dict):
        yield from _keys(value, schema, root, at)


def _one(
    word: str, said: Any, value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], at: str
) -> Iterator[str]:
    match word:
        case "$ref":
            yield from faults(value, root["$defs"][said.removeprefix("#/$defs/")], root, at)
        case "type":
            if not isinstance(value, TYPES[said]) or (said == "integer" and isinstance(value, bool)):
                yield f"{at} is not {said}"
        case "const":
            if value != said:
                yield f"{at} is not {said!r}"
        case "enum":
            if value not in said:
                yield f"{at} is none of {said}"
        case "pattern":
            if not re.search(said, value):
                yield f"{at} is not like {said}"
        case "minimum":
            if value < said:
                yield f"{at} is below {said}"
        case "minItems":
            if len(value) < said:
                yield f"{at} has too few"
        case "items":
            for n, one in enumerate(value):
                yield from faults(one, said, root, f"{at}[{n}]")
        case "propertyNames":
            for key in value:
                yield from faults(key, said, root, f"{at}.{key}")
        case "allOf":
            for one in said:
                yield from faults(value, one, root, at)
        case "if":
            if not list(faults(value, said, root, at)):
                yield from faults(value, schema["then"], root, at)
        case _ if word not in SAID_ELSEWHERE:
            raise ValueError(f"{word} is not understood")


def _keys(
    value: Mapping[str, Any], schema: Mapping[str, Any], root: Mapping[str, Any], at: str
) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{at}.{key} is missing" for key in schema.get("required", ()) if key not in value)
    for key, one in value.items():
        if key in known:
            yield from faults(one, known[key], root, f"{at}.{key}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}.{key} is not known"
        elif isinstance(schema.get("additionalProperties"), dict):
            yield from faults(one, schema["additionalProperties"], root, f"{at}.{key}")
