"""`madoguchi audit verify|seal|steps`: check the chain, seal what waits, or write out the steps of cases."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.audit import operations, queries
from madoguchi.audit.entries import Actor
from madoguchi.audit.export import steps_csv

SHOWN_FAULTS = 50


class Command(BaseCommand):
    help = (
        "証跡の封印のつながりを確かめます。例: madoguchi audit verify / "
        "madoguchi audit steps --from 2026-11-01 --to 2026-11-30 > steps.csv"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "act",
            choices=("verify", "seal", "steps"),
            help="verify: 確かめる / seal: 封印する / steps: 受付の記録をCSVで出す",
        )
        parser.add_argument("--head", help="verify: 紙などに控えた先頭の値。封印の中にあるかも確かめます")
        parser.add_argument("--from", dest="first", help="steps: はじめの日（例 2026-11-01）")
        parser.add_argument("--to", dest="last", help="steps: おわりの日（この日を含む）")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        match options["act"]:
            case "seal":
                self.stdout.write(f"{operations.seal(now=now)} 件を封印しました。")
            case "verify":
                self._verify(options["head"])
            case "steps":
                self._steps(_day(options["first"], "--from"), _day(options["last"], "--to"), now)

    def _verify(self, printed_head: str | None) -> None:
        found = queries.verify(printed_head=printed_head)
        self.stdout.write(f"証跡 {found.lines} 件、封印 {found.batches} 回、封印待ち {found.unsealed} 件")
        for fault in found.faults[:SHOWN_FAULTS]:
            self.stderr.write(fault.sentence)
        if len(found.faults) > SHOWN_FAULTS:
            self.stderr.write(f"ほか {len(found.faults) - SHOWN_FAULTS} 件")
        if found.faults:
            self.stderr.write(
                "証跡が変えられています。上の番号を情報システム担当と監査の担当に知らせてください。"
            )
            sys.exit(1)
        self.stdout.write(f"つながりは正しいです。先頭の値: {found.head}")

    def _steps(self, first: date, last: date, now: datetime) -> None:
        actor = Actor(None, "情報システム担当", "", "")
        operations.record_act(
            actor=actor, activity="steps_exported", now=now, first=first.isoformat(), last=last.isoformat()
        )
        for line in steps_csv(first=first, last=last):
            self.stdout.write(line, ending="")


def _day(text: str | None, option: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError as error:
        raise CommandError(f"{option} に日付を入れてください（例: {option} 2026-11-01）。") from error
