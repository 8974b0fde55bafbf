"""The keys of the machine on a page of finding out (画面のキー): a day or a number, digit by digit, without a keyboard.

Era and digits travel with the page; 「つぎへ」 hands them on as the fields that the pages at home have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.http import QueryDict

from madoguchi.channels.shared.finding.asking import LONGEST_NUMBER
from madoguchi.channels.shared.finding.days import ERA_NAMES, WESTERN
from madoguchi.jp.wareki import era_of

OF_AN_ERA, WESTERN_DIGITS = 6, 8
LONGEST_NAME = 80
DAY_KINDS = ("day", "birth")
BANDS, DIGITS = "bands", "digits"


@dataclass(frozen=True, slots=True)
class Keys:
    """What was pressed so far (押したキー): of which field, its era, its digits; `way`: digits, or age bands instead."""

    name: str = ""
    kind: str = ""
    era: str = ""
    typed: str = ""
    way: str = DIGITS

    @property
    def western(self) -> bool:
        """Whether the year is written in four digits (西暦)."""
        return self.era == WESTERN

    @property
    def longest(self) -> int:
        """How many digits there are at most."""
        if self.kind not in DAY_KINDS:
            return LONGEST_NUMBER
        return WESTERN_DIGITS if self.western else OF_AN_ERA

    @property
    def parts(self) -> tuple[str, str, str]:
        """Year, month and day of the digits of a day, as far as they were pressed."""
        year = 4 if self.western else 2
        return self.typed[:year], self.typed[year : year + 2], self.typed[year + 2 :]

    @property
    def said(self) -> str:
        """The digits of a number in threes."""
        return f"{int(self.typed):,}" if self.typed else ""

    def as_fields(self) -> dict[str, str]:
        """The fields of the same answer at home; nothing where no key was pressed."""
        if not self.typed or self.way == BANDS:
            return {}
        if self.kind not in DAY_KINDS:
            return {self.name: self.typed}
        parts = dict(zip(("y", "m", "d"), self.parts, strict=True))
        return {f"{self.name}-era": self.era} | {f"{self.name}-{part}": said for part, said in parts.items()}


def keys_of(data: QueryDict) -> Keys:
    """The keys that travel with a page; of another field or nonsense, none."""
    name, kind, era = data.get("field", "")[:LONGEST_NAME], data.get("kind", ""), data.get("era", "")
    if not name or kind not in (*DAY_KINDS, "number"):
        return Keys()
    held = Keys(
        name, kind, era if era in ERA_NAMES else "", way=BANDS if data.get("way") == BANDS else DIGITS
    )
    typed = "".join(
        one for one in data.get("typed", "")[: WESTERN_DIGITS * 2] if one.isascii() and one.isdigit()
    )
    return replace(held, typed=typed[: held.longest])


def pressed(data: QueryDict, *, today: date) -> Keys | None:
    """The keys after one more press, or None when no key was pressed."""
    key = data.get("key", "")
    if not key:
        return None
    held = keys_of(data)
    if key == "back":
        return replace(held, typed=held.typed[:-1])
    if key in ERA_NAMES:
        return replace(held, era=key, typed=held.typed if key != WESTERN and held.era != WESTERN else "")
    if key == "today":
        era = era_of(today)
        return replace(held, era=era.name, typed=f"{today.year - era.first.year + 1:02d}{today:%m%d}")
    if key in (BANDS, DIGITS):
        return replace(held, way=key)
    if len(key) == 1 and key.isascii() and key.isdigit():
        return replace(held, typed=(held.typed + key)[: held.longest])
    return held
