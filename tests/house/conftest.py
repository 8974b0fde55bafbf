"""What the tests of the house share."""

from __future__ import annotations

import sys

import pytest


@pytest.fixture
def without_protection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is protected: whatever is then shown is what the guard holds back."""
    guarded = [name for name, module in list(sys.modules.items()) if hasattr(module, "protected_people")]
    assert guarded
    for name in guarded:
        if name.startswith("madoguchi."):
            monkeypatch.setattr(sys.modules[name], "protected_people", lambda numbers, *, on: frozenset())
