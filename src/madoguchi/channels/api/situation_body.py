"""The body of a decision (世帯の状況): read within bounds, described as the published vocabulary allows it; kept nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest

from madoguchi.channels.api.problems import JSON, CannotAnswer, Problem, cannot, problem
from madoguchi.channels.api.shapes import DAY_SCHEMA
from madoguchi.notation.reading import depth_of, json_of
from madoguchi.procedures.facts import FactDefinition, FactType, Holder
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind, RelationKind, Situation
from madoguchi.procedures.situation_file import SituationFaults, read_situation

MOST_BYTES = 64 * 1024
MOST_DEPTH = 8
MOST_PEOPLE = 30
MOST_RELATIONS = 200
LONGEST_TEXT = 200
LARGEST_NUMBER = 10**12
LONGEST_DATE_TEXT = 40
FIRST_YEAR, LAST_YEAR = 1800, 2299
NONE = "none"
PARTLY_KNOWN = frozenset({"text", "earliest", "latest"})
_HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


def read_body(request: HttpRequest, pack: Pack) -> Situation:
    """The situation that was sent. Raises CannotAnswer (400, 413, 415, 422) with every fault."""
    if request.content_type != JSON:
        raise cannot(415)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise cannot(413)
    data = _parsed(request.body)
    if faults := list(_out_of_bounds(data)):
        raise CannotAnswer(422, *faults)
    vocabulary = {(one.holder, one.key): one for one in pack.vocabulary}
    try:
        return read_situation(data, vocabulary)
    except SituationFaults as refused:
        faults = [problem(one.message, one.remedy, one.place) for one in refused.faults]
        raise CannotAnswer(422, *faults) from refused


def _parsed(body: bytes) -> Any:
    try:
        text = body.decode("utf-8-sig")
        if depth_of(text) > MOST_DEPTH:
            raise CannotAnswer(
                400, problem("括弧の入れ子が深すぎます。", f"{MOST_DEPTH}段までにしてください。")
            )
        return json_of(text, any_value=True)
    except ValueError as error:  # of the encoding, of JSON, of a number that is none
        raise cannot(400) from error


def _out_of_bounds(data: object, place: str = "") -> Iterator[Problem]:
    """What no household has, wherever it stands: a text without end, half a character, a day of another age."""
    match data:
        case dict():
            if "earliest" in data and not _partly_known(data):
                yield problem(
                    "一部が分からない日付の形が違います。",
                    "text・earliest・latest だけを入れてください。",
                    place,
                )
            for key, value in data.items():
                if len(key) > LONGEST_TEXT or _HALF_A_CHARACTER.search(key):
                    yield problem(
                        "項目の名前が長すぎるか、文字ではありません。", "名前を直してください。", place
                    )
                else:
                    yield from _out_of_bounds(value, f"{place}.{key}" if place else key)
        case list():
            most = MOST_RELATIONS if place == "relations" else MOST_PEOPLE
            if len(data) > most:
                yield problem(f"{len(data)}件あります。", f"{most}件までにしてください。", place)
            else:
                for number, value in enumerate(data):
                    yield from _out_of_bounds(value, f"{place}[{number}]")
        case str():
            if len(data) > LONGEST_TEXT or _HALF_A_CHARACTER.search(data):
                yield problem(
                    "文が長すぎるか、文字ではありません。", f"{LONGEST_TEXT}字までにしてください。", place
                )
            elif _of_another_age(data):
                yield problem(
                    "年が離れすぎています。",
                    f"{FIRST_YEAR}年から{LAST_YEAR}年までの日付にしてください。",
                    place,
                )
        case int() | float():
            if abs(data) > LARGEST_NUMBER:
                yield problem("数が大きすぎます。", "12桁までにしてください。", place)


def _partly_known(data: dict[str, Any]) -> bool:
    text = data.get("text", "")
    return data.keys() <= PARTLY_KNOWN and isinstance(text, str) and len(text) <= LONGEST_DATE_TEXT


def _of_another_age(text: str) -> bool:
    try:
        year = date.fromisoformat(text).year
    except ValueError:
        return False
    return not FIRST_YEAR <= year <= LAST_YEAR


def body_schema(pack: Pack) -> dict[str, Any]:
    """The JSON Schema of a situation, with every key and value of this vocabulary; null is always "not known"."""

    def of(holder: Holder, **more: Any) -> dict[str, Any]:
        properties = {one.key: _value(one) for one in pack.vocabulary if one.holder is holder}
        return {"type": "object", "additionalProperties": False, "properties": {**properties, **more}}

    name = {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[a-z][a-z0-9]*$"}
    kinds = [one.value for one in EventKind]
    relation = {
        "type": "object", "additionalProperties": False, "required": ["kind", "of", "is"],
        "properties": {"kind": {"enum": [one.value for one in RelationKind]}, "of": name, "is": name},
    }  # fmt: skip
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["event", "people"],
        "properties": {
            "event": {**of(Holder.EVENT, kind={"enum": kinds}), "required": ["kind"]},
            "notified_on": {"anyOf": [DAY_SCHEMA, {"type": "null"}]},
            "claimant": {"anyOf": [name, {"type": "null"}]},
            "people": {
                "type": "array", "maxItems": MOST_PEOPLE,
                "items": {**of(Holder.PERSON, id=name), "required": ["id"]},
            },
            "household": of(Holder.HOUSEHOLD),
            "relations": {"anyOf": [{"type": "array", "maxItems": MOST_RELATIONS, "items": relation}, {"type": "null"}]},
        },
    }  # fmt: skip


_PARTLY_KNOWN = {
    "type": "object", "additionalProperties": False, "required": ["earliest", "latest"],
    "properties": {"text": {"type": "string", "maxLength": LONGEST_DATE_TEXT}, "earliest": DAY_SCHEMA, "latest": DAY_SCHEMA},
}  # fmt: skip


def _value(fact: FactDefinition) -> dict[str, Any]:
    codes = _codes(fact)
    known: dict[FactType, list[dict[str, Any]]] = {
        FactType.BOOLEAN: [{"type": "boolean"}],
        FactType.DATE: [DAY_SCHEMA, _PARTLY_KNOWN],
        FactType.NUMBER: [
            {"type": "integer", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER}, {"const": NONE},
        ],
        FactType.CHOICE: [{"enum": codes}],
        FactType.CHOICES: [{"type": "array", "maxItems": MOST_PEOPLE, "items": {"enum": codes}}],
        FactType.TEXT: [{"type": "string", "maxLength": LONGEST_TEXT}],
        FactType.PERSON: [{"type": "string", "maxLength": 40}],
    }  # fmt: skip
    return {"description": fact.label, "anyOf": [*known[fact.type], {"type": "null"}]}


def _codes(fact: FactDefinition) -> list[str | int | bool]:
    """The codes of a choice as they may be written: grades also as numbers, "none" also as 0 or false."""
    codes = [choice.code for choice in fact.choices]
    numbers = [int(one) for one in codes if one.isdigit()]
    nothing: list[str | int | bool] = [0, False] if NONE in codes and "0" not in codes else []
    return [*codes, *numbers, *nothing]
