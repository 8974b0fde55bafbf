"""`madoguchi queue score SNAPSHOTS --out REPORT`: how well waits are foreseen on queues of any office."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from madoguchi.booking.waits.report import OURS, report_of
from madoguchi.booking.waits.snapshots import NAMES, SnapshotsRefused, joins, read_snapshots


def parser() -> argparse.ArgumentParser:
    """The command's own help."""
    made = argparse.ArgumentParser(
        prog="madoguchi queue",
        description="待ち列の写し（スナップショット）で、待ち時間の見込みを採点します。",
        epilog="例: madoguchi queue score 待ち列.csv --out 採点.md",
    )
    acts = made.add_subparsers(dest="act", required=True, metavar="score")
    one = acts.add_parser(
        "score",
        help="採点します",
        description="待ち列の写しを読み、後ろの3割の日を1日ずつ見込んで、採点を書き出します。",
        epilog="例: madoguchi queue score 待ち列.csv --out 採点.json",
    )
    columns = "、".join(names[0] for names in NAMES.values())
    one.add_argument(
        "snapshots", type=Path, metavar="SNAPSHOTS", help=f"CSV（.gz も）か Parquet。列: {columns}"
    )
    one.add_argument("--out", type=Path, required=True, metavar="REPORT", help="書き出す先（.json か .md）")
    one.add_argument("--every", type=int, default=5, help="何枚ごとの写しで一人を並ばせるか（5）")
    return made


def main(argv: list[str]) -> int:
    """Score and write the report: 0 done, 1 done but rows could not be read, 2 could not be done."""
    options = parser().parse_args(argv)
    if options.every < 1:
        print("--every には1以上の数を入れてください。", file=sys.stderr)
        return 2
    try:
        read = read_snapshots(options.snapshots)
    except SnapshotsRefused as error:
        print(error, file=sys.stderr)
        return 2
    joined = joins(read.snapshots, every=options.every)
    if not joined.joined:
        print(
            "待っている人が呼ばれるところまで追えた写しがありません。待ち人数と最後に呼んだ番号の列を確かめてください。",
            file=sys.stderr,
        )
        return 2
    report = report_of(read, joined, _progress if sys.stderr.isatty() else None)
    text = (
        json.dumps(report.values(), ensure_ascii=False, indent=1)
        if options.out.suffix == ".json"
        else report.markdown()
    )
    try:
        options.out.write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"{options.out} に書けません（{error.strerror}）。場所を確かめてください。", file=sys.stderr)
        return 2
    ours = report.scores[OURS]
    print(
        f"{ours.count}件の待ちを採点しました。平均誤差 {ours.mean_error:.1f}分、中央誤差 {ours.median_error:.1f}分、"
        f"8割の幅に入った {ours.covered:.0%}。{options.out} に書きました。"
    )
    if read.refused:
        print(f"{read.refused}行は読めませんでした。理由は {options.out} にあります。", file=sys.stderr)
    return 1 if read.refused else 0


def _progress(done: int, days: int) -> None:
    print(f"\r採点 {done} / {days} 日", end="" if done < days else "\n", file=sys.stderr, flush=True)
