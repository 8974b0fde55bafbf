"""What is said when a number is called (呼出しの放送), as phrases that were rendered beforehand and are said one after another.

1. A chime, 「お待たせしました」; for a number that is called again 「もう一度お呼びします」 instead.
2. The letter of the ticket with 「の」, then its number with 「番」, in one or two phrases (百 apart).
3. Where to go: 「3番窓口へ」, 「2番ブースへ」, or 「表示の窓口へ」 for a desk whose name has no number; 「お越しください」.

`PHRASES` is the whole list: a phrase that is not in it is never asked for, so that no board falls silent half-way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from madoguchi.jp.counter_numbers import counted_reading, number_reading

MOST_DESKS = 60
MOST_BOOTHS = 20
LETTERS: Mapping[str, str] = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [
            "エー",
            "ビー",
            "シー",
            "ディー",
            "イー",
            "エフ",
            "ジー",
            "エイチ",
            "アイ",
            "ジェー",
            "ケー",
            "エル",
            "エム",
            "エヌ",
            "オー",
            "ピー",
            "キュー",
            "アール",
            "エス",
            "ティー",
            "ユー",
            "ブイ",
            "ダブリュー",
            "エックス",
            "ワイ",
            "ゼット",
        ],
        strict=True,
    )
)
_LABEL = re.compile(r"([A-Z]?)0*(\d{1,3})")
_DESK = re.compile(r"(\d{1,2})番?(窓口|ブース)?")
_BOOTH = re.compile(r"(?:ブース|相談ブース)(\d{1,2})番?")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase (放送の一句): the name of its file, what the voice is given to say, and how that must be read."""

    key: str
    words: str
    reading: str


def _phrases() -> Iterator[Phrase]:
    yield Phrase("waited", "お待たせしました。", "オマタセシマシタ")
    yield Phrase("again", "もう一度、お呼びします。", "モーイチドオヨビシマス")
    yield Phrase("please-come", "お越しください。", "オコシクダサイ")
    yield Phrase("to-shown-desk", "表示の窓口へ", "ヒョージノマドグチエ")
    for letter, name in LETTERS.items():
        # The voice makes スィー of 「シー」, and シー of the letter itself.
        words = f"{name}の" if letter != "C" else "Ｃの"
        yield Phrase(f"letter-{letter.lower()}", words, f"{name}ノ")
    for number in range(100):
        yield Phrase(f"number-{number}", f"{number}番", counted_reading(number))
    for number in range(100, 1000, 100):
        yield Phrase(f"number-{number}", f"{number}番", counted_reading(number))
        yield Phrase(f"hundred-{number}", f"{number}", number_reading(number))
    for number in range(1, MOST_DESKS + 1):
        yield Phrase(f"desk-{number}", f"{number}番窓口へ", f"{counted_reading(number)}マドグチエ")
    for number in range(1, MOST_BOOTHS + 1):
        yield Phrase(f"booth-{number}", f"{number}番ブースへ", f"{counted_reading(number)}ブースエ")


CHIME = "chime"
PHRASES: Mapping[str, Phrase] = {one.key: one for one in _phrases()}


def phrases_of_call(*, label: str, desk: str, again: bool) -> tuple[str, ...]:
    """The keys of what is said for a number ("A012") that is called to a desk ("3番窓口"), the chime first.

    A label whose letter or number has no phrase is only chimed and told to look at the board: never half a number.
    """
    number = _number(label)
    opening = "again" if again else "waited"
    return (CHIME, opening, *number, _place(desk), "please-come")


def _number(label: str) -> tuple[str, ...]:
    found = _LABEL.fullmatch(unicodedata.normalize("NFKC", label))
    if found is None:
        return ()
    letter = (f"letter-{found[1].lower()}",) if found[1] else ()
    number = int(found[2])
    if number < 100 or number % 100 == 0:
        return (*letter, f"number-{number}")
    return (*letter, f"hundred-{number - number % 100}", f"number-{number % 100}")


def _place(desk: str) -> str:
    name = unicodedata.normalize("NFKC", desk).replace(" ", "")
    booth = _BOOTH.fullmatch(name)
    found = booth or _DESK.fullmatch(name)
    kind = "booth" if booth or (found and found[2] == "ブース") else "desk"
    key = f"{kind}-{int(found[1])}" if found else ""
    return key if key in PHRASES else "to-shown-desk"
