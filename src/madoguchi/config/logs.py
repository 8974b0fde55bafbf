"""Lines of the log (記録の行): one line an event, without a word of anybody (ログ).

What went wrong is told by its kind and by where in the program; what the fault itself says is left out, since it may quote what a
resident wrote. Line ends and control characters are written as signs, so that nobody writes a line of their own.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OneLine(logging.Formatter):
    """A record as one line: time with its offset, level, name, message; a fault by its kind and the places it went through."""

    default_time_format = "%Y-%m-%dT%H:%M:%S%z"
    default_msec_format = None

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        kept = record.exc_text, record.stack_info
        record.exc_text, record.stack_info = None, None
        try:
            return _plain(super().format(record))
        finally:
            record.exc_text, record.stack_info = kept

    def formatException(self, ei: Fault) -> str:
        """Kinds and places, the innermost last, without what the faults say."""
        told, fault, seen = [], ei[1], set()
        while fault is not None and id(fault) not in seen:
            seen.add(id(fault))
            places = traceback.extract_tb(fault.__traceback__)
            way = " > ".join(f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in places)
            told.append(f"{type(fault).__name__} ({way})")
            fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
        return " | because of ".join(told)


def _plain(text: str) -> str:
    return "".join(
        one if one.isprintable() else " | " if one == "\n" else f"\\x{ord(one):02x}" for one in text
    )
