"""Who was told of before coming, on the lines of a certificate: filled in to be compared, and named as it is copied."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict

from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.forms import BasePeople
from madoguchi.channels.counter.words import birth_text
from madoguchi.jp.wareki import format_wareki_latin
from madoguchi.procedures.facts import Value

FILLED = ("relationship", "sex", "nationality_class", "health_insurance", "pension")


def told_of_the_move(view: CaseView) -> dict[str, str]:
    """What the form of the move begins with."""
    day = view.record.value("move_date")
    return {"move_date": format_wareki_latin(day)} if view.record.unnamed and isinstance(day, date) else {}


def fill_in(people: BasePeople, view: CaseView) -> None:
    """One line for each person who was told of, with what was told where the form asks it."""
    record = view.record
    for form, ref in zip(people.forms, record.unnamed, strict=False):
        form.told_of, form.told_as = ref, f"{record.name_of(ref)} {birth_text(record, ref)}".strip()
        if form.is_bound:
            continue
        told: dict[str, Value | None] = {key: record.value(key, ref) for key in FILLED}
        birth = record.value("birth_date", ref)
        if isinstance(birth, date):
            told["birth"] = format_wareki_latin(birth)
        for key, value in told.items():
            codes = {code for code, _label in getattr(form.fields[key], "choices", ())}
            if value is not None and (not codes or value in codes):
                form.initial[key] = value


def without_the_unnamed(posted: QueryDict) -> QueryDict:
    """What was filled in for somebody who is on no certificate is no line of it."""
    data = posted.copy()
    for key in posted:
        if key.startswith("told_of-"):
            line = f"form-{key.removeprefix('told_of-')}"
            if not posted.get(f"{line}-name", "").strip():
                for field in ("birth", "relationship", "kana"):
                    data[f"{line}-{field}"] = ""
    return data
