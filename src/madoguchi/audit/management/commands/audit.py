"""`madoguchi audit verify|seal|head|proof|steps`: check the audit, also against paper, seal what waits, write out steps."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.audit import operations
from madoguchi.audit.entries import Actor
from madoguchi.audit.export import steps_csv
from madoguchi.audit.paper_head import NotAHead, read_head
from madoguchi.audit.verifying import SealAge, head_of_day, prove_line, seal_age, verify

SHOWN_FAULTS = 50


class Command(BaseCommand):
    help = (
        "証跡の封印を、紙の控えとあわせて確かめます。例: madoguchi audit verify --head '1234-5dc9-da79-…-7f0c' / "
        "madoguchi audit head --on 2026-11-30 / "
        "madoguchi audit steps --from 2026-11-01 --to 2026-11-30 > steps.csv"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "act",
            choices=("verify", "seal", "head", "proof", "steps"),
            help="verify: 確かめる / seal: 封印する / head: 紙に控える値を出す / proof: 1件の証明を出す / "
            "steps: 受付の記録をCSVで出す",
        )
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            help="verify: 日計表に控えた値。その日までの証跡と合うかを確かめます（何度でも書けます）",
        )
        parser.add_argument("--on", help="head: 日（なければ今日。例 2026-11-30）")
        parser.add_argument("--entry", type=int, help="proof: 証跡の番号")
        parser.add_argument("--from", dest="first", help="steps: はじめの日（例 2026-11-01）")
        parser.add_argument("--to", dest="last", help="steps: おわりの日（この日を含む）")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        match options["act"]:
            case "seal":
                self.stdout.write(f"{operations.seal(now=now)} 件を封印しました。")
            case "verify":
                self._verify(options["head"], now)
            case "head":
                self._head(_day(options["on"], "--on") if options["on"] else timezone.localdate())
            case "proof":
                self._proof(options["entry"])
            case "steps":
                self._steps(_day(options["first"], "--from"), _day(options["last"], "--to"), now)

    def _verify(self, typed: list[str], now: datetime) -> None:
        try:
            papers = [read_head(one) for one in typed]
        except NotAHead as error:
            raise CommandError(str(error)) from error
        found = verify(papers=papers)
        self.stdout.write(f"証跡 {found.lines} 件、封印 {found.batches} 回、封印待ち {found.unsealed} 件")
        self.stdout.write(_age(seal_age(), now))
        for fault in found.faults[:SHOWN_FAULTS]:
            self.stderr.write(fault.sentence)
        if len(found.faults) > SHOWN_FAULTS:
            self.stderr.write(f"ほか {len(found.faults) - SHOWN_FAULTS} 件")
        if found.faults:
            self.stderr.write(
                "証跡が変えられています。上の番号を情報システム担当と監査の担当に知らせてください。"
            )
            sys.exit(1)
        against = "紙の控えと合っています。" if papers else "紙の控えとは比べていません（--head）。"
        self.stdout.write(f"つながりは正しいです。{against}")
        self.stdout.write(f"先頭の値: {found.head.text()}")

    def _head(self, day: date) -> None:
        sealed = head_of_day(day)
        if sealed is None:
            raise CommandError(
                "まだ封印がありません。madoguchi audit seal か madoguchi work で封印してください。"
            )
        self.stdout.write(sealed.head.text())

    def _proof(self, entry: int | None) -> None:
        found = None if entry is None else prove_line(entry)
        if found is None:
            raise CommandError("その番号の、封印された証跡はありません。--entry に番号を入れてください。")
        told = {"place": found.place, "leaf": found.leaf, "path": found.path, "head": found.head.text()}
        self.stdout.write(json.dumps(told, indent=1))

    def _steps(self, first: date, last: date, now: datetime) -> None:
        actor = Actor(None, "情報システム担当", "", "")
        operations.record_act(
            actor=actor, activity="steps_exported", now=now, first=first.isoformat(), last=last.isoformat()
        )
        for line in steps_csv(first=first, last=last):
            self.stdout.write(line, ending="")


def _age(age: SealAge, now: datetime) -> str:
    last = (
        f"最後の封印は {timezone.localtime(age.sealed_at):%Y-%m-%d %H:%M}"
        if age.sealed_at
        else "封印はまだありません"
    )
    return f"{last}。封印を待つ証跡は、長いもので {age.minutes(now)} 分待っています。"


def _day(text: str | None, option: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError as error:
        raise CommandError(f"{option} に日付を入れてください（例: {option} 2026-11-01）。") from error
