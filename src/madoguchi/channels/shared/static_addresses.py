"""The addresses of styles and scripts, worked out once: every page names half a dozen of the same few."""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix


class StaticAddresses(StaticFilesStorage):
    """Django's storage of what is served as it is (静的ファイルの置き場); an address is kept for each place the product is mounted at."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._addresses: dict[tuple[str, str], str] = {}

    def url(self, name: str | None) -> str:
        """The address of a file."""
        key = (get_script_prefix(), name or "")
        found = self._addresses.get(key)
        if found is None:
            found = self._addresses[key] = super().url(name)
        return found
