"""A condition as a form and back: every block is a few fields under its path ("c", "c.0", "c.0.1").

The whole condition travels in the form, so that adding a block needs no JavaScript: the page comes back with one more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.http import QueryDict
from django.utils.translation import gettext as _

from madoguchi.procedures.editing.blocks import (
    COLLECTIONS,
    DAYS,
    OWNERS,
    Age,
    Block,
    Each,
    FactIs,
    Formula,
    Group,
)
from madoguchi.procedures.editing.sentences import OWNER_WORDS, holder_of
from madoguchi.procedures.facts import FactDefinition, FactType
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind

ROOT = "c"
MOST_BLOCKS = 60
DEEPEST = 6
LONGEST = 2000
WORDS = {
    "all": "次のすべてにあてはまる", "any": "次のどれかにあてはまる", "not_any": "次のどれにもあてはまらない",
    "not_all": "次のすべてがそろうことはない",
}  # fmt: skip
EACH_WORDS = {
    "any": "のだれかに、次があてはまる", "all": "の全員に、次があてはまる", "not_any": "のだれにも、次があてはまらない",
    "not_all": "の全員には、次があてはまらない",
}  # fmt: skip
AGES = {
    ("day", "from"): "歳になる日（誕生日の前日）以後", ("day", "before"): "歳になる日（誕生日の前日）より前",
    ("birthday", "from"): "歳の誕生日以後", ("birthday", "before"): "歳の誕生日より前",
    ("fiscal_year", "up_to"): "歳になったあとの3月31日まで",
}  # fmt: skip
COMPARISONS = {"at_least": "以上", "more": "より上", "at_most": "以下", "less": "より下"}
EXACTLY = {"is": "ちょうど", "is_not": "以外"}
EVENT_KIND = "event.kind"


class TooMuch(ValueError):
    """The condition has more blocks than anybody can read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be spoken of at a place: the owners in reach, in words."""

    pack: Pack
    has_person: bool
    variables: tuple[str, ...] = ()

    @property
    def owners(self) -> dict[str, str]:
        """Owner → word."""
        plain = {one: OWNER_WORDS[one] for one in OWNERS if one != "person" or self.has_person}
        inner = {one: _("その人") for one in self.variables[-1:]}
        outer = {one: _("ひとつ外の人") for one in self.variables[:-1]}
        return {**inner, **plain, **outer}

    @property
    def collections(self) -> dict[str, str]:
        """Collection → words."""
        return {
            one: words
            for one, words in COLLECTIONS.items()
            if self.has_person or not one.startswith("person.")
        }

    def definition(self, fact: str) -> FactDefinition | None:
        """The fact that "owner.key" names."""
        owner, _dot, key = fact.partition(".")
        return self.pack.fact(holder_of(owner), key) if owner in self.owners else None

    def facts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Everything that a block can ask about, by owner."""
        groups = []
        for owner, words in self.owners.items():
            there = [
                (f"{owner}.{one.key}", one.label)
                for one in self.pack.vocabulary
                if one.holder is holder_of(owner) and one.type not in (FactType.DATE, FactType.PERSON)
            ]
            if owner == "event":
                there.insert(0, (EVENT_KIND, _("種類")))
            groups.append((words, there))
        return groups

    def within(self, variable: str) -> Scope:
        """The scope inside an `Each`."""
        return replace(self, variables=(*self.variables, variable))


def fields_of(block: Block, scope: Scope, path: str = ROOT) -> dict[str, Any]:
    """A block as its template shows it: its kind, its fields under its path, the blocks inside it."""
    shown: dict[str, Any] = {"path": path, "last": path.rpartition(".")[2], "is_root": path == ROOT}
    match block:
        case Group(word, parts, negated):
            inner = [fields_of(part, scope, f"{path}.{place}") for place, part in enumerate(parts)]
            chosen = f"not_{word}" if negated else word
            return {
                **shown,
                "kind": "group",
                "word": chosen,
                "words": WORDS,
                "inner": inner,
                "count": len(parts),
            }
        case Each(word, collection, variable, part, negated):
            inner = [fields_of(part, scope.within(variable), f"{path}.0")]
            chosen = f"not_{word}" if negated else word
            return {
                **shown, "kind": "each", "word": chosen, "words": EACH_WORDS, "of": collection, "variable": variable,
                "collections": scope.collections, "inner": inner,
            }  # fmt: skip
        case Age(owner, years, until, relation, on):
            return {
                **shown, "kind": "age", "owner": owner, "owners": _people(scope), "years": years.lstrip("#"), "on": on,
                "days": DAYS, "chosen": f"{until} {relation}", "ages": {" ".join(key): text for key, text in AGES.items()},
            }  # fmt: skip
        case FactIs(owner, key, operator, values):
            return shown | _fact_fields(f"{owner}.{key}", operator, values, scope)
        case Formula(source):
            return {**shown, "kind": "formula", "source": source}


