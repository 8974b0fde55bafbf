"""`madoguchi reception apply FILE | show`: say what is offered at which counters and when, as often as needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.booking.offering import offer
from madoguchi.booking.plan_file import PlanOfReceptionRefused, ReceptionPlan, read_reception
from madoguchi.booking.plan_text import written
from madoguchi.booking.reception import apply_reception, reception_now, reception_places
from madoguchi.booking.slots import follow_hours
from madoguchi.city.queries import system_actor

BY = system_actor("情報システム担当")


class Command(BaseCommand):
    help = (
        "用件・窓口の列・受付時間・呼ぶ順番の決まりを設定します。例: madoguchi reception apply 設定/reception.toml --dry-run / "
        "madoguchi reception show"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="apply|show")
        apply = acts.add_parser("apply", help="設定します。例: madoguchi reception apply 設定/reception.toml")
        apply.add_argument("file", type=Path)
        apply.add_argument("--dry-run", action="store_true", help="読めるかどうかだけを確かめます")
        acts.add_parser("show", help="今の設定を、受付計画の形で出します。例: madoguchi reception show")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["act"] == "show":
            self.stdout.write(written(reception_now()), ending="")
            return
        today = timezone.localdate()
        try:
            plan = read_reception(options["file"], places=reception_places(), on=today)
        except PlanOfReceptionRefused as refused:
            for fault in refused.faults:
                self.stderr.write(fault)
            raise CommandError(str(refused)) from refused
        self._count(plan)
        if options["dry_run"]:
            self.stdout.write("試しただけです。何も設定していません。")
            return
        apply_reception(plan=plan, by=BY, now=timezone.now())
        beyond = follow_hours(offered=offer(), since=today)
        self.stdout.write("設定しました。")
        if beyond:
            self.stdout.write(
                f"席を減らした時間に、受けてある予約が {beyond} 枠分あります。予約はそのままです。予約の一覧で確かめてください。"
            )

    def _count(self, plan: ReceptionPlan) -> None:
        days = sum(len(one) for one in plan.offer.single_days.values())
        self.stdout.write(
            f"用件 {len(plan.offer.services)}、窓口の列 {len(plan.offer.lanes)}、臨時の日 {days}、順番の決まり {len(plan.rules)}"
        )
