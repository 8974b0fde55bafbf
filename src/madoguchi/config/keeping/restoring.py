"""Putting a copy back (復元): every file compared first, what was there moved aside and never removed.

SQLite: the copy's moment. PostgreSQL: a new data folder at the copy's moment, or, with the log that was received since, at any
later one; it is started on a socket of its own, seen to come up, and stopped, ready to be put in the place of the old one.
What then lacks the newest mark has to be accepted before it is used (`marks`).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from madoguchi.config.keeping import copies
from madoguchi.config.keeping.programs import ProgramFailed, as_user, program, run

ASIDE = ".before-%Y%m%d-%H%M%S"
START_SECONDS = 3600


class InUse(RuntimeError):
    """The database that would be replaced is open somewhere."""

    def __init__(self) -> None:
        super().__init__(
            "データベースが使われています。madoguchi serve と madoguchi work を止めてから、もう一度実行してください。"
        )


class OfAnotherKind(ValueError):
    """A copy of SQLite for PostgreSQL, or the other way."""

    def __init__(self, vendor: str) -> None:
        super().__init__(
            f"この写しは {vendor} のものです。MADOGUCHI_DATABASE_URL を写しと同じ種類にしてください"
            "（PostgreSQL の写しは、--to で新しいデータの置き場所も指定します）。"
        )


class NotEmpty(ValueError):
    """A folder for a new data folder that holds something."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} は空ではありません。ない場所か、空の場所を --to に指定してください。")


class NoMomentInSqlite(ValueError):
    """A clock time asked of a copy that is one moment."""

    def __init__(self) -> None:
        super().__init__(
            "SQLite の写しは作った時点のものだけです。--until と --wal は PostgreSQL で使えます。"
        )


