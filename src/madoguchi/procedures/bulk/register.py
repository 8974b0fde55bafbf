"""A whole register decided (登録者全員の判定): the files of a register in, one Parquet file of what people are entitled to out.

1. people.parquet, relations.parquet and, where there is one, events.parquet are opened as tables; a fact for which there
   is no column is unknown, and a file that lacks what it must have is refused with a sentence.
2. Kin follow from relations.parquet, which is the whole truth; guardians are the parents unless others are named.
3. Each procedure and event is one query; its rows go to one file, written beside the target and moved there at the end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.bulk.dates import MACROS, calendar
from madoguchi.procedures.bulk.doubts import doubtful, settled
from madoguchi.procedures.bulk.expressions import SQL_TYPES, literal
from madoguchi.procedures.bulk.outcomes import query_of
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import Holder
from madoguchi.procedures.implied import DECEASED, IMPLIED_NEEDS, IMPLIED_SQL
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind

_NEEDED = {
    "people.parquet": ("id", "household_id"),
    "relations.parquet": ("household_id", "kind", "of", "is"),
    "events.parquet": ("household_id",),
}
_OUT = "procedure VARCHAR, subject VARCHAR, household_id VARCHAR, status VARCHAR, deadline DATE, amount_yen BIGINT"
_ADULT = 18


class RegisterUnreadable(ValueError):
    """A file of the register is missing or lacks a column."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were written, by outcome."""

    rows: int
    by_status: dict[str, int]


def entitled(
    pack: Pack,
    procedures: Sequence[Procedure],
    *,
    register: Path,
    on: date,
    open_days: OpenDays,
    out: Path,
    done: Callable[[str], None] = lambda procedure: None,
) -> Tally:
    """Decide procedures over a register; writes one row per procedure and subject that is not "not needed".

    `procedures` empty: all of event "none". Raises RegisterUnreadable. Nothing is left behind when it fails.
    """
    wanted = list(procedures) or list(pack.procedures_of(EventKind.none))
    with duckdb.connect() as connection:
        _open(connection, pack, register, on, open_days, with_events=bool(procedures))
        person_columns, event_columns = _columns(connection, "people"), _columns(connection, "events")
        connection.execute(f"CREATE TABLE found ({_OUT})")
        happened = _happened(connection)
        for procedure in wanted:
            for event in sorted(procedure.events & happened, key=lambda one: one.value):
                query = query_of(procedure, event, person_columns=person_columns, event_columns=event_columns)
                connection.execute(f"INSERT INTO found {query}")
                _settle(connection, pack, procedure, event, person_columns, on, open_days)
            done(procedure.id)
        return _written(connection, out)


def _happened(connection: duckdb.DuckDBPyConnection) -> frozenset[EventKind]:
    """Return the kinds of event that some household of the register has."""
    kinds = {kind for (kind,) in connection.execute("SELECT DISTINCT kind FROM events").fetchall()}
    for unknown in sorted(kinds - {one.value for one in EventKind}):
        raise RegisterUnreadable(
            f"events.parquet の kind「{unknown}」という届出はありません。"
            f"{'、'.join(one.value for one in EventKind)} のどれかにしてください。"
        )
    return frozenset(map(EventKind, kinds))


def _open(
    connection: duckdb.DuckDBPyConnection,
    pack: Pack,
    register: Path,
    on: date,
    open_days: OpenDays,
    *,
    with_events: bool,
) -> None:
    for macro in MACROS:
        connection.execute(macro)
    for name in ("people.parquet", "relations.parquet"):
        if not (register / name).is_file():
            raise RegisterUnreadable(
                f"{register} に {name} がありません。--register の場所を確かめてください。"
            )
    relations = _source(connection, register / "relations.parquet")
    connection.execute(f'CREATE VIEW given AS SELECT kind, "of" AS person, "is" AS kin FROM {relations}')
    connection.execute(_KIN)
    _make_people(connection, pack, register / "people.parquet")
    connection.execute("CREATE TABLE households AS SELECT DISTINCT household_id FROM people")
    events = register / "events.parquet"
    _make_events(connection, pack, events if with_events and events.is_file() else None, on)
    _imply(connection, pack)
    _set_calendar(connection, open_days, on)
    connection.execute(_CLAIMANTS)
    connection.execute(_ONLY_CLAIMANT)


