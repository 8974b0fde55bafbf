"""Each class of records with what its room can say and do of it: what ended, what a number names, and erasing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from madoguchi.audit.entries import Channel
from madoguchi.booking import disposing as of_booking
from madoguchi.cases.disposing import ended_cases, erase_cases, named_case
from madoguchi.connect.disposing import cases_on_their_way, erase_messages
from madoguchi.disposal.values import RecordClass
from madoguchi.residents.disposing import ended_mandates, erase_mandates, named_mandate


class Ended(Protocol):
    """What of a class ended on `before` at the latest, with the day; without `kept`; of `only` what can go now."""

    def __call__(
        self, *, before: date, kept: frozenset[str], only: Collection[str] | None = None
    ) -> dict[str, date]: ...


@dataclass(frozen=True, slots=True)
class Keeper:
    """What the room of a class does for its disposal (区分の受け持ち)."""

    ended: Ended
    erase: Callable[[Sequence[str]], int]
    named: Callable[[str, date | None], str | None]


def _cases_of(channel: Channel) -> Keeper:
    def ended(*, before: date, kept: frozenset[str], only: Collection[str] | None = None) -> dict[str, date]:
        return ended_cases(channel=channel, before=before, kept=kept | cases_on_their_way(), only=only)

    def erase(cases: Sequence[str]) -> int:
        return erase_messages(cases) + erase_cases(cases)

    return Keeper(ended, erase, lambda number, day: named_case(number=number, day=day, channel=channel))


KEEPERS: Mapping[RecordClass, Keeper] = {
    RecordClass.COUNTER_CASES: _cases_of(Channel.COUNTER),
    RecordClass.HOME_APPLICATIONS: _cases_of(Channel.ONLINE),
    RecordClass.MANDATES: Keeper(ended_mandates, erase_mandates, lambda number, _day: named_mandate(number)),
    RecordClass.BOOKINGS: Keeper(
        of_booking.ended_bookings,
        of_booking.erase_bookings,
        lambda number, _day: of_booking.named_booking(number),
    ),
    RecordClass.TICKETS: Keeper(of_booking.ended_tickets, of_booking.erase_tickets, of_booking.named_ticket),
}
