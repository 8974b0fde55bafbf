"""A card reader that is not there (実演用の読取機): invented cards, chosen on a page of its own, faults among them.

    python -m madoguchi.connect.twins.card_reader --port 8765

It speaks the protocol of docs/card-reader.md. No card and no person of it exists.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

ADDRESS = "埼玉県深谷市本住町1番地"
FACES: dict[str, dict[str, str]] = {
    "taro": {"name": "窓辺 太郎", "birth": "1988-06-15", "sex": "male"},
    "sachiko": {"name": "窓辺 幸子", "birth": "1990-02-03", "sex": "female"},
    "ume": {"name": "窓辺 梅", "birth": "昭和14年3月3日", "sex": "female"},
    "unknown": {"name": "窓辺 不二", "birth": "昭和10年月日不詳", "sex": "male"},
}
# The card, the word of the protocol, and how many tries the PIN has left.
FAULTS: dict[str, tuple[str, int | None]] = {
    "nothing": ("no_card", None),
    "wrong-pin": ("wrong_pin", 2),
    "locked": ("locked", 0),
    "removed": ("removed", None),
    "expired": ("expired", None),
    "odd": ("a word that nobody knows", None),
}
SLOW_SECONDS = 60.0


class Twin(BaseHTTPRequestHandler):
    """Answers `POST /read` for the card that lies on the reader, and a page that lays another one on."""

    server: TwinServer

    def do_GET(self) -> None:
        names = [*FACES, *FAULTS, "slow", "garbage"]
        buttons = "".join(
            f'<li><button name="card" value="{html.escape(name)}">{html.escape(FACES.get(name, {}).get("name", name))}'
            f"{' ←' if name == self.server.card else ''}</button></li>"
            for name in names
        )
        page = (
            '<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><title>実演用の読取機</title>'
            f'<h1>実演用の読取機（架空のカード）</h1><form method="post" action="/lay"><ul>{buttons}</ul></form></html>'
        )
        self._send(HTTPStatus.OK, page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/lay":
            self.server.card = parse_qs(body.decode()).get("card", ["nothing"])[0]
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", "/")
            self.end_headers()
        elif self.path == "/read":
            self._read(self.server.card)
        else:
            self._say(HTTPStatus.NOT_FOUND, {"fault": "unreadable"})

    def _read(self, card: str) -> None:
        if card == "slow":
            time.sleep(SLOW_SECONDS)
        if card == "garbage":
            self._send(HTTPStatus.OK, b"\xff\xfe not JSON", "application/json")
        elif card in FACES:
            self._say(HTTPStatus.OK, {**FACES[card], "address": ADDRESS, "expires_on": "2031-06-15"})
        else:
            fault, tries_left = FAULTS.get(card, ("no_card", None))
            self._say(HTTPStatus.CONFLICT, {"fault": fault, "tries_left": tries_left})

    def _say(self, status: HTTPStatus, said: dict[str, Any]) -> None:
        self._send(status, json.dumps(said, ensure_ascii=False).encode(), "application/json")

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: what is read stays between the card and the desk."""


class TwinServer(ThreadingHTTPServer):
    """The twin and the card that lies on it."""

    daemon_threads = True

    def __init__(self, port: int, card: str) -> None:
        super().__init__(("127.0.0.1", port), Twin)
        self.card = card


def main(argv: list[str] | None = None) -> int:
    """Serve until stopped; prints its port first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8765, help="0: any that is free")
    parser.add_argument("--card", default="taro", help="the card that lies on the reader at first")
    options = parser.parse_args(argv)
    server = TwinServer(options.port, options.card)
    print(server.server_address[1], flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
