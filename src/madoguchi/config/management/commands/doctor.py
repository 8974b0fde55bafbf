"""`madoguchi doctor`: what this machine still needs, line by line, with how to mend it.

○ is well, △ runs but is not ready for real use, × does not run; with a × it ends with 1.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from madoguchi.catalogue.queries import NothingPublished, current, current_revision
from madoguchi.city.plan_file import asked_by
from madoguchi.city.queries import CityNotSetUp, departments, profile
from madoguchi.config.keeping import marks
from madoguchi.papers.fonts import Face, fonts

WELL, NOT_READY, BROKEN = "○", "△", "×"
SQLITE_FULL = 2
LEAST_FREE_GB = 1
ACCEPTED_SHOWN = timedelta(days=30)
OWN_SOURCES = {"'none'", "'self'", "data:"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination; `mend` is empty when nothing is to be done."""

    mark: str
    text: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.mark} {self.text}" + (f" → {self.mend}" if self.mend else "")


class Command(BaseCommand):
    help = "動く条件を調べます。例: madoguchi doctor"

    def handle(self, *args: Any, **options: Any) -> None:
        broken = False
        for finding in _examination():
            self.stdout.write(str(finding))
            broken = broken or finding.mark == BROKEN
        if broken:
            sys.exit(1)


def _examination() -> Iterator[Finding]:
    yield Finding(WELL, f"Python {sys.version.split()[0]}")
    yield from _home(Path(settings.HOME))
    yield from _paper()
    yield from _network()
    yield _database()
    waiting = _waiting_migrations()
    if waiting:
        yield Finding(BROKEN, f"表の変更が {waiting} 件残っています", "madoguchi migrate を実行してください")
        return
    yield Finding(WELL, "表は最新です")
    yield _mark()
    yield from _city()


def _home(home: Path) -> Iterator[Finding]:
    if not os.access(home, os.W_OK):
        yield Finding(BROKEN, "データの置き場所に書けません", "MADOGUCHI_HOME の権限を確かめてください")
        return
    free = shutil.disk_usage(home).free // 2**30
    room = f"データの置き場所に書けます（空き {free} GB）"
    yield Finding(WELL, room) if free >= LEAST_FREE_GB else Finding(NOT_READY, room, "空きを増やしてください")
    key = home / "secret_key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Finding(
            NOT_READY,
            "署名の鍵をほかの利用者が読めます",
            "chmod 600 で、動かす利用者だけが読めるようにしてください",
        )


def _paper() -> Iterator[Finding]:
    here = fonts()
    if Face.NAMES in here:
        yield Finding(WELL, "IPAmj明朝があります（氏名の異体字を正しく印字します）")
        return
    yield Finding(
        NOT_READY,
        "IPAmj明朝がありません",
        "fonts-ipamj-mincho を入れると、異体字を正しく印字できます。ない字は〓で印字し、一覧に出します",
    )


def _network() -> Iterator[Finding]:
    """Inside LGWAN nothing outside can be reached, and nothing may try."""
    allowed = {
        source for sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for source in sources
    }
    outside = sorted(allowed - OWN_SOURCES)
    yield (
        Finding(BROKEN, f"画面が外から読み込めます（{'、'.join(outside)}）", "設定を既定にもどしてください")
        if outside
        else Finding(WELL, "画面は外から何も読み込みません（閉じたネットワークで動きます）")
    )
    yield (
        Finding(WELL, "HTTPS")
        if settings.SECURE
        else Finding(NOT_READY, "HTTPS", "本番では MADOGUCHI_HTTPS=yes にしてください")
    )


def _database() -> Finding:
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            cursor.execute("SHOW server_version")
            return Finding(WELL, f"PostgreSQL {cursor.fetchone()[0]}")
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
        sync = cursor.execute("PRAGMA synchronous").fetchone()[0]
    text = f"SQLite（{mode}、synchronous={sync}）"
    if mode == "wal" and sync == SQLITE_FULL:
        return Finding(WELL, text)
    return Finding(BROKEN, text, "設定を既定にもどしてください")


def _mark() -> Finding:
    """Whether this is the database that was here, and whether an older copy was put back of late."""
    try:
        marks.check(settings.HOME)
    except marks.OldCopy as error:
        return Finding(BROKEN, str(error))
    accepted = marks.accepted_since(timezone.now() - ACCEPTED_SHOWN)
    if accepted:
        at, reason = accepted[0]
        return Finding(
            NOT_READY,
            f"{at:%Y-%m-%d %H:%M} に古い写しから使い始めました（{reason}）",
            "写しより後の受付・支払い・支援措置の登録を、紙の控えで確かめてください",
        )
    return Finding(WELL, "古い写しではありません")


def _waiting_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _city() -> Iterator[Finding]:
    try:
        yield Finding(WELL, f"自治体: {profile().name}")
    except CityNotSetUp:
        yield Finding(
            NOT_READY,
            "自治体がまだ登録されていません",
            "madoguchi city init で設定ファイルを作り、madoguchi city apply で設定してください",
        )
    try:
        yield Finding(WELL, f"手続台帳の版: {current_revision()}")
        for duty in sorted(asked_by(current()).needed - set(departments())):
            yield Finding(
                NOT_READY,
                f"手続台帳の担当「{duty}」を受け持つ課がありません",
                "設定ファイルの duties に加え、madoguchi city apply を実行してください",
            )
    except NothingPublished:
        yield Finding(
            NOT_READY, "手続台帳がまだ公開されていません", "madoguchi catalogue publish を実行してください"
        )
