"""A mail server that delivers nothing (実演用のメール): what it is given is shown on a page of its own.

    python -m madoguchi.connect.twins.mail_server --port 0 --page 0

It speaks SMTP on this machine only, keeps the letters in memory, and can be told to refuse them.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller

MOST_KEPT = 200
LINK = re.compile(r"https?://[^\s<]+")


class MailTray:
    """The letters that came, the last first, and whether more are taken."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.letters: list[tuple[str, EmailMessage]] = []
        self.refuses = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """What aiosmtpd calls for each letter."""
        if self.refuses:
            return "451 4.3.0 not now"
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage), "the default policy makes these"
        with self.lock:
            self.letters = [("、".join(envelope.rcpt_tos), letter), *self.letters][:MOST_KEPT]
        return "250 OK"

    def page(self) -> str:
        """All letters as one page."""
        with self.lock:
            letters = list(self.letters)
        shown = "".join(
            f"<article><h2>{html.escape(str(letter['subject']))}</h2><p>宛先: {html.escape(to)}</p>"
            f"<pre>{_linked(letter.get_content())}</pre></article>"
            for to, letter in letters
        )
        word, act = ("受け付けない（故障中）", "take") if self.refuses else ("受け付けています", "refuse")
        button = "なおす" if self.refuses else "故障させる"
        return (
            '<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><meta http-equiv="refresh" content="10">'
            '<meta name="viewport" content="width=device-width"><title>実演用のメール</title>'
            "<h1>実演用のメール（どこにも届きません）</h1>"
            f'<form method="post" action="/{act}"><p>いま: {word} <button>{button}</button></p></form>'
            f"{shown or '<p>まだ1通も来ていません。</p>'}</html>"
        )


def _linked(text: str) -> str:
    return LINK.sub(lambda found: f'<a href="{found[0]}" rel="noreferrer">{found[0]}</a>', html.escape(text))


class TrayPage(BaseHTTPRequestHandler):
    """Shows the tray; nothing of it is written anywhere."""

    server: TrayServer

    def do_GET(self) -> None:
        body = self.server.tray.page().encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        parse_qs(self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode())
        self.server.tray.refuses = self.path == "/refuse"
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: whose letters these are stays here."""


class TrayServer(ThreadingHTTPServer):
    """The page and the tray behind it."""

    daemon_threads = True

    def __init__(self, port: int, tray: MailTray) -> None:
        super().__init__(("127.0.0.1", port), TrayPage)
        self.tray = tray


class AnyPort(Controller):
    """The mail server; with port 0 any that is free. aiosmtpd's own check would knock at port 0."""

    def _trigger_server(self) -> None:
        sockets: Any = self.server
        self.port = sockets.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has no types


def main(argv: list[str] | None = None) -> int:
    """Serve until stopped; prints the port of the mail server and that of the page first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=2525, help="0: any that is free")
    parser.add_argument("--page", type=int, default=8766, help="0: any that is free")
    options = parser.parse_args(argv)
    tray = MailTray()
    mail = AnyPort(tray, hostname="127.0.0.1", port=options.port)
    mail.start()
    page = TrayServer(options.page, tray)
    print(mail.port, page.server_address[1], flush=True)
    try:
        page.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        mail.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
