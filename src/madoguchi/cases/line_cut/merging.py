"""How a branch's acts become acts of the centre (取込みの決まり): values in, values out, no database.

1. An act is known by its case and number. It is taken once, however often it comes, and never before the one before it.
2. A fact that only the branch gave is given. One that the centre gave too since the package was made, differently, stays as the
   centre has it, and both values are listed: nothing is overwritten in silence.
3. What cannot be done any more (signed at the centre meanwhile) is held and listed, and so is everything after it in that case.
"""

from __future__ import annotations

from collections.abc import Iterable

from madoguchi.cases.line_cut.values import PROVISIONAL, BranchAct, CentreCase, Clash, HeldWhy, Merged


def in_turn(case: CentreCase, received: Iterable[BranchAct]) -> tuple[BranchAct, ...]:
    """Of what has arrived of a case, the acts whose turn it is: from the first that is not in, without a gap."""
    by_number = {one.number: one for one in received}
    found = []
    number = case.base + case.taken + 1
    while number in by_number:
        found.append(by_number[number])
        number += 1
    return tuple(found)


def merge(case: CentreCase, received: Iterable[BranchAct]) -> tuple[Merged, ...]:
    """What becomes of the acts whose turn it is, in order; the rest waits until what is missing arrives."""
    held, done = case.held, []
    for act in in_turn(case, received):
        one = _merge(case, act, held)
        held = held or one.held is not None
        done.append(one)
    return tuple(done)


def _merge(case: CentreCase, act: BranchAct, held: bool) -> Merged:
    if held:
        return Merged(act, held=HeldWhy.AFTER_HELD)
    if act.kind not in PROVISIONAL:
        return Merged(act, held=HeldWhy.NOT_PROVISIONAL)
    if not case.open:
        return Merged(act, held=HeldWhy.CLOSED)
    if case.own_people and (act.people or (act.undoes is not None and act.undoes <= case.base)):
        return Merged(act, held=HeldWhy.PEOPLE)
    clashes, facts = [], []
    for fact in act.facts:
        place = (fact.key, fact.subject)
        if place in case.own and case.own[place] != fact.value:
            clashes.append(Clash(fact.key, fact.subject, case.own[place], fact.value))
        else:
            facts.append(fact)
    return Merged(act, tuple(facts), tuple(clashes))
