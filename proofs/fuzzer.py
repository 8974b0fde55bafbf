"""Every parser tried with inputs that grow by what they reach (atheris, which is libFuzzer), each in processes of its own.

    python -m proofs.fuzzer FOLDER SECONDS [--without module:function] [NAME …]

Everything is loaded and its branches are counted once; then a parser is tried in forks, a minute each, on inputs that stay in the
folder. Stopped and started again it goes on with the seconds that are left. What was wrong is written beside them.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import inspect
import json
import mmap
import os
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from proofs.mutating import changed

if TYPE_CHECKING:
    from tests.parsers.frame import Parser

SLICE = 60.0
# One input: so much of a processor's time is a fault; so long by the clock and it is ended. The process: so much memory.
MOST_SECONDS = 5.0
LONGEST = 90
MOST_MEGABYTES = 1_500
# Of the libraries, what takes bytes apart in Python.
LIBRARIES = (
    "zipfile", "email.feedparser", "email.message", "email._policybase", "openpyxl.reader.excel", "openpyxl.worksheet._reader",
    "puremagic.main", "PIL.PngImagePlugin", "PIL.JpegImagePlugin", "joserfc._rfc7515.compact", "urllib.parse",
)  # fmt: skip


@dataclass(slots=True)
class Tried:
    """How far a parser has been tried: seconds of a processor, runs, and what was wrong, each with the file of its first input."""

    seconds: float = 0.0
    runs: int = 0
    faults: dict[str, str] = field(default_factory=dict)


def state_of(own: Path, name: str) -> Tried:
    """What was kept."""
    file = own / f"{name}.json"
    return Tried(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else Tried()


def _keep(own: Path, name: str, tried: Tried) -> None:
    partial = own / f"{name}.part"
    partial.write_text(json.dumps(asdict(tried), ensure_ascii=False), encoding="utf-8")
    partial.rename(own / f"{name}.json")


def try_parser(own: Path, parser: Parser, seconds: float) -> Tried:
    """Go on until it has been tried for so long."""
    from tests.parsers.found import FOUND
    from tests.parsers.frame import kept

    before = [data for name, data in FOUND.values() if name == parser.name]
    corpus, found = own / "corpus" / parser.name, own / "found" / parser.name
    for folder in (corpus, found):
        folder.mkdir(parents=True, exist_ok=True)
    for data in (*parser.seeds(), *before, *kept(parser)):
        (corpus / hashlib.sha1(data).hexdigest()).write_bytes(data)
    tried = state_of(own, parser.name)
    while tried.seconds < seconds:
        began, this = time.monotonic(), min(SLICE, seconds - tried.seconds)
        runs, used = _in_a_fork(parser, corpus, found, max(1, round(this)))
        tried.runs += runs
        # On a machine with other work on it, a second of the clock is less; it counts a little, so that there is an end.
        tried.seconds += max(used, (time.monotonic() - began) / 20)
        for told in sorted(found.glob("*.txt")):
            tried.faults.setdefault(told.read_text(encoding="utf-8"), told.with_suffix("").name)
        for died in sorted(found.glob("died-*")):
            tried.faults.setdefault(f"died: {died.name.split('-')[1]}", died.name)
        _keep(own, parser.name, tried)
    return tried


def _in_a_fork(parser: Parser, corpus: Path, found: Path, seconds: int) -> tuple[int, float]:
    """How many inputs were tried in these seconds of the clock, and how many of a processor it took."""
    counter = mmap.mmap(-1, 8)
    child = os.fork()
    if child == 0:
        try:
            _fuzz(parser, corpus, found, seconds, counter)
        finally:
            os._exit(1)
    _pid, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status) != 0 and not any(found.glob("died-*")):
        (found / "died-without-0").write_bytes(b"")
    return int(struct.unpack("q", counter[:8])[0]), usage.ru_utime + usage.ru_stime


def _fuzz(parser: Parser, corpus: Path, found: Path, seconds: int, counter: mmap.mmap) -> None:
    import atheris
    from tests.parsers.frame import fault_of

    log = os.open(found.parent / f"{parser.name}.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(log, stream)
    runs = 0

    def one(data: bytes) -> None:
        nonlocal runs
        runs += 1
        counter[:8] = struct.pack("q", runs)
        began = time.process_time()
        fault = fault_of(parser, data)
        if not fault and time.process_time() - began > MOST_SECONDS:
            fault = f"more than {MOST_SECONDS:.0f} seconds of a processor"
        if fault:
            name = found / hashlib.sha1(fault.encode()).hexdigest()[:16]
            if not name.exists():
                name.write_bytes(data)
                name.with_suffix(".txt").write_text(fault, encoding="utf-8")

    def other(data: bytes, most: int, seed: int) -> bytes:
        return changed(data, most, Random(seed), lambda this: atheris.Mutate(this, most))

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    words = [
        "fuzzer", f"-max_total_time={seconds}", f"-max_len={parser.longest}", f"-timeout={LONGEST}", "-verbosity=0",
        f"-rss_limit_mb={MOST_MEGABYTES}", f"-artifact_prefix={found}/died-", "-reload=0", "-report_slow_units=1000", str(corpus),
    ]  # fmt: skip
    atheris.Setup(words, one, custom_mutator=other)
    atheris.Fuzz()


def count_branches(parsers: tuple[Parser, ...]) -> None:
    """Let every function of the parsers' modules tell which branches it takes."""
    import atheris

    names = {module for parser in parsers for module in parser.modules()}
    for name in sorted(names | set(LIBRARIES)):
        for function in _functions(importlib.import_module(name)):
            atheris.instrument_func(function)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    seen: set[int] = set()
    waiting: list[Any] = list(vars(module).values())
    while waiting:
        one = waiting.pop()
        one = inspect.unwrap(getattr(one, "__func__", getattr(one, "fget", one)))
        if id(one) in seen or getattr(one, "__module__", None) != module.__name__:
            continue
        seen.add(id(one))
        if isinstance(one, FunctionType):
            yield one
        elif isinstance(one, type):
            waiting += vars(one).values()


def main(argv: list[str] | None = None) -> int:
    import django

    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("folder", type=Path)
    reader.add_argument("seconds", type=float)
    reader.add_argument("--without", default="", help="takes a guard out first")
    reader.add_argument("names", nargs="*")
    given = reader.parse_args(argv)
    django.setup()
    from tests.parsers.table import BY_NAME

    parsers = tuple(BY_NAME[name] for name in given.names or BY_NAME)
    for parser in parsers:
        parser.errors()
    if given.without:
        module, _, function = given.without.partition(":")
        out: Callable[[], None] = getattr(importlib.import_module(module), function)
        out()
    count_branches(parsers)
    given.folder.mkdir(parents=True, exist_ok=True)
    for parser in parsers:
        tried = try_parser(given.folder, parser, given.seconds)
        print(
            f"{parser.name}: {tried.seconds:,.0f} s {tried.runs:,} runs {len(tried.faults)} faults",
            flush=True,
        )
        for fault in tried.faults:
            print(f"  {fault}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
