"""How numbers are read aloud at a counter (番号の読み): 4番 is よんばん, 7 is なな, 9 is きゅう, 0 is ゼロ.

Readings are in katakana with the long vowel written as it is said (ジュー), so that they can be compared with what a voice says.
"""

from __future__ import annotations

LARGEST = 999
_ONES = ("", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー")
# 300, 600 and 800 change their sound.
_HUNDREDS = (
    "", "ヒャク", "ニヒャク", "サンビャク", "ヨンヒャク", "ゴヒャク", "ロッピャク", "ナナヒャク", "ハッピャク", "キューヒャク",
)  # fmt: skip


class NotRead(ValueError):
    """A number that no ticket carries."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} の読みはありません。番号は0から{LARGEST}までです。")


def number_reading(number: int) -> str:
    """How a number from 0 to 999 is read: 104 → ヒャクヨン. Raises NotRead."""
    if not 0 <= number <= LARGEST:
        raise NotRead(number)
    if number == 0:
        return "ゼロ"
    hundreds, rest = divmod(number, 100)
    return _HUNDREDS[hundreds] + _below_hundred(rest)


def counted_reading(number: int) -> str:
    """How a number is called: 12 → ジューニバン. Raises NotRead."""
    return number_reading(number) + "バン"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _ONES[ones]
    return ("" if tens == 1 else _ONES[tens]) + "ジュー" + _ONES[ones]
