"""The files of a register (登録者のファイル), opened by the embedded DuckDB and read a part at a time.

1. people.parquet, relations.parquet and, where there is one, events.parquet; one that lacks what it must have is refused.
2. A part is a stretch of households. Where the files stand in the order of their households, it is read by itself;
   where they do not, they are dealt out once into files of parts beside the target.
3. Whoever a relation names and who lives in another household is fetched from wherever that is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from madoguchi.procedures.bulk.batch import ELSEWHERE, Part
from madoguchi.procedures.facts import FactType, Holder
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import EventKind

SQL_TYPES = {
    FactType.BOOLEAN: "BOOLEAN",
    FactType.DATE: "DATE",
    FactType.NUMBER: "BIGINT",
    FactType.CHOICE: "VARCHAR",
    FactType.CHOICES: "VARCHAR[]",
    FactType.TEXT: "VARCHAR",
    FactType.PERSON: "VARCHAR",
}
PEOPLE, RELATIONS, EVENTS = "people.parquet", "relations.parquet", "events.parquet"
_NEEDED = {
    PEOPLE: ("id", "household_id"),
    RELATIONS: ("household_id", "kind", "of", "is"),
    EVENTS: ("household_id",),
}
_BIRTH = ("birth_date", "birth_earliest", "birth_latest")
_NOTIFIED_ON = "notified_on"
_ORDERED = ("VARCHAR", "BIGINT", "INTEGER")


class RegisterUnreadable(ValueError):
    """A file of the register is missing or lacks a column."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One part: households from one id to before another, or those dealt out under a number, or one; else everybody."""

    begins: Any = None
    ends: Any = None
    dealt: int | None = None
    only: str | None = None


