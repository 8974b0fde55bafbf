"""Asking clamd: clean is said plainly or not at all; slow, dead, cut off and unreadable mean that nobody knows."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from madoguchi.cases.ports import NotScanned, ScanFault
from madoguchi.connect.twins.virus_scanner import EICAR, ScannerFault, ScannerTwin
from madoguchi.connect.virus_scanner import PIECE, ClamdScanner, NoScanner, files_are_taken, scanner


@pytest.fixture
def twin() -> Iterator[ScannerTwin]:
    made = ScannerTwin(0, slow_seconds=5)
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield made
    made.stopped.set()
    made.shutdown()
    made.server_close()


def asked(twin: ScannerTwin, *, seconds: float = 5) -> ClamdScanner:
    return ClamdScanner("127.0.0.1", twin.server_address[1], seconds)


def test_what_is_clean_and_what_is_not(twin: ScannerTwin) -> None:
    assert asked(twin).finds(b"harmless") == ""
    assert asked(twin).finds(b"x" * (PIECE - 10) + EICAR) == "Eicar-Test-Signature", "also across two pieces"
    assert asked(twin).finds(b"") == ""
    assert twin.scanned == 3


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (ScannerFault.HANGS_UP, ScanFault.NOT_REACHED),
        (ScannerFault.GARBAGE, ScanFault.UNREADABLE),
        (ScannerFault.TOO_LARGE, ScanFault.UNREADABLE),
    ],
)
def test_whatever_is_no_plain_answer_is_no_answer(
    twin: ScannerTwin, fault: ScannerFault, why: ScanFault
) -> None:
    twin.fault = fault
    with pytest.raises(NotScanned) as found:
        asked(twin).finds(b"x")
    assert found.value.fault is why


def test_a_slow_one_is_not_waited_for(twin: ScannerTwin) -> None:
    twin.fault = ScannerFault.SLOW
    began = time.monotonic()
    with pytest.raises(NotScanned) as found:
        asked(twin, seconds=0.2).finds(b"x" * 3 * PIECE)
    assert found.value.fault is ScanFault.TOO_SLOW
    assert time.monotonic() - began < 4


def test_a_dead_one_is_not_reached() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    with pytest.raises(NotScanned) as found:
        ClamdScanner("127.0.0.1", port, 1).finds(b"x")
    assert found.value.fault is ScanFault.NOT_REACHED


@pytest.mark.parametrize("said", ["", "clamd", "clamd:", ":x"])
def test_without_one_no_file_is_taken(settings: Any, said: str) -> None:
    settings.VIRUS_SCANNER = said
    assert isinstance(scanner(), NoScanner)
    assert not files_are_taken()
    with pytest.raises(NotScanned):
        scanner().finds(b"x")


def test_the_setting_names_one(settings: Any) -> None:
    settings.VIRUS_SCANNER = "[::1]:3310"
    found = scanner()
    assert isinstance(found, ClamdScanner)
    assert (found.host, found.port) == ("::1", 3310)
