"""What is asked of the database and written into it with every page (毎回の問合せ), turned into SQL once instead of each time.

Django builds the SQL of a query anew whenever it is asked; for a short question that is several times the work of the answer.
A `CompiledQuery` is built once from an ordinary queryset, per database; after that only its values change. What it answers is
what the queryset would: the same SQL, the same converters of the fields. `CompiledInsert` adds rows in the same way, and
`CompiledRaise` counts one on in a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

# Values that stand for the ones to come while the SQL is made; no constant of a query looks like them.
_FIRST_NUMBER = 1_912_270_001
_FIRST_DAY = date(9112, 2, 7)
_TEXT = "\x02value-{}"
# With more values than this (a long list of people) a query is not kept: it would be another one for each length.
_MOST_VALUES = 30

Given = int | str | date
_UNCHANGEABLE = (datetime, date)


@dataclass(frozen=True, slots=True)
class _Plan:
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]


class CompiledQuery:
    """A query whose values alone change (コンパイル済みの問合せ): numbers, texts and days, in the order in which `make` takes them.

    `make` gives a queryset of `values_list`. It may look at nothing but its arguments, and must compare each of them as it
    is: not None, nothing worked out of it. A list is given as so many arguments (`*numbers`), all different; the SQL is kept
    for each length. A value that the SQL does not hold raises ValueError at the first use.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self._make = make
        self._plans: dict[tuple[str, str, int], _Plan] = {}
        self._model: Any = None

    def rows(self, *values: Given) -> list[tuple[Any, ...]]:
        """The rows, in the order of the query."""
        if len(values) > _MOST_VALUES:
            return list(self._make(*values))
        alias = router.db_for_read(self._model) if self._model is not None else "default"
        connection = connections[alias]
        kind = (alias, connection.vendor, len(values))
        plan = self._plans.get(kind)
        if plan is None:
            plan = self._plans[kind] = self._compiled(alias, values)
        params = list(plan.params)
        for place, which in plan.places:
            params[place] = _adapted(values[which], connection)
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not plan.converters:
            return found
        rows = [list(row) for row in found]
        for position, functions, expression in plan.converters:
            given: Any = None
            made: Any = None
            for row in rows:
                value = row[position]
                # The rows of a case were mostly written at the same moment, of the same day.
                if value is None or value != given or made.__class__ not in _UNCHANGEABLE:
                    given = made = value
                    for function in functions:
                        made = function(made, expression, connection)
                row[position] = made
        return [tuple(row) for row in rows]

    def first(self, *values: Given) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found = self.rows(*values)
        return found[0] if found else None

    def _compiled(self, alias: str, values: tuple[Given, ...]) -> _Plan:
        stand_ins = [_stand_in(place, value) for place, value in enumerate(values)]
        marks = [_adapted(one, connections[alias]) for one in stand_ins]
        query = self._make(*stand_ins)
        self._model = query.model
        compiler = query.query.get_compiler(using=alias)
        sql, params = compiler.as_sql()
        places = tuple((place, marks.index(param)) for place, param in enumerate(params) if param in marks)
        if {which for _, which in places} != set(range(len(values))):
            raise ValueError("the query does not compare with each of its values as it is")
        chosen = [one[0] for one in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(chosen)
        return _Plan(
            sql, tuple(params), places, tuple((position, *found) for position, found in converters.items())
        )


def _stand_in(place: int, value: Given) -> Given:
    if isinstance(value, date):
        return _FIRST_DAY + timedelta(days=place)
    return _FIRST_NUMBER + place if isinstance(value, int) else _TEXT.format(place)


def _adapted(value: Given, connection: BaseDatabaseWrapper) -> Any:
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


# Rows of one statement; the databases take some 32,000 values in one, and no table of ours has a hundred columns.
_ROWS_AT_ONCE = 100
# Values of these go to the database as they are; those of the others are prepared by their field.
_AS_THEY_ARE = (models.CharField, models.TextField, models.BooleanField, models.IntegerField)
_PREPARED = (models.DateField, models.JSONField, models.ForeignKey, models.FloatField)


class CompiledInsert:
    """Rows added to one table (コンパイル済みの追加): what `bulk_create` writes, without building the statement each time.

    Every column has its value in the instance, and is none that the database or the field makes by itself: a model with
    another kind of column raises TypeError. No signals are sent.
    """

    def __init__(self, model: type[models.Model]) -> None:
        fields = [one for one in model._meta.concrete_fields if not one.primary_key]
        for one in fields:
            by_itself = getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False)
            if by_itself or not isinstance(one, (*_AS_THEY_ARE, *_PREPARED)):
                raise TypeError(f"{model.__name__}.{one.name}: no column of a compiled insert")
        self._model = model
        self._columns = [(one.attname, None if isinstance(one, _AS_THEY_ARE) else one) for one in fields]
        self._names: list[str] = [str(one.column) for one in fields]
        self._sql: dict[tuple[str, int], str] = {}

    def add(self, rows: Iterable[models.Model]) -> None:
        """Add them all, in this order; their primary keys stay unknown."""
        self.add_values(row.__dict__ for row in rows)

    def add_values(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add rows that are given by their columns alone (`case_id`, not `case`), each with every column; else KeyError."""
        waiting = list(rows)
        if not waiting:
            return
        connection = connections[router.db_for_write(self._model)]
        with connection.cursor() as cursor:
            for start in range(0, len(waiting), _ROWS_AT_ONCE):
                some = waiting[start : start + _ROWS_AT_ONCE]
                same: dict[str, tuple[Any, Any]] = {}
                values = [value for row in some for value in self._values(row, connection, same)]
                cursor.execute(self._statement(connection, len(some)), values)

    def add_one(self, row: models.Model) -> None:
        """Add it; it has its primary key afterwards."""
        connection = connections[router.db_for_write(self._model)]
        with connection.cursor() as cursor:
            cursor.execute(self._statement(connection, 0), self._values(row.__dict__, connection, {}))
            row.pk = cursor.fetchone()[0]
        row._state.adding, row._state.db = False, connection.alias

    def _values(
        self, said: Mapping[str, Any], connection: BaseDatabaseWrapper, same: dict[str, tuple[Any, Any]]
    ) -> list[Any]:
        """The row's values, prepared; `same`: by column, what the row before had, which mostly is the very same moment or case."""
        values: list[Any] = []
        for name, field in self._columns:
            value = said[name]
            if field is not None:
                before = same.get(name)
                if before is None or before[0] is not value:
                    before = same[name] = (value, field.get_db_prep_save(value, connection))
                value = before[1]
            values.append(value)
        return values

    def _statement(self, connection: BaseDatabaseWrapper, rows: int) -> str:
        """The statement for so many rows; for 0, the one for one row that answers with its primary key."""
        sql = self._sql.get((connection.vendor, rows))
        if sql is None:
            quoted, meta = connection.ops.quote_name, self._model._meta
            one = f"({', '.join(['%s'] * len(self._names))})"
            sql = (
                f"INSERT INTO {quoted(meta.db_table)} ({', '.join(map(quoted, self._names))}) "
                f"VALUES {', '.join([one] * (rows or 1))}"
            )
            if not rows:
                sql += f" RETURNING {quoted(str(meta.pk.column))}"
            self._sql[connection.vendor, rows] = sql
        return sql


class CompiledRaise:
    """A count in one row that goes one on (コンパイル済みの繰上げ), with other columns that are set by the same statement."""

    def __init__(self, model: type[models.Model], *, count: str, by: str | tuple[str, ...]) -> None:
        self._model = model
        self._count: Any = model._meta.get_field(count)
        self._by: list[Any] = [model._meta.get_field(one) for one in ((by,) if isinstance(by, str) else by)]
        self._sql: dict[tuple[str, ...], str] = {}

    def next(self, *key: Given, **changes: Any) -> int | None:
        """What the count is afterwards; None where there is no row of that key, and nothing was written."""
        connection = connections[router.db_for_write(self._model)]
        fields: list[Any] = [self._model._meta.get_field(name) for name in changes]
        kind = (connection.vendor, *changes)
        sql = self._sql.get(kind)
        if sql is None:
            quoted = connection.ops.quote_name
            count = quoted(self._count.column)
            by = " AND ".join(f"{quoted(one.column)} = %s" for one in self._by)
            others = "".join(f", {quoted(one.column)} = %s" for one in fields)
            sql = f"UPDATE {quoted(self._model._meta.db_table)} SET {count} = {count} + 1{others} WHERE {by} RETURNING {count}"
            self._sql[kind] = sql
        values = [
            field.get_db_prep_save(getattr(value, "pk", value), connection)
            for field, value in zip(fields, changes.values(), strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*values, *(_adapted(one, connection) for one in key)])
            found = cursor.fetchone()
        return None if found is None else int(found[0])
