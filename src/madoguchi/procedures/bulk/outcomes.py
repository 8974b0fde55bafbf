"""One procedure as one query (手続きの問い合わせ): a row for each subject with its outcome, deadline and amount.

The dated rules are laid out as in `judge`: for a known day the newest group in force decides; for an unknown day all
groups have to agree. Where the claimant matters and is not known, every adult of the household is tried as the
claimant, and the outcome stands only when it is the same with each of them.
"""

from collections.abc import Callable
from dataclasses import replace

from madoguchi.procedures.bulk.expressions import Scope, Value, condition, exactly, literal, value
from madoguchi.procedures.judge import LOOKED_BACK_TO, Group, Judge, judge_of
from madoguchi.procedures.language.given import given
from madoguchi.procedures.language.names import CLAIMANT, PERSON
from madoguchi.procedures.language.tree import Node
from madoguchi.procedures.packs import AmountRule, Deadline, Procedure
from madoguchi.procedures.situation import EventKind

assert PERSON.slot is not None
assert CLAIMANT.slot is not None
_SLOTS = {PERSON.slot: "p", CLAIMANT.slot: "c"}
Tree = Callable[[Node], str]


def query_of(
    procedure: Procedure, event: EventKind, *, person_columns: frozenset[str], event_columns: frozenset[str]
) -> str:
    """Return the SQL that decides a procedure for every household with this event, "not needed" left out."""
    judge = judge_of(procedure, event)
    scope = Scope(
        slots=_SLOTS,
        household="h",
        event="e",
        kind=event.value,
        date_key=event.date_key,
        person_columns=person_columns,
        event_columns=event_columns,
    )
    subject = "p.id" if procedure.per == "person" else "'household'"
    people = " JOIN people p USING (household_id)" if procedure.per == "person" else ""
    tried = any(group.reads_claimant for group in judge.groups)
    claimants = (
        " JOIN claimants c USING (household_id)"
        if tried
        else " LEFT JOIN only_claimant c USING (household_id)"
    )
    rows = (
        f"SELECT {subject} AS subject, household_id, h, e, c{', p' if people else ''}"
        f" FROM households h JOIN events e USING (household_id){people}{claimants}"
        f" WHERE e.kind = {literal(event.value)}"
    )
    named = _naming(procedure, scope)
    answers = ", ".join(
        f"{condition(part.tree, named)} AS {word}_{place}"
        for place, group in enumerate(judge.groups)
        for word, part in (("must", group.must), ("optional", group.optional))
        if part is not None
    )
    rows = _with_named(procedure, rows, named, used_in=answers)
    inner = f"SELECT subject, household_id, e.{event.date_key} AS law_day, {answers} FROM ({rows})"
    status = (
        f"SELECT subject, household_id,"
        f" CASE WHEN count(DISTINCT status) = 1 THEN min(status) ELSE 'ask' END AS status"
        f" FROM (SELECT *, {_status(judge)} AS status FROM ({inner})) GROUP BY subject, household_id"
    )
    return _with_dates(procedure, event, scope, status, people)


def _with_dates(procedure: Procedure, event: EventKind, scope: Scope, status: str, people: str) -> str:
    """Return the query with deadline and amount for those who need something."""
    same_person = " AND p.id = s.subject" if people else ""
    rows = (
        f"SELECT s.subject AS subject, s.household_id AS household_id, s.status AS status, h, e, c{', p' if people else ''}"
        f" FROM ({status}) s JOIN households h USING (household_id) JOIN events e USING (household_id)"
        f"{people} LEFT JOIN only_claimant c USING (household_id)"
        f" WHERE s.status <> 'not_needed' AND e.kind = {literal(event.value)}{same_person}"
    )
    named = _naming(procedure, scope)
    deadlines = [_last_day(one, named) for one in procedure.deadlines if one.event is event]
    answers = f"{_earliest(deadlines)} AS deadline, {_yen(procedure.amounts, named)} AS amount_yen"
    rows = _with_named(procedure, rows, named, used_in=answers)
    return (
        f"SELECT {literal(procedure.id)} AS procedure, subject, household_id, status, {answers} FROM ({rows})"
    )


