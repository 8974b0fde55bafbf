"""Sets pages with typst (組版).

One compiler per template is kept: the first page costs fonts and parsing, later ones do not.

Typst runs threads. A process that forks after its first page would wait for them for ever, so a forked child
is
refused with a sentence instead of hanging.
"""

import json
import os
import threading
from datetime import datetime
from enum import Enum
from pathlib import Path

import typst
from django.utils.translation import gettext as _

from madoguchi.papers.fonts import SHIPPED, fonts
from madoguchi.papers.payload import Json

_TEMPLATES = Path(__file__).parent / "templates_typst"
_lock = threading.Lock()
_compilers: dict["Template", typst.Compiler] = {}
_compiled_in: int | None = None


class Template(Enum):
    """A template by its file."""

    SHEET = "sheet.typ"
    GUIDE = "guide.typ"
    CONFIRMATION = "confirmation.typ"


class ForkedAfterPrinting(RuntimeError):
    """This process was forked from one that had already set pages."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "印刷を終えた処理から分かれた処理では印刷できません。印刷の処理は新しく起動（spawn）してください。"
            )
        )


def typeset(template: Template, payload: dict[str, Json], *, issued_at: datetime) -> bytes:
    """Set one document as PDF (claims PDF/A-2a and PDF/UA-1). Same payload and time give the same bytes.

    Raises ForkedAfterPrinting. `issued_at`: whole seconds, fixed offset.
    """
    global _compiled_in
    if _compiled_in not in (None, os.getpid()):
        raise ForkedAfterPrinting
    data = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    with _lock:
        _compiled_in = os.getpid()
        compiler = _compilers.get(template)
        if compiler is None:
            compiler = _compilers[template] = _compiler(template)
        pdf = compiler.compile(
            format="pdf", sys_inputs={"data": data}, pdf_standards=["a-2a", "ua-1"], timestamp=issued_at
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single document")
    return pdf


def _compiler(template: Template) -> typst.Compiler:
    folders = [str(SHIPPED)]
    folders += sorted({str(font.path.parent) for font in fonts().values()} - {str(SHIPPED)})
    return typst.Compiler(
        str(_TEMPLATES / template.value),
        root=str(_TEMPLATES),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders),
    )
