"""`madoguchi work`: do what was put off (django-tasks), seal the audit, and learn of waits once a day."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from madoguchi.audit.operations import seal
from madoguchi.booking.learning import learn_day
from madoguchi.booking.tasks import learn_waits, next_morning


class Command(BaseCommand):
    help = "あとで行う仕事を進め、証跡を封印します。例: madoguchi work --once"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="今あるものだけ済ませて終わります")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"証跡 {seal(now=timezone.now())} 件を封印しました。")
        learn_day(now=timezone.now())
        if not options["once"]:
            learn_waits.using(run_after=next_morning(timezone.now())).enqueue()
        call_command("db_worker", batch=options["once"])