def _people(scope: Scope) -> dict[str, str]:
    return {owner: words for owner, words in scope.owners.items() if owner not in ("household", "event")}


def parameters_of(pack: Pack, kind: str) -> dict[str, str]:
    return {f"@{one.name}": one.label for one in pack.parameters.values() if one.type == kind}


def _fact_fields(fact: str, operator: str, values: tuple[str, ...], scope: Scope) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": "fact", "fact": fact, "facts": scope.facts(), "operator": operator}
    definition = scope.definition(fact)
    if fact == EVENT_KIND:
        codes = [(one.value, _(one.label)) for one in EventKind]
        return shown | {
            "form": "codes",
            "codes": codes,
            "values": values,
            "operators": {"is": "のどれか", "is_not": "のどれでもない"},
        }
    if definition is None:
        return {"kind": "formula", "source": fact, "unknown": True}
    match definition.type:
        case FactType.BOOLEAN:
            return shown | {"form": "yes_no", "value": "no" if _says_no(operator, values) else "yes"}
        case FactType.CHOICE:
            codes = [(one.code, one.label) for one in definition.choices]
            return shown | {
                "form": "codes",
                "codes": codes,
                "values": values,
                "operators": {"is": "のどれか", "is_not": "のどれでもない"},
            }
        case FactType.CHOICES:
            codes = [(one.code, one.label) for one in definition.choices]
            return shown | {
                "form": "code",
                "codes": codes,
                "value": values[0] if values else "",
                "operators": {"has": "が入っている", "has_not": "が入っていない"},
            }
        case FactType.NUMBER:
            return shown | {
                "form": "number",
                "value": values[0].lstrip("#") if values else "",
                "operators": COMPARISONS | ({operator: EXACTLY[operator]} if operator in EXACTLY else {}),
            }
        case _:
            return shown | {"form": "text", "value": values[0] if values else "", "operators": {"is": "である", "is_not": "でない"}}  # fmt: skip


def _says_no(operator: str, values: tuple[str, ...]) -> bool:
    return (values == ("no",)) != (operator == "is_not")


def block_from(post: QueryDict, scope: Scope, path: str = ROOT) -> Block:
    """The condition that a form says. Raises TooMuch."""
    return _Reader(post).block(scope, path, 0)


class _Reader:
    def __init__(self, post: QueryDict) -> None:
        self._post = post
        self._count = 0

    def _said(self, path: str, name: str) -> str:
        return self._post.get(f"{path}.{name}", "")[:LONGEST].replace("\x00", "").strip()

    def block(self, scope: Scope, path: str, depth: int) -> Block:
        self._count += 1
        if self._count > MOST_BLOCKS or depth > DEEPEST:
            raise TooMuch(
                _("条件が多すぎます（%(most)d個、%(deep)d段まで）。手続きを分けてください。")
                % {"most": MOST_BLOCKS, "deep": DEEPEST}
            )
        match self._said(path, "t"):
            case "group":
                word, negated = _word(self._said(path, "word"))
                count = self._said(path, "n")
                many = int(count) if count.isascii() and count.isdigit() and len(count) < 3 else 0
                parts = [self.block(scope, f"{path}.{place}", depth + 1) for place in range(many)]
                return Group(word, tuple(parts), negated)
            case "each":
                return self._each(scope, path, depth)
            case "age":
                return self._age(scope, path)
            case "fact":
                return self._fact(scope, path)
            case _:
                return Formula(self._said(path, "source") or "True")

    def _each(self, scope: Scope, path: str, depth: int) -> Block:
        word, negated = _word(self._said(path, "word"))
        collection = self._said(path, "of")
        if collection not in scope.collections:
            collection = "household.people"
        variable = f"m{len(scope.variables) + 1}" if scope.variables else "m"
        part = self.block(scope.within(variable), f"{path}.0", depth + 1)
        return Each(word, collection, variable, part, negated)

    def _age(self, scope: Scope, path: str) -> Block:
        people = _people(scope)
        owner = self._said(path, "owner")
        years = self._said(path, "years")
        until, _space, relation = self._said(path, "age").partition(" ")
        if (until, relation) not in AGES:
            until, relation = "day", "from"
        on = self._said(path, "on")
        known = years in parameters_of(scope.pack, "number")
        number = (
            years if known else f"#{years if years.isascii() and years.isdigit() and len(years) < 4 else 0}"
        )
        return Age(
            owner if owner in people else next(iter(people)), number,
            until, relation, on if on in DAYS else "reference_date",  # type: ignore[arg-type]  # one of AGES
        )  # fmt: skip

    def _fact(self, scope: Scope, path: str) -> Block:
        fact = self._said(path, "fact")
        owner, _dot, key = fact.partition(".")
        definition = scope.definition(fact)
        if definition is None and fact != EVENT_KIND:
            return Formula("True")
        operator = self._said(path, "op")
        given = tuple(one[:LONGEST] for one in self._post.getlist(f"{path}.v") if one)
        kind = FactType.CHOICE if definition is None else definition.type
        parameters = parameters_of(scope.pack, "number")
        return _fact_block(owner, key, kind, operator, given, _codes(definition), parameters)