class Register:
    """The files of a register, opened; `keys` are the facts of people that are read."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        pack: Pack,
        folder: Path,
        keys: Iterable[str],
        *,
        with_events: bool,
    ) -> None:
        self.connection = connection
        self.pack = pack
        self.folder = folder
        self._keys = frozenset(keys)
        for name in (PEOPLE, RELATIONS):
            if not (folder / name).is_file():
                raise RegisterUnreadable(
                    f"{folder} に {name} がありません。--register の場所を確かめてください。"
                )
        self.names = [PEOPLE, RELATIONS]
        if with_events and (folder / EVENTS).is_file():
            self.names.append(EVENTS)
        self._there = {name: self._columns(folder / name) for name in self.names}
        self._dealt: Path | None = None
        self._refuse_unknown_kinds()

    def _columns(self, file: Path) -> dict[str, str]:
        """Return the columns of a file with their types, after seeing that it has those it must have."""
        try:
            described = self.connection.execute(f"DESCRIBE SELECT * FROM {source(file)}").fetchall()
        except duckdb.Error as error:
            first = str(error).splitlines()[0]
            raise RegisterUnreadable(
                f"{file} を Parquet として読めません（{first}）。作り直してください。"
            ) from error
        there = {row[0]: row[1] for row in described}
        missing = [column for column in _NEEDED[file.name] if column not in there]
        if missing:
            raise RegisterUnreadable(
                f"{file} に列「{'」「'.join(missing)}」がありません。列の名前を確かめてください。"
            )
        return there

    def _refuse_unknown_kinds(self) -> None:
        if EVENTS not in self.names or "kind" not in self._there[EVENTS]:
            return
        found = self.connection.execute(
            f"SELECT DISTINCT kind FROM {source(self.folder / EVENTS)} WHERE kind IS NOT NULL"
        ).fetchall()
        for unknown in sorted({kind for (kind,) in found} - {one.value for one in EventKind}):
            raise RegisterUnreadable(
                f"events.parquet の kind「{unknown}」という届出はありません。"
                f"{'、'.join(one.value for one in EventKind)} のどれかにしてください。"
            )

    # --- parts ------------------------------------------------------------------------------------------------

    def people(self) -> int:
        """Return how many people there are."""
        found = self.connection.execute(
            "SELECT sum(num_rows) FROM parquet_file_metadata(?)", [str(self.folder / PEOPLE)]
        ).fetchone()
        return int(found[0] or 0) if found else 0

    def slices(self, size: int) -> list[Slice] | None:
        """Return parts of about `size` people where the files are in the order of their households, else None."""
        groups = {name: self._groups(name) for name in self.names}
        if any(one is None for one in groups.values()):
            return None
        bounds: list[Any] = []
        number = 0
        for rows, first, _ in groups[PEOPLE] or ():
            if number >= size and first != (bounds[-1] if bounds else None):
                bounds.append(first)
                number = 0
            number += rows
        edges = [None, *bounds, None]
        return [Slice(one, two) for one, two in pairwise(edges)]

    def _groups(self, name: str) -> list[tuple[int, Any, Any]] | None:
        """Return rows, first and last household of each group of rows, None where they are in no order."""
        type_ = self._there[name]["household_id"]
        if type_ not in _ORDERED:
            return None
        found = self.connection.execute(
            "SELECT row_group_num_rows, stats_min_value, stats_max_value FROM parquet_metadata(?)"
            # A group of no rows has no bounds and is in nobody's way.
            " WHERE path_in_schema = 'household_id' AND row_group_num_rows > 0 ORDER BY row_group_id",
            [str(self.folder / name)],
        ).fetchall()
        if any(first is None or last is None for _, first, last in found):
            return None
        plain: Callable[[Any], Any] = str if type_ == "VARCHAR" else int
        groups = [(int(rows), plain(first), plain(last)) for rows, first, last in found]
        in_order = all(one[2] <= other[1] for one, other in pairwise(groups))
        return groups if in_order else None

    def deal(self, parts: int, folder: Path) -> list[Slice]:
        """Deal the households out into files of parts, so that each can be read by itself."""
        done = folder / "dealt"
        self._dealt = folder
        if not done.exists():
            for name in self.names:
                self.connection.execute(
                    f"COPY (SELECT *, hash(CAST(household_id AS VARCHAR)) % {parts} AS part_ FROM {source(self.folder / name)})"
                    f" TO {literal(str(folder / name))} (FORMAT parquet, PARTITION_BY (part_), OVERWRITE)"
                )
            done.touch()
        return [Slice(dealt=number) for number in range(parts)]

    # --- one part ---------------------------------------------------------------------------------------------

    def read(self, chosen: Slice, connection: duckdb.DuckDBPyConnection) -> Part:
        """Read one part."""
        relations = (
            'CAST(kind AS VARCHAR) AS kind, CAST("of" AS VARCHAR) AS "of", CAST("is" AS VARCHAR) AS "is"'
        )
        events = None
        if EVENTS in self.names:
            events = self._rows(EVENTS, ", ".join(self.event_columns()), chosen, connection)
        return Part(
            self._rows(PEOPLE, ", ".join(self.people_columns()), chosen, connection),
            self._rows(RELATIONS, f"{_HOME}, {relations}", chosen, connection),
            events,
        )

    def _rows(
        self, name: str, columns: str, chosen: Slice, connection: duckdb.DuckDBPyConnection
    ) -> pa.Table:
        file, test, order = self.folder / name, "", ""
        if chosen.dealt is not None:
            assert self._dealt is not None
            file = self._dealt / name / f"part_={chosen.dealt}" / "*.parquet"
            if not list(file.parent.glob("*.parquet")):
                file, test = self.folder / name, " WHERE FALSE"
            order = " ORDER BY household_id" + (", id" if name == PEOPLE else "")
        elif chosen.only is not None:
            test = f" WHERE CAST(household_id AS VARCHAR) = {literal(chosen.only)}"
        else:
            bounds = [(">=", chosen.begins), ("<", chosen.ends)]
            tests = [f"household_id {sign} {literal(end)}" for sign, end in bounds if end is not None]
            test = f" WHERE {' AND '.join(tests)}" if tests else ""
        try:
            return connection.sql(f"SELECT {columns} FROM {source(file)}{test}{order}").to_arrow_table()
        except duckdb.ConversionException as error:
            raise RegisterUnreadable(
                f"{name} に決められた形でない値があります（{str(error).splitlines()[0]}）。列の値を確かめてください。"
            ) from error

    def people_columns(self) -> list[str]:
        """Return the columns of people that are read, each as an expression with its name."""
        there = self._there[PEOPLE]
        facts = [
            f"CAST({one.key} AS {SQL_TYPES[one.type]}) AS {one.key}"
            for one in self.pack.vocabulary
            if one.holder is Holder.PERSON
            and one.key in there
            and one.key in self._keys
            and one.key not in _BIRTH
        ]
        birth = [f"CAST({key} AS DATE) AS {key}" for key in _BIRTH if key in there]
        return ["CAST(id AS VARCHAR) AS id", _HOME, *birth, *facts]

    def event_columns(self) -> list[str]:
        """Return the columns of events that are read; the household comes first."""
        there = self._there[EVENTS]
        keys = {one.key: SQL_TYPES[one.type] for one in self.pack.vocabulary if one.holder is Holder.EVENT}
        keys |= {event.date_key: "DATE" for event in EventKind} | {_NOTIFIED_ON: "DATE", "kind": "VARCHAR"}
        facts = [f"CAST({key} AS {kind}) AS {key}" for key, kind in keys.items() if key in there]
        return [_HOME, *facts]

    def with_strangers(
        self, part: Part, named: Sequence[tuple[str, str]], connection: duckdb.DuckDBPyConnection
    ) -> Part:
        """Return the part with the people of other households whom its relations name (household, id)."""
        pairs = list(dict.fromkeys(named))
        wanted = pa.table({"home": [home for home, _ in pairs], "who": [who for _, who in pairs]})
        connection.register("named_", wanted)
        columns = ", ".join(one for one in self.people_columns() if one is not _HOME)
        found = connection.sql(
            f"SELECT * EXCLUDE (home, who), home AS household_id, TRUE AS {ELSEWHERE} FROM named_ JOIN"
            f" (SELECT {columns} FROM {source(self.folder / PEOPLE)}) ON id = who ORDER BY home, who"
        ).to_arrow_table()
        connection.unregister("named_")
        lives = "lives_with_household"
        if lives in found.column_names:
            place = found.column_names.index(lives)
            found = found.set_column(place, lives, pa.array([False] * found.num_rows, pa.bool_()))
        return Part(
            pa.concat_tables([part.people, found], promote_options="default"), part.relations, part.events
        )


_HOME = "CAST(household_id AS VARCHAR) AS household_id"


def source(file: Path) -> str:
    """Return a file as a table expression."""
    return f"read_parquet({literal(str(file))}, hive_partitioning = false)"


def literal(written: str | int) -> str:
    """Return a value as it is written in SQL."""
    return str(written) if isinstance(written, int) else "'" + written.replace("'", "''") + "'"
