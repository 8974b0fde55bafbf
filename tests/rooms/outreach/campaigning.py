"""A campaign brought to where a test begins, and ports that keep what they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.cast import NOW, TODAY

from madoguchi.audit.entries import Actor
from madoguchi.outreach import campaigns, making
from madoguchi.outreach.ports import OfferNote, Receipt, SendOutcome
from madoguchi.outreach.states import OfferChannel
from madoguchi.procedures.decisions import Status

MEDICAL = "child-medical"
CARD = "card-apply"
ALL_WAYS = tuple(OfferChannel)


@dataclass
class Tray:
    """A port that keeps what it was given, and can be told what to answer."""

    answers: list[SendOutcome] = field(default_factory=list)
    sent: list[tuple[str, str, OfferNote]] = field(default_factory=list)
    heard: list[Receipt] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def send(self, *, key: str, place: str, note: OfferNote) -> SendOutcome:
        self.before()
        self.sent.append((key, place, note))
        return self.answers.pop(0) if self.answers else SendOutcome.ACCEPTED

    def receipts(self) -> Iterable[Receipt]:
        return tuple(self.heard)

    def taken(self, numbers: Iterable[str]) -> None:
        """A twin that never believes us: it says everything again."""


def drafted(
    staff: Mapping[str, Actor], procedures: Sequence[str] = (MEDICAL,), *, outcomes: Sequence[Status] = (Status.OPTIONAL,),
    channels: Sequence[OfferChannel] = ALL_WAYS, legal_basis: str = "", now: datetime = NOW,
) -> str:  # fmt: skip
    return campaigns.draft(
        title="こどもの医療費", procedures=procedures, outcomes=outcomes, channels=channels, on=TODAY,
        legal_basis=legal_basis, by=staff["herald_aki"], now=now,
    )  # fmt: skip


def approved(staff: Mapping[str, Actor], *args: object, now: datetime = NOW, **more: object) -> str:
    number = drafted(staff, *args, now=now, **more)
    campaigns.count(campaign=number, by=staff["herald_aki"], now=now)
    making.go_through(number, clock=lambda: now)
    campaigns.sampled(campaign=number, by=staff["herald_aki"], now=now)
    campaigns.approve(campaign=number, by=staff["herald_fuyu"], now=now)
    return number


def sent(staff: Mapping[str, Actor], *args: object, now: datetime = NOW, **more: object) -> str:
    """Every offer made; no message sent yet."""
    number = approved(staff, *args, now=now, **more)
    campaigns.send(campaign=number, by=staff["herald_fuyu"], now=now)
    making.go_through(number, clock=lambda: now)
    return number
