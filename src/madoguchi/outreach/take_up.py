"""Take-up (取得率): how many of everybody entitled receive it, by district, against the full list of the entitled.

1. The denominator is everybody whom a campaign found entitled (必要・任意), told of it or not, protected or not; 要確認 is counted
   apart, for it is not known whether they are. 2. Whoever stands on the newest list of the benefit receives it; without a list
   nobody is known to, and the page says so. 3. A campaign is measured once a day; what of it may be shown is settled then, with
   everything shown on earlier days (`small_counts.hiding`), and nothing else is ever read by a page or a file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city.queries import profile
from madoguchi.outreach.models import CampaignRow, EntitledRow, OfferRow, TakeUpRow
from madoguchi.outreach.states import OfferState
from madoguchi.outreach.values import NoSuchCampaign
from madoguchi.procedures.decisions import Status
from madoguchi.residents.disclosure import JAPAN
from madoguchi.residents.places import Town, towns
from madoguchi.residents.where import towns_where
from madoguchi.small_counts.hiding import Atom, Before, Count, shown

NOWHERE = "（地区が分からない）"
WHOLE = "全体"
_SURE = (Status.MUST.value, Status.OPTIONAL.value)
_AT_ONCE = 900


class TakeUpKind(Enum):
    """What became of those who are entitled (権利のある方の内訳)."""

    RECEIVING = ("receiving", "受けている")
    APPLYING = ("applying", "使うと答えた")
    REFUSED = ("refused", "使わないと答えた")
    OPEN = ("open", "返事がない・届いていない")
    UNSURE = ("unsure", "要確認（権利があるか未定）")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


SURE = (TakeUpKind.RECEIVING, TakeUpKind.APPLYING, TakeUpKind.REFUSED, TakeUpKind.OPEN)
Group = tuple[str, str, str]  # procedure, district, kind


@dataclass(frozen=True, slots=True)
class TakeUpLine:
    """One line as it may be shown: of everybody entitled, how many receive it; None where a count is hidden."""

    name: str
    entitled: int | None
    receiving: int | None

    @property
    def key(self) -> str:
        return self.name

    @property
    def share(self) -> float | None:
        """How many of a hundred receive it; only from counts that are shown."""
        if not self.entitled or self.receiving is None:
            return None
        return 100 * self.receiving / self.entitled


@dataclass(frozen=True, slots=True)
class TakeUp:
    """Take-up of one procedure on one day (取得率)."""

    campaign: str
    procedure: str
    day: date
    whole: TakeUpLine
    kinds: tuple[tuple[TakeUpKind, int | None], ...]
    districts: tuple[TakeUpLine, ...]


class MeasuredAlready(ValueError):
    """A campaign is measured once a day: a second time would tell who changed in between."""

    def __init__(self) -> None:
        super().__init__("きょうは、もう測りました。あしたから、また測れます。")


class NothingToMeasure(ValueError):
    """A campaign that has not found anybody yet."""

    def __init__(self) -> None:
        super().__init__("まだ権利のある方の名簿がありません。案内を送り始めてから測ってください。")


def measure(*, campaign: str, by: Actor, now: datetime) -> date:
    """Measure the campaign as it stands. Raises NoSuchCampaign, NothingToMeasure, MeasuredAlready."""
    row, day = _campaign(campaign), now.astimezone(JAPAN).date()
    if TakeUpRow.objects.filter(campaign=row, day=day).exists():
        raise MeasuredAlready
    places = towns()
    groups = groups_of(row, places=places, by=by, now=now)
    if not groups:
        raise NothingToMeasure
    numbers = numbers_of(groups, before=Before({}, _shown_before()))
    try:
        with transaction.atomic():
            TakeUpRow.objects.create(
                campaign=row, day=day, measured_at=now, measured_by=by.name,
                groups=sorted([*key, number] for key, number in groups.items()), numbers=numbers,
            )  # fmt: skip
            record_act(actor=by, activity="take_up_measured", now=now, campaign=campaign)
    except IntegrityError as error:
        raise MeasuredAlready from error
    return day


def groups_of(row: CampaignRow, *, places: Mapping[str, Town], by: Actor, now: datetime) -> Counter[Group]:
    """How many there are of each procedure, district and kind; for this room alone, never for a page."""
    rows = list(
        EntitledRow.objects.filter(campaign=row)
        .order_by("pk")
        .values_list("procedure", "about", "resident_no", "status", "receiving_since")
    )
    if not rows:
        return Counter()
    answered = _answers({(procedure, about) for procedure, about, *_rest in rows})
    there = towns_where(
        list(dict.fromkeys(number for _p, _a, number, *_rest in rows)), among=places, city=profile().name, by=by,
        screen="take_up", now=now,
    )  # fmt: skip
    found: Counter[Group] = Counter()
    for procedure, about, number, status, since in rows:
        district = there[number].district if number in there else NOWHERE
        kind = _kind(status, since is not None, answered.get((procedure, about)))
        found[procedure, district, kind.key] += 1
    return found


def numbers_of(groups: Mapping[Group, int], *, before: Before) -> dict[str, int | None]:
    """Every count that may be asked for, by its key; None for one that is hidden. Nobody at all is a small count too."""
    atoms: dict[str, set[Atom]] = defaultdict(set)
    for procedure, district in {(procedure, district) for procedure, district, _kind in groups}:
        for kind in TakeUpKind:
            atom = (procedure, district, kind.key)
            atoms[f"{procedure}/{WHOLE}/{kind.key}"].add(atom)
            for line in (WHOLE, district) if kind in SURE else ():
                atoms[f"{procedure}/{line}/entitled"].add(atom)
                atoms[f"{procedure}/{line}/{'yes' if kind is TakeUpKind.RECEIVING else 'no'}"].add(atom)
    counts = []
    for key, some in sorted(atoms.items()):
        whole = key.endswith(f"/{WHOLE}/entitled")
        # Who does not receive it stands in no table, and is the difference of two that do.
        never = key.endswith("/no")
        counts.append(Count(key, frozenset(some), sum(groups.get(one, 0) for one in some), whole, never))  # type: ignore[call-overload]  # atoms are groups here
    visible = shown(counts, before=before)
    return {one.key: one.number if one.key in visible else None for one in counts if not one.never}


def measured(campaign: str) -> tuple[TakeUp, ...]:
    """What the campaign came to, the newest day first, procedure by procedure. Raises NoSuchCampaign."""
    rows = TakeUpRow.objects.filter(campaign=_campaign(campaign)).order_by("-day")
    return tuple(_read(row, campaign, procedure) for row in rows for procedure in row.campaign.procedures)


def _read(row: TakeUpRow, campaign: str, procedure: str) -> TakeUp:
    numbers: Mapping[str, int | None] = row.numbers
    stems = {key.rpartition("/")[0] for key in numbers if key.startswith(f"{procedure}/")}
    names = sorted(stem.partition("/")[2] for stem in stems)

    def line(name: str) -> TakeUpLine:
        stem = f"{procedure}/{name}"
        return TakeUpLine(name, numbers.get(f"{stem}/entitled"), numbers.get(f"{stem}/yes"))

    kinds = tuple((kind, numbers.get(f"{procedure}/{WHOLE}/{kind.key}")) for kind in TakeUpKind)
    return TakeUp(
        campaign, procedure, row.day, line(WHOLE), kinds, tuple(line(name) for name in names if name != WHOLE)
    )


def _kind(status: str, receives: bool, answer: str | None) -> TakeUpKind:
    if status not in _SURE:
        return TakeUpKind.UNSURE
    if receives:
        return TakeUpKind.RECEIVING
    said = {OfferState.USED.value: TakeUpKind.APPLYING, OfferState.REFUSED.value: TakeUpKind.REFUSED}
    return said.get(answer or "", TakeUpKind.OPEN)


def _answers(wanted: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The newest answer to what was offered of each procedure about each subject."""
    found: dict[tuple[str, str], str] = {}
    abouts: Sequence[str] = list(dict.fromkeys(about for _procedure, about in wanted))
    answered = (OfferState.USED.value, OfferState.REFUSED.value)
    for start in range(0, len(abouts), _AT_ONCE):
        rows = OfferRow.objects.filter(about__in=abouts[start : start + _AT_ONCE], state__in=answered)
        for procedure, about, state in rows.order_by("pk").values_list("procedure", "about", "state"):
            found[procedure, about] = state
    return found


def _shown_before() -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    # Several campaigns may be for the same: what any of them showed is known.
    for numbers in TakeUpRow.objects.values_list("numbers", flat=True):
        for key, number in numbers.items():
            if number is not None:
                found[key].add(number)
    return found


def _campaign(number: str) -> CampaignRow:
    row = CampaignRow.objects.filter(public_id=number).first()
    if row is None:
        raise NoSuchCampaign
    return row
