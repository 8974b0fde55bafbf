"""Asking clamd whether a file is clean (ウイルス検査), in its own protocol (INSTREAM) over TCP.

The file is sent in pieces, each behind its length, and an empty piece ends it. Whatever is not the plain word that it is
clean, or the name of what was found, means that nobody knows: the file is not taken then.
"""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass

from django.conf import settings

from madoguchi.cases.ports import NotScanned, ScanFault, VirusScanner

PIECE = 64 * 1024
MOST_ANSWERED = 4096
_CLEAN, _FOUND = "stream: OK", " FOUND"


@dataclass(frozen=True, slots=True)
class ClamdScanner:
    """A clamd at a host and a port; `seconds` for everything together."""

    host: str
    port: int
    seconds: float

    def finds(self, contents: bytes) -> str:
        """The name of what was found; empty: nothing. Raises NotScanned."""
        until = time.monotonic() + self.seconds
        try:
            with socket.create_connection((self.host, self.port), timeout=self.seconds) as line:
                line.sendall(b"zINSTREAM\0")
                for at in range(0, len(contents), PIECE):
                    piece = contents[at : at + PIECE]
                    line.settimeout(_left(until))
                    line.sendall(struct.pack("!L", len(piece)) + piece)
                line.sendall(struct.pack("!L", 0))
                return _read(_answer(line, until))
        except TimeoutError as error:
            raise NotScanned(ScanFault.TOO_SLOW) from error
        except OSError as error:
            raise NotScanned(ScanFault.NOT_REACHED) from error


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _answer(line: socket.socket, until: float) -> bytes:
    found = b""
    while not found.endswith(b"\0") and len(found) < MOST_ANSWERED:
        line.settimeout(_left(until))
        more = line.recv(1024)
        if not more:
            break
        found += more
    return found


def _read(answer: bytes) -> str:
    said = answer.rstrip(b"\0").decode("utf-8", "replace").strip()
    if not answer:
        raise NotScanned(ScanFault.NOT_REACHED)
    if said == _CLEAN:
        return ""
    if said.startswith("stream: ") and said.endswith(_FOUND):
        return said.removeprefix("stream: ").removesuffix(_FOUND) or "?"
    raise NotScanned(ScanFault.UNREADABLE)


class NoScanner:
    """No clamd is set: nobody knows of any file whether it is clean."""

    def finds(self, contents: bytes) -> str:
        """Raises NotScanned."""
        raise NotScanned(ScanFault.NOT_SET)


def scanner() -> VirusScanner:
    """The clamd of the settings; without one, no file is taken."""
    host, colon, port = settings.VIRUS_SCANNER.rpartition(":")
    if not colon or not port.isdigit():
        return NoScanner()
    return ClamdScanner(host.strip("[]"), int(port), settings.VIRUS_SCANNER_SECONDS)


def files_are_taken() -> bool:
    """Whether files can be attached here at all."""
    return not isinstance(scanner(), NoScanner)
