"""The product's pages with the one update of the seats left out: what the booking race is measured against, nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from madoguchi.config.wsgi import application

__all__ = ["application"]


def _takes_nothing(**said: Any) -> None:
    """Stands where seats are taken and given back."""


# Only now: the tables can be imported when the application is there.
import_module("madoguchi.booking.reserving").move = _takes_nothing  # type: ignore[attr-defined]  # a module takes what it is given