def _codes(definition: FactDefinition | None) -> list[str]:
    if definition is None:
        return [one.value for one in EventKind]
    return [one.code for one in definition.choices]


def _fact_block(
    owner: str,
    key: str,
    kind: FactType,
    operator: str,
    given: tuple[str, ...],
    codes: list[str],
    parameters: Mapping[str, str],
) -> Block:
    """A fact compared as its type allows; what was not chosen yet gets the first that can be chosen."""
    match kind:
        case FactType.BOOLEAN:
            return FactIs(owner, key, "is", ("no" if given[:1] == ("no",) else "yes",))
        case FactType.CHOICE:
            known = tuple(one for one in given if one in codes) or tuple(codes[:1])
            return FactIs(owner, key, "is_not" if operator == "is_not" else "is", known)
        case FactType.CHOICES:
            known = tuple(one for one in given[:1] if one in codes) or tuple(codes[:1])
            return FactIs(owner, key, "has_not" if operator == "has_not" else "has", known)
        case FactType.NUMBER:
            text = given[0].replace(",", "") if given else "0"
            number = f"#{text}" if text.isascii() and text.isdigit() and len(text) < 12 else "#0"
            value = given[0] if given and given[0] in parameters else number
            known_operator = operator if operator in COMPARISONS | EXACTLY else "at_least"
            return FactIs(owner, key, known_operator, (value,))
        case _:
            plain = "".join(one for one in (given[0] if given else "") if one.isprintable())
            return FactIs(owner, key, "is_not" if operator == "is_not" else "is", (plain or "—",))


def _word(text: str) -> tuple[Literal["all", "any"], bool]:
    negated = text.startswith("not_")
    return ("any" if text.removeprefix("not_") == "any" else "all"), negated


def fresh(kind: str, scope: Scope) -> Block:
    """A new block of a kind, as it first appears."""
    owner = scope.variables[-1] if scope.variables else ("person" if scope.has_person else "claimant")
    match kind:
        case "age":
            return Age(owner, "#18", "day", "from")
        case "group":
            return Group("any", (fresh("fact", scope), fresh("fact", scope)))
        case "each":
            return Each(
                "any",
                "household.people",
                "m" if not scope.variables else f"m{len(scope.variables) + 1}",
                FactIs(scope.within("m").variables[-1], "moves", "is", ("yes",)),
            )
        case _:
            return FactIs(owner, "moves", "is", ("yes",))


def acted(block: Block, act: str, scope: Scope) -> Block:
    """The condition after a button: "add-fact:c.0", "remove:c.1", "up:c.1"; an unknown act changes nothing."""
    word, _colon, path = act.partition(":")
    steps = [int(one) for one in path.split(".")[1:] if one.isascii() and one.isdigit()]
    if word.startswith("add-"):
        return _at(block, steps, scope, lambda one, there: _added(one, word[4:], there))
    if word in ("remove", "up") and steps:
        place = steps[-1]
        return _at(block, steps[:-1], scope, lambda one, _there: _taken(one, place, word))
    return block


def _at(block: Block, steps: list[int], scope: Scope, change: Any) -> Block:
    if not steps:
        return change(block, scope)  # type: ignore[no-any-return]  # a block in, a block out
    match block:
        case Group(parts=parts) if steps[0] < len(parts):
            inner = _at(parts[steps[0]], steps[1:], scope, change)
            return replace(block, parts=(*parts[: steps[0]], inner, *parts[steps[0] + 1 :]))
        case Each(variable=variable, part=part):
            return replace(block, part=_at(part, steps[1:], scope.within(variable), change))
    return block


def _added(block: Block, kind: str, scope: Scope) -> Block:
    new = fresh(kind, scope)
    match block:
        case Group(parts=parts):
            return replace(block, parts=(*parts, new))
        case Formula(source="True"):
            return Group("all", (new,))
        case _:
            return Group("all", (block, new))


def _taken(block: Block, place: int, word: str) -> Block:
    match block:
        case Group(parts=parts) if place < len(parts):
            if word == "up":
                if place == 0:
                    return block
                swapped = (*parts[: place - 1], parts[place], parts[place - 1], *parts[place + 1 :])
                return replace(block, parts=swapped)
            left = (*parts[:place], *parts[place + 1 :])
            return replace(block, parts=left) if left else Formula("True")
        case Each() if word == "remove":
            return Formula("True")
    return block
