"""`madoguchi entitled`: what everybody in a register is entitled to or has to do (一括判定)."""

import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.commands.common import (
    DONE,
    FAULTS,
    WRONG_CALL,
    add_pack_option,
    pack_of,
    parser_for,
    run,
)
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.packs import Pack, Procedure

_EXAMPLE = "madoguchi entitled child-allowance-claim --register 住民 --on 2026-11-09 --out 対象.parquet"


def main(argv: Sequence[str] | None = None) -> int:
    """Decide a register and write the rows; returns the exit code."""
    return run(_main, argv)


def _main(argv: Sequence[str] | None) -> int:
    parser = parser_for(
        "entitled", "登録されている全員について手続きを判定し、Parquet に書きます。", _EXAMPLE
    )
    parser.add_argument(
        "procedures", nargs="*", metavar="PROCEDURE", help="手続きの id(書かないときは届出なしの手続きすべて)"
    )
    parser.add_argument(
        "--register", required=True, type=Path, metavar="DIR", help="people.parquet などのある場所"
    )
    parser.add_argument("--on", required=True, metavar="DATE", help="判定する日(2026-11-09 の形)")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.parquet", help="書き出す先")
    parser.add_argument(
        "--engine", choices=("duckdb", "spark"), default="duckdb", help="計算のしかた(duckdb)"
    )
    add_pack_option(parser)
    arguments = parser.parse_args(argv)
    try:
        on = date.fromisoformat(arguments.on)
    except ValueError:
        return _refused(
            f"--on の「{arguments.on}」という日付はありません。"
            "2026-11-09 のように実在する年月日を指定してください。"
        )
    if arguments.engine == "spark":
        return _refused("spark での計算はまだできません。--engine duckdb を指定してください。")
    if not arguments.out.parent.is_dir():
        return _refused(
            f"{arguments.out.parent} がありません。--out の場所を作ってから、もう一度実行してください。"
        )
    pack = pack_of(arguments)
    unknown = [one for one in arguments.procedures if not pack.has_procedure(one)]
    if unknown:
        return _refused(
            f"「{'」「'.join(unknown)}」という手続きはありません。「madoguchi procedures list」で id が見られます。"
        )
    return _decide(pack, [pack.procedure(one) for one in arguments.procedures], arguments, on)


def _decide(pack: Pack, procedures: list[Procedure], arguments: object, on: date) -> int:
    from madoguchi.procedures.bulk.register import RegisterUnreadable, entitled

    register: Path = arguments.register  # type: ignore[attr-defined]  # argparse's namespace
    out: Path = arguments.out  # type: ignore[attr-defined]  # argparse's namespace
    began = time.perf_counter()

    def show(parts: int, of: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{bar(parts, of)}\x1b[K", end="", file=sys.stderr, flush=True)

    try:
        tally = entitled(pack, procedures, register=register, on=on, open_days=OpenDays(), out=out, done=show)
    except RegisterUnreadable as error:
        print(error, file=sys.stderr)
        return FAULTS
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)
    counts = "、".join(
        f"{status.label} {tally.by_status[status.value]:,}"
        for status in Status
        if status.value in tally.by_status
    )
    print(
        f"{out} に {tally.rows:,} 行を書きました（{counts or '該当なし'}）。{time.perf_counter() - began:.1f} 秒"
    )
    return DONE


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return WRONG_CALL


if __name__ == "__main__":
    sys.exit(main())
