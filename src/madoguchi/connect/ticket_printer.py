"""The ticket printer (番号票の印刷機): ESC/POS over TCP, asked before and after; docs/ticket-machine.md.

1. The printer of the branch is found in the setting; without one nothing is printed and the number stands on the screen.
2. It is asked for its state (DLE EOT 1, 4). No paper: nothing is sent.
3. The slip is sent as a picture (GS v 0) and cut; GS r is answered when everything before it is done.
4. No answer, or paper that ended meanwhile: the outcome is unknown. It is never sent again by itself.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from PIL import Image, ImageOps

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.booking.estimates import told_at_issue
from madoguchi.booking.ports import BookingSlip, ListSlip, PrintOutcome, Slip, TicketPrinter
from madoguchi.booking.tickets.booking_slips import begin_booking_print, finish_booking_print
from madoguchi.booking.tickets.printing import begin_print, finish_print
from madoguchi.connect.ticket_slip import picture

DEFAULT_PORT = 9100
ASK_SECONDS = 1.5
PRINT_SECONDS = 6.0
BAND_LINES = 128
RESET = b"\x1b@"
CUT = b"\x1dV\x42\x00"
FEED = b"\x1bd\x03"
ASK_STATE = b"\x10\x04\x01"
ASK_PAPER = b"\x10\x04\x04"
ASK_DONE = b"\x1dr\x01"
OFFLINE_BIT = 0x08
PAPER_END_BITS = 0x60
DONE_PAPER_END_BITS = 0x0C
LIST_ACTIVITIES = {
    PrintOutcome.PRINTED: "list_slip_printed",
    PrintOutcome.NO_PAPER: "list_slip_not_printed",
    PrintOutcome.NOT_CONNECTED: "list_slip_not_printed",
    PrintOutcome.UNKNOWN: "list_slip_unknown",
}


@dataclass(frozen=True, slots=True)
class NetworkPrinter:
    """A printer at `host:port`. How long is waited is bounded: a person stands before the machine."""

    host: str
    port: int
    ask_seconds: float = ASK_SECONDS
    print_seconds: float = PRINT_SECONDS

    def print_slip(self, slip: Slip | BookingSlip | ListSlip) -> PrintOutcome:
        """Print once and say how it ended."""
        try:
            line = socket.create_connection((self.host, self.port), timeout=self.ask_seconds)
        except OSError:
            return PrintOutcome.NOT_CONNECTED
        with line:
            try:
                state, paper = _asked(line, ASK_STATE), _asked(line, ASK_PAPER)
            except OSError:
                return PrintOutcome.NOT_CONNECTED
            if paper & PAPER_END_BITS:
                return PrintOutcome.NO_PAPER
            if state & OFFLINE_BIT:
                return PrintOutcome.NOT_CONNECTED
            return self._send(line, slip)

    def _send(self, line: socket.socket, slip: Slip | BookingSlip | ListSlip) -> PrintOutcome:
        """From here on a slip may be there, whatever happens."""
        line.settimeout(self.print_seconds)
        try:
            line.sendall(RESET + raster(picture(slip)) + FEED + CUT)
            done = _asked(line, ASK_DONE)
            paper = _asked(line, ASK_PAPER)
        except OSError:
            return PrintOutcome.UNKNOWN
        ended = done & DONE_PAPER_END_BITS or paper & PAPER_END_BITS
        return PrintOutcome.UNKNOWN if ended else PrintOutcome.PRINTED


def printer_of(*, branch: str) -> TicketPrinter | None:
    """The printer of a branch, or None when the setting names none."""
    place = settings.TICKET_PRINTERS.get(branch)
    if not place:
        return None
    host, _colon, port = place.rpartition(":")
    return NetworkPrinter(host or place, int(port) if host and port.isdigit() else DEFAULT_PORT)


def print_ticket(*, branch: str, ticket: str, base: str, by: Actor, now: datetime) -> PrintOutcome:
    """Print a ticket's slip at the branch's machine; a second one carries 「再発行」. No transaction is open meanwhile.

    The slip says the wait that was told first, as the screen did.

    Raises NoSuchTicket, TicketNotNow, PrintedOften.
    """
    printer = printer_of(branch=branch)
    if printer is None:
        return PrintOutcome.NOT_CONNECTED
    slip = begin_print(branch=branch, ticket=ticket, base=base, now=now)
    slip = replace(slip, told=told_at_issue(branch=branch, ticket=ticket, now=now))
    outcome = printer.print_slip(slip)
    finish_print(branch=branch, ticket=ticket, slip=slip, outcome=outcome, by=by, now=now)
    return outcome


def print_booking(*, branch: str, number: str, address: str, by: Actor, now: datetime) -> PrintOutcome:
    """Print the slip of a booking at the branch's machine, under the same rules as a ticket's.

    Raises NoSuchBooking, NotNowInBooking, PrintedOften.
    """
    printer = printer_of(branch=branch)
    if printer is None:
        return PrintOutcome.NOT_CONNECTED
    slip = begin_booking_print(branch=branch, number=number, address=address, now=now)
    outcome = printer.print_slip(slip)
    finish_booking_print(branch=branch, slip=slip, outcome=outcome, by=by, now=now)
    return outcome


def print_list(*, branch: str, slip: ListSlip, by: Actor, now: datetime) -> PrintOutcome:
    """Print somebody's list at the branch's machine, once. That it was printed is written down, and nothing of what is on it."""
    printer = printer_of(branch=branch)
    outcome = PrintOutcome.NOT_CONNECTED if printer is None else printer.print_slip(slip)
    record_act(actor=by, activity=LIST_ACTIVITIES[outcome], now=now, job=slip.job)
    return outcome


def raster(image: Image.Image) -> bytes:
    """A black and white picture as GS v 0, in bands that small printers can hold."""
    across = (image.width + 7) // 8
    dark = ImageOps.invert(image.convert("L")).convert("1")
    sent = bytearray()
    for top in range(0, image.height, BAND_LINES):
        lines = min(BAND_LINES, image.height - top)
        band = dark.crop((0, top, across * 8, top + lines))
        sent += b"\x1dv0\x00" + across.to_bytes(2, "little") + lines.to_bytes(2, "little") + band.tobytes()
    return bytes(sent)


def _asked(line: socket.socket, question: bytes) -> int:
    """The one byte that answers a question. Raises OSError when none comes."""
    line.sendall(question)
    answer = line.recv(1)
    if not answer:
        raise ConnectionResetError
    return answer[0]
