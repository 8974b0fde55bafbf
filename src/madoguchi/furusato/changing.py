"""After the application (申請のあと): another name or address until the same day, or withdrawal.

A change that is told by the sign-in that filed counts at once; otherwise once its papers are here (申告特例申請事項変更届出書,
地方税法 附則第7条第4項・第11項). What changed after 1 January need not be told. Withdrawal is this city's own practice: the law
knows none, and a tax return ends 申告特例 by itself (附則第7条第6項・第13項).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.furusato.applying import go_on
from madoguchi.furusato.deadlines import may_still_come, tax_day, today_in_japan
from madoguchi.furusato.models import ApplicationRow, ChangeRow
from madoguchi.furusato.reading import readable, vouched_numbers
from madoguchi.furusato.states import LIVING, ApplicationState, Proof
from madoguchi.furusato.values import (
    CHANGE_IN_FUTURE,
    CHANGE_NOT_NEEDED,
    CHANGE_NOT_WHOLE,
    CHANGE_TOO_LONG,
    CHANGE_UNREADABLE,
    ChangeNotUsable,
    NewParticulars,
    NothingStands,
    Reader,
    SignInNeeded,
    TooLate,
)

_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd\ue000-\uf8ff\ud800-\udfff]")
LONGEST = {"name": 300, "kana": 300, "postal_code": 8, "address": 500}


def tell_change(
    *, receipt: str, what: NewParticulars, press: str, reader: Reader, by: Actor, now: datetime
) -> bool:
    """Tell another name or address for what stands of a receipt; whether it counts already. The same press counts once.

    Raises NothingStands, TooLate, ChangeNotUsable.
    """
    with transaction.atomic():
        rows = _standing(receipt, reader)
        _usable(what, rows[0].submission.year, now)
        proved = [_is_proved(row, reader) for row in rows]
        for row, sure in zip(rows, proved, strict=True):
            if ChangeRow.objects.filter(application=row, press=press).exists():
                continue
            ChangeRow.objects.create(
                application=row, nth=row.changes.count(), press=press, name=what.name, kana=what.kana,
                postal_code=what.postal_code, address=what.address, changed_on=what.changed_on,
                proof=(Proof.SIGN_IN if sure else Proof.POST).value, told_at=now, accepted_at=now if sure else None,
                accepted_by=by.name if sure else "",
            )  # fmt: skip
            record_act(actor=by, activity="furusato_change_told", now=now, gift=row.gift.number)
    return all(proved)


def withdraw(*, receipt: str, reader: Reader, by: Actor, now: datetime) -> None:
    """Take back what stands of a receipt, as far as it is this reader's. Raises NothingStands, TooLate, SignInNeeded."""
    with transaction.atomic():
        rows = _standing(receipt, reader)
        if not may_still_come(rows[0].submission.year, now=now):
            raise TooLate(rows[0].submission.year)
        if not all(_is_proved(row, reader) for row in rows if row.proof == Proof.SIGN_IN.value):
            raise SignInNeeded
        for row in rows:
            go_on(row, ApplicationState.WITHDRAWN, by=by, now=now)


def _standing(receipt: str, reader: Reader) -> list[ApplicationRow]:
    mine = readable(reader).values("pk")
    rows = ApplicationRow.objects.select_for_update(of=("self",)).select_related("gift", "submission")
    found = list(
        rows.filter(submission__receipt=receipt, state__in=LIVING, gift__in=mine).order_by("gift__pk")
    )
    if not found:
        raise NothingStands
    return found


def _is_proved(row: ApplicationRow, reader: Reader) -> bool:
    if reader.account is None:
        return False
    filed = row.proof == Proof.SIGN_IN.value and row.submission.account == reader.account
    return filed or row.gift.number in vouched_numbers(reader)


def _usable(what: NewParticulars, year: int, now: datetime) -> None:
    if not may_still_come(year, now=now):
        raise TooLate(year)
    if what.changed_on > today_in_japan(now):
        raise ChangeNotUsable(CHANGE_IN_FUTURE)
    if what.changed_on > tax_day(year):
        raise ChangeNotUsable(CHANGE_NOT_NEEDED, day=tax_day(year))
    if not what.name.strip() or not what.address.strip():
        raise ChangeNotUsable(CHANGE_NOT_WHOLE)
    _characters_usable([(name, getattr(what, name)) for name in LONGEST])


def _characters_usable(texts: Sequence[tuple[str, str]]) -> None:
    if any(len(text) > LONGEST[name] for name, text in texts):
        raise ChangeNotUsable(CHANGE_TOO_LONG)
    if any(_UNUSABLE.search(text) for _name, text in texts):
        raise ChangeNotUsable(CHANGE_UNREADABLE)
