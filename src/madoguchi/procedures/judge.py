"""A procedure made ready to be decided for one event (判定の準備): its rules grouped by date and compiled once.

Rules with the same `since` and `until` are alternatives: the group holds when one of them does.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Any

from madoguchi.procedures.decisions import Reason
from madoguchi.procedures.facts import RELATIONSHIP, Holder
from madoguchi.procedures.implied import DECEASED
from madoguchi.procedures.language.evaluate import compile_node
from madoguchi.procedures.language.explain import Say, compile_explanation
from madoguchi.procedures.language.frame import Evaluate, Record
from madoguchi.procedures.language.given import FALSE, given
from madoguchi.procedures.language.names import CLAIMANT, KIN, PERSON
from madoguchi.procedures.language.residual import Reduce, compile_residual
from madoguchi.procedures.language.spans import Span
from madoguchi.procedures.language.tree import (
    And,
    Arithmetic,
    Fact,
    Fold,
    Node,
    Not,
    Or,
    Quantifier,
    SamePerson,
    nodes_of,
)
from madoguchi.procedures.packs import Procedure, Rule
from madoguchi.procedures.situation import EventKind

_REMEMBERED_PROCEDURES = 4096


# Rules whose beginning nobody needs to know carry this day: "in force at least since".
LOOKED_BACK_TO = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Ground:
    """One rule's condition and the reason it gives when it holds."""

    holds: Evaluate
    reason: Reason


@dataclass(frozen=True, slots=True)
class Condition:
    """The alternatives of a group as one condition, with the grounds that each gives."""

    tree: Node
    evaluate: Evaluate
    reduce: Reduce
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """The rules in force from `since` to `until` (None: still in force).

    `clauses` are the parts of its conditions that are true, false or unknown by one fact each; None when a part
    reads more than one, or other people. What an unknown outcome still needs follows from their answers alone.
    """

    since: date
    until: date | None
    must: Condition | None
    optional: Condition | None
    otherwise: tuple[Ground, ...]
    not_needed: Say
    reads_claimant: bool
    clauses: tuple[Evaluate, ...] | None

    def covers(self, day: date) -> bool:
        """Say whether the group is in force on a day, later groups aside."""
        begun = self.since <= max(day, LOOKED_BACK_TO)
        return begun and (self.until is None or day <= self.until)


Values = Callable[[Record], Any]


@dataclass(frozen=True, slots=True)
class Footprint:
    """The facts that a decision can depend on: of the subject, the event, the household, and of other people.

    The first three give the values from a record. `wide` False: nothing about other people, their kin or the
    claimant is read.
    """

    own: Values
    event: Values
    household: Values
    others: tuple[str, ...]
    wide: bool


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """A procedure's groups, newest first. `pays_by_claimant`: its amounts hang on who claims."""

    procedure: Procedure
    groups: tuple[Group, ...]
    law: str
    verified: bool
    footprint: Footprint
    pays_by_claimant: bool

    def in_force(self, day: Any) -> tuple[Group | None, ...]:
        """Return the groups that may hold: one for a known day, several for an unknown or 不詳 one.

        None among them: no rule is in force. A rule that begins on `LOOKED_BACK_TO` is in force on every day before.
        """
        if isinstance(day, date):
            return (self._on(day),)
        if isinstance(day, Span):
            days = [day.low, day.high, *(group.since for group in self.groups)]
            days += [group.until for group in self.groups if group.until is not None]
            inside = [one for one in days if day.low <= one <= day.high]
            return tuple(dict.fromkeys(self._on(one) for one in inside))
        endless = any(group.until is None for group in self.groups)
        beginningless = any(group.since <= LOOKED_BACK_TO for group in self.groups)
        return (*self.groups, *(() if endless and beginningless else (None,)))

    def _on(self, day: date) -> Group | None:
        return next((group for group in self.groups if group.covers(day)), None)


