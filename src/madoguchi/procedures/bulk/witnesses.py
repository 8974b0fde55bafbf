"""Open outcomes that are open for sure (確かに未定の行): two ways to fill in what is unknown that end differently.

A fact that is read more than once is given one possible value after the other, mostly the same for everybody of whom it is
not known. Ends it differently, or does it stay open though nothing that is unknown is read twice any more, the outcome is open
whatever else; nobody has to look at that household alone.
"""

from collections.abc import Callable, Iterable
from datetime import date

import numpy as np
import numpy.typing as npt

from madoguchi.procedures.bulk.columns import FALSE, TRUE, Mask
from madoguchi.procedures.bulk.days import number_of
from madoguchi.procedures.bulk.scopes import ALONE, Scope
from madoguchi.procedures.facts import FactDefinition, FactType, Holder

Read = tuple[Holder, str]
_YEARS_AGO = (0, 19, 45, 62, 70, 90, 1, 5, 10, 13, 16, 30)
_NUMBERS = (0, 1_000_000_000, 1, 1_300_000, 3, 500_000, 3_000_000)
# Nobody, everybody, then one person of each household alone.
_OF_PEOPLE: tuple[int, ...] = (FALSE, TRUE, *range(ALONE, ALONE + 4))
_TRIES = 14
_ASK = 2


def open_for_sure(
    scope: Scope,
    facts: Iterable[FactDefinition],
    outcomes: Callable[[Scope], npt.NDArray[np.int8]],
    doubtful: Callable[[Scope], Mask],
) -> Mask:
    """Return the rows whose outcome is shown to be open by filling in these facts."""
    fillable = [one for one in facts if one.type is not FactType.PERSON]
    first: npt.NDArray[np.int8] = np.full(len(scope), -1, np.int8)
    shown = np.zeros(len(scope), np.bool_)
    for number in range(_TRIES):
        left = np.flatnonzero(~shown)
        if not len(left):
            break
        filled = scope.only(left)
        for place, one in enumerate(fillable):
            # Each fact goes through its values at a pace of its own, so that they meet in different ways.
            filled.filled[(one.holder, one.key)] = _value(one, number + (number // 2) * place, scope)
        found = outcomes(filled)
        asked = np.flatnonzero(found == _ASK)
        still = np.zeros(len(left), np.bool_)
        if len(asked):
            still[asked] = ~doubtful(filled.only(asked))
        settled = found != _ASK
        other = settled & (first[left] >= 0) & (found != first[left])
        shown[left] = still | other
        fresh = left[settled & (first[left] < 0)]
        first[fresh] = found[settled & (first[left] < 0)]
    return shown


def _value(one: FactDefinition, number: int, scope: Scope) -> int:
    """Return one of the possible values of a fact, as it stands in columns."""
    on = scope.batch.on
    match one.type:
        case FactType.BOOLEAN if one.holder is Holder.PERSON:
            return _OF_PEOPLE[number % len(_OF_PEOPLE)]
        case FactType.BOOLEAN:
            return (FALSE, TRUE)[number % 2]
        case FactType.NUMBER:
            return _NUMBERS[number % len(_NUMBERS)]
        case FactType.DATE:
            return number_of(date(on.year - _YEARS_AGO[number % len(_YEARS_AGO)], on.month, min(on.day, 28)))
        case FactType.CHOICES:
            return number  # which of the sets (`scopes`)
        case FactType.CHOICE:
            return scope.batch.codes.of(one.choices[number % len(one.choices)].code)
    return scope.batch.codes.of("")
