"""Deciding a case (判定): by the revision it was opened with, on what it knows now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from madoguchi.cases.models import CaseRow
from madoguchi.cases.record import CHOSEN, ONLY, Record, situation_of
from madoguchi.catalogue.queries import pack_of
from madoguchi.city.queries import open_days
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decide import decide
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.questions import Prompt, next_prompt
from madoguchi.procedures.situation import EventKind, Situation
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
    """What to ask next; None when nothing that can be answered matters any more."""
    return next_prompt(
        judged.pack,
        judged.situation,
        judged.decisions,
        skipped=record.heard_without_answer | record.answered,
        on=judged.on,
        open_days=judged.calendar,
    )


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
