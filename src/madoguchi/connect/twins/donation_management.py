"""A donation management that manages nothing (実演用の寄附管理): invented donors and their gifts, written as its file.

    python -m madoguchi.connect.twins.donation_management --on 2026-11-27 --donors 40 > kifu.csv

Nobody of it exists; the towns of the addresses do not either. The first donor gave three times, so that several papers can
be tried at once. Among the rows are two that cannot be taken in, as in every real file.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
from datetime import date, timedelta

HEADING = (
    "寄附番号",
    "寄附日",
    "寄附金額",
    "氏名",
    "フリガナ",
    "郵便番号",
    "住所",
    "生年月日",
    "性別",
    "状態",
)
FIRST_DONOR = ("寄附野 花", "キフノ ハナ", "", "東京都千代田区架空町三丁目2番1号", "1985-04-12", "女")
_SURNAMES = (
    ("架空", "カクウ"),
    ("例野", "レイノ"),
    ("仮山", "カリヤマ"),
    ("試本", "タメモト"),
    ("寄附野", "キフノ"),
)
_GIVEN = (
    ("一", "ハジメ", "男"),
    ("栞", "シオリ", "女"),
    ("海", "カイ", "男"),
    ("澄", "スミ", "女"),
    ("蓮", "レン", "男"),
)
_TOWNS = (
    "北海道札幌市中央区",
    "東京都新宿区",
    "愛知県名古屋市中区",
    "大阪府大阪市北区",
    "福岡県福岡市博多区",
)
YEN = (5_000, 10_000, 12_000, 20_000, 30_000, 50_000)


def gift_file(*, on: date, donors: int, seed: int = 20261127) -> bytes:
    """The file as it leaves the donation management on that day, with two rows that are wrong."""
    chance = random.Random(seed)
    people = [FIRST_DONOR] * 3 + [_donor(chance) for _ in range(donors)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADING)
    for number, (name, kana, postal, address, birth, sex) in enumerate(people, start=1):
        given = on - timedelta(days=chance.randrange(1, 60))
        writer.writerow(
            (
                f"F{given:%y}-{number:05d}", given.isoformat(), chance.choice(YEN), name, kana, postal, address, birth,
                sex, "有効",
            )
        )  # fmt: skip
    writer.writerow(
        (
            f"F-{len(people) + 1:05d}",
            "2026-02-30",
            10_000,
            "架空 誤",
            "",
            "",
            "東京都新宿区架空町1",
            "",
            "",
            "有効",
        )
    )
    writer.writerow(
        (
            f"F-{len(people) + 2:05d}",
            on.isoformat(),
            0,
            "架空 零",
            "",
            "",
            "東京都新宿区架空町2",
            "",
            "",
            "有効",
        )
    )
    return text.getvalue().encode("utf-8-sig")


def _donor(chance: random.Random) -> tuple[str, str, str, str, str, str]:
    surname, given = chance.choice(_SURNAMES), chance.choice(_GIVEN)
    birth = date(1950, 1, 1) + timedelta(days=chance.randrange(365 * 50))
    lot = f"架空町{chance.randrange(1, 9)}丁目{chance.randrange(1, 40)}番{chance.randrange(1, 20)}号"
    return (
        f"{surname[0]} {given[0]}", f"{surname[1]} {given[1]}", "", f"{chance.choice(_TOWNS)}{lot}", birth.isoformat(),
        given[2],
    )  # fmt: skip


def main() -> int:
    """Write the file to the standard output."""
    parser = argparse.ArgumentParser(description="実演用の寄附データ（つくりもの）を書き出します。")
    parser.add_argument("--on", type=date.fromisoformat, required=True, help="書き出す日（例 2026-11-27）")
    parser.add_argument("--donors", type=int, default=40, help="つくりものの寄附者の数（40）")
    options = parser.parse_args()
    sys.stdout.buffer.write(gift_file(on=options.on, donors=options.donors))
    return 0


if __name__ == "__main__":
    sys.exit(main())
