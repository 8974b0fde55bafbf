"""A procedure's fee as something to pay (手数料の請求). What it costs, and who pays less, the pack decides; see `procedures.fees`."""

from __future__ import annotations

from madoguchi.payments.values import Payable, PayLine, PaymentRefused
from madoguchi.procedures.fees import Fee, FeeLine


class FeeNotKnown(PaymentRefused):
    """A fact that decides the amount is not known yet, or the city has set none; nobody is asked for a guessed amount."""

    def __init__(self) -> None:
        super().__init__(
            "手数料がまだ決まっていません。分からないことを確かめてから、支払いを頼んでください。"
        )


def payable_of_fee(*, fee: Fee, source: str, reference: str, title: str, owner_key: str) -> Payable | None:
    """What a procedure costs as something to pay, line by line with its reduction (減免).

    None: it costs nothing, or all of it is reduced; nobody is sent to pay. Raises FeeNotKnown.
    """
    payable = Payable(source, reference, title, lines_of_fee(fee), owner_key)
    return payable if payable.yen > 0 else None


def lines_of_fee(fee: Fee) -> tuple[PayLine, ...]:
    """The lines of a fee as something to pay, for whoever asks for several fees at once. Raises FeeNotKnown."""
    if (not fee.lines and fee.total_yen is None) or any(line.yen is None for line in fee.lines):
        raise FeeNotKnown
    return tuple(PayLine(_text(line), line.yen) for line in fee.lines if line.yen is not None)


def _text(line: FeeLine) -> str:
    copies = f" ×{line.copies}" if line.copies > 1 else ""
    return f"{line.label}{copies}（{line.because}）" if line.reduced else f"{line.label}{copies}"