@lru_cache(maxsize=_REMEMBERED_PROCEDURES)
def judge_of(procedure: Procedure, event: EventKind) -> Judge:
    """Return the judge of a procedure for one kind of event, made once."""
    dated: dict[tuple[date, date | None], list[Rule]] = {}
    for rule in procedure.rules:
        dated.setdefault((rule.since, rule.until), []).append(rule)
    groups = [_group(procedure, event, since, until, rules) for (since, until), rules in dated.items()]
    groups.sort(key=lambda group: group.since, reverse=True)
    verified, footprint = procedure.verified.verified, _footprint(procedure, event)
    by_claimant = any(
        reads_claimant(expression.tree)
        for amount in procedure.amounts
        for expression in (amount.when, amount.yen)
        if expression is not None
    )
    return Judge(procedure, tuple(groups), procedure.law, verified, footprint, by_claimant)


def _footprint(procedure: Procedure, event: EventKind) -> Footprint:
    deadlines = tuple(one for one in procedure.deadlines if one.event is event)
    trees = _trees(replace(procedure, deadlines=deadlines))
    nodes = [node for tree in trees for node in nodes_of(given(tree, event.value))]
    facts = [node for node in nodes if isinstance(node, Fact)]
    wide = any(isinstance(node, (Quantifier, Fold, SamePerson)) for node in nodes)

    def keys(slots: set[int | None], name: str | None = None) -> tuple[str, ...]:
        found = {
            fact.definition.key
            for fact in facts
            if fact.owner.slot in slots and (name is None or fact.owner.name == name)
        }
        return tuple(sorted(found))

    others = keys({fact.owner.slot for fact in facts} - {None, PERSON.slot})
    return Footprint(
        own=_values(keys({PERSON.slot})),
        event=_values(keys({None}, "event")),
        household=_values(keys({None}, "household")),
        others=others,
        wide=wide or bool(others),
    )


@lru_cache(maxsize=_REMEMBERED_PROCEDURES)
def facts_read(procedure: Procedure) -> frozenset[tuple[Holder, str]]:
    """Return the facts that a procedure's rules, deadlines and amounts read, of whomever."""
    nodes = [node for tree in _trees(procedure) for node in nodes_of(tree)]
    return frozenset(
        (node.definition.holder, node.definition.key) for node in nodes if isinstance(node, Fact)
    )


@lru_cache(maxsize=_REMEMBERED_PROCEDURES)
def looks_at_kin(procedure: Procedure) -> bool:
    """Say whether anything of a procedure reads who is whose parent, spouse, child or guardian."""
    return any(
        isinstance(node, (Quantifier, Fold)) and node.people.relation != "people"
        for tree in _trees(procedure)
        for node in nodes_of(tree)
    )


_BY_RELATIONSHIP = frozenset({"household_children", *KIN})


@lru_cache(maxsize=_REMEMBERED_PROCEDURES)
def facts_deciding(procedure: Procedure) -> frozenset[tuple[Holder, str]]:
    """Return the facts that can change whether, by when or how much: those read, and what a reading rests on.

    Kin follow from the 続柄; who has died from the date of death; which rules are in force from the day of the event.
    """
    found = set(facts_read(procedure))
    kin = (
        node.people.relation in _BY_RELATIONSHIP
        for tree in _trees(procedure)
        for node in nodes_of(tree)
        if isinstance(node, (Quantifier, Fold))
    )
    if any(kin):
        found.add((Holder.PERSON, RELATIONSHIP))
    if (Holder.PERSON, DECEASED) in found:
        found.add((Holder.EVENT, EventKind.death.date_key))
    return frozenset(found | {(Holder.EVENT, one.date_key) for one in procedure.events})


def _values(keys: tuple[str, ...]) -> Values:
    return itemgetter(*keys) if keys else lambda record: ()


