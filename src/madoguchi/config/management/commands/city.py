"""`madoguchi city init FOLDER | apply FILE | show | link NUMBER | reseal`: set a city up from one file, as often as needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from madoguchi.catalogue.queries import NothingPublished, current
from madoguchi.city import operations
from madoguchi.city.applying import (
    AnotherCity,
    NobodyToAdminister,
    WouldGo,
    apply_plan,
    current_plan,
    to_be_changed,
)
from madoguchi.city.at_rest import ShutWithAnotherKey, reseal
from madoguchi.city.plan import ChangeKind, PlanChange
from madoguchi.city.plan_file import Catalogue, PlanRefused, asked_by, read_plan
from madoguchi.city.plan_text import staff_template, template, written
from madoguchi.city.queries import CityNotSetUp, staff, system_actor
from madoguchi.procedures.loader import national_pack

PLAN_FILE, STAFF_FILE = "city.toml", "staff.csv"
BY = system_actor("情報システム担当")


def catalogue() -> Catalogue:
    """What the published procedures ask of the city; before the first is published, the national ones."""
    try:
        pack = current()
    except NothingPublished:
        pack = national_pack()
    return asked_by(pack)


class Command(BaseCommand):
    help = (
        "市を設定します。例: madoguchi city init 設定 / madoguchi city apply 設定/city.toml --dry-run / "
        "madoguchi city show / madoguchi city link S0001"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="init|apply|show|link|reseal")
        init = acts.add_parser("init", help="書き込み用のファイルを作ります。例: madoguchi city init 設定")
        init.add_argument("folder", type=Path)
        apply = acts.add_parser("apply", help="市を設定します。例: madoguchi city apply 設定/city.toml")
        apply.add_argument("file", type=Path)
        apply.add_argument("--dry-run", action="store_true", help="何が変わるかだけを示します")
        apply.add_argument("--allow-gone", action="store_true", help="設定からなくなったものの利用を止めます")
        acts.add_parser("show", help="今の設定を、設定ファイルの形で出します。例: madoguchi city show")
        acts.add_parser("reseal", help="保存してある秘密を今の鍵で封じ直します。例: madoguchi city reseal")
        link = acts.add_parser(
            "link", help="パスワードを決めるリンクを出します。例: madoguchi city link S0001"
        )
        link.add_argument("number", help="職員番号（利用者名）")
        link.add_argument("--address", default="", help="画面の住所。例: https と サーバー名")
        link.add_argument(
            "--reset-second-step", action="store_true", help="2段階めの確認方法もやり直しにします"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        match options["act"]:
            case "init":
                self._init(options["folder"])
            case "apply":
                self._apply(options["file"], dry_run=options["dry_run"], gone_allowed=options["allow_gone"])
            case "show":
                self._show()
            case "reseal":
                self._reseal()
            case "link":
                self._link(options["number"], options["address"], reset=options["reset_second_step"])

    def _reseal(self) -> None:
        try:
            done = reseal(by=BY, now=timezone.now())
        except ShutWithAnotherKey as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"保存してある秘密 {done} 件を、今の鍵で封じ直しました。")

    def _init(self, folder: Path) -> None:
        files = {folder / PLAN_FILE: template(catalogue().duties), folder / STAFF_FILE: staff_template()}
        there = [str(path) for path in files if path.exists()]
        if there:
            raise CommandError(f"{'、'.join(there)} はもうあります。別のフォルダーを書いてください。")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path, text in files.items():
                path.write_text(text, encoding="utf-8", newline="")
                self.stdout.write(f"作りました: {path}")
        except OSError as error:
            raise CommandError(
                f"{folder} に書けません（{error.strerror}）。権限を確かめてください。"
            ) from error
        self.stdout.write(f"書き込んだら: madoguchi city apply {folder / PLAN_FILE} --dry-run")

    def _apply(self, file: Path, *, dry_run: bool, gone_allowed: bool) -> None:
        now = timezone.now()
        try:
            plan = read_plan(file, catalogue=catalogue())
            if dry_run:
                self._list(to_be_changed(plan, on=timezone.localdate()))
                self.stdout.write("試しただけです。何も設定していません。")
                return
            changes = apply_plan(plan=plan, by=BY, now=now, gone_allowed=gone_allowed)
        except PlanRefused as refused:
            for fault in refused.faults:
                self.stderr.write(fault)
            raise CommandError(str(refused)) from refused
        except WouldGo as refused:
            for change in refused.gone:
                self.stderr.write(str(change))
            raise CommandError(str(refused)) from refused
        except (AnotherCity, NobodyToAdminister) as refused:
            raise CommandError(str(refused)) from refused
        self._list(changes)
        if changes:
            self.stdout.write("設定しました。")

    def _list(self, changes: Sequence[PlanChange]) -> None:
        for change in changes:
            self.stdout.write(str(change))
        counts = {kind: sum(one.kind is kind for one in changes) for kind in ChangeKind}
        self.stdout.write("、".join(f"{kind.label} {n}件" for kind, n in counts.items()))

    def _show(self) -> None:
        plan = current_plan()
        if plan is None:
            raise CommandError(str(CityNotSetUp()))
        self.stdout.write(written(plan), ending="")

    def _link(self, number: str, address: str, *, reset: bool) -> None:
        found = next((one for one in staff() if one.username == number and one.active), None)
        if found is None:
            raise CommandError(
                f"利用中の職員番号「{number}」はありません。「madoguchi city show」で確かめてください。"
            )
        now = timezone.now()
        if reset:
            operations.reset_second_step(staff=found.id, by=BY, now=now)
        path = operations.sign_in_link(staff=found.id, by=BY, now=now)
        base = address or next(iter(settings.CSRF_TRUSTED_ORIGINS), "")
        self.stdout.write(f"{base.rstrip('/')}{path}")
        self.stderr.write(
            f"{found.name}さん本人だけに渡してください。{settings.PASSWORD_RESET_TIMEOUT // 86400}日間、1回だけ使えます。"
        )
