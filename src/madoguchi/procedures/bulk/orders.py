"""What is to be decided over a register, and within which limits (一括判定の条件)."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.facts import Holder
from madoguchi.procedures.implied import DEATH_DATE
from madoguchi.procedures.judge import facts_read
from madoguchi.procedures.packs import Pack, Procedure

_MEGABYTE = 1 << 20
# Measured: the columns, outcomes and rows of one person while a part is being decided.
_BYTES_OF_A_PERSON = 1_500
_FEWEST, _MOST = 20_000, 500_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much memory a run may take, and how many parts it decides at once (None: one for each processor).

    `people_of_a_part` None: as many as the memory allows.
    """

    megabytes: int = 4_096
    at_once: int | None = None
    people_of_a_part: int | None = None

    def workers(self) -> int:
        """Return how many parts are decided at once."""
        return self.at_once or os.cpu_count() or 1

    def people(self) -> int:
        """Return about how many people a part has."""
        if self.people_of_a_part is not None:
            return self.people_of_a_part
        room = self.megabytes * _MEGABYTE // 2 // self.workers() // _BYTES_OF_A_PERSON
        return max(_FEWEST, min(_MOST, room))


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be decided: the procedures, on which day, with which calendar."""

    pack: Pack
    procedures: tuple[Procedure, ...]
    on: date
    open_days: OpenDays

    def keys(self) -> frozenset[str]:
        """Return the facts of people that are read."""
        read = {key for one in self.procedures for holder, key in facts_read(one) if holder is Holder.PERSON}
        return frozenset(read | {DEATH_DATE, "lives_with_household"})

    def mark(self, register: Path, names: Iterable[str], people: int) -> str:
        """Return what tells this run from another: a part of another run is of no use."""
        files = {name: (register / name).stat() for name in names}
        return json.dumps(
            {
                "revision": self.pack.revision,
                "procedures": [one.id for one in self.procedures],
                "on": self.on.isoformat(),
                "open_days": repr(
                    [
                        sorted(self.open_days.closed),
                        sorted(self.open_days.opened),
                        sorted(self.open_days.weekly),
                    ]
                ),
                "files": {name: [one.st_size, one.st_mtime_ns] for name, one in files.items()},
                "people": people,
            }
        )
