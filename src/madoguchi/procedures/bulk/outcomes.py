"""One procedure over a part of a register (手続きの一括判定): its outcomes, and for those who need something deadline and amount.

The dated rules are laid out as in `judge`: for a known day the newest group in force decides; for an unknown day all
groups have to agree. Where the claimant matters and is not known, every adult of the household is tried as the claimant,
and the outcome stands only when it is the same with each of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from madoguchi.procedures.bulk.batch import Batch
from madoguchi.procedures.bulk.columns import FALSE, TRUE, UNKNOWN, Index, Mask, Values, exactly
from madoguchi.procedures.bulk.conditions import condition
from madoguchi.procedures.bulk.days import due, number_of, open_day
from madoguchi.procedures.bulk.doubts import definitions, doubtful
from madoguchi.procedures.bulk.families import stretched
from madoguchi.procedures.bulk.same import given
from madoguchi.procedures.bulk.scopes import Scope, gathered
from madoguchi.procedures.bulk.single import settled
from madoguchi.procedures.bulk.values import day, value
from madoguchi.procedures.bulk.witnesses import open_for_sure
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.judge import LOOKED_BACK_TO, Group, Judge, judge_of
from madoguchi.procedures.language.names import CLAIMANT, PERSON
from madoguchi.procedures.packs import AmountRule, Deadline, Procedure
from madoguchi.procedures.situation import EventKind

NOT_NEEDED, MUST, ASK, OPTIONAL = range(4)
STATUSES = (Status.NOT_NEEDED, Status.MUST, Status.ASK, Status.OPTIONAL)
Outcomes = npt.NDArray[np.int8]
assert PERSON.slot is not None
assert CLAIMANT.slot is not None
_PERSON, _CLAIMANT = PERSON.slot, CLAIMANT.slot


@dataclass(frozen=True, slots=True)
class Found:
    """Who needs something of a procedure: `people` None, the households; else people. Deadline and amount by row."""

    procedure: str
    homes: Index
    people: Index | None
    outcomes: Outcomes
    deadline: Values | None
    yen: Values | None


class Docket:
    """What is decided of one batch: the rows of each kind of event are laid out once for all procedures."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self._scopes: dict[tuple[EventKind, str], Scope] = {}

    def scope(self, event: EventKind, per: str) -> Scope:
        """Return a row for each person, or household, with this event."""
        found = self._scopes.get((event, per))
        if found is None:
            found = self._scopes[(event, per)] = self._laid_out(event, per)
        return found

    def _laid_out(self, event: EventKind, per: str) -> Scope:
        batch, homes = self.batch, self.batch.homes_with(event)
        if per != "person":
            return Scope(batch, event, homes, {}, condition)
        concerned = np.zeros(len(batch.homes), np.bool_)
        concerned[homes] = True
        here = concerned[batch.home]
        here = here if batch.elsewhere is None else here & ~batch.elsewhere
        if here.all():
            return Scope(batch, event, batch.home, {_PERSON: batch.everybody}, condition)
        return Scope(batch, event, batch.home[here], {_PERSON: batch.everybody[here]}, condition)

    def decided(self, procedure: Procedure) -> Iterator[Found]:
        """Yield, for each event of the procedure that there is, who needs something."""
        for event in sorted(procedure.events, key=lambda one: one.value):
            scope = self.scope(event, procedure.per)
            if len(scope):
                yield _decided(scope, procedure, judge_of(procedure, event))


def _decided(scope: Scope, procedure: Procedure, judge: Judge) -> Found:
    tried = any(group.reads_claimant for group in judge.groups)
    outcomes, in_doubt = _over_claimants(scope, judge) if tried else _outcomes(scope, judge)
    rows = np.flatnonzero(outcomes)
    asked = rows[(outcomes[rows] == ASK) & in_doubt[rows]]
    if len(asked):
        outcomes = outcomes.copy()
        people = scope.slot(_PERSON)[asked] if procedure.per == "person" else None
        statuses = settled(scope.batch, procedure, scope.event, scope.homes[asked], people)
        outcomes[asked] = [STATUSES.index(status) for status in statuses]
        rows = np.flatnonzero(outcomes)
    needing = scope.only(rows)
    people = needing.slot(_PERSON) if procedure.per == "person" else None
    return Found(
        procedure.id,
        needing.homes,
        people,
        outcomes[rows],
        _deadline([one for one in procedure.deadlines if one.event is scope.event], needing),
        _yen(procedure.amounts, judge, needing),
    )


# --- outcomes ---------------------------------------------------------------------------------------------------


def _over_claimants(scope: Scope, judge: Judge) -> tuple[Outcomes, Mask]:
    """Try everybody who may claim; what is not the same with each of them is open."""
    claimants = scope.batch.claimants
    rows, who = stretched(claimants, scope.homes)
    pairs = scope.only(rows).with_person(_CLAIMANT, who)
    outcomes, in_doubt = _outcomes(pairs, judge)
    counts = claimants.counts[scope.homes]
    least, most = (gathered(one, outcomes, counts, ASK) for one in (np.minimum, np.maximum))
    any_doubt = gathered(np.logical_or, in_doubt, counts, False, np.bool_)
    return np.where(least == most, least, np.int8(ASK)), any_doubt


