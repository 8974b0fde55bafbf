"""What boards and phones follow of a queue, without a name: fresh calls, and the ticket behind a link or behind its code.

1. `fresh_calls`: the calls of the last moments in the order in which they were made; a recall is a call of its own.
2. `ticket_behind`: whose phone page a secret opens, in one query.
3. `ticket_of_code`: the same by number and code. Each trial is counted before it is compared, by number and by address;
   a number that is not there and a wrong code are told in the same words, after the same work.
"""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from madoguchi.booking.models import CallRow, TicketRow
from madoguchi.booking.models.tickets import AT_DESK
from madoguchi.booking.tickets.issuing import digest_of, secret_of
from madoguchi.booking.tickets.queue import label_of
from madoguchi.booking.tickets.states import CallKind
from madoguchi.booking.trials import TRIAL_SPAN, count_trial

TRIALS_AT_A_NUMBER = 5
# A whole office may stand behind one address.
TRIALS_FROM_AN_ADDRESS = 30


class CodeNotRight(ValueError):
    """No living ticket has this number and this code; which of the two is wrong is not told."""

    def __init__(self) -> None:
        super().__init__(
            "番号と4桁の数字の組み合わせが見つかりません。番号票を見て、もう一度入れてください。"
        )


class TooManyTrials(ValueError):
    """Too many trials at this number or from this address."""

    def __init__(self) -> None:
        minutes = int(TRIAL_SPAN.total_seconds() // 60)
        super().__init__(
            f"入力が続いたため、しばらく受け付けません。{minutes}分ほど待つか、番号票のQRコードで開いてください。"
        )


@dataclass(frozen=True, slots=True)
class FreshCall:
    """A number that was called a moment ago (呼出し): `serial` counts on for each call and each recall."""

    serial: int
    ticket: str
    label: str
    place: str
    at: datetime
    again: bool
    language: str


@dataclass(frozen=True, slots=True)
class FollowedTicket:
    """The ticket that a phone follows (追いかける番号)."""

    ticket: str
    branch: str
    label: str
    code: str
    language: str
    live: bool

    @property
    def secret(self) -> str:
        """What opens its phone page."""
        return secret_of(self.ticket)


def fresh_calls(*, branch: str, since: datetime) -> tuple[FreshCall, ...]:
    """The calls of a branch since then whose number is still at a desk, in the order in which they were made.

    Whoever sits already and whose next officer comes is not called into the hall, only when called again (もう一度呼ぶ).
    """
    rows = (
        CallRow.objects.filter(ticket__branch=branch, at__gte=since, step__state__in=AT_DESK)
        .filter(Q(desk=F("place")) | Q(kind=CallKind.RECALL.value), step__place=F("place"))
        .select_related("ticket")
        .annotate(times=F("step__calls"))
        .order_by("pk")
    )
    return tuple(
        FreshCall(
            serial=row.pk,
            ticket=row.ticket.public_id,
            label=label_of(row.ticket),
            place=row.place,
            at=row.at,
            again=row.times > 1,
            language=row.ticket.language,
        )
        for row in rows
    )


def ticket_behind(secret: str) -> FollowedTicket | None:
    """The ticket whose phone page this secret opens; None for any other."""
    row = TicketRow.objects.filter(secret_digest=digest_of(secret)).first()
    return _followed(row) if row else None


def ticket_of_code(*, branch: str, label: str, code: str, address: str, now: datetime) -> FollowedTicket:
    """The living ticket with this number ("A012", "a12") and code. Raises CodeNotRight, TooManyTrials."""
    letter, number = _parts(label)
    _count(f"{branch}/{letter}{number}", TRIALS_AT_A_NUMBER, now)
    _count(f"from/{address}", TRIALS_FROM_AN_ADDRESS, now)
    row = TicketRow.objects.filter(branch=branch, letter=letter, number=number, live=True).first()
    right = hmac.compare_digest(_digits(code).encode(), (row.code if row else "----").encode())
    if row is None or not right:
        raise CodeNotRight
    return _followed(row)


def _count(key: str, most: int, now: datetime) -> None:
    """Count a trial. Raises TooManyTrials."""
    if count_trial(key=key, now=now) > most:
        raise TooManyTrials


def _parts(label: str) -> tuple[str, int]:
    plain = _plain(label)
    digits = plain[1:]
    return (plain[:1], int(digits)) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else ("", 0)


def _digits(code: str) -> str:
    return _plain(code)[:8]


def _plain(text: str) -> str:
    """As it would be printed: full-width letters, spaces and hyphens are no fault of whoever types."""
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "")


def _followed(row: TicketRow) -> FollowedTicket:
    return FollowedTicket(row.public_id, row.branch, label_of(row), row.code, row.language, row.live)