def _naming(procedure: Procedure, scope: Scope) -> Scope:
    """Return the scope in which each thing that the procedure named stands in columns of its own."""
    for name, node in procedure.defined.items():
        found = value(given(node, scope.kind), scope)
        low, high, nothing = (_column(name, side) for side in ("low", "high", "nothing"))
        column = Value(low, low if found.exact else high, None if found.nothing is None else nothing)
        scope = replace(scope, named={**scope.named, name: column})
    return scope


def _column(name: str, side: str) -> str:
    return f"named_{name}_{side}_"


def _with_named(procedure: Procedure, rows: str, scope: Scope, *, used_in: str) -> str:
    """Work out once, one upon the other, each named thing that these answers use."""
    layers: list[str] = []
    for name, node in reversed(list(procedure.defined.items())):
        if not any(_column(name, side) in used_in for side in ("low", "high", "nothing")):
            continue
        found = value(given(node, scope.kind), scope)
        columns = f"{found.low} AS {_column(name, 'low')}"
        columns += "" if found.exact else f", {found.high} AS {_column(name, 'high')}"
        columns += "" if found.nothing is None else f", {found.nothing} AS {_column(name, 'nothing')}"
        used_in += columns
        layers.insert(0, columns)
    for columns in layers:
        rows = f"SELECT *, {columns} FROM ({rows})"
    return rows


def _status(judge: Judge) -> str:
    """Return the outcome from the answers of the groups and the day of the law."""
    each = [_of_group(group, place) for place, group in enumerate(judge.groups)]
    on_day = "CASE " + " ".join(
        f"WHEN {_in_force(group)} THEN {text}" for group, text in zip(judge.groups, each, strict=True)
    )
    no_rule = [] if all(group is not None for group in judge.in_force(None)) else ["'not_needed'"]
    outcomes = [*each, *no_rule]
    agree = " AND ".join(f"{outcomes[0]} = {other}" for other in outcomes[1:]) or "TRUE"
    any_day = f"CASE WHEN {agree} THEN {outcomes[0]} ELSE 'ask' END"
    return f"CASE WHEN law_day IS NULL THEN {any_day} ELSE {on_day} ELSE 'not_needed' END END"


def _in_force(group: Group) -> str:
    begun = f"greatest(law_day, {literal(LOOKED_BACK_TO)}) >= {literal(group.since)}"
    return begun if group.until is None else f"({begun} AND law_day <= {literal(group.until)})"


def _of_group(group: Group, place: int) -> str:
    must = "FALSE" if group.must is None else f"must_{place}"
    optional = "FALSE" if group.optional is None else f"optional_{place}"
    return (
        f"(CASE WHEN {must} THEN 'must' WHEN {must} IS NULL OR {optional} IS NULL THEN 'ask'"
        f" WHEN {optional} THEN 'optional' ELSE 'not_needed' END)"
    )


def _last_day(deadline: Deadline, scope: Scope) -> str:
    days = deadline.days - (1 if deadline.count_first_day else 0)
    last = f"days_after({exactly(value(given(deadline.start.tree, scope.kind), scope))}, {days})"
    return f"open_day({last})" if deadline.roll_to_open_day else last


def _earliest(deadlines: list[str]) -> str:
    if not deadlines:
        return "CAST(NULL AS DATE)"
    if len(deadlines) == 1:
        return deadlines[0]
    unknown = " OR ".join(f"{one} IS NULL" for one in deadlines)
    return f"(CASE WHEN {unknown} THEN NULL ELSE least({', '.join(deadlines)}) END)"


def _yen(amounts: tuple[AmountRule, ...], scope: Scope) -> str:
    """Return the first amount that applies; unknown whether one does: NULL, as is no amount at all."""
    day, cases = f"{scope.event}.{scope.date_key}", ""
    for one in amounts:
        tests = ["TRUE" if one.when is None else condition(given(one.when.tree, scope.kind), scope)]
        tests += [] if one.valid_from is None else [f"{day} >= {literal(one.valid_from)}"]
        tests += [] if one.valid_until is None else [f"{day} <= {literal(one.valid_until)}"]
        applies = "(" + " AND ".join(tests) + ")"
        cases += f" WHEN {applies} THEN {exactly(value(given(one.yen.tree, scope.kind), scope))} WHEN {applies} IS NULL THEN NULL"
    return f"CAST(CASE{cases} END AS BIGINT)" if cases else "CAST(NULL AS BIGINT)"
