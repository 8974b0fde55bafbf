"""Sets pages with typst (組版).

One compiler is kept: the first page costs fonts and parsing, later ones do not. The data comes as the main file, which
calls the template: all else stays the same from one document to the next, so that the compiler may use again what it
has set before (labels, headings, shaped words).

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
from madoguchi.papers.payload import Json, families

_TEMPLATES = Path(__file__).parent / "templates_typst"
_lock = threading.Lock()
_compiler: typst.Compiler | None = None
_compiled_in: int | None = None


class Template(Enum):
    """A template by its file."""

    SHEET = "sheet.typ"
    GUIDE = "guide.typ"
    CONFIRMATION = "confirmation.typ"
    LETTER = "letter.typ"
    RULING = "ruling.typ"
    MEANING = "meaning.typ"


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
    global _compiled_in, _compiler
    if _compiled_in not in (None, os.getpid()):
        raise ForkedAfterPrinting
    source = _main_file(template, payload)
    with _lock:
        _compiled_in = os.getpid()
        if _compiler is None:
            _compiler = _new_compiler()
        pdf = _compiler.compile(
            input=source, format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=issued_at
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no single document")
    return pdf


def _main_file(template: Template, payload: dict[str, Json]) -> bytes:
    """A document of one line: the data, in a string that nothing in it can end, handed to the template."""
    data = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    quoted = data.replace("\\", "\\\\").replace('"', '\\"')
    return f'#import "/{template.value}": paper\n#paper(json(bytes("{quoted}")))\n'.encode()


def _new_compiler() -> typst.Compiler:
    folders = [str(SHIPPED)]
    folders += sorted({str(font.path.parent) for font in fonts().values()} - {str(SHIPPED)})
    return typst.Compiler(
        root=str(_TEMPLATES),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders),
        sys_inputs={"faces": json.dumps(families())},
    )
