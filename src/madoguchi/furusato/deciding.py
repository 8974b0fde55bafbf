"""What staff do with applications (職員の受付): papers that came, refusal with a reason, a change whose papers are here.

Papers have to have arrived by the last day (必着): a later day is refused here, and the application is then refused with its
reason. Nothing that is refused comes back: the donor may apply again until the last day.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.furusato.applying import go_on
from madoguchi.furusato.deadlines import last_day, today_in_japan
from madoguchi.furusato.models import ApplicationRow, ChangeRow
from madoguchi.furusato.states import ApplicationState
from madoguchi.furusato.values import ChangeNotUsable, FurusatoRefused, NotThatState, TooLate

LONGEST_REASON = 200


class PapersInFuture(FurusatoRefused):
    """Papers that came on a day that is not yet."""

    text = "届いた日は、申請の日から今日までの日にしてください。"


class ReasonMissing(FurusatoRefused):
    """A refusal without its reason."""

    text = "申請した方に伝わる理由を、200字までで書いてください。"


def papers_came(*, application: int, on: date, by: Actor, now: datetime) -> None:
    """The papers of an application that waits for them are here. Raises NotThatState, PapersInFuture, TooLate."""
    with transaction.atomic():
        row = _locked(application)
        if not today_in_japan(row.submission.at) <= on <= today_in_japan(now):
            raise PapersInFuture
        if on > last_day(row.submission.year):
            raise TooLate(row.submission.year)
        row.papers_on = on
        go_on(row, ApplicationState.RECEIVED, by=by, now=now)


def refuse(*, application: int, reason: str, by: Actor, now: datetime) -> None:
    """Refuse an application, for a reason that its donor reads. Raises NotThatState, ReasonMissing."""
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise ReasonMissing
    with transaction.atomic():
        go_on(_locked(application), ApplicationState.REFUSED, by=by, now=now, reason=said)


def accept_change(*, change: int, by: Actor, now: datetime) -> None:
    """The papers of a change are here: from now on it counts. Raises NotThatState, ChangeNotUsable."""
    with transaction.atomic():
        row = ChangeRow.objects.select_related("application__gift").filter(pk=change).first()
        if row is None:
            raise ChangeNotUsable("この変更の届出はありません。画面を開き直してください。")
        if (
            ChangeRow.objects.filter(pk=change, accepted_at=None).update(accepted_at=now, accepted_by=by.name)
            != 1
        ):
            raise NotThatState
        record_act(actor=by, activity="furusato_change_accepted", now=now, gift=row.application.gift.number)


def _locked(application: int) -> ApplicationRow:
    rows = ApplicationRow.objects.select_for_update(of=("self",)).select_related("gift", "submission")
    found = rows.filter(pk=application).first()
    if found is None:
        raise NotThatState
    return found
