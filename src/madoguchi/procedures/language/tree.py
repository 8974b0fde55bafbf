"""The typed tree of an expression: what a rule says, without saying how it is evaluated.

The same tree is decided for one household, explained in words, searched for what is still missing, and later
compiled to a query. Conditions are trees of type `BOOLEAN`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Literal

from madoguchi.procedures.facts import FactDefinition
from madoguchi.procedures.language.dated_tables import DatedTable


class Kind(Enum):
    """What sort of value an expression gives; the value is the Japanese word for messages."""

    BOOLEAN = "真偽"
    DATE = "日付"
    NUMBER = "数"
    CHOICE = "区分"
    CHOICES = "区分の集まり"
    TEXT = "文字"
    PERSON = "人"
    PEOPLE = "人の集まり"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind, with the codes of a choice or the unit of a number."""

    kind: Kind
    codes: tuple[str, ...] = ()
    unit: str | None = None


BOOLEAN = Type(Kind.BOOLEAN)
DATE = Type(Kind.DATE)


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the rule; a choice's code is a string."""

    value: bool | int | str | date
    type: Type


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the municipality sets."""

    name: str
    value: bool | int | str | date
    type: Type


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose fact is read: the event, the household, or the person in a slot.

    Slot 0 is `person`, slot 1 is `claimant`, later slots are the variables of comprehensions.
    """

    name: str
    slot: int | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an owner."""

    owner: Owner
    definition: FactDefinition
    type: Type


@dataclass(frozen=True, slots=True)
class EventKindOf:
    """`event.kind`: always known."""

    type: Type


@dataclass(frozen=True, slots=True)
class Day:
    """`reference_date` (the day of the event) or `notified_on` (the day of the notice)."""

    name: Literal["reference_date", "notified_on"]
    type: Type = DATE


@dataclass(frozen=True, slots=True)
class People:
    """A collection: `household.people`, `household.children`, or the kin of a person."""

    relation: Literal["people", "household_children", "parents", "spouse", "children", "guardians", "raised"]
    owner: Owner


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Whether two names mean the same person."""

    left: Owner
    right: Owner
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Compare:
    """`left operator right` for dates, numbers, choices, texts or booleans."""

    operator: Literal["==", "!=", "<", "<=", ">", ">="]
    left: "Node"
    right: "Node"
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class OneOf:
    """Whether an item is one of the written values (`in`, `not in`)."""

    item: "Node"
    values: tuple[bool | int | str | date, ...]
    negated: bool
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Contains:
    """Whether a set of codes holds a code: `'x' in person.benefits`."""

    item: "Node"
    code: str
    negated: bool
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class And:
    """All of the conditions."""

    parts: tuple["Node", ...]
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the conditions."""

    parts: tuple["Node", ...]
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    part: "Node"
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` for numbers, or the number of days between two dates."""

    operator: Literal["+", "-", "*", "//"]
    left: "Node"
    right: "Node"
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """A function of `functions.FUNCTIONS` applied to its arguments."""

    function: str
    arguments: tuple["Node", ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Lookup:
    """The number that a dated table gives on a day, that of the law unless another is named: `table('limit', 2, day)`."""

    table: DatedTable
    number: "Node"
    day: "Node"
    type: Type


@dataclass(frozen=True, slots=True)
class Conditional:
    """`chosen if condition else other`, for numbers and dates."""

    condition: "Node"
    chosen: "Node"
    other: "Node"
    type: Type


@dataclass(frozen=True, slots=True)
class Named:
    """What a procedure wrote down once under a name of its own; worked out once for all places that use it."""

    name: str
    node: "Node"
    type: Type


@dataclass(frozen=True, slots=True)
class Quantifier:
    """`any` or `all` of a condition over a collection, for those members that pass the filter."""

    word: Literal["any", "all"]
    variable: Owner
    people: People
    filter: "Node | None"
    body: "Node"
    type: Type = BOOLEAN


@dataclass(frozen=True, slots=True)
class Fold:
    """`count`, `sum`, `min` or `max` over a collection; `body` None counts the members themselves."""

    word: Literal["count", "sum", "min", "max"]
    variable: Owner
    people: People
    filter: "Node | None"
    body: "Node | None"
    type: Type


Node = (
    Constant
    | Parameter
    | Fact
    | EventKindOf
    | Day
    | SamePerson
    | Compare
    | OneOf
    | Contains
    | And
    | Or
    | Not
    | Arithmetic
    | Call
    | Lookup
    | Conditional
    | Named
    | Quantifier
    | Fold
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression: its text, its tree, how many slots it needs, and its compiled evaluation.

    `evaluate` takes an `evaluate.Frame` and gives the value, a `Span` of possible values, or None for
    unknown.
    """

    source: str
    tree: Node
    slots: int
    evaluate: Callable[[Any], Any] = field(compare=False, repr=False)


def nodes_of(node: Node) -> Iterator[Node]:
    """Yield a node and everything below it."""
    yield node
    for child in children_of(node):
        yield from nodes_of(child)


def children_of(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below a node."""
    match node:
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case OneOf(item=item) | Contains(item=item):
            return (item,)
        case Call(arguments=arguments):
            return arguments
        case Lookup(number=number, day=day):
            return (number, day)
        case Named(node=named):
            return (named,)
        case Conditional(condition=condition, chosen=chosen, other=other):
            return (condition, chosen, other)
        case Quantifier(filter=chosen, body=body) | Fold(filter=chosen, body=body):
            return tuple(part for part in (chosen, body) if part is not None)
        case And(parts=parts) | Or(parts=parts):
            return parts
        case Not(part=part):
            return (part,)
        case _:
            return ()
