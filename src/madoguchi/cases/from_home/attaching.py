"""Attaching what would be brought to the counter (添付): a picture or a PDF of each thing, before the submission only.

1. `things_of`: what the procedures that are applied for ask to bring, and what becomes of it from home.
2. `attach`: size and count, then what the file really is, then whether it is clean. Only then it is kept, shut away.
3. `drop`: taken away again, as long as nothing was submitted.
4. `take_out_file`: given out to whom it may be, after that was written down; never one that is not as it was put in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.cases.from_home import strong_room
from madoguchi.cases.from_home.file_kinds import FileKind, FileNotTaken, kind_of
from madoguchi.cases.from_home.following import NotYours, home_row, see_that_it_may
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.from_home.states import HomeAct
from madoguchi.cases.judging import Judged, applied_for, judge
from madoguchi.cases.models import AttachmentRow, CaseRow, HomeCaseRow
from madoguchi.cases.ports import NotScanned, VirusScanner
from madoguchi.cases.record import Record, read_record
from madoguchi.procedures.bring import bring_list
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.packs import FromHome, Pack

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 20
MOST_OF_A_CASE = 60 * 1024 * 1024
# A file lies there before its row does.
_BEING_PUT_IN = timedelta(hours=1)


class FileTooBig(FileNotTaken):
    """More than is taken of one file."""

    def __init__(self) -> None:
        super().__init__("1つのファイルは10MBまでです。写真を小さくするか、分けてつけてください。")


class TooManyFiles(FileNotTaken):
    """More than is taken of one application."""

    def __init__(self) -> None:
        super().__init__("つけられるファイルは20個、合わせて60MBまでです。要らないものを外してください。")


class EmptyFile(FileNotTaken):
    """Nothing in it."""

    def __init__(self) -> None:
        super().__init__("ファイルが選ばれていないか、中身がありません。ファイルを選び直してください。")


class NoSuchThing(FileNotTaken):
    """For a thing that nobody asked for."""

    def __init__(self) -> None:
        super().__init__("この書類は、いまの答えでは要りません。画面を開き直してください。")


class NotClean(FileNotTaken):
    """Something harmful was found in it."""

    def __init__(self) -> None:
        super().__init__(
            "このファイルからウイルスが見つかったため、受け取れません。お使いの機器を調べ、別のファイルをつけてください。"
        )


class CannotBeScanned(FileNotTaken):
    """Whether it is clean cannot be said now: it is not taken."""

    def __init__(self) -> None:
        super().__init__(
            "いまファイルを調べられないため、受け取れません。答えは保存されています。あとでつけるか、つけずに先へ進んで、後日お出しください。"
        )


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that would be brought (出してもらうもの), once for all procedures that ask for it.

    `certain` False: only if it applies.
    """

    procedures: tuple[str, ...]
    text: str
    way: FromHome
    certain: bool

    @property
    def key(self) -> str:
        """How a form names it."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def things_of(judged: Judged, record: Record) -> tuple[Thing, ...]:
    """What can be attached for what is applied for."""
    return tuple(one for one in everything_to_bring(judged, record) if one.way is FromHome.FILE)


def everything_to_bring(judged: Judged, record: Record) -> tuple[Thing, ...]:
    """All that is asked to be brought, with what becomes of it from home."""
    filed = [
        replace(one, status=Status.MUST) for one in applied_for(judged, record)
    ]  # what is wished for is sure
    found = bring_list(judged.pack, judged.situation, filed, on=judged.on, open_days=judged.calendar)
    return tuple(
        Thing(one.procedures, one.text, _way(judged.pack, one.procedures, one.text), one.certain)
        for one in found.merged
    )


def _way(pack: Pack, procedures: Sequence[str], text: str) -> FromHome:
    """What becomes of a thing: a file of it, as soon as one procedure takes that."""
    ways = {one.from_home for key in procedures for one in pack.procedure(key).bring if one.text == text}
    return next(way for way in (FromHome.FILE, FromHome.LATER, FromHome.SHOWN) if way in ways)


def attach(
    *,
    number: str,
    who: Applicant,
    thing: str,
    contents: bytes,
    scanner: VirusScanner,
    by: Actor,
    now: datetime,
) -> None:
    """Keep a file for a thing. Raises NotYours, NotNowFromHome, FileNotTaken; the same file twice is kept once."""
    home = home_row(number, who)
    see_that_it_may(home, HomeAct.ATTACH)
    wanted = _wanted(home.case, thing)
    if not contents:
        raise EmptyFile
    if len(contents) > MOST_BYTES:
        raise FileTooBig
    _see_that_there_is_room(home.case, len(contents))
    kind = kind_of(contents)
    _see_that_it_is_clean(contents, scanner, case=home.case.public_id, by=by, now=now)
    for procedure in wanted.procedures:  # each department opens the file of its own procedure
        _keep(home, procedure, wanted.text, kind, contents, account=who.account, by=by, now=now)


def _keep(
    home: HomeCaseRow,
    procedure: str,
    text: str,
    kind: FileKind,
    contents: bytes,
    *,
    account: int,
    by: Actor,
    now: datetime,
) -> None:
    name = strong_room.new_name()
    strong_room.put_in(name, contents)
    try:
        with transaction.atomic():
            CaseRow.objects.select_for_update().get(pk=home.case_id)
            see_that_it_may(home, HomeAct.ATTACH)
            _see_that_there_is_room(home.case, len(contents))
            AttachmentRow.objects.create(
                case=home.case, public_id=name, procedure=procedure, text=text, kind=kind.value,
                size=len(contents), digest=hashlib.sha256(contents).hexdigest(), added_at=now, account=account,
            )  # fmt: skip
            record_act(
                actor=by, activity="file_attached", now=now, case=home.case.public_id, file=name, size=len(contents),
                account=account,
            )  # fmt: skip
    except IntegrityError:  # the same file for the same thing
        strong_room.destroy(name)
    except BaseException:
        strong_room.destroy(name)
        raise


def _wanted(row: CaseRow, thing: str) -> Thing:
    record = read_record(row)
    for one in things_of(judge(row, record), record):
        if one.key == thing:
            return one
    raise NoSuchThing


def _see_that_there_is_room(row: CaseRow, size: int) -> None:
    rows = AttachmentRow.objects.filter(case=row, dropped_at__isnull=True)
    there = set(rows.values_list("text", "digest", "size"))
    if len(there) >= MOST_FILES or sum(one for _text, _digest, one in there) + size > MOST_OF_A_CASE:
        raise TooManyFiles


def _see_that_it_is_clean(
    contents: bytes, scanner: VirusScanner, *, case: str, by: Actor, now: datetime
) -> None:
    try:
        found = scanner.finds(contents)
    except NotScanned as error:
        record_act(actor=by, activity="file_not_scanned", now=now, case=case, fault=error.fault.value)
        raise CannotBeScanned from error
    if found:
        digest = hashlib.sha256(contents).hexdigest()
        record_act(actor=by, activity="file_not_clean", now=now, case=case, digest=digest)
        raise NotClean


def drop(*, file: str, who: Applicant, by: Actor, now: datetime) -> str:
    """Take a file away again; returns the number of its application. Raises NotYours, NotNowFromHome."""
    row, number = _theirs(file, who)
    with transaction.atomic():
        case = CaseRow.objects.select_for_update().get(pk=row.case_id)
        see_that_it_may(home_row(number, who), HomeAct.ATTACH)
        alike = AttachmentRow.objects.filter(
            case=case, text=row.text, digest=row.digest, dropped_at__isnull=True
        )
        files = list(alike.values_list("public_id", flat=True))
        if alike.update(dropped_at=now):
            record_act(
                actor=by,
                activity="file_dropped",
                now=now,
                case=case.public_id,
                file=file,
                account=who.account,
            )
    for one in files:
        strong_room.destroy(one)
    return number


def take_out_own(*, file: str, who: Applicant, by: Actor, now: datetime) -> tuple[FileKind, bytes]:
    """A file of an application of one's own, to look at. Raises NotYours, strong_room.NotReadable."""
    row, _number = _theirs(file, who)
    return _given_out(row, purpose=Purpose.FROM_HOME, authority="resident", screen="file", by=by, now=now)


