"""`madoguchi backup FOLDER`: a copy of database, attached files and keys, while the office works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.config.keeping import shutting
from madoguchi.config.keeping.backing_up import CopyNotWhole, NoPostgreSQL, back_up, follow, remove_older
from madoguchi.config.keeping.marks import OldCopy
from madoguchi.config.keeping.programs import ProgramFailed, ProgramMissing


class Command(BaseCommand):
    help = (
        "データベース・添付ファイル・鍵の写しを作ります。使ったままで作れます。例: madoguchi backup /backup/madoguchi --keep 14 "
        "/ madoguchi backup /backup/wal --follow（PostgreSQL の変更の記録を受け取り続けます）"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, nargs="?", help="写しを置く場所（別の機械のディスクを勧めます）"
        )
        parser.add_argument("--key-file", type=Path, help="この鍵で写しを暗号化します")
        parser.add_argument("--make-key", type=Path, metavar="FILE", help="鍵を作って終わります")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="新しい N 個だけを残します（0 ならすべて）"
        )
        parser.add_argument("--follow", action="store_true", help="PostgreSQL の変更の記録を受け取り続けます")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["make_key"]:
            self._make_key(options["make_key"])
            return
        folder, keep = options["folder"], options["keep"]
        if folder is None or keep < 0:
            raise CommandError(
                "写しを置く場所を指定してください。例: madoguchi backup /backup/madoguchi --keep 14"
            )
        try:
            if options["follow"]:
                if code := follow(folder):
                    raise CommandError(
                        f"変更の記録の受け取りが止まりました（{code}）。もう一度始めてください。"
                    )
                return
            key = shutting.read_key(options["key_file"]) if options["key_file"] else None
            made = back_up(folder, key=key, now=timezone.now())
            removed = remove_older(folder, keep=keep) if keep else 0
        except (shutting.NoKey, CopyNotWhole, NoPostgreSQL, OldCopy, ProgramFailed, ProgramMissing) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"写しを書けませんでした（{error}）。場所の権限と空きを確かめてください。"
            ) from error
        size = sum(size for size, _sha in made.files.values())
        self.stdout.write(
            f"写しを作りました: {made.folder}（{len(made.files)} ファイル、{size / 2**20:,.1f} MB）"
        )
        if removed:
            self.stdout.write(f"古い写しを {removed} 個消しました。")
        if key is None:
            self.stdout.write(
                "この写しは暗号化していません。住民のデータと鍵がそのまま入っています。読める人を限ってください（--key-file で暗号化できます）。"
            )

    def _make_key(self, path: Path) -> None:
        try:
            shutting.make_key(path)
        except OSError as error:
            raise CommandError(f"鍵を作れませんでした（{error}）。別の名前で作ってください。") from error
        self.stdout.write(
            f"鍵を作りました: {path}。写しとは別の場所にも必ず保管してください。なくすと、写しは二度と開けません。"
        )
