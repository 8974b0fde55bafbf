"""Columns (列): what is known of many rows at once, three-valued like `language.evaluate`.

A condition is a column of FALSE, UNKNOWN and TRUE in this order, so that `and` is the smaller, `or` the larger and `not`
the opposite. Any other value is a column of its lowest and one of its highest possibility, with which rows are known;
a day is its number, a code or text the number that the batch gave to it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Truth = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]
Index = npt.NDArray[Any]
FALSE, UNKNOWN, TRUE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Values:
    """Low and high are the same array where every row is exact; `known` None: all are.

    `nothing`: the rows that are the extreme of nobody (`spans.NOTHING`).
    """

    low: npt.NDArray[Any]
    high: npt.NDArray[Any]
    known: Mask | None = None
    nothing: Mask | None = None

    @property
    def exact(self) -> bool:
        return self.low is self.high


def exactly(values: Values) -> Values:
    """Return the values where there is only one possibility, unknown elsewhere."""
    one = None if values.exact else values.low == values.high
    not_nothing = None if values.nothing is None else ~values.nothing
    return Values(values.low, values.low, both(both(values.known, one), not_nothing))


def both(one: Mask | None, other: Mask | None) -> Mask | None:
    """Return the rows of both masks; None is every row."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def either(one: Mask | None, other: Mask | None) -> Mask | None:
    """Return the rows of either mask; None is no row."""
    if one is None or other is None:
        return other if one is None else one
    return one | other


def truth_of(holds: Mask, known: Mask | None = None) -> Truth:
    """Return TRUE where something holds, FALSE where not, UNKNOWN where it is not known."""
    truth: Truth = np.asarray(holds).astype(np.int8) << 1
    return truth if known is None else np.where(known, truth, np.int8(UNKNOWN))


def sure_or_never(sure: Mask, never: Mask) -> Truth:
    """Return TRUE where it is sure, FALSE where it can never be, UNKNOWN elsewhere."""
    return np.asarray(1 + np.asarray(sure).astype(np.int8) - np.asarray(never).astype(np.int8), np.int8)


class Codes:
    """A number for each code and text of a batch, the same in all its columns."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))

    def __len__(self) -> int:
        return len(self._numbers)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def known_in(column: pa.ChunkedArray | pa.Array) -> Mask | None:
    """Return which rows of an Arrow column are there; None: all."""
    return None if column.null_count == 0 else pc.is_valid(_whole(column)).to_numpy(zero_copy_only=False)


def truths(column: pa.ChunkedArray | pa.Array) -> Truth:
    """Return a column of booleans."""
    array = _whole(column)
    holds = pc.fill_null(array.cast(pa.int8()), 0).to_numpy(zero_copy_only=False)
    known = known_in(array)
    truth: Truth = holds << 1
    return truth if known is None else np.where(known, truth, np.int8(UNKNOWN))


def numbers(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[Any]:
    """Return a column of whole numbers or days; what is not there is 0."""
    array = _whole(column)
    array = array.cast(pa.int32()) if pa.types.is_date32(array.type) else array
    return np.asarray(pc.fill_null(array, 0).to_numpy(zero_copy_only=False))


def codes(column: pa.ChunkedArray | pa.Array, given: Codes) -> npt.NDArray[Any]:
    """Return a column of texts as numbers, -1 for what is not there."""
    array = _whole(column)
    if not pa.types.is_dictionary(array.type):
        array = array.dictionary_encode()
    table = np.asarray([given.of(text) for text in array.dictionary.to_pylist()] + [-1], np.int32)
    places = pc.fill_null(array.indices, len(table) - 1).to_numpy(zero_copy_only=False)
    return np.asarray(table[places])
