"""Keep what is worth keeping of a folder in which parsers were tried: the inputs that reach a line that no shorter one reaches.

python -m tests.parsers.keeping FOLDER [NAME …]
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

MOST_KEPT = 60
LARGEST = 4096


def reached(parser: Any, data: bytes) -> tuple[frozenset[tuple[str, int]], str]:
    """The lines of the product that this input reaches, and what is wrong with its answer."""
    from tests.parsers.frame import PRODUCT, fault_of

    lines: set[tuple[str, int]] = set()

    def line(frame: FrameType, event: str, _more: object) -> Any:
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, _event: str, _more: object) -> Any:
        return line if PRODUCT in frame.f_code.co_filename else None

    sys.settrace(call)
    try:
        fault = fault_of(parser, data)
    finally:
        sys.settrace(None)
    return frozenset(lines), fault


def keep(parser: Any, folder: Path) -> int:
    """Put the chosen inputs in the place of those that were kept; how many they are."""
    from tests.parsers.frame import CORPUS, kept

    tried = [one.read_bytes() for place in ("corpus", "found") for one in sorted((folder / place / parser.name).glob("*"))
             if one.suffix != ".txt" and one.stat().st_size <= LARGEST]  # fmt: skip
    tried = sorted({*tried, *kept(parser)}, key=lambda data: (len(data), data))
    known: set[tuple[str, int]] = set()
    chosen = []
    for data in tried:
        lines, fault = reached(parser, data)
        if not fault and not lines <= known and len(chosen) < MOST_KEPT:
            known |= lines
            chosen.append(data)
    place = CORPUS / parser.name
    place.mkdir(parents=True, exist_ok=True)
    for old in place.glob("*"):
        old.unlink()
    for data in chosen:
        (place / hashlib.sha1(data).hexdigest()[:12]).write_bytes(data)
    return len(chosen)


def main(argv: list[str]) -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings_test")
    django.setup()
    from tests.parsers.table import BY_NAME

    for name in argv[1:] or BY_NAME:
        print(name, keep(BY_NAME[name], Path(argv[0])), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
