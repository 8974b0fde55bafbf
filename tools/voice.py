"""Render the phrases of the announcements with a real voice, offline: `python -m tools.voice [--only KEY] [--out FOLDER]`.

1. Every phrase of `jp.announcement` is spoken by Open JTalk; how it read the words is compared with how they must be read, and
   a phrase that it reads otherwise is refused: nothing wrong is ever shipped.
2. Silence at both ends is cut, loudness is made even, and the phrase is kept as a small MP3.
3. The chime is two sine tones.

Needed here only, not at a city: open-jtalk, open-jtalk-mecab-naist-jdic, sox, lame, and the voice hts-voice-nitech-jp-atr503-m001
(Debian's component contrib; CC BY 3.0).
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from madoguchi.jp.announcement import CHIME, PHRASES, Phrase

VOICE = Path("/usr/share/hts-voice/nitech-jp-atr503-m001/nitech_jp_atr503_m001.htsvoice")
DICTIONARY = Path("/var/lib/mecab/dic/open-jtalk/naist-jdic")
HERE = Path(__file__).resolve().parent.parent
FOLDER = HERE / "src" / "madoguchi" / "channels" / "board" / "static" / "board" / "voice"
PROGRAMS = ("open_jtalk", "sox", "lame")
TO_GET_IT = (
    "apt-get install open-jtalk open-jtalk-mecab-naist-jdic sox lame hts-voice-nitech-jp-atr503-m001 "
    "(the last from Debian's component contrib)"
)
SPEED = "0.92"  # a little slower than talk: a hall echoes
RATE = "24000"


class MisreadPhrase(ValueError):
    """The voice would say something else."""

    def __init__(self, phrase: Phrase, read: str) -> None:
        super().__init__(
            f"{phrase.key}: 「{phrase.words}」 is read {read}, and must be read {phrase.reading}."
        )


def there() -> bool:
    """Whether everything that is needed is on this machine."""
    return VOICE.exists() and DICTIONARY.exists() and all(shutil.which(name) for name in PROGRAMS)


def spoken(words: str, out: Path) -> str:
    """Speak into a WAV file; how it was read, in katakana, from the voice's own trace."""
    trace = out.with_suffix(".trace")
    command = [
        "open_jtalk", "-x", str(DICTIONARY), "-m", str(VOICE), "-r", SPEED, "-ow", str(out), "-ot", str(trace),
    ]  # fmt: skip
    subprocess.run(command, input=words, text=True, check=True, capture_output=True)
    said = trace.read_text(encoding="utf-8").split("[Output label]")[0]
    pronounced = [line.split(",")[9] for line in said.splitlines() if line.count(",") > 9]
    return re.sub("[^ァ-ヶー]", "", "".join(pronounced))


def render(phrase: Phrase, folder: Path) -> Path:
    """One phrase as an MP3. Raises MisreadPhrase."""
    with tempfile.TemporaryDirectory() as work:
        raw = Path(work) / "raw.wav"
        read = spoken(phrase.words, raw)
        if read != phrase.reading:
            raise MisreadPhrase(phrase, read)
        return _compressed(raw, folder / f"{phrase.key}.mp3", Path(work))


def _compressed(raw: Path, goal: Path, work: Path) -> Path:
    even = work / "even.wav"
    cut = ["silence", "1", "0.02", "0.5%", "reverse", "silence", "1", "0.02", "0.5%", "reverse"]
    # A short rest behind each phrase, so that joined ones do not run into each other.
    sox = ["sox", str(raw), "-r", RATE, "-c", "1", str(even), *cut, "norm", "-3", "pad", "0.02", "0.06"]
    subprocess.run(sox, check=True, capture_output=True)
    lame = ["lame", "--quiet", "-m", "m", "-b", "32", "--noreplaygain", "-t", str(even), str(goal)]
    subprocess.run(lame, check=True, capture_output=True)
    return goal


def chime(folder: Path) -> Path:
    """Two tones that die away (ピンポン)."""
    goal = folder / f"{CHIME}.mp3"
    with tempfile.TemporaryDirectory() as work:
        tones = []
        for number, hertz in enumerate((988, 784)):
            tone = Path(work) / f"{number}.wav"
            words = ["sox", "-n", "-r", RATE, "-c", "1", str(tone), "synth", "0.75", "sine", str(hertz)]
            subprocess.run([*words, "fade", "l", "0.01", "0.75", "0.7"], check=True, capture_output=True)
            tones.append(str(tone))
        return _compressed_chime(tones, goal, Path(work))


def _compressed_chime(tones: list[str], goal: Path, work: Path) -> Path:
    joined = work / "chime.wav"
    subprocess.run(["sox", *tones, str(joined), "norm", "-6"], check=True, capture_output=True)
    lame = ["lame", "--quiet", "-m", "m", "-b", "32", "--noreplaygain", "-t", str(joined), str(goal)]
    subprocess.run(lame, check=True, capture_output=True)
    return goal


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path, default=FOLDER)
    given = parser.parse_args()
    if not there():
        print(f"The voice is not here. To get it: {TO_GET_IT}", file=sys.stderr)
        return 2
    given.out.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for key, phrase in PHRASES.items():
        if given.only and key != given.only:
            continue
        try:
            render(phrase, given.out)
        except MisreadPhrase as fault:
            wrong += 1
            print(fault, file=sys.stderr)
    if not given.only:
        chime(given.out)
    print(f"{len(list(given.out.glob('*.mp3')))} files, {wrong} refused")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
