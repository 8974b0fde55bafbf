"""The one console script, `madoguchi`: plain commands start at once, the others through Django.

Every command exits 0 (done), 1 (done, and something is wrong) or 2 (could not be done), and says on stderr, in one
sentence, what to do.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

PLAIN = {
    "demo": ("madoguchi.config.demo", "まどか市（架空）を作って開きます"),
    "facts": ("madoguchi.procedures.commands.facts", "事実の語彙を出します"),
    "procedures": ("madoguchi.config.procedures_command", "手続台帳を調べます（lint・list・show）"),
    "decide": ("madoguchi.procedures.commands.decide", "世帯の手続きを判定します"),
    "entitled": ("madoguchi.procedures.commands.entitled", "登録されている全員の手続きを判定します"),
    "queue": ("madoguchi.booking.waits.command", "待ち時間の見込みを採点します（score）"),
    "population": ("madoguchi.residents.population.command", "架空の住民を作ります"),
}
WITH_DJANGO = {
    "serve": "画面を開きます",
    "work": "あとで行う仕事を進めます",
    "doctor": "動く条件を調べます",
    "import": "住民記録の抽出を取り込みます",
    "gifts": "ふるさと納税の寄附データを取り込みます（import）",
    "sheet": "帳票を1枚作ります",
    "city": "市を設定します（init・apply・show・link）",
    "reception": "用件・窓口の列・受付時間を設定します（apply・show）",
    "audit": "証跡を確かめます（verify・seal）",
    "disposal": "保存期間を設定し、廃棄予定と廃棄記録を出します（apply・show・due・log・list・run）",
    "catalogue": "手続台帳を公開します",
    "inventory": "手続きの棚卸しを取り込みます（import・list・book）",
    "form-review": "様式の欄を見直し、減る手間を出します",
    "changes": "異動データを渡します（list・export・acknowledge）",
    "branch": "回線断のあいだ支所だけで受け付けます（pack・open・send・take・clashes・settle）",
    "backup": "データベース・添付・鍵の写しを作ります",
    "restore": "写しをもどします",
    "migrate": "データベースの表を用意します",
    "makemigrations": "表の変更を書き出します（開発用）",
}
# Django command names may not be Python keywords, nor have a hyphen.
RENAMED = {"import": "import_residents", "form-review": "form_review"}


def usage() -> str:
    """What the script can do, one line a command."""
    lines = ["使い方: madoguchi 命令 …    例: madoguchi demo", ""]
    lines += [f"  {name:<15}{text}" for name, (_, text) in PLAIN.items()]
    lines += [f"  {name:<15}{text}" for name, text in WITH_DJANGO.items()]
    return "\n".join([*lines, "", "くわしくは: madoguchi 命令 --help"])


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given or given[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if given else 2
    name, rest = given[0], given[1:]
    if name in PLAIN:
        return int(import_module(PLAIN[name][0]).main(rest))
    if name not in WITH_DJANGO:
        print(
            f"「{name}」という命令はありません。「madoguchi --help」で命令の一覧が出ます。", file=sys.stderr
        )
        return 2
    return _run_in_django(RENAMED.get(name, name), rest)


def _run_in_django(name: str, rest: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
    from django.core.management import execute_from_command_line
    from django.core.management.base import CommandError
    from django.db import OperationalError

    try:
        execute_from_command_line(["madoguchi", name, *rest])
    except CommandError as error:
        print(error, file=sys.stderr)
        return 2
    except OperationalError as error:
        print(
            f"データベースを開けません（{str(error).splitlines()[0]}）。「madoguchi doctor」で調べてください。",
            file=sys.stderr,
        )
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
