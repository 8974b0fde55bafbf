"""The tree is that of RFC 6962: the roots known from the Certificate Transparency reference, and proofs that only true things pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.audit.paper_head import NotAHead, PaperHead, read_head
from madoguchi.audit.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)

# Inputs and roots of the reference implementation's own test (merkletree, RFC 6962 test vectors).
INPUTS = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(one) for one in INPUTS]
SIZES = st.integers(1, 70)


def plain(leaves: list[bytes]) -> bytes:
    """The definition of the RFC, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(plain(leaves[:half]), plain(leaves[half:]))


def many(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_the_reference(size: int) -> None:
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_nothing_has_the_digest_of_nothing() -> None:
    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(SIZES, st.data())
def test_in_batches_or_at_once_the_root_is_that_of_the_definition(size: int, data: st.DataObject) -> None:
    leaves, edge, done = many(size), Frontier(), 0
    while done < size:
        step = data.draw(st.integers(1, size - done))
        edge = edge.with_leaves(leaves[done : done + step])
        done += step
    assert (edge.size, edge.root()) == (size, plain(leaves))


@given(SIZES, st.data())
def test_a_line_is_proved_at_its_place_and_nowhere_else(size: int, data: st.DataObject) -> None:
    leaves = many(size)
    place, root = data.draw(st.integers(0, size - 1)), root_of(leaves)
    path = inclusion_path(leaves, place)
    for claimed in range(size):
        right = is_included(leaves[place], place=claimed, size=size, path=path, root=root)
        assert right is (claimed == place)
    assert not is_included(leaf_hash(b"another"), place=place, size=size, path=path, root=root)
    assert not is_included(leaves[place], place=place, size=size, path=(*path, root), root=root)
    assert not is_included(leaves[place], place=size, size=size, path=path, root=root)


@given(SIZES, st.data())
def test_a_longer_tree_is_proved_to_begin_with_the_shorter(size: int, data: st.DataObject) -> None:
    leaves = many(size)
    old_size = data.draw(st.integers(1, size))
    old, new = root_of(leaves[:old_size]), root_of(leaves)
    path = consistency_path(leaves, old_size)
    assert is_consistent(old=old, old_size=old_size, new=new, new_size=size, path=path)
    changed = leaf_hash(b"another")
    assert not is_consistent(old=changed, old_size=old_size, new=new, new_size=size, path=path)
    assert not is_consistent(old=old, old_size=old_size, new=changed, new_size=size, path=path)
    assert not is_consistent(old=old, old_size=old_size, new=new, new_size=size, path=(*path, new))


@given(st.integers(2, 60), st.data())
def test_a_tree_whose_beginning_was_rewritten_has_no_proof(size: int, data: st.DataObject) -> None:
    leaves = many(size)
    old_size = data.draw(st.integers(1, size - 1))
    old = root_of(leaves[:old_size])
    leaves[data.draw(st.integers(0, old_size - 1))] = leaf_hash(b"another")
    path = consistency_path(leaves, old_size)
    assert not is_consistent(old=old, old_size=old_size, new=root_of(leaves), new_size=size, path=path)


HEADS = st.builds(PaperHead, st.integers(0, 10**12), st.binary(min_size=32, max_size=32).map(bytes.hex))


@given(HEADS)
def test_a_head_is_read_back_however_it_was_typed(head: PaperHead) -> None:
    said = head.text()
    wide = said.translate({ord("-"): "ー", **{ord(c): ord(c) + 0xFEE0 for c in "0123456789abcdef"}})
    for typed in (
        said,
        said.upper(),
        said.replace("-", " "),
        f"  {head.size} {head.root}{head.check}\n",
        wide,
    ):
        assert read_head(typed) == head


@given(HEADS, st.data())
def test_a_slip_of_the_finger_is_no_head(head: PaperHead, data: st.DataObject) -> None:
    said = head.text()
    place = data.draw(st.integers(0, len(said) - 1).filter(lambda at: said[at] != "-"))
    other = data.draw(st.sampled_from("0123456789abcdef").filter(lambda one: one != said[place]))
    try:
        read = read_head(said[:place] + other + said[place + 1 :])
    except NotAHead:
        return
    assert read == head  # a leading nought before the number of lines


@pytest.mark.parametrize("typed", ["", "12", "12-abcd", "x" * 70, "a1-" + "0" * 68, "1" * 69])
def test_what_is_no_head_is_told_so(typed: str) -> None:
    with pytest.raises(NotAHead):
        read_head(typed)
