"""Whose older address stands on a gift (引っ越した方の寄附): a doubt that a person of the desk settles, never the machine.

A sign-in of the same name and birth whose address is another one may be the donor who moved, or a namesake born that day.
1. `doubted`: kept once for an account, a gift and an address; nobody is told, and nothing is shown for it.
2. `waiting`: what the desk reads, after that was written down. Whoever may be protected is never in it.
3. `settle`: the same person, or not. Accepted, the gift is theirs as if the facts had been the same, for that address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.furusato.deadlines import today_in_japan, years_open
from madoguchi.furusato.models import GiftRow, MovedDonorRow, VouchedRow
from madoguchi.furusato.queries import hidden_places
from madoguchi.furusato.values import FurusatoRefused

READ = ("name", "birth", "address")
MOST_SHOWN = 200


class NoSuchDoubt(FurusatoRefused):
    """Nothing of that number waits any more."""

    text = "この照合は、もう済んでいるか、ありません。画面を開き直してください。"


class HowMissing(FurusatoRefused):
    """Settled without saying by what."""

    text = "何で確かめたかを、100字までで書いてください（住民票の写し、戸籍の附票など）。"


@dataclass(frozen=True, slots=True)
class MovedDonor:
    """A sign-in that may be the donor of a gift after a move (引っ越した方かもしれない照合)."""

    id: int
    gift: str
    given_on: date
    name: str
    birth: date | None
    gift_address: str
    address_now: str
    at: datetime


def doubted(*, account: int, gifts: Sequence[GiftRow], address: str, now: datetime) -> None:
    """Keep these doubts, in the caller's transaction; each once. Who may be protected is in none."""
    hidden = hidden_places(gifts, on=today_in_japan(now), told={row.pk: (address,) for row in gifts})
    MovedDonorRow.objects.bulk_create(
        [
            MovedDonorRow(account=account, gift=row, address=address, at=now)
            for row in gifts
            if row.pk not in hidden
        ],
        ignore_conflicts=True,
    )


def accepted(*, account: int, address: str) -> frozenset[int]:
    """The gifts that the desk has found to be this account's, as long as it says this address."""
    rows = MovedDonorRow.objects.filter(account=account, address=address, same=True)
    return frozenset(rows.values_list("gift", flat=True))


def waiting(*, by: Actor, now: datetime) -> tuple[MovedDonor, ...]:
    """What waits to be settled, the oldest first; its reading is written down."""
    rows = MovedDonorRow.objects.filter(same=None, gift__year__in=years_open(now=now), gift__cancelled=False)
    found = list(rows.select_related("gift").order_by("pk")[:MOST_SHOWN])
    told = _told(found)
    hidden = hidden_places([one.gift for one in found], on=today_in_japan(now), told=told)
    shown = [one for one in found if one.gift_id not in hidden]
    if shown:
        record_access(
            actor=by, purpose=Purpose.GIFT, authority="gifts", person_keys=[f"gift/{one.gift.number}" for one in shown],
            fields=READ, case=None, screen="furusato_moved", now=now,
        )  # fmt: skip
    return tuple(
        MovedDonor(
            one.pk, one.gift.number, one.gift.given_on, one.gift.name, one.gift.birth, one.gift.address, one.address,
            one.at,
        )
        for one in shown
    )  # fmt: skip


def settle(*, doubt: int, same: bool, how: str, by: Actor, now: datetime) -> None:
    """Say whether it is the same person, and by what that was found out. Raises NoSuchDoubt, HowMissing."""
    said = " ".join(how.split())
    if not said or len(said) > 100:
        raise HowMissing
    with transaction.atomic():
        row = (
            MovedDonorRow.objects.select_for_update(of=("self",))
            .select_related("gift")
            .filter(pk=doubt)
            .first()
        )
        if row is None or row.same is not None:
            raise NoSuchDoubt
        if hidden_places([row.gift], on=today_in_japan(now), told=_told([row])):
            raise NoSuchDoubt
        MovedDonorRow.objects.filter(pk=row.pk).update(
            same=same, how=said, settled_at=now, settled_by=by.staff_id, settled_name=by.name
        )
        if same:
            VouchedRow.objects.get_or_create(account=row.account, gift=row.gift, defaults={"at": now})
        record_act(
            actor=by, activity="gift_moved_same" if same else "gift_moved_other", now=now, gift=row.gift.number,
            account=row.account,
        )  # fmt: skip


def _told(rows: Iterable[MovedDonorRow]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for one in rows:
        found[one.gift_id] = (*found.get(one.gift_id, ()), one.address)
    return found
