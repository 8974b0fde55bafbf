"""Check digits (検査数字) of the numbers an office meets.

宛名番号・世帯番号: modulus 11, weights 2–7 from the right (住民記録システム標準仕様書 1.1.13). The standard says remainder 0
gives 0 and is silent on remainder 1; we give 0 there too, as is usual for a single digit, and say so.
個人番号: 番号法施行規則(平成26年総務省令85号)5条. 団体コード: weights 6–2, modulus 11.
"""

from __future__ import annotations

from itertools import cycle


def _digits(text: str, length: int | None = None) -> list[int]:
    if not (text.isascii() and text.isdigit()) or (length is not None and len(text) != length):
        wanted = f"{length}けたの数字" if length else "数字"
        raise ValueError(f"「{text}」は番号として読めません。{wanted}で入れてください。")
    return [int(character) for character in text]


def resident_number_check_digit(serial: str) -> int:
    """Check digit for the serial of a 宛名番号 or 世帯番号. Raises ValueError unless all are digits."""
    remainder = (
        sum(
            digit * weight
            for digit, weight in zip(reversed(_digits(serial)), cycle((2, 3, 4, 5, 6, 7)), strict=False)
        )
        % 11
    )
    return 0 if remainder in (0, 1) else 11 - remainder


def with_check_digit(serial: str) -> str:
    """The 宛名番号 or 世帯番号 for a serial."""
    return f"{serial}{resident_number_check_digit(serial)}"


def valid_resident_number(number: str) -> bool:
    """Whether a 宛名番号 or 世帯番号 carries the right check digit."""
    return (
        number.isascii() and number.isdigit() and len(number) > 1 and with_check_digit(number[:-1]) == number
    )


def individual_number_check_digit(first_eleven: str) -> int:
    """Check digit of a 個人番号 for its first eleven digits."""
    total = sum(
        digit * (n + 1 if n <= 6 else n - 5)
        for n, digit in enumerate(reversed(_digits(first_eleven, 11)), start=1)
    )
    remainder = total % 11
    return 0 if remainder <= 1 else 11 - remainder


def valid_individual_number(number: str) -> bool:
    """Whether twelve digits form a 個人番号."""
    return (
        len(number) == 12
        and number.isascii()
        and number.isdigit()
        and individual_number_check_digit(number[:11]) == int(number[11])
    )


def municipality_code_check_digit(first_five: str) -> int:
    """Sixth digit of a 全国地方公共団体コード."""
    total = sum(digit * weight for digit, weight in zip(_digits(first_five, 5), (6, 5, 4, 3, 2), strict=True))
    return (11 - total % 11) % 10


def valid_municipality_code(code: str) -> bool:
    """Whether six digits form a 全国地方公共団体コード."""
    return (
        len(code) == 6
        and code.isascii()
        and code.isdigit()
        and municipality_code_check_digit(code[:5]) == int(code[5])
    )
