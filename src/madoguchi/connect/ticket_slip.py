"""A slip as a picture (番号票・予約の控えの絵): black and white, 576 dots wide (80 mm paper), with fonts that are shipped.

The whole slip is a picture because the printers' own Japanese characters lack many (𠮷, variant forms) and differ from
maker to maker. Everything is said in Japanese; under it, smaller, in the visitor's language when that is another one.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import segno
from django.utils.translation import gettext as _
from django.utils.translation import override
from PIL import Image, ImageDraw

from madoguchi.booking.ports import BookingSlip, FirstWait, ListSlip, Slip, SlipService
from madoguchi.booking.tickets.queue import JAPAN
from madoguchi.booking.when import in_words, plain_day
from madoguchi.connect import slip_fonts
from madoguchi.jp.wareki import format_date_text

WIDTH = 576
MARGIN = 24
QR_DOTS = 264
WHITE, BLACK = 1, 0
BIG, LARGE, MIDDLE, SMALL = 176, 56, 34, 26
LONGEST, LONGEST_LIST = 3200, 48_000
JAPANESE = "ja"


def picture(slip: Slip | BookingSlip | ListSlip) -> Image.Image:
    """The slip, ready to be printed dot by dot."""
    a_list = isinstance(slip, ListSlip)
    image = Image.new("1", (WIDTH, LONGEST_LIST if a_list else LONGEST), WHITE)
    page = _Page(image, slip.language)
    if not isinstance(slip, ListSlip) and slip.reissued:
        page.say(lambda: _("再発行"), LARGE, bold=True, boxed=True)
    page.line(f"{slip.city} {slip.branch}", MIDDLE)
    match slip:
        case Slip():
            _ticket(page, slip)
        case BookingSlip():
            _booking(page, slip)
        case ListSlip():
            _list(page, slip)
    page.line(slip.job if isinstance(slip, ListSlip) else f"{slip.job} - {slip.sequence}", SMALL)
    return image.crop((0, 0, WIDTH, page.at + MARGIN))


def _ticket(page: _Page, slip: Slip) -> None:
    page.say(lambda: _("受付番号"), MIDDLE, bold=True)
    page.line(slip.label, BIG, bold=True)
    if slip.ahead is not None:
        page.say(lambda: _ahead(slip.ahead or 0), LARGE, bold=True)
    if (told := slip.told) is not None:
        page.say(lambda: _told(told), MIDDLE, bold=True)
    page.services(slip.services)
    page.say(lambda: _("順番はスマートフォンでも見られます"), SMALL)
    page.qr(slip.address)
    page.say(lambda: _("QRを読めないときの数字"), SMALL)
    page.line(" ".join(slip.code), LARGE, bold=True)
    page.say(lambda: _("番号をお呼びするまで、この票をお持ちください"), SMALL)
    local = slip.issued_at.astimezone(JAPAN)
    page.line(f"{format_date_text(local.date())} {local:%H:%M}", SMALL)


def _booking(page: _Page, slip: BookingSlip) -> None:
    page.say(lambda: _("予約の控え"), LARGE, bold=True)
    page.say(lambda: in_words(slip.starts), MIDDLE, bold=True)
    page.say(lambda: _("約%(n)s分") % {"n": slip.minutes}, SMALL)
    page.services(slip.services)
    page.say(lambda: _("予約の4つの数字"), MIDDLE, bold=True)
    page.line(" ".join(slip.code), BIG // 2 + LARGE // 2, bold=True)
    page.say(
        lambda: _(
            "60分前から受付できます。着いたら、発券機で「予約あり」を押し、4つの数字を入れてください。"
        ),
        SMALL,
    )
    page.rule()
    page.say(lambda: _("予約番号"), SMALL)
    page.line(slip.number, LARGE, bold=True)
    page.say(lambda: _("QRを読むと、予約を確かめ、変え、取り消せます"), SMALL)
    page.qr(slip.address)
    local = slip.printed_at.astimezone(JAPAN)
    page.line(f"{format_date_text(local.date())} {local:%H:%M}", SMALL)


def _list(page: _Page, slip: ListSlip) -> None:
    page.say(lambda: _("わたしの手続き"), LARGE, bold=True)
    page.services((slip.event,))
    if slip.code and (until := slip.until):
        page.say(lambda: _("準備の番号"), MIDDLE, bold=True)
        page.line(slip.code, LARGE + MIDDLE, bold=True)
        page.say(lambda: _("%(until)sまで使えます") % {"until": plain_day(until)}, SMALL)
        page.qr(slip.address)
        page.say(lambda: _("窓口で、この番号かQRコードを見せてください。"), SMALL)
        page.rule()
    for group in slip.groups:
        page.entry(group.label, MIDDLE, bold=True, before="■ ")
        for line in group.lines:
            page.entry(line.name, MIDDLE, before="□ ")
            page.entry(line.about, SMALL, before="　 ")
    if slip.left_out:
        page.say(lambda: _("ほかに %(n)s 件あります。窓口でお確かめください。") % {"n": slip.left_out}, SMALL)
    if slip.bring:
        page.rule()
        page.say(lambda: _("持ち物（まとめ）"), MIDDLE, bold=True)
        for one in slip.bring:
            page.entry(one, SMALL, before="□ ")
    page.rule()
    page.say(lambda: _("答えていただいた内容での見込みです。くわしくは窓口で確かめます。"), SMALL)
    local = slip.printed_at.astimezone(JAPAN)
    page.line(f"{format_date_text(local.date())} {local:%H:%M}", SMALL)


def _ahead(n: int) -> str:
    return _("お待ちの方 %(n)s 人") % {"n": n} if n else _("つぎにお呼びします")


def _told(told: FirstWait) -> str:
    at = f"{told.at.astimezone(JAPAN):%H:%M}"
    return _("待ち時間 およそ%(low)s〜%(high)s分（%(at)s 現在）") % {
        "low": told.low,
        "high": told.high,
        "at": at,
    }


class _Page:
    """Draws from the top down, everything in the middle but the lines of a list."""

    def __init__(self, image: Image.Image, language: str = JAPANESE) -> None:
        self.image = image
        self.language = language
        self.draw = ImageDraw.Draw(image)
        self.draw.fontmode = "1"
        self.at = MARGIN

    def say(self, words: Callable[[], str], size: int, *, bold: bool = False, boxed: bool = False) -> None:
        """In Japanese, and below it in the visitor's language."""
        with override(JAPANESE):
            said = words()
        for one in _halves(said, size):
            self.line(one, size, bold=bold, boxed=boxed)
        if self.language != JAPANESE:
            with override(self.language):
                other = words()
            if other != said:
                self.other(other, MIDDLE if size > MIDDLE else SMALL)

    def services(self, services: tuple[SlipService, ...]) -> None:
        """What the visit is for, between two lines."""
        self.rule()
        for service in services:
            self.line(service.name, MIDDLE)
            if service.said:
                self.other(service.said, SMALL)
        self.rule()

    def other(self, text: str, size: int) -> None:
        """A text of another language, in as many lines as it needs."""
        self.at -= 8  # this font leaves more room above its letters
        with override(self.language):
            for one in slip_fonts.wrapped(text, size, WIDTH - 2 * MARGIN):
                self._put(slip_fonts.foreign(one), size)
        self.at += 14

    def line(self, text: str, size: int, *, bold: bool = False, boxed: bool = False) -> None:
        """One line, made smaller until it fits."""
        pieces = slip_fonts.japanese(text, bold=bold)
        while size > SMALL // 2 and slip_fonts.width(pieces, size) > WIDTH - 2 * MARGIN:
            size -= 2
        if boxed:
            half = slip_fonts.width(pieces, size) / 2 + 24
            frame = (WIDTH / 2 - half, self.at, WIDTH / 2 + half, self.at + int(size * 1.25) + 16)
            self.draw.rectangle(frame, outline=BLACK, width=5)
            self.at += 10
        self._put(pieces, size)
        self.at += 16 if boxed else 6

    def _put(self, pieces: tuple[slip_fonts.Piece, ...], size: int, *, left: float | None = None) -> None:
        left = (WIDTH - slip_fonts.width(pieces, size)) / 2 if left is None else left
        fonts = [slip_fonts.font(path, size) for path, _piece in pieces]
        baseline = self.at + max((font.getmetrics()[0] for font in fonts), default=0)
        for font, (_path, piece) in zip(fonts, pieces, strict=True):
            self.draw.text((left, baseline), piece, font=font, fill=BLACK, anchor="ls")
            left += font.getlength(piece)
        self.at += int(size * (1.6 if slip_fonts.are_tall(pieces) else 1.3))

    def entry(self, text: SlipService, size: int, *, bold: bool = False, before: str = "") -> None:
        """A line of a list from the left, in as many lines as it needs; below it in the visitor's language."""
        if not text.name:
            return
        room = (WIDTH - 2 * MARGIN) // size - 1
        words = before + text.name
        for at in range(0, len(words), room):
            self._put(slip_fonts.japanese(words[at : at + room], bold=bold), size, left=MARGIN)
        if text.said:
            self.at -= 4
            with override(self.language):
                for one in slip_fonts.wrapped(text.said, SMALL, WIDTH - 3 * MARGIN - size):
                    self._put(slip_fonts.foreign(one), SMALL, left=MARGIN + size)
        self.at += 8

    def rule(self) -> None:
        """A line across."""
        self.draw.rectangle((MARGIN, self.at + 6, WIDTH - MARGIN, self.at + 8), fill=BLACK)
        self.at += 18

    def qr(self, address: str) -> None:
        """The address as a QR code with whole dots a module and its quiet zone."""
        code = segno.make(address, error="m", micro=False)
        across = code.symbol_size(border=4)[0]
        scale = max(3, QR_DOTS // across)
        file = BytesIO()
        code.save(file, kind="png", scale=scale, border=4)
        drawn = Image.open(file).convert("1")
        self.image.paste(drawn, ((WIDTH - drawn.width) // 2, self.at))
        self.at += drawn.height


def _halves(text: str, size: int) -> list[str]:
    """A long sentence in small type in two or more lines, cut after its commas and full stops."""
    lines = [""]
    for one in text:
        lines[-1] += one
        if one in "、。" and len(lines[-1]) * size > WIDTH * 0.6:
            lines.append("")
    return [one for one in lines if one]
