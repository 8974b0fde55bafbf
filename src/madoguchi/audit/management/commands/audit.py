"""`madoguchi audit verify|seal`: check the chain of the audit, or seal what waits."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from madoguchi.audit import operations, queries


class Command(BaseCommand):
    help = "証跡の封印のつながりを確かめます。例: madoguchi audit verify"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=("verify", "seal"), help="verify: 確かめる / seal: 封印する")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "seal":
            self.stdout.write(f"{operations.seal(now=timezone.now())} 件を封印しました。")
            return
        found = queries.verify()
        self.stdout.write(f"証跡 {found.lines} 件、封印 {found.batches} 回、封印待ち {found.unsealed} 件")
        for fault in found.faults:
            self.stderr.write(fault.sentence)
        if found.faults:
            self.stderr.write("証跡が変えられています。上の番号を情報システム担当と監査の担当に知らせてください。")
            sys.exit(1)
        self.stdout.write(f"つながりは正しいです。先頭の値: {found.head}")
