"""Ways to tamper with an audit of three days, by somebody who owns the database: with the seals left, or all made anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from madoguchi.audit.append_only import lifted
from madoguchi.audit.entries import Actor
from madoguchi.audit.models import EntryRow, SealedEntry, SealRow
from madoguchi.audit.operations import record_act, seal
from madoguchi.audit.paper_head import PaperHead
from madoguchi.audit.sealing import digest_of
from madoguchi.audit.verifying import head_of_day

CLERK = Actor(7, "証跡 試", "main", "desk1")
FIRST_NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAYS, LINES_A_DAY = 3, 12
Lines = list[EntryRow]


def written() -> tuple[PaperHead, ...]:
    """Three days of lines, each sealed in the evening; what was printed on each. What was written before is gone."""
    EntryRow.objects.all().delete()
    papers = []
    for day in range(DAYS):
        noon = FIRST_NOON + timedelta(days=day)
        for number in range(LINES_A_DAY):
            record_act(actor=CLERK, activity="calendar_set", now=noon, day=day, number=number)
        seal(now=noon + timedelta(hours=6))
        found = head_of_day(noon.date())
        assert found is not None
        papers.append(found.head)
    return tuple(papers)


def _edit(lines: Lines, dice: random.Random) -> Lines:
    one = dice.choice(lines)
    match dice.randrange(5):
        case 0:
            one.staff_id, one.staff_name = 8, "別の人"
        case 1:
            one.at += timedelta(seconds=dice.randrange(1, 9999))
        case 2:
            one.activity = "signed_in"
        case 3:
            one.body = {**one.body, "number": 99}
        case _:
            one.branch = "north"
    return lines


def _delete(lines: Lines, dice: random.Random) -> Lines:
    del lines[dice.randrange(len(lines))]
    return lines


def _insert(lines: Lines, dice: random.Random) -> Lines:
    false = EntryRow(
        kind="act", at=FIRST_NOON, activity="signed_in", staff_id=9, staff_name="だれか", body={"false": 1}
    )
    lines.insert(dice.randrange(len(lines)), false)
    return lines


def _swap(lines: Lines, dice: random.Random) -> Lines:
    one, other = dice.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def _cut_tail(lines: Lines, dice: random.Random) -> Lines:
    return lines[: -dice.randrange(1, LINES_A_DAY)]


def _delete_a_day(lines: Lines, dice: random.Random) -> Lines:
    day = dice.randrange(DAYS)
    return lines[: day * LINES_A_DAY] + lines[(day + 1) * LINES_A_DAY :]


def _old_backup(lines: Lines, dice: random.Random) -> Lines:
    """A copy of an earlier evening, and the office went on with it: as many lines as before, or fewer."""
    kept = lines[: dice.randrange(1, DAYS) * LINES_A_DAY]
    for number in range(dice.randrange(LINES_A_DAY * DAYS)):
        at = FIRST_NOON + timedelta(days=2, minutes=number)
        kept.append(EntryRow(kind="act", at=at, activity="calendar_set", staff_id=7, body={"again": number}))
    return kept


def _another_database(lines: Lines, dice: random.Random) -> Lines:
    """That of another office, or an empty one filled with as many lines."""
    for number, one in enumerate(lines):
        one.body, one.staff_name = {"other": number, "run": dice.random()}, "別の市"
    return lines


def _numbers_swapped_back(lines: Lines, dice: random.Random) -> Lines:
    """Two neighbours change what they say, so that only the order of events is another."""
    place = dice.randrange(len(lines) - 1)
    one, other = lines[place], lines[place + 1]
    one.body, other.body, one.at, other.at = other.body, one.body, other.at, one.at
    return lines


WAYS: dict[str, Callable[[Lines, random.Random], Lines]] = {
    "edit": _edit,
    "delete": _delete,
    "insert": _insert,
    "swap": _swap,
    "cut tail": _cut_tail,
    "delete a day": _delete_a_day,
    "old backup": _old_backup,
    "another database": _another_database,
    "order": _numbers_swapped_back,
}


@dataclass(frozen=True, slots=True)
class Tampering:
    """One way of tampering, and whether all seals are made anew afterwards."""

    way: str
    sealed_anew: bool
    seed: int


def of_number(number: int) -> Tampering:
    """The tampering of that number: every way with the seals left and made anew, in turns."""
    ways = list(WAYS)
    return Tampering(ways[number % len(ways)], number // len(ways) % 2 == 1, number)


@contextmanager
def tampered(what: Tampering) -> Iterator[None]:
    """The audit after it was tampered with; as it was before, afterwards."""
    with transaction.atomic():
        place = transaction.savepoint()
        _put(WAYS[what.way](list(EntryRow.objects.order_by("id")), random.Random(what.seed)), what)
        yield
        transaction.savepoint_rollback(place)


def _put(lines: Lines, what: Tampering) -> None:
    """The lines in this order instead of what was there. Cutting off an end takes its seals along, as anybody would."""
    EntryRow.objects.all().delete()
    for number, one in enumerate(lines, start=1):
        one.pk, one.digest = number, digest_of(one)
    EntryRow.objects.bulk_create(lines)
    if what.sealed_anew:
        SealedEntry.objects.all().delete()
        SealRow.objects.all().delete()
        seal(now=FIRST_NOON + timedelta(days=2, hours=6))


@contextmanager
def as_owner() -> Iterator[None]:
    """Without the triggers by which the database refuses changes."""
    with lifted(connection):
        yield
