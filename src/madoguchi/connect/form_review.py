"""The form review (申請書の見直し): sheets of the catalogue, the city's register and the inventory, put together.

1. Every box of every sheet is judged (`papers.review`) with what the city said about it (`catalogue.form_review`).
2. Identifiers count by what the register has shown (`residents.identifying`), never by what is usual elsewhere.
3. What is saved in a year follows from the inventory; what no number is known of saves nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from madoguchi.audit.entries import Actor
from madoguchi.catalogue.form_review import settings
from madoguchi.catalogue.form_review.marks import marks_of_sheets
from madoguchi.catalogue.form_review.settings import ReviewSetting
from madoguchi.catalogue.form_review.values import SheetMarks
from madoguchi.catalogue.inventory.volumes import volumes_of
from madoguchi.catalogue.queries import current
from madoguchi.connect.inventory import share_of_people
from madoguchi.papers.review.boxes import ReviewedSheet, Verdict, review
from madoguchi.papers.review.savings import Effort, SheetSaving, saving_of, total
from madoguchi.residents import identifying
from madoguchi.residents.identifiers import Identifier, IdentifierCount, SetCount, in_order


class NotAChoice(ValueError):
    """Identifiers that cannot be chosen; the sentence says what to do."""

    def __init__(self) -> None:
        super().__init__("この組は選べません。数え直してから、表にある組を選んでください。")


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet of the review: what is proposed, what it saves, and what the city said about its boxes."""

    sheet: ReviewedSheet
    saving: SheetSaving
    marks: SheetMarks
    missing: tuple[Identifier, ...]

    @property
    def now(self) -> int:
        """Boxes as the sheet stands."""
        return len(self.sheet.boxes)

    @property
    def struck(self) -> int:
        """Boxes proposed to be struck."""
        return self.sheet.count(Verdict.STRIKE)

    @property
    def confirmed(self) -> int:
        """Of them, those of which a person has said that neither law nor office needs them."""
        return sum(1 for box in self.sheet.boxes if box.verdict is Verdict.STRIKE and box.confirmed)

    @property
    def printed(self) -> int:
        """Boxes that are printed."""
        return self.sheet.count(Verdict.PREFILL)

    @property
    def printed_labels(self) -> str:
        """What these boxes are called, each name once."""
        labels = (box.key.label for box in self.sheet.boxes if box.verdict is Verdict.PREFILL)
        return "・".join(dict.fromkeys(labels))

    @property
    def kept(self) -> int:
        """Boxes that the resident still writes."""
        return self.sheet.count(Verdict.KEEP)

    @property
    def after(self) -> int:
        """Boxes that are left on the sheet."""
        return self.now - self.struck


@dataclass(frozen=True, slots=True)
class FormReview:
    """The whole report. `chosen`: the identifiers that a form is to ask; `by_choice`: somebody chose them."""

    lines: tuple[SheetLine, ...]
    setting: ReviewSetting
    count: IdentifierCount | None
    chosen: SetCount | None
    by_choice: bool

    @property
    def sure(self) -> Effort:
        """Saved in a year on the sheets whose number is known."""
        return total(one.saving.sure_a_year for one in self.lines)

    @property
    def more(self) -> Effort:
        """Saved besides when the candidates are struck."""
        return total(one.saving.more_a_year for one in self.lines)

    @property
    def with_volume(self) -> int:
        """Of how many sheets it is known how many there are in a year."""
        return sum(1 for one in self.lines if one.saving.volume)

    @property
    def estimated(self) -> bool:
        """Whether one of these numbers is an estimate from the nation's."""
        return any(one.saving.volume.estimated for one in self.lines if one.saving.volume)

    def boxes(self, what: str) -> int:
        """The sum over all sheets of `now`, `struck`, `confirmed`, `printed`, `kept` or `after`."""
        return sum(getattr(one, what) for one in self.lines)


def form_review() -> FormReview:
    """Review every sheet of the current revision. Raises NothingPublished."""
    pack = current()
    count, setting = identifying.last_count(), settings.setting()
    chosen = _chosen(count, setting)
    marks = marks_of_sheets()
    sheets = review(pack, marks, count.held if count else {}, chosen)
    volumes = volumes_of((one.id for sheet in sheets for one in sheet.procedures), share_of_people())
    wanted = chosen.identifiers if chosen else frozenset()
    lines = tuple(
        SheetLine(
            sheet,
            saving_of(sheet, setting.assumptions, volumes),
            marks.get(sheet.id) or SheetMarks(sheet.id, 0, {}),
            in_order(wanted - sheet.asks_for),
        )
        for sheet in sheets
    )
    return FormReview(lines, setting, count, chosen, bool(setting.identifiers))


def line_of(sheet: str) -> tuple[FormReview, SheetLine] | None:
    """One sheet with the whole that it is part of, or None. Raises NothingPublished."""
    whole = form_review()
    found = next((one for one in whole.lines if one.sheet.id == sheet), None)
    return (whole, found) if found else None


def _chosen(count: IdentifierCount | None, setting: ReviewSetting) -> SetCount | None:
    """The chosen set as counted; the smallest unique one while nobody chose; None when it was not counted."""
    if count is None:
        return None
    if setting.identifiers:
        known = {one.value: one for one in Identifier}
        return count.of(frozenset(known[one] for one in setting.identifiers if one in known))
    return next(iter(count.smallest), None)


def choices(count: IdentifierCount) -> tuple[SetCount, ...]:
    """The sets that may be chosen: none of them ever means two people."""
    return tuple(dict.fromkeys((*count.smallest, *count.never_two_by_heart)))


def choose(*, identifiers: Sequence[str], by: Actor, now: datetime) -> None:
    """Let forms ask these identifiers; none: the smallest set of the count again. Raises NotAChoice."""
    count = identifying.last_count()
    if identifiers:
        found = choices(count) if count else ()
        if set(identifiers) not in [{part.value for part in one.identifiers} for one in found]:
            raise NotAChoice
    settings.set_identifiers(identifiers=identifiers, by=by, now=now)
