"""A clamd that knows one virus (実演用のウイルス検査): the EICAR test file. It scans nothing else and is no protection.

    python -m madoguchi.connect.twins.virus_scanner --port 0

It speaks clamd's INSTREAM and PING, and can be told to be slow, to hang up, to answer what nobody understands, or to find
every file too large.
"""

from __future__ import annotations

import argparse
import socketserver
import struct
import sys
import threading
from enum import Enum

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST_BYTES = 25 * 1024 * 1024
_LONGEST_COMMAND = 64


class ScannerFault(Enum):
    """What goes wrong (仕込む故障)."""

    NONE = "none"
    SLOW = "slow"
    HANGS_UP = "hangs_up"
    GARBAGE = "garbage"
    TOO_LARGE = "too_large"


class ScannerTwin(socketserver.ThreadingTCPServer):
    """The server; `fault` and `slow_seconds` may be set while it runs. Counts what it scanned."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, port: int, *, fault: ScannerFault = ScannerFault.NONE, slow_seconds: float = 30
    ) -> None:
        super().__init__(("127.0.0.1", port), _Line)
        self.fault, self.slow_seconds = fault, slow_seconds
        self.scanned = 0
        self.stopped = threading.Event()

    @property
    def here(self) -> str:
        """Its address, as the setting wants it."""
        return f"127.0.0.1:{self.server_address[1]}"


class _Line(socketserver.StreamRequestHandler):
    server: ScannerTwin

    def handle(self) -> None:
        command = self._command()
        if command == "PING":
            self.wfile.write(b"PONG\0")
        elif command == "INSTREAM":
            contents = self._contents()
            if contents is not None:
                self._answer(contents)
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _command(self) -> str:
        read = b""
        while not read.endswith((b"\0", b"\n")) and len(read) < _LONGEST_COMMAND:
            one = self.rfile.read(1)
            if not one:
                break
            read += one
        return read.rstrip(b"\0\n").decode("ascii", "replace").lstrip("zn")

    def _contents(self) -> bytes | None:
        found = b""
        while (head := self.rfile.read(4)) and len(head) == 4:
            (length,) = struct.unpack("!L", head)
            if length == 0:
                return found
            if len(found) + length > MOST_BYTES:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return None
            found += self.rfile.read(length)
        return None

    def _answer(self, contents: bytes) -> None:
        match self.server.fault:
            case ScannerFault.SLOW:
                self.server.stopped.wait(self.server.slow_seconds)
            case ScannerFault.HANGS_UP:
                return
            case ScannerFault.GARBAGE:
                self.wfile.write(b"\xff\xfe???\0")
                return
            case ScannerFault.TOO_LARGE:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
            case ScannerFault.NONE:
                pass
        self.server.scanned += 1
        self.wfile.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in contents else b"stream: OK\0")


def main(argv: list[str] | None = None) -> int:
    """Serve until stopped; prints the port first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=3310, help="0: any that is free")
    parser.add_argument("--fault", choices=[one.value for one in ScannerFault], default="none")
    parser.add_argument("--slow-seconds", type=float, default=30)
    options = parser.parse_args(argv)
    twin = ScannerTwin(options.port, fault=ScannerFault(options.fault), slow_seconds=options.slow_seconds)
    print(twin.server_address[1], flush=True)
    try:
        twin.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        twin.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
