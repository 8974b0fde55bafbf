"""By what the review is worked out in this city: the seconds, and the identifiers that a form is to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.form_review.models import ReviewSettingRow
from madoguchi.catalogue.form_review.values import Assumptions

MOST_SECONDS, MOST_PEOPLE = 600, 12


class AssumptionsRefused(ValueError):
    """Assumptions that cannot be used, with every fault as a sentence."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True)
class ReviewSetting:
    """What counts now. `identifiers`: keys of the chosen set, empty when nobody chose. `made_by` "": numbers as shipped."""

    assumptions: Assumptions
    identifiers: tuple[str, ...]
    made_by: str = ""
    made_at: datetime | None = None


# What each number of the assumptions is, in the order of the form: unit and words.
ASSUMPTION_WORDS = {
    "read_box": ("秒", "住民が、書く欄を探して読む時間（1欄）"),
    "write_character": ("秒", "住民が、手で1字を書く時間（選ぶ欄は1字と数えます）"),
    "check_box": ("秒", "住民が、印字された欄を見て確かめる時間（1欄）"),
    "staff_box": ("秒", "職員が、手書きの欄を読み、確かめ、入力する時間（1欄）"),
    "staff_check": ("秒", "職員が、印字された欄を見る時間（1欄）"),
    "table_people": ("人", "人を並べる表に載る人数（1枚）"),
}


def setting() -> ReviewSetting:
    """The setting that counts now; until the city makes one, the shipped one."""
    rows = ReviewSettingRow.objects.order_by("-id")
    chosen = rows.filter(identifiers__isnull=False).values_list("identifiers", flat=True).first()
    identifiers = tuple(chosen or ())
    row = rows.filter(assumptions__isnull=False).first()
    if row is None:
        return ReviewSetting(Assumptions(), identifiers)
    known = {one.name for one in fields(Assumptions)}
    given = {name: value for name, value in (row.assumptions or {}).items() if name in known}
    return ReviewSetting(Assumptions(**given), identifiers, row.made_by, row.made_at)


def set_assumptions(*, assumptions: Assumptions, by: Actor, now: datetime) -> None:
    """Let other numbers count from now on. Raises AssumptionsRefused with every fault."""
    faults = []
    for name, (unit, words) in ASSUMPTION_WORDS.items():
        least, most = (1, MOST_PEOPLE) if name == "table_people" else (0, MOST_SECONDS)
        if not least <= getattr(assumptions, name) <= most:
            faults.append(f"「{words}」は{least}〜{most}{unit}の整数で入れてください。")
    if faults:
        raise AssumptionsRefused(faults)
    with transaction.atomic():
        ReviewSettingRow.objects.create(assumptions=asdict(assumptions), made_by=by.name, made_at=now)
        record_act(actor=by, activity="form_assumptions_set", now=now)


def set_identifiers(*, identifiers: Sequence[str], by: Actor, now: datetime) -> None:
    """Let a form ask these identifiers from now on; none: the smallest set of the count."""
    with transaction.atomic():
        ReviewSettingRow.objects.create(identifiers=list(identifiers), made_by=by.name, made_at=now)
        record_act(actor=by, activity="form_identifiers_set", now=now, identifiers=len(identifiers))
