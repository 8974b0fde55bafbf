"""Names of an expression (式の名前): what `person.birth_date` or `parameters.child_age` means in a pack."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from madoguchi.procedures.facts import FactDefinition, FactType, Holder
from madoguchi.procedures.language.dated_tables import DatedTable
from madoguchi.procedures.language.faults import nearest
from madoguchi.procedures.language.frame import SLOTS
from madoguchi.procedures.language.tree import (
    BOOLEAN,
    DATE,
    Constant,
    Day,
    EventKindOf,
    Fact,
    Kind,
    Named,
    Node,
    Owner,
    Parameter,
    People,
    Type,
)
from madoguchi.procedures.situation import EventKind

PERSON = Owner("person", 0)
CLAIMANT = Owner("claimant", 1)
EVENT = Owner("event", None)
HOUSEHOLD = Owner("household", None)
KIN = ("parents", "spouse", "children", "guardians", "raised")
_HOUSEHOLD_PEOPLE = {"people": "people", "children": "household_children"}
RESERVED = ("person", "claimant", "event", "household", "parameters", "reference_date", "notified_on")
_KINDS = {
    FactType.BOOLEAN: Kind.BOOLEAN,
    FactType.DATE: Kind.DATE,
    FactType.NUMBER: Kind.NUMBER,
    FactType.CHOICE: Kind.CHOICE,
    FactType.CHOICES: Kind.CHOICES,
    FactType.TEXT: Kind.TEXT,
    FactType.PERSON: Kind.PERSON,
}


class UnknownName(LookupError):
    """A name that the pack does not define; carries the message and the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message + remedy)


@dataclass(slots=True)
class Names:
    """The vocabulary and parameters of a pack, and the variables bound at this point of the expression.

    `defined`: what a procedure wrote down once under a name of its own; its slots are below `slots`.
    """

    vocabulary: Mapping[tuple[Holder, str], FactDefinition]
    parameters: Mapping[str, tuple[bool | int | str | date, Type]]
    has_person: bool
    tables: Mapping[str, DatedTable] = field(default_factory=dict)
    defined: Mapping[str, Node] = field(default_factory=dict)
    variables: list[Owner] = field(default_factory=list)
    slots: int = 2

    def bind(self, name: str) -> Owner:
        """Bind a comprehension variable to a new slot; raises UnknownName when the name is taken."""
        if (
            name in RESERVED
            or name in self.defined
            or any(variable.name == name for variable in self.variables)
        ):
            raise UnknownName(f"変数「{name}」は既に使われています。", "別の名前にしてください。")
        if self.slots >= SLOTS:
            raise UnknownName("for が多すぎます。", "式を分けるか、同じ数え方を一つにまとめてください。")
        owner = Owner(name, self.slots)
        self.slots += 1
        self.variables.append(owner)
        return owner

    def release(self) -> None:
        """Forget the variable bound last."""
        self.variables.pop()

    def owner(self, name: str) -> Owner:
        """Return the person that a bare name means; raises UnknownName."""
        people = {variable.name: variable for variable in self.variables} | {"claimant": CLAIMANT}
        if self.has_person:
            people["person"] = PERSON
        if name in people:
            return people[name]
        if name == "person":
            raise UnknownName(
                "世帯ごとの手続きでは person は使えません。",
                "any(… for m in household.people) のように世帯の人を順に見てください。",
            )
        known = [*people, "event", "household", "parameters", "reference_date", "notified_on", *self.defined]
        raise UnknownName(f"「{name}」という名前はありません。", nearest(name, known))

    def bare(self, name: str) -> Node:
        """Return what a bare name gives as a value; raises UnknownName."""
        if name == "reference_date":
            return Day("reference_date")
        if name == "notified_on":
            return Day("notified_on")
        if name in self.defined:
            node = self.defined[name]
            return Named(name, node, node.type)
        if name in ("event", "household", "parameters"):
            raise UnknownName(f"「{name}」だけでは値になりません。", f"{name}.項目 の形で書いてください。")
        self.owner(name)
        raise UnknownName(
            f"「{name}」は人なので、そのままでは値になりません。",
            f"{name}.項目 の形で書くか、人どうしを == で比べてください。",
        )

    def member(self, name: str, key: str) -> Node:
        """Return what `name.key` gives as a value; raises UnknownName."""
        if name == "parameters":
            if key not in self.parameters:
                raise UnknownName(f"市の設定「{key}」はありません。", nearest(key, self.parameters))
            value, type_ = self.parameters[key]
            return Parameter(key, value, type_)
        if name == "event" and key == "kind":
            return EventKindOf(Type(Kind.CHOICE, tuple(kind.value for kind in EventKind)))
        if name == "event":
            return self._fact(EVENT, Holder.EVENT, key)
        if name == "household":
            if key in _HOUSEHOLD_PEOPLE:
                raise UnknownName(
                    f"「household.{key}」は人の集まりです。",
                    f"any(… for m in household.{key}) のように使ってください。",
                )
            return self._fact(HOUSEHOLD, Holder.HOUSEHOLD, key)
        owner = self.owner(name)
        if key in KIN:
            raise UnknownName(
                f"「{name}.{key}」は人の集まりです(いないことも、複数のこともあります)。",
                f"any(… for m in {name}.{key}) のように使ってください。",
            )
        return self._fact(owner, Holder.PERSON, key)

    def people(self, name: str, key: str) -> People:
        """Return the collection that `name.key` means after `for … in`; raises UnknownName."""
        if name == "household":
            if key == "people":
                return People("people", HOUSEHOLD)
            if key == "children":
                return People("household_children", HOUSEHOLD)
            raise UnknownName(
                f"「household.{key}」は人の集まりではありません。", nearest(key, _HOUSEHOLD_PEOPLE)
            )
        owner = self.owner(name)
        match key:
            case "parents" | "spouse" | "children" | "guardians" | "raised":
                return People(key, owner)
            case _:
                raise UnknownName(f"「{name}.{key}」は人の集まりではありません。", nearest(key, KIN))

    def _fact(self, owner: Owner, holder: Holder, key: str) -> Node:
        definition = self.vocabulary.get((holder, key))
        if definition is None:
            known = [known_key for known_holder, known_key in self.vocabulary if known_holder is holder]
            raise UnknownName(f"「{owner.name}.{key}」という項目は用語表にありません。", nearest(key, known))
        codes = tuple(choice.code for choice in definition.choices)
        return Fact(owner, definition, Type(_KINDS[definition.type], codes, definition.unit))


def type_of_constant(value: bool | int | str | date) -> Type:
    """Return the type of a value written in a rule or set by a municipality."""
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return Type(Kind.NUMBER)
    if isinstance(value, date):
        return DATE
    return Type(Kind.TEXT)


def constant(value: bool | int | str | date) -> Constant:
    """Return a constant node for a value."""
    return Constant(value, type_of_constant(value))
