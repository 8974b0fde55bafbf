"""`madoguchi population --residents N --seed S --out DIR`: write an invented register."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from madoguchi.residents.population.files import write_register
from madoguchi.residents.population.register import AS_OF, register

BAR = 30


def main(arguments: Sequence[str]) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="madoguchi population",
        description="まどか市（架空）の住民を作り、取り込み用のCSVと、判定用の表（Parquet）に書き出します。",
        epilog="例: madoguchi population --residents 10000 --seed 1 --out 架空の住民",
    )
    parser.add_argument("--residents", type=int, required=True, metavar="N", help="人数")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="種。同じ種からは同じ住民ができます")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="書き出すフォルダ")
    parser.add_argument(
        "--on", type=date.fromisoformat, default=AS_OF, metavar="DATE", help=f"基準日（なければ {AS_OF}）"
    )
    given = parser.parse_args(arguments)
    if given.residents < 1:
        print("人数は1以上にしてください。例: --residents 10000", file=sys.stderr)
        return 2
    show = (lambda done: _bar(done, given.residents)) if sys.stderr.isatty() else None
    try:
        people = register(residents=given.residents, seed=given.seed, on=given.on)
        written = write_register(people, given.out, given.on, show)
    except OSError as error:
        print(
            f"「{given.out}」に書けません（{error.strerror}）。別のフォルダを指定してください。",
            file=sys.stderr,
        )
        return 2
    print(f"架空の住民 {written:,}人を「{given.out}」に書きました。")
    return 0


def _bar(done: int, total: int) -> None:
    """One line on the terminal that tells how many people are written."""
    full = done * BAR // total
    end = "\n" if done >= total else ""
    print(f"\r作成中 {'█' * full}{'░' * (BAR - full)} {done:,}人", end=end, file=sys.stderr, flush=True)
