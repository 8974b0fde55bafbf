"""Deciding a case (判定): by the revision it was opened with, on what it knows now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from madoguchi.cases.models import CaseRow
from madoguchi.cases.record import CHOSEN, ONLY, Record, situation_of
from madoguchi.catalogue.queries import pack_of
from madoguchi.city.queries import open_days
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import decide
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef, FactType, ref_to
from madoguchi.procedures.language.tree import Fact, nodes_of
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.questions import Prompt, next_prompt
from madoguchi.procedures.situation import EventKind, Situation
from madoguchi.procedures.wording import definition_of
from madoguchi.procedures.wordings import told_for


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with its decisions."""

    pack: Pack
    situation: Situation
    decisions: tuple[Decision, ...]
    on: date
    calendar: OpenDays

    def with_status(self, *statuses: Status) -> tuple[Decision, ...]:
        return tuple(decision for decision in self.decisions if decision.status in statuses)


def judge(
    row: CaseRow, record: Record, *, calendar: OpenDays | None = None, revision: str | None = None
) -> Judged:
    """Decide every procedure of the case's event, as of the day of the notice, by its own revision or by another."""
    return judge_record(
        record,
        event=EventKind(row.event_kind),
        on=row.notified_on,
        revision=revision or row.revision,
        calendar=calendar or open_days(),
    )


def judge_whole(row: CaseRow, record: Record, *, calendar: OpenDays) -> Judged:
    """Decide everything that the event of a case asks for, also where the case files some procedures alone."""
    return _judge_all(
        record, event=EventKind(row.event_kind), on=row.notified_on, revision=row.revision, calendar=calendar
    )


def narrowed(whole: Judged, record: Record) -> Judged:
    """The same decisions without those that a case from home is not about, where it is about some procedures alone."""
    only = record.value(ONLY)
    if not isinstance(only, frozenset):
        return whole
    return replace(whole, decisions=tuple(one for one in whole.decisions if one.procedure in only))


def judge_record(record: Record, *, event: EventKind, on: date, revision: str, calendar: OpenDays) -> Judged:
    """Decide every procedure of an event on what a record knows, whether it is a case's or was said before there is one.

    A case from home that is about some procedures alone decides those alone.
    """
    return narrowed(_judge_all(record, event=event, on=on, revision=revision, calendar=calendar), record)


def _judge_all(record: Record, *, event: EventKind, on: date, revision: str, calendar: OpenDays) -> Judged:
    pack = told_for(pack_of(revision), event)
    situation = situation_of(record, event=event, notified_on=on, pack=pack)
    return Judged(pack, situation, decide(pack, situation, on=on, open_days=calendar), on, calendar)


def prompt_now(judged: Judged, record: Record) -> Prompt | None:
    """What to ask next; None when nothing that can be answered matters any more.

    When every outcome is settled, the days follow from which the period of something needed is counted (資格を失った日): without them
    nobody could be told by when.
    """
    skipped = record.heard_without_answer | record.answered
    prompt = next_prompt(
        judged.pack,
        judged.situation,
        judged.decisions,
        skipped=skipped,
        on=judged.on,
        open_days=judged.calendar,
    )
    if prompt is not None:
        return prompt
    known = {ref for ref, held in record.facts.items() if held.value is not None}
    wanted = [
        ref for ref in dict.fromkeys(ref for ref, _ in counted_from(judged)) if ref not in skipped | known
    ]
    return alone(judged.pack, *(ref for ref in wanted if ref.key == wanted[0].key)) if wanted else None


def alone(pack: Pack, *refs: FactRef) -> Prompt:
    """A screen that asks this one fact, of these people."""
    found = definition_of(pack, refs[0])
    return Prompt(
        refs[0].key, found.question, found.why, refs, tuple(definition_of(pack, ref) for ref in refs)
    )


def counted_from(judged: Judged) -> Iterator[tuple[FactRef, str]]:
    """The days of the event and of who is in the case without which the last day of something needed cannot be told; of which procedure."""
    here = {EVENT_SUBJECT, *(one.id for one in judged.situation.people)}
    event = judged.situation.event
    for one in judged.with_status(Status.MUST, Status.OPTIONAL):
        if one.deadline is not None:
            continue
        for deadline in judged.pack.procedure(one.procedure).deadlines:
            for node in nodes_of(deadline.start.tree) if deadline.event is event else ():
                if (
                    isinstance(node, Fact)
                    and node.definition.type is FactType.DATE
                    and node.owner.slot in (None, 0)
                ):
                    subject = EVENT_SUBJECT if node.owner.slot is None else one.subject
                    ref = ref_to(node.definition.key, subject)
                    if ref.subject in here:
                        yield ref, one.procedure


def choice_key(decision: Decision) -> str:
    """How a chosen optional procedure is written down: procedure and subject."""
    return f"{decision.procedure}:{decision.subject}"


def chosen(record: Record) -> frozenset[str]:
    """The optional procedures that the household applies for today."""
    value = record.value(CHOSEN)
    return value if isinstance(value, frozenset) else frozenset()


def applied_for(judged: Judged, record: Record) -> tuple[Decision, ...]:
    """What is filed today: everything that must be, and the optional ones chosen."""
    wanted = chosen(record)
    return tuple(
        decision
        for decision in judged.decisions
        if decision.status is Status.MUST
        or (decision.status is Status.OPTIONAL and choice_key(decision) in wanted)
    )
