"""Playing residents (窓口体験調査): a visit is begun, pressed through and compared, on practice data alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.journeys import JourneyCounts
from madoguchi.audit.operations import record_act
from madoguchi.cases.acting import civil_day
from madoguchi.cases.queries import journey_counts, practice_case
from madoguchi.insight.models import ExperienceRow, PressRow
from madoguchi.insight.stopwatch import (
    MEASURED,
    Clocked,
    Phase,
    Press,
    Pressed,
    Round,
    Tally,
    clocked,
    moment_of,
)

KEY = re.compile(r"[A-Za-z0-9-]{1,40}")
PRESSES: dict[str, Pressed] = {one.value: one for one in (*Phase, *Tally)}


@dataclass(frozen=True, slots=True)
class Experience:
    """A played visit as the page shows it (体験の一行). `counts`: what the practice case recorded by itself, if one was named."""

    id: int
    persona: str
    round: Round
    case_number: str
    observer_name: str
    begun_at: datetime
    notes: str
    clocked: Clocked
    counts: JourneyCounts | None
    presses: tuple[tuple[Pressed, datetime], ...]


@dataclass(frozen=True, slots=True)
class PlayedMean:
    """The mean of played visits: how many, minutes by phase, counts."""

    played: int
    total: float
    minutes: dict[Phase, float]
    tallies: dict[Tally, float]


@dataclass(frozen=True, slots=True)
class PersonaCompared:
    """A persona before and after (前後の比較): means over the played visits that were ended; None where none was."""

    persona: str
    before: PlayedMean | None
    after: PlayedMean | None


class NoSuchExperience(LookupError):
    """No played visit of that number."""

    def __init__(self) -> None:
        super().__init__("その体験調査は見つかりません。一覧から選び直してください。")


class NotPractice(ValueError):
    """A case that is not practice, or that is not there."""

    def __init__(self) -> None:
        super().__init__(
            "その番号の練習の受付が、きょうはありません。練習を始めてから受け付けた番号を入れるか、空けておいてください。"
        )


class PersonaNotSaid(ValueError):
    """A played visit needs whom it plays."""

    def __init__(self) -> None:
        super().__init__("だれの役かを60字までで入れてください（例: 4人家族の転入）。")


class EndedAlready(ValueError):
    """Nothing can be pressed after the end."""

    def __init__(self) -> None:
        super().__init__("この体験調査は終わっています。続けるには「終わり」を取り消してください。")


class NotAPress(ValueError):
    """A press that the page does not have."""

    def __init__(self) -> None:
        super().__init__("押したものが分かりません。画面を開き直してください。")


def begin(*, persona: str, of_round: Round, case_number: str, by: Actor, now: datetime) -> int:
    """Begin to play. Raises PersonaNotSaid, NotPractice."""
    persona, number = persona.strip(), case_number.strip().upper()
    if not 1 <= len(persona) <= 60:
        raise PersonaNotSaid
    case = practice_case(number=number, on=civil_day(now)) if number else ""
    if case is None:
        raise NotPractice
    assert by.staff_id is not None, "only members of staff play"
    with transaction.atomic():
        row = ExperienceRow.objects.create(
            persona=persona,
            round=of_round.value,
            case=case,
            case_number=number,
            branch=by.branch,
            observer=by.staff_id,
            observer_name=by.name,
            begun_at=now,
        )
        record_act(actor=by, activity="experience_begun", now=now, experience=row.pk)
    return row.pk


def press(*, experience: int, pressed: str, key: str, ago_ms: int, now: datetime) -> None:
    """One press, made `ago_ms` milliseconds before it arrives; sent twice it counts once.

    Raises NoSuchExperience, NotAPress, NotInTime, EndedAlready.
    """
    if pressed not in PRESSES or not KEY.fullmatch(key):
        raise NotAPress
    with transaction.atomic():
        row = _locked(experience)
        if PressRow.objects.filter(experience=row, key=key).exists():
            return
        at = moment_of(received=now, ago_ms=ago_ms, begun=row.begun_at)
        end = _standing(row).filter(pressed=Phase.END.value).order_by("at").first()
        if end is not None and at >= end.at:
            raise EndedAlready
        PressRow.objects.create(experience=row, key=key, pressed=pressed, at=at, received_at=now)


def undo(*, experience: int, now: datetime) -> None:
    """Take the last press back; the press stays, marked. Raises NoSuchExperience."""
    with transaction.atomic():
        row = _locked(experience)
        last = _standing(row).order_by("-at", "-pk").first()
        if last is not None:
            PressRow.objects.filter(pk=last.pk).update(undone_at=now)


def note(*, experience: int, notes: str) -> None:
    """What was noticed. Raises NoSuchExperience."""
    if not ExperienceRow.objects.filter(pk=experience, dropped_at=None).update(notes=notes.strip()[:2000]):
        raise NoSuchExperience


def drop(*, experience: int, by: Actor, now: datetime) -> None:
    """Leave a played visit out of the comparison; it stays in the table. Raises NoSuchExperience."""
    with transaction.atomic():
        if not ExperienceRow.objects.filter(pk=experience, dropped_at=None).update(dropped_at=now):
            raise NoSuchExperience
        record_act(actor=by, activity="experience_dropped", now=now, experience=experience)


def experience(number: int, *, now: datetime) -> Experience:
    """One played visit. Raises NoSuchExperience."""
    row = ExperienceRow.objects.filter(pk=number, dropped_at=None).first()
    if row is None:
        raise NoSuchExperience
    return _read(row, list(_standing(row).order_by("at", "pk")), now, with_case=True)


def experiences(*, now: datetime) -> tuple[Experience, ...]:
    """All played visits, the newest first."""
    rows = list(ExperienceRow.objects.filter(dropped_at=None).order_by("-pk")[:MOST])
    by_row: dict[int, list[PressRow]] = {row.pk: [] for row in rows}
    for one in PressRow.objects.filter(experience__in=rows, undone_at=None).order_by("at", "pk"):
        by_row[one.experience_id].append(one)
    return tuple(_read(row, by_row[row.pk], now, with_case=False) for row in rows)


MOST = 500


def by_persona(played: Sequence[Experience]) -> tuple[PersonaCompared, ...]:
    """Before and after, persona by persona; visits that were not ended are left out."""
    ended = [one for one in played if one.clocked.ended]
    return tuple(
        PersonaCompared(
            persona,
            *(_mean([one for one in ended if one.persona == persona and one.round == of]) for of in Round),
        )
        for persona in sorted({one.persona for one in ended})
    )


def _mean(played: Sequence[Experience]) -> PlayedMean | None:
    if not played:
        return None
    count = len(played)
    return PlayedMean(
        count,
        sum(one.clocked.total for one in played) / count,
        {phase: sum(one.clocked.minutes[phase] for one in played) / count for phase in MEASURED},
        {tally: sum(one.clocked.tallies[tally] for one in played) / count for tally in Tally},
    )


def _read(row: ExperienceRow, presses: Sequence[PressRow], now: datetime, *, with_case: bool) -> Experience:
    pressed = tuple((PRESSES[one.pressed], one.at) for one in presses)
    return Experience(
        row.pk,
        row.persona,
        Round(row.round),
        row.case_number,
        row.observer_name,
        row.begun_at,
        row.notes,
        clocked([Press(one, at) for one, at in pressed], until=now),
        journey_counts(case=row.case) if with_case and row.case else None,
        pressed,
    )


def _locked(number: int) -> ExperienceRow:
    row = ExperienceRow.objects.select_for_update().filter(pk=number, dropped_at=None).first()
    if row is None:
        raise NoSuchExperience
    return row


def _standing(row: ExperienceRow) -> models.QuerySet[PressRow]:
    return PressRow.objects.filter(experience=row, undone_at=None)


def day_of(one: Experience) -> date:
    """The day in Japan on which it was played."""
    return civil_day(one.begun_at)