def _trees(procedure: Procedure) -> Iterator[Node]:
    """Yield every expression that a decision of the procedure can read."""
    for rule in procedure.rules:
        for expression in (rule.must, rule.optional, *(one.when for one in rule.otherwise)):
            if expression is not None:
                yield expression.tree
    for deadline in procedure.deadlines:
        yield deadline.start.tree
    for amount in procedure.amounts:
        for expression in (amount.when, amount.yen, amount.start, amount.until):
            if expression is not None:
                yield expression.tree


def reads_claimant(tree: Node) -> bool:
    """Say whether an expression reads anything about the claimant."""
    for node in nodes_of(tree):
        match node:
            case Fact(owner=owner) if owner == CLAIMANT:
                return True
            case Quantifier(people=people) | Fold(people=people) if people.owner == CLAIMANT:
                return True
            case SamePerson(left=left, right=right) if CLAIMANT in (left, right):
                return True
    return False


def _group(
    procedure: Procedure, event: EventKind, since: date, until: date | None, rules: list[Rule]
) -> Group:
    musts = [(rule, rule.must.tree) for rule in rules if rule.must is not None]
    optionals = [(rule, rule.optional.tree) for rule in rules if rule.optional is not None]
    of_event = _of_event(musts, event), _of_event(optionals, event)
    if any(of_event):  # else no rule is about this event, and the rules as written say so best
        musts, optionals = of_event
    must, optional = _condition(procedure, musts), _condition(procedure, optionals)
    conditions = [condition for condition in (must, optional) if condition is not None]
    otherwise = tuple(
        Ground(compile_node(when), _reason(procedure, rule, sentence.because))
        for rule in rules
        for sentence in rule.otherwise
        if (when := given(sentence.when.tree, event.value)) != FALSE
    )
    return Group(
        since,
        until,
        must,
        optional,
        otherwise,
        compile_explanation(conditions[-1].tree, outcome=False),
        any(reads_claimant(condition.tree) for condition in conditions),
        _clauses([condition.tree for condition in conditions]),
    )


def _of_event(written: list[tuple[Rule, Node]], event: EventKind) -> list[tuple[Rule, Node]]:
    """Return the conditions that can hold for this event, without what it settles."""
    left = [(rule, given(tree, event.value)) for rule, tree in written]
    return [(rule, tree) for rule, tree in left if tree != FALSE]


def _clauses(trees: list[Node]) -> tuple[Evaluate, ...] | None:
    parts = [part for tree in trees for part in _parts_of(tree)]
    return tuple(compile_node(part) for part in parts) if all(map(_reads_one_fact, parts)) else None


def _parts_of(tree: Node) -> list[Node]:
    """Return the conditions that `and`, `or` and `not` put together, from left to right."""
    match tree:
        case And(parts=parts) | Or(parts=parts):
            return [one for part in parts for one in _parts_of(part)]
        case Not(part=part):
            return _parts_of(part)
    return [tree]


def _reads_one_fact(part: Node) -> bool:
    """Say whether a part is unknown exactly when one fact of the subject, the event or the household is."""
    facts = set()
    for node in nodes_of(part):
        match node:
            case Fact(owner=owner) if owner.slot in (None, PERSON.slot):
                facts.add((owner, node.definition.key))
            case Fact() | Quantifier() | Fold() | SamePerson() | Arithmetic(operator="//"):
                return False
    return len(facts) <= 1


def _condition(procedure: Procedure, written: list[tuple[Rule, Node]]) -> Condition | None:
    if not written:
        return None
    trees = [tree for _, tree in written]
    tree = trees[0] if len(trees) == 1 else Or(tuple(trees))
    grounds = tuple(
        Ground(compile_node(part), _reason(procedure, rule, rule.because)) for rule, part in written
    )
    return Condition(tree, compile_node(tree), compile_residual(tree), grounds)


def _reason(procedure: Procedure, rule: Rule, text: str) -> Reason:
    verification = rule.verification or procedure.verified
    return Reason(text, rule.law or procedure.law, verification.verified)
