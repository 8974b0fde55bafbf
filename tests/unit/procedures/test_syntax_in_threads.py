"""Expressions read by several threads at once, as a server with threads does."""

from __future__ import annotations

import ast
import gc
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from madoguchi.procedures.language.syntax import syntax_of

DEEP = " and ".join(f"(age >= {one} or not (age in [{one}, {one + 1}]))" for one in range(40))


def _let_others_run(phase: str, info: dict[str, int]) -> None:
    time.sleep(0)


@pytest.fixture
def collecting_lets_others_run() -> Iterator[None]:
    """Garbage is collected in the middle of a tree, and another thread has its turn: rare outside, constant here."""
    usual, often = gc.get_threshold(), sys.getswitchinterval()
    gc.callbacks.append(_let_others_run)
    gc.set_threshold(20)
    sys.setswitchinterval(1e-6)
    yield
    gc.callbacks.remove(_let_others_run)
    gc.set_threshold(*usual)
    sys.setswitchinterval(often)


@pytest.mark.usefixtures("collecting_lets_others_run")
def test_every_thread_gets_its_own_tree() -> None:
    with ThreadPoolExecutor(4) as pool:
        trees = list(pool.map(syntax_of, [DEEP] * 12))
    assert len({ast.dump(tree) for tree in trees}) == 1
