"""`madoguchi disposal apply FILE | show | due | log | list N | run`: periods of retention, what is due, and the disposal log."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.city.queries import system_actor
from madoguchi.disposal.erasing import Erased, go_on, unfinished
from madoguchi.disposal.log import as_csv, certificate_of, list_holds
from madoguchi.disposal.period_file import PeriodsRefused, read_periods, written
from madoguchi.disposal.periods import changes_to, periods_now, set_periods
from madoguchi.disposal.proposing import NoSuchProposal, due_lines, proposals

BY = system_actor("情報システム担当")


class Command(BaseCommand):
    help = (
        "保存期間を設定し、廃棄予定と廃棄記録を出します。例: madoguchi disposal apply 設定/retention.toml --dry-run / "
        "madoguchi disposal due --on 2027-04-01 / madoguchi disposal log"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="apply|show|due|log|list|run")
        apply = acts.add_parser(
            "apply", help="保存期間を設定します。例: madoguchi disposal apply 設定/retention.toml"
        )
        apply.add_argument("file", type=Path)
        apply.add_argument("--dry-run", action="store_true", help="読んで、何が変わるかだけを出します")
        acts.add_parser(
            "show", help="今の保存期間を、設定ファイルの形で出します。例: madoguchi disposal show"
        )
        due = acts.add_parser(
            "due", help="廃棄予定を区分ごとに出します。例: madoguchi disposal due --on 2027-04-01"
        )
        due.add_argument("--on", type=date.fromisoformat, help="基準日（ないときは今日）")
        acts.add_parser("log", help="廃棄の伺いと記録を出します。例: madoguchi disposal log")
        listed = acts.add_parser(
            "list", help="1つの伺いの記録をCSVで出します。例: madoguchi disposal list 12 --out 12.csv"
        )
        listed.add_argument("proposal", type=int)
        listed.add_argument("--out", type=Path, required=True)
        acts.add_parser("run", help="承認された廃棄を、終わりまで進めます。例: madoguchi disposal run")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "apply":
                self._apply(options["file"], dry_run=options["dry_run"])
            case "show":
                self.stdout.write(written(periods_now().values()), ending="")
            case "due":
                self._due(options["on"] or timezone.localdate())
            case "log":
                self._log()
            case "list":
                self._list(options["proposal"], options["out"])
            case _:
                self._run()

    def _apply(self, file: Path, *, dry_run: bool) -> None:
        try:
            periods = read_periods(file)
        except PeriodsRefused as refused:
            for fault in refused.faults:
                self.stderr.write(fault)
            raise CommandError(str(refused)) from refused
        for line in changes_to(periods) or ("変わるところはありません。",):
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("試しただけです。何も設定していません。")
            return
        set_periods(periods=periods, by=BY, now=timezone.now())
        self.stdout.write("設定しました。消すのは、廃棄の伺いを2人で承認したあとだけです。")

    def _due(self, on: date) -> None:
        for one in due_lines(on=on):
            if one.period is None:
                self.stdout.write(f"{one.record_class.label}: 保存期間の定めなし（消しません）")
                continue
            days = f"（完結した日 {one.oldest} から {one.newest} まで）" if one.count else ""
            kept = f"、廃棄保留 {one.held} 件" if one.held else ""
            self.stdout.write(
                f"{one.record_class.label}: 廃棄予定 {one.count} 件{days}{kept}　{one.period.said}"
            )

    def _log(self) -> None:
        found = proposals()
        if not found:
            self.stdout.write("廃棄の伺いはまだありません。")
        broken = 0
        for one in found:
            self.stdout.write(
                f"第{one.number}号 {one.period.record_class.label} {one.state.label} 基準日 {one.on} {one.count} 件"
                f"（消した {one.erased}、残した {one.left}） 伺い {one.proposed_by} 承認 {one.answered_by or '―'}"
            )
            if certificate_of(one.number) and not list_holds(one.number):
                broken += 1
                self.stderr.write(
                    f"第{one.number}号の廃棄記録が、証明した一覧と合いません。書きかえられています。"
                )
        if broken:
            raise CommandError("廃棄記録に合わないものがあります。監査担当に知らせてください。", returncode=1)

    def _list(self, proposal: int, out: Path) -> None:
        try:
            out.write_bytes(as_csv(proposal))
        except NoSuchProposal as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"{out} に書けません（{error.strerror}）。場所と権限を確かめてください。"
            ) from error
        self.stdout.write(f"{out} に書きました。")

    def _run(self) -> None:
        gone = 0
        while unfinished():
            done = go_on(now=timezone.now(), batches=1)
            gone += done.gone
            if done.gone:
                self.stdout.write(f"{gone} 件まで消しました。")
                self.stdout.flush()
            if done == Erased(0, 0) and unfinished():
                raise CommandError(
                    f"{gone} 件を消しました。ほかの仕事が表を使っています。少しあとで、もう一度実行してください。"
                )
        self.stdout.write(f"{gone} 件を消しました。残っている廃棄はありません。")
