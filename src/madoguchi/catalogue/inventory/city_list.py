"""The city's own list of procedures (市の手続き一覧): kept, changed, found, scored and planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import count
from typing import Any

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.inventory.city_entries import BASIS_NAMES, Basis, CityEntry, Online
from madoguchi.catalogue.inventory.ease import Criterion, Ease, EaseDefinition, score, volume_option
from madoguchi.catalogue.inventory.models import CityProcedureRow
from madoguchi.catalogue.inventory.national import (
    NationalMark,
    NationalProcedure,
    linked_to,
    marks_of,
    procedures_of,
)
from madoguchi.catalogue.inventory.search_key import search_key, search_terms

TEXTS = ("number", "name", "department", "law", "national", "procedure", "form", "owner", "note")
PLAIN = ("volume", "minutes", "online_since", "reviewed_on")
ENTRY_COLUMNS = (*TEXTS, *PLAIN, "basis", "online", "features")
_BASIS = {one.value: one for one in Basis}
_ONLINE = {one.value: one for one in Online}
_CRITERION = {one.value: one for one in Criterion}


class CityListError(ValueError):
    """A change that cannot be made; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class CityLine:
    """A procedure of the list with its ease: what is estimated from the survey is marked.

    `volume` a year, here; `estimated`: from the national number and the city's share of the people.
    """

    entry: CityEntry
    version: int
    ease: Ease
    volume: int | None
    estimated: bool
    in_survey: bool

    def saved_hours(self, usual_minutes: int) -> float | None:
        """Hours that residents save in a year when nobody has to come; None when the number is unknown."""
        if self.volume is None or self.entry.online is Online.DONE:
            return None
        minutes = self.entry.minutes if self.entry.minutes is not None else usual_minutes
        return self.volume * minutes / 60


def save(*, entry: CityEntry, version: int | None, by: Actor, now: datetime) -> str:
    """Add an entry (`version` None) or change it; returns its number.

    Raises CityListError when the number is taken, or somebody changed it meanwhile.
    """
    with transaction.atomic():
        entry = replace(entry, number=entry.number or _next_number())
        values = _values(entry) | {"changed_by": by.name, "changed_at": now}
        if version is None:
            try:
                with transaction.atomic():
                    CityProcedureRow.objects.create(**values)
            except IntegrityError:
                raise CityListError(
                    f"手続番号 {entry.number} はもう使われています。別の番号にするか、空けておいてください。"
                ) from None
        else:
            del values["number"]
            rows = CityProcedureRow.objects.filter(number=entry.number, version=version)
            if not rows.update(version=version + 1, **values):
                raise CityListError(
                    "ほかの人が先に直しました。開き直して、もう一度入れてください。入れた内容は保存していません。"
                )
        record_act(actor=by, activity="city_procedure_saved", now=now, entry=_key(entry.number))
    return entry.number


def store_many(
    *, new: Sequence[CityEntry], changed: Sequence[tuple[CityEntry, int]], by: Actor, now: datetime
) -> None:
    """All of a file or nothing: new entries, and entries with the version that was read. Raises CityListError."""
    who = {"changed_by": by.name, "changed_at": now}
    with transaction.atomic():
        given = {entry.number for entry in new}
        free = (number for at in count(int(_next_number()[2:])) if (number := f"M-{at:04d}") not in given)
        numbered = [entry if entry.number else replace(entry, number=next(free)) for entry in new]
        rows = [CityProcedureRow(**_values(entry), **who) for entry in numbered]
        try:
            with transaction.atomic():
                CityProcedureRow.objects.bulk_create(rows, batch_size=500)
        except IntegrityError:
            raise CityListError(
                "取り込みの間に同じ番号の手続きができました。もう一度取り込んでください。"
            ) from None
        for entry, version in changed:
            there = CityProcedureRow.objects.filter(number=entry.number, version=version)
            if not there.update(version=version + 1, removed=False, **_values(entry), **who):
                raise CityListError(
                    f"手続番号 {entry.number} をほかの人が先に直しました。何も取り込んでいません。もう一度取り込んでください。"
                )
        record_act(actor=by, activity="city_list_taken_in", now=now, added=len(new), changed=len(changed))


def set_removed(*, number: str, removed: bool, by: Actor, now: datetime) -> None:
    """Take an entry off the list, or bring it back. Raises LookupError."""
    with transaction.atomic():
        if not CityProcedureRow.objects.filter(number=number).update(
            removed=removed, changed_by=by.name, changed_at=now
        ):
            raise LookupError(f"手続番号 {number} は一覧にありません。")
        activity = "city_procedure_removed" if removed else "city_procedure_restored"
        record_act(actor=by, activity=activity, now=now, entry=_key(number))


def add_from_survey(*, numbers: Sequence[str], by: Actor, now: datetime) -> tuple[int, int]:
    """Put procedures of the shown survey on the list; returns how many were added, and how many were there already."""
    with transaction.atomic():
        there = set(CityProcedureRow.objects.exclude(national="").values_list("national", flat=True))
        found = procedures_of(numbers)
        wanted = [found[number] for number in numbers if number in found and number not in there]
        first = int(_next_number()[2:])
        rows = [
            CityProcedureRow(
                **_values(_from_survey(one, f"M-{first + place:04d}")), changed_by=by.name, changed_at=now
            )
            for place, one in enumerate(wanted)
        ]
        CityProcedureRow.objects.bulk_create(rows, batch_size=500)
        record_act(actor=by, activity="city_procedures_added", now=now, count=len(rows))
    return len(rows), len(numbers) - len(rows)


