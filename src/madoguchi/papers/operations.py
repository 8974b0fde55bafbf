"""Prints (印刷): sheets, the guide and the confirmation, each as one PDF.

1. What may not be shown is refused before anything is laid out.
2. Every string is checked against the fonts; what is missing stands as 〓 and is listed.
3. One document is set for the whole batch.

`issued_at` is an instant with its time zone; the paper is dated in Japan. Nothing here reads the database or
the clock. Call it outside `atomic`: setting a page takes milliseconds of
lock time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from django.utils.translation import gettext as _
from django.utils.translation import override

from madoguchi.papers.confirmation_payload import confirmation_payload
from madoguchi.papers.guide_payload import guide_payload
from madoguchi.papers.letter_payload import LETTER_TITLE, letter_payload
from madoguchi.papers.meaning import PaperMeaning
from madoguchi.papers.meaning_payload import TITLE, meaning_payload
from madoguchi.papers.payload import Json, Setting
from madoguchi.papers.ruling_payload import ruling_payload
from madoguchi.papers.sheet_payload import COMPACT, sheet_payload
from madoguchi.papers.typesetting import Template, typeset
from madoguchi.papers.values import (
    ConfirmationValues,
    GuideValues,
    LetterValues,
    RenderedPaper,
    RulingValues,
    SheetValues,
)

_JAPAN = timezone(timedelta(hours=9))
PAPER_LANGUAGE = "ja"
"""Sheets are Japanese whatever language the clerk's screen or the resident's display is in."""


class WithheldValueOnPaper(ValueError):
    """A box marked withheld holds something to print."""

    def __init__(self, *, paper: str, box: str) -> None:
        self.paper = paper
        self.box = box
        super().__init__(
            _(
                "「%(paper)s」の「%(box)s」は、この相手に渡す紙には印字できません。印刷を止めました。様式の作り直しを担当者に依頼してください。"
            )
            % {"paper": paper, "box": box}
        )


class MixedAudiences(ValueError):
    """Sheets for different hands were put into one print."""

    def __init__(self) -> None:
        super().__init__(
            _("渡す相手の違う様式を一度に印刷することはできません。相手ごとに分けて印刷してください。")
        )


class NothingToPrint(ValueError):
    """A print without sheets."""

    def __init__(self) -> None:
        super().__init__(_("印刷する様式がありません。手続きを一つ以上選んでください。"))


@override(PAPER_LANGUAGE)
def render_sheets(sheets: Sequence[SheetValues], *, issued_at: datetime, batch: bool = True) -> RenderedPaper:
    """Print sheets into one PDF, each with its own page count.

    A sheet that runs over its page is set again with lower lines, and if that is not enough with its pages
    counted.
    `batch=False` is for a preview of a single sheet and refuses more than one.
    Raises NothingToPrint, MixedAudiences, WithheldValueOnPaper.
    """
    if not sheets or (not batch and len(sheets) != 1):
        raise NothingToPrint
    if len({sheet.audience for sheet in sheets}) > 1:
        raise MixedAudiences
    for sheet in sheets:
        _refuse_withheld(sheet)
    title = sheets[0].title if len(sheets) == 1 else _("届出書 %d件") % len(sheets)
    for setting in (Setting(), Setting(density=COMPACT), Setting(density=COMPACT, flowing=True)):
        laid_out = [sheet_payload(setting, sheet, number) for number, sheet in enumerate(sheets)]
        payload: dict[str, Json] = {
            "title": title,
            "sheets": [sheet.json for sheet in laid_out],
        }
        paper = _render(Template.SHEET, payload, setting, issued_at)
        if paper.pages == sum(sheet.pages for sheet in laid_out):
            break
    return paper


@override(PAPER_LANGUAGE)
def render_guide(guide: GuideValues, *, issued_at: datetime) -> RenderedPaper:
    """Print the personal list (受付案内票). Raises NotForQr when its QR text is not a plain reference."""
    setting = Setting()
    payload: dict[str, Json] = {"title": guide.title, "guide": guide_payload(setting, guide)}
    return _render(Template.GUIDE, payload, setting, issued_at)


@override(PAPER_LANGUAGE)
def render_confirmation(page: ConfirmationValues, *, issued_at: datetime) -> RenderedPaper:
    """Print the page that is signed (確認・署名票), with the pad's strokes when there are any. Raises
    NotAStroke.
    """
    setting = Setting()
    payload: dict[str, Json] = {"title": page.title, "confirmation": confirmation_payload(setting, page)}
    return _render(Template.CONFIRMATION, payload, setting, issued_at)


@override(PAPER_LANGUAGE)
def render_letter(letter: LetterValues, *, issued_at: datetime) -> RenderedPaper:
    """Print the letter after a notice (届出後の通知), dated on the day it is printed."""
    setting = Setting()
    day = issued_at.astimezone(_JAPAN).date()
    payload: dict[str, Json] = {"title": LETTER_TITLE, "letter": letter_payload(setting, letter, on=day)}
    return _render(Template.LETTER, payload, setting, issued_at)


@override(PAPER_LANGUAGE)
def render_ruling(ruling: RulingValues, *, issued_at: datetime) -> RenderedPaper:
    """Print the paper that tells a decision (結果の書面). Raises NotForQr when its address is not a plain reference."""
    setting = Setting()
    payload: dict[str, Json] = {"title": ruling.procedure, "ruling": ruling_payload(setting, ruling)}
    return _render(Template.RULING, payload, setting, issued_at)


@override(PAPER_LANGUAGE)
def render_meaning(
    papers: Sequence[PaperMeaning], *, language: str, tag: str, number: str, issued_at: datetime
) -> RenderedPaper:
    """Print what papers mean in a language (書類の意味), each once. Raises NothingToPrint."""
    if not papers:
        raise NothingToPrint
    setting = Setting()
    meaning = meaning_payload(setting, papers, language, tag, number)
    return _render(Template.MEANING, {"title": TITLE, "meaning": meaning}, setting, issued_at)


def _refuse_withheld(sheet: SheetValues) -> None:
    for box in sheet.all_boxes():
        if box.withheld and box.text:
            raise WithheldValueOnPaper(paper=sheet.title, box=box.label)


def _render(
    template: Template, payload: dict[str, Json], setting: Setting, issued_at: datetime
) -> RenderedPaper:
    at = issued_at.astimezone(_JAPAN).replace(microsecond=0)
    day: list[Json] = [at.year, at.month, at.day]
    document: dict[str, Json] = {**payload, "issued": day, "lang": PAPER_LANGUAGE}
    pdf = typeset(template, document, issued_at=at)
    return RenderedPaper(pdf, _pages(pdf), tuple(setting.found))


def _pages(pdf: bytes) -> int:
    """Read the page count from the page tree's root."""
    return pdf.count(b"/Type/Page\n") + pdf.count(b"/Type /Page\n") + pdf.count(b"/Type/Page/")