class SecretKeyElsewhere(ValueError):
    """The key comes from the environment and is not the copy's: files and sessions of the copy would not open."""

    def __init__(self) -> None:
        super().__init__(
            "いまの MADOGUCHI_SECRET_KEY は、写しを作ったときの鍵と違います。住民が付けたファイルが開けなくなるため、"
            "写しの secret_key の値を MADOGUCHI_SECRET_KEY に設定してから、もう一度実行してください。"
        )


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and where what was there before lies now."""

    copy: copies.Copy
    aside: tuple[Path, ...]


def restore_sqlite(copy: copies.Copy, *, key: bytes | None, now: datetime) -> Restored:
    """Put database, files and keys of a copy in the place of those that are there.

    Everything is taken out and looked at before anything is moved. Raises OfAnotherKind, InUse, KeyMissing, WrongKey.
    """
    engine = settings.DATABASES["default"]["ENGINE"]
    if copy.vendor != "sqlite" or not engine.endswith("sqlite3"):
        raise OfAnotherKind(copy.vendor)
    place = Path(settings.DATABASES["default"]["NAME"])
    fresh = place.with_name(place.name + ".restoring")
    copies.take_out(copy, copies.DATABASE, fresh, key=key)
    with closing(sqlite3.connect(fresh)) as database:
        said = database.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise copies.NotACopy(copy.folder, f"データベースが壊れています（{said}）")
    _same_key(copy, key)
    aside = [*_move_database_aside(place, now), *restore_files(copy, key=key, now=now)]
    fresh.rename(place)
    return Restored(copy, tuple(aside))


def restore_files(copy: copies.Copy, *, key: bytes | None, now: datetime) -> list[Path]:
    """Put the attached files and the keys back; what was there is moved aside. Returns where it lies now."""
    aside: list[Path] = []
    folder = Path(settings.ATTACHMENTS_FOLDER)
    with tempfile.TemporaryDirectory(dir=settings.HOME) as work:
        packed = Path(work) / copies.ATTACHMENTS
        if copies.take_out(copy, copies.ATTACHMENTS, packed, key=key):
            aside += _move_aside(folder, now)
            folder.mkdir(parents=True, mode=0o700)
            with tarfile.open(packed) as tar:
                tar.extractall(folder, filter="data")
    if not os.environ.get("MADOGUCHI_SECRET_KEY"):
        copies.take_out(copy, copies.SECRET_KEY, Path(settings.HOME) / "secret_key", key=key)
    return aside


def _same_key(copy: copies.Copy, key: bytes | None) -> None:
    """Where the key is said by the environment, it has to be the one of the copy."""
    if not os.environ.get("MADOGUCHI_SECRET_KEY"):
        return
    with tempfile.TemporaryDirectory(dir=settings.HOME) as work:
        there = Path(work) / copies.SECRET_KEY
        if (
            copies.take_out(copy, copies.SECRET_KEY, there, key=key)
            and there.read_text() != settings.SECRET_KEY
        ):
            raise SecretKeyElsewhere


def _move_database_aside(place: Path, now: datetime) -> list[Path]:
    """The database that is there, whole in one file, under another name. Raises InUse."""
    if not place.exists():
        return []
    with closing(sqlite3.connect(place, timeout=1)) as there:
        try:
            # Needs to be alone with it, and takes what is in the -wal into the file.
            mode = there.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise InUse from error
        except sqlite3.DatabaseError:  # broken: moved aside as it is
            mode = "delete"
    if mode != "delete":
        raise InUse
    return _move_aside(place, now)


def _move_aside(place: Path, now: datetime) -> list[Path]:
    if not place.exists():
        return []
    other = place.with_name(place.name + now.strftime(ASIDE))
    place.rename(other)
    return [other]


@dataclass(frozen=True, slots=True)
class Moment:
    """Which moment a database of PostgreSQL is put back to: `until` None is the last that the log knows."""

    wal: Path | None
    until: datetime | None


def restore_postgresql(copy: copies.Copy, *, to: Path, moment: Moment, user: str, key: bytes | None) -> Path:
    """Make a data folder of a copy at `to`, brought to the moment, and leave it stopped and ready; returns it.

    `user`: as whom PostgreSQL runs, when this is run by the superuser. Raises OfAnotherKind, NotEmpty, ProgramFailed when it
    does not come up or the log does not reach the moment.
    """
    if copy.vendor != "postgresql":
        raise OfAnotherKind(copy.vendor)
    if to.exists() and any(to.iterdir()):
        raise NotEmpty(to)
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=to.parent) as work:
        for name, where in (("base.tar", to), ("pg_wal.tar", to / "pg_wal")):
            packed = Path(work) / name
            if copies.take_out(copy, name, packed, key=key):
                with tarfile.open(packed) as tar:
                    tar.extractall(where, filter="data")
        copies.take_out(copy, "backup_manifest", to / "backup_manifest", key=key)
    run("pg_verifybackup", "--exit-on-error", "--no-parse-wal", str(to))
    _write_recovery(to, moment)
    to.chmod(0o700)
    if os.getuid() == 0 and user:
        for path in [to, *to.rglob("*")]:
            shutil.chown(path, user, user)
    _come_up(to, user=user)
    return to


def _write_recovery(to: Path, moment: Moment) -> None:
    lines = ["recovery_target_action = 'promote'", "recovery_target_timeline = 'latest'"]
    if moment.wal is not None:
        # The last piece is still being received and is called so; it holds what was committed last.
        there = str(moment.wal.resolve()).replace("'", "''")
        lines.append(
            f'restore_command = \'test -f "{there}/%f" && cp "{there}/%f" "%p" || cp "{there}/%f.partial" "%p"\''
        )
    else:
        lines.append("restore_command = 'false'")
    if moment.until is not None:
        lines.append(f"recovery_target_time = '{moment.until.isoformat()}'")
    with (to / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.write("\n".join(["", *lines, ""]))
    (to / "recovery.signal").touch()


def _come_up(to: Path, *, user: str) -> None:
    """Start it on a socket that nobody else knows, let it come to the moment, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder)
        if os.getuid() == 0 and user:
            shutil.chown(socket, user, user)
        options = f"-c listen_addresses='' -c unix_socket_directories={socket} -c archive_mode=off -c synchronous_standby_names=''"
        log = to.parent / f"{to.name}.restore.log"
        logged = ("-l", str(socket / "log"), "start")
        started = subprocess.run(
            [
                *as_user(user),
                program("pg_ctl"),
                "-D",
                str(to),
                "-w",
                "-t",
                str(START_SECONDS),
                "-o",
                options,
                *logged,
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if (socket / "log").exists():
            shutil.copyfile(socket / "log", log)
        if started.returncode:
            raise ProgramFailed("PostgreSQL", _why(log) or started.stderr)
        run("pg_ctl", "-D", str(to), "-w", "-m", "fast", "stop", user=user)
    _forget_recovery(to)


def _forget_recovery(to: Path) -> None:
    """What was said for this recovery alone is not said again at the next start."""
    place = to / "postgresql.auto.conf"
    kept = [
        line
        for line in place.read_text(encoding="utf-8").splitlines()
        if not line.startswith(("recovery_target", "restore_command"))
    ]
    place.write_text("\n".join([*kept, ""]), encoding="utf-8")


def _why(log: Path) -> str:
    if not log.exists():
        return ""
    lines = [
        line for line in log.read_text(errors="replace").splitlines() if "FATAL" in line or "PANIC" in line
    ]
    return lines[0] if lines else ""
