"""The package of a day (持出しデータ): what a branch needs to work with the line cut, and no more.

In it: the city, the published procedures, what is offered, the staff whose seat is in the branch, the branch's cases that are
being heard, and of the register the people of these cases and those who were named (booked for today), with their households.
Never in it: anybody under 支援措置, nor the households and cases in which they are. That somebody is missing says nothing:
most people are. Every person is disclosed as in any reading, and written down, before the package is made.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import serializers
from django.db import models, transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_act
from madoguchi.cases.acting import civil_day
from madoguchi.cases.line_cut.taking_in import bases_of, remember_package
from madoguchi.notation.reading import json_of
from madoguchi.residents.disclosure import disclose
from madoguchi.residents.protection import Audience, protected_people

FILE = "branch.json"
# The branch gives numbers (受付番号) after this one; the centre's of the same branch and day stay below.
FIRST_OWN = 700
AT_ONCE = 400
WHOLE = (
    "city.Municipality", "city.Department", "city.Duty", "city.Branch", "city.Desk", "city.CalendarException",
    "catalogue.RevisionRow", "catalogue.CurrentRow", "booking.ServiceRow", "booking.LaneRow", "booking.LaneServiceRow",
    "booking.HoursRow",
)  # fmt: skip
OF_CASES = ("cases.ActRow", "cases.FactRow", "cases.PersonRow", "cases.ExplanationRow", "cases.DocumentRow")


class NoSuchBranch(LookupError):
    """A branch that the city does not have."""

    def __init__(self, branch: str) -> None:
        super().__init__(
            f"「{branch}」という窓口の場所はありません。madoguchi city show で確かめてください。"
        )


class PackageRefused(ValueError):
    """A file that is no package of a centre."""

    def __init__(self) -> None:
        super().__init__(
            "持出しデータとして読めません。本庁で madoguchi branch pack を実行し、作り直したファイルを使ってください。"
        )


class NotFresh(RuntimeError):
    """A package may only be opened where nothing is yet."""

    def __init__(self) -> None:
        super().__init__(
            "このデータベースには、もうデータがあります。持出しデータは、MADOGUCHI_HOME に新しい場所を指定して開いてください。"
        )


@dataclass(frozen=True, slots=True)
class Package:
    """A package by its number: for which branch and day, with which cases, how many people; its rows."""

    package: str
    branch: str
    day: date
    bases: dict[str, int]
    people: int
    rows: list[dict[str, Any]]

    def to_json(self) -> str:
        """As it is written into the file."""
        said = {
            "form": 1,
            "package": self.package,
            "branch": self.branch,
            "day": self.day.isoformat(),
            "bases": self.bases,
        }
        return json.dumps({**said, "people": self.people, "rows": self.rows}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Package:
        """What `to_json` wrote. Raises PackageRefused."""
        try:
            said = json_of(text)
            day = date.fromisoformat(said["day"])
            found = cls(said["package"], said["branch"], day, said["bases"], said["people"], said["rows"])
        except (ValueError, KeyError, TypeError) as error:
            raise PackageRefused from error
        kinds = (
            (found.package, str),
            (found.branch, str),
            (found.bases, dict),
            (found.people, int),
            (found.rows, list),
        )
        if not all(isinstance(value, kind) for value, kind in kinds):
            raise PackageRefused
        return found


def make(*, branch: str, resident_nos: Sequence[str], by: Actor, now: datetime) -> Package:
    """Make the package of today for a branch; `resident_nos`: who is expected. Raises NoSuchBranch."""
    if not _rows("city.Branch", key=branch).exists():
        raise NoSuchBranch(branch)
    day = civil_day(now)
    cases = list(_rows("cases.CaseRow", branch=branch, status="hearing", practice=False, channel="counter"))
    in_cases = {
        one.resident_no: one.case_id
        for one in _rows("cases.PersonRow", case__in=cases).exclude(resident_no="")
    }
    wanted = _with_households({*resident_nos, *in_cases})
    # With them their households: who shares one with somebody protected says where they are.
    kept_back = _with_households(protected_people(wanted, on=day))
    people = sorted(wanted - kept_back)
    shut_out = {case for number, case in in_cases.items() if number in kept_back}
    cases = [one for one in cases if one.pk not in shut_out]
    for some in _some(people):
        disclose(
            actor=by, purpose=Purpose.COUNTER_CASE, resident_nos=some, audience=Audience.CLERK, case=None,
            screen="branch_package", now=now,
        )  # fmt: skip
    bases = bases_of([one.public_id for one in cases])
    made = Package(uuid.uuid4().hex, branch, day, bases, len(people), list(_all(branch, people, cases)))
    remember_package(
        package=made.package, branch=branch, bases=bases, people=len(people), day=day, by=by, now=now
    )
    return made


def _with_households(numbers: Iterable[str]) -> set[str]:
    """These people of the register and whoever lives with them now."""
    found: set[str] = set()
    for some in _some(sorted(numbers)):
        there = _rows("residents.ResidentRecord", resident_no__in=some, is_current=True)
        households = set(there.exclude(household_no="").values_list("household_no", flat=True))
        found |= set(there.values_list("resident_no", flat=True))
        together = _rows("residents.ResidentRecord", household_no__in=households, is_current=True)
        found |= set(together.values_list("resident_no", flat=True))
    return found


def _all(branch: str, people: list[str], cases: list[Any]) -> Iterator[dict[str, Any]]:
    for label in WHOLE:
        yield from _written(_rows(label))
    staff = _rows("city.StaffMember", desk__branch__key=branch, is_active=True)
    yield from _written(staff)
    yield from _written(_rows("city.StaffRole", staff__in=staff))
    yield from _written(_rows("mfa.Authenticator", user__in=staff))
    for some in _some(people):
        records = _rows("residents.ResidentRecord", resident_no__in=some, is_current=True)
        facts = _rows("residents.ResidentFact", resident_no__in=some)
        keys = _rows("residents.SearchKey", resident_no__in=some)
        for one in (*_written(records), *_written(facts), *_written(keys)):
            one["fields"]["batch"] = None  # from which file it came stays at the centre
            yield one
    yield from _written(cases)
    for label in OF_CASES:
        yield from _written(_rows(label, case__in=cases))


def open_package(package: Package, *, home: Path, by: Actor, now: datetime) -> None:
    """Put a package into a fresh database of the branch. Raises NotFresh; all or nothing."""
    if (home / FILE).exists() or _rows("city.Municipality").exists():
        raise NotFresh
    with transaction.atomic():
        for one in serializers.deserialize("python", package.rows):
            models.Model.save_base(one.object, raw=True, force_insert=True)
        apps.get_model("cases", "CaseCounter").objects.create(
            branch=package.branch, day=package.day, last=FIRST_OWN
        )
        record_act(
            actor=by, activity="branch_package_opened", now=now, package=package.package, count=package.people
        )
    said = {
        "package": package.package,
        "branch": package.branch,
        "day": package.day.isoformat(),
        "bases": package.bases,
    }
    (home / FILE).write_text(json.dumps(said), encoding="utf-8")
    (home / FILE).chmod(0o600)


def opened_here(home: Path) -> dict[str, Any] | None:
    """The package that was opened in this home; None at the centre."""
    try:
        found: dict[str, Any] = json_of((home / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def _rows(label: str, **where: Any) -> models.QuerySet[Any]:
    """Rows of any room, as a copy of the database takes them."""
    found: models.QuerySet[Any] = apps.get_model(label)._default_manager.filter(**where).order_by("pk")
    return found


def _written(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return json.loads(serializers.serialize("json", rows))  # type: ignore[no-any-return]  # a list of rows


def _some(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    for place in range(0, len(numbers), AT_ONCE):
        yield numbers[place : place + AT_ONCE]
