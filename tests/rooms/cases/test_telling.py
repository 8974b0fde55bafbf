"""Told by mail that something is new: by consent, in one's language, without a word of what; and nobody who may not see it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.core import mail
from tests.cast import NOW, RESIDENTS, SETTER, TODAY
from tests.rooms.cases.deciding import GRANT, HOME, Widowed, account_of, signed_by_widow

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.desk_tables import TellingRow, ToldRow
from madoguchi.cases.messages import notices, telling, writing
from madoguchi.cases.messages.notices import NotAnAddress
from madoguchi.cases.messages.telling import WORDS, WORDS_VERSION, WordsNotAgreed, tell_everybody
from madoguchi.cases.rulings import deciding
from madoguchi.residents.accounts.coming import hold_for_handling
from madoguchi.residents.sheltering import protect

Staff = Mapping[str, Actor]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("procedures", "residents")]
SECRET = ("戸籍", "高額", "髙橋", "さくら", "保険", "葬祭")


@pytest.fixture
def there(city: Staff) -> Widowed:
    found = signed_by_widow(city)
    agreed(found.account)
    return found


def agreed(account: int, language: str = "ja", address: str = "sakura@example.jp") -> None:
    telling.agree(account=account, address=address, language=language, agreed=WORDS_VERSION, by=HOME, now=NOW)


def asked(there: Widowed, city: Staff, *, days: int = 7) -> None:
    writing.ask_resident(
        task=there.by_one, text="戸籍の写しを送ってください。", answer_by=TODAY + timedelta(days=days),
        by=city["officer_nhi"], now=NOW,
    )  # fmt: skip


def told(*, days: int = 0) -> tuple[int, int]:
    return tell_everybody(
        sender="city@example.jp", address="https://city.example", now=NOW + timedelta(days=days, minutes=1)
    )


def test_one_mail_for_everything_new_and_not_a_word_of_what(city: Staff, there: Widowed) -> None:
    asked(there, city)
    deciding.propose(task=there.by_one, said=GRANT, by=city["officer_nhi"], now=NOW, version=None)
    assert told() == (1, 0)
    (letter,) = mail.outbox
    said = letter.subject + str(letter.body)
    assert letter.to == ["sakura@example.jp"] and "https://city.example/my/" in said
    assert not [word for word in (*SECRET, there.case, there.widow) if word in said]
    assert told() == (0, 0), "never twice for the same"


def test_nothing_without_the_consent_and_nothing_kept_after_it(city: Staff, there: Widowed) -> None:
    for words in ("", "2020-01"):
        with pytest.raises(WordsNotAgreed):
            telling.agree(account=1, address="a@example.jp", language="ja", agreed=words, by=HOME, now=NOW)
    with pytest.raises(NotAnAddress):
        telling.agree(account=1, address="nobody", language="ja", agreed=WORDS_VERSION, by=HOME, now=NOW)
    asked(there, city)
    telling.stop(account=there.account, by=HOME, now=NOW)
    telling.stop(account=there.account, by=HOME, now=NOW)
    assert told() == (0, 0) and not TellingRow.objects.exists() and not ToldRow.objects.exists()
    assert not [one for one in EntryRow.objects.all() if "example.jp" in str(one.__dict__)]


def test_the_words_have_a_new_version_when_a_sentence_changes() -> None:
    said = hashlib.sha256("\n".join(WORDS).encode()).hexdigest()[:12]
    assert (WORDS_VERSION, said) == ("2026-11", "1c03d4dae66c")


def test_in_the_language_that_was_chosen(city: Staff, there: Widowed) -> None:
    agreed(there.account, "en")
    asked(there, city)
    assert told() == (1, 0)
    assert "There is something new on your page." in str(mail.outbox[0].body)


def test_what_was_read_is_not_told_and_a_day_that_comes_near_is(city: Staff, there: Widowed) -> None:
    asked(there, city, days=7)
    writing.mark_read(
        task=there.by_one, reader=writing.Side.RESIDENT, staff_id=None, account=there.account, now=NOW
    )
    assert told() == (0, 0)
    assert told(days=3) == (0, 0)
    assert told(days=4) == (1, 0), "three days before"
    assert told(days=5) == (0, 0)
    writing.answer_office(
        task=there.by_one, text="送りました。", account=there.account, mandate="", by=HOME,
        now=NOW + timedelta(days=5), person=there.widow,
    )  # fmt: skip
    assert told(days=6) == (0, 0)


def test_of_a_case_that_is_told_by_itself_messages_are_told_once(city: Staff, there: Widowed) -> None:
    notices.set_notice_address(case=there.case, account=there.account, address="b@example.jp", now=NOW)
    asked(there, city)
    assert told() == (0, 0)
    assert notices.send_notices(sender="c@example.jp", address="https://x.example", now=NOW) == (1, 0)


def test_nobody_is_told_of_what_they_may_not_see(city: Staff, there: Widowed) -> None:
    """The others of the household; a stopped account; and, where somebody is protected, all but the person themselves."""
    for role in ("leap_day", "wife_of_joined"):
        agreed(account_of(role), address=f"{role}@example.jp")
    asked(there, city)
    hold_for_handling([there.widow], by=SETTER, now=NOW)
    assert told() == (0, 0) and mail.outbox == []


def test_where_somebody_is_protected_the_one_who_filed_is_not_told(city: Staff, there: Widowed) -> None:
    notices.set_notice_address(case=there.case, account=there.account, address="b@example.jp", now=NOW)
    asked(there, city)
    protect(resident_no=RESIDENTS["leap_day"].resident_no, begins_on=TODAY, ends_on=None, by=SETTER, now=NOW)
    assert told() == (0, 0)
    assert notices.send_notices(sender="c@example.jp", address="https://x.example", now=NOW) == (0, 0)
    assert mail.outbox == []


def test_a_mail_that_could_not_go_is_tried_five_times_at_most(
    city: Staff, there: Widowed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("madoguchi.cases.messages.ledger.EmailMessage.send", away)
    asked(there, city)
    tried = [
        tell_everybody(sender="c@example.jp", address="https://x.example", now=NOW + timedelta(minutes=6 * n))
        for n in range(7)
    ]
    assert tried == [(0, 1)] * 5 + [(0, 0)] * 2
    assert ToldRow.objects.get().sent_at is None
