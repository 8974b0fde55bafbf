"""Making a copy of everything (バックアップ): the database while it is in use, the files that residents attached, the keys.

SQLite: its own online backup, one moment of the whole database; nobody waits for it. PostgreSQL: pg_basebackup with the log
that it needs; with the log that `follow` keeps besides, any moment since can be put back.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from madoguchi.config.database import listening_address
from madoguchi.config.keeping import copies, marks
from madoguchi.config.keeping.programs import program, run

SLOT = "madoguchi_backup"
NAME = "%Y%m%d-%H%M%S"


class CopyNotWhole(RuntimeError):
    """The database says that it is not in order: a copy of it would not be either."""

    def __init__(self, said: str) -> None:
        super().__init__(
            f"データベースの写しが検査に通りませんでした（{said}）。写しは残していません。「madoguchi doctor」で調べてください。"
        )


class NoPostgreSQL(RuntimeError):
    """The log of changes is PostgreSQL's alone."""

    def __init__(self) -> None:
        super().__init__(
            "変更の記録（WAL）を受け取り続けられるのは PostgreSQL だけです。SQLite では madoguchi backup を繰り返してください。"
        )


def back_up(folder: Path, *, key: bytes | None, now: datetime) -> copies.Copy:
    """Make a copy under `folder`; returns it. Raises CopyNotWhole, ProgramMissing, ProgramFailed, OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    marks.check(settings.HOME)
    mark = marks.set_mark(settings.HOME, now=now)
    making = folder / (now.astimezone(connection.timezone).strftime(NAME) + copies.MAKING)
    making.mkdir(mode=0o700)
    try:
        if connection.vendor == "sqlite":
            _copy_sqlite(Path(settings.DATABASES["default"]["NAME"]), making / copies.DATABASE)
        else:
            connection.close()
            run("pg_basebackup", "-d", address(), "-D", str(making), "-Ft", "-X", "stream", "-c", "fast")
        # After the database: whatever it knows of has been put into the folder before.
        copies.pack_folder(settings.ATTACHMENTS_FOLDER, making / copies.ATTACHMENTS)
        (making / copies.SECRET_KEY).write_text(settings.SECRET_KEY, encoding="utf-8")
        if settings.OIDC_KEY_FILE:
            shutil.copyfile(settings.OIDC_KEY_FILE, making / copies.SIGN_IN_KEY)
        return copies.finish(making, made_at=now, vendor=connection.vendor, mark=mark.number, key=key)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


def _copy_sqlite(source: Path, to: Path) -> None:
    """One moment of the database in one file, seen to be in order."""
    with closing(sqlite3.connect(source, timeout=20)) as ours, closing(sqlite3.connect(to)) as copy:
        ours.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise CopyNotWhole(str(said))


def address() -> str:
    """How PostgreSQL's own programs reach this database."""
    return listening_address(settings.DATABASES["default"], os.environ.get("MADOGUCHI_LISTEN_URL"))


def follow(folder: Path) -> int:
    """Receive the log of changes as it is written, until told to stop; returns how that ended. Raises NoPostgreSQL."""
    if connection.vendor == "sqlite":
        raise NoPostgreSQL
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection.close()
    run("pg_receivewal", "-d", address(), "--create-slot", "--if-not-exists", "-S", SLOT)
    words = ["-d", address(), "-D", str(folder), "-S", SLOT, "--synchronous", "--no-password"]
    return subprocess.run([program("pg_receivewal"), *words], check=False).returncode


def remove_older(folder: Path, *, keep: int) -> int:
    """Remove whole copies but the newest `keep`; returns how many were removed."""
    older = list(copies.complete(folder))[:-keep]
    for one in older:
        shutil.rmtree(one)
    return len(older)
