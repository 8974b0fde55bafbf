"""A Merkle tree over the lines of the audit (封印の木), as RFC 6962 section 2.1 defines it: SHA-256, leaf 0x00, node 0x01.

Three promises, each checked by a few digests instead of the whole log:
1. the root changes with any change, removal, insertion or swap among the lines under it;
2. `inclusion_path`: that a line stands at its place under a root;
3. `consistency_path`: that a later root only added lines to an earlier one.
Nothing here knows a database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(said: bytes) -> bytes:
    """The digest of one line."""
    return hashlib.sha256(b"\x00" + said).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The digest of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree (木の先端): how many leaves it has, and the roots of its full subtrees, the largest first.

    It is all that is needed to add leaves and to give the root; it grows with the logarithm of the lines.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def with_leaves(self, leaves: Iterable[bytes]) -> Frontier:
        """The tree with these leaf digests added at its end."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            standing, merged = size, leaf
            while standing & 1:
                merged = node_hash(peaks.pop(), merged)
                standing >>= 1
            peaks.append(merged)
            size += 1
        return Frontier(size, tuple(peaks))

    def root(self) -> bytes:
        """The digest of the whole tree; that of nothing for an empty one."""
        if not self.peaks:
            return EMPTY_ROOT
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf digests."""
    return Frontier().with_leaves(leaves).root()


def _split(size: int) -> int:
    """The largest power of two smaller than `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_path(leaves: Sequence[bytes], place: int) -> tuple[bytes, ...]:
    """The digests beside the way from leaf `place` (from 0) up to the root. Raises IndexError outside the tree."""
    if not 0 <= place < len(leaves):
        raise IndexError(place)
    if len(leaves) == 1:
        return ()
    half = _split(len(leaves))
    if place < half:
        return (*inclusion_path(leaves[:half], place), root_of(leaves[half:]))
    return (*inclusion_path(leaves[half:], place - half), root_of(leaves[:half]))


def is_included(leaf: bytes, *, place: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` leads from this leaf at `place` to the root of a tree of `size` leaves."""
    if not 0 <= place < size:
        return False
    at, last, found = place, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistency_path(leaves: Sequence[bytes], size: int) -> tuple[bytes, ...]:
    """What shows that the tree of the first `size` leaves is the beginning of the whole one. Raises IndexError outside it."""
    if not 0 < size <= len(leaves):
        raise IndexError(size)
    return _consistency(leaves, size, whole=True)


def _consistency(leaves: Sequence[bytes], size: int, *, whole: bool) -> tuple[bytes, ...]:
    if size == len(leaves):
        return () if whole else (root_of(leaves),)
    half = _split(len(leaves))
    if size <= half:
        return (*_consistency(leaves[:half], size, whole=whole), root_of(leaves[half:]))
    return (*_consistency(leaves[half:], size - half, whole=False), root_of(leaves[:half]))


def is_consistent(*, old: bytes, old_size: int, new: bytes, new_size: int, path: Sequence[bytes]) -> bool:
    """Whether `path` shows that the tree `new` only adds leaves to the tree `old` (neither is empty)."""
    if old_size == new_size:
        return not path and old == new
    if not 0 < old_size < new_size:
        return False
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    way = list(path) if at else [old, *path]
    if not way:
        return False
    before = after = way[0]
    for beside in way[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, after = node_hash(beside, before), node_hash(beside, after)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            after = node_hash(after, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and before == old and after == new
