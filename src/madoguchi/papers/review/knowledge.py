"""Where what a box asks comes from (市が持つ・聞き取る・書いてもらう).

1. A personal fact that this city's own register holds for somebody is known, whatever the table says.
2. Else the table of `sources.toml`, which names single facts.
3. Else the usual source that the vocabulary names.
4. A source in other words counts as heard; whatever stands nowhere, only the resident can write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli

from madoguchi.procedures.facts import FactDefinition, Holder
from madoguchi.procedures.packs import Pack

REGISTER_FACTS = frozenset({"birth_date", "sex", "relationship", "nationality_class"})


class Knowledge(Enum):
    """How the value of a box comes onto the paper."""

    KNOWN = "known"
    HEARD = "heard"
    WRITTEN = "written"

    @property
    def label(self) -> str:
        """As an office says it."""
        return _KNOWLEDGE[self]


class KnownFrom(Enum):
    """Where the city knows a value from."""

    REGISTER = "register"
    LEDGER = "ledger"
    DOCUMENT = "document"
    EVENT = "event"
    CASE = "case"

    @property
    def label(self) -> str:
        """As an office says it."""
        return _FROM[self]


_KNOWLEDGE = {Knowledge.KNOWN: "市が持つ", Knowledge.HEARD: "聞き取る", Knowledge.WRITTEN: "書いてもらう"}
_FROM = {
    KnownFrom.REGISTER: "住民記録",
    KnownFrom.LEDGER: "業務の台帳",
    KnownFrom.DOCUMENT: "持参した書類",
    KnownFrom.EVENT: "届出の内容",
    KnownFrom.CASE: "受付の記録",
}


@dataclass(frozen=True, slots=True)
class BoxSource:
    """Where a value comes from. `why`: a sentence of its own; `decides`: why it decides something that no rule reads.

    `held`: for how many residents of this city's register it is held, None when it was not counted or not kept there.
    """

    knowledge: Knowledge
    source: KnownFrom | None
    why: str = ""
    decides: str = ""
    held: int | None = None


_ONLY_BY_HAND = BoxSource(Knowledge.WRITTEN, None)


def origin_of(fact: str, pack: Pack, held: Mapping[str, int]) -> BoxSource:
    """Where the fact of a box (`person.birth_date`, "" for a box that is always written) comes from in this city."""
    if not fact:
        return _ONLY_BY_HAND
    name = _as_person(fact)
    holder, _dot, key = name.partition(".")
    if holder == Holder.PERSON.value and held.get(key):
        source = KnownFrom.REGISTER if key in REGISTER_FACTS else KnownFrom.LEDGER
        return BoxSource(Knowledge.KNOWN, source, held=held[key])
    if name in _table().facts:
        return _table().facts[name]
    if holder == Holder.PERSON.value and key in REGISTER_FACTS:
        return BoxSource(Knowledge.KNOWN, KnownFrom.REGISTER)
    definition = definition_of(name, pack)
    return _usual(definition) if definition else _ONLY_BY_HAND


def definition_of(fact: str, pack: Pack) -> FactDefinition | None:
    """The fact of the vocabulary that a box asks, or None."""
    holder, _dot, key = _as_person(fact).partition(".")
    known = {one.value: one for one in Holder}
    return pack.fact(known[holder], key) if holder in known else None


def reports(sheet: str, fact: str) -> bool:
    """Whether a fact is what the sheet reports to the office (届け出る内容), by our table."""
    return _as_person(fact).startswith(_table().content.get(sheet, ()))


def _as_person(fact: str) -> str:
    return fact.replace("claimant.", "person.", 1) if fact.startswith("claimant.") else fact


def _usual(definition: FactDefinition) -> BoxSource:
    return next(
        (origin for begins, origin in _table().words if definition.source.startswith(begins)),
        BoxSource(Knowledge.HEARD, None),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    facts: Mapping[str, BoxSource]
    words: tuple[tuple[tuple[str, ...], BoxSource], ...]
    content: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _table() -> _Table:
    data = tomli.loads(Path(__file__).with_name("sources.toml").read_text(encoding="utf-8"))
    facts = {fact: _origin(values) for fact, values in data["facts"].items()}
    content = {sheet: tuple(beginnings) for sheet, beginnings in data["content"].items()}
    return _Table(facts, tuple((tuple(one["begins"]), _origin(one)) for one in data["words"]), content)


def _origin(values: Mapping[str, Any]) -> BoxSource:
    source = values.get("source")
    return BoxSource(
        Knowledge(values["knowledge"]),
        KnownFrom(source) if source else None,
        values.get("why", ""),
        values.get("decides", ""),
    )
