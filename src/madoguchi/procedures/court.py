"""Decide which procedures a household needs (手続判定).

For each procedure of the event and each subject, none left out:

1. The rules in force on the day of the event are taken (the day of the notice when there is no event).
2. They are evaluated with what is known; unknown stays unknown (Kleene).
3. Where that leaves it open, `language.search` finds the facts that still matter; where none does, it
   is settled.
4. An unknown claimant is tried as every possible adult of the household.

The answer depends on nothing but the arguments.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decisions import Change, Decision, Reason, Status
from madoguchi.procedures.due import amount_of, last_days_of
from madoguchi.procedures.facts import (
    CLAIMANT,
    EVENT_SUBJECT,
    HOUSEHOLD_SUBJECT,
    RELATIONSHIP,
    FactRef,
    ref_to,
)
from madoguchi.procedures.judge import Condition, Footprint, Group, Judge, judge_of, reads_claimant
from madoguchi.procedures.kinship import kinship_of
from madoguchi.procedures.language.frame import Frame, Record, nobody
from madoguchi.procedures.language.functions import FUNCTIONS
from madoguchi.procedures.language.residual import Leaf, Residual, joined, opposite
from madoguchi.procedures.language.search import leaves_of, outlook
from madoguchi.procedures.language.spans import Span, high_of, low_of
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.remembered import Told, remembered_for
from madoguchi.procedures.situation import Situation
from madoguchi.procedures.wording import label_of, place_of

_ADULT = 18
_BIRTH_DATE = "birth_date"
_CLAIMANT_REF = FactRef(CLAIMANT, HOUSEHOLD_SUBJECT)
_ANYBODY = "anybody"
_NAMED_IN_A_REASON = 3
_TELLING_KIN_AND_CLAIMANT = (RELATIONSHIP, _BIRTH_DATE)


def decide(pack: Pack, situation: Situation, *, on: date, open_days: OpenDays) -> tuple[Decision, ...]:
    """Return one decision per procedure of the event and subject, in the order of the pack and of the people.

    `on` is the day the question is put: a deadline before it is overdue, and it is the day of the notice when
    the situation names none. `open_days` moves deadlines to the next open day.
    """
    court = Court(pack, situation, on, open_days)
    decisions: list[Decision] = []
    for procedure in pack.procedures_of(situation.event):
        decisions += court.decisions(judge_of(procedure, situation.event))
    return tuple(decisions)


def decide_procedure(
    pack: Pack, procedure: Procedure, situation: Situation, *, on: date, open_days: OpenDays
) -> tuple[Decision, ...]:
    """Return the decisions of `decide` on one procedure alone."""
    return tuple(Court(pack, situation, on, open_days).decisions(judge_of(procedure, situation.event)))


def changes(before: tuple[Decision, ...], after: tuple[Decision, ...]) -> tuple[Change, ...]:
    """Return the procedures and subjects whose status differs, in the order of `after`, then those gone."""
    old = {(decision.procedure, decision.subject): decision.status for decision in before}
    new = {(decision.procedure, decision.subject): decision.status for decision in after}
    return tuple(
        Change(*key, old.get(key), new.get(key))
        for key in dict.fromkeys([*new, *old])
        if old.get(key) is not new.get(key)
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """What one group says with one claimant; `shape` tells open findings apart."""

    status: Status
    matters: frozenset[FactRef] = frozenset()
    shape: object = None


class Court:
    """One situation being decided: its frames, the possible claimants and the day."""

    def __init__(self, pack: Pack, situation: Situation, on: date, open_days: OpenDays) -> None:
        self.pack = pack
        self.situation = situation
        self.on = on
        self.open_days = open_days
        self.notified_on = situation.notified_on or on
        self.kinship = kinship_of(situation)
        self.frame = Frame(situation, self.kinship, self.notified_on, None, open_days)
        self.law_day = self.frame.event.get(self.frame.date_key)
        self._adults: frozenset[str] = frozenset()
        self._perhaps_adults: frozenset[str] = frozenset()
        self.claimants = self._possible_claimants()
        self._set_claimant(self.frame, self.claimants[0] if len(self.claimants) == 1 else None)
        self._tracing: Frame | None = None
        self._place = {person.id: place for place, person in enumerate(situation.people)}
        self._remembered = remembered_for(
            (pack.revision, situation.event, on, self.notified_on, self.law_day, open_days)
        )
        self._remembered.trim()
        self._household = (situation.claimant, situation.relations, tuple(self._place))
        self._others: dict[tuple[str, ...], tuple[Any, ...]] = {}
        shared_exact = isinstance(self.law_day, date) and _exact(self.frame.event, self.frame.household)
        self._exact = {record.id for record in self.frame.people if shared_exact and _exact(record)}
        if shared_exact:
            self._exact.add(HOUSEHOLD_SUBJECT)

    @property
    def tracing(self) -> Frame:
        """The frame that notes what is read; made only when something is open."""
        if self._tracing is None:
            self._tracing = Frame(self.situation, self.kinship, self.notified_on, set(), self.open_days)
        return self._tracing

    def decisions(self, judge: Judge) -> list[Decision]:
        """Return the decisions on one procedure, each remembered by the facts that it depends on."""
        reads, remembered = judge.footprint, self._remembered.decisions
        shared = (
            judge,
            reads.event(self.frame.event),
            reads.household(self.frame.household),
            self._of_others(reads) if reads.wide else (),
        )
        groups = judge.in_force(self.law_day)
        decisions = []
        for subject in self._place if judge.procedure.per == "person" else (HOUSEHOLD_SUBJECT,):
            own = self.frame.records.get(subject)
            key = (subject, () if own is None else reads.own(own), shared)
            decision = remembered.get(key)
            if decision is None:
                decision = remembered[key] = self._decided(judge, groups, subject)
            decisions.append(decision)
        return decisions

    def _of_others(self, reads: Footprint) -> tuple[Any, ...]:
        """Return what a decision that looks at other people depends on."""
        values = self._others.get(reads.others)
        if values is None:
            keys = (*reads.others, *_TELLING_KIN_AND_CLAIMANT)
            values = tuple(record.get(key) for record in self.frame.people for key in keys)
            values = self._others[reads.others] = (*values, self._household)
        return values

    def _decided(self, judge: Judge, groups: tuple[Group | None, ...], subject: str) -> Decision:
        procedure = judge.procedure
        self.frame.slots[0] = self.frame.records.get(subject)
        status, missing, because = self._told(judge, groups, subject)
        if len(self.claimants) > 1:
            self._set_claimant(self.frame, None)
        if status is Status.NOT_NEEDED:
            return Decision(procedure.id, procedure.law_id, subject, status, because, None, False, None, ())
        deadline, at_most = last_days_of(procedure, self.frame, self.situation.event, self.law_day)
        overdue = deadline is not None and (at_most or deadline) < self.on
        unclear = len(self.claimants) > 1 and judge.pays_by_claimant
        amount = None if unclear else amount_of(procedure.amounts, self.frame, self.law_day)
        return Decision(
            procedure.id,
            procedure.law_id,
            subject,
            status,
            because,
            deadline,
            overdue,
            amount,
            missing,
            at_most,
        )

    def _told(self, judge: Judge, groups: tuple[Group | None, ...], subject: str) -> Told:
        """Return what the rules in force say, with the reasons; open findings are remembered by their clauses."""
        if len(groups) > 1:
            finding = self._over_groups(groups, subject)
            return self._with_reasons(judge, groups[0], finding)
        group = groups[0]
        if group is None:
            return self._with_reasons(judge, None, Finding(Status.NOT_NEEDED))
        if group.reads_claimant:
            return self._with_reasons(judge, group, self._finding(group, subject))
        settled = _evaluated(group, self.frame)
        if settled is not None:
            return self._with_reasons(judge, group, settled)
        if group.clauses is None or subject not in self._exact:
            return self._with_reasons(judge, group, self._open(group, subject, None))
        key = (group, tuple([clause(self.frame) for clause in group.clauses]))
        known = self._remembered.open.get(key)
        if known is not None:
            return _handed_over(known, _ANYBODY, subject)
        told = self._with_reasons(judge, group, self._open(group, subject, None))
        if told[0] is Status.ASK:
            self._remembered.open[key] = _handed_over(told, subject, _ANYBODY)
        return told

    def _order(self, ref: FactRef) -> tuple[int, int, str]:
        return (place_of(self.pack, ref), self._place.get(ref.subject, -1), ref.subject)

    # --- claimants ------------------------------------------------------------------------------------------

    def _possible_claimants(self) -> tuple[str, ...]:
        """Return the claimant, or the people who may be adult on the day of the notice; everybody while nobody surely is.

        That day is always known, so that a day of the event heard later takes nobody in who was left out before.
        """
        if self.situation.claimant is not None:
            return (self.situation.claimant,)
        day = self.notified_on
        age_on = FUNCTIONS["age_on"].compute
        births = {record.id: record.get(_BIRTH_DATE) for record in self.frame.people}
        for one, birth in births.items():
            if birth and age_on(high_of(birth), day) >= _ADULT:
                self._adults |= {one}
            elif not birth or age_on(low_of(birth), day) >= _ADULT:
                self._perhaps_adults |= {one}
        return tuple(sorted(self._adults | self._perhaps_adults if self._adults else births))

    def _set_claimant(self, frame: Frame, claimant: str | None) -> None:
        record: Record | None = frame.records.get(claimant) if claimant is not None else None
        frame.slots[1] = record if record is not None else nobody(frame.trace)

    # --- one outcome ----------------------------------------------------------------------------------------

    def _over_groups(self, groups: tuple[Group | None, ...], subject: str) -> Finding:
        findings = [self._finding(group, subject) for group in groups]
        if len({finding.status for finding in findings}) == 1 and findings[0].status is not Status.ASK:
            return findings[0]
        matters = frozenset().union(*(finding.matters for finding in findings))
        return Finding(Status.ASK, matters | {FactRef(self.frame.date_key, EVENT_SUBJECT)})

    def _finding(self, group: Group | None, subject: str) -> Finding:
        if group is None:
            return Finding(Status.NOT_NEEDED)
        if not group.reads_claimant or len(self.claimants) == 1:
            return self._with_claimant(group, subject, None)
        if not self.claimants:
            self._set_claimant(self.frame, None)
            return Finding(Status.ASK, frozenset({_CLAIMANT_REF}))
        findings = [self._with_claimant(group, subject, claimant) for claimant in self.claimants]
        if _alike(findings):
            return findings[0]
        matters = frozenset().union(*(finding.matters for finding in findings), {_CLAIMANT_REF})
        adults = [one for who, one in zip(self.claimants, findings, strict=True) if who in self._adults]
        if not adults or _alike(adults):  # once it is known who else is an adult, it may be settled
            matters |= {FactRef(_BIRTH_DATE, one) for one in self._perhaps_adults}
        return Finding(Status.ASK, matters)

    def _with_claimant(self, group: Group, subject: str, claimant: str | None) -> Finding:
        if claimant is not None:
            self._set_claimant(self.frame, claimant)
        return _evaluated(group, self.frame) or self._open(group, subject, claimant)

    def _open(self, group: Group, subject: str, claimant: str | None) -> Finding:
        """Search what still matters; a group that nothing can change is settled after all."""
        frame = self.tracing
        frame.slots[0] = frame.records.get(subject)
        one_only = self.claimants[0] if len(self.claimants) == 1 else None
        person, of_claimant = frame.slots[0], claimant or one_only
        self._set_claimant(frame, of_claimant)
        must = _reduced(group.must, frame)
        optional = _reduced(group.optional, frame)
        look = outlook(must, frame)
        if look.settled is True:
            return _MUST
        if look.settled is False:
            right = outlook(optional, frame)
            if right.settled is not None:
                return _OPTIONAL if right.settled else _NOT_NEEDED
            return Finding(Status.ASK, right.matters, _shape(optional, claimant))
        matters = look.matters
        if not isinstance(optional, bool):
            frame.slots[0] = person
            matters |= outlook(joined("and", [opposite(must), optional]), frame).matters
        return Finding(Status.ASK, matters, (_shape(must, claimant), _shape(optional, claimant)))

    # --- what is said with it -------------------------------------------------------------------------------

    def _with_reasons(self, judge: Judge, group: Group | None, finding: Finding) -> Told:
        if finding.status is Status.ASK:
            missing = tuple(sorted(finding.matters, key=self._order))
            return finding.status, missing, (self._open_reason(judge, missing),)
        return finding.status, (), self._reasons(judge, group, finding.status)

    def _reasons(self, judge: Judge, group: Group | None, status: Status) -> tuple[Reason, ...]:
        if group is None:
            text = f"{self.situation.event.label}の日に効力のある規定がないためです"
            return (Reason(text, judge.law, judge.verified),)
        if status is Status.NOT_NEEDED:
            for ground in group.otherwise:
                if ground.holds(self.frame) is True:
                    return (ground.reason,)
            return (Reason(group.not_needed(self.frame), judge.law, judge.verified),)
        condition = group.must if status is Status.MUST else group.optional
        assert condition is not None
        if len(condition.grounds) == 1:
            return (condition.grounds[0].reason,)
        holding = tuple(ground.reason for ground in condition.grounds if ground.holds(self.frame) is True)
        return holding or (condition.grounds[0].reason,)

    def _open_reason(self, judge: Judge, missing: tuple[FactRef, ...]) -> Reason:
        labels = list(dict.fromkeys(label_of(self.pack, ref) for ref in missing))
        rest = "など" if len(labels) > _NAMED_IN_A_REASON else ""
        named = "、".join(f"「{label}」" for label in labels[:_NAMED_IN_A_REASON])
        return Reason(f"{named}{rest}が分かると決まります", judge.law, judge.verified)


_MUST, _OPTIONAL, _NOT_NEEDED = (
    Finding(status) for status in (Status.MUST, Status.OPTIONAL, Status.NOT_NEEDED)
)


def _alike(findings: list[Finding]) -> bool:
    return all(one.status is findings[0].status and one.shape == findings[0].shape for one in findings)


def _evaluated(group: Group, frame: Frame) -> Finding | None:
    """Return what the conditions say as they stand; None while they leave it open."""
    must = False if group.must is None else group.must.evaluate(frame)
    if must is True:
        return _MUST
    if must is None:
        return None
    optional = False if group.optional is None else group.optional.evaluate(frame)
    if optional is None:
        return None
    return _OPTIONAL if optional else _NOT_NEEDED


def _handed_over(told: Told, owner: str, heir: str) -> Told:
    """Return the same about another subject."""
    status, missing, because = told
    return status, tuple([ref_to(ref.key, heir) if ref.subject == owner else ref for ref in missing]), because


def _exact(*records: Record) -> bool:
    """Say whether no fact is 不詳."""
    return not any(value.__class__ is Span for record in records for value in record.values())


def _reduced(condition: Condition | None, frame: Frame) -> bool | Residual:
    return False if condition is None else condition.reduce(frame)


def _shape(part: bool | Residual, claimant: str | None) -> object:
    """Return something equal for two open conditions that ask the same of the same people."""
    if isinstance(part, bool) or claimant is None:
        return part
    return tuple((id(leaf.node), leaf.refs, _claimant_in(leaf, claimant)) for leaf in leaves_of(part))


def _claimant_in(leaf: Leaf, claimant: str | None) -> str | None:
    return claimant if leaf.node is not None and reads_claimant(leaf.node) else None
