"""`madoguchi work`: do what was put off (django-tasks), care for the bookings, learn of waits once a day, seal the audit."""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.audit.operations import seal
from madoguchi.booking.learning import learn_day
from madoguchi.booking.tasks import learn_waits, next_morning
from madoguchi.config import upkeep
from madoguchi.config.keeping.marks import OldCopy, keep_mark


class Command(BaseCommand):
    help = "あとで行う仕事と予約の世話を進め、証跡を封印します。例: madoguchi work --once"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="今あるものだけ済ませて終わります")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keep_mark(settings.HOME, now=timezone.now())
        except OldCopy as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"証跡 {seal(now=timezone.now())} 件を封印しました。")
        done = upkeep.once()
        self.stdout.write(
            f"予約: 期限切れ {done.expired}、来庁なし {done.not_come}、キャンセル待ちへの案内 {done.offered}、"
            f"送ったメール {done.sent}、送れなかったメール {done.not_sent}、消した連絡先 {done.erased}"
        )
        learn_day(now=timezone.now())
        stop = threading.Event()
        if not options["once"]:
            learn_waits.using(run_after=next_morning(timezone.now())).enqueue()
            upkeep.start(stop)
        try:
            call_command("db_worker", batch=options["once"])
        finally:
            stop.set()
