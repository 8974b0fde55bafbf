"""`madoguchi restore COPY`: put a copy back; `--accept` goes on knowingly with an older database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from madoguchi.city.queries import system_actor
from madoguchi.config.keeping import copies, marks, restoring, shutting
from madoguchi.config.keeping.programs import ProgramFailed, ProgramMissing

BY = system_actor("情報システム担当")
FAULTS = (
    copies.NotACopy,
    copies.KeyMissing,
    shutting.WrongKey,
    shutting.NoKey,
    restoring.InUse,
    restoring.OfAnotherKind,
    restoring.NotEmpty,
    restoring.NoMomentInSqlite,
    restoring.SecretKeyElsewhere,
    ProgramFailed,
    ProgramMissing,
)


class Command(BaseCommand):
    help = (
        "写しをもどします。例: madoguchi restore /backup/madoguchi/20261127-190000 / PostgreSQL: madoguchi restore 写し "
        "--to /var/lib/postgresql/new --wal /backup/wal --until '2026-11-27 16:45:00'"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("copy", type=Path, nargs="?", help="madoguchi backup が作った写し")
        parser.add_argument(
            "--check", action="store_true", help="写しが書いたときのままかを確かめて終わります"
        )
        parser.add_argument("--key-file", type=Path, help="暗号化した写しの鍵")
        parser.add_argument("--to", type=Path, help="PostgreSQL: 新しいデータの置き場所（空）")
        parser.add_argument("--wal", type=Path, help="PostgreSQL: backup --follow の置き場所")
        parser.add_argument(
            "--until", help="PostgreSQL: この時刻までにもどします（例: '2026-11-27 16:45:00'、日本時間）"
        )
        parser.add_argument(
            "--user", default="postgres", help="PostgreSQL を動かす利用者（root で実行したとき）"
        )
        parser.add_argument(
            "--accept", action="store_true", help="古い写しであることを承知して、使い始めます"
        )
        parser.add_argument("--reason", default="", help="--accept の理由（200字まで。記録に残ります）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accept"]:
            self._accept(options["reason"])
            return
        if options["copy"] is None:
            raise CommandError(
                "もどす写しを指定してください。例: madoguchi restore /backup/madoguchi/20261127-190000"
            )
        try:
            self._restore(options)
        except FAULTS as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"もどせませんでした（{error}）。場所の権限と空きを確かめてください。"
            ) from error

    def _restore(self, options: dict[str, Any]) -> None:
        key = shutting.read_key(options["key_file"]) if options["key_file"] else None
        copy = copies.read(options["copy"])
        if options["check"]:
            self.stdout.write(
                f"写しは書いたときのままです（{len(copy.files)} ファイル、{copy.made_at:%Y-%m-%d %H:%M}）。"
            )
            return
        now, until = timezone.now(), _moment(options["until"])
        if copy.vendor == "postgresql":
            if options["to"] is None:
                raise restoring.OfAnotherKind(copy.vendor)
            moment = restoring.Moment(options["wal"], until)
            restoring.restore_postgresql(copy, to=options["to"], moment=moment, user=options["user"], key=key)
            aside = restoring.restore_files(copy, key=key, now=now)
            self.stdout.write(
                f"{options['to']} にもどしました。PostgreSQL を止め、データの置き場所をここに変えて、始めてください。"
                "最後までもどせていないときは、そのあとの madoguchi serve が知らせます。"
            )
        else:
            if until or options["wal"]:
                raise restoring.NoMomentInSqlite
            connection.close()
            aside = list(restoring.restore_sqlite(copy, key=key, now=now).aside)
            marks.accept(settings.HOME, reason=f"写し {copy.folder.name} をもどした", by=BY, now=now)
            self.stdout.write(f"{copy.made_at:%Y-%m-%d %H:%M} の写しをもどしました。")
        for place in aside:
            self.stdout.write(f"前のものは残してあります: {place}")
        self.stdout.write(
            "写しより後の受付・支払い・支援措置の登録はありません。紙の控えと日計表で確かめ、登録し直してください（docs/backup.md）。"
        )

    def _accept(self, reason: str) -> None:
        if not reason.strip() or len(reason) > 200:
            raise CommandError("理由を --reason に200字までで入れてください。記録に残ります。")
        marks.accept(settings.HOME, reason=reason.strip(), by=BY, now=timezone.now())
        self.stdout.write("承知のうえで使うことを記録しました。")


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        said = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(
            f"「{text}」を時刻として読めません。'2026-11-27 16:45:00' のように書いてください。"
        ) from error
    return said if said.tzinfo else timezone.make_aware(said)
