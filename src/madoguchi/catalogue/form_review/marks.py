"""Whether a statute's form requires a box (法令で決まった欄か): marked by a person, with the basis; never worked out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.form_review.models import SheetMarksRow
from madoguchi.catalogue.form_review.values import BoxMark, LawMark, SheetMarks

LONGEST_BASIS = 100


class MarksRefused(ValueError):
    """Marks that were not kept; the sentence says what to do."""


def marks_of_sheets() -> dict[str, SheetMarks]:
    """The marks of every sheet that has any, by sheet."""
    return {row.sheet: _marks(row) for row in SheetMarksRow.objects.all()}


def marks_of(sheet: str) -> SheetMarks:
    """The marks of one sheet."""
    row = SheetMarksRow.objects.filter(sheet=sheet).first()
    return _marks(row) if row else SheetMarks(sheet, 0, {})


def _marks(row: SheetMarksRow) -> SheetMarks:
    marks = {code: BoxMark(LawMark(law), basis) for code, (law, basis) in row.marks.items()}
    return SheetMarks(row.sheet, row.version, marks, row.changed_by)


def set_marks(
    *, sheet: str, version: int, marks: Mapping[str, BoxMark], by: Actor, now: datetime
) -> None:  # fmt: skip
    """Keep the marks of a sheet as a whole. `version`: the one that was looked at, 0 for none yet.

    Raises MarksRefused when a basis is missing or too long, or somebody was quicker.
    """
    for mark in marks.values():
        if mark.law in (LawMark.REQUIRED, LawMark.NEEDED) and not mark.basis:
            raise MarksRefused(
                f"「{mark.law.label}」とした欄には、根拠（法令・告示の名と条、または使う事務）を入れてください。"
            )
        if len(mark.basis) > LONGEST_BASIS or not mark.basis.isprintable():
            raise MarksRefused(f"根拠は{LONGEST_BASIS}字までの文字で入れてください。")
    kept = {
        code: (mark.law.value, mark.basis)
        for code, mark in marks.items()
        if mark.law is not LawMark.UNKNOWN or mark.basis
    }
    values = {"marks": kept, "changed_by": by.name, "changed_at": now}
    with transaction.atomic():
        if version == 0:
            try:
                with transaction.atomic():
                    SheetMarksRow.objects.create(sheet=sheet, **values)
            except IntegrityError:
                raise MarksRefused(_QUICKER) from None
        elif not SheetMarksRow.objects.filter(sheet=sheet, version=version).update(
            version=version + 1, **values
        ):
            raise MarksRefused(_QUICKER)
        record_act(actor=by, activity="form_law_set", now=now, sheet=sheet, boxes=len(kept))


_QUICKER = "ほかの人が先に直しました。開き直して、もう一度入れてください。入れた内容は保存していません。"
