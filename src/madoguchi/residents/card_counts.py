"""How many people have a マイナンバーカード, counted over the whole register as one statistical access that names nobody.

1. The access is written down once, without persons: what is read, by whom, what for.
2. Everybody who lives here is put in one group: town, age, household, work, card. Whoever lacks the town, the age or the
   card in the register is left out, not guessed at. The register has no employer, so there is none here.
3. People without a card whose whereabouts may not be listed are counted apart, so that a plan of visits never counts on them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from django.db.models import Q

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.jp.dates import age_on
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.models import ResidentFact, ResidentRecord
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.places import Town, town_of
from madoguchi.residents.protection import Audience, protected_people, shielding_rows

SPOUSES = frozenset({"妻", "夫", "妻（未届）", "夫（未届）"})
AT_ONCE = 20_000


class CardState(Enum):
    """Whether somebody has the card, and whether a list may name them (カードの有無)."""

    HAS = "has"
    LACKS = "lacks"
    LACKS_UNLISTED = "lacks_unlisted"


class AgeBand(Enum):
    """Ages put together (年齢の区分). Ours, not an official one."""

    MINOR = ("minor", "17歳まで", 0)
    YOUNG = ("young", "18〜39歳", 18)
    MIDDLE = ("middle", "40〜64歳", 40)
    OLDER = ("older", "65〜74歳", 65)
    OLDEST = ("oldest", "75歳から", 75)

    def __init__(self, key: str, label: str, first: int) -> None:
        self.key, self.label, self.first = key, label, first

    @classmethod
    def of(cls, age: int) -> AgeBand:
        return next(band for band in reversed(cls) if age >= band.first)


class HouseholdKind(Enum):
    """What a household is made of (世帯の区分). Ours, not an official one."""

    ALONE_OLDER = ("alone_older", "ひとり暮らし（65歳から）")
    ALONE = ("alone", "ひとり暮らし（64歳まで）")
    COUPLE = ("couple", "夫婦だけ")
    WITH_MINORS = ("with_minors", "17歳までの人がいる")
    OTHER = ("other", "そのほか")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


class WorkKind(Enum):
    """How somebody works, as the register has it (働き方): not where, which it does not have."""

    EMPLOYED = ("employed", "会社などに勤めている")
    PUBLIC = ("public_servant", "公務員")
    OWN = ("self_employed", "自営")
    STUDENT = ("student", "学生")
    NONE = ("none", "働いていない・分からない")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


WORK = {one.key: one for one in WorkKind}


@dataclass(frozen=True, slots=True)
class CardGroup:
    """People who are alike in everything that is counted (集計のまとまり)."""

    town: str
    age: AgeBand
    household: HouseholdKind
    work: WorkKind
    card: CardState


def count_cards(
    *, by: Actor, towns: Mapping[str, Town], city: str, screen: str, now: datetime
) -> Counter[CardGroup]:
    """How many residents there are of each group, as the register is now."""
    _written_down(by, screen, now)
    today = now.astimezone(JAPAN).date()
    cards, work = _facts("has_card", today), _facts("employment", today)
    homes, addresses = _unlisted(today)
    counts: Counter[CardGroup] = Counter()
    household: list[tuple[Any, ...]] = []
    rows = ResidentRecord.objects.filter(is_current=True, status="resident", history_no__isnull=False)
    columns = (
        "household_no", "resident_no", "address", "address_key", "birth_earliest", "birth_latest", "relationship",
    )  # fmt: skip

    def close() -> None:
        kind = _household_kind(household, today)
        for number, home, key, address, band in (
            (one[1], one[0], one[3], one[2], _band(one[4], one[5], today)) for one in household
        ):
            town, has = town_of(address, city=city, among=towns), cards.get(number)
            if town is None or band is None or not isinstance(has, bool):
                continue
            unlisted = home in homes or (key and key in addresses)
            state = CardState.HAS if has else CardState.LACKS_UNLISTED if unlisted else CardState.LACKS
            counts[
                CardGroup(town.name, band, kind, WORK.get(str(work.get(number)), WorkKind.NONE), state)
            ] += 1

    for row in (
        rows.order_by("household_no", "resident_no").values_list(*columns).iterator(chunk_size=AT_ONCE)
    ):
        if household and household[0][0] != row[0]:
            close()
            household.clear()
        household.append(row)
    if household:
        close()
    return counts


def people_without_card(
    *, by: Actor, towns: Mapping[str, Town], among: Mapping[str, Town], city: str, screen: str, now: datetime
) -> tuple[DisclosedPerson, ...]:
    """Those who live in `towns` (of all `among`) and have no card, for a visit; each reading is written down.

    Whoever may not be listed is not there, and nothing says so.
    """
    today = now.astimezone(JAPAN).date()
    living = ResidentRecord.objects.filter(is_current=True, status="resident", history_no__isnull=False)
    there = Q(pk__in=())
    for name in towns:
        there |= Q(address__contains=f"{city}{name}")
    numbers = [
        number
        for number, address in living.filter(there).values_list("resident_no", "address")
        if (town := town_of(address, city=city, among=among)) is not None and town.name in towns
    ]
    lacking = [number for number, has in _facts("has_card", today, numbers).items() if has is False]
    listed = sorted(set(lacking) - protected_people(lacking, on=today))
    if not listed:
        _written_down(by, screen, now, Purpose.VISIT)
        return ()
    return disclose(
        actor=by,
        purpose=Purpose.VISIT,
        resident_nos=listed,
        audience=Audience.DEPARTMENT,
        case=None,
        screen=screen,
        now=now,
    )


def _written_down(by: Actor, screen: str, now: datetime, purpose: Purpose = Purpose.STATISTICS) -> None:
    record_access(
        actor=by,
        purpose=purpose,
        authority=Audience.LIST.value,
        person_keys=(),
        fields=("address", "birth", "household", "has_card", "employment"),
        case=None,
        screen=screen,
        now=now,
    )


def _facts(key: str, on: date, numbers: list[str] | None = None) -> dict[str, Any]:
    """The newest value that holds on the day, by person."""
    published = Q(batch__isnull=True) | Q(batch__state="stored")
    rows = ResidentFact.objects.filter(published, key=key, valid_from__lte=on)
    found: dict[str, Any] = {}
    parts = (
        [rows]
        if numbers is None
        else [rows.filter(resident_no__in=numbers[at : at + 500]) for at in range(0, len(numbers), 500)]
    )
    for part in parts:
        ordered = part.order_by("resident_no", "valid_from", "id").values_list("resident_no", "value")
        found.update(ordered.iterator(chunk_size=AT_ONCE))
    return found


def _unlisted(on: date) -> tuple[frozenset[str], frozenset[str]]:
    """Households and addresses of everybody whose whereabouts are withheld: the rule of `protected_people`."""
    rows = list(shielding_rows(on).values_list("household_no", "address_key"))
    return frozenset(home for home, _ in rows), frozenset(key for _, key in rows if key)


def _band(earliest: date, latest: date, on: date) -> AgeBand | None:
    """The band of an age; None when the date of birth leaves it open."""
    oldest, youngest = AgeBand.of(age_on(earliest, on)), AgeBand.of(age_on(latest, on))
    return oldest if oldest is youngest else None


def _household_kind(people: list[tuple[Any, ...]], on: date) -> HouseholdKind:
    bands = [_band(one[4], one[5], on) for one in people]
    if AgeBand.MINOR in bands:
        return HouseholdKind.WITH_MINORS
    if len(people) == 1:
        older = bands[0] in (AgeBand.OLDER, AgeBand.OLDEST)
        return HouseholdKind.ALONE_OLDER if older else HouseholdKind.ALONE
    if len(people) == 2 and any(one[6] in SPOUSES for one in people):
        return HouseholdKind.COUPLE
    return HouseholdKind.OTHER
