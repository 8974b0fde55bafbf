"""The sentences of visitors' pages in other languages: `python -m tools.messages` brings the catalogues up to date.

1. Every Japanese sentence that visitors are shown is gathered (`tools.said`).
2. Each catalogue (`src/madoguchi/locale/…/django.po`) is given what it lacks, empty, and loses what nobody says any more.
3. The catalogues are compiled; the compiled files are committed, so that nobody needs gettext to run the product.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import polib

from tools.said import ROOT, wanted

LOCALE = ROOT / "locale"
# Catalogues of languages in preparation that are not whole yet, and how many sentences each lacks; to be counted down.
LACKING: dict[str, int] = {}
_PLACE = re.compile(r"%\((\w+)\)[sd]")


def catalogues() -> tuple[Path, ...]:
    """The catalogue of each language."""
    return tuple(sorted(LOCALE.glob("*/LC_MESSAGES/django.po")))


def faults(path: Path) -> list[str]:
    """What is wrong with a catalogue, one sentence each."""
    said = {one.msgid: one for one in polib.pofile(str(path))}
    need, name = wanted(), path.parent.parent.name
    found = [f"{name}: 訳がありません: {one}" for one in need if one not in said or not said[one].msgstr]
    if name in LACKING:
        counted = len(found)
        right = counted == LACKING[name]
        found = (
            [] if right else [f"{name}: 訳のない文は{counted}です。LACKING には{LACKING[name]}とあります。"]
        )
    found += [f"{name}: だれも言わない文です: {one}" for one in said if one not in need]
    for one in said.values():
        if one.msgstr and set(_PLACE.findall(one.msgid)) != set(_PLACE.findall(one.msgstr)):
            found.append(f"{name}: 入れる値が合いません: {one.msgid}")
    if path.with_suffix(".mo").read_bytes() != polib.pofile(str(path)).to_binary():
        found.append(f"{name}: django.mo が古くなっています。python -m tools.messages で作り直してください。")
    return found


def bring_up_to_date(path: Path) -> None:
    """Give a catalogue what it lacks, take out what nobody says, and compile it."""
    catalogue = polib.pofile(str(path), wrapwidth=0)
    said = {one.msgid: one for one in catalogue}
    fresh = polib.POFile(wrapwidth=0)
    fresh.header, fresh.metadata = catalogue.header, catalogue.metadata
    for one in wanted():
        fresh.append(said.get(one) or polib.POEntry(msgid=one, msgstr=""))
    fresh.save(str(path))
    fresh.save_as_mofile(str(path.with_suffix(".mo")))


def main() -> int:
    """Bring every catalogue up to date and say what a translator still has to do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
    import django

    django.setup()
    for path in catalogues():
        bring_up_to_date(path)
    found = [one for path in catalogues() for one in faults(path)]
    print("\n".join(found) if found else "messages: ok")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
