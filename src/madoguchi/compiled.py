"""Questions to the database that come with every page (毎回の問合せ), turned into SQL once instead of each time.

Django builds the SQL of a query anew whenever it is asked; for a short question that is several times the work of the answer.
A `CompiledQuery` is built once from an ordinary queryset, per database; after that only its values change. What it answers is
what the queryset would: the same SQL, the same converters of the fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections, router
from django.db.models import QuerySet

# Values that stand for the ones to come while the SQL is made; no constant of a query looks like them.
_FIRST_NUMBER = 1_912_270_001
_TEXT = "\x02value-{}"


@dataclass(frozen=True, slots=True)
class _Plan:
    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, int], ...]
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]


class CompiledQuery:
    """A query whose values alone change (コンパイル済みの問合せ): numbers and texts, in the order in which `make` takes them.

    `make` gives a queryset of `values_list`. It may look at nothing but its arguments, and must compare each of them as it
    is: not None, no list, nothing worked out of it. A value that the SQL does not hold raises ValueError at the first use.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]]) -> None:
        self._make = make
        self._plans: dict[tuple[str, str], _Plan] = {}
        self._model: Any = None

    def rows(self, *values: int | str) -> list[tuple[Any, ...]]:
        """The rows, in the order of the query."""
        alias = router.db_for_read(self._model) if self._model is not None else "default"
        connection = connections[alias]
        plan = self._plans.get((alias, connection.vendor))
        if plan is None:
            plan = self._plans[alias, connection.vendor] = self._compiled(alias, values)
        params = list(plan.params)
        for place, which in plan.places:
            params[place] = values[which]
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        if not plan.converters:
            return found
        rows = [list(row) for row in found]
        for position, functions, expression in plan.converters:
            for row in rows:
                value = row[position]
                for function in functions:
                    value = function(value, expression, connection)
                row[position] = value
        return [tuple(row) for row in rows]

    def first(self, *values: int | str) -> tuple[Any, ...] | None:
        """The first row, or None."""
        found = self.rows(*values)
        return found[0] if found else None

    def _compiled(self, alias: str, values: tuple[int | str, ...]) -> _Plan:
        marks = [
            _FIRST_NUMBER + place if isinstance(value, int) else _TEXT.format(place)
            for place, value in enumerate(values)
        ]
        query = self._make(*marks)
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
