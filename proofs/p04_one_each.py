"""P4: one slot one person, one payment one receipt, one number one document; by four processes that want the same in the same moment.

Attempts: to hold, change and give back seats; to begin, capture and file payments of the same certificates; to open cases and to take
tickets by the same press. Counted afterwards in the tables. Each control has the database's own guard and the lock taken out.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from proofs.databases import on, postgresql, sqlite
from proofs.frame import Proof, Result, weakest

PROCESSES = 4
BILLS = 60
A_DAY_S_TICKETS = 800  # of one letter, so that the three digits do not run out
PROVIDER = "http://127.0.0.1:9"  # somebody is set; nobody is called: what a provider says is made up here


def quick(own: Path) -> Result:
    return _all_three(sqlite(own), own, seats=2_000, payments=1_000, numbers=1_000)


def full(own: Path) -> Result:
    told = _all_three(sqlite(own), own, seats=300_000, payments=100_000, numbers=100_000)
    with postgresql() as url:
        return told + _all_three(url, own, seats=300_000, payments=100_000, numbers=100_000)


def control(own: Path) -> Result:
    url = sqlite(own)
    on(url, own, city)
    on(url, own, guards_dropped)
    on(url, own, seats_unguarded, 500, processes=PROCESSES)
    on(url, own, payments_unguarded, 250, processes=PROCESSES)
    on(url, own, numbers_unguarded, 100, processes=PROCESSES)
    return weakest(*(on(url, own, one) for one in (seats_counted, payments_counted, numbers_counted)))


def _all_three(url: str, own: Path, *, seats: int, payments: int, numbers: int) -> Result:
    on(url, own, city)
    told = on(url, own, seats_wanted, seats // PROCESSES, processes=PROCESSES)
    told += on(url, own, payments_wanted, payments // PROCESSES, processes=PROCESSES)
    told += on(url, own, numbers_wanted, numbers // PROCESSES, processes=PROCESSES)
    counted = [on(url, own, one) for one in (seats_counted, payments_counted, numbers_counted)]
    found = "; ".join(one for one in (told.detail, *(f"{one.n:,} {one.detail}" for one in counted)) if one)
    return Result(
        told.n, told.losses + sum(one.losses for one in counted), f"{url.partition(':')[0]}: {found}"
    )


def city(own: Path) -> Result:
    """A city with seats to book, bills to pay and a hall, made once."""
    from benchmarks import booking_race_city, pay_kills
    from tests.cast import NOW, SETTER

    from madoguchi.booking.tickets.days import set_rules
    from madoguchi.booking.tickets.order import QueueRules
    from madoguchi.payments.models import PayableRow

    _settings()
    if not PayableRow.objects.exists():
        pay_kills.build(BILLS)
        booking_race_city.city(3)
        set_rules(branch="main", rules=QueueRules(only_in_hours=False), by=SETTER, now=NOW)
    return Result(0, 0)


# -- seats -------------------------------------------------------------------------------------------------------


def seats_wanted(own: Path, attempts: str, who: str) -> Result:
    from benchmarks import booking_race_city

    told, _p99 = booking_race_city.attempted(int(attempts), int(who))
    return Result(told.total(), 0, _refused(told["odd"]))


def seats_counted(own: Path) -> Result:
    from benchmarks import booking_race_city

    wrong, there = booking_race_city.added_up()
    return Result(there, wrong, "quarter-hours")


def seats_unguarded(own: Path, attempts: str, who: str) -> Result:
    """How many are taken is looked up first, and then one more is written; nothing holds the two together."""
    from django.db import transaction

    from madoguchi.booking import reserving
    from madoguchi.booking.models import SlotRow

    def taken(*, lane: Any, change: Any, beyond: bool = False) -> None:
        for (day, quarter), seats in sorted(change.items()):
            slot = SlotRow.objects.filter(lane=lane, day=day, quarter=quarter)
            before = slot.values_list("used", flat=True).get()
            slot.update(used=before + seats)

    reserving.move = taken  # type: ignore[attr-defined]  # the guard
    loose = SimpleNamespace(atomic=nullcontext, get_connection=transaction.get_connection)
    reserving.transaction = loose  # type: ignore[attr-defined,assignment]  # the guard
    return seats_wanted(own, attempts, who)


def _refused(count: int) -> str:
    """Attempts that a database which was too busy refused: nothing was done, and nothing is lost."""
    return f"{count:,} refused by a busy database" if count else ""


# -- payments ----------------------------------------------------------------------------------------------------


def payments_wanted(own: Path, attempts: str, who: str) -> Result:
    """Begin, hear that it is captured, file: of whatever everybody is just at. What is refused is an answer."""
    from django.db import OperationalError
    from django.utils import timezone

    from madoguchi.connect import paying
    from madoguchi.payments import asking
    from madoguchi.payments.filing import file_due
    from madoguchi.payments.models import PayableRow, PaymentRow
    from madoguchi.payments.taking_in import take_in
    from madoguchi.payments.values import PaymentRefused

    _settings()
    chance, odd = random.Random(who), 0
    bills = list(PayableRow.objects.order_by("pk").values_list("number", flat=True))
    for n in range(int(attempts)):
        bill, now = bills[int(time.time() * 4) % len(bills)], timezone.now()
        begun = PaymentRow.objects.filter(payable__number=bill).values_list("number", "yen")
        try:
            if not begun or chance.random() < 0.4:
                asking.begin(asked=bill, key=f"{who}-{n}", come_back="/pay/", now=now)
                continue
            number, yen = chance.choice(list(begun))
            if chance.random() < 0.5:
                take_in(truth=_captured(number, yen), now=now)
            else:
                file_due(ports=paying.filing_ports(), payment=number, now=now)
        except PaymentRefused:
            pass
        except OperationalError as error:
            odd += 1
            print(type(error).__name__, error)
    return Result(int(attempts), 0, _refused(odd))


def _captured(number: str, yen: int) -> Any:
    """What a provider says of a payment that was captured."""
    from tests.cast import TODAY

    from madoguchi.payments.states import Move, Phase
    from madoguchi.payments.values import Moved, Truth

    return Truth(f"s-{number}", number, Phase.AUTHORISED, (Moved(Move.CAPTURE, "c", yen, TODAY),))


def payments_counted(own: Path) -> Result:
    """Each bill: captured once at most, and its receipt is of the payment that was captured."""
    from madoguchi.cases.models import CertificatePaymentRow
    from madoguchi.payments.models import LedgerRow, PayableRow, PaymentRow

    captured = Counter(LedgerRow.objects.filter(move="capture").values_list("payment__payable_id", flat=True))
    filed = dict(PaymentRow.objects.filter(filing="filed").values_list("number", "payable__reference"))
    paid = dict(CertificatePaymentRow.objects.filter(state="paid").values_list("payment", "reference"))
    lost = sum(count - 1 for count in captured.values()) + len(filed.items() ^ paid.items())
    return Result(PayableRow.objects.count(), lost, "bills")


def payments_unguarded(own: Path, attempts: str, who: str) -> Result:
    from madoguchi.payments import asking

    asking.transaction = SimpleNamespace(atomic=nullcontext)  # type: ignore[assignment,attr-defined]  # the guard
    return payments_wanted(own, attempts, who)


# -- numbers -----------------------------------------------------------------------------------------------------


def numbers_wanted(own: Path, attempts: str, who: str) -> Result:
    """Cases opened at one branch, and tickets by a press that every process sends."""
    from datetime import timedelta

    from django.db import OperationalError
    from tests.cast import NOW

    from madoguchi.audit.entries import Actor
    from madoguchi.booking.tickets.issuing import issue
    from madoguchi.cases.opening import open_case
    from madoguchi.procedures.situation import EventKind

    by, odd = Actor(None, "証明", "main", "desk1"), 0
    for n in range(int(attempts)):
        try:
            if n % 2:
                open_case(event=EventKind.move_in, by=by, now=NOW)
            else:
                day = NOW + timedelta(days=n // 2 // A_DAY_S_TICKETS)
                issue(branch="main", services=("moving",), by=by, now=day, request=f"press-{n}")
        except OperationalError as error:
            odd += 1
            print(type(error).__name__, error)
    return Result(int(attempts), 0, _refused(odd))


def numbers_counted(own: Path) -> Result:
    """No number stands on two documents of one day, and no press has two tickets."""
    from madoguchi.booking.models import TicketRow
    from madoguchi.cases.models import CaseRow

    cases = list(CaseRow.objects.values_list("branch", "day", "number"))
    presses = list(TicketRow.objects.exclude(request="").values_list("branch", "request"))
    tickets = list(TicketRow.objects.exclude(request="").values_list("branch", "day", "letter", "number"))
    lost = sum(len(one) - len(set(one)) for one in (cases, presses, tickets))
    return Result(len(cases) + len(tickets), lost, "documents")


def numbers_unguarded(own: Path, attempts: str, who: str) -> Result:
    """The last number is looked up first, and then the next one is written."""
    from madoguchi.cases import opening
    from madoguchi.cases.models import CaseCounter

    def looked_up(branch: str, day: Any) -> tuple[int, str]:
        counter, _new = CaseCounter.objects.get_or_create(branch=branch, day=day)
        CaseCounter.objects.filter(pk=counter.pk).update(last=counter.last + 1)
        return counter.last + 1, f"A{counter.last + 1:03d}"

    opening.next_number = looked_up  # type: ignore[attr-defined]  # the guard
    opening.transaction = SimpleNamespace(atomic=nullcontext)  # type: ignore[assignment,attr-defined]  # the guard
    return numbers_wanted(own, attempts, who)


def guards_dropped(own: Path) -> Result:
    """The constraints of the database that hold each of the three."""
    from django.db import connection

    from madoguchi.booking.models import SlotRow
    from madoguchi.cases.models import CaseRow
    from madoguchi.payments.models import PaymentRow

    for model, names in (
        (SlotRow, None),
        (CaseRow, ["cases_number_once"]),
        (PaymentRow, ["payments_never_twice"]),
    ):
        dropped = [
            one
            for one in model._meta.constraints
            if ((one.name in names) if names else one.name != "booking_slot_once")
        ]
        # SQLite makes a table anew from what the model says, so the model has to be without them, too.
        model._meta.constraints = [one for one in model._meta.constraints if one not in dropped]
        for constraint in dropped:
            with connection.schema_editor() as editor:
                editor.remove_constraint(model, constraint)
    return Result(0, 0)


def _settings() -> None:
    """This process takes payments."""
    from django.conf import settings

    settings.PAYMENT_PROVIDER = PROVIDER


PROOF = Proof(
    "P4", "One slot one person, one payment one receipt, one number one document", quick, full, control,
)  # fmt: skip
