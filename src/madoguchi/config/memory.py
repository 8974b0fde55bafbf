"""What a serving process asks of Python's garbage collection; the benchmarks ask the same."""

from __future__ import annotations

import gc

_ALLOCATIONS_BEFORE_COLLECTING = (50_000, 20, 100)


def settle() -> None:
    """Call once when all is loaded: what stands now stays, and is not looked through at every collection.

    Deciding a household makes some ten thousand small values that die at once; with Python's own settings a collection
    of everything that was ever loaded would fall into every few requests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_ALLOCATIONS_BEFORE_COLLECTING)
