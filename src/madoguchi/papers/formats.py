"""Writes a known value the way its box wants it (記入形式). Pure."""

from datetime import date

from django.utils.translation import gettext as _

from madoguchi.jp.wareki import WarekiError, era_of
from madoguchi.papers.definitions import BoxFormat
from madoguchi.papers.facts import Address, FactValue, Name
from madoguchi.papers.values import Choices, Content, DateParts, Words, WrittenAddress, WrittenName


def era_date(day: date) -> tuple[str, str, str, str]:
    """Split a date into era, year, month, day in the Japanese calendar; before 明治 the era is 西暦."""
    try:
        era = era_of(day)
    except WarekiError:
        return _("西暦"), str(day.year), str(day.month), str(day.day)
    year = day.year - era.first.year + 1
    return era.name, "元" if year == 1 else str(year), str(day.month), str(day.day)


def wareki(day: date) -> str:
    """Write a date as 令和8年11月9日."""
    era, year, month, day_of_month = era_date(day)
    return f"{era}{year}年{month}月{day_of_month}日"


def postal(code: str) -> str:
    """Write seven digits as 〒366-0823; anything else stays as it is recorded."""
    digits = code.replace("-", "").replace("〒", "").strip()
    if len(digits) == 7 and digits.isascii() and digits.isdigit():
        return f"〒{digits[:3]}-{digits[3:]}"
    return code


def plain(value: FactValue) -> str:
    """Write a value without looking at its box's format."""
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, date):
        return wareki(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, str):
        return value
    if isinstance(value, frozenset):
        return "、".join(sorted(value))
    return value.text


def resolve(format: BoxFormat, value: FactValue, choices: tuple[tuple[str, str], ...]) -> BoxFormat:
    """Choose the format of a box that leaves it open, from the value."""
    if format is not BoxFormat.AUTO:
        return format
    if isinstance(value, bool):
        return BoxFormat.YES_NO
    if isinstance(value, Name):
        return BoxFormat.NAME
    if isinstance(value, Address):
        return BoxFormat.ADDRESS
    if isinstance(value, date):
        return BoxFormat.WAREKI
    if isinstance(value, int):
        return BoxFormat.NUMBER
    return BoxFormat.CHOICE if choices else BoxFormat.TEXT


def content(
    format: BoxFormat,
    value: FactValue,
    *,
    choices: tuple[tuple[str, str], ...],
    kana: str = "",
    building: str = "",
    postcode: str = "",
    unit: str = "",
) -> Content:
    """Write a value into its box. A value its format cannot hold is written plainly, never dropped."""
    match resolve(format, value, choices):
        case BoxFormat.CHOICE if choices:
            return _choice(value, choices)
        case BoxFormat.YES_NO if isinstance(value, bool):
            return Choices(((_("はい"), value), (_("いいえ"), not value)))
        case BoxFormat.DATE_PARTS if isinstance(value, date):
            return DateParts(*era_date(value))
        case BoxFormat.NAME:
            if isinstance(value, Name):
                return WrittenName(value.text, value.kana or kana)
            return WrittenName(plain(value), kana)
        case BoxFormat.ADDRESS:
            if isinstance(value, Address):
                return WrittenAddress(
                    value.text, value.building or building, postal(value.postal or postcode)
                )
            return WrittenAddress(plain(value), building, postal(postcode))
        case BoxFormat.YEN:
            return Words(plain(value) + (_("円") if isinstance(value, int) else "") + unit)
        case BoxFormat.POSTAL if isinstance(value, str):
            return Words(postal(value))
        case _:
            return Words(plain(value) + unit)


def _choice(value: FactValue, choices: tuple[tuple[str, str], ...]) -> Content:
    """Mark the chosen codes; a code the choices do not know stands beside them as it is."""
    chosen = (
        set(value)
        if isinstance(value, frozenset)
        else {str(value) if isinstance(value, int) else plain(value)}
    )
    marks = [(label, code in chosen or label in chosen) for code, label in choices]
    known = {part for pair in choices for part in pair}
    return Choices(tuple(marks) + tuple((code, True) for code in sorted(chosen - known)))
