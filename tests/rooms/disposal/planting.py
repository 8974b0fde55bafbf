"""A case in which every table of a case has a row, with words of its own in every text that somebody may write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from tests.cast import NOW, TODAY
from tests.rooms.cases.deciding import REVOKE, Widowed, signed_by_widow

from madoguchi.audit.entries import Actor
from madoguchi.cases import desk_tables as desk
from madoguchi.cases import models as tables
from madoguchi.cases.from_home import strong_room
from madoguchi.cases.interpreter_tables import InterpreterCallRow
from madoguchi.cases.messages import writing
from madoguchi.cases.rulings import deciding
from madoguchi.cases.states import CaseStatus, TaskState
from madoguchi.connect.models import MessageRow, RulingMessageRow
from madoguchi.disposal.values import CountedFrom, Period, RecordClass

# Kanji that stand in no text of the product.
WORD = "鑿鑰鑢鑪"
RULE = "まどか市文書管理規程（架空）別表第2"
# The cast's day is in 令和8年度: what ended then is over five years after 1 April 2027.
STILL_KEPT, OVER = date(2032, 3, 31), date(2032, 4, 1)


def five_years(record_class: RecordClass = RecordClass.COUNTER_CASES) -> Period:
    return Period(record_class, 5, CountedFrom.FISCAL_YEAR, RULE)


def planted(city: Mapping[str, Actor]) -> Widowed:
    """A case at its end with everything that a case may have; its file lies in the strong room."""
    there, officer = signed_by_widow(city), city["officer_nhi"]
    writing.ask_resident(task=there.by_one, text=f"{WORD} お願い", answer_by=None, by=officer, now=NOW)
    deciding.propose(
        task=there.by_one, said=type(REVOKE)(deciding.RulingKind.DISMISSED, f"{WORD}のため", "まどか市長"),
        by=officer, now=NOW, version=None,
    )  # fmt: skip
    for ruling in desk.RulingRow.objects.filter(answer__isnull=True):
        desk.RulingAnswerRow.objects.create(
            ruling=ruling, in_force=True, note=WORD, two_persons=False, proposed_by=ruling.by, by=ruling.by,
            by_name=officer.name, at=NOW,
        )  # fmt: skip
    _the_rest(there)
    finish(there.case)
    return there


def _the_rest(there: Widowed) -> None:
    case = tables.CaseRow.objects.get(public_id=there.case)
    act, task = case.acts.order_by("number").first(), tables.TaskRow.objects.get(pk=there.by_one)
    assert act is not None
    message = desk.TaskMessageRow.objects.filter(task=task).first()
    assert message is not None
    desk.MessageReadRow.objects.get_or_create(message=message, defaults={"at": NOW, "account": there.account})
    address = desk.NoticeAddressRow.objects.create(
        case=case, account=there.account, address=f"{WORD}@example.jp", set_at=NOW
    )
    desk.NoticeRow.objects.create(address=address, about=f"message/{message.pk}", tried_at=NOW, sent_at=NOW)
    desk.GivenNumberRow.objects.create(case=case, ref="p1", resident_no=there.widow)
    InterpreterCallRow.objects.create(
        case=case, interpreter=10**6, interpreter_name=WORD, called_by=1, called_by_name=WORD, called_at=NOW,
        ends_at=NOW + timedelta(hours=1), ended_at=NOW,
    )  # fmt: skip
    tables.TaskNoteRow.objects.create(task=task, text=WORD, by_name="職員", at=NOW)
    tables.LetterRow.objects.update_or_create(
        case=case,
        defaults={"state": "sent", "due_at": NOW, "printed_at": NOW, "sent_at": NOW, "sent_by": WORD},
    )
    tables.CertificateRow.objects.create(case=case, kind="resident-record", copies=1, fee_yen=300)
    tables.CertificatePaymentRow.objects.create(
        case=case, nth=1, reference="planted-1", lines=[WORD], yen=300, state="withdrawn"
    )
    tables.ReviewRow.objects.create(
        case=case,
        round=1,
        approved=True,
        note=WORD,
        entered_by=1,
        reviewed_by=2,
        reviewed_by_name="審査",
        at=NOW,
    )
    tables.DocumentRow.objects.create(
        case=case, procedure="nhi-funeral", text=WORD, noted_at=NOW, received_at=NOW, received_by=WORD
    )
    tables.ExplanationRow.objects.get_or_create(
        case=case, procedure="nhi-funeral", index=0, defaults={"by_name": WORD, "at": NOW}
    )
    file = strong_room.new_name()
    strong_room.put_in(file, WORD.encode())
    tables.AttachmentRow.objects.create(
        case=case, public_id=file, procedure="nhi-funeral", text=WORD, kind="pdf", size=9, digest="0" * 64,
        added_at=NOW, account=there.account,
    )  # fmt: skip
    _from_home_and_branch(there, case, act)


def _from_home_and_branch(there: Widowed, case: tables.CaseRow, act: tables.ActRow) -> None:
    tables.CorrectionWishRow.objects.create(case=case, text=WORD, account=there.account, at=NOW)
    tables.HomeFeeRow.objects.create(
        case=case, nth=1, paid_when="before", reference="planted-2", lines=[WORD], yen=300, state="withdrawn",
        made_at=NOW,
    )  # fmt: skip
    tables.HomeCaseRow.objects.create(
        case=case, number="H-99-99", mark="planted", account=there.account, principal_no=there.widow,
        consent_version="1", consented_at=NOW,
    )  # fmt: skip
    tables.PreparedRow.objects.create(
        case=case, code_digest="f" * 64, event_kind="death", answers=WORD, channel="online", made_at=NOW,
        expires_at=NOW + timedelta(days=1), taken_at=NOW,
    )  # fmt: skip
    tables.FactRow.objects.create(
        case=case, act=act, key="note", subject="event", value=f"{WORD} {there.widow}", source="said", as_of=TODAY,
        reason=WORD, known_since=NOW,
    )  # fmt: skip
    package = tables.BranchPackageRow.objects.create(
        package="planted", branch="north", day=TODAY, made_at=NOW, made_by="職員", people=1
    )
    arrived = tables.BranchActRow.objects.create(
        package=package, case=there.case, number=1, body={"said": WORD}, received_at=NOW, act=act
    )
    tables.ClashRow.objects.create(
        came_with=arrived, case=case, key="note", subject="event", centre=WORD, branch=WORD, found_at=NOW,
        settled_at=NOW, settled_by="職員", kept="centre",
    )  # fmt: skip
    body = {"people": [{"name": WORD, "resident_no": there.widow}]}
    MessageRow.objects.create(
        change_id="planted", case=there.case, number=case.number, round=9, body=body, digest="0" * 64,
        state="acknowledged", created_at=NOW,
    )  # fmt: skip
    RulingMessageRow.objects.create(
        ruling_id="planted", ruling=10**9, case=there.case, number=case.number, body=body, created_at=NOW
    )
    RulingMessageRow.objects.filter(case=there.case).update(handed_over_at=NOW)
    case.late_reason = WORD
    case.save()


def finish(case: str, *, status: CaseStatus = CaseStatus.REGISTERED) -> None:
    """Bring a case to its end, as the core system's answer and the departments' work do."""
    tables.TaskRow.objects.filter(case__public_id=case).exclude(state=TaskState.CANCELLED.value).update(
        state=TaskState.DONE.value
    )
    tables.CaseRow.objects.filter(public_id=case).update(status=status.value)
    RulingMessageRow.objects.filter(case=case).update(handed_over_at=NOW)


def another(case: str, nth: int, **changed: object) -> str:
    """A case like this one, of its own number, with one act and one fact."""
    row = tables.CaseRow.objects.get(public_id=case)
    row.pk, row.public_id, row.sequence, row.number = None, f"copy{nth:028d}", 500 + nth, f"Z-{nth}"
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()
    act = tables.ActRow.objects.create(case=row, number=1, kind="begin", at=NOW, by_name="職員")
    tables.FactRow.objects.create(
        case=row,
        act=act,
        key="note",
        subject="event",
        value=WORD,
        source="said",
        as_of=TODAY,
        known_since=NOW,
    )
    return row.public_id


def everywhere() -> Iterator[tuple[str, str]]:
    """Every row of every table of ours and of the libraries, as table and text."""
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        columns = [one.column for one in model._meta.concrete_fields]
        with connection.cursor() as cursor:
            quoted = ", ".join(connection.ops.quote_name(one) for one in columns)
            cursor.execute(f"SELECT {quoted} FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield table, " ".join(_text(one) for one in row)


def _text(value: Any) -> str:
    if isinstance(value, str) and value[:1] in '[{"':
        try:  # JSON keeps Japanese as escapes
            return value + value.encode().decode("unicode_escape", errors="ignore")
        except UnicodeDecodeError:
            return value
    return value if isinstance(value, str) else DjangoJSONEncoder(ensure_ascii=False).encode(value)


def tables_that_say(word: str) -> set[str]:
    return {table for table, text in everywhere() if word in text}


def at(day: date) -> datetime:
    return NOW.replace(year=day.year, month=day.month, day=day.day)
