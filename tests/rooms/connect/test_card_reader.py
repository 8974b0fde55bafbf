"""The card reader of a desk, against the simulated one in a process of its own: every card, every fault."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from django.test import Client
from tests.rooms.cases.walking import begun, seen

from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow
from madoguchi.cases.ports import CardFault, CardNotRead
from madoguchi.connect.card_reader import DeskReader
from madoguchi.connect.twins.card_reader import ADDRESS, FACES
from madoguchi.jp.dates import PossibleDays

Lay = Callable[[str], None]


@pytest.fixture(scope="module")
def twin() -> Iterator[str]:
    words = [sys.executable, "-m", "madoguchi.connect.twins.card_reader", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.kill()


@pytest.fixture
def lay(twin: str) -> Lay:
    """Lay another card on the reader, as its page does."""

    def change(card: str) -> None:
        urlopen(f"{twin}/lay", data=urlencode({"card": card}).encode(), timeout=5).close()

    return change


def test_a_card_gives_its_four_items(twin: str, lay: Lay) -> None:
    lay("sachiko")
    face = DeskReader(twin).read()
    assert (face.name, face.address, face.birth, face.sex) == (
        "窓辺 幸子",
        ADDRESS,
        date(1990, 2, 3),
        "female",
    )


def test_an_unknown_birthday_stays_one(twin: str, lay: Lay) -> None:
    lay("unknown")
    birth = DeskReader(twin).read().birth
    assert isinstance(birth, PossibleDays)
    assert birth.text == FACES["unknown"]["birth"]


@pytest.mark.parametrize(
    ("card", "fault", "tries"),
    [
        ("nothing", CardFault.NO_CARD, None),
        ("wrong-pin", CardFault.WRONG_PIN, 2),
        ("locked", CardFault.LOCKED, 0),
        ("removed", CardFault.REMOVED, None),
        ("expired", CardFault.EXPIRED, None),
        ("odd", CardFault.UNREADABLE, None),
        ("garbage", CardFault.UNREADABLE, None),
        ("slow", CardFault.TOO_SLOW, None),
    ],
)
def test_every_fault_is_a_sentence(
    twin: str, lay: Lay, card: str, fault: CardFault, tries: int | None
) -> None:
    lay(card)
    with pytest.raises(CardNotRead, match="ください") as caught:
        DeskReader(twin, seconds=1).read()
    assert (caught.value.fault, caught.value.tries_left) == (fault, tries)


def test_a_reader_that_is_not_there(twin: str) -> None:
    with pytest.raises(CardNotRead, match="つながりません"):
        DeskReader("http://127.0.0.1:9").read()


@pytest.mark.django_db
def test_the_card_proves_who_came_and_nothing_is_kept_before_the_press(
    twin: str,
    lay: Lay,
    city: Mapping[str, Actor],
    procedures: str,
    signed_in: Callable[[str], Client],
    settings: object,
    caplog: pytest.LogCaptureFixture,
) -> None:
    clerk, browser = city["clerk_hana"], signed_in("clerk_hana")
    settings.CARD_READERS = {f"{clerk.branch}/{clerk.desk}": twin}  # type: ignore[attr-defined]  # pytest-django's
    case = begun(clerk)
    lay("taro")
    page = browser.post(f"/cases/{case}/visitor/", {"kind": "self", "go": "read-card"}).content.decode()
    assert "カードと同じ氏名・生年月日の方がいません" in page, "the card is of nobody in this case"
    assert "窓辺 太郎" in page
    assert seen(case, clerk).record.text("notifier_name") == ""
    rows = EntryRow.objects.filter(activity="read").values_list("body", "person_key")
    read = [str(row) for row in rows if "card_face" in str(row)]
    assert len(read) == 1
    assert "窓辺" not in caplog.text + read[0]
    lay("locked")
    page = browser.post(f"/cases/{case}/visitor/", {"kind": "self", "go": "read-card"}).content.decode()
    assert "暗証番号の再設定" in page


@pytest.mark.django_db
def test_a_desk_without_a_reader_has_no_button(
    city: Mapping[str, Actor], procedures: str, signed_in: Callable[[str], Client]
) -> None:
    case = begun(city["clerk_hana"])
    page = signed_in("clerk_hana").get(f"/cases/{case}/visitor/").content.decode()
    assert "read-card" not in page