def _from_survey(national: NationalProcedure, number: str) -> CityEntry:
    line, ours = national.line, linked_to(national.line.number)
    return CityEntry(
        procedure=ours[0] if len(ours) == 1 else "",
        number=number,
        name=line.name[:200],
        basis=Basis.STATUTE,
        law=f"{line.law} {line.article}"[:200],
        national=line.number,
    )


def _next_number() -> str:
    """The first free number of our own series (M-0001 …)."""
    used = CityProcedureRow.objects.filter(number__startswith="M-").values_list("number", flat=True)
    return f"M-{max((int(one[2:]) for one in used if one[2:].isdigit()), default=0) + 1:04d}"


def _key(number: str) -> str:
    """The row's key for the audit, which takes keys only."""
    return f"row{CityProcedureRow.objects.values_list('pk', flat=True).get(number=number)}"


def _values(entry: CityEntry) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(entry, name) for name in (*TEXTS, *PLAIN)}
    return values | {
        "basis": entry.basis.value,
        "online": entry.online.value,
        "features": {one.value: option for one, option in entry.features.items()},
    }


def entry_of(row: CityProcedureRow) -> CityEntry:
    """A row as a value."""
    return _entry(*(getattr(row, name) for name in ENTRY_COLUMNS))


def _entry(*columns: Any) -> CityEntry:
    """The columns of a row, in the order of ENTRY_COLUMNS, as a value."""
    *plain, basis, online, features = columns
    return CityEntry(
        **dict(zip(ENTRY_COLUMNS, plain, strict=False)),
        basis=_BASIS[basis],
        online=_ONLINE[online],
        features={_CRITERION[key]: option for key, option in features.items()},
    )


def lines(definition: EaseDefinition, share: float | None, *, removed: bool = False) -> tuple[CityLine, ...]:
    """The whole list in the order of its numbers. `share`: the city's part of the nation's people (None: not estimated)."""
    rows = CityProcedureRow.objects.filter(removed=removed).order_by("number")
    # Past the ORM's objects: two thousand of them take longer than everything else on the page.
    there = [(version, _entry(*columns)) for version, *columns in rows.values_list("version", *ENTRY_COLUMNS)]
    marks = marks_of([entry.national for _, entry in there if entry.national])
    scored = _Scored(definition)
    return tuple(_line(entry, version, scored, share, marks.get(entry.national)) for version, entry in there)


def line(number: str, definition: EaseDefinition, share: float | None) -> CityLine | None:
    """One procedure of the list, removed ones too; None when there is none."""
    row = CityProcedureRow.objects.filter(number=number).first()
    if row is None:
        return None
    mark = marks_of((row.national,)).get(row.national)
    return _line(entry_of(row), row.version, _Scored(definition), share, mark)


def last_change(number: str) -> tuple[str, datetime]:
    """Who changed a procedure of the list last, and when. Raises DoesNotExist."""
    return CityProcedureRow.objects.values_list("changed_by", "changed_at").get(number=number)


class _Scored:
    """Scores remembered for one reading of the list: of 2,000 procedures most have the features of another."""

    def __init__(self, definition: EaseDefinition) -> None:
        self._definition = definition
        self._known: dict[tuple[str, ...], Ease] = {}

    def ease(self, features: Mapping[Criterion, str]) -> Ease:
        key = tuple(features.get(one, "") for one in Criterion)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = score(self._definition, features)
        return found


def _line(
    entry: CityEntry, version: int, scored: _Scored, share: float | None, mark: NationalMark | None
) -> CityLine:
    estimate = mark.here(share) if mark and entry.volume is None else None
    volume = entry.volume if estimate is None else estimate
    features = {
        **(mark.features if mark else {}), Criterion.VOLUME: volume_option(volume), **entry.features,
    }  # fmt: skip
    return CityLine(entry, version, scored.ease(features), volume, estimate is not None, mark is not None)


@dataclass(frozen=True, slots=True)
class CityQuery:
    """What is looked for in the list ("" or 0: any)."""

    words: str = ""
    department: str = ""
    step: int = 0
    online: str = ""


def narrowed(there: Iterable[CityLine], query: CityQuery) -> list[CityLine]:
    """The lines that fit."""
    terms = search_terms(query.words)
    return [one for one in there if _fits(one, query, terms)]


def _fits(one: CityLine, query: CityQuery, terms: tuple[tuple[str, ...], ...]) -> bool:
    entry = one.entry
    if query.department and entry.department != query.department:
        return False
    if query.step and one.ease.step != query.step:
        return False
    if query.online and entry.online.value != query.online:
        return False
    if not terms:
        return True
    text = search_key(
        "/".join((entry.number, entry.name, entry.department, entry.law, entry.form, entry.owner, entry.note))
    )
    return all(any(wording in text for wording in wordings) for wordings in terms)


def doubles(there: Iterable[CityLine]) -> tuple[tuple[CityLine, ...], ...]:
    """Entries that look like the same procedure twice: same name in the same department, or the same national number."""
    groups: dict[tuple[str, ...], list[CityLine]] = {}
    for one in there:
        entry = one.entry
        groups.setdefault((search_key(entry.name), search_key(entry.department)), []).append(one)
        if entry.national:
            groups.setdefault((entry.national,), []).append(one)
    found = {
        tuple(one.entry.number for one in group): tuple(group) for group in groups.values() if len(group) > 1
    }
    return tuple(found.values())


def done_on(there: Iterable[CityLine]) -> dict[str, date | None]:
    """Since when each procedure that is online has been so (None: nobody knows)."""
    return {one.entry.number: one.entry.online_since for one in there if one.entry.online is Online.DONE}


def basis_name(entry: CityEntry) -> str:
    """On what it rests, in words."""
    return BASIS_NAMES[entry.basis]
