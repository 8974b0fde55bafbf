"""Told of everything, by consent (変わったことをメールで知らせる): one address of an account, in the language that was chosen there.

1. `agree`: the address and the language, after words that were agreed to; `stop` erases the address at once.
2. `tell_everybody`: what changed in cases that are open to them (`parties`) at the very moment of sending: a message, a decision,
   an application that came back or is done, an answer that is due soon. What was read already is not told.
3. However much is new, one mail. It says that something is new on their own page, and links there: no procedure, no name, no
   number. Tried again later, five times at most; never twice for the same.

Whoever may not see a case is not told of it either: nobody of a household in which somebody is protected but the person
themselves, no account that was stopped, no agent (who is told case by case, `notices`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.cases.acting import civil_day
from madoguchi.cases.desk_tables import (
    GivenNumberRow,
    NoticeAddressRow,
    ResultPaperRow,
    TaskMessageRow,
    TellingRow,
)
from madoguchi.cases.messages.ledger import claimed, left_to_tell, letter_went, went
from madoguchi.cases.messages.notices import NotAnAddress
from madoguchi.cases.messages.parties import ForWhom, tasks_open_to
from madoguchi.cases.messages.reading import thread_marks
from madoguchi.cases.models import CaseRow, HomeCaseRow, PersonRow, ReviewRow, TaskRow
from madoguchi.cases.states import CaseStatus, MessageKind, Side, TaskState
from madoguchi.city.queries import profile
from madoguchi.residents.accounts.coming import accounts_joined_to

# A change of a sentence is another version: what somebody agreed to can always be shown.
WORDS_VERSION = "2026-11"
WORDS = (
    noop(
        "あなたの手続きに変わったことがあると、このアドレスにメールを送ります（課からの連絡、決定、答えの期限など）。"
    ),
    noop("メールには「新しいお知らせがあります」とだけ書きます。お名前、手続きの名前、内容は書きません。"),
    noop("アドレスは、このお知らせだけに使います。やめると、すぐに消します。"),
)
# What changed, of which task (None: the whole application), and when.
Change = tuple[str, int | None, datetime]
LOOKED_BACK = timedelta(days=14)
DUE_SOON = timedelta(days=3)


class WordsNotAgreed(ValueError):
    """Nothing is sent without the consent."""

    def __init__(self) -> None:
        super().__init__("「同意して知らせを受ける」を押すと、お知らせを始めます。")


@dataclass(frozen=True, slots=True)
class Told:
    """Where an account is told of everything (知らせ先), in which language, since when."""

    address: str
    language: str
    since: datetime


def agree(*, account: int, address: str, language: str, agreed: str, by: Actor, now: datetime) -> None:
    """Be told from now on. Raises WordsNotAgreed, NotAnAddress."""
    said = address.strip()
    if agreed != WORDS_VERSION:
        raise WordsNotAgreed
    try:
        validate_email(said)
    except ValidationError as error:
        raise NotAnAddress from error
    with transaction.atomic():
        TellingRow.objects.update_or_create(
            account=account,
            defaults={"address": said, "language": language, "words": WORDS_VERSION, "set_at": now},
        )
        record_act(actor=by, activity="telling_agreed", now=now, account=account, words=WORDS_VERSION)


def stop(*, account: int, by: Actor, now: datetime) -> None:
    """Not be told any more; the address is gone. Again: nothing happens."""
    with transaction.atomic():
        if TellingRow.objects.filter(account=account).delete()[0]:
            record_act(actor=by, activity="telling_stopped", now=now, account=account)


def told_at(*, account: int) -> Told | None:
    """Where an account is told; None: nowhere."""
    row = TellingRow.objects.filter(account=account).first()
    return None if row is None else Told(row.address, row.language, row.set_at)


def tell_everybody(*, sender: str, address: str, now: datetime) -> tuple[int, int]:
    """Send what is due: one mail each; how many went, and how many could not. `address`: where the product is found."""
    sent = failed = 0
    for row, about in _due(now):
        lines = [pk for one in about if (pk := claimed(row.told, one, now=now)) is not None]
        if not lines:
            continue
        if letter_went(*_letter(row.language, address), sender=sender, to=row.address):
            went(row.told, lines, now=now)
            sent += 1
        else:
            failed += 1
    return sent, failed


def _due(now: datetime) -> Iterator[tuple[TellingRow, list[str]]]:
    """Who is to be told, and of what they were not told yet."""
    changed = _changed(now)
    people = _people_of(changed)
    joined = accounts_joined_to(people)
    for row in TellingRow.objects.filter(account__in=list(joined)).order_by("pk"):
        number = joined[row.account]
        about: list[str] = []
        for case in dict.fromkeys(people[number]):
            about += _open_to(case, changed[case], number, row, now)
        if left := left_to_tell(row.told, about, now=now):
            yield row, left


def _changed(now: datetime) -> dict[int, list[Change]]:
    """By case: what changed of late; of which task, None for the whole of it; when."""
    since = now - LOOKED_BACK
    found: dict[int, list[Change]] = defaultdict(list)
    written = TaskMessageRow.objects.filter(side=Side.OFFICE.value, read__isnull=True, at__gte=since)
    for case, task, pk, at in written.values_list("task__case", "task", "pk", "at"):
        found[case].append((f"message/{pk}", task, at))
    papers = ResultPaperRow.objects.filter(issued_at__gte=since)
    for case, task, pk, at in papers.values_list("case", "ruling__task", "pk", "issued_at"):
        found[case].append((f"paper/{pk}", task, at))
    back = ReviewRow.objects.filter(approved=False, at__gte=since, case__status=CaseStatus.HEARING.value)
    for case, pk, at in back.filter(case__home__isnull=False).values_list("case", "pk", "at"):
        found[case].append((f"back/{pk}", None, at))
    done = TaskRow.objects.filter(state=TaskState.DONE.value, changed_at__gte=since)
    for case, pk, at in done.values_list("case", "pk", "changed_at"):
        found[case].append((f"done/{pk}", pk, at))
    last = civil_day(now) + DUE_SOON
    asked = TaskMessageRow.objects.filter(
        kind=MessageKind.ASK.value, answer_by__gte=civil_day(now), answer_by__lte=last
    )
    waiting = thread_marks(list(asked.values_list("task", flat=True)), reader=Side.RESIDENT)
    for case, task, pk in asked.values_list("task__case", "task", "pk"):
        if waiting.get(task) and waiting[task].waits:
            found[case].append((f"due/{pk}", task, now))
    return found


def _people_of(cases: Iterable[int]) -> dict[str, list[int]]:
    """By 宛名番号: the cases that somebody is in."""
    keys = list(cases)
    found: dict[str, list[int]] = defaultdict(list)
    of_them = PersonRow.objects.filter(case__in=keys, act__undone_at__isnull=True).exclude(resident_no="")
    for number, case in of_them.values_list("resident_no", "case").distinct():
        found[number].append(case)
    for number, case in GivenNumberRow.objects.filter(case__in=keys).values_list("resident_no", "case"):
        found[number].append(case)
    return found


def _open_to(case: int, changes: list[Change], number: str, row: TellingRow, now: datetime) -> list[str]:
    """What of a case this person may see now and has not asked to be told of already, case by case."""
    if NoticeAddressRow.objects.filter(case=case, account=row.account).exists():
        changes = [one for one in changes if not one[0].startswith(("message/", "paper/"))]
    whole = CaseRow.objects.get(pk=case)
    tasks = {one.pk for one in tasks_open_to(whole, ForWhom(number), on=civil_day(now))}
    own = HomeCaseRow.objects.filter(case=case, principal_no=number).exists()
    return [
        about
        for about, task, at in changes
        if at >= row.set_at and tasks and (task in tasks or (task is None and own))
    ]


def _letter(language: str, address: str) -> tuple[str, str]:
    """Subject and text, in their language; the city's name as it is."""
    city = profile().name
    with translation.override(language):
        subject = _("【%(city)s】新しいお知らせがあります") % {"city": city}
        body = (
            _("%(city)sからのお知らせです。") % {"city": city},
            "",
            _("あなたのページに、新しいお知らせがあります。"),
            _("下のページにサインインして、ご確認ください。内容はこのメールには書いていません。"),
            f"{address.rstrip('/')}/my/",
            "",
            _("このお知らせは、同じページの「メールで知らせる」からやめられます。"),
            _("このメールに返信しても届きません。心当たりのないときは、市役所にお知らせください。"),
            "",
        )
        return subject, "\n".join(body)
