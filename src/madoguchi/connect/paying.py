"""Paying and filing joined (支払いと反映): the provider that is set, the rooms that ask for money, and who is told when.

A room that has something to be paid for is one line in `filing_ports`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from madoguchi.audit.entries import Actor
from madoguchi.cases import certificate_payments
from madoguchi.cases.from_home import fees, submitting
from madoguchi.connect.payment_provider import provider
from madoguchi.payments import asking, queries, webhooks
from madoguchi.payments.filing import file_due
from madoguchi.payments.ports import Filed, FilingAnswer, FilingPorts
from madoguchi.payments.repairing import Repaired, repair
from madoguchi.payments.states import OPEN
from madoguchi.payments.telling import ask_provider, tell
from madoguchi.payments.values import (
    AlreadyPaid,
    Asked,
    NoLongerToPay,
    Payable,
    PayLine,
    Payment,
    PaymentRefused,
)

CERTIFICATES = "certificates"
FROM_HOME = "from_home"


class NotPaidHere(PaymentRefused):
    """This office has no provider of payments."""

    def __init__(self) -> None:
        super().__init__("この市役所では、まだ画面で支払えません。窓口でお支払いください。")


@dataclass(frozen=True, slots=True)
class CertificateFiling:
    """Certificates that were asked for in a case (証明書の支払いの反映)."""

    def payable(self, reference: str) -> Payable | None:
        """What is to be paid now."""
        bill = certificate_payments.owed(reference=reference)
        return None if bill is None else payable_of(bill)

    def file(self, *, reference: str, payment: str, yen: int, now: datetime) -> FilingAnswer:
        """The bill is paid."""
        why = certificate_payments.pay_bill(reference=reference, payment=payment, yen=yen, now=now)
        return FilingAnswer(not why, why)

    def take_back(self, *, reference: str, payment: str, now: datetime) -> None:
        """The money was given back."""
        certificate_payments.unpay_bill(reference=reference, payment=payment)

    def filed(self) -> Sequence[Filed]:
        """All bills that count as paid."""
        return [Filed(*one) for one in certificate_payments.paid_bills()]


@dataclass(frozen=True, slots=True)
class FromHomeFiling:
    """Fees of applications from home (自宅からの申請の手数料): of before, the money files the application itself."""

    def payable(self, reference: str) -> Payable | None:
        """What is to be paid now."""
        fee = fees.owed(reference=reference)
        return None if fee is None else payable_of_home(fee)

    def file(self, *, reference: str, payment: str, yen: int, now: datetime) -> FilingAnswer:
        """The fee is paid."""
        why = submitting.paid(reference=reference, payment=payment, yen=yen, now=now)
        return FilingAnswer(not why, why)

    def take_back(self, *, reference: str, payment: str, now: datetime) -> None:
        """The money was given back."""
        fees.unpay(reference=reference, payment=payment)

    def filed(self) -> Sequence[Filed]:
        """All fees that count as paid."""
        return [Filed(*one) for one in fees.paid_fees()]


def payable_of_home(fee: fees.HomeFee) -> Payable:
    """A fee as something to pay."""
    lines = tuple(PayLine(text, yen) for text, yen in fee.lines)
    return Payable(FROM_HOME, fee.reference, "申請の手数料", lines, fee.case)


def payable_of(bill: certificate_payments.CertificateBill) -> Payable:
    """A bill as something to pay."""
    lines = tuple(PayLine(text, yen) for text, yen in bill.lines)
    return Payable(CERTIFICATES, bill.reference, "証明書の手数料", lines, bill.case)


def filing_ports() -> FilingPorts:
    """The rooms in which something is paid for."""
    return {CERTIFICATES: CertificateFiling(), FROM_HOME: FromHomeFiling()}


def ask_for(*, payable: Payable, by: Actor, now: datetime) -> Asked:
    """Ask for the money of any room whose port is in `filing_ports`: the number under which it is paid.

    Again for the same reference: the same number. When the money is there, `FilingPort.file` of `payable.source` is told,
    once or more often; when it goes back, `take_back`. Raises PaymentRefused (NotPaidHere: the office has no provider).
    """
    if not settings.PAYMENT_PROVIDER:
        raise NotPaidHere
    return asking.ask(payable=payable, by=by, now=now)


def asked_for(*, payable: Payable) -> str | None:
    """The number under which this was asked for and can still be paid; None: nobody was asked yet, or it ended."""
    numbers = queries.asked_numbers(source=payable.source, references=[payable.reference])
    number, _code, is_open = numbers.get(payable.reference, ("", "", False))
    return number if is_open else None


def give_number(*, case: str, by: Actor, now: datetime) -> Asked:
    """Give out a number for paying the certificates of a case; an earlier number for other copies ends.

    Raises NoSuchCase, NothingToPay, PaymentRefused.
    """
    if not settings.PAYMENT_PROVIDER:
        raise NotPaidHere  # before a bill is made that nobody could pay
    bill, gone = certificate_payments.make_bill(case=case)
    for reference in gone:
        asking.withdraw(source=CERTIFICATES, reference=reference, by=by, now=now)
    return ask_for(payable=payable_of(bill), by=by, now=now)


def end_number(*, case: str, by: Actor, now: datetime) -> None:
    """The number of a case is not paid under any more: the money is taken at the counter.

    The provider is asked first: what was paid a moment ago is not taken twice. Whoever is just paying is stopped, and what
    arrives all the same goes back by itself. Raises AlreadyPaid.
    """
    bill = certificate_payments.bill_of(case=case)
    if bill is None:
        return
    given = given_number(reference=bill.reference)
    if given is not None:
        look(asked=given[0], now=now)
    if not certificate_payments.end_bill(reference=bill.reference):
        raise AlreadyPaid
    asking.withdraw(source=CERTIFICATES, reference=bill.reference, by=by, now=now)
    there = provider()
    if given is not None and there is not None:
        for one in queries.payments_of(asked=given[0]):
            tell(provider=there, payment=one.number, now=now)


def given_number(*, reference: str) -> tuple[str, str] | None:
    """The number and the four digits under which a bill of certificates is paid; None when it ended or none was given."""
    number, code, is_open = queries.asked_numbers(source=CERTIFICATES, references=[reference]).get(
        reference, ("", "", False)
    )
    return (number, code) if is_open else None


def start(*, asked: str, key: str, come_back: str, now: datetime) -> Payment:
    """Begin to pay and tell the provider; the payment, with the page to go to, or none yet when there was no answer.

    Raises NoSuchPayment, NoLongerToPay, AlreadyPaid, NotPaidHere.
    """
    there = provider()
    if there is None:
        raise NotPaidHere
    one = asking.look_at(number=asked)
    port = filing_ports().get(one.payable.source)
    if port is not None and port.payable(one.payable.reference) is None:
        by = Actor(None, "system", "", "")
        asking.withdraw(source=one.payable.source, reference=one.payable.reference, by=by, now=now)
        raise NoLongerToPay
    number = asking.begin(asked=asked, key=key, come_back=come_back, now=now)
    tell(provider=there, payment=number, now=now)
    return queries.payment(number=number)


def look(*, asked: str, now: datetime) -> None:
    """See how the payments of what was asked stand, finish what is authorised, and file it. No answer: it stays as it is."""
    there = provider()
    for one in queries.payments_of(asked=asked):
        if there is not None and one.state.value in OPEN:
            tell(provider=there, payment=one.number, now=now)
            ask_provider(provider=there, payment=one.number, now=now)
            tell(provider=there, payment=one.number, now=now)
        file_due(ports=filing_ports(), payment=one.number, now=now)


def hear(*, body: bytes, signature: str, now: datetime) -> None:
    """Take in what the provider tells, and file what is paid by it. Raises NotSigned, NotAnEvent."""
    if webhooks.receive(body=body, signature=signature, secrets=settings.PAYMENT_SECRETS, now=now):
        file_due(ports=filing_ports(), now=now)


def refund_now(*, payment: str, now: datetime) -> None:
    """Tell the provider what was just approved; without an answer the care does."""
    there = provider()
    if there is not None:
        tell(provider=there, payment=payment, now=now)
    file_due(ports=filing_ports(), payment=payment, now=now)


def care(*, now: datetime) -> Repaired:
    """One round of putting right."""
    return repair(provider=provider(), ports=filing_ports(), now=now)
