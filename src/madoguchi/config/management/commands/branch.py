"""`madoguchi branch pack|open|send|take|clashes|settle`: a branch works on its own while the line is cut, and is taken in afterwards."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.audit.entries import Purpose
from madoguchi.audit.operations import record_access
from madoguchi.cases.acting import NoSuchCase, NotNow
from madoguchi.cases.line_cut.outbox import Outbox, OutboxRefused, outbox
from madoguchi.cases.line_cut.taking_in import (
    AlreadySettled,
    NoSuchPackage,
    held_acts,
    open_clashes,
    settle,
    take_in,
)
from madoguchi.cases.own_facts import ADDRESS_FACTS
from madoguchi.city.queries import system_actor
from madoguchi.config.keeping import shutting
from madoguchi.config.line_cut import package as packages

BY = system_actor("情報システム担当")


class Command(BaseCommand):
    help = (
        "回線が切れているあいだ、支所だけで受け付けます。例: 朝 madoguchi branch pack north north.mdg --key-file 鍵 / "
        "支所 madoguchi branch open north.mdg --key-file 鍵 / あと madoguchi branch send out.mdg、本庁 madoguchi branch take out.mdg"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="pack|open|send|take|clashes|settle")
        pack = acts.add_parser("pack", help="本庁: きょうの持出しデータを作ります")
        pack.add_argument("branch", help="支所の記号（例: north）")
        pack.add_argument("--residents", type=Path, help="来る予定の方の宛名番号（1行に1つ）")
        for name, text in (
            ("open", "支所: 持出しデータを、新しい MADOGUCHI_HOME に開きます"),
            ("send", "支所: きょうの受付をファイルに出します。何度でも出せます"),
            ("take", "本庁: 支所の受付を取り込みます。何度取り込んでも同じです"),
        ):
            acts.add_parser(name, help=text)
        for name in ("pack", "open", "send", "take"):
            one = acts.choices[name]
            one.add_argument("file", type=Path)
            one.add_argument("--key-file", type=Path, required=True, help="支所と本庁だけが持つ鍵")
        acts.add_parser("clashes", help="本庁: 決まっていない食い違いと、取り込めなかった操作を出します")
        settled = acts.add_parser(
            "settle", help="本庁: 食い違いを決めます。例: madoguchi branch settle 12 branch"
        )
        settled.add_argument("clash", type=int, help="clashes の番号")
        settled.add_argument(
            "keep", choices=("centre", "branch"), help="centre 本庁の内容、branch 支所の内容"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "clashes":
            self._clashes()
            return
        if options["act"] == "settle":
            self._settle(options["clash"], options["keep"])
            return
        try:
            getattr(self, f"_{options['act']}")(options, shutting.read_key(options["key_file"]))
        except (
            shutting.NoKey, shutting.WrongKey, packages.NoSuchBranch, packages.NotFresh, packages.PackageRefused, OutboxRefused, NoSuchPackage,
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(
                f"{options['file']} を読み書きできませんでした（{type(error).__name__}）。"
            ) from error

    def _pack(self, options: dict[str, Any], key: bytes) -> None:
        wanted = options["residents"].read_text(encoding="utf-8").split() if options["residents"] else []
        made = packages.make(branch=options["branch"], resident_nos=wanted, by=BY, now=timezone.now())
        _write(options["file"], made.to_json(), key)
        self.stdout.write(
            f"持出しデータを作りました: {options['file']}（{made.people} 人、受付中 {len(made.bases)} 件）"
        )

    def _open(self, options: dict[str, Any], key: bytes) -> None:
        package = packages.Package.from_json(_read(options["file"], key))
        packages.open_package(package, home=settings.HOME, by=BY, now=timezone.now())
        self.stdout.write(
            f"{package.day} の持出しデータを開きました（{package.people} 人）。madoguchi serve で始めてください。受付はすべて仮受付です。"
        )

    def _send(self, options: dict[str, Any], key: bytes) -> None:
        here = packages.opened_here(settings.HOME)
        if here is None:
            raise CommandError(
                "ここでは持出しデータを開いていません。支所の MADOGUCHI_HOME を指定して実行してください。"
            )
        made = outbox(package=here["package"], bases=here["bases"])
        _write(options["file"], json.dumps(made.to_json(), ensure_ascii=False), key)
        self.stdout.write(
            f"受付を出しました: {options['file']}（新しい受付 {len(made.cases)} 件、操作 {len(made.acts)} 件）。"
            "本庁で madoguchi branch take を実行するまで、この機械のデータは消さないでください。"
        )

    def _take(self, options: dict[str, Any], key: bytes) -> None:
        received = Outbox.from_text(_read(options["file"], key))
        told = take_in(received=received, by=BY, now=timezone.now())
        self.stdout.write(
            f"取り込みました: 操作 {told.done} 件。取り込めなかった操作 {told.held} 件、前の操作を待つもの {told.waiting} 件、"
            f"食い違い {told.clashes} 件。"
        )
        for before, after in told.renumbered:
            self.stdout.write(f"受付番号が変わりました: {before} → {after}")
        if told.held or told.clashes:
            self.stdout.write(
                "madoguchi branch clashes で一覧を出し、受付の「内容の確認」の画面で決めてください。"
            )

    def _settle(self, clash: int, keep: str) -> None:
        try:
            settle(clash=clash, keep=keep, by=BY, now=timezone.now())
        except (NoSuchCase, NotNow, AlreadySettled) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("決めました。受付の履歴に残ります。")

    def _clashes(self) -> None:
        clashes, held, now = open_clashes(), held_acts(), timezone.now()
        for case in sorted({one.case for one in clashes}):
            keys = [one.key for one in clashes if one.case == case]
            record_access(
                actor=BY, purpose=Purpose.CORRECTION, authority="command", person_keys=[], fields=keys, case=case,
                screen="branch_clashes", now=now,
            )  # fmt: skip
        for one in clashes:
            if one.key in ADDRESS_FACTS:
                self.stdout.write(
                    f"食い違い {one.id}: 受付 {one.number} {one.subject} {one.key}: 「内容の確認」の画面で見てください"
                )
                continue
            self.stdout.write(
                f"食い違い {one.id}: 受付 {one.number} {one.subject} {one.key}: 本庁「{one.centre}」 支所「{one.branch}」（{one.by_name}）"
            )
        for act in held:
            self.stdout.write(
                f"取り込めなかった操作: 受付 {act.number} {act.kind}（{act.by_name}）: {act.why.label}"
            )
        if not clashes and not held:
            self.stdout.write("食い違いはありません。")


def _write(path: Path, text: str, key: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
        shutting.shut(io.BytesIO(text.encode()), out, key=key)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def _read(path: Path, key: bytes) -> str:
    out = io.BytesIO()
    with path.open("rb") as source:
        shutting.opened(source, out, key=key, name=path.name)
    return out.getvalue().decode()
