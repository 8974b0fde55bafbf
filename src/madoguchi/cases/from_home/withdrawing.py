"""Taking an application back, and asking that it be put right (取下げ・訂正の申し出).

1. Until a department has done its part, and until the change has left for the core system, it is taken back at once.
2. After the submission nothing is changed by the resident's own hand: they ask, and every department of it is told.
3. What was begun and never submitted lapses after some days, with its files.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.cases import closing
from madoguchi.cases.acting import NotNow
from madoguchi.cases.from_home.fees import end_fees
from madoguchi.cases.from_home.following import NotNowFromHome, home_row, see_that_it_may
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.from_home.states import HomeAct, HomeState
from madoguchi.cases.models import CaseRow, CorrectionWishRow, HomeCaseRow, TaskNoteRow, TaskRow
from madoguchi.cases.states import CaseStatus, TaskState

MOST_WISHES = 10
LONGEST_WISH = 200


class WishMissing(ValueError):
    """Nothing was said."""

    def __init__(self) -> None:
        super().__init__("直してほしいことを入れてください。")


class WishTooLong(ValueError):
    """More than fits."""

    def __init__(self) -> None:
        super().__init__("200字までで入れてください。長くなるときは、何回かに分けてください。")


class ManyWishes(ValueError):
    """Asked often already."""

    def __init__(self) -> None:
        super().__init__("訂正の申し出は、1つの申請に10回までです。続きは市役所に電話でお知らせください。")


class DecidedInPart(NotNowFromHome):
    """A department has done its part already, or the change has left."""

    def __init__(self) -> None:
        self.act, self.state = HomeAct.WITHDRAW, HomeState.CHECKING
        ValueError.__init__(
            self,
            "一部の手続きがもう済んでいるため、この画面では取り下げられません。市役所にお問い合わせください。",
        )


def withdraw(*, number: str, who: Applicant, by: Actor, now: datetime) -> None:
    """Take it back; twice is once. Raises NotYours, NotNowFromHome."""
    home = home_row(number, who)
    with transaction.atomic():
        row = CaseRow.objects.select_for_update().get(pk=home.case_id)
        if row.status == CaseStatus.WITHDRAWN.value:
            return
        see_that_it_may(home, HomeAct.WITHDRAW)
        if TaskRow.objects.filter(case=row, state=TaskState.DONE.value).exists():
            raise DecidedInPart
        try:
            closing.withdraw(case=row.public_id, reason="", by=by, now=now, version=None)
        except NotNow as error:
            raise DecidedInPart from error
        end_fees(row)
        record_act(
            actor=by, activity="home_withdrawn", now=now, case=row.public_id, account=who.account,
            person=who.principal_no,
        )  # fmt: skip


def wish_correction(*, number: str, who: Applicant, text: str, by: Actor, now: datetime) -> None:
    """Ask that something be put right; every department with a task is told. Raises NotYours, NotNowFromHome, WishMissing."""
    home = home_row(number, who)
    said = " ".join(text.split())
    if not said:
        raise WishMissing
    if len(said) > LONGEST_WISH:
        raise WishTooLong
    with transaction.atomic():
        row = CaseRow.objects.select_for_update().get(pk=home.case_id)
        see_that_it_may(home, HomeAct.WISH_CORRECTION)
        there = list(CorrectionWishRow.objects.filter(case=row).order_by("pk").values_list("text", flat=True))
        if there and there[-1] == said:
            return
        if len(there) >= MOST_WISHES:
            raise ManyWishes
        CorrectionWishRow.objects.create(case=row, text=said, account=who.account, at=now)
        tasks = TaskRow.objects.filter(case=row).exclude(state=TaskState.CANCELLED.value)
        TaskNoteRow.objects.bulk_create(
            TaskNoteRow(task=task, text=said, by_name="訂正の申し出（ご本人）", at=now) for task in tasks
        )
        record_act(
            actor=by, activity="correction_wished", now=now, case=row.public_id, account=who.account,
            person=who.principal_no,
        )  # fmt: skip


def lapse(*, now: datetime, days: int) -> int:
    """Withdraw what was begun and not submitted in so many days. Returns how many."""
    system = Actor(None, "system", "", "")
    old = HomeCaseRow.objects.filter(
        submitted_at__isnull=True,
        case__opened_at__lt=now - timedelta(days=days),
        case__status=CaseStatus.HEARING.value,
    )
    gone = list(old.values_list("case__public_id", flat=True))
    for case in gone:
        closing.withdraw(case=case, reason="", by=system, now=now, version=None)
    if gone:
        record_act(actor=system, activity="home_lapsed", now=now, gone=len(gone))
    return len(gone)
