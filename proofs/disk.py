"""The disk of a proof (disk.c): what a program writes, kept as a log, or failing at the k-th write. Built with the C compiler here."""

from __future__ import annotations

import ctypes
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from proofs.frame import NotHere

WRITE, TRUNCATE, SYNC, NOTE = 1, 2, 3, 4
SECTOR = 512
_ENTRY = struct.Struct("<IIqq")


@contextmanager
def loaded(own: Path) -> Iterator[None]:
    """Processes that are started meanwhile have this disk. Raises NotHere without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise NotHere("needs a C compiler; to get it: apt-get install gcc libc6-dev")
    built = own / "disk.so"
    source = Path(__file__).with_name("disk.c")
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", str(built), str(source), "-ldl"], check=True)
    before = os.environ.get("LD_PRELOAD")
    os.environ["LD_PRELOAD"] = str(built)
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"]
        if before is not None:
            os.environ["LD_PRELOAD"] = before


def record(folder: Path, into: Path) -> None:
    """From now on, everything that is written to files of the folder goes into the log as well; nothing waits for the real disk."""
    _here().disk_record(str(folder).encode(), str(into).encode())


def note(number: int) -> None:
    """Put a number into the log: what was confirmed up to here."""
    _here().disk_note(ctypes.c_long(number))


def fail(folder: Path | None, k: int, fault: int, *, stays: bool) -> None:
    """Let the k-th write, sync or truncation from now on fail (0: the next), and all that follow when it `stays`; None: no more."""
    _here().disk_fail(str(folder or "").encode(), ctypes.c_long(k), fault, int(stays))


def count() -> int:
    """How many writes were seen since `fail`."""
    return int(_here().disk_count())


def _here() -> ctypes.CDLL:
    here = ctypes.CDLL(None)
    here.disk_count.restype = ctypes.c_long
    return here


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log; `at`: where, the new length, or the number of a note."""

    kind: int
    name: str
    at: int
    data: bytes


def entries(log: Path) -> list[Entry]:
    """The log, in order."""
    found, whole, place = [], log.read_bytes(), 0
    while place < len(whole):
        kind, length, at, size = _ENTRY.unpack_from(whole, place)
        place += _ENTRY.size
        name = whole[place : place + length].decode()
        place += length
        data = whole[place : place + size] if kind == WRITE else b""
        place += len(data)
        found.append(Entry(kind, name, at, data))
    return found
