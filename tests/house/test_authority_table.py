"""Every cell of who × address × method answers as docs/authority.csv says, and no address is missing there.

The quick form takes some hundred cells of more than 100,000, others each time the table changes; the full one takes all.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import pytest
from django.http import HttpResponse
from django.test import Client
from tests.house.authority_table import (
    BRANCHES,
    DEPARTMENTS,
    METHODS,
    READS,
    RESIDENT,
    WHOSE,
    Cell,
    Somebody,
    cells,
    everybody,
    expected,
    table,
)
from tests.house.every_address import Address, ours
from tests.house.test_addresses import LOGIN, NOBODYS, RESIDENTS_LOGIN
from tests.personas import personas, sign_in
from tests.rooms.cases.walking import signed

from madoguchi.audit.entries import Actor
from madoguchi.cases.models import TaskRow
from madoguchi.city.authority import HOLDS, Authority, Role
from madoguchi.city.models import Department, Desk, StaffMember, StaffRole

SIZES = [
    pytest.param(400, id="some"),
    pytest.param(None, id="all", marks=[pytest.mark.slow, pytest.mark.proof]),
]
# The session of whoever asks ends with these.
ENDS = {"my:sign_out", "furusato:end"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


def test_every_address_stands_in_the_table_as_it_is_declared() -> None:
    declared = {one.name: one.view.authority.value for one in ours()}
    written = {name: row.authority for name, row in table().items()}
    assert declared.keys() - written.keys() == set(), "add it to docs/authority.csv"
    assert written.keys() - declared.keys() == set(), "an address that is gone"
    assert declared == written


def test_the_roles_of_the_table_are_those_that_hold_the_authority() -> None:
    open_to = {
        Authority.ANYONE.value: {"anyone"},
        Authority.RESIDENT.value: {RESIDENT},
        Authority.SIGNED_IN.value: {"staff"},
    }
    for row in table().values():
        holding = {role.value for role, held in HOLDS.items() if Authority(row.authority) in held}
        assert set(row.roles) == open_to.get(row.authority, holding), row.address
        assert set(row.methods) <= set(METHODS)
        assert row.methods, row.address
        assert row.whose in WHOSE
        assert row.reads in READS


def test_there_are_more_than_a_hundred_thousand_cells() -> None:
    assert sum(1 for _ in cells()) == len(everybody()) * len(table()) * len(METHODS) > 100_000


def test_an_address_that_is_not_in_the_table_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = dict(islice(table().items(), len(table()) - 1))
    monkeypatch.setattr("tests.house.test_authority_table.table", lambda: rows)
    with pytest.raises(AssertionError, match=r"authority\.csv"):
        test_every_address_stands_in_the_table_as_it_is_declared()


class Matrix:
    """A city with somebody of every kind, and a task of one department."""

    def __init__(self, city: Mapping[str, Actor]) -> None:
        self.addresses = {one.name: one for one in ours()}
        signed(city["clerk_hana"])
        self.task = TaskRow.objects.filter(department=DEPARTMENTS[0]).values_list("pk", flat=True)[0]
        self.account = personas(1)[0].account
        self.members = {one: self._member(one) for one in everybody() if one.is_staff}
        self.browsers: dict[Somebody, Client] = {}

    def _member(self, who: Somebody) -> StaffMember:
        desk = Desk.objects.filter(branch__key=who.branch).order_by("pk")[0]
        member = StaffMember.objects.create(
            username=f"{who.role}-{who.branch}-{who.department}", display_name="行列 試", desk=desk,
            department=Department.objects.get(duties__key=who.department),
        )  # fmt: skip
        if who.role != "none":
            StaffRole.objects.create(staff=member, role=Role(who.role).value)
        return member

    def browser(self, who: Somebody) -> Client:
        if who not in self.browsers:
            browser = Client(raise_request_exception=False)
            if who.is_staff:
                browser.force_login(self.members[who], BACKEND)
            elif who.role == RESIDENT:
                sign_in(browser, self.account)
            self.browsers[who] = browser
        return self.browsers[who]

    def answer(self, cell: Cell) -> str:
        """What became of it, in the words of the table."""
        address = self.addresses[cell.address]
        response = self.browser(cell.who).generic(cell.method, self._filled(address))
        if cell.address in ENDS or "login" in response.headers.get("Location", ""):
            self.browsers.pop(cell.who)
        return _word(address, response)

    def _filled(self, address: Address) -> str:
        parts = address.pattern.split("<")
        values = {one.split(":")[1].split(">")[0]: NOBODYS[one.split(":")[0]] for one in parts[1:]}
        return address.filled({**values, "task": self.task})


def _word(address: Address, response: HttpResponse) -> str:
    goal = response.headers.get("Location", "").split("?")[0]
    if response.status_code == 403:
        return "refused"
    if response.status_code == 405:
        return "no method"
    if goal == LOGIN or (goal == RESIDENTS_LOGIN and address.view.authority is Authority.RESIDENT):
        return "sign-in"
    if response.status_code == 404 and address.view.authority is Authority.DEPARTMENT:
        return "not there"
    return (
        "open"
        if response.status_code < 500 or response.status_code == 503
        else f"fault {response.status_code}"
    )


def some(count: int | None) -> Iterator[Cell]:
    if count is None:
        return cells()
    return iter(random.Random(len(table())).sample(list(cells()), count))


@pytest.mark.django_db
@pytest.mark.parametrize("count", SIZES)
def test_cells_of_the_matrix_answer_as_the_table_says(
    count: int | None,
    city: Mapping[str, Actor],
    procedures: str,
    residents: object,
    record_property: Callable[[str, object], None],
) -> None:
    assert set(BRANCHES) <= set(Desk.objects.values_list("branch__key", flat=True))
    matrix, tried, wrong = Matrix(city), 0, []
    for cell in some(count):
        tried += 1
        found, right = matrix.answer(cell), expected(cell)
        # Of a department's own task, its paper or file may be there or not.
        if found not in right and not (found == "not there" and right == {"open"} and "_" in cell.address):
            wrong.append((cell, found, sorted(right)))
    record_property("n", tried)
    record_property("losses", len(wrong))
    assert wrong[:20] == []
