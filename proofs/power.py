"""Power cuts (停電) of a recorded disk: what lies on it when the current goes at any moment.

What was synced is there. Of what was written since, any part may be: each write is cut into sectors of 512 bytes, and each sector
is there or not, by chance. From one log, as many states as are wanted.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

from proofs.disk import NOTE, SECTOR, SYNC, TRUNCATE, WRITE, Entry


@dataclass
class File:
    """A file of the disk: what is safe, and what was written since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Entry] = field(default_factory=list)

    def take(self, one: Entry) -> None:
        if one.kind == SYNC:
            for waiting in self.since:
                apply(self.safe, waiting)
            self.since.clear()
        else:
            self.since.append(one)

    def after_cut(self, chance: random.Random) -> bytearray:
        """What is found when the current is back."""
        left = bytearray(self.safe)
        share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for one in self.since:
            if one.kind == TRUNCATE:
                if chance.random() < share:
                    apply(left, one)
                continue
            for start in range(0, len(one.data), SECTOR):
                if chance.random() < share:
                    piece = one.data[start : start + SECTOR]
                    apply(left, Entry(WRITE, one.name, one.at + start, piece))
        return left


def apply(content: bytearray, one: Entry) -> None:
    """Do a write or a truncation."""
    if one.kind == TRUNCATE:
        del content[one.at :]
        content.extend(bytes(one.at - len(content)))
        return
    if len(content) < one.at:
        content.extend(bytes(one.at - len(content)))
    content[one.at : one.at + len(one.data)] = one.data


@dataclass
class Disk:
    """The disk while the log is played."""

    log: list[Entry]
    files: dict[str, File]
    place: int = 0
    confirmed: int = 0

    @classmethod
    def of(cls, log: list[Entry], start: dict[str, bytes]) -> Disk:
        """The disk as it was when the log began."""
        return cls(log, {name: File(bytearray(content)) for name, content in start.items()})

    def play(self, until: int) -> None:
        """Go on to a place in the log."""
        for one in self.log[self.place : until]:
            if one.kind == NOTE:
                self.confirmed = one.at
            else:
                self.files.setdefault(one.name, File()).take(one)
        self.place = until

    def cut(self, chance: random.Random, into: Path) -> None:
        """Write what is found after a cut here into a folder, under the files' own names."""
        for name, file in self.files.items():
            (into / Path(name).name).write_bytes(file.after_cut(chance))
