"""What the room asks of the world outside (外との口). `connect` speaks to the real thing; there is a demo twin.

No call to a provider is made while a transaction is open: it may take as long as it takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from madoguchi.payments.values import Payable, Truth


class ProviderUnsure(Exception):
    """No answer, or one that says nothing: it may have been done or not. Ask again with the same key."""


class ProviderRefusedError(Exception):
    """The provider says that it will not, and has not. `reason`: a word of the provider."""

    def __init__(self, reason: str) -> None:
        self.reason = reason[:60]
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class SessionMade:
    """A session at the provider (決済の画面): where whoever pays is sent, and how it stands."""

    page: str
    truth: Truth


class PaymentProvider(Protocol):
    """A provider of payments (決済事業者). Every order carries a key; the same key is the same order, however often it comes.

    Each call raises ProviderUnsure or ProviderRefusedError.
    """

    def create_session(
        self, *, reference: str, yen: int, title: str, lines: Sequence[tuple[str, int]], come_back: str
    ) -> SessionMade:
        """Make the session of a payment; `reference` is our number of it and the key."""
        ...

    def capture(self, *, reference: str) -> Truth:
        """Take the money that was authorised, once."""
        ...

    def cancel(self, *, reference: str) -> Truth:
        """Let nobody pay any more; what is captured already stays so."""
        ...

    def refund(self, *, reference: str, yen: int, key: str) -> Truth:
        """Give back so many yen, once for a key."""
        ...

    def fetch(self, *, reference: str) -> Truth | None:
        """How the session stands; None when the provider knows none."""
        ...


@dataclass(frozen=True, slots=True)
class FilingAnswer:
    """Whether something could be counted as paid (反映の答え); `reason` when not."""

    filed: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """What counts as paid over there (支払い済みとしたもの), and by which payment."""

    reference: str
    payment: str


class FilingPort(Protocol):
    """A room in which something is paid for (支払いの反映先). Called inside a transaction: quick, and the same however often."""

    def payable(self, reference: str) -> Payable | None:
        """What is to be paid now; None when nothing is any more."""
        ...

    def file(self, *, reference: str, payment: str, yen: int, now: datetime) -> FilingAnswer:
        """This was paid. Again: nothing happens, and the answer is the same."""
        ...

    def take_back(self, *, reference: str, payment: str, now: datetime) -> None:
        """The money was given back: it is not paid any more by this payment. Again, or never filed: nothing happens."""
        ...

    def filed(self) -> Sequence[Filed]:
        """Everything that counts as paid."""
        ...


FilingPorts = dict[str, FilingPort]
