"""That something has come, by mail (届いたことの知らせ): to the address that the resident gave for this case, without content.

1. What is due follows from what there is: of each message of a department and each result document one mail to an address.
2. A mail is claimed by one row, sent outside of any transaction, then marked as sent; tried again later, five times at most.
3. It says neither what nor which procedure; the address goes into the envelope and nowhere else.
4. Whoever may not see the case any more (protection, an ended mandate, a stopped account) is not told of it any more.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F, Q

from madoguchi.cases.acting import civil_day, find_case
from madoguchi.cases.desk_tables import NoticeAddressRow, NoticeRow, ResultPaperRow, TaskMessageRow
from madoguchi.cases.messages.parties import ForWhom, tasks_open_to
from madoguchi.cases.states import Side
from madoguchi.city.queries import profile
from madoguchi.residents.accounts.coming import account
from madoguchi.residents.accounts.facts import AccountState
from madoguchi.residents.mandates import in_force, mandates_with

MOST_TRIES = 5
AGAIN = timedelta(minutes=5)
log = logging.getLogger(__name__)


class NotAnAddress(ValueError):
    """What was given is no mail address."""

    def __init__(self) -> None:
        super().__init__("メールアドレスの形を確かめてください（例: taro@example.jp）。")


def set_notice_address(*, case: str, account: int, address: str, now: datetime) -> None:
    """Where this account is told of this case from now on; an empty one: nowhere. Raises NoSuchCase, NotAnAddress."""
    said = address.strip()
    if said:
        try:
            validate_email(said)
        except ValidationError as error:
            raise NotAnAddress from error
    with transaction.atomic():
        row = find_case(case)
        theirs = NoticeAddressRow.objects.filter(case=row, account=account)
        if not said:
            theirs.delete()
        elif not theirs.update(address=said):
            NoticeAddressRow.objects.create(case=row, account=account, address=said, set_at=now)


def notice_address(*, case: str, account: int) -> str:
    """Where this account is told; "" for nowhere."""
    rows = NoticeAddressRow.objects.filter(case__public_id=case, account=account)
    return rows.values_list("address", flat=True).first() or ""


def send_notices(*, sender: str, address: str, now: datetime) -> tuple[int, int]:
    """Send every mail that is due; how many went, and how many could not. `address`: where the product is found."""
    sent = failed = 0
    for row, about in list(_due(now)):
        claimed = _claimed(row, about, now) if _may_still(row, now) else None
        if claimed is None:
            continue
        if _went(row, sender=sender, address=address):
            NoticeRow.objects.filter(pk=claimed).update(sent_at=now)
            sent += 1
        else:
            failed += 1
    return sent, failed


def _due(now: datetime) -> Iterator[tuple[NoticeAddressRow, str]]:
    """Addresses with what they were not told of yet. What was read already is not told."""
    for row in NoticeAddressRow.objects.select_related("case").order_by("pk"):
        done = Q(sent_at__isnull=False) | Q(tries__gte=MOST_TRIES) | Q(tried_at__gt=now - AGAIN)
        told = set(NoticeRow.objects.filter(done, address=row).values_list("about", flat=True))
        written = TaskMessageRow.objects.filter(
            task__case=row.case_id, side=Side.OFFICE.value, read__isnull=True, at__gte=row.set_at
        )
        papers = ResultPaperRow.objects.filter(case=row.case_id, issued_at__gte=row.set_at)
        about = [f"message/{key}" for key in written.order_by("pk").values_list("pk", flat=True)]
        about += [f"paper/{key}" for key in papers.order_by("pk").values_list("pk", flat=True)]
        yield from ((row, one) for one in about if one not in told)


def _claimed(row: NoticeAddressRow, about: str, now: datetime) -> int | None:
    """The mail's own row, if it is ours to send."""
    try:
        with transaction.atomic():
            return NoticeRow.objects.create(address=row, about=about, tried_at=now).pk
    except IntegrityError:
        again = NoticeRow.objects.filter(
            address=row, about=about, sent_at=None, tries__lt=MOST_TRIES, tried_at__lte=now - AGAIN
        )
        pk = again.values_list("pk", flat=True).first()
        return pk if pk and again.filter(pk=pk).update(tries=F("tries") + 1, tried_at=now) else None


def _went(row: NoticeAddressRow, *, sender: str, address: str) -> bool:
    city = profile().name
    link = f"{address.rstrip('/')}/my/cases/{row.case.public_id}/messages/"
    body = "\n".join(
        (
            f"{city}からのお知らせです。",
            "",
            "受け付けた手続きについて、新しいお知らせが届いています。",
            "下のページにサインインして、ご確認ください。内容はこのメールには書いていません。",
            link,
            "",
            "このメールに返信しても届きません。心当たりのないときは、市役所にお知らせください。",
            "",
        )
    )
    return letter_went(f"【{city}】手続きについてのお知らせ", body, sender=sender, to=row.address)


def letter_went(subject: str, body: str, *, sender: str, to: str) -> bool:
    """Send one mail, outside of any transaction; whether the server took it."""
    headers = {"Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(subject, body, sender, [to], headers=headers).send()
    except (OSError, SMTPException) as error:
        log.warning("a notice of a case could not be sent (%s)", type(error).__name__)
        return False
    return True


def _may_still(row: NoticeAddressRow, now: datetime) -> bool:
    """Whether the case is open to this account now: theirs, or by a mandate that holds; asked again before each mail."""
    found = account(row.account)
    if found is None or found.state is not AccountState.MATCHED or not found.resident_no:
        return False
    on = civil_day(now)
    if tasks_open_to(row.case, ForWhom(found.resident_no), on=on):
        return True
    held = (
        in_force(mandate=one.public_id, account=row.account, now=now)
        for one in mandates_with(account=row.account, resident_no=found.resident_no)
    )
    return any(
        tasks_open_to(row.case, ForWhom(one.principal_no, by_agent=True, covers=one.covers), on=on)
        for one in held
        if one is not None
    )
