"""The head of the audit's tree as it stands on paper (控えの値): how many lines, the root in groups of four, and a check.

    1234 – 5dc9 da79 a706 59a9 … 4328 – 7f0c

It is typed in by a person or read by a scanner. The last group is a check over the rest, so that a slip of the finger is
told apart from a log that was changed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

_GROUP = 4
_ROOT_CHARACTERS = 64
_BETWEEN = re.compile(r"[\s\-‐‑–—―ー−]+")
_SIZE = re.compile(r"[0-9]{1,18}")
_REST = re.compile(r"[0-9a-f]{68}")


class NotAHead(ValueError):
    """What was typed is no head: too short, too long, or with a slip in it."""

    def __init__(self) -> None:
        super().__init__(
            "控えの値を読み取れません。件数、4文字ずつの16組、確かめの4文字を、紙のとおりに入れてください。"
        )


@dataclass(frozen=True, slots=True)
class PaperHead:
    """A head as it was printed (控えの値): the tree's number of lines and its root (64 hexadecimal digits)."""

    size: int
    root: str

    @property
    def check(self) -> str:
        """Four characters over the rest."""
        return hashlib.sha256(f"{self.size}-{self.root}".encode()).hexdigest()[:_GROUP]

    @property
    def groups(self) -> tuple[str, ...]:
        """The root in groups of four characters."""
        return tuple(self.root[at : at + _GROUP] for at in range(0, _ROOT_CHARACTERS, _GROUP))

    def text(self) -> str:
        """All of it in one line, as the command takes it and as the two-dimensional code carries it."""
        return "-".join((str(self.size), *self.groups, self.check))


def read_head(typed: str) -> PaperHead:
    """The head that somebody typed; spaces, dashes, full-width characters and capitals do not matter. Raises NotAHead.

    The number of lines must be set off from the groups by a space or a dash.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().lower()
    parts = [one for one in _BETWEEN.split(plain) if one]
    size, rest = parts[0] if parts else "", "".join(parts[1:])
    if not (_SIZE.fullmatch(size) and _REST.fullmatch(rest)):
        raise NotAHead
    head = PaperHead(int(size), rest[:_ROOT_CHARACTERS])
    if head.check != rest[_ROOT_CHARACTERS:]:
        raise NotAHead
    return head
