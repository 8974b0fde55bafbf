"""A gateway that delivers nothing (実演用の送信の中継: SMS・LINE・マイナポータル), as a process of its own.

    python -m madoguchi.connect.twins.message_gateway --port 0

It speaks JSON (docs/push.md), keeps messages in memory, shows them on its own page, and can be told to fail in the ways that
gateways fail: an address that bounces at once or later, silence after the message was taken, receipts said twice or out of
order, a line that breaks. The key comes from the environment.
"""

from __future__ import annotations

import argparse
import contextlib
import html
import json
import os
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

FAULTS = {
    "refuse": "あて先がない（すぐに断る）",
    "bounce": "あとで戻る",
    "silence": "受け取って、答えない",
    "broken": "壊れた答え",
    "twice": "受取りを2回知らせる",
}
LARGEST = 100_000
MOST_SHOWN = 200


class GatewayTwin(ThreadingHTTPServer):
    """The messages by key, the receipts that are not taken yet, and the faults that are planned."""

    daemon_threads = True

    def __init__(self, port: int, *, key: str, silence: float = 10.0) -> None:
        super().__init__(("127.0.0.1", port), GatewayPage)
        self.key, self.silence = key, silence
        self.here = f"http://127.0.0.1:{self.server_address[1]}"
        self.lock = threading.Lock()
        self.messages: dict[str, dict[str, str]] = {}
        self.waiting: list[dict[str, str]] = []
        self.faults = dict.fromkeys(FAULTS, 0)

    def fault(self, name: str) -> bool:
        """Whether this fault is planned for now; it is used up."""
        with self.lock:
            if self.faults[name] > 0:
                self.faults[name] -= 1
                return True
        return False

    def take(self, message: dict[str, str]) -> bool:
        """Take a message; again with the same key nothing happens. False: there is nobody at that address."""
        if self.fault("refuse"):
            return False
        bounced, twice = self.fault("bounce"), self.fault("twice")
        with self.lock:
            if message["key"] in self.messages:
                return True
            self.messages[message["key"]] = message
            receipt = {
                "number": f"r-{message['key']}",
                "key": message["key"],
                "kind": "bounced" if bounced else "delivered",
            }
            self.waiting += [receipt, receipt] if twice else [receipt]
        return True

    def taken(self, numbers: list[Any]) -> None:
        """These receipts need not be said again."""
        with self.lock:
            self.waiting = [one for one in self.waiting if one["number"] not in numbers]

    def page(self) -> str:
        """Everything that came, the last first, and the faults to plan."""
        with self.lock:
            shown = list(self.messages.values())[::-1][:MOST_SHOWN]
            buttons = "".join(
                f'<li>{label}: {self.faults[name]} <button name="name" value="{name}">1回ふやす</button></li>'
                for name, label in FAULTS.items()
            )
        rows = "".join(
            f"<article><h2>{html.escape(one['subject'])}</h2><p>あて先: {html.escape(one['to'])}</p>"
            f"<pre>{html.escape(one['body'])}</pre></article>"
            for one in shown
        )
        return (
            '<!DOCTYPE html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            "<title>実演用の送信の中継</title><h1>実演用の送信の中継（どこにも届きません）</h1>"
            f'<form method="post" action="/faults"><ul>{buttons}</ul></form>'
            f"{rows or '<p>まだ1通も来ていません。</p>'}</html>"
        )


class GatewayPage(BaseHTTPRequestHandler):
    """The API and the page. Nothing is logged."""

    server: GatewayTwin

    def do_GET(self) -> None:
        if self.path == "/api/receipts" and self._known():
            with self.server.lock:
                receipts = list(self.server.waiting)[::-1]  # not in the order in which they came
            self._json({"receipts": receipts})
        elif self.path == "/":
            self._sent(self.server.page().encode(), "text/html; charset=utf-8")
        elif not self.path.startswith("/api/"):
            self._json({"reason": "no such page"}, HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, LARGEST))
        if self.path == "/faults":
            name = parse_qs(body.decode(errors="replace")).get("name", [""])[0]
            if name in FAULTS:
                with self.server.lock:
                    self.server.faults[name] += 1
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", "/")
            self.end_headers()
        elif self._known():
            try:
                self._ordered(json.loads(body))
            except (ValueError, KeyError, TypeError):
                self._json({"reason": "cannot be read"}, HTTPStatus.BAD_REQUEST)

    def _ordered(self, said: dict[str, Any]) -> None:
        if self.path == "/api/receipts/taken":
            self.server.taken(list(said["numbers"]))
            self._json({})
            return
        message = {name: str(said[name]) for name in ("key", "to", "subject", "body")}
        if not self.server.take(message):
            self._json({"reason": "nobody there"}, HTTPStatus.UNPROCESSABLE_ENTITY)
        elif self.server.fault("silence"):
            time.sleep(self.server.silence)
            self.close_connection = True
        elif self.server.fault("broken"):
            self._sent(b"<html>proxy error", "text/html")
        else:
            self._json({"key": message["key"]})

    def _known(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {self.server.key}":
            return True
        self._json({"reason": "not known"}, HTTPStatus.UNAUTHORIZED)
        return False

    def _json(self, said: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._sent(json.dumps(said, ensure_ascii=False).encode(), "application/json", status)

    def _sent(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: whose messages these are stays here."""


def main(argv: list[str] | None = None) -> int:
    """Serve until stopped; prints the port first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8768, help="0: any that is free")
    parser.add_argument("--silence", type=float, default=10.0, help="how long it is silent when it is to be")
    options = parser.parse_args(argv)
    twin = GatewayTwin(
        options.port, key=os.environ.get("MADOGUCHI_MESSAGE_KEY", "demo"), silence=options.silence
    )
    print(twin.server_address[1], flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        twin.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
