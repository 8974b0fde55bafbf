"""Gifts for tests: a file of them as the donation management writes it, taken in as in the office."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from madoguchi.audit.entries import Actor
from madoguchi.furusato.applying import submit
from madoguchi.furusato.changing import tell_change
from madoguchi.furusato.mapping import gift_mapping
from madoguchi.furusato.models import GiftRow
from madoguchi.furusato.same_donor import vouch
from madoguchi.furusato.taking_in import GiftsTakenIn, take_in
from madoguchi.furusato.values import Confirmation, NewParticulars, Reader
from madoguchi.residents.accounts.facts import ClaimedFacts

NOW = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
DESK = Actor(7, "寄附 緑", "", "")
DONOR = Actor(None, "ご本人", "", "", "192.0.2.1")
HEADINGS = (
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
HOME = "東京都新宿区西新宿二丁目8番1号"
PLAIN = {
    "寄附番号": "F-0001", "寄附日": "2026-05-05", "寄附金額": "10000", "氏名": "寄附 太郎", "フリガナ": "キフ タロウ",
    "郵便番号": "160-0023", "住所": HOME, "生年月日": "昭和59年5月2日", "性別": "男", "状態": "有効",
}  # fmt: skip


def file_of(rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> io.BytesIO:
    """A CSV of these rows, each PLAIN but for what it says."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADINGS)
    writer.writeheader()
    writer.writerows({**PLAIN, **row} for row in rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def given(*rows: Mapping[str, str], now: datetime = NOW, dry_run: bool = False) -> GiftsTakenIn:
    """Take these gifts in."""
    return take_in(stream=file_of(rows), mapping=gift_mapping("standard"), dry_run=dry_run, by=DESK, now=now)


def three(**more: str) -> tuple[str, ...]:
    """Three gifts of one donor in one year."""
    numbers = ("F-0001", "F-0002", "F-0003")
    given(*({"寄附番号": one, "寄附金額": str(10000 * n), **more} for n, one in enumerate(numbers, start=1)))
    return numbers


def code_of(number: str) -> str:
    return GiftRow.objects.get(number=number).code


def applied(*numbers: str, reader: Reader | None = None, press: str = "", now: datetime = NOW) -> str:
    """Apply for these gifts with their papers; the receipt."""
    return submit(
        gifts=numbers, confirmed=list(Confirmation), press=press or f"press-{numbers}", reader=reader or Reader(numbers),
        by=DONOR, now=now,
    )  # fmt: skip


PAPER = Reader(("F-0001", "F-0002", "F-0003"))
TARO = ClaimedFacts("寄附 太郎", "東京都新宿区西新宿2-8-1", "1984-05-02", "male")
LAST = datetime(2027, 1, 12, 14, 59, tzinfo=UTC)
MOVED = NewParticulars("寄附 太郎", "", "530-0005", "大阪府大阪市北区中之島一丁目3番20号", date(2026, 11, 1))


def signed(account: int = 1, opened: tuple[str, ...] = ()) -> Reader:
    """A donor whom the sign-in vouches for."""
    vouch(account=account, facts=TARO, by=DONOR, now=NOW)
    return Reader(opened, account)


def change(
    what: NewParticulars = MOVED, *, receipt: str, reader: Reader = PAPER, now: datetime = NOW
) -> bool:
    """Tell a change by the papers, or as whoever is given."""
    return tell_change(receipt=receipt, what=what, press="p1", reader=reader, by=DONOR, now=now)
