"""The machine in the hall, and a printer that behaves as it is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from tests.rooms.booking.queueing import BRANCH, lay_out

from madoguchi.booking.tickets.order import QueueRules


@pytest.fixture
def machine(city: object, signed_in: Callable[[str], Client]) -> Client:
    """The machine in the hall; it has no printer."""
    lay_out(rules=QueueRules(only_in_hours=False))
    return signed_in("machine_one")


@pytest.fixture
def printer(settings: Any) -> Iterator[Callable[[str], None]]:
    """A printer that behaves as it is told."""
    running: list[subprocess.Popen[str]] = []

    def start(mode: str) -> None:
        words = [sys.executable, "-m", "madoguchi.connect.twins.ticket_printer", "--port", "0", "--page", "0"]
        process = subprocess.Popen([*words, "--mode", mode], stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        port = process.stdout.readline().split()[0]
        settings.TICKET_PRINTERS = {BRANCH: f"127.0.0.1:{port}"}

    yield start
    for process in running:
        process.kill()
        process.wait()
