"""The books of the demo's payment provider (実演用の決済事業者の帳簿): sessions, movements of money, events to tell.

They are a SQLite file, so that a provider that is killed knows afterwards what it charged. Every act is one transaction, in
which the event that tells of it is written too. Nothing is charged or given back twice for the same key.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")
LASTS = timedelta(minutes=30)
TABLES = """
CREATE TABLE IF NOT EXISTS session (reference TEXT PRIMARY KEY, session TEXT NOT NULL UNIQUE, yen INTEGER NOT NULL,
  title TEXT NOT NULL, lines TEXT NOT NULL, come_back TEXT NOT NULL, phase TEXT NOT NULL, ends REAL NOT NULL);
CREATE TABLE IF NOT EXISTS moved (n INTEGER PRIMARY KEY, reference TEXT NOT NULL, move TEXT NOT NULL, key TEXT NOT NULL,
  yen INTEGER NOT NULL CHECK (yen > 0), day TEXT NOT NULL, UNIQUE (reference, move, key));
CREATE UNIQUE INDEX IF NOT EXISTS captured_once ON moved (reference) WHERE move = 'capture';
CREATE TABLE IF NOT EXISTS event (n INTEGER PRIMARY KEY, event TEXT NOT NULL UNIQUE, reference TEXT NOT NULL,
  record TEXT NOT NULL, due REAL);
