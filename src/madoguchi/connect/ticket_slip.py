"""A slip as a picture (番号票の絵): black and white, 576 dots wide (80 mm paper), drawn with the fonts that are shipped.

The whole slip is a picture because the printers' own Japanese characters lack many (𠮷, variant forms) and differ from
maker to maker. A character that no font has stands as 〓, as on every paper of this product.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from io import BytesIO

import segno
from PIL import Image, ImageDraw, ImageFont

from madoguchi.booking.ports import Slip
from madoguchi.booking.tickets.queue import JAPAN
from madoguchi.jp.wareki import format_date_text
from madoguchi.papers.fonts import Face, fonts
from madoguchi.papers.glyphs import GETA, Role, runs

WIDTH = 576
MARGIN = 24
QR_DOTS = 264
WHITE, BLACK = 1, 0
BIG, LARGE, MIDDLE, SMALL = 176, 56, 34, 26
LONGEST = 2400
ROLES: Mapping[bool, Role] = {True: Role.HEADING, False: Role.LABEL}


def picture(slip: Slip) -> Image.Image:
    """The slip, ready to be printed dot by dot."""
    image = Image.new("1", (WIDTH, LONGEST), WHITE)
    page = _Page(image)
    if slip.reissued:
        page.line("再発行", LARGE, bold=True, boxed=True)
    page.line(f"{slip.city} {slip.branch}", MIDDLE)
    page.line("受付番号", MIDDLE, bold=True)
    page.line(slip.label, BIG, bold=True)
    if slip.ahead is not None:
        page.line(f"お待ちの方 {slip.ahead} 人" if slip.ahead else "つぎにお呼びします", LARGE, bold=True)
    page.rule()
    for service in slip.services:
        page.line(service, MIDDLE)
    page.rule()
    page.line("順番はスマートフォンでも見られます", SMALL)
    page.qr(slip.address)
    page.line("QRを読めないときの数字", SMALL)
    page.line(" ".join(slip.code), LARGE, bold=True)
    page.line("番号をお呼びするまで、この票をお持ちください", SMALL)
    local = slip.issued_at.astimezone(JAPAN)
    page.line(f"{format_date_text(local.date())} {local:%H:%M}", SMALL)
    page.line(f"{slip.job} - {slip.sequence}", SMALL)
    return image.crop((0, 0, WIDTH, page.at + MARGIN))


class _Page:
    """Draws from the top down, everything in the middle."""

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        self.draw = ImageDraw.Draw(image)
        self.draw.fontmode = "1"
        self.at = MARGIN

    def line(self, text: str, size: int, *, bold: bool = False, boxed: bool = False) -> None:
        """One line, made smaller until it fits."""
        pieces = _pieces(text, bold)
        while size > SMALL // 2 and _width(pieces, size) > WIDTH - 2 * MARGIN:
            size -= 2
        width = _width(pieces, size)
        left = (WIDTH - width) / 2
        top = self.at
        if boxed:
            top += 10
            frame = (left - 24, self.at, left + width + 24, self.at + int(size * 1.25) + 16)
            self.draw.rectangle(frame, outline=BLACK, width=5)
        for face, piece in pieces:
            font = _font(face, size)
            self.draw.text((left, top), piece, font=font, fill=BLACK)
            left += font.getlength(piece)
        self.at += int(size * 1.3) + (26 if boxed else 6)

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


def _pieces(text: str, bold: bool) -> list[tuple[Face, str]]:
    found = runs(text, ROLES[bold])
    return [(run.face or Face.GOTHIC, GETA if run.face is None else run.text) for run in found]


def _width(pieces: list[tuple[Face, str]], size: int) -> float:
    return sum(_font(face, size).getlength(piece) for face, piece in pieces)


@cache
def _font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(fonts()[face].path), size)