def _imply(connection: duckdb.DuckDBPyConnection, pack: Pack) -> None:
    """Add what follows from what is known, where the register knows enough."""
    if pack.fact(Holder.PERSON, DECEASED) is None:
        return
    there = _columns(connection, "people")
    if DECEASED not in there:
        connection.execute(f"ALTER TABLE people ADD COLUMN {DECEASED} BOOLEAN")
    if there >= IMPLIED_NEEDS - {DECEASED}:
        connection.execute(IMPLIED_SQL)


_KIN = """
CREATE TABLE kin AS
WITH pairs AS (
  SELECT DISTINCT 'parents' AS relation, person, kin FROM given WHERE kind = 'parent'
  UNION SELECT 'children', kin, person FROM given WHERE kind = 'parent'
  UNION SELECT 'spouse', person, kin FROM given WHERE kind = 'spouse'
  UNION SELECT 'spouse', kin, person FROM given WHERE kind = 'spouse'
  UNION SELECT 'guardians', person, kin FROM given WHERE kind = 'guardian')
SELECT relation, person, kin FROM pairs
UNION ALL SELECT DISTINCT 'raised', person, kin FROM (
  SELECT person, kin FROM pairs WHERE relation = 'children'
  UNION SELECT s.person, c.kin FROM pairs s JOIN pairs c ON c.person = s.kin AND c.relation = 'children'
    WHERE s.relation = 'spouse' AND s.person <> c.kin)
UNION ALL SELECT 'guardians', person, kin FROM pairs p WHERE relation = 'parents'
  AND NOT EXISTS (SELECT 1 FROM pairs g WHERE g.relation = 'guardians' AND g.person = p.person)
"""
# The people who may be adult on the day of the notice; everybody while nobody surely is (`court.Court._possible_claimants`).
_CLAIMANTS = """
CREATE TABLE claimants AS
WITH ages AS (
  SELECT p.*, age_on(birth_latest, e.notified_on) AS youngest, age_on(birth_earliest, e.notified_on) AS oldest
  FROM people p JOIN events e USING (household_id)),
sure AS (SELECT household_id, coalesce(bool_or(youngest >= 18), FALSE) AS somebody FROM ages GROUP BY household_id)
SELECT ages.* EXCLUDE (youngest, oldest) FROM ages JOIN sure USING (household_id)
WHERE NOT somebody OR oldest IS NULL OR oldest >= 18
"""


_ONLY_CLAIMANT = """
CREATE TABLE only_claimant AS
SELECT * FROM claimants WHERE household_id IN (SELECT household_id FROM claimants GROUP BY household_id HAVING count(*) = 1)
"""


def _source(connection: duckdb.DuckDBPyConnection, file: Path) -> str:
    """Return a file as a table expression after seeing that it has the columns it must have."""
    source = f"read_parquet({literal(str(file))})"
    try:
        there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise RegisterUnreadable(
            f"{file} を Parquet として読めません（{first}）。作り直してください。"
        ) from error
    missing = [column for column in _NEEDED[file.name] if column not in there]
    if missing:
        raise RegisterUnreadable(
            f"{file} に列「{'」「'.join(missing)}」がありません。列の名前を確かめてください。"
        )
    return source


def _make_people(connection: duckdb.DuckDBPyConnection, pack: Pack, file: Path) -> None:
    source = _source(connection, file)
    there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    facts = [
        f"CAST({one.key} AS {SQL_TYPES[one.type]}) AS {one.key}"
        for one in pack.vocabulary
        if one.holder is Holder.PERSON and one.key in there and one.key != "birth_date"
    ]
    birth = "CAST(birth_date AS DATE)" if "birth_date" in there else "CAST(NULL AS DATE)"
    ends = {
        end: f"coalesce({birth}, {f'CAST({end} AS DATE)' if end in there else 'NULL'}) AS {end}"
        for end in ("birth_earliest", "birth_latest")
    }
    connection.execute(
        f"CREATE TABLE people AS SELECT id, household_id, {', '.join([*ends.values(), *facts])},"
        f" EXISTS (SELECT 1 FROM kin k WHERE k.relation = 'parents' AND k.person = source.id) AS has_parents"
        f" FROM {source} AS source"
    )


