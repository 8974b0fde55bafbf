"""Putting right what was left half done (支払いの世話): paid and not filed, filed and not paid, told and not answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.audit.operations import record_act
from madoguchi.payments.filing import file_due
from madoguchi.payments.models import PayableRow, PaymentRow
from madoguchi.payments.ports import FilingPort, PaymentProvider
from madoguchi.payments.queries import filed_not_paid
from madoguchi.payments.states import OPEN, Command, FilingState, PaymentState
from madoguchi.payments.taking_in import LOOK_AGAIN, SYSTEM, give_back_by_itself, locked, order
from madoguchi.payments.telling import SILENT_AT_MOST, ask_provider, tell
from madoguchi.payments.webhooks import take_stored

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Repaired:
    """What one round did, in counts (支払いの世話の結果)."""

    events: int
    told: int
    asked: int
    filed: int
    stopped: int
    taken_back: int

    @property
    def nothing(self) -> bool:
        """Whether there was nothing to do."""
        return not (self.events or self.told or self.asked or self.filed or self.stopped or self.taken_back)


def repair(*, provider: PaymentProvider | None, ports: Mapping[str, FilingPort], now: datetime) -> Repaired:
    """One round. Without a provider only what is here is put right. Run by several at once nothing is done twice."""
    events = take_stored(now=now)
    stopped = _stop_what_nobody_owes(ports, now)
    told = asked = 0
    if provider is not None:
        told = tell(provider=provider, now=now)
        asked = _ask(provider, now)
        told += tell(provider=provider, now=now)
    filed = file_due(ports=ports, now=now)
    _give_back_the_rest(now)
    taken_back = _take_back(provider, ports, now)
    if provider is not None:
        told += tell(provider=provider, now=now)
    return Repaired(events, told, asked, filed, stopped, taken_back)


def _ask(provider: PaymentProvider, now: datetime) -> int:
    due = PaymentRow.objects.filter(look_at__lte=now).order_by("look_at", "pk")
    asked = silent = 0
    for row in list(due.select_related("payable")[:MOST_AT_ONCE]):
        if ask_provider(provider=provider, payment=row.number, now=now):
            asked, silent = asked + 1, 0
        else:  # no answer is no reason to stop asking
            PaymentRow.objects.filter(pk=row.pk, look_at=row.look_at).update(look_at=now + LOOK_AGAIN)
            silent += 1
        if silent == SILENT_AT_MOST:
            break
    return asked


def _stop_what_nobody_owes(ports: Mapping[str, FilingPort], now: datetime) -> int:
    """Close what is not owed any more, and stop whoever is just paying it."""
    stopped = 0
    living = PayableRow.objects.filter(open=True, payments__state__in=OPEN).distinct()
    for asked in list(living.order_by("pk")[:MOST_AT_ONCE]):
        port = ports.get(asked.source)
        if port is None or port.payable(asked.reference) is not None:
            continue
        with transaction.atomic():
            stopped += PayableRow.objects.filter(pk=asked.pk, open=True).update(open=False)
            for row in PaymentRow.objects.filter(payable=asked, state__in=OPEN):
                order(row, Command.CANCEL, now=now)
    return stopped


def _give_back_the_rest(now: datetime) -> None:
    """What cannot be filed and is still here, because the provider gave part of it back by itself meanwhile."""
    held = PaymentRow.objects.filter(
        filing=FilingState.REFUSED.value, state=PaymentState.CAPTURED.value, look_at=None
    )
    for number in list(held.values_list("number", flat=True)[:MOST_AT_ONCE]):
        with transaction.atomic():
            row = locked(number)
            if row.state == PaymentState.CAPTURED.value:
                give_back_by_itself(row, "反映できない支払いの残り", now)


def _take_back(provider: PaymentProvider | None, ports: Mapping[str, FilingPort], now: datetime) -> int:
    """What counts as paid although no money is there: ask once more, then take it back and write it down."""
    taken = 0
    for one in filed_not_paid(ports=ports):
        if one.disputed:
            continue  # whose it is will be decided; it is listed until then
        if (
            provider is not None
            and one.known
            and not ask_provider(provider=provider, payment=one.payment, now=now)
        ):
            continue
        still = {(two.reference, two.payment) for two in filed_not_paid(ports=ports, source=one.source)}
        if (one.reference, one.payment) in still:
            _written_and_taken_back(one.source, one.reference, one.payment, ports, now)
            taken += 1
    return taken


def _written_and_taken_back(
    source: str, reference: str, payment: str, ports: Mapping[str, FilingPort], now: datetime
) -> None:
    with transaction.atomic():
        ports[source].take_back(reference=reference, payment=payment, now=now)
        record_act(actor=SYSTEM, activity="payment_filed_not_paid", now=now, payment=payment or "none")
