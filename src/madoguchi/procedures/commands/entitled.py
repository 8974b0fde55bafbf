"""`madoguchi entitled`: what everybody in a register is entitled to or has to do (一括判定)."""

import sys
import time
from argparse import Namespace
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

_WIDTH, _LEAST_MEMORY = 30, 512
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
    parser.add_argument("--out", type=Path, metavar="FILE.parquet", help="書き出す先")
    parser.add_argument(
        "--why", metavar="HOUSEHOLD", help="書き出さずに、この世帯(household_id)の判定の理由を示す"
    )
    parser.add_argument(
        "--engine",
        choices=("duckdb", "spark"),
        default="duckdb",
        help="計算のしかた(duckdb はこの機械だけ、spark は madoguchi[spark] と Java 17 が要ります)",
    )
    parser.add_argument("--memory", type=int, default=4096, metavar="MB", help="使うメモリの上限の目安(4096)")
    add_pack_option(parser)
    arguments = parser.parse_args(argv)
    try:
        on = date.fromisoformat(arguments.on)
    except ValueError:
        return _refused(
            f"--on の「{arguments.on}」という日付はありません。"
            "2026-11-09 のように実在する年月日を指定してください。"
        )
    if (arguments.out is None) == (arguments.why is None):
        return _refused("--out(書き出す先)か --why(理由を見る世帯)のどちらか一つを指定してください。")
    if arguments.memory < _LEAST_MEMORY:
        return _refused(f"--memory は {_LEAST_MEMORY}(MB)からにしてください。")
    if arguments.out is not None and not arguments.out.parent.is_dir():
        return _refused(
            f"{arguments.out.parent} がありません。--out の場所を作ってから、もう一度実行してください。"
        )
    pack = pack_of(arguments)
    unknown = [one for one in arguments.procedures if not pack.has_procedure(one)]
    if unknown:
        return _refused(
            f"「{'」「'.join(unknown)}」という手続きはありません。「madoguchi procedures list」で id が見られます。"
        )
    procedures = [pack.procedure(one) for one in arguments.procedures]
    if arguments.why is not None:
        return _explain(pack, procedures, arguments, on)
    return _decide(pack, procedures, arguments, on)


def _decide(pack: Pack, procedures: list[Procedure], arguments: Namespace, on: date) -> int:
    from madoguchi.procedures.bulk.register import Limits, RegisterUnreadable, SparkUnavailable, entitled

    began = time.perf_counter()

    def show(parts: int, of: int) -> None:
        if sys.stderr.isatty():
            print(
                f"\r{_bar(parts, of, time.perf_counter() - began)}\x1b[K", end="", file=sys.stderr, flush=True
            )

    try:
        tally = entitled(
            pack,
            procedures,
            register=arguments.register,
            on=on,
            open_days=OpenDays(),
            out=arguments.out,
            limits=Limits(arguments.memory),
            on_spark=arguments.engine == "spark",
            done=show,
        )
    except (RegisterUnreadable, SparkUnavailable) as error:
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
        f"{arguments.out} に {tally.rows:,} 行を書きました（{counts or '該当なし'}）。"
        f"{time.perf_counter() - began:.1f} 秒"
    )
    return DONE


def _bar(parts: int, of: int, seconds: float) -> str:
    """Return how far it is, and about how long it still takes."""
    filled = _WIDTH * parts // of
    left = f" 残り約{seconds / parts * (of - parts):.0f}秒" if 0 < parts < of else ""
    return f"[{'■' * filled}{'□' * (_WIDTH - filled)}] {parts}/{of}{left}"


def _explain(pack: Pack, procedures: list[Procedure], arguments: Namespace, on: date) -> int:
    from madoguchi.procedures.bulk.register import RegisterUnreadable, explained

    try:
        decisions = explained(
            pack,
            procedures,
            register=arguments.register,
            on=on,
            open_days=OpenDays(),
            household=arguments.why,
        )
    except RegisterUnreadable as error:
        print(error, file=sys.stderr)
        return FAULTS
    if not decisions:
        print(
            f"世帯「{arguments.why}」の判定はありません。household_id と手続きを確かめてください。",
            file=sys.stderr,
        )
        return FAULTS
    for one in decisions:
        print(f"{one.procedure}\t{one.subject}\t{one.status.label}")
        for reason in one.because:
            said = "" if reason.verified else "（未確認）"
            print(f"    {reason.text}（{reason.law}）{said}")
        if one.deadline is not None:
            print(f"    期限 {one.deadline.isoformat()}")
        if one.amount is not None:
            print(f"    金額 {one.amount.yen:,}円")
        if one.missing:
            print(f"    分かれば決まること: {'、'.join(f'{ref.subject}.{ref.key}' for ref in one.missing)}")
    return DONE


def _refused(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return WRONG_CALL


if __name__ == "__main__":
    sys.exit(main())
