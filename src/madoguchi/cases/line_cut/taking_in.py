"""At the centre: taking in what a branch did, in any order, any number of times, each act once; and settling what clashes.

1. What arrives is kept as it arrived (`BranchActRow`, one row an act), whether its turn has come or not.
2. For each case, under its lock, the acts whose turn it is are done as any act is (`finish_act`): numbered, at the time at
   which they were done, by whom they were done, with their step in the audit.
3. What clashes is listed with both values and settled by a person: then it is a fact with a reason like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.cases.acting import Given, NoSuchCase, begin_act, finish_act
from madoguchi.cases.branch_tables import BranchActRow, BranchPackageRow, ClashRow
from madoguchi.cases.line_cut import merging
from madoguchi.cases.line_cut.outbox import Outbox
from madoguchi.cases.line_cut.values import BranchAct, CentreCase, HeldWhy, Merged
from madoguchi.cases.models import ActRow, CaseRow, FactRow, PersonRow
from madoguchi.cases.numbering import next_number
from madoguchi.cases.states import Act, CaseStatus, FactSource
from madoguchi.procedures.facts import FactRef, Value
from madoguchi.residents.fact_json import value_from_json

SETTLED = "回線が切れていたあいだの支所の内容を採用"


class NoSuchPackage(LookupError):
    """What a branch hands over belongs to no package of this office."""

    def __init__(self) -> None:
        super().__init__(
            "この市で作った持出しデータのものではありません。支所と本庁で同じデータベースを使っているか確かめてください。"
        )


class AlreadySettled(LookupError):
    """A clash that somebody settled before."""

    def __init__(self) -> None:
        super().__init__("この食い違いは、もう決められています。一覧を開き直してください。")


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of what arrived (取込みの結果): acts done now, held, waiting for one before them; clashes found now."""

    done: int
    held: int
    waiting: int
    clashes: int
    renumbered: tuple[tuple[str, str], ...]


def take_in(*, received: Outbox, by: Actor, now: datetime) -> TakenIn:
    """Take in what a branch hands over. What was taken in before changes nothing. Raises NoSuchPackage."""
    package = BranchPackageRow.objects.filter(package=received.package).first()
    if package is None:
        raise NoSuchPackage
    renumbered = []
    with transaction.atomic():
        for said in received.cases:
            renumbered += _open(said)
        BranchActRow.objects.bulk_create(
            [
                BranchActRow(
                    package=package, case=one.case, number=one.number, body=one.to_json(), received_at=now
                )
                for one in received.acts
            ],
            ignore_conflicts=True,
        )
    counted = [0, 0, 0]
    for case in sorted({one.case for one in received.acts}):
        for place, many in enumerate(_take_case(package, case, now)):
            counted[place] += many
    waiting = BranchActRow.objects.filter(package=package, act__isnull=True, held="").count()
    if any(counted):
        with transaction.atomic():
            record_act(
                actor=by, activity="branch_acts_taken_in", now=now, package=package.package, count=counted[0]
            )
    return TakenIn(counted[0], counted[1], waiting, counted[2], tuple(renumbered))


