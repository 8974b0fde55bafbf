"""`madoguchi doctor`: what this machine still needs, line by line, with how to mend it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

IPAMJ = (
    Path("/usr/share/fonts/opentype/ipamj-mincho/ipamjm.ttf"),
    Path("/usr/share/fonts/truetype/ipamj-mincho/ipamjm.ttf"),
)
Finding = tuple[str, str, str]


class Command(BaseCommand):
    help = "動く条件を調べます。例: madoguchi doctor"

    def handle(self, *args: Any, **options: Any) -> None:
        findings = [*_machine(), *_database()]
        for mark, text, mend in findings:
            self.stdout.write(f"{mark} {text}" + (f" → {mend}" if mend else ""))
        if any(mark == "×" for mark, _, _ in findings):
            sys.exit(1)


def _machine() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield (
        ("○", f"Python {version}", "")
        if sys.version_info >= (3, 11)
        else ("×", f"Python {version}", "3.11以上を入れてください")
    )
    home = Path(settings.HOME)
    if os.access(home, os.W_OK):
        free = shutil.disk_usage(home).free // 2**30
        yield (
            "○" if free >= 1 else "△",
            f"データの置き場所に書けます（空き {free} GB）",
            "" if free >= 1 else "空きを増やしてください",
        )
    else:
        yield "×", "データの置き場所に書けません", "MADOGUCHI_HOME の権限を確かめてください"
    if any(path.exists() for path in IPAMJ):
        yield "○", "IPAmj明朝があります（氏名の異体字を正しく印字します）", ""
    else:
        yield (
            "△",
            "IPAmj明朝がありません",
            "fonts-ipamj-mincho を入れると、異体字を正しく印字できます。ない字は〓で印字し、一覧に出します",
        )
    yield (
        "○" if settings.SECURE else "△",
        "HTTPS",
        "" if settings.SECURE else "本番では MADOGUCHI_HTTPS=yes にしてください",
    )


def _database() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            sync = cursor.execute("PRAGMA synchronous").fetchone()[0]
            good = mode == "wal" and sync == 2
            yield (
                "○" if good else "×",
                f"SQLite（{mode}、synchronous={sync}）",
                "" if good else "設定を既定にもどしてください",
            )
        else:
            cursor.execute("SHOW server_version")
            yield "○", f"PostgreSQL {cursor.fetchone()[0]}", ""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield (
        ("×", f"表の変更が {len(waiting)} 件残っています", "madoguchi migrate を実行してください")
        if waiting
        else ("○", "表は最新です", "")
    )
