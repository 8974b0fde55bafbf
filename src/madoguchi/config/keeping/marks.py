"""Noticing an old copy (古い写しに気づく): a mark in the database and the same mark beside it.

Every minute the worker writes a new mark, a number and a word that cannot be guessed, first into the database and then into
the file `mark.json` in `MADOGUCHI_HOME`. A database that does not hold the mark of the file is not the one that was here:
it is an older copy, or another. That is found when pages or worker start and by `madoguchi doctor`, and has to be accepted with
a reason, because what is missing may be somebody's protection.

What it cannot do: whoever puts back the file and the database of the same moment together is found only by a printed head of
the audit (`madoguchi audit verify --head`).
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Max

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.config.models import MarkRow
from madoguchi.notation.reading import json_of

FILE = "mark.json"
EVERY = timedelta(minutes=1)
KEPT = timedelta(days=40)


class OldCopy(RuntimeError):
    """The database is not the one that was here, older or another one; or nobody can say so. Takes what is the matter."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}新しいデータベースにもどすか、承知のうえで使うときは「madoguchi restore --accept --reason 理由」を実行してください。"
        )


class MarkUnreadable(OldCopy):
    """The mark beside the database cannot be read, so that an old copy would not be noticed."""

    def __init__(self, home: Path) -> None:
        super().__init__(f"{home / FILE} を読めないため、データベースが古い写しでないかを確かめられません。")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: its number, its word, and when it was made."""

    number: int
    word: str
    at: datetime


def newest() -> Mark | None:
    """The newest mark in the database; None before the first."""
    row = MarkRow.objects.order_by("-number").first()
    return Mark(row.number, row.word, row.at) if row else None


def beside(home: Path) -> Mark | None:
    """The mark that is kept beside the database; None before the first. Raises MarkUnreadable."""
    try:
        said = json_of((home / FILE).read_text(encoding="utf-8"))
        return Mark(int(said["number"]), str(said["word"]), datetime.fromisoformat(said["at"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise MarkUnreadable(home) from error


def check(home: Path) -> None:
    """See that this is the database that was here. Raises OldCopy."""
    kept = beside(home)
    if kept is None:
        return
    here = newest()
    if here is None or here.number < kept.number:
        raise _older(kept, here)
    row = MarkRow.objects.filter(number=kept.number).first()
    # A mark that was swept away is older than the oldest that is kept: the database has gone on for weeks since.
    swept = row is None and not MarkRow.objects.filter(number__lt=kept.number).exists()
    if not swept and (row is None or row.word != kept.word):
        raise _older(kept, here)


def _older(kept: Mark, here: Mark | None) -> OldCopy:
    until = f"{here.at:%Y-%m-%d %H:%M}までのもの" if here else "しるしのないもの"
    return OldCopy(
        f"このデータベースは古い写しか、別のものです。ここには{kept.at:%Y-%m-%d %H:%M}までのデータがありましたが、"
        f"いまのデータベースは{until}です。そのあいだの受付や支援措置の登録がありません。"
    )


def set_mark(home: Path, *, now: datetime, reason: str = "", accepted: bool = False) -> Mark:
    """Write a new mark into the database and then beside it."""
    with transaction.atomic():
        last = MarkRow.objects.aggregate(last=Max("number"))["last"] or 0
        number = max(last, _number_beside(home) if accepted else 0) + 1
        row = MarkRow.objects.create(
            number=number, word=secrets.token_urlsafe(24), at=now, accepted=accepted, reason=reason
        )
        MarkRow.objects.filter(at__lt=now - KEPT, accepted=False).delete()
    made = Mark(row.number, row.word, row.at)
    _put_beside(home, made)
    return made


def _number_beside(home: Path) -> int:
    """What an accepted database has to go past, so that it is never below the file; a file that cannot be read is written over."""
    try:
        kept = beside(home)
    except MarkUnreadable:
        return 0
    return kept.number if kept else 0


def keep_mark(home: Path, *, now: datetime) -> None:
    """The worker's part: a new mark when the last is older than a minute. Raises OldCopy, and then writes none."""
    check(home)
    last = newest()
    if last is None or now - last.at >= EVERY:
        set_mark(home, now=now)
    elif (kept := beside(home)) is None or kept.number < last.number:
        _put_beside(home, last)


def accept(home: Path, *, reason: str, by: Actor, now: datetime) -> Mark:
    """Go on with an older copy, knowingly: a mark of its own, and a line in the audit."""
    record_act(actor=by, activity="old_copy_accepted", now=now)
    return set_mark(home, now=now, reason=reason, accepted=True)


def accepted_since(since: datetime) -> tuple[tuple[datetime, str], ...]:
    """When older copies were accepted after `since`, and with which reasons; the newest first."""
    rows = MarkRow.objects.filter(accepted=True, at__gte=since).order_by("-number")
    return tuple((row.at, row.reason) for row in rows)


def _put_beside(home: Path, mark: Mark) -> None:
    """Whole or not at all, readable by us only, and on the disk before it counts."""
    said = json.dumps({"number": mark.number, "word": mark.word, "at": mark.at.isoformat()})
    fresh = home / f"{FILE}.{os.getpid()}.new"
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(said)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(home / FILE)