def _make_events(connection: duckdb.DuckDBPyConnection, pack: Pack, file: Path | None, on: date) -> None:
    """Make the table of events: one row per household; a household without an event has the event "none"."""
    keys = {one.key: SQL_TYPES[one.type] for one in pack.vocabulary if one.holder is Holder.EVENT}
    keys |= {event.date_key: "DATE" for event in EventKind}
    keys.pop("notified_on", None)
    source, there = "(SELECT NULL AS household_id WHERE FALSE)", set[str]()
    if file is not None:
        source = _source(connection, file)
        there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    columns = [
        f"CAST({f's.{key}' if key in there else 'NULL'} AS {kind}) AS {key}" for key, kind in keys.items()
    ]
    kind = "s.kind" if "kind" in there else "CASE WHEN s.household_id IS NULL THEN 'none' ELSE 'move_in' END"
    notified = (
        f"coalesce(CAST({'s.notified_on' if 'notified_on' in there else 'NULL'} AS DATE), {literal(on)})"
    )
    connection.execute(
        f"CREATE TABLE events AS SELECT h.household_id, coalesce({kind}, 'none') AS kind, {notified} AS notified_on,"
        f" {', '.join(columns)} FROM households h LEFT JOIN {source} AS s USING (household_id)"
    )


def _set_calendar(connection: duckdb.DuckDBPyConnection, open_days: OpenDays, on: date) -> None:
    keys = ["notified_on", *sorted({event.date_key for event in EventKind} - {"notified_on"})]
    ends = ", ".join(f"min({key}), max({key})" for key in keys)
    known = [
        day for day in connection.execute(f"SELECT {ends} FROM events").fetchone() or () if day is not None
    ]
    begins, closed_for = calendar(open_days, min([on, *known]), max([on, *known]))
    connection.execute(f"SET VARIABLE calendar_begins = {literal(begins)}")
    connection.execute("SET VARIABLE closed_for = ?::SMALLINT[]", [closed_for])


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> frozenset[str]:
    return frozenset(row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall())


def _settle(
    connection: duckdb.DuckDBPyConnection,
    pack: Pack,
    procedure: Procedure,
    event: EventKind,
    columns: frozenset[str],
    on: date,
    open_days: OpenDays,
) -> None:
    """Decide again, one by one, the open rows that may be settled after all."""
    test = doubtful(procedure, event, columns)
    if test is None:
        return
    rows = connection.execute(
        "SELECT household_id, subject FROM found s JOIN events e USING (household_id)"
        f" WHERE procedure = {literal(procedure.id)} AND status = 'ask' AND e.kind = {literal(event.value)} AND {test}"
    ).fetchall()
    for home, subject, status in settled(connection, pack, procedure, rows, on=on, open_days=open_days):
        if status is not Status.ASK:
            change = (
                "DELETE FROM found"
                if status is Status.NOT_NEEDED
                else f"UPDATE found SET status = '{status.value}'"
            )
            connection.execute(
                f"{change} WHERE procedure = ? AND household_id = ? AND subject = ?",
                [procedure.id, home, subject],
            )


def _written(connection: duckdb.DuckDBPyConnection, out: Path) -> Tally:
    counts = dict(connection.execute("SELECT status, count(*) FROM found GROUP BY status").fetchall())
    beside = out.with_name(f".{out.name}.part")
    try:
        connection.execute(
            f"COPY (SELECT * FROM found ORDER BY procedure, household_id, subject) TO {literal(str(beside))}"
            " (FORMAT parquet, COMPRESSION zstd)"
        )
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
    return Tally(sum(counts.values()), counts)