def _outcomes(scope: Scope, judge: Judge) -> tuple[Outcomes, Mask]:
    """Return the outcomes as they stand, and the open rows that may be settled after all."""
    law_day = day(scope.event.date_key, scope)
    outcomes = np.zeros(len(scope), np.int8)
    in_doubt = np.zeros(len(scope), np.bool_)
    left = np.broadcast_to(np.asarray(True if law_day.known is None else law_day.known), len(scope)).copy()
    unknown = np.flatnonzero(~left)
    for group in judge.groups:
        here = left & _in_force(group, law_day.low)
        if here.any():
            rows = None if here.all() else np.flatnonzero(here)
            inside = scope if rows is None else scope.only(rows)
            found = _of_group(inside, group)
            at = slice(None) if rows is None else rows
            outcomes[at], in_doubt[at] = found, _doubtful(inside, group, found)
            left &= ~here
    if len(unknown):
        outcomes[unknown], in_doubt[unknown] = _on_any_day(scope.only(unknown), judge)
    return outcomes, in_doubt


def _in_force(group: Group, law_day: npt.NDArray[Any]) -> Mask:
    begun: Mask = np.maximum(law_day, number_of(LOOKED_BACK_TO)) >= number_of(group.since)
    return begun if group.until is None else begun & (law_day <= number_of(group.until))


def _on_any_day(scope: Scope, judge: Judge) -> tuple[Outcomes, Mask]:
    """Return what all groups say that may be in force on a day that is not known."""
    each = [
        np.zeros(len(scope), np.int8) if group is None else _of_group(scope, group)
        for group in judge.in_force(None)
    ]
    doubts = np.zeros(len(scope), np.bool_)
    for group, found in zip(judge.in_force(None), each, strict=True):
        doubts |= False if group is None else _doubtful(scope, group, found)
    same = np.all([one == each[0] for one in each], axis=0)
    return np.where(same, each[0], np.int8(ASK)), doubts


# By what the rules say of "must" and then of "optional": FALSE, UNKNOWN or TRUE.
_BY_ANSWER = np.asarray([[NOT_NEEDED, ASK, OPTIONAL], [ASK, ASK, ASK], [MUST, MUST, MUST]], np.int8)


def _of_group(scope: Scope, group: Group) -> Outcomes:
    must = None if group.must is None else condition(group.must.tree, scope)
    optional = None if group.optional is None else condition(group.optional.tree, scope)
    if must is None and optional is not None:
        return np.asarray(_BY_ANSWER[FALSE][optional])
    if must is None:
        return np.zeros(len(scope), np.int8)
    if optional is None:
        return np.asarray(_BY_ANSWER[:, FALSE][must])
    return np.asarray(_BY_ANSWER[must, optional])


def _doubtful(scope: Scope, group: Group, outcomes: Outcomes) -> Mask:
    """Return the open rows in which an unknown fact is read more than once, and which are not shown to be open."""
    found = np.zeros(len(scope), np.bool_)
    asked = np.flatnonzero(outcomes == ASK)
    if len(asked):
        perhaps, twice = doubtful(scope.only(asked), group)
        rows = asked[perhaps]
        if len(rows):
            facts = definitions(scope.batch.pack, twice)
            shown = open_for_sure(
                scope.only(rows),
                facts,
                partial(_of_group, group=group),
                lambda one: doubtful(one, group)[0],
            )
            found[rows[~shown]] = True
    return found


# --- deadline and amount ------------------------------------------------------------------------------------------


def _deadline(deadlines: list[Deadline], scope: Scope) -> Values | None:
    """Return the earliest last day; unknown where one of them is."""
    found: Values | None = None
    for one in deadlines:
        start = exactly(value(given(one.start.tree, scope.event.value), scope))
        start = Values(np.broadcast_to(start.low, len(scope)), start.low, start.known)
        last = due(start.low, one.days, count_first_day=one.count_first_day)
        if one.roll_to_open_day:
            there = np.flatnonzero(np.broadcast_to(_all(start.known), len(scope)))
            last[there] = open_day(last[there], scope.batch.open_days)
        earliest = last if found is None else np.minimum(last, found.low)
        known = _all(start.known) & _all(None if found is None else found.known)
        found = Values(earliest, earliest, known)
    return found


def _all(known: Mask | None) -> Mask:
    return np.asarray(True) if known is None else known


def _yen(amounts: tuple[AmountRule, ...], judge: Judge, scope: Scope) -> Values | None:
    """Return the first amount that applies; unknown whether one does: unknown, as is no amount at all."""
    if not amounts:
        return None
    yen, known = np.zeros(len(scope), np.int64), np.zeros(len(scope), np.bool_)
    left = np.arange(len(scope))
    if judge.pays_by_claimant:
        left = left[scope.batch.claimants.counts[scope.homes] == 1]
    for one in amounts:
        if not len(left):
            break
        rows = scope if len(left) == len(scope) else scope.only(left)
        applies = _applies(one, rows)
        paid = np.flatnonzero(applies == TRUE)
        if len(paid):
            inside = rows if len(paid) == len(rows) else rows.only(paid)
            found = exactly(value(given(one.yen.tree, scope.event.value), inside))
            yen[left[paid]] = found.low
            known[left[paid]] = _all(found.known)
        left = left[applies == FALSE]
    return Values(yen, yen, known)


def _applies(one: AmountRule, scope: Scope) -> npt.NDArray[np.int8]:
    said = None if one.when is None else condition(given(one.when.tree, scope.event.value), scope)
    applies = np.full(len(scope), TRUE, np.int8) if said is None else said
    if one.valid_from is None and one.valid_until is None:
        return applies
    law_day = day(scope.event.date_key, scope)
    outside = np.zeros(len(scope), np.bool_)
    if one.valid_from is not None:
        outside |= law_day.low < number_of(one.valid_from)
    if one.valid_until is not None:
        outside |= law_day.low > number_of(one.valid_until)
    applies = np.where(outside, np.int8(FALSE), applies)
    return applies if law_day.known is None else np.where(law_day.known, applies, np.int8(UNKNOWN))
