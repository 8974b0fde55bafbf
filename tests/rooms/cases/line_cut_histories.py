"""Invented histories of a line that is cut: branch and centre work on the same cases, and what arrives arrives anyhow.

`wrong_with(number)` plays one history in the database, inside a transaction that is rolled back, and says what broke a promise:
nothing lost, nothing doubled, every clash listed with both values and nothing overwritten in silence, and the same end whatever the
order and the pieces in which it arrived.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.queries import steps_of
from madoguchi.cases import hearing, opening
from madoguchi.cases.acting import Given, begin_act, civil_day, finish_act
from madoguchi.cases.line_cut.outbox import Outbox
from madoguchi.cases.line_cut.taking_in import bases_of, remember_package, take_in
from madoguchi.cases.line_cut.values import BranchAct, BranchFact
from madoguchi.cases.models import ActRow, BranchActRow, CaseRow, ClashRow, FactRow
from madoguchi.cases.record import read_record
from madoguchi.cases.states import Act, CaseStatus, FactSource
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef
from madoguchi.procedures.situation import EventKind

KEYS, VALUES = ("old_head", "new_head", "old_building"), ("甲", "乙", None)
NEW = "f" * 32


@dataclass
class History:
    """One history: the package, what the branch did, and what is known of the centre's side."""

    chance: random.Random
    by: Actor
    now: datetime
    package: str = "a" * 32
    acts: list[BranchAct] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    bases: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """A case that both know, the package, and the branch's acts on it and on one of its own."""
        case = opening.open_case(event=EventKind.move_in, by=self.by, now=self.now)
        self._own(case)
        self.bases = bases_of([case])
        remember_package(
            package=self.package, branch=self.by.branch, bases=self.bases, people=0, day=civil_day(self.now), by=self.by, now=self.now
        )  # fmt: skip
        row = CaseRow.objects.get(public_id=case)
        self.cases.append(
            {
                "public_id": NEW, "branch": row.branch, "desk": row.desk, "day": str(row.day), "sequence": self.chance.choice((row.sequence, 701)),
                "number": "X701", "code": "0000", "event_kind": "move_in", "channel": "counter", "revision": row.revision,
                "language": "ja", "ticket": "", "notified_on": str(row.day), "opened_at": self.now.isoformat(),
                "opened_by": self.by.staff_id, "opened_by_name": "支所",
            }
        )  # fmt: skip
        for public_id, base in ((case, self.bases[case]), (NEW, 0)):
            self._branch_acts(public_id, base)

    def _branch_acts(self, case: str, base: int) -> None:
        standing: list[int] = []
        for number in range(base + 1, base + 2 + self.chance.randrange(6)):
            kind, facts, undoes = "answer", (), None
            if number == 1:
                kind = "resume"
            elif standing and self.chance.random() < 0.2:
                kind, undoes = "undo", standing.pop()
            elif self.chance.random() < 0.1:
                kind = "park"
            else:
                standing.append(number)
                keys = self.chance.sample(KEYS, self.chance.randint(1, 2))
                facts = tuple(
                    BranchFact(
                        key, EVENT_SUBJECT, self.chance.choice(VALUES), "said", str(civil_day(self.now))
                    )
                    for key in keys
                )
            at = (self.now + timedelta(minutes=number)).isoformat()
            self.acts.append(
                BranchAct(case, number, kind, "", at, self.by.staff_id, "支所", facts, (), undoes)
            )

    def centre_acts(self) -> None:
        """Something at the centre, on a case that it has."""
        case = self.chance.choice(list(CaseRow.objects.values_list("public_id", flat=True)))
        row = CaseRow.objects.get(public_id=case)
        if row.status != CaseStatus.HEARING.value:
            return
        what = self.chance.random()
        if what < 0.08:
            self._do(case, Act.WITHDRAW, {})
        elif what < 0.2:
            try:
                hearing.undo(case=case, by=self.by, now=self._later(), version=None)
            except hearing.NothingToUndo:
                return
        else:
            self._own(case)

    def _own(self, case: str) -> None:
        keys = self.chance.sample(KEYS, self.chance.randint(1, 2))
        given = {
            FactRef(key, EVENT_SUBJECT): Given(self.chance.choice(VALUES), FactSource.STAFF) for key in keys
        }
        self._do(case, Act.CORRECT_FACT, given)

    def _do(self, case: str, act: Act, given: dict[FactRef, Given]) -> None:
        with transaction.atomic():
            finish_act(begin_act(case, act, version=None), act, by=self.by, now=self._later(), given=given)

    def _later(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def arrives(self, acts: list[BranchAct], *, with_cases: bool = True) -> None:
        """These acts come over the line."""
        take_in(
            received=Outbox(self.package, tuple(self.cases) if with_cases else (), tuple(acts)),
            by=self.by,
            now=self._later(),
        )

    def piece(self) -> list[BranchAct]:
        """Any of the acts, in any order, some of them twice."""
        some = self.chance.sample(self.acts, self.chance.randint(1, len(self.acts)))
        return some + self.chance.sample(some, self.chance.randint(0, len(some)))

    def end(self) -> tuple[object, ...]:
        """How it ended: what stands in each case, what clashes, what was held."""
        facts = {
            row.public_id: {ref: held.value for ref, held in read_record(row).facts.items()}
            for row in CaseRow.objects.all()
        }
        clashes = sorted(
            ClashRow.objects.values_list("case__public_id", "came_with__number", "key", "kept").distinct()
        )
        held = sorted(BranchActRow.objects.exclude(held="").values_list("case", "number", "held"))
        return facts, clashes, held


def wrong_with(number: int, *, by: Actor, now: datetime) -> Iterator[str]:
    """What is wrong after this history, in sentences; the database is as before."""
    chance = random.Random(number)
    with transaction.atomic():
        history = History(chance, by, now)
        history.begin()
        if chance.random() < 0.5:
            yield from _any_order(history)
        else:
            for _turn in range(chance.randint(1, 6)):
                if chance.random() < 0.5:
                    history.centre_acts()
                else:
                    history.arrives(history.piece(), with_cases=chance.random() < 0.7)
            history.arrives(history.acts)
            yield from _promises(history)
        transaction.set_rollback(True)


def _any_order(history: History) -> Iterator[str]:
    """The centre worked while the line was cut; then everything arrives: in pieces and at once it ends the same."""
    for _turn in range(history.chance.randint(0, 4)):
        history.centre_acts()
    ends = []
    for in_pieces in (True, False):
        with transaction.atomic():
            for _piece in range(history.chance.randint(1, 5) if in_pieces else 0):
                history.arrives(history.piece(), with_cases=history.chance.random() < 0.7)
            history.arrives(history.acts)
            history.arrives(history.acts)
            yield from _promises(history)
            ends.append(history.end())
            transaction.set_rollback(True)
    if ends[0] != ends[1]:
        yield f"another end: {ends}"


def _promises(history: History) -> Iterator[str]:
    there = {(one.case, one.number): one for one in BranchActRow.objects.select_related("act")}
    if sorted(there) != sorted((one.case, one.number) for one in history.acts):
        yield "lost or doubled: the acts that arrived are not those that were done"
    last: dict[str, int] = {}
    for act in sorted(history.acts, key=lambda one: (one.case, one.number)):
        one = there.get((act.case, act.number))
        if one is None:
            continue
        if one.act is None:
            if not one.held:
                yield f"waits for ever: {act.case[:4]} {act.number}"
            continue
        if one.act.number <= last.get(act.case, 0):
            yield f"out of order: {act.case[:4]} {act.number}"
        last[act.case] = one.act.number
        yield from _facts_of(act, one)
    for row in CaseRow.objects.all():
        count = ActRow.objects.filter(case=row).count()
        doubled = count - len(set(ActRow.objects.filter(case=row).values_list("number", flat=True)))
        if doubled or row.version != count or len(steps_of(row.public_id)) != count:
            yield f"half or doubled: {count} acts, version {row.version}, {len(steps_of(row.public_id))} steps"


def _facts_of(act: BranchAct, one: BranchActRow) -> Iterator[str]:
    """Each fact was given, or is in the list with both values; none was laid over another of the centre's."""
    assert one.act is not None
    for fact in act.facts:
        place = {"key": fact.key, "subject": fact.subject}
        given = FactRow.objects.filter(act=one.act, **place).first()
        listed = ClashRow.objects.filter(came_with=one, **place).first()
        own = (
            FactRow.objects.filter(
                case=one.act.case, act__number__lt=one.act.number, act__undone_at__isnull=True, **place
            )
            .filter(act__number__gt=one.package.bases.get(act.case, 0), act__from_branch__isnull=True)
            .order_by("-act__number")
            .first()
        )
        if given is not None and given.value == fact.value:
            if own is not None and own.value != fact.value:
                yield f"overwritten in silence: {own.value} by {fact.value}"
        elif listed is None or listed.branch != fact.value:
            yield f"lost: {fact.value} of act {act.number}"
        elif listed.centre == listed.branch:
            yield "listed although both are the same"
