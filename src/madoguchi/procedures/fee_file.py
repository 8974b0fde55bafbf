"""Read the fees of a procedure (手数料の読み取り): `[[fee]]` tables, each with the reductions that may apply."""

from collections.abc import Callable

from madoguchi.procedures.language.tree import Expression, Kind
from madoguchi.procedures.packs import FeeReduction, FeeRule, Verification
from madoguchi.procedures.tables import Table

# Where no law is named, the amount is the city's: no official one is made up.
CITY_DECIDES = "市が決める"
_KEYS = ("label", "yen", "per", "when", "valid_from", "valid_until", "law", "verified", "reduction")
_REDUCTION_KEYS = ("when", "yen", "because", "law")
Read = Callable[[Table, str, Kind], Expression | None]
Verify = Callable[[Table], Verification | None]


def read_fees(table: Table, read: Read, verify: Verify) -> tuple[FeeRule, ...]:
    """Return the fees; faults are left in the table's list."""
    fees = tuple(found for one in table.tables("fee") if (found := _fee(one, read, verify)))
    if fees and "fee_yen" in table.values:
        table.fault("fee_yen", "fee_yen と [[fee]] の両方があります。", "どちらか一方にしてください。")
    return fees


def _fee(table: Table, read: Read, verify: Verify) -> FeeRule | None:
    table.only(_KEYS)
    yen = _yen(table, read)
    per_copy = table.one_of("per", ("once", "copy"), default="once") == "copy"
    days = table.day("valid_from"), table.day("valid_until")
    when = read(table, "when", Kind.BOOLEAN)
    reductions = tuple(found for one in table.tables("reduction") if (found := _reduction(one, read)))
    if yen is None:
        return None
    law = table.text("law", default=CITY_DECIDES)
    return FeeRule(table.text("label"), yen, per_copy, when, *days, law, verify(table), reductions)


def _reduction(table: Table, read: Read) -> FeeReduction | None:
    table.only(_REDUCTION_KEYS)
    if "when" not in table.values:
        table.fault("when", "減免の条件がありません。", 'when = "…" と書いてください。')
    when, yen = read(table, "when", Kind.BOOLEAN), _yen(table, read)
    because, law = table.text("because"), table.text("law", default=CITY_DECIDES)
    return None if when is None or yen is None else FeeReduction(when, yen, because, law)


def _yen(table: Table, read: Read) -> Expression | int | None:
    """A number as it stands, or an expression (a parameter of the city)."""
    if "yen" not in table.values:
        table.fault("yen", "金額がありません。", 'yen = 300 か yen = "parameters.…" と書いてください。')
        return None
    if isinstance(table.values["yen"], str):
        return read(table, "yen", Kind.NUMBER)
    return table.whole_number("yen")
