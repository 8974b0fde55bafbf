"""Read how a procedure is decided (決定の決めの読み取り): the `[ruling]` table, whose days may be a parameter of the city."""

import re
from collections.abc import Callable, Mapping

from madoguchi.procedures.packs import ORDINARY_RULING, Parameter, RulingTerms, Verification
from madoguchi.procedures.tables import Table

LONGEST_DAYS = 730
_KEYS = ("two_persons", "days", "objection", "law", "appeal_first", "pauses", "verified")
_PARAMETER = re.compile(r"parameters\.([a-z][a-z0-9_]*)")
Verify = Callable[[Table], Verification | None]


def read_ruling(table: Table, parameters: Mapping[str, Parameter], verify: Verify) -> RulingTerms:
    """Return the terms of `[ruling]`, the ordinary ones where there is none; faults are left in the table's list."""
    terms = table.table("ruling")
    terms.only(_KEYS)
    if not terms.values:
        return ORDINARY_RULING
    return RulingTerms(
        terms.boolean("two_persons", default=False),
        _days(terms, parameters),
        terms.text("objection", default=""),
        terms.text("law", default=""),
        terms.boolean("appeal_first", default=False),
        verify(terms) or Verification(False, None, ""),
        pauses=terms.boolean("pauses", default=True),
    )


def _days(table: Table, parameters: Mapping[str, Parameter]) -> int | None:
    """The 標準処理期間 in days: a whole number, or what the city has set under a name."""
    said = table.values.get("days")
    if said is None:
        return None
    days = _of_parameter(table, said, parameters) if isinstance(said, str) else table.whole_number("days")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        table.fault("days", f"標準処理期間が{days}日です。", f"1 から {LONGEST_DAYS} の日数にしてください。")
        return None
    return days


def _of_parameter(table: Table, said: str, parameters: Mapping[str, Parameter]) -> int | None:
    found = _PARAMETER.fullmatch(said)
    parameter = parameters.get(found[1]) if found else None
    if parameter is None or isinstance(parameter.value, bool) or not isinstance(parameter.value, int):
        table.fault(
            "days",
            f"「{said}」は日数の市の値ではありません。",
            'days = 30 か、数の市の値の名前で days = "parameters.…" と書いてください。',
        )
        return None
    return parameter.value