def take_out_file(
    *, case: str, file: str, purpose: Purpose, procedures: frozenset[str] | None, by: Actor, now: datetime
) -> tuple[FileKind, bytes]:
    """A file of a case for the office; `procedures`: only of these. Raises NotYours, strong_room.NotReadable."""
    row = AttachmentRow.objects.filter(
        public_id=file, case__public_id=case, dropped_at__isnull=True, case__home__submitted_at__isnull=False
    ).first()
    if row is None or (procedures is not None and row.procedure not in procedures):
        raise NotYours
    return _given_out(row, purpose=purpose, authority=purpose.value, screen="file", by=by, now=now)


def _theirs(file: str, who: Applicant) -> tuple[AttachmentRow, str]:
    """The file and the number of its application, found by whose it is in one query; raises NotYours for any other, alike."""
    theirs = AttachmentRow.objects.filter(
        public_id=file, dropped_at__isnull=True, case__home__principal_no=who.principal_no
    )
    if who.mandate is not None:
        theirs = theirs.filter(case__home__account=who.account, case__home__mandate=who.mandate.public_id)
    row = theirs.select_related("case__home").first()
    if row is None:
        raise NotYours
    return row, row.case.home.number


def _given_out(
    row: AttachmentRow, *, purpose: Purpose, authority: str, screen: str, by: Actor, now: datetime
) -> tuple[FileKind, bytes]:
    people = read_record(row.case).people
    record_access(
        actor=by, purpose=purpose, authority=authority,
        person_keys=[one.resident_no or f"{row.case.public_id}/{one.ref}" for one in people],
        fields=("attachment",), case=row.case.public_id, screen=screen, now=now,
    )  # fmt: skip
    contents = strong_room.take_out(row.public_id)
    if hashlib.sha256(contents).hexdigest() != row.digest:
        raise strong_room.NotReadable
    return FileKind(row.kind), contents


def digests_of(row: CaseRow) -> frozenset[str]:
    """What the files of a case are, for the signature to cover: thing and contents, so that none can be swapped."""
    rows = AttachmentRow.objects.filter(case=row, dropped_at__isnull=True)
    return frozenset(
        hashlib.sha256(f"{one.procedure}/{one.text}/{one.digest}".encode()).hexdigest() for one in rows
    )


def sweep(*, now: datetime) -> int:
    """Destroy the files of withdrawn, never submitted applications, and what no row speaks of. Returns how many."""
    kept = set(
        AttachmentRow.objects.filter(dropped_at__isnull=True)
        .exclude(case__status="withdrawn", case__home__submitted_at__isnull=True)
        .values_list("public_id", flat=True)
    )
    gone = [name for name in strong_room.names(before=now - _BEING_PUT_IN) if name not in kept]
    for name in gone:
        strong_room.destroy(name)
    if gone:
        record_act(actor=Actor(None, "system", "", ""), activity="files_swept", now=now, gone=len(gone))
    return len(gone)
