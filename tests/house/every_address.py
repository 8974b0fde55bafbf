"""Every address of ours with something real in it: a new screen without an entry here fails the tests that walk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Address:
    """One address as the product names it, its pattern and its view."""

    name: str
    pattern: str
    view: Any

    def filled(self, values: Mapping[str, object]) -> str:
        """The address with something real in the place of each name; KeyError for a name that is not known."""
        return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(values[found[1]]), self.pattern)


def ours() -> Iterator[Address]:
    """Every address whose view is ours, in the order of the URL configuration."""

    def walk(patterns: list[URLPattern | URLResolver], before: str, space: str) -> Iterator[Address]:
        for entry in patterns:
            text = before + str(entry.pattern)
            if isinstance(entry, URLResolver):
                inner = f"{entry.namespace}:" if entry.namespace else space
                yield from walk(entry.url_patterns, text, inner)
            elif not entry.callback.__module__.startswith("allauth."):
                yield Address(f"{space}{entry.name}", text, entry.callback)

    yield from walk(get_resolver().url_patterns, "", "")
