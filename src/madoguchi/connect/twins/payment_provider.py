"""A payment provider that moves no money (実演用の決済事業者), as a process of its own.

    python -m madoguchi.connect.twins.payment_provider --port 0 --books books.sqlite3 --tell http://127.0.0.1:8000/pay/hook/

It speaks JSON (docs/payments.md), shows the page on which one pays, tells by signed webhooks what happened, keeps its books in
a file, and can be told to fail in every way that providers fail. The key and the secret come from the environment.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from madoguchi.connect.twins.payment_books import Books, BooksRefused, EventToTell
from madoguchi.connect.twins.payment_pages import desk_page, session_page, whole
from madoguchi.payments.signing import HEADER, sign

COLUMNS = ("day", "reference", "move", "key", "yen")
TELL_SECONDS = 5.0
LARGEST = 100_000
LATER = timedelta(seconds=4)
AGAIN = timedelta(seconds=15)


def _now() -> datetime:
    return datetime.now(UTC)


class PaymentTwin(ThreadingHTTPServer):
    """The provider: its books, whom it tells, and how long it is silent when it is to be."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, *, books: Books, tell: str, key: str, secret: str, silence: float) -> None:
        super().__init__(("127.0.0.1", port), ProviderPage)
        self.books, self.tell, self.key, self.secret, self.silence = books, tell, key, secret, silence
        self.here = f"http://127.0.0.1:{self.server_address[1]}"
        self.wake = threading.Event()

    def telling(self) -> None:
        """Tell events until the process ends, again until each was taken."""
        while True:
            self.wake.wait(1.0)
            self.wake.clear()
            time.sleep(0.2)  # whoever paid is usually back before the message; not always
            self.books.expire(now=_now())
            self.tell_due()

    def tell_due(self) -> None:
        """Tell what is due, once."""
        for one in self.books.due_events(now=_now()):
            if self.books.fault("webhook_dropped"):
                self.books.event_told(one.n)
            elif self.books.fault("webhook_later"):
                self.books.event_told(one.n, again_at=_now() + LATER)
            else:
                twice = self.books.fault("webhook_twice")
                took = self._tell(one) and (not twice or self._tell(one))
                self.books.event_told(one.n, again_at=None if took else _now() + AGAIN)

    def _tell(self, one: EventToTell) -> bool:
        if not self.tell:
            return True
        headers = {
            "Content-Type": "application/json",
            HEADER: sign(one.body, secret=self.secret, at=_now()),
        }
        try:
            opener = build_opener(ProxyHandler({}))
            opener.open(Request(self.tell, one.body, headers), timeout=TELL_SECONDS).close()
            return True
        except HTTPError as error:
            error.close()
            return False
        except OSError:
            return False


