"""Mails that came back: only a final word of a report counts, and it counts once; it leads to the next way, then to staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import NOW
from tests.rooms.outreach.campaigning import sent
from tests.rooms.outreach.test_sending import MAIL_ONLY, state_of, wants_mail

from madoguchi.audit.entries import Actor
from madoguchi.outreach import returned_mail, sending
from madoguchi.outreach.mail import MailPort
from madoguchi.outreach.models import MessageRow
from madoguchi.outreach.ports import ReceiptKind
from madoguchi.outreach.states import MessageState, OfferChannel

KEY = "0123456789abcdef01234567"


def report(
    key: str = KEY, *, action: str = "failed", status: str = "5.1.1", headers_only: bool = False, kind: str = "delivery-status"
) -> bytes:  # fmt: skip
    """A notification as a mail server writes it (RFC 3464)."""
    whole = MIMEMultipart("report", **{"report-type": kind})
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered."))
    status_part = MIMEBase("message", "delivery-status")
    blocks = Message()
    blocks["Final-Recipient"] = "rfc822; taro@example.jp"
    blocks["Action"], blocks["Status"] = action, status
    about = Message()
    about["Reporting-MTA"] = "dns; mx.example.jp"
    status_part.set_payload([about, blocks])
    whole.attach(status_part)
    returned = EmailMessage()
    returned["Message-ID"], returned["To"] = f"<{key}@example.jp>", "taro@example.jp"
    returned.set_content("使える手続きのお知らせです")
    if headers_only:
        text = "".join(f"{name}: {value}\n" for name, value in returned.items())
        part = MIMEText(text)
        part.set_type("text/rfc822-headers")
        whole.attach(part)
    else:
        whole.attach(MIMEMessage(returned))
    return whole.as_bytes()


@pytest.mark.parametrize("headers_only", [False, True])
def test_a_final_failure_names_the_message(headers_only: bool) -> None:
    found = returned_mail.read(report(headers_only=headers_only))
    assert found is not None and (found.key, found.kind) == (KEY, ReceiptKind.BOUNCED)
    assert len(found.number) <= 80 and found == returned_mail.read(report(headers_only=headers_only))


def test_delivered_is_believed() -> None:
    found = returned_mail.read(report(action="delivered", status="2.0.0"))
    assert found is not None and found.kind is ReceiptKind.DELIVERED


@pytest.mark.parametrize(
    "content",
    [
        report(action="delayed", status="4.4.1"),
        report(status="4.2.2"),
        report(kind="disposition-notification"),
        report(key="not-ours"),
        b"From: taro@example.jp\nSubject: Re: out of office\n\n<0123456789abcdef01234567@example.jp>\n",
        b"",
    ],
)
def test_what_is_not_final_or_not_ours_counts_for_nothing(content: bytes) -> None:
    assert returned_mail.read(content) is None


@given(st.binary(max_size=400), st.integers(0, 3000))
def test_no_mail_stops_the_reading(junk: bytes, at: int) -> None:
    whole = report()
    returned_mail.read(junk)
    returned_mail.read(whole[:at] + junk + whole[at:])


@pytest.mark.django_db
def test_it_goes_to_the_next_way_once_and_then_to_staff(
    city: Mapping[str, Actor], register: Mapping[str, str], tmp_path: Path
) -> None:
    head, port = register["head"], MailPort("shiyakusho@example.jp", tmp_path / "box")
    ports = {OfferChannel.EMAIL: port}
    assert sending.take_receipts(ports=ports, now=NOW) == 0, "no mailbox yet"
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    wants_mail(head)
    sent(city, channels=MAIL_ONLY)
    sending.send_due(ports=ports, link="", now=NOW)
    key = MessageRow.objects.get(resident_no=head).key
    (tmp_path / "box" / "new" / "1.example").write_bytes(report(key))
    (tmp_path / "box" / "new" / "2.example").write_bytes(report(key))
    (tmp_path / "box" / "new" / "3.example").write_bytes(b"Subject: hello\n\nThank you\n")
    assert sending.take_receipts(ports=ports, now=NOW) == 1, "the same mail twice is one"
    assert not list((tmp_path / "box" / "new").iterdir()), "dealt with, and left for people to read"
    assert len(list((tmp_path / "box" / "cur").iterdir())) == 3
    sending.send_due(ports=ports, link="", now=NOW + timedelta(minutes=1))
    assert state_of(head) is MessageState.NO_WAY
