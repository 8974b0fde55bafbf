"""What a serving process has in memory before anybody asks it for a page, and what it asks of Python's garbage collection.

Without it the first who come after a start wait for seconds: every address's programs, the procedures, and the sentences of the
languages would be loaded while they do. The benchmarks settle as a serving process does.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError, connections
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation

_ALLOCATIONS_BEFORE_COLLECTING = (50_000, 20, 100)


def settle() -> None:
    """Call once when all is loaded: what stands now stays, and is not looked through at every collection.

    Deciding a household makes some ten thousand small values that die at once; with Python's own settings a collection
    of everything that was ever loaded would fall into every few requests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_ALLOCATIONS_BEFORE_COLLECTING)


def load_pages() -> None:
    """Load the programs of all addresses, the languages and the procedures in force; a city that has none yet, or no database, is left so."""
    from madoguchi.catalogue.queries import current  # after Django's set-up

    _load(get_resolver().url_patterns)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            get_resolver()._populate()
    try:
        current()
    except (
        DatabaseError,
        LookupError,
        ValueError,
    ):  # no tables, nothing published, a revision that is damaged
        pass  # what is wrong is said where it is asked for, and by the doctor
    finally:
        connections.close_all()


def _load(patterns: Iterable[URLPattern | URLResolver]) -> None:
    for one in patterns:
        if isinstance(one, URLResolver):
            _load(one.url_patterns)
