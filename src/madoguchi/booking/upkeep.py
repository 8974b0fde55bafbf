"""What has to be done by itself, every so often (予約の世話): by the worker, by several at once if there are several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from madoguchi.booking.offering import offer
from madoguchi.booking.reminders import Letters, erase_contacts, send_due
from madoguchi.booking.reserving import expire, note_not_come
from madoguchi.booking.waiting_list import offer_free_seats


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What one round did, in counts."""

    expired: int
    not_come: int
    offered: int
    sent: int
    not_sent: int
    erased: int


def keep_up(*, letters: Letters | None, contact_days: int, now: datetime) -> Upkeep:
    """One round: holds that are over, who did not come, freed seats for those who wait, letters, addresses to erase.

    Without `letters` nothing is written: this office has no mail server.
    """
    expired, not_come = expire(now=now), note_not_come(now=now)
    waited = offer_free_seats(offered=offer(), now=now)
    sent, failed = send_due(letters=letters, now=now) if letters else (0, 0)
    return Upkeep(expired, not_come, waited, sent, failed, erase_contacts(days=contact_days, now=now))