class ProviderPage(BaseHTTPRequestHandler):
    """The API, the page on which one pays, and the provider's own desk. Nothing is logged."""

    server: PaymentTwin

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        books = self.server.books
        if path == "/":
            self._page(desk_page(books.sessions(), books.movements(), books.faults()))
        elif path.startswith("/s/"):
            one = books.page(path[3:])
            if one is None:
                self._page(whole("見つかりません", "<h1>この支払いの画面は見つかりません</h1>"), 404)
            else:
                self._page(session_page(one))
        elif path.startswith("/api/statements/") and path.endswith(".csv"):
            self._sent(self._statement(path[len("/api/statements/") : -4]), "text/csv; charset=utf-8")
        elif path.startswith("/api/sessions/"):
            self._api(lambda: unquote(path.rsplit("/", 1)[1]))
        else:
            self._json({"reason": "no such page"}, HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        path = urlsplit(self.path).path
        if int(self.headers.get("Content-Length") or 0) > LARGEST:
            self._json({"reason": "too large"}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if path.startswith("/api/"):
            self._api(lambda: self._ordered(path.split("/")[3:], json.loads(body or b"{}")))
        elif path.startswith("/s/"):
            self._chosen(path[3:], parse_qs(body.decode(errors="replace")))
        elif path == "/faults":
            name = parse_qs(body.decode(errors="replace")).get("name", [""])[0]
            self.server.books.set_fault(name, self.server.books.faults().get(name, 0) + 1)
            self._go("/")
        elif path.startswith("/acts/"):
            self._acted(unquote(path[6:]), parse_qs(body.decode(errors="replace")).get("act", [""])[0])
            self._go("/")
        else:
            self._json({"reason": "no such page"}, HTTPStatus.NOT_FOUND)

    def _api(self, act: Callable[[], str | None]) -> None:
        """Do what was ordered and answer with the record, unless a fault is planned that keeps us silent."""
        if self.headers.get("Authorization") != f"Bearer {self.server.key}":
            self._json({"reason": "not known"}, HTTPStatus.UNAUTHORIZED)
            return
        try:
            reference = act()
        except BooksRefused as refused:
            self._json({"reason": str(refused)}, HTTPStatus.CONFLICT)
            return
        except (ValueError, KeyError, TypeError, IndexError):
            self._json({"reason": "cannot be read"}, HTTPStatus.BAD_REQUEST)
            return
        if reference is None:  # silent
            time.sleep(self.server.silence)
            self.close_connection = True
            return
        record = self.server.books.record(reference)
        if record is None:
            self._json({"reason": "no such session"}, HTTPStatus.NOT_FOUND)
            return
        self._json({"record": record, "page": f"{self.server.here}/s/{record['session']}"})

    def _ordered(self, path: list[str], said: dict[str, Any]) -> str | None:
        books, now = self.server.books, _now()
        if not path:
            reference = str(said["reference"])
            lines = [(str(text), int(yen)) for text, yen in said["lines"]]
            books.create(
                reference=reference, yen=int(said["yen"]), title=str(said["title"]), lines=lines,
                come_back=str(said["come_back"]), now=now,
            )  # fmt: skip
            return None if books.fault("silent_after_create") else reference
        reference, order = unquote(path[0]), path[1]
        if order == "capture":
            books.capture(reference=reference, now=now)
            if books.fault("kill_after_capture"):
                os.kill(os.getpid(), signal.SIGKILL)
        elif order == "cancel":
            books.cancel(reference=reference, now=now)
        elif order == "refunds":
            if books.fault("refund_race"):
                books.refund_by_itself(reference=reference, yen=int(said["yen"]), now=now)
            books.refund(reference=reference, yen=int(said["yen"]), key=str(said["key"]), now=now)
        else:
            raise ValueError(order)
        self.server.wake.set()
        silent = {"capture": "silent_after_capture", "refunds": "silent_after_refund"}.get(order, "")
        return None if books.fault(silent) else reference

    def _chosen(self, session: str, said: dict[str, list[str]]) -> None:
        one = self.server.books.page(session)
        if one is None:
            self._page(whole("見つかりません", "<h1>この支払いの画面は見つかりません</h1>"), 404)
            return
        # The second button of the form has the same name; what was pressed comes last.
        self.server.books.choose(session=session, way=said.get("way", ["cancel"])[-1], now=_now())
        if self.server.books.fault("webhook_before_redirect"):
            self.server.tell_due()
        self.server.wake.set()
        self._go(one.come_back)

    def _acted(self, reference: str, act: str) -> None:
        books, now = self.server.books, _now()
        try:
            if act == "refund":
                yen = next((yen for _d, of, move, _k, yen in books.movements() if of == reference), 0)
                books.refund_by_itself(reference=reference, yen=yen, now=now)
            elif act == "dispute":
                books.dispute(reference=reference, now=now)
            elif act in ("won", "lost"):
                books.decide_dispute(reference=reference, won=act == "won", now=now)
        except BooksRefused:
            return
        self.server.wake.set()

    def _statement(self, day: str) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows(self.server.books.movements(day))
        return text.getvalue().encode("utf-8-sig")

    def _json(self, said: dict[str, Any], status: int = HTTPStatus.OK) -> None:
        self._sent(json.dumps(said, ensure_ascii=False).encode(), "application/json", status)

    def _page(self, body: bytes, status: int = HTTPStatus.OK) -> None:
        self._sent(body, "text/html; charset=utf-8", status)

    def _go(self, place: str) -> None:
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", place)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _sent(self, body: bytes, kind: str, status: int = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: who pays what stays in the books."""


def main(argv: list[str] | None = None) -> int:
    """Serve until stopped; prints the port first."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, default=8767, help="0: any that is free")
    parser.add_argument("--books", default=":memory:", help="the file of the books")
    parser.add_argument("--tell", default="", help="where events are told")
    parser.add_argument(
        "--silence", type=float, default=10.0, help="seconds without an answer, when it is silent"
    )
    options = parser.parse_args(argv)
    twin = PaymentTwin(
        options.port,
        books=Books(options.books),
        tell=options.tell,
        key=os.environ.get("MADOGUCHI_PAYMENT_KEY", ""),
        secret=os.environ.get("MADOGUCHI_PAYMENT_SECRET", "").split(",")[0],
        silence=options.silence,
    )
    print(twin.server_address[1], flush=True)
    threading.Thread(target=twin.telling, daemon=True).start()
    with suppress(KeyboardInterrupt):
        twin.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
