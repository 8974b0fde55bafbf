"""What is said when a number is called: the readings, the phrases, and a voice that says them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tools import voice

from madoguchi.jp.announcement import CHIME, LETTERS, PHRASES, phrases_of_call
from madoguchi.jp.counter_numbers import LARGEST, NotRead, counted_reading, number_reading


@pytest.mark.parametrize(
    ("number", "reading"),
    [
        (0, "ゼロバン"),
        (4, "ヨンバン"),
        (7, "ナナバン"),
        (9, "キューバン"),
        (10, "ジューバン"),
        (12, "ジューニバン"),
        (14, "ジューヨンバン"),
        (47, "ヨンジューナナバン"),
        (99, "キュージューキューバン"),
        (104, "ヒャクヨンバン"),
        (300, "サンビャクバン"),
        (600, "ロッピャクバン"),
        (808, "ハッピャクハチバン"),
        (999, "キューヒャクキュージューキューバン"),
    ],
)
def test_a_number_is_read_as_counters_read_it(number: int, reading: str) -> None:
    assert counted_reading(number) == reading


@pytest.mark.parametrize("number", [-1, LARGEST + 1])
def test_a_number_that_no_ticket_carries_is_refused(number: int) -> None:
    with pytest.raises(NotRead, match=f"{number} の読みはありません。番号は0から999までです"):
        number_reading(number)


def test_joined_phrases_say_the_whole_number() -> None:
    for number in range(1, LARGEST + 1):
        phrases = phrases_of_call(label=f"A{number:03d}", desk="1番窓口", again=False)
        said = "".join(PHRASES[key].reading for key in phrases if key.startswith(("hundred-", "number-")))
        assert said == counted_reading(number)


def test_a_call_is_said_in_order() -> None:
    assert phrases_of_call(label="A112", desk="3番窓口", again=False) == (
        CHIME, "waited", "letter-a", "hundred-100", "number-12", "desk-3", "please-come",
    )  # fmt: skip


def test_a_second_call_says_that_it_is_one() -> None:
    assert phrases_of_call(label="B004", desk="12番窓口", again=True)[1] == "again"


@pytest.mark.parametrize(
    ("desk", "phrase"),
    [
        ("3番窓口", "desk-3"),
        ("３番窓口", "desk-3"),
        ("12番", "desk-12"),
        ("ブース2", "booth-2"),
        ("2番ブース", "booth-2"),
        ("相談ブース 4", "booth-4"),
        ("福祉相談室", "to-shown-desk"),
        ("61番窓口", "to-shown-desk"),
        ("0番窓口", "to-shown-desk"),
    ],
)
def test_a_place_is_said_by_its_number_or_shown(desk: str, phrase: str) -> None:
    assert phrases_of_call(label="A001", desk=desk, again=False)[-2] == phrase


ONES = ("イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー")


def test_a_number_is_read_by_its_parts() -> None:
    """No two numbers sound alike, and only 300, 600 and 800 change their sound."""
    readings = [number_reading(number) for number in range(LARGEST + 1)]
    assert len(set(readings)) == LARGEST + 1
    assert readings[1:10] == list(ONES)
    for number in range(11, 100):
        tens, ones = divmod(number, 10)
        said = "".join((*ONES[tens - 1 : tens] * (tens > 1), "ジュー", *ONES[ones - 1 : ones] * (ones > 0)))
        assert readings[number] == said
    for hundreds in {1, 2, 4, 5, 7, 9}:
        assert readings[hundreds * 100] == (ONES[hundreds - 1] if hundreds > 1 else "") + "ヒャク"
    for number in range(101, LARGEST + 1):
        assert readings[number] == readings[number - number % 100] + (
            readings[number % 100] if number % 100 else ""
        )


KATAKANA = re.compile("[ァ-ヴー]+")


def test_every_phrase_has_its_words_and_a_reading_of_its_own() -> None:
    """The voice is given the words; what it says is compared with the reading, so neither may be empty or stand for two."""
    assert len(PHRASES) == 4 + 26 + 100 + 9 * 2 + 60 + 20
    assert all(key == phrase.key and phrase.words for key, phrase in PHRASES.items())
    assert all(KATAKANA.fullmatch(phrase.reading) for phrase in PHRASES.values())
    for part in ("words", "reading"):
        assert len({getattr(phrase, part) for phrase in PHRASES.values()}) == len(PHRASES)
    for key, phrase in PHRASES.items():
        kind, _, number = key.rpartition("-")
        if kind in ("number", "desk", "booth", "hundred"):
            end = {"number": "番", "desk": "番窓口へ", "booth": "番ブースへ", "hundred": ""}[kind]
            assert phrase.words == f"{number}{end}"
        if kind == "letter":
            assert phrase.words.endswith("の") and phrase.reading == f"{LETTERS[number.upper()]}ノ"
    assert len(set(LETTERS.values())) == 26 and all(KATAKANA.fullmatch(name) for name in LETTERS.values())
    assert {key: PHRASES[key].words for key in PHRASES if "-" not in key or key[:2] in ("pl", "to")} == {
        "waited": "お待たせしました。",
        "again": "もう一度、お呼びします。",
        "please-come": "お越しください。",
        "to-shown-desk": "表示の窓口へ",
    }


@given(some.text(max_size=8), some.text(max_size=12), some.booleans())
def test_no_phrase_is_ever_asked_for_that_was_not_rendered(label: str, desk: str, again: bool) -> None:
    phrases = phrases_of_call(label=label, desk=desk, again=again)
    assert all(key == CHIME or key in PHRASES for key in phrases)
    assert phrases[0] == CHIME and phrases[-1] == "please-come"


def test_a_letter_is_never_said_without_its_number() -> None:
    for label in ("A", "AB12", "A1234", "あ012", ""):
        assert len(phrases_of_call(label=label, desk="1番窓口", again=False)) == 4


def test_every_phrase_is_shipped_and_nothing_else() -> None:
    shipped = {path.stem for path in voice.FOLDER.glob("*.mp3")}
    assert shipped == {CHIME, *PHRASES}
    assert all(path.stat().st_size > 800 for path in voice.FOLDER.glob("*.mp3"))


@pytest.mark.needs("voice")
@pytest.mark.parametrize("number", [0, 4, 7, 9, 17, 44, 70, 99, 100, 303, 604, 808, 999])
def test_the_voices_own_dictionary_reads_numbers_the_same(number: int, tmp_path: Path) -> None:
    assert voice.spoken(f"{number}番", tmp_path / "said.wav") == counted_reading(number)


@pytest.mark.needs("voice")
def test_a_phrase_is_rendered_as_it_was_shipped(tmp_path: Path) -> None:
    made = voice.render(PHRASES["desk-4"], tmp_path)
    assert abs(_seconds(made) - _seconds(voice.FOLDER / "desk-4.mp3")) < 0.05


@pytest.mark.needs("voice")
def test_a_phrase_that_the_voice_would_misread_is_refused(tmp_path: Path) -> None:
    wrong = voice.Phrase("letter-c", "シーの", f"{LETTERS['C']}ノ")
    with pytest.raises(voice.MisreadPhrase):
        voice.render(wrong, tmp_path)


@pytest.mark.needs("voice")
def test_every_shipped_phrase_sounds_as_long_as_it_is_to_say() -> None:
    """Neither silent nor cut: a mora takes between a fourteenth and a fourth of a second."""
    lengths = _lengths([voice.FOLDER / f"{key}.mp3" for key in PHRASES])
    for (key, phrase), seconds in zip(PHRASES.items(), lengths, strict=True):
        moras = sum(one not in "ァィゥェォャュョ" for one in phrase.reading)
        assert moras / 14 < seconds < moras / 4 + 0.35, (key, seconds, moras)


def _seconds(path: Path) -> float:
    return _lengths([path])[0]


def _lengths(paths: Sequence[Path]) -> list[float]:
    """Of all of them by one process."""
    words = ["sox", "--i", "-D", *(str(path) for path in paths)]
    told = subprocess.run(words, capture_output=True, text=True, check=True)
    return [float(line) for line in told.stdout.split()]
