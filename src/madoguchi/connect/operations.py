"""Sending an approved change to the core system and taking its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.cases import reviewing
from madoguchi.cases.acting import civil_day, find_case
from madoguchi.connect.change_data import body_of, digest_of
from madoguchi.connect.models import MessageRow


class NoSuchMessage(LookupError):
    """No message of that number waits for an answer."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"受付 {number} の異動データは、答えを待っていません。受付番号を確かめてください。")


class AnswerNeedsReason(ValueError):
    """A refusal without a reason."""

    def __init__(self) -> None:
        super().__init__("登録できなかった理由を入れてください。窓口に伝わります。")


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over: the bodies, and how many of them for the first time."""

    bodies: tuple[dict[str, object], ...]
    first_time: int


def approve_and_create(*, case: str, by: Actor, now: datetime, version: int | None) -> None:
    """A second officer approves; the change data is made in the same breath. Practice makes none.

    Raises what `cases.reviewing.approve` raises.
    """
    with transaction.atomic():
        reviewing.approve(case=case, by=by, now=now, version=version)
        row = find_case(case)
        if row.practice:
            return
        body = body_of(case, on=civil_day(now))
        MessageRow.objects.create(
            case=case,
            number=row.number,
            round=row.signed_round,
            body=body,
            digest=digest_of(body),
            created_at=now,
        )
        record_act(actor=by, activity="change_created", now=now, case=case, round=row.signed_round)


def hand_over(*, by: Actor, now: datetime, cases: Sequence[str] | None = None) -> Handed:
    """Give out what is created, or again what was given out and not answered: the same content each time."""
    rows = MessageRow.objects.filter(state__in=("created", "handed_over")).order_by("id")
    if cases is not None:
        rows = rows.filter(case__in=cases)
    waiting = list(rows)
    if waiting:
        people = [
            str(person["resident_no"] or f"{row.case}/{person['ref']}")
            for row in waiting
            for person in row.body["people"]
        ]
        record_access(
            actor=by, purpose=Purpose.CHANGE_DATA, authority="csv_core", person_keys=people, fields=("change_data",),
            case=None, screen="changes", now=now,
        )  # fmt: skip
    first = [row for row in waiting if row.state == "created"]
    with transaction.atomic():
        for row in first:
            moved = MessageRow.objects.filter(pk=row.pk, state="created").update(
                state="handed_over", handed_over_at=now
            )
            if moved:
                reviewing.hand_over(case=row.case, by=by, now=now)
    return Handed(tuple(row.body for row in waiting), len(first))


def answer(*, case: str, accepted: bool, reason: str, by: Actor, now: datetime) -> None:
    """Take the core system's answer. A second, equal answer changes nothing.

    Raises NoSuchMessage, AnswerNeedsReason.
    """
    if not accepted and not reason.strip():
        raise AnswerNeedsReason
    with transaction.atomic():
        row = MessageRow.objects.select_for_update().filter(case=case).order_by("-round").first()
        wanted = "acknowledged" if accepted else "refused"
        if row is not None and row.state == wanted:
            return
        if row is None or row.state != "handed_over":
            raise NoSuchMessage(row.number if row else case)
        MessageRow.objects.filter(pk=row.pk).update(
            state=wanted, result=reason.strip()[:200], answered_at=now
        )
        if accepted:
            reviewing.acknowledge(case=case, by=by, now=now)
        else:
            reviewing.refuse(case=case, reason=reason, by=by, now=now)
