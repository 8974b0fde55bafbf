"""The file that says how long each class is kept (保存期間の設定, retention.toml): read whole, with every fault, or not at all.

There is no default: a class that the file does not name has no period, and nothing of it is ever erased.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from madoguchi.disposal.values import LONGEST_YEARS, CountedFrom, Period, RecordClass
from madoguchi.procedures.tables import PackError, Source, Table, read_source

_MOST_OF_A_BASIS = 200


class PeriodsRefused(ValueError):
    """A file that does not describe periods; carries every fault, each one sentence with its line."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"保存期間の設定に {len(self.faults)} 件の誤りがあるため、何も設定していません。")


def read_periods(path: Path) -> tuple[Period, ...]:
    """What the file says, in the order of the classes. Raises PeriodsRefused with every fault."""
    try:
        source = read_source(path.name, path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise PeriodsRefused(
            [f"{path} を読めません（{error.strerror}）。場所と権限を確かめてください。"]
        ) from error
    if isinstance(source, PackError):
        raise PeriodsRefused([str(source)])
    return periods_of(source)


def periods_of(source: Source) -> tuple[Period, ...]:
    """What a parsed file says. Raises PeriodsRefused with every fault."""
    errors: list[PackError] = []
    root = Table(source.values, {"": source}, (), errors)
    root.only(("period",))
    found: dict[RecordClass, Period] = {}
    for table in root.tables("period"):
        period = _period(table)
        if period is None:
            continue
        if period.record_class in found:
            table.fault("class", "同じ区分が二度あります。", "一つにしてください。")
        found[period.record_class] = period
    if errors:
        raise PeriodsRefused([str(one) for one in sorted(errors, key=lambda one: one.line)])
    return tuple(found[one] for one in RecordClass if one in found)


def _period(table: Table) -> Period | None:
    table.only(("class", "years", "counted_from", "basis"))
    of_class = table.one_of("class", [one.value for one in RecordClass])
    counted = table.one_of("counted_from", [one.value for one in CountedFrom])
    years, basis = table.whole_number("years"), table.text("basis").strip()
    if not 1 <= years <= LONGEST_YEARS:
        table.fault(
            "years",
            f"年数が 1 から {LONGEST_YEARS} の間にありません。",
            "永年保存の区分は、この設定に書かないでください。",
        )
        return None
    if not basis or len(basis) > _MOST_OF_A_BASIS:
        table.fault(
            "basis", "根拠がないか、200字を超えています。", "市の文書管理規程の条・表の名前を書いてください。"
        )
        return None
    return Period(RecordClass(of_class), years, CountedFrom(counted), basis)


def written(periods: Iterable[Period]) -> str:
    """The periods as such a file; read again, they are the same."""
    lines = []
    for one in periods:
        lines += [
            f"# {one.record_class.label}: {one.record_class.holds}",
            "[[period]]",
            f'class = "{one.record_class.value}"',
            f"years = {one.years}",
            f'counted_from = "{one.counted_from.value}"',
            f"basis = {json.dumps(one.basis, ensure_ascii=False)}",
            "",
        ]
    return "\n".join(lines)