CREATE TABLE IF NOT EXISTS fault (name TEXT PRIMARY KEY, times INTEGER NOT NULL);
"""


class BooksRefused(ValueError):
    """The provider will not, and has not; a word that says why."""


@dataclass(frozen=True, slots=True)
class SessionPage:
    """What the hosted page shows (決済の画面の中身)."""

    session: str
    reference: str
    yen: int
    title: str
    lines: tuple[tuple[str, int], ...]
    come_back: str
    phase: str
    captured: bool


@dataclass(frozen=True, slots=True)
class EventToTell:
    """An event that the product has to be told (送る知らせ)."""

    n: int
    event: str
    reference: str
    body: bytes


class Books:
    """The provider's books in a file; `:memory:` for a provider that lives as long as its test."""

    def __init__(self, path: str) -> None:
        self.lock = threading.RLock()
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=20)
        if path != ":memory:":
            self.db.execute("PRAGMA journal_mode=WAL")
            self.db.execute("PRAGMA synchronous=FULL")
        self.db.executescript(TABLES)

    @contextmanager
    def _act(self) -> Iterator[None]:
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def create(
        self,
        *,
        reference: str,
        yen: int,
        title: str,
        lines: Sequence[tuple[str, int]],
        come_back: str,
        now: datetime,
    ) -> str:
        """Make a session, once for a reference; its number."""
        with self._act():
            found = self.db.execute("SELECT session, yen FROM session WHERE reference = ?", [reference])
            row = found.fetchone()
            if row is None:
                made = f"ses_{secrets.token_hex(8)}"
                ends = (now + LASTS).timestamp()
                told = json.dumps([list(line) for line in lines], ensure_ascii=False)
                self.db.execute(
                    "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, 'pending', ?)",
                    [reference, made, yen, title, told, come_back, ends],
                )
                return made
            if row[1] != yen:
                raise BooksRefused("another amount under this reference")
            return str(row[0])

    def choose(self, *, session: str, way: str, now: datetime) -> None:
        """What whoever pays chose on the page: `card` is authorised, `shop` and `wallet` pay at once, else nobody pays."""
        with self._act():
            self._expire(now)
            row = self.db.execute(
                "SELECT reference, yen, phase FROM session WHERE session = ?", [session]
            ).fetchone()
            if row is None:
                raise BooksRefused("no such session")
            reference, yen, phase = row
            if phase != "pending" or self._sum(reference, "capture"):
                return
            if way == "card":
                self._phase(reference, "authorised")
            elif way in ("shop", "wallet"):
                self._move(reference, "capture", "", yen, now)
            else:
                self._phase(reference, "failed")
            self._tell(reference, now)

    def capture(self, *, reference: str, now: datetime) -> None:
        """Take what was authorised."""
        with self._act():
            self._expire(now)
            phase, yen = self._session(reference)
            if self._sum(reference, "capture"):
                return
            if phase != "authorised":
                raise BooksRefused(f"cannot capture what is {phase}")
            self._move(reference, "capture", "", yen, now)
            self._tell(reference, now)

    def cancel(self, *, reference: str, now: datetime) -> None:
        """Let nobody pay any more."""
        with self._act():
            phase, _yen = self._session(reference)
            if phase != "failed" and not self._sum(reference, "capture"):
                self._phase(reference, "failed")
                self._tell(reference, now)

    def refund(self, *, reference: str, yen: int, key: str, now: datetime) -> None:
        """Give back, once for a key, never more than is there."""
        with self._act():
            self._session(reference)
            known = self.db.execute(
                "SELECT 1 FROM moved WHERE reference = ? AND move = 'refund' AND key = ?", [reference, key]
            )
            if known.fetchone():
                return
            if yen <= 0 or yen > self._left(reference):
                raise BooksRefused("more than is left")
            self._move(reference, "refund", key, yen, now)
            self._tell(reference, now)

    def refund_by_itself(self, *, reference: str, yen: int, now: datetime) -> None:
        """The provider's own staff give money back."""
        self.refund(reference=reference, yen=yen, key=f"own_{secrets.token_hex(6)}", now=now)

    def dispute(self, *, reference: str, now: datetime) -> None:
        """Whoever paid disputes all that is left."""
        with self._act():
            self._session(reference)
            left = self._left(reference)
            if left <= 0:
                raise BooksRefused("nothing left to dispute")
            self._move(reference, "dispute", f"dis_{secrets.token_hex(6)}", left, now)
            self._tell(reference, now)

    def decide_dispute(self, *, reference: str, won: bool, now: datetime) -> None:
        """The dispute is decided, for the city or against it."""
        with self._act():
            held = self._held(reference)
            if held <= 0:
                raise BooksRefused("nothing in dispute")
            move = "dispute_won" if won else "dispute_lost"
            self._move(reference, move, f"dec_{secrets.token_hex(6)}", held, now)
            self._tell(reference, now)

    def expire(self, *, now: datetime) -> None:
        """Sessions that nobody paid in time end."""
        with self._act():
            self._expire(now)

    def record(self, reference: str) -> dict[str, object] | None:
        """The whole record of a session, as it is sent."""
        with self.lock:
            row = self.db.execute(
                "SELECT session, phase FROM session WHERE reference = ?", [reference]
            ).fetchone()
            if row is None:
                return None
            moved = [
                {"move": move, "key": key, "yen": yen, "on": day}
                for move, key, yen, day in self.db.execute(
                    "SELECT move, key, yen, day FROM moved WHERE reference = ? ORDER BY n", [reference]
                )
            ]
        return {"session": row[0], "reference": reference, "phase": row[1], "moved": moved}

    def page(self, session: str) -> SessionPage | None:
        """What the hosted page of a session shows."""
        with self.lock:
            row = self.db.execute(
                "SELECT session, reference, yen, title, lines, come_back, phase FROM session WHERE session = ?",
                [session],
            ).fetchone()
            if row is None:
                return None
            lines = tuple((str(text), int(yen)) for text, yen in json.loads(row[4]))
            captured = self._sum(row[1], "capture") > 0
        return SessionPage(row[0], row[1], row[2], row[3], lines, row[5], row[6], captured)

    def sessions(self) -> list[tuple[str, str, int, str]]:
        """Reference, session, yen, phase of the last sessions."""
        with self.lock:
            return self.db.execute(
                "SELECT reference, session, yen, phase FROM session ORDER BY rowid DESC LIMIT 50"
            ).fetchall()

    def movements(self, day: str | None = None) -> list[tuple[str, str, str, str, int]]:
        """Day, reference, move, key, yen: what the file of a day holds; of all days without one."""
        with self.lock:
            where, words = ("WHERE day = ?", [day]) if day else ("", [])
            return self.db.execute(
                f"SELECT day, reference, move, key, yen FROM moved {where} ORDER BY n", words
            ).fetchall()

    def due_events(self, *, now: datetime) -> list[EventToTell]:
        """Events that are to be told now."""
        with self.lock:
            rows = self.db.execute(
                "SELECT n, event, reference, record FROM event WHERE due IS NOT NULL AND due <= ? ORDER BY n",
                [now.timestamp()],
            ).fetchall()
        return [
            EventToTell(
                n, event, reference, json.dumps({"event": event, "record": json.loads(record)}).encode()
            )
            for n, event, reference, record in rows
        ]

    def event_told(self, n: int, *, again_at: datetime | None = None) -> None:
        """An event was told; or is to be told (again) later."""
        with self._act():
            self.db.execute(
                "UPDATE event SET due = ? WHERE n = ?", [again_at.timestamp() if again_at else None, n]
            )

    def set_fault(self, name: str, times: int) -> None:
        """Plan a fault for the next so many times."""
        with self._act():
            self.db.execute("INSERT OR REPLACE INTO fault VALUES (?, ?)", [name, times])

    def faults(self) -> dict[str, int]:
        """The planned faults."""
        with self.lock:
            return dict(self.db.execute("SELECT name, times FROM fault WHERE times > 0").fetchall())

    def fault(self, name: str) -> bool:
        """Whether the fault happens now; then once less is left."""
        with self._act():
            done = self.db.execute("UPDATE fault SET times = times - 1 WHERE name = ? AND times > 0", [name])
            return done.rowcount == 1

    def _session(self, reference: str) -> tuple[str, int]:
        row = self.db.execute("SELECT phase, yen FROM session WHERE reference = ?", [reference]).fetchone()
        if row is None:
            raise BooksRefused("no such session")
        return str(row[0]), int(row[1])

    def _phase(self, reference: str, phase: str) -> None:
        self.db.execute("UPDATE session SET phase = ? WHERE reference = ?", [phase, reference])

    def _move(self, reference: str, move: str, key: str, yen: int, now: datetime) -> None:
        day = now.astimezone(JAPAN).date().isoformat()
        self.db.execute(
            "INSERT INTO moved (reference, move, key, yen, day) VALUES (?, ?, ?, ?, ?)",
            [reference, move, key, yen, day],
        )

    def _tell(self, reference: str, now: datetime) -> None:
        self.db.execute(
            "INSERT INTO event (event, reference, record, due) VALUES (?, ?, ?, ?)",
            [f"evt_{secrets.token_hex(10)}", reference, json.dumps(self.record(reference)), now.timestamp()],
        )

    def _sum(self, reference: str, *moves: str) -> int:
        marks = ",".join("?" * len(moves))
        row = self.db.execute(
            f"SELECT COALESCE(SUM(yen), 0) FROM moved WHERE reference = ? AND move IN ({marks})",
            [reference, *moves],
        ).fetchone()
        return int(row[0])

    def _held(self, reference: str) -> int:
        return self._sum(reference, "dispute") - self._sum(reference, "dispute_won", "dispute_lost")

    def _left(self, reference: str) -> int:
        gone = self._sum(reference, "refund", "dispute_lost") + self._held(reference)
        return self._sum(reference, "capture") - gone

    def _expire(self, now: datetime) -> None:
        late = self.db.execute(
            "SELECT reference FROM session WHERE phase IN ('pending', 'authorised') AND ends <= ?"
            " AND reference NOT IN (SELECT reference FROM moved WHERE move = 'capture')",
            [now.timestamp()],
        ).fetchall()
        for (reference,) in late:
            self._phase(reference, "failed")
            self._tell(reference, now)
