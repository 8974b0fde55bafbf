"""Copies of everything, putting them back, and noticing an old one."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import NOW

from madoguchi.audit.entries import Actor
from madoguchi.audit.verifying import verify
from madoguchi.config import upkeep
from madoguchi.config.keeping import copies, marks, restoring, shutting
from madoguchi.config.keeping.backing_up import back_up, remove_older
from madoguchi.config.models import MarkRow

pytestmark = pytest.mark.on_both
MINUTE = timedelta(minutes=1)
only_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL: the proof of copies")


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    settings.ATTACHMENTS_FOLDER = tmp_path / "attachments"
    return tmp_path


def test_a_database_that_holds_the_mark_beside_it_is_the_one_that_was_here(db: None, home: Path) -> None:
    marks.check(home)
    for n in range(5):
        marks.keep_mark(home, now=NOW + n * MINUTE)
        marks.check(home)
    assert marks.beside(home) == marks.newest()
    assert stat.S_IMODE((home / marks.FILE).stat().st_mode) == 0o600


def test_a_mark_is_made_once_a_minute(db: None, home: Path) -> None:
    marks.keep_mark(home, now=NOW)
    marks.keep_mark(home, now=NOW + MINUTE / 2)
    assert MarkRow.objects.count() == 1
    (home / marks.FILE).unlink()  # another machine of the same office
    marks.keep_mark(home, now=NOW + MINUTE / 2)
    assert marks.beside(home) == marks.newest()


def test_an_older_copy_is_noticed_and_says_what_to_do(db: None, home: Path) -> None:
    marks.set_mark(home, now=NOW)
    marks.set_mark(home, now=NOW + MINUTE)
    MarkRow.objects.filter(number=2).delete()  # as it was a minute ago
    with pytest.raises(marks.OldCopy, match=r"madoguchi restore --accept"):
        marks.check(home)


def test_an_older_copy_that_has_gone_on_is_noticed_all_the_same(db: None, home: Path) -> None:
    """It grew new marks of its own before anybody looked: their words are others."""
    marks.set_mark(home, now=NOW)
    marks.set_mark(home, now=NOW + MINUTE)
    kept = (home / marks.FILE).read_text()
    MarkRow.objects.filter(number=2).delete()
    for n in range(2, 6):
        marks.set_mark(home, now=NOW + n * MINUTE)
    (home / marks.FILE).write_text(kept)
    with pytest.raises(marks.OldCopy):
        marks.check(home)


def test_another_database_is_noticed(db: None, home: Path) -> None:
    marks.set_mark(home, now=NOW)
    MarkRow.objects.all().delete()
    with pytest.raises(marks.OldCopy, match="しるしのないもの"):
        marks.check(home)


@pytest.mark.parametrize("damaged", ["", "{}", "[" * 5_000, '{"number": 1e999, "word": "w", "at": "2026"}'])
def test_a_damaged_mark_is_noticed_and_gone_on_from_knowingly(db: None, home: Path, damaged: str) -> None:
    marks.set_mark(home, now=NOW)
    (home / marks.FILE).write_text(damaged)
    for start in (lambda: marks.check(home), lambda: marks.keep_mark(home, now=NOW + MINUTE)):
        with pytest.raises(marks.MarkUnreadable, match=r"mark\.json.*madoguchi restore --accept"):
            start()
    assert (home / marks.FILE).read_text() == damaged, "nothing but a person's word writes over it"
    call_command("restore", "--accept", "--reason", "しるしのファイルが壊れた")
    marks.check(home)
    assert marks.beside(home) == marks.newest()


def test_marks_of_long_ago_are_swept_and_nobody_is_alarmed(db: None, home: Path) -> None:
    marks.set_mark(home, now=NOW)
    kept = (home / marks.FILE).read_text()
    marks.set_mark(home, now=NOW + marks.KEPT + MINUTE)
    assert MarkRow.objects.count() == 1
    (home / marks.FILE).write_text(kept)
    marks.check(home)


def test_neither_worker_nor_pages_start_on_an_old_copy_until_it_is_accepted(
    city: Mapping[str, Actor], home: Path
) -> None:
    marks.set_mark(home, now=NOW)
    MarkRow.objects.all().delete()
    for command in ("serve", "work"):
        with pytest.raises(CommandError, match="古い写し"):
            call_command(command)
    with pytest.raises(CommandError, match="理由"):
        call_command("restore", "--accept", stdout=io.StringIO())
    call_command("restore", "--accept", "--reason", "きのうの写しで始める", stdout=io.StringIO())
    marks.check(home)
    assert [reason for _at, reason in marks.accepted_since(NOW - MINUTE)] == ["きのうの写しで始める"]
    assert verify().faults == ()
    said = io.StringIO()
    call_command("doctor", stdout=said)
    assert "古い写しから使い始めました（きのうの写しで始める）" in said.getvalue()


def test_the_worker_does_not_paint_over_an_old_copy(db: None, home: Path) -> None:
    marks.set_mark(home, now=NOW)
    kept = (home / marks.FILE).read_text()
    MarkRow.objects.all().delete()
    upkeep._mark(NOW + 5 * MINUTE)
    assert (home / marks.FILE).read_text() == kept
    assert MarkRow.objects.count() == 0


@given(st.integers(0, 3 * shutting.PIECE // 1024), st.integers(0, 2))
def test_what_was_shut_opens_to_the_byte(kilobytes: int, more: int) -> None:
    plain, key = os.urandom(kilobytes * 1024 + more), bytes(32)
    box, out = io.BytesIO(), io.BytesIO()
    shutting.shut(io.BytesIO(plain), box, key=key)
    shutting.opened(io.BytesIO(box.getvalue()), out, key=key, name="x")
    assert out.getvalue() == plain


@pytest.mark.parametrize("harm", ["bit", "cut", "swapped", "other key", "not ours"])
def test_what_was_shut_and_harmed_does_not_open(harm: str) -> None:
    box, key = io.BytesIO(), bytes(32)
    shutting.shut(io.BytesIO(os.urandom(3 * shutting.PIECE)), box, key=key)
    whole, head, piece = box.getvalue(), len(shutting.MARK) + 32, shutting.PIECE + 16
    first, second, rest = (
        whole[head : head + piece],
        whole[head + piece : head + 2 * piece],
        whole[head + 2 * piece :],
    )
    harmed = {
        "bit": whole[:-1] + bytes([whole[-1] ^ 1]),
        "cut": whole[: head + 2 * piece],
        "swapped": whole[:head] + second + first + rest,
        "other key": whole,
        "not ours": b"x" + whole,
    }[harm]
    with pytest.raises(shutting.WrongKey):
        shutting.opened(
            io.BytesIO(harmed), io.BytesIO(), key=bytes(31) + b"x" if harm == "other key" else key, name="x"
        )


def test_a_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    call_command("backup", "--make-key", str(tmp_path / "key"), stdout=io.StringIO())
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    with pytest.raises(CommandError, match="別の名前"):
        call_command("backup", "--make-key", str(tmp_path / "key"), stdout=io.StringIO())
    (tmp_path / "short").write_text("abc")
    with pytest.raises(CommandError, match="--make-key"):
        call_command("backup", str(tmp_path / "to"), "--key-file", str(tmp_path / "short"))


def office(home: Path, settings: Any) -> Path:
    """A small office of its own: a database in use, a file that somebody attached, a key."""
    place = home / "office.sqlite3"
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(place)}}
    with closing(sqlite3.connect(place)) as one:
        one.execute("PRAGMA journal_mode=WAL")
        one.execute("CREATE TABLE words (word)")
        one.execute("INSERT INTO words VALUES ('before')")
        one.commit()
    (home / "attachments" / "ab").mkdir(parents=True)
    (home / "attachments" / "ab" / "file").write_bytes(b"attached")
    return place


def words(place: Path) -> list[str]:
    with closing(sqlite3.connect(place)) as one:
        return [word for (word,) in one.execute("SELECT word FROM words ORDER BY rowid")]


@only_sqlite
@pytest.mark.parametrize("shut", [False, True])
def test_a_copy_made_in_use_is_put_back_with_files_and_key(
    db: None, home: Path, settings: Any, monkeypatch: Any, shut: bool
) -> None:
    place, key = office(home, settings), bytes(32) if shut else None
    with closing(sqlite3.connect(place, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO words VALUES ('not committed')")
        copy = back_up(home / "to", key=key, now=NOW)
        writer.execute("COMMIT")
    (home / "attachments" / "ab" / "file").write_bytes(b"changed")
    monkeypatch.delenv("MADOGUCHI_SECRET_KEY")
    plain = b"".join(path.read_bytes() for path in copy.folder.iterdir())
    assert (b"attached" in plain) is not shut
    assert {stat.S_IMODE(path.stat().st_mode) for path in copy.folder.iterdir()} == {0o600}
    restored = restoring.restore_sqlite(copies.read(copy.folder), key=key, now=NOW)
    assert words(place) == ["before"]
    assert (home / "attachments" / "ab" / "file").read_bytes() == b"attached"
    assert (home / "secret_key").read_text() == settings.SECRET_KEY
    [database, files] = restored.aside
    assert words(database) == ["before", "not committed"]  # nothing that was there is lost
    assert (files / "ab" / "file").read_bytes() == b"changed"


@only_sqlite
def test_a_database_in_use_is_not_replaced(db: None, home: Path, settings: Any) -> None:
    place = office(home, settings)
    copy = back_up(home / "to", key=None, now=NOW)
    with closing(sqlite3.connect(place)) as other:
        other.execute("SELECT * FROM words").fetchall()
        with pytest.raises(restoring.InUse, match="止めてから"):
            restoring.restore_sqlite(copy, key=None, now=NOW)
    assert words(place) == ["before"]


@only_sqlite
def test_a_copy_that_was_harmed_is_refused_and_nothing_moves(db: None, home: Path, settings: Any) -> None:
    place = office(home, settings)
    copy = back_up(home / "to", key=None, now=NOW)
    there = copy.folder / copies.DATABASE
    there.write_bytes(there.read_bytes()[:-1] + b"x")
    with pytest.raises(CommandError, match="書いたときと違います"):
        call_command("restore", str(copy.folder))
    assert words(place) == ["before"]


@only_sqlite
def test_a_shut_copy_asks_for_its_key(db: None, home: Path, settings: Any) -> None:
    office(home, settings)
    copy = back_up(home / "to", key=bytes(32), now=NOW)
    with pytest.raises(CommandError, match="--key-file"):
        call_command("restore", str(copy.folder))


@only_sqlite
def test_with_another_key_in_the_environment_nothing_is_put_back(
    db: None, home: Path, settings: Any, monkeypatch: Any
) -> None:
    place = office(home, settings)
    copy = back_up(home / "to", key=None, now=NOW)
    settings.SECRET_KEY = "another"
    monkeypatch.setenv("MADOGUCHI_SECRET_KEY", "another")
    with pytest.raises(restoring.SecretKeyElsewhere):
        restoring.restore_sqlite(copy, key=None, now=NOW)
    assert words(place) == ["before"]


@only_sqlite
def test_half_a_copy_never_looks_whole(db: None, home: Path, settings: Any, monkeypatch: Any) -> None:
    office(home, settings)

    def full(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(copies, "pack_folder", full)
    with pytest.raises(CommandError, match="空き"):
        call_command("backup", str(home / "to"))
    assert list((home / "to").iterdir()) == []


@only_sqlite
def test_only_the_newest_copies_are_kept(db: None, home: Path, settings: Any) -> None:
    office(home, settings)
    made = [back_up(home / "to", key=None, now=NOW + n * MINUTE) for n in range(4)]
    (home / "to" / "20200101-000000").mkdir()  # not one of ours: left alone
    assert remove_older(home / "to", keep=2) == 2
    assert [one.exists() for one in (copy.folder for copy in made)] == [False, False, True, True]
    assert (home / "to" / "20200101-000000").exists()


def test_a_folder_that_is_no_copy_is_said_so(tmp_path: Path) -> None:
    (tmp_path / copies.LIST).write_text(json.dumps({"form": 1}))
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(CommandError, match="別の写しを指定"):
            call_command("restore", str(folder))
    assert connection.vendor in ("sqlite", "postgresql")
