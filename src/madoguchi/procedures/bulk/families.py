"""Who belongs to whom (世帯員・親子・夫婦), as numbers: for each household or person, a stretch of a list of people."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madoguchi.procedures.bulk.columns import Index, Mask, Values
from madoguchi.procedures.bulk.days import age_on, last_birthday

_ADULT = 18
_LONGEST, _SPARSEST = 18, 32
_KINDS = ("parent", "spouse", "guardian")


@dataclass(frozen=True, slots=True)
class Family:
    """`members[starts[n]:starts[n] + counts[n]]` are the people of household or person `n`."""

    starts: Index
    counts: Index
    members: Index


def grouped(owners: Index, members: Index, size: int) -> Family:
    """Return the members of each of `size` owners; `owners` never fall."""
    counts = np.bincount(owners, minlength=size)
    return Family(np.cumsum(counts) - counts, counts, members)


def _pairs(owners: Index, members: Index, size: int) -> Family:
    """Return the members of each owner, each once, the owner itself too where it is named."""
    both = owners.astype(np.int64) * size + members
    if len(both) and not bool((both[1:] > both[:-1]).all()):
        both = np.sort(both, kind="stable")  # quick, because a register stands nearly in this order
        both = both[np.concatenate([[True], both[1:] != both[:-1]])]
    return grouped(both // max(size, 1), (both % max(size, 1)).astype(np.int32), size)


def _flat(family: Family) -> tuple[Index, Index]:
    return np.repeat(np.arange(len(family.counts)), family.counts), family.members


def family_of(kinds: pa.Array, of: Index, kin: Index, size: int) -> dict[str, Family]:
    """Return the kin of everybody by relation, from relations between numbered people; -1 is nobody who counts."""
    there = (of >= 0) & (kin >= 0)
    told = {kind: there & _is(kinds, kind) for kind in _KINDS}
    child, parent = of[told["parent"]], kin[told["parent"]]
    one, other = of[told["spouse"]], kin[told["spouse"]]
    parents, children = _pairs(child, parent, size), _pairs(parent, child, size)
    spouse = _pairs(np.concatenate([one, other]), np.concatenate([other, one]), size)
    guardians = _pairs(of[told["guardian"]], kin[told["guardian"]], size)
    return {
        "parents": parents,
        "children": children,
        "spouse": spouse,
        "guardians": _or_parents(guardians, parents, size),
        "raised": _raised(children, spouse, size),
    }


def _or_parents(guardians: Family, parents: Family, size: int) -> Family:
    owners, members = _flat(parents)
    left = guardians.counts[owners] == 0
    named, theirs = _flat(guardians)
    return _pairs(np.concatenate([named, owners[left]]), np.concatenate([theirs, members[left]]), size)


def _raised(children: Family, spouse: Family, size: int) -> Family:
    """Return a person's own children and those of the spouse, but not the person."""
    owners, others = _flat(spouse)
    rows, theirs = stretched(children, others)
    own, mine = _flat(children)
    raising, raised = np.concatenate([own, owners[rows]]), np.concatenate([mine, theirs])
    apart = raising != raised
    return _pairs(raising[apart], raised[apart], size)


def stretched(family: Family, owners: Index) -> tuple[Index, Index]:
    """Return for each member of each of the owners the owner's place in the list, and the member."""
    counts = family.counts[owners]
    rows = np.repeat(np.arange(len(owners)), counts)
    first = family.starts[owners] - (np.cumsum(counts) - counts)
    return rows, family.members[np.arange(len(rows)) + first[rows]]


def _is(kinds: pa.Array, kind: str) -> Mask:
    places = [place for place, one in enumerate(kinds.dictionary.to_pylist()) if one == kind]
    indices = pc.fill_null(kinds.indices, -1).to_numpy(zero_copy_only=False)
    return np.isin(indices, places)


@dataclass(frozen=True, slots=True)
class Named:
    """Who is meant by each relation, by number among the people who live here; -1: somebody else.

    `odd` are the relations of which the two do not live in one household.
    """

    kinds: pa.Array
    of: Index
    kin: Index
    odd: Index


def named(relations: pa.Table, ids: pa.Array, home: Index, residents: Index | None) -> Named:
    """Find the people of the relations; `residents` are those of the people who live here, None: all."""
    number = relations.num_rows
    both = pa.chunked_array([*relations["of"].chunks, *relations["is"].chunks], pa.string())
    there = ids if residents is None else ids.take(pa.array(residents))
    found = _by_number(both, there)
    if found is None:
        places = pc.fill_null(pc.index_in(both, value_set=there), -1).combine_chunks()
        found = places.to_numpy(zero_copy_only=False)
    if residents is not None:
        found = np.append(residents, -1)[found]
    of, kin = found[:number], found[number:]
    apart = (of < 0) | (kin < 0) | (home[of] != home[kin]) if len(home) else np.ones(number, np.bool_)
    kinds = _whole(relations["kind"])
    kinds = kinds if pa.types.is_dictionary(kinds.type) else kinds.dictionary_encode()
    return Named(kinds, of, kin, np.flatnonzero(apart))


def _by_number(wanted: pa.ChunkedArray, ids: pa.Array) -> Index | None:
    """Return the places of ids that are numbers of one length and lie near each other; None where they do not.

    A table of places is several times as quick as looking texts up, and numbers of people are mostly such.
    """
    ends = {end.as_py() for one in (wanted, ids) for end in pc.min_max(pc.binary_length(one)).values()}
    if len(ends) != 1 or not 0 < (ends.pop() or 0) <= _LONGEST or wanted.null_count:
        return None
    if not all(pc.all(pc.ascii_is_decimal(one)).as_py() for one in (wanted, ids)):
        return None
    theirs = ids.cast(pa.int64()).to_numpy()
    first, size = int(theirs.min()), int(theirs.max() - theirs.min()) + 1
    if size > _SPARSEST * len(theirs):
        return None
    table = np.full(size + 1, -1, np.int32)
    # Of two people with one number the first is meant, as when texts are looked up.
    table[(theirs - first)[::-1]] = np.arange(len(theirs), dtype=np.int32)[::-1]
    named_ = wanted.cast(pa.int64()).combine_chunks().to_numpy(zero_copy_only=False) - first
    return np.asarray(table[np.where((named_ >= 0) & (named_ < size), named_, size)])


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def adults(birth: Values, day: Any, home: Index, homes: int) -> Mask:
    """Return the people who may be adult on a day; everybody of a household of which nobody surely is."""
    known = np.ones(len(home), np.bool_) if birth.known is None else birth.known
    if np.ndim(day) == 0:
        last = last_birthday(int(day), _ADULT)
        sure, may = birth.high <= last, birth.low <= last
    else:
        sure, may = age_on(birth.high, day) >= _ADULT, age_on(birth.low, day) >= _ADULT
    sure = known & sure
    may = sure | ~known | may
    somebody = np.zeros(homes, np.bool_)
    somebody[home[sure]] = True
    chosen: Mask = may | ~somebody[home]
    return chosen
