"""What visitors are told in Japanese, gathered from where it is said (来庁者に見せる文).

1. Templates and modules of the channels that visitors see (`TEMPLATES`, `MODULES`): a folder is taken whole, so that a new
   page is translated or a test fails.
2. Labels and reasons of rooms, which pages hand to gettext as they are: one function for each part of the product.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "src" / "madoguchi"
TEMPLATES = (
    *(
        "channels/kiosk/templates",
        "channels/board/templates",
        "channels/online/templates",
        "channels/feedback/templates",
    ),
    *(f"channels/shared/templates/shared/{one}.html" for one in ("field", "form_errors", "month", "times")),
)
MODULES = (
    *("channels/kiosk", "channels/online", "channels/feedback", "channels/shared/finding"),
    *("channels/board/pictures.py", "channels/board/views_phone.py", "channels/shared/languages.py"),
    *("channels/shared/month.py", "booking/calendar_file.py"),
    *(
        "papers/meaning.py",
        "papers/meaning_payload.py",
        "papers/guide_meaning.py",
        "connect/ticket_slip.py",
        "connect/identity/faults.py",
        "residents/mandates.py",
        "cases/rulings/checking.py",
        "cases/messages/telling.py",
    ),
)
STAFF_ONLY = ("accuracy.html", "kiosk/branches.html")
# What the frame of every page says, and the wait at a time that can be booked.
BESIDES = (
    "窓口", "本文へ", "確かめてください", "このページへのご意見", "ことばを選ぶ", "%(n)d分ほどお待ちいただく見込み",
    "ほとんど待たない見込み",
)  # fmt: skip
NOT_SAID = ("番号をお持ちの方",)
_TRANSLATE = re.compile(r"""{%\s*(?:translate|other_tongues)\s+(["'])(.+?)\1""")
_BLOCK = re.compile(r"{%\s*blocktranslate.*?%}(.+?){%\s*endblocktranslate\s*%}", re.S)
_VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
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
        for path in sorted((ROOT / name).rglob("*.py")) if (ROOT / name).is_dir() else [ROOT / name]:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                call = (
                    isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS
                )
                if (
                    call
                    and isinstance(node, ast.Call)
                    and node.args
                    and isinstance(node.args[0], ast.Constant)
                ):
                    yield str(node.args[0].value)


def from_rooms() -> Iterator[str]:
    """What every room says to visitors through the pages."""
    yield from from_queue()
    yield from from_finding()
    yield from from_paying()
    yield from from_applying()
    yield from from_departments()
    yield from from_furusato()
    yield from from_outreach()
    yield from from_feedback()
    yield from from_papers()


def from_queue() -> Iterator[str]:
    """Labels and reasons of bookings and of the queue."""
    from madoguchi.booking import booked, offering, slots, trials
    from madoguchi.booking.bundles import VisitTooLong
    from madoguchi.booking.ports import PrintOutcome
    from madoguchi.booking.reserving_states import BookingState
    from madoguchi.booking.tickets import arriving, days, following, issuing, printing
    from madoguchi.booking.vacancies import Vacancy
    from madoguchi.booking.waiting_list import WaitsAlready, WaitsForTooMuch
    from madoguchi.booking.waits.showing import RiseReason

    yield days.CLOSING_SENTENCE
    for outcome in PrintOutcome:
        yield from (outcome.sentence, outcome.booking_sentence, outcome.list_sentence)
    yield from (one.sentence for one in RiseReason if one.sentence)
    yield from (one.label for one in (*BookingState, *Vacancy))
    yield from (booked.NotNowInBooking.SENTENCE, VisitTooLong.SENTENCE)
    reasons: tuple[Exception, ...] = (
        slots.SlotFull(), slots.NotOpenThen(), booked.TooMany(), booked.NotInReach(), booked.NotBookable(),
        booked.HoldOver(), booked.NoSuchBooking(), offering.NotOffered(), offering.NoSuchService(""),
        issuing.NoMoreTickets(), arriving.CodeOfSeveral(), printing.PrintedOften(), following.CodeNotRight(),
        following.TooManyTrials(), trials.ManyAtMachine(), trials.TooManyTries(), WaitsAlready(), WaitsForTooMuch(),
    )  # fmt: skip
    yield from map(str, reasons)


def from_finding() -> Iterator[str]:
    """What is told while somebody finds out what they need, and prepares for the counter."""
    from madoguchi.cases import at_home, prepared, sealed
    from madoguchi.channels.shared.answers import AnswerMissing
    from madoguchi.procedures.decisions import Status

    yield from (one.label for one in (Status.MUST, Status.ASK, Status.OPTIONAL))
    yield from ("はい", "いいえ")  # shared/answers.py, which the counter has too
    reasons: tuple[Exception, ...] = (
        at_home.NobodySaid(), at_home.NotReadable(), prepared.NoSuchPreparation(), prepared.ManyTries(),
        sealed.SealBroken(), sealed.SealTooOld(), AnswerMissing(),
    )  # fmt: skip
    yield from map(str, reasons)


def from_paying() -> Iterator[str]:
    """What is told to whoever pays."""
    from madoguchi.connect.paying import NotPaidHere
    from madoguchi.payments.values import AlreadyPaid, NoLongerToPay, NoSuchPayment

    yield from map(str, (NoSuchPayment(), NoLongerToPay(), AlreadyPaid(), NotPaidHere()))


def from_departments() -> Iterator[str]:
    """What is told of messages, result papers and of acting for somebody."""
    from madoguchi.cases.messages import notices, telling, writing
    from madoguchi.cases.rulings.result_papers import NoSuchPaper
    from madoguchi.residents import mandates

    reasons: tuple[Exception, ...] = (
        NoSuchPaper(), writing.NothingWritten(), writing.TooLong(), writing.ThreadClosed(), notices.NotAnAddress(),
        mandates.WrongCode(), mandates.OnlyAtTheCounter(), mandates.OwnCode(), mandates.MandateDaysWrong(),
        mandates.MandateThere(), telling.WordsNotAgreed(),
    )  # fmt: skip
    yield from telling.WORDS
    yield from map(str, reasons)


def from_furusato() -> Iterator[str]:
    """What donors are told."""
    from madoguchi.furusato.states import ApplicationState
    from madoguchi.furusato.values import TO_DONORS

    yield from TO_DONORS
    yield from (one.label for one in ApplicationState)


def from_outreach() -> Iterator[str]:
    """What is told to whoever opens a postcard's number."""
    from madoguchi.outreach.letters import LetterTries

    yield str(LetterTries())


def from_feedback() -> Iterator[str]:
    """What can be said of a screen."""
    from madoguchi.catalogue.feedback.states import Verdict

    yield from (one.label for one in Verdict)


def from_papers() -> Iterator[str]:
    """What the guide says of what comes next."""
    from madoguchi.cases.sheets import NEXT_STEPS, NOT_REGISTERED

    yield from (*NEXT_STEPS, NOT_REGISTERED)


def from_applying() -> Iterator[str]:
    """What somebody who applies from home is told by the rooms."""
    from madoguchi.cases import acting
    from madoguchi.cases.from_home import (
        answering,
        attaching,
        file_kinds,
        following,
        offering,
        opening,
        states,
        strong_room,
        submitting,
        withdrawing,
    )

    yield from (text for page in answering.OWN_PAGES.values() for text in page)
    yield from (str(following.NotNowFromHome(states.HomeAct.ANSWER, one)) for one in states.HomeState)
    reasons: tuple[Exception, ...] = (
        offering.NotOffered(), opening.NotAgreed(), opening.NobodyHere(), submitting.NotDeclared(), submitting.NotAnswered(),
        submitting.NothingFiled(), submitting.MayNotFile(), submitting.ApplicantDied(), withdrawing.WishMissing(),
        withdrawing.WishTooLong(),
        withdrawing.ManyWishes(), withdrawing.DecidedInPart(), attaching.FileTooBig(), attaching.TooManyFiles(),
        attaching.EmptyFile(), attaching.NoSuchThing(), attaching.NotClean(), attaching.CannotBeScanned(),
        file_kinds.NotTheKind(), file_kinds.Damaged(), file_kinds.ActsByItself(), strong_room.NotReadable(),
        acting.SomebodyElseChanged(),
    )  # fmt: skip
    yield from map(str, reasons)
