"""That something has come, by mail (届いたことの知らせ): to the address that the resident gave for this case, without content.

1. What is due follows from what there is: of each message of a department and each result document one mail to an address.
2. A mail is claimed, sent and marked in a `ledger`: once each, tried again later, five times at most.
3. It says neither what nor which procedure; the address goes into the envelope and nowhere else.
4. Whoever may not see the case any more (protection, an ended mandate, a stopped account) is not told of it any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from madoguchi.cases.acting import civil_day, find_case
from madoguchi.cases.desk_tables import NoticeAddressRow, ResultPaperRow, TaskMessageRow
from madoguchi.cases.messages.ledger import claimed, left_to_tell, letter_went, went
from madoguchi.cases.messages.parties import ForWhom, tasks_open_to
from madoguchi.cases.states import Side
from madoguchi.city.queries import profile
from madoguchi.residents.accounts.coming import account
from madoguchi.residents.accounts.facts import AccountState
from madoguchi.residents.mandates import in_force, mandates_with


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
        line = claimed(row.notices, about, now=now) if _may_still(row, now) else None
        if line is None:
            continue
        if letter_went(*_letter(row, address), sender=sender, to=row.address):
            went(row.notices, [line], now=now)
            sent += 1
        else:
            failed += 1
    return sent, failed


def _due(now: datetime) -> Iterator[tuple[NoticeAddressRow, str]]:
    """Addresses with what they were not told of yet. What was read already is not told."""
    for row in NoticeAddressRow.objects.select_related("case").order_by("pk"):
        written = TaskMessageRow.objects.filter(
            task__case=row.case_id, side=Side.OFFICE.value, read__isnull=True, at__gte=row.set_at
        )
        papers = ResultPaperRow.objects.filter(case=row.case_id, issued_at__gte=row.set_at)
        about = [f"message/{key}" for key in written.order_by("pk").values_list("pk", flat=True)]
        about += [f"paper/{key}" for key in papers.order_by("pk").values_list("pk", flat=True)]
        yield from ((row, one) for one in left_to_tell(row.notices, about, now=now))


def _letter(row: NoticeAddressRow, address: str) -> tuple[str, str]:
    """Subject and text."""
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
    return f"【{city}】手続きについてのお知らせ", body


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
