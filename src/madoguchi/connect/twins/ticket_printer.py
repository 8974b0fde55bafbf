"""A ticket printer that is not there (実演用の印刷機): decodes what it is sent into pictures, and can fail as real ones do.

    python -m madoguchi.connect.twins.ticket_printer --port 9100 --page 8766

It knows ESC @, ESC d, GS v 0, GS V, GS r and DLE EOT. Its page shows the slips and lays in paper, takes it out, makes it
silent, slow, or cuts it off in the middle. No slip of it is real.
"""

from __future__ import annotations

import argparse
import html
import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from PIL import Image, ImageOps

MODES = {
    "ready": "ふつう",
    "no_paper": "紙がない",
    "ends": "印刷の途中で紙がなくなる",
    "silent": "返事をしない",
    "slow": "遅い",
    "cut": "途中で線が切れる",
    "off": "電源が入っていない",
}
SLOW_SECONDS = 3.0
SILENT_SECONDS = 30.0
MOST_SLIPS = 20
ALL_WELL = 0x12
PAPER_END = 0x72
DONE = 0x00
DONE_NO_PAPER = 0x0C


class Paper:
    """The slips that came out, and how the printer behaves."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.slips: list[Image.Image] = []
        self.bands: list[Image.Image] = []

    def print_band(self, across: int, lines: int, data: bytes) -> None:
        """One band of dots, below the one before."""
        dark = Image.frombytes("1", (across * 8, lines), data)
        self.bands.append(ImageOps.invert(dark.convert("L")).convert("1"))

    def cut(self) -> None:
        """The slip falls out."""
        if not self.bands:
            return
        slip = Image.new(
            "1", (max(one.width for one in self.bands), sum(one.height for one in self.bands)), 1
        )
        at = 0
        for band in self.bands:
            slip.paste(band, (0, at))
            at += band.height
        self.bands = []
        self.slips = [*self.slips, slip][-MOST_SLIPS:]

    @property
    def empty(self) -> bool:
        return self.mode == "no_paper"


class Line:
    """One connection: reads commands until the other side goes."""

    def __init__(self, line: socket.socket, paper: Paper) -> None:
        self.line, self.paper = line, paper
        self.bands = 0

    def serve(self) -> None:
        """Answer until the connection ends."""
        if self.paper.mode == "silent":
            time.sleep(SILENT_SECONDS)
            return
        commands: dict[bytes, Callable[[], bool]] = {
            b"\x1b@": lambda: True,
            b"\x1bd": lambda: bool(self.take(1)) or True,
            b"\x1dV": self.cut,
            b"\x1dv": self.picture,
            b"\x1dr": self.done,
            b"\x10\x04": self.state,
        }
        while True:
            start = self.take(2)
            if not start or start not in commands or not commands[start]():
                break
        self.paper.cut()

    def take(self, count: int) -> bytes:
        """Exactly so many bytes; none when the other side is gone."""
        taken = b""
        while len(taken) < count:
            more = self.line.recv(count - len(taken))
            if not more:
                return b""
            taken += more
        return taken

    def picture(self) -> bool:
        """GS v 0: a band of dots."""
        head = self.take(6)
        across, lines = int.from_bytes(head[2:4], "little"), int.from_bytes(head[4:6], "little")
        data = self.take(across * lines)
        if len(data) != across * lines:
            return False
        self.bands += 1
        if self.paper.mode == "slow":
            time.sleep(SLOW_SECONDS / 4)
        if self.bands > 2 and self.paper.mode == "cut":
            return False
        if self.bands > 2 and self.paper.mode == "ends":
            self.paper.mode = "no_paper"
        if not self.paper.empty:
            self.paper.print_band(across, lines, data)
        return True

    def cut(self) -> bool:
        """GS V: cut, with a feed when the function says so."""
        if self.take(1) in (b"\x41", b"\x42"):
            self.take(1)
        self.paper.cut()
        return True

    def done(self) -> bool:
        """GS r: everything before it is done."""
        self.take(1)
        self.line.sendall(bytes([DONE_NO_PAPER if self.paper.empty else DONE]))
        return True

    def state(self) -> bool:
        """DLE EOT: the state, at once."""
        kind = self.take(1)
        self.line.sendall(bytes([PAPER_END if kind == b"\x04" and self.paper.empty else ALL_WELL]))
        return True


class Page(BaseHTTPRequestHandler):
    """The page that shows the slips."""

    server: PageServer

    def do_GET(self) -> None:
        paper = self.server.paper
        if self.path.startswith("/slip/"):
            number = self.path.removeprefix("/slip/").removesuffix(".png")
            slips = paper.slips
            if not number.isdigit() or int(number) >= len(slips):
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            file = BytesIO()
            slips[int(number)].save(file, "PNG")
            self._send(file.getvalue(), "image/png")
            return
        buttons = "".join(
            f'<button name="mode" value="{mode}"{" disabled" if mode == paper.mode else ""}>{html.escape(said)}</button> '
            for mode, said in MODES.items()
        )
        slips_there = "".join(
            f'<img src="/slip/{at}.png" width="288" alt="番号票 {at + 1}">'
            for at in reversed(range(len(paper.slips)))
        )
        page = (
            '<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
            "<title>実演用の印刷機</title><h1>実演用の印刷機（番号票は本物ではありません）</h1>"
            f'<form method="post" action="/mode">{buttons}</form><p>{slips_there or "まだ何も印刷していません。"}</p></html>'
        )
        self._send(page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        mode = parse_qs(body.decode()).get("mode", ["ready"])[0]
        self.server.paper.mode = mode if mode in MODES else "ready"
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.end_headers()

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class PageServer(ThreadingHTTPServer):
    """The page and the paper behind it."""

    daemon_threads = True

    def __init__(self, port: int, paper: Paper) -> None:
        super().__init__(("127.0.0.1", port), Page)
        self.paper = paper


def listen(port: int, paper: Paper) -> socket.socket:
    """Take connections in the background; returns the socket that listens."""
    server = socket.create_server(("127.0.0.1", port))

    def accept() -> None:
        while True:
            line, _ = server.accept()
            threading.Thread(target=talk, args=(line,), daemon=True).start()

    def talk(line: socket.socket) -> None:
        with line:
            if paper.mode != "off":
                Line(line, paper).serve()

    threading.Thread(target=accept, daemon=True).start()
    return server


def main(argv: list[str] | None = None) -> int:
    """Serve until stopped; prints the printer's port and the page's port first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=9100, help="0: any that is free")
    parser.add_argument("--page", type=int, default=8766, help="0: any that is free")
    parser.add_argument("--mode", default="ready", choices=sorted(MODES))
    options = parser.parse_args(argv)
    paper = Paper(options.mode)
    printer = listen(options.port, paper)
    page = PageServer(options.page, paper)
    print(printer.getsockname()[1], page.server_address[1], flush=True)
    try:
        page.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
