"""What the histories are played with: a room that asks for money, a kill at any statement, the provider's file of a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection

from madoguchi.connect.twins.payment_books import Books
from madoguchi.payments.ports import Filed, FilingAnswer
from madoguchi.payments.values import Payable


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class Desk:
    """The room that asks for money, in memory: what is owed, what counts as paid. It forgets nothing when others roll back."""

    def __init__(self) -> None:
        self.owed: dict[str, Payable] = {}
        self.paid: dict[str, str] = {}

    def payable(self, reference: str) -> Payable | None:
        return self.owed.get(reference)

    def file(self, *, reference: str, payment: str, yen: int, now: datetime) -> FilingAnswer:
        if self.paid.get(reference) == payment:
            return FilingAnswer(True)
        if reference not in self.owed or reference in self.paid:
            return FilingAnswer(False, "もう要らない")
        self.paid[reference] = payment
        return FilingAnswer(True)

    def take_back(self, *, reference: str, payment: str, now: datetime) -> None:
        if self.paid.get(reference) == payment:
            del self.paid[reference]

    def filed(self) -> Sequence[Filed]:
        return [Filed(reference, payment) for reference, payment in self.paid.items()]


def statement(books: Books, day: str) -> bytes:
    """The provider's file of a day."""
    rows = [f"{on},{reference},{move},{key},{yen}" for on, reference, move, key, yen in books.movements(day)]
    return "\r\n".join(["day,reference,move,key,yen", *rows]).encode()


@contextmanager
def dying(at: int | None) -> Iterator[None]:
    """Kill at the so-manieth statement from here; None: live."""
    if at is None:
        yield
        return
    left = [at]

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(
            "ROLLBACK"
        ):  # a dead process rolls nothing back by itself, but nothing of it stays either
            return execute(sql, params, many, context)
        if left[0] == 0:
            left[0] = -1
            raise Killed
        left[0] -= 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def in_the_product_s_transaction() -> bool:
    """Whether more transactions are open than those of the test itself."""
    return len(connection.savepoint_ids) > BASE_SAVEPOINTS[0]


BASE_SAVEPOINTS = [0]
