"""The sentences of visitors' pages in other languages: `python -m tools.messages` brings the catalogues up to date.

1. Every Japanese sentence that the machine, its slips, the boards and the phone pages say is gathered from templates, from
   calls of `gettext`, and from the values of the rooms that are said as they are (`from_rooms`).
2. Each catalogue (`src/madoguchi/locale/…/django.po`) is given what it lacks, empty, and loses what nobody says any more.
3. The catalogues are compiled; the compiled files are committed, so that nobody needs gettext to run the product.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent / "src" / "madoguchi"
LOCALE = ROOT / "locale"
TEMPLATES = (
    *("channels/kiosk/templates", "channels/board/templates"),
    *("channels/online/templates/online/pay", "channels/online/templates/online/parts_problems.html"),
    *("channels/kiosk/templates", "channels/board/templates", "channels/online/templates/find"),
    *("channels/kiosk/templates", "channels/board/templates", "channels/online/templates/furusato"),
    *("channels/kiosk/templates", "channels/board/templates", "channels/online/templates/online/my"),
    "channels/online/templates/online/check.html",
    "channels/online/templates/apply/mine.html",
    *(f"channels/shared/templates/shared/{one}.html" for one in ("field", "form_errors")),
)
STAFF_ONLY = ("accuracy.html", "kiosk/branches.html")
MODULES = (
    *("channels/kiosk/common.py", "channels/kiosk/views.py", "channels/kiosk/views_book.py"),
    *("channels/board/pictures.py", "channels/board/views_phone.py"),
    *("channels/online/views_pay.py", "channels/shared/languages.py", "connect/ticket_slip.py"),
    *("channels/shared/languages.py", "connect/ticket_slip.py", "channels/kiosk/views_find.py"),
    *(
        f"channels/shared/finding/{one}.py"
        for one in ("asking", "days", "listing", "on_paper", "steps", "words")
    ),
    *("channels/online/find/views.py", "channels/online/find/views_number.py"),
    *("channels/shared/languages.py", "connect/ticket_slip.py"),
    *(f"channels/online/furusato/{one}.py" for one in ("common", "forms", "sheet", "views", "views_receipt")),
    *(f"channels/online/{one}.py" for one in ("forms", "views_mandates", "views_my", "views_sign_in")),
    *("channels/online/views_check.py", "channels/online/views_messages.py", "cases/rulings/checking.py"),
    *("connect/identity/faults.py", "residents/mandates.py"),
)
# What the frame of every page says, and the wait at a time that can be booked.
BESIDES = (
    "窓口",
    "本文へ",
    "確かめてください",
    "このページへのご意見",
    "%(n)d分ほどお待ちいただく見込み",
    "ほとんど待たない見込み",
    "%(n)d分ほどお待ちいただく見込み",
    "ほとんど待たない見込み",
    "このページへのご意見",
    "ことばを選ぶ",
)
NOT_SAID = ("番号をお持ちの方",)
_TRANSLATE = re.compile(r"""{%\s*(?:translate|other_tongues)\s+(["'])(.+?)\1""")
_BLOCK = re.compile(r"{%\s*blocktranslate.*?%}(.+?){%\s*endblocktranslate\s*%}", re.S)
_VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
_PLACE = re.compile(r"%\((\w+)\)[sd]")
_CALLS = ("_", "gettext", "gettext_lazy", "gettext_noop", "noop")


def wanted() -> tuple[str, ...]:
    """Every Japanese sentence that has to be there in each language, once, in a fixed order."""
    found = [*BESIDES, *from_templates(), *from_modules(), *from_rooms()]
    return tuple(dict.fromkeys(one for one in found if one not in NOT_SAID))


def from_templates() -> Iterator[str]:
    """What templates say."""
    for name in TEMPLATES:
        for path in sorted((ROOT / name).rglob("*.html")) if (ROOT / name).is_dir() else [ROOT / name]:
            if path.as_posix().endswith(STAFF_ONLY):
                continue
            text = path.read_text(encoding="utf-8")
            yield from (match[2] for match in _TRANSLATE.finditer(text))
            yield from (_VARIABLE.sub(r"%(\1)s", match[1]) for match in _BLOCK.finditer(text))


def from_modules() -> Iterator[str]:
    """What Python says through gettext."""
    for name in MODULES:
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS
            ):
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def from_rooms() -> Iterator[str]:
    """Labels and reasons of the booking room, which pages hand to gettext as they are."""
    from madoguchi.booking import booked, offering, slots, trials
    from madoguchi.booking.ports import PrintOutcome
    from madoguchi.booking.tickets import arriving, days, following, issuing, printing
    from madoguchi.booking.waits.showing import RiseReason
    from madoguchi.cases import at_home, prepared, sealed
    from madoguchi.cases.messages import notices, writing
    from madoguchi.cases.rulings.result_papers import NoSuchPaper
    from madoguchi.channels.shared.answers import AnswerMissing
    from madoguchi.connect.paying import NotPaidHere
    from madoguchi.furusato.states import ApplicationState
    from madoguchi.furusato.values import TO_DONORS
    from madoguchi.payments.values import AlreadyPaid, NoLongerToPay, NoSuchPayment
    from madoguchi.procedures.decisions import Status
    from madoguchi.residents import mandates

    yield days.CLOSING_SENTENCE
    yield from TO_DONORS
    yield from (one.label for one in ApplicationState)
    for outcome in PrintOutcome:
        yield from (outcome.sentence, outcome.booking_sentence, outcome.list_sentence)
    yield from (one.label for one in (Status.MUST, Status.ASK, Status.OPTIONAL))
    yield from ("はい", "いいえ")  # shared/answers.py, which the counter has too
    yield from (one.sentence for one in RiseReason if one.sentence)
    reasons: tuple[Exception, ...] = (
        slots.SlotFull(), slots.NotOpenThen(), booked.TooMany(), booked.NotInReach(), booked.NotBookable(),
        booked.HoldOver(), booked.NoSuchBooking(), offering.NotOffered(), offering.NoSuchService(""),
        issuing.NoMoreTickets(), arriving.CodeOfSeveral(), printing.PrintedOften(), following.CodeNotRight(),
        following.TooManyTrials(), trials.ManyAtMachine(),
        trials.TooManyTries(), NoSuchPayment(), NoLongerToPay(), AlreadyPaid(), NotPaidHere(),
        following.TooManyTrials(), trials.ManyAtMachine(), at_home.NobodySaid(), at_home.NotReadable(),
        prepared.NoSuchPreparation(), prepared.ManyTries(), sealed.SealBroken(), sealed.SealTooOld(), AnswerMissing(),
        following.TooManyTrials(), trials.ManyAtMachine(), trials.TooManyTries(),
        following.TooManyTrials(), trials.ManyAtMachine(), mandates.WrongCode(), mandates.OnlyAtTheCounter(),
        mandates.OwnCode(), mandates.MandateDaysWrong(), mandates.MandateThere(),
        trials.TooManyTries(), NoSuchPaper(), writing.NothingWritten(), writing.TooLong(), writing.ThreadClosed(), notices.NotAnAddress(),
    )  # fmt: skip
    yield from map(str, reasons)


def catalogues() -> tuple[Path, ...]:
    """The catalogue of each language."""
    return tuple(sorted(LOCALE.glob("*/LC_MESSAGES/django.po")))


def faults(path: Path) -> list[str]:
    """What is wrong with a catalogue, one sentence each."""
    said = {one.msgid: one for one in polib.pofile(str(path))}
    need, name = wanted(), path.parent.parent.name
    found = [f"{name}: 訳がありません: {one}" for one in need if one not in said or not said[one].msgstr]
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