def _open(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A case that began at the branch, once; under the next number where its own is taken: the old and the new one."""
    if CaseRow.objects.filter(public_id=said["public_id"]).exists():
        return []
    values = dict(said)
    values["day"] = date.fromisoformat(said["day"])
    values["notified_on"] = date.fromisoformat(said["notified_on"])
    values["opened_at"] = datetime.fromisoformat(said["opened_at"])
    try:
        with transaction.atomic():
            CaseRow.objects.create(**values)
        return []
    except IntegrityError:
        values["sequence"], values["number"] = next_number(values["branch"], values["day"])
        CaseRow.objects.create(**values)
        return [(str(said["number"]), str(values["number"]))]


@transaction.atomic
def _take_case(package: BranchPackageRow, case: str, now: datetime) -> tuple[int, int, int]:
    """The acts of one case whose turn it is: how many were done, held, and how many facts clash."""
    row = CaseRow.objects.select_for_update().filter(public_id=case).first()
    if row is None:  # its beginning has not arrived
        return 0, 0, 0
    arrived = {one.number: one for one in BranchActRow.objects.filter(package=package, case=case)}
    centre = _centre(package, row, list(arrived.values()))
    became = {one.number: one.act for one in arrived.values() if one.act is not None}
    done = held = clashes = 0
    for one in merging.merge(centre, (BranchAct.from_json(there.body) for there in arrived.values())):
        there = arrived[one.act.number]
        if one.held is not None:
            BranchActRow.objects.filter(pk=there.pk).update(held=one.held.value)
            held += 1
            continue
        became[one.act.number] = _do(row, one, became, centre.base)
        BranchActRow.objects.filter(pk=there.pk).update(act=became[one.act.number])
        ClashRow.objects.bulk_create(
            ClashRow(
                came_with=there, case=row, key=clash.key, subject=clash.subject, centre=clash.centre, branch=clash.branch,
                found_at=now,
            )
            for clash in one.clashes
        )  # fmt: skip
        done, clashes = done + 1, clashes + len(one.clashes)
    return done, held, clashes


def _centre(package: BranchPackageRow, row: CaseRow, arrived: list[BranchActRow]) -> CentreCase:
    """What the centre has of a case; acts of this package are not its own, those of another branch are."""
    base = int(package.bases.get(row.public_id, 0))
    own = ActRow.objects.filter(case=row, number__gt=base, undone_at__isnull=True).exclude(
        from_branch__package=package
    )
    facts = FactRow.objects.filter(act__in=own).order_by("act__number", "pk")
    return CentreCase(
        base=base,
        taken=sum(1 for one in arrived if one.act_id is not None or one.held),
        open=row.status == CaseStatus.HEARING.value,
        held=any(one.held for one in arrived),
        own={(one.key, one.subject): one.value for one in facts},
        own_people=PersonRow.objects.filter(act__in=own).exists(),
    )


def _do(row: CaseRow, one: Merged, became: Mapping[int, ActRow], base: int) -> ActRow:
    """Do an act at the centre, as it was done at the branch."""
    act, at = one.act, datetime.fromisoformat(one.act.at)
    given = {
        FactRef(fact.key, fact.subject): Given(
            _value(fact.value),
            FactSource(fact.source),
            fact.reason,
            date.fromisoformat(fact.as_of),
        )
        for fact in one.facts
    }
    if act.undoes is not None:
        undone = became[act.undoes].pk if act.undoes > base else None
        own = (
            ActRow.objects.filter(pk=undone) if undone else ActRow.objects.filter(case=row, number=act.undoes)
        )
        own.filter(undone_at__isnull=True).update(undone_at=at)
        if undone is not None:
            ClashRow.objects.filter(came_with__act_id=undone, settled_at__isnull=True).update(
                settled_at=at, settled_by=act.by_name, kept="centre"
            )
    by = Actor(act.by, act.by_name, row.branch, row.desk)
    made = finish_act(row, Act(act.kind), by=by, now=at, given=given, prompt=act.prompt)
    if act.kind in (Act.PARK.value, Act.RESUME.value):
        CaseRow.objects.filter(pk=row.pk).update(parked=act.kind == Act.PARK.value)
    PersonRow.objects.bulk_create(
        PersonRow(
            case=row, act=made, ref=person.ref, resident_no=person.resident_no, staying=person.staying,
            unregistered=person.unregistered, gone=person.gone, order=person.order,
        )
        for person in act.people
    )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class OpenClash:
    """A clash that nobody settled yet, with both values, as the list shows it."""

    id: int
    case: str
    number: str
    key: str
    subject: str
    centre: Value | None
    branch: Value | None
    by_name: str


@dataclass(frozen=True, slots=True)
class HeldAct:
    """An act of a branch that could not be done at the centre, and why."""

    case: str
    number: str
    kind: str
    why: HeldWhy
    by_name: str


def open_clashes(*, case: str = "") -> tuple[OpenClash, ...]:
    """Everything that clashes and is not settled, of one case or of all, the oldest first."""
    rows = ClashRow.objects.filter(settled_at__isnull=True).select_related("case", "came_with").order_by("pk")
    if case:
        rows = rows.filter(case__public_id=case)
    return tuple(
        OpenClash(
            id=one.pk,
            case=one.case.public_id,
            number=one.case.number,
            key=one.key,
            subject=one.subject,
            centre=_value(one.centre),
            branch=_value(one.branch),
            by_name=one.came_with.body["by_name"],
        )
        for one in rows
    )


def _value(stored: Any) -> Value | None:
    return None if stored is None else value_from_json(stored)


def held_acts() -> tuple[HeldAct, ...]:
    """Everything that was held, in the order in which it was done."""
    rows = BranchActRow.objects.exclude(held="").order_by("case", "number")
    numbers = dict(
        CaseRow.objects.filter(public_id__in={one.case for one in rows}).values_list("public_id", "number")
    )
    return tuple(
        HeldAct(one.case, numbers.get(one.case, ""), one.body["kind"], HeldWhy(one.held), one.body["by_name"])
        for one in rows
    )


def settle(*, clash: int, keep: str, by: Actor, now: datetime, case: str = "") -> None:
    """Say which value holds: "centre" or "branch". The branch's becomes a correction with its reason.

    `case`: the one on whose page it was said. Raises NoSuchCase, AlreadySettled, NotNow.
    """
    with transaction.atomic():
        row = ClashRow.objects.select_related("case").filter(pk=clash).first()
        if row is None or keep not in ("centre", "branch") or case not in ("", row.case.public_id):
            raise NoSuchCase
        held = begin_act(row.case.public_id, Act.CORRECT_FACT, version=None)
        changed = ClashRow.objects.filter(pk=clash, settled_at__isnull=True).update(
            settled_at=now, settled_by=by.name, kept=keep
        )
        if changed != 1:
            raise AlreadySettled
        if keep == "branch":
            given = {FactRef(row.key, row.subject): Given(_value(row.branch), FactSource.STAFF, SETTLED)}
            finish_act(held, Act.CORRECT_FACT, by=by, now=now, given=given)


def remember_package(
    *, package: str, branch: str, bases: Mapping[str, int], people: int, day: date, by: Actor, now: datetime
) -> None:
    """Write down that a branch took this along, before it does."""
    with transaction.atomic():
        BranchPackageRow.objects.create(
            package=package,
            branch=branch,
            day=day,
            made_at=now,
            made_by=by.name,
            people=people,
            bases=dict(bases),
        )
        record_act(actor=by, activity="branch_package_made", now=now, package=package, count=people)


def bases_of(cases: list[str]) -> dict[str, int]:
    """The last act of each of these cases now."""
    rows = CaseRow.objects.filter(public_id__in=cases)
    return {one.public_id: one.acts.count() for one in rows}
