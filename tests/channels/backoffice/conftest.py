"""The back office is tried on visits that were approved, as the core system's rooms are."""

from tests.rooms.connect.conftest import approved, signed

__all__ = ["approved", "signed"]
