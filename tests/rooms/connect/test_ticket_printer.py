"""The ticket printer, against its twin in a process of its own: the slip as a picture, and every way it goes wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.request import urlopen

import pytest
import zxingcpp
from PIL import Image
from tests.cast import NOW, SETTER
from tests.rooms.booking.queueing import BRANCH, Hall, lay_out

from madoguchi.audit.queries import steps_of
from madoguchi.booking.models import PrintRow
from madoguchi.booking.ports import BookingSlip, FirstWait, PrintOutcome, Slip, SlipService
from madoguchi.booking.tickets.printing import PrintedOften, begin_print, finish_print
from madoguchi.connect import slip_fonts
from madoguchi.connect.ticket_printer import NetworkPrinter, print_ticket, raster
from madoguchi.connect.ticket_slip import WIDTH, picture

SLIP = Slip(
    job="0a1b2c3d", sequence=7, reissued=False, city="まどか市", branch="本庁", label="A012", code="4831",
    address="http://127.0.0.1:8000/t/abcdefghijklmnopqrstuvwx/", services=(SlipService("住所の変更"), SlipService("国民健康保険")), ahead=3,
    issued_at=NOW,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Twin:
    """A printer that is not there, and its page."""

    port: int
    page: int

    @property
    def printer(self) -> NetworkPrinter:
        return NetworkPrinter("127.0.0.1", self.port, ask_seconds=1, print_seconds=3)

    def slips(self) -> list[Image.Image]:
        found = []
        text = urlopen(f"http://127.0.0.1:{self.page}/", timeout=5).read().decode()
        for at in range(text.count("<img")):
            data = urlopen(f"http://127.0.0.1:{self.page}/slip/{at}.png", timeout=5).read()
            found.append(Image.open(BytesIO(data)))
        return found


@pytest.fixture
def twin() -> Iterator[Callable[[str], Twin]]:
    running: list[subprocess.Popen[str]] = []

    def start(mode: str = "ready") -> Twin:
        words = [sys.executable, "-m", "madoguchi.connect.twins.ticket_printer", "--port", "0", "--page", "0"]
        process = subprocess.Popen([*words, "--mode", mode], stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        port, page = process.stdout.readline().split()
        return Twin(int(port), int(page))

    yield start
    for process in running:
        process.kill()
        process.wait()


def test_what_comes_out_is_dot_by_dot_what_was_drawn_and_its_qr_can_be_read(
    twin: Callable[[str], Twin],
) -> None:
    there = twin("ready")
    assert there.printer.print_slip(SLIP) is PrintOutcome.PRINTED
    (slip,) = there.slips()
    drawn = picture(SLIP)
    assert slip.convert("1").tobytes() == drawn.tobytes() and slip.width == WIDTH
    read = zxingcpp.read_barcodes(slip.convert("L"))
    assert [one.text for one in read] == [SLIP.address]


def test_without_paper_nothing_is_sent(twin: Callable[[str], Twin]) -> None:
    there = twin("no_paper")
    assert there.printer.print_slip(SLIP) is PrintOutcome.NO_PAPER
    assert there.slips() == []


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        ("off", PrintOutcome.NOT_CONNECTED),
        ("silent", PrintOutcome.NOT_CONNECTED),
        ("cut", PrintOutcome.UNKNOWN),
        ("ends", PrintOutcome.UNKNOWN),
        ("slow", PrintOutcome.UNKNOWN),
    ],
)
def test_every_other_way_ends_in_a_bounded_time_and_is_never_called_printed(
    twin: Callable[[str], Twin], mode: str, outcome: PrintOutcome
) -> None:
    assert twin(mode).printer.print_slip(SLIP) is outcome


def test_slow_but_within_the_time_is_printed(twin: Callable[[str], Twin]) -> None:
    patient = replace(twin("slow").printer, print_seconds=20)
    assert patient.print_slip(SLIP) is PrintOutcome.PRINTED


def test_a_printer_that_is_not_there_is_not_connected() -> None:
    assert NetworkPrinter("127.0.0.1", 1, ask_seconds=1).print_slip(SLIP) is PrintOutcome.NOT_CONNECTED


def test_a_reissued_slip_says_so_and_a_rare_character_stands_as_a_visible_mark() -> None:
    plain, again = picture(SLIP), picture(replace(SLIP, reissued=True))
    assert again.height > plain.height
    rare = picture(replace(SLIP, services=(SlipService("😀"),)))
    geta = picture(replace(SLIP, services=(SlipService("〓"),)))
    assert rare.tobytes() == geta.tobytes()


def test_bands_of_the_raster_hold_the_whole_picture() -> None:
    drawn = picture(SLIP)
    sent = raster(drawn)
    lines, at = 0, 0
    while at < len(sent):
        assert sent[at : at + 4] == b"\x1dv0\x00"
        across = int.from_bytes(sent[at + 4 : at + 6], "little")
        height = int.from_bytes(sent[at + 6 : at + 8], "little")
        lines, at = lines + height, at + 8 + across * height
    assert lines == drawn.height


@pytest.fixture
def hall(city: object) -> Hall:
    lay_out()
    return Hall()


@pytest.mark.django_db(transaction=True)
def test_the_journal_says_what_happened_and_the_second_slip_is_marked(
    hall: Hall, twin: Callable[[str], Twin], settings: object
) -> None:
    there = twin("cut")
    settings.TICKET_PRINTERS = {BRANCH: f"127.0.0.1:{there.port}"}
    one = hall.arrive()
    first = print_ticket(branch=BRANCH, ticket=one.ticket, base="http://x", by=SETTER, now=NOW)
    assert first is PrintOutcome.UNKNOWN and len(there.slips()) <= 1
    whole = twin("ready")
    settings.TICKET_PRINTERS = {BRANCH: f"127.0.0.1:{whole.port}"}
    again = print_ticket(branch=BRANCH, ticket=one.ticket, base="http://x", by=SETTER, now=NOW)
    assert again is PrintOutcome.PRINTED
    rows = list(PrintRow.objects.order_by("pk").values_list("sequence", "reissued", "outcome"))
    assert rows == [(1, False, "unknown"), (2, True, "printed")]
    assert [step.activity for step in steps_of(one.ticket)][1:] == [
        "ticket_print_unknown",
        "ticket_reprinted",
    ]


@pytest.mark.django_db
def test_an_outcome_is_written_once_and_a_slip_not_without_end(hall: Hall) -> None:
    one = hall.arrive()
    slip = begin_print(branch=BRANCH, ticket=one.ticket, base="http://x", now=NOW)
    for outcome in (PrintOutcome.PRINTED, PrintOutcome.NO_PAPER):
        finish_print(branch=BRANCH, ticket=one.ticket, slip=slip, outcome=outcome, by=SETTER, now=NOW)
    assert PrintRow.objects.get().outcome == "printed"
    for _ in range(2):
        begin_print(branch=BRANCH, ticket=one.ticket, base="http://x", now=NOW)
    with pytest.raises(PrintedOften):
        begin_print(branch=BRANCH, ticket=one.ticket, base="http://x", now=NOW)


BOOKED = BookingSlip(
    job="0a1b2c3e", sequence=8, reissued=False, city="まどか市", branch="本庁", number="MTYE7BAT", code="0831",
    address="http://127.0.0.1:8000/reserve/open/MTYE7BAT/0123456789abcdef/", services=(SlipService("住所の変更"),),
    starts=NOW, minutes=30, printed_at=NOW,
)  # fmt: skip


@pytest.mark.parametrize("slip", [SLIP, BOOKED], ids=["ticket", "booking"])
def test_a_slip_says_everything_in_japanese_and_below_it_in_the_visitors_language(
    slip: Slip | BookingSlip,
) -> None:
    plain = picture(slip)
    heights = set()
    for language in ("en", "zh-Hans", "zh-Hant", "ko", "vi", "pt-BR", "es", "ja-easy"):
        other = picture(replace(slip, language=language))
        assert other.height > plain.height
        read = zxingcpp.read_barcodes(other.convert("L"))
        assert [one.text for one in read] == [slip.address]
        heights.add(other.tobytes())
    assert len(heights) == 8


def test_a_slip_says_the_wait_as_it_was_told_and_when() -> None:
    without = picture(SLIP)
    early = picture(replace(SLIP, told=FirstWait(15, 25, NOW)))
    later = picture(replace(SLIP, told=FirstWait(15, 25, NOW + timedelta(minutes=7))))
    assert early.height > without.height and early.tobytes() != later.tobytes()


def test_words_of_the_city_in_another_language_are_on_the_slip() -> None:
    said = replace(SLIP, language="en", services=(SlipService("住所の変更", "Change of address"),))
    assert picture(said).height > picture(replace(said, services=(SlipService("住所の変更"),))).height


def test_the_longest_sentence_is_cut_into_lines_that_fit() -> None:
    for text in ("word " * 60, "排队" * 60, "x" * 10, "ที่นี่" * 40, "ကြောင်း" * 40):
        lines = slip_fonts.wrapped(text, 26, WIDTH - 48)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(slip_fonts.width(slip_fonts.foreign(one), 26) <= WIDTH - 48 for one in lines)


@pytest.mark.django_db
def test_every_slip_of_a_number_says_what_was_told_first(
    city: object, twin: Callable[[str], Twin], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out()
    hall = Hall()
    made = [hall.arrive() for _ in range(5)][-1]
    drawn: list[Slip | BookingSlip] = []

    def draw(slip: Slip | BookingSlip) -> Image.Image:
        drawn.append(slip)
        return picture(slip)

    monkeypatch.setattr("madoguchi.connect.ticket_printer.picture", draw)
    settings.TICKET_PRINTERS = {BRANCH: f"127.0.0.1:{twin('ready').port}"}
    for minutes in (0, 20):
        at = hall.later(minutes)
        if minutes:
            hall.open("desk1")
            hall.next()
        assert (
            print_ticket(branch=BRANCH, ticket=made.ticket, base="x", by=SETTER, now=at)
            is PrintOutcome.PRINTED
        )
    first, again = drawn
    assert isinstance(first, Slip) and isinstance(again, Slip)
    assert first.told is not None and first.told == again.told and again.reissued
