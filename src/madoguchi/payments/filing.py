"""Telling the room that asked for the money that it is there (支払いの反映), or that it was given back.

The filing and its mark are one transaction: it is filed and marked, or neither. What cannot be filed goes back by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from madoguchi.audit.operations import record_act
from madoguchi.payments.models import PaymentRow
from madoguchi.payments.ports import FilingPort
from madoguchi.payments.states import FilingState
from madoguchi.payments.taking_in import SYSTEM, give_back_by_itself, locked

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200
TO_FILE = (FilingState.DUE.value, FilingState.UNDO_DUE.value)


def file_due(*, ports: Mapping[str, FilingPort], now: datetime, payment: str | None = None) -> int:
    """File what is paid and not filed, take back what was given back; how many. What fails stays due and is listed."""
    rows = PaymentRow.objects.filter(filing__in=TO_FILE)
    if payment is not None:
        rows = rows.filter(number=payment)
    done = 0
    for number in list(rows.order_by("pk").values_list("number", flat=True)[:MOST_AT_ONCE]):
        try:
            done += _file(number, ports, now)
        except Exception as error:  # of whatever kind: one that cannot be filed keeps nobody else's back
            log.warning("a payment could not be filed and stays due (%s)", type(error).__name__)
    return done


def _file(number: str, ports: Mapping[str, FilingPort], now: datetime) -> bool:
    with transaction.atomic():
        row = locked(number)
        port = ports.get(row.payable.source)
        if port is None or row.filing not in TO_FILE:
            return False
        if row.filing == FilingState.UNDO_DUE.value:
            port.take_back(reference=row.payable.reference, payment=number, now=now)
            _mark(row, FilingState.UNDONE, now)
            return True
        answer = port.file(reference=row.payable.reference, payment=number, yen=row.captured_yen, now=now)
        _mark(row, FilingState.FILED if answer.filed else FilingState.REFUSED, now)
        if not answer.filed:
            give_back_by_itself(row, answer.reason or "反映できない支払い", now)
    return True


def _mark(row: PaymentRow, filing: FilingState, now: datetime) -> None:
    PaymentRow.objects.filter(pk=row.pk).update(filing=filing.value, changed_at=now)
    record_act(actor=SYSTEM, activity=f"payment_{filing.value}", now=now, payment=row.number)
