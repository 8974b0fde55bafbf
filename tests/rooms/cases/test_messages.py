"""Messages of a department and a resident: whose they are, who read them, what waits, and that nothing tells too much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.cast import NOW, RESIDENTS, SETTER, TODAY
from tests.rooms.cases.deciding import HOME, Widowed, account_of, signed_by_widow
from tests.rooms.cases.walking import signed, unproved

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases import closing
from madoguchi.cases.acting import NoSuchCase
from madoguchi.cases.desk_tables import MessageReadRow, NoticeRow, TaskMessageRow
from madoguchi.cases.messages import notices, writing
from madoguchi.cases.messages.parties import ForWhom
from madoguchi.cases.messages.reading import own_case, own_cases, thread_marks, thread_of
from madoguchi.cases.models import CaseRow, TaskRow
from madoguchi.cases.states import MessageKind, Side
from madoguchi.cases.tasks import NoSuchTask
from madoguchi.residents.sheltering import protect

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]
WIDOW = ForWhom(RESIDENTS["wife"].resident_no)


@pytest.fixture
def there(city: Staff) -> Widowed:
    return signed_by_widow(city)


def ask(there: Widowed, by: Actor, text: str = "領収書の写しを送ってください。") -> int:
    return writing.ask_resident(
        task=there.by_one, text=text, answer_by=TODAY + timedelta(days=7), by=by, now=NOW
    )


def answer(there: Widowed, text: str = "送りました。") -> int:
    return writing.answer_office(
        task=there.by_one, text=text, account=there.account, mandate="", by=HOME, now=NOW, person=there.widow
    )


def test_a_question_waits_until_it_is_answered(city: Staff, there: Widowed) -> None:
    ask(there, city["officer_nhi"])
    mark = thread_marks([there.by_one], reader=Side.OFFICE)[there.by_one]
    assert (mark.waits, mark.answer_by, mark.unread) == (True, TODAY + timedelta(days=7), 0)
    answer(there)
    mark = thread_marks([there.by_one], reader=Side.OFFICE)[there.by_one]
    assert (mark.waits, mark.answer_by, mark.unread) == (False, None, 1)
    assert [one.kind for one in thread_of(task=there.by_one)] == [MessageKind.ASK, MessageKind.ANSWER]


SAID = st.lists(st.sampled_from(["ask", "tell", "answer", "office reads", "resident reads"]), max_size=10)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=SAID)
def test_in_whatever_order_it_waits_for_the_last_question_and_each_side_reads_the_other(
    said: list[str], city: Staff, there: Widowed
) -> None:
    officer = city["officer_nhi"]
    waits, unread = False, {Side.OFFICE: 0, Side.RESIDENT: 0}
    with transaction.atomic():
        for one in said:
            if one == "ask":
                ask(there, officer)
                waits, unread[Side.RESIDENT] = True, unread[Side.RESIDENT] + 1
            elif one == "tell":
                writing.tell_resident(task=there.by_one, text="受け取りました。", by=officer, now=NOW)
                unread[Side.RESIDENT] += 1
            elif one == "answer":
                answer(there)
                waits, unread[Side.OFFICE] = False, unread[Side.OFFICE] + 1
            else:
                side = Side.OFFICE if one == "office reads" else Side.RESIDENT
                new = writing.mark_read(
                    task=there.by_one, reader=side, staff_id=officer.staff_id, account=None, now=NOW
                )
                assert new == unread[side]
                unread[side] = 0
        for side in Side:
            mark = thread_marks([there.by_one], reader=side).get(there.by_one)
            assert (mark.waits if mark else False) is waits
            assert (mark.unread if mark else 0) == unread[side]
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [("　\n", writing.NothingWritten), ("あ" * 1001, writing.TooLong)],
    ids=["nothing", "too long"],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_stored(
    city: Staff, there: Widowed, text: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        ask(there, city["officer_nhi"], text)
    with pytest.raises(refusal):
        answer(there, text)
    assert not TaskMessageRow.objects.exists()


@pytest.mark.parametrize("days", [-1, 367])
def test_an_answer_is_wanted_by_a_day_that_can_be(city: Staff, there: Widowed, days: int) -> None:
    with pytest.raises(writing.DayNotPossible):
        writing.ask_resident(
            task=there.by_one,
            text="いつ?",
            answer_by=TODAY + timedelta(days=days),
            by=city["officer_nhi"],
            now=NOW,
        )


def test_no_word_of_a_message_is_in_the_audit(city: Staff, there: Widowed) -> None:
    ask(there, city["officer_nhi"], "病名を教えてください。")
    answer(there, "秘密の答え")
    lines = list(EntryRow.objects.filter(case=there.case).values_list("activity", "body"))
    assert {"resident_asked", "resident_answered", "message_answered"} <= {activity for activity, _ in lines}
    assert "病名" not in str(lines)
    assert "秘密" not in str(lines)


def test_a_case_that_was_taken_back_is_written_to_no_more(city: Staff, there: Widowed) -> None:
    closing.withdraw(case=there.case, reason="まちがい", by=city["clerk_hana"], now=NOW, version=None)
    with pytest.raises(writing.ThreadClosed):
        ask(there, city["officer_nhi"])
    with pytest.raises(writing.ThreadClosed):
        answer(there)


def test_a_task_that_is_not_there_is_not_written_to(city: Staff) -> None:
    with pytest.raises(NoSuchTask):
        writing.tell_resident(task=10**9, text="ここに", by=city["officer_nhi"], now=NOW)


def test_what_was_said_and_read_is_only_added_to(city: Staff, there: Widowed) -> None:
    ask(there, city["officer_nhi"])
    writing.mark_read(task=there.by_one, reader=Side.RESIDENT, staff_id=None, account=1, now=NOW)
    for model in (TaskMessageRow, MessageReadRow):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(at=NOW)


# Whose it is.


def open_to(number: str, case: str, **more: object) -> set[str]:
    try:
        found = own_case(case=case, whom=ForWhom(number, **more), now=NOW)  # type: ignore[arg-type]  # whatever a test gives
    except NoSuchCase:
        return set()
    return {one.procedure for one in found.threads}


def test_who_filed_sees_the_case_and_nobody_else_of_the_household(city: Staff, there: Widowed) -> None:
    assert "high-cost-heirs" in open_to(there.widow, there.case)
    for other in ("april_first", "leap_day", "head", "mother_of_twins", "protected"):
        assert open_to(RESIDENTS[other].resident_no, there.case) == set(), other


def test_a_mandate_opens_what_it_covers_and_no_more(city: Staff, there: Widowed) -> None:
    assert open_to(there.widow, there.case, by_agent=True, covers=lambda one: one == "nhi-funeral") == {
        "nhi-funeral"
    }
    assert open_to(there.widow, there.case, by_agent=True, covers=lambda one: False) == set()


def test_of_a_protected_household_nothing_is_told_to_who_filed_nor_to_an_agent(
    city: Staff, there: Widowed
) -> None:
    assert open_to(there.widow, there.case)
    protect(
        resident_no=RESIDENTS["april_first"].resident_no, begins_on=TODAY, ends_on=None, by=SETTER, now=NOW
    )
    assert open_to(there.widow, there.case) == set()
    assert open_to(there.widow, there.case, by_agent=True) == set()


def test_of_a_protected_household_a_grown_up_reads_what_is_about_themselves(
    city: Staff, there: Widowed
) -> None:
    task = TaskRow.objects.get(pk=there.by_one)
    TaskRow.objects.filter(pk=task.pk).update(subject="p2")
    protect(
        resident_no=RESIDENTS["april_first"].resident_no, begins_on=TODAY, ends_on=None, by=SETTER, now=NOW
    )
    assert open_to(there.widow, there.case) == {"high-cost-heirs"}
    assert open_to(there.widow, there.case, by_agent=True) == set()
    assert open_to(RESIDENTS["leap_day"].resident_no, there.case) == set()


def test_a_child_reads_nothing_about_itself(city: Staff, there: Widowed) -> None:
    TaskRow.objects.filter(pk=there.by_one).update(subject="p3")
    assert open_to(RESIDENTS["april_first"].resident_no, there.case) == set()
    assert "high-cost-heirs" in open_to(there.widow, there.case)


def test_a_practice_case_and_one_that_nobody_signed_are_nobodys(city: Staff, there: Widowed) -> None:
    CaseRow.objects.filter(public_id=there.case).update(signed_round=0)
    assert open_to(there.widow, there.case) == set()


def test_people_without_a_number_yet_have_no_page(city: Staff) -> None:
    for case in (signed(city["clerk_hana"]), unproved(city["clerk_taro"])):
        assert open_to("", case) == set()


def test_the_list_shows_a_case_when_something_came(city: Staff, there: Widowed) -> None:
    assert own_cases(WIDOW, now=NOW) == ()
    ask(there, city["officer_nhi"])
    (one,) = own_cases(WIDOW, now=NOW)
    assert (one.case, one.unread, one.threads) == (there.case, 1, ())


# By mail, without content.


def test_a_mail_says_that_something_came_and_nothing_else(city: Staff, there: Widowed) -> None:
    notices.set_notice_address(case=there.case, account=there.account, address="sakura@example.jp", now=NOW)
    ask(there, city["officer_nhi"], "戸籍の写しを送ってください。")
    assert notices.send_notices(sender="city@example.jp", address="https://city.example", now=NOW) == (1, 0)
    (letter,) = mail.outbox
    assert letter.to == ["sakura@example.jp"]
    said = letter.subject + str(letter.body)
    assert f"https://city.example/my/cases/{there.case}/messages/" in said
    for word in ("戸籍", "高額", "髙橋", "さくら", "保険"):
        assert word not in said
    assert notices.send_notices(sender="city@example.jp", address="https://city.example", now=NOW) == (0, 0)


def test_what_was_read_is_not_told_and_an_empty_address_ends_it(city: Staff, there: Widowed) -> None:
    notices.set_notice_address(case=there.case, account=there.account, address="sakura@example.jp", now=NOW)
    ask(there, city["officer_nhi"])
    writing.mark_read(task=there.by_one, reader=Side.RESIDENT, staff_id=None, account=there.account, now=NOW)
    assert notices.send_notices(sender="c@example.jp", address="https://city.example", now=NOW) == (0, 0)
    notices.set_notice_address(case=there.case, account=there.account, address=" ", now=NOW)
    ask(there, city["officer_nhi"])
    assert notices.send_notices(sender="c@example.jp", address="https://city.example", now=NOW) == (0, 0)


def test_a_mail_that_could_not_go_is_tried_again_five_times_at_most(
    city: Staff, there: Widowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("madoguchi.cases.messages.ledger.EmailMessage.send", away)
    notices.set_notice_address(case=there.case, account=there.account, address="sakura@example.jp", now=NOW)
    ask(there, city["officer_nhi"])
    tried = [
        notices.send_notices(
            sender="c@example.jp", address="https://x.example", now=NOW + timedelta(minutes=6 * n)
        )
        for n in range(8)
    ]
    assert tried == [(0, 1)] * 5 + [(0, 0)] * 3
    assert NoticeRow.objects.get().sent_at is None


def test_what_is_no_address_is_refused(city: Staff, there: Widowed) -> None:
    for said in ("sakura", "a@b\nBcc: x@example.jp", "@example.jp"):
        with pytest.raises(notices.NotAnAddress):
            notices.set_notice_address(case=there.case, account=there.account, address=said, now=NOW)


def test_two_accounts_have_each_their_own_address(city: Staff, there: Widowed) -> None:
    other = account_of("leap_day")
    notices.set_notice_address(case=there.case, account=there.account, address="a@example.jp", now=NOW)
    notices.set_notice_address(case=there.case, account=other, address="b@example.jp", now=NOW)
    assert notices.notice_address(case=there.case, account=there.account) == "a@example.jp"
    assert notices.notice_address(case=there.case, account=other) == "b@example.jp"
