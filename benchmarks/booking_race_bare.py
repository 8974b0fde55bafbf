"""The product's pages with the one update of the seats left out: what the booking race is measured against, nothing else."""

from __future__ import annotations

from typing import Any

from madoguchi.booking import reserving
from madoguchi.config.wsgi import application

__all__ = ["application"]


def _takes_nothing(**said: Any) -> None:
    """Stands where seats are taken and given back."""


reserving.move = _takes_nothing
