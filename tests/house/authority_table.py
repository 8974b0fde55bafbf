"""The one table of who may open what (docs/authority.csv), and every cell that follows from it.

A cell is somebody (a role at a branch in a department, nobody signed in, a resident), an address and a method. What it has to
answer is worked out from the table alone; `roles` and `methods` are written there, not taken from the views.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from tests.house.tree import ROOT

from madoguchi.city.authority import Role

TABLE = ROOT / "docs" / "authority.csv"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
OF_PAGES = ("GET", "HEAD", "POST")
BRANCHES, DEPARTMENTS = ("main", "north"), ("insurance", "childcare")
ANYONE, STAFF, RESIDENT = "anyone", "staff", "resident"
WHOSE = {"public", "held", "own", "department", "city"}
READS = {"nobody", "person"}


@dataclass(frozen=True, slots=True)
class Row:
    """What is declared of one address."""

    address: str
    authority: str
    roles: tuple[str, ...]
    methods: tuple[str, ...]
    whose: str
    reads: str


@dataclass(frozen=True, slots=True)
class Somebody:
    """Who asks: `role` is one of the roles, "none" (staff without one), "anonymous" or "resident"."""

    role: str
    branch: str = ""
    department: str = ""

    @property
    def is_staff(self) -> bool:
        return self.role not in ("anonymous", RESIDENT)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix."""

    who: Somebody
    address: str
    method: str


@cache
def table() -> Mapping[str, Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = [
            Row(
                one["address"], one["authority"], tuple(one["roles"].split()), tuple(one["methods"].split()), one["whose"],
                one["reads"],
            )
            for one in csv.DictReader(file)
        ]  # fmt: skip
    assert len({one.address for one in rows}) == len(rows), "an address twice"
    return {one.address: one for one in rows}


def everybody() -> tuple[Somebody, ...]:
    roles = [*(role.value for role in Role), "none"]
    return (
        Somebody("anonymous"),
        Somebody(RESIDENT),
        *(Somebody(*one) for one in product(roles, BRANCHES, DEPARTMENTS)),
    )


def cells() -> Iterator[Cell]:
    """Every cell, in an order that stays while the table stays."""
    return (Cell(*one) for one in product(everybody(), sorted(table()), METHODS))


def allowed(who: Somebody, row: Row) -> bool:
    """Whether the table lets them open it."""
    if ANYONE in row.roles:
        return True
    if RESIDENT in row.roles:
        return who.role == RESIDENT
    return who.is_staff and (STAFF in row.roles or who.role in row.roles)


def expected(cell: Cell) -> frozenset[str]:
    """How it may be answered: "open", "refused", "sign-in", "no method" or, of another department, "not there".

    Whoever may not open an address is told so or, where the method is not one of it, that; which comes first does not matter.
    """
    row, programs = table()[cell.address], cell.address.startswith("api:")
    if cell.method not in row.methods and (programs or cell.method not in OF_PAGES):
        return frozenset({"no method"})
    if allowed(cell.who, row):
        if cell.method not in row.methods:
            return frozenset({"no method"})
        if (
            row.whose == "department"
            and "<" in _pattern(cell.address)
            and cell.who.department != DEPARTMENTS[0]
        ):
            return frozenset({"not there"})
        return frozenset({"open"})
    told = "refused" if cell.who.is_staff else "sign-in"
    return frozenset({told} if cell.method in row.methods else {told, "no method"})


@cache
def _patterns() -> Mapping[str, str]:
    from tests.house.every_address import ours

    return {one.name: one.pattern for one in ours()}


def _pattern(address: str) -> str:
    return _patterns()[address]
