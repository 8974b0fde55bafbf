"""What a file really is (ファイルの種類), by its contents alone: what it is called or said to be counts for nothing.

It is opened once, to see that it is whole; a PDF that wants a password or that runs something is not taken.
"""

from __future__ import annotations

import io
import re
import warnings
from enum import Enum

import puremagic
from PIL import Image

MOST_PIXELS = 60_000_000
# A PDF that acts by itself: scripts, programs to start, files inside. Nobody at a desk has to open such a one.
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_LOCKED = re.compile(rb"/Encrypt\b")


class FileKind(Enum):
    """A kind of file that is taken (受け取るファイルの種類)."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"

    @property
    def media_type(self) -> str:
        """What a browser is told that it is."""
        return MEDIA_TYPES[self]


MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
}
_BY_TYPE = {media_type: kind for kind, media_type in MEDIA_TYPES.items()}
_FORMATS = {FileKind.JPEG: "JPEG", FileKind.PNG: "PNG"}


class FileNotTaken(ValueError):
    """A file that cannot be taken; the sentence says what to do."""


class NotTheKind(FileNotTaken):
    """Not one of the kinds that are taken, whatever it is called."""

    def __init__(self) -> None:
        super().__init__(
            "写真（JPEG・PNG）かPDFだけを受け取れます。スマートフォンで撮った写真をつけてください。"
        )


class Damaged(FileNotTaken):
    """It says that it is one of the kinds, and cannot be opened."""

    def __init__(self) -> None:
        super().__init__(
            "ファイルがこわれているか、開けません。もう一度撮るか、保存し直してからつけてください。"
        )


class ActsByItself(FileNotTaken):
    """A PDF with a password, a script or a file inside."""

    def __init__(self) -> None:
        super().__init__(
            "パスワードや、動くしかけのあるPDFは受け取れません。画面の写真を撮るか、印刷したものの写真をつけてください。"
        )


def kind_of(contents: bytes) -> FileKind:
    """What these bytes are. Raises NotTheKind, Damaged, ActsByItself."""
    kind = _BY_TYPE.get(_sniffed(contents))
    if kind is None:
        raise NotTheKind
    if kind is FileKind.PDF:
        _see_pdf(contents)
    else:
        _see_picture(contents, _FORMATS[kind])
    return kind


def _sniffed(contents: bytes) -> str:
    try:
        return str(puremagic.from_string(contents, mime=True))
    except (puremagic.PureError, ValueError):
        return ""


def _see_pdf(contents: bytes) -> None:
    if not contents.startswith(b"%PDF-") or b"%%EOF" not in contents[-2048:]:
        raise Damaged
    if _ACTIVE.search(contents) or _LOCKED.search(contents):
        raise ActsByItself


def _see_picture(contents: bytes, written: str) -> None:
    """Read the whole picture once, never a huge one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(contents), formats=[written]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise Damaged
                picture.load()
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ) as error:
        raise Damaged from error
