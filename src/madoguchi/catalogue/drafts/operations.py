"""Writing the next revision: begun, changed step by step, tested, published by a second person, or dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.drafts.citing import settle
from madoguchi.catalogue.drafts.testing import Report, SheetFaults, test
from madoguchi.catalogue.models import DraftRow, DraftState, DraftUndoRow
from madoguchi.catalogue.operations import CurrentChanged, publish_layers
from madoguchi.catalogue.queries import current_revision, layers_of
from madoguchi.procedures.editing.layers import Layer

LONGEST_TITLE = 60


class DraftError(ValueError):
    """What cannot be done to a draft; the sentence says what to do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as it is now. `layers`: what it would publish, the city's own last; `base`: what it began from."""

    id: int
    title: str
    base_revision: str
    base: tuple[Layer, ...]
    layers: tuple[Layer, ...]
    state: DraftState
    version: int
    tested: int
    report: tuple[str, ...]
    writers: tuple[int, ...]
    changed_by: str
    changed_at: datetime
    published: str

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return self.state is DraftState.OPEN

    @property
    def passed(self) -> bool:
        """Whether this very version passed the tests."""
        return self.tested == self.version


def begin(*, title: str, by: Actor, now: datetime, layer: Mapping[str, str] | None = None) -> int:
    """Begin a draft from the current revision (`layer`: another city layer, one that came as files); returns its number."""
    revision = current_revision()
    layers = layers_of(revision)
    own = layers[-1] if len(layers) > 1 else {}
    with transaction.atomic():
        row = DraftRow.objects.create(
            title=title.strip()[:LONGEST_TITLE] or "下書き", base=revision, layer=dict(own if layer is None else layer),
            writers=_with([], by), begun_by=by.name, begun_at=now, changed_by=by.name, changed_at=now,
        )  # fmt: skip
        record_act(actor=by, activity="draft_begun", now=now, draft=row.pk)
    return row.pk


def drafts() -> tuple[Draft, ...]:
    """Every draft, newest first."""
    return tuple(_draft(row) for row in DraftRow.objects.order_by("-id"))


def draft(number: int) -> Draft | None:
    """One draft, or None."""
    row = DraftRow.objects.filter(pk=number).first()
    return _draft(row) if row else None


def _draft(row: DraftRow) -> Draft:
    base = layers_of(row.base)
    below = base[:-1] if len(base) > 1 else base
    return Draft(
        row.pk, row.title, row.base, base if len(base) > 1 else (*base, {}), (*below, row.layer), DraftState(row.state),
        row.version, row.tested, tuple(row.report), tuple(row.writers), row.changed_by, row.changed_at, row.published,
    )  # fmt: skip


def keep(*, number: int, version: int, layer: Mapping[str, str], what: str, by: Actor, now: datetime) -> int:
    """Keep a change (`what` in words) as the next version; returns it. Raises DraftError."""
    with transaction.atomic():
        row = _open(number)
        if dict(layer) == row.layer:
            return row.version
        _next(row, version, layer, what, by, now)
        record_act(actor=by, activity="draft_changed", now=now, draft=number, version=row.version)
    return row.version


def undo(*, number: int, version: int, by: Actor, now: datetime) -> str:
    """Take the last change back; returns what it was. Raises DraftError."""
    with transaction.atomic():
        row = _open(number)
        last = DraftUndoRow.objects.filter(draft=row).order_by("-version").first()
        if last is None:
            raise DraftError("もどせる変更はありません。")
        changed = DraftRow.objects.filter(pk=row.pk, version=version).update(
            layer=last.layer,
            version=version + 1,
            writers=_with(row.writers, by),
            changed_by=by.name,
            changed_at=now,
        )
        if not changed:
            raise DraftError(CHANGED_MEANWHILE)
        what = last.what
        last.delete()
        row.refresh_from_db()
        record_act(actor=by, activity="draft_undone", now=now, draft=number, version=row.version)
    return what


CHANGED_MEANWHILE = (
    "ほかの人が先に直しました。開き直して、もう一度入れてください。入れた内容は保存していません。"
)
STALE = (
    "下書きを始めたあとに、別の版が公開されました。「いまの版に合わせる」を押してから、試験し直してください。"
)


def _next(row: DraftRow, version: int, layer: Mapping[str, str], what: str, by: Actor, now: datetime) -> None:
    # The version is taken first: whoever comes second finds it gone, and nothing of theirs is written.
    changed = DraftRow.objects.filter(pk=row.pk, version=version).update(
        layer=dict(layer),
        version=version + 1,
        writers=_with(row.writers, by),
        changed_by=by.name,
        changed_at=now,
    )
    if not changed:
        raise DraftError(CHANGED_MEANWHILE)
    DraftUndoRow.objects.create(
        draft=row, version=version, layer=row.layer, what=what[:200], by=by.name, at=now
    )
    row.refresh_from_db()


def _with(writers: Sequence[int], by: Actor) -> list[int]:
    return sorted({*writers, *([by.staff_id] if by.staff_id is not None else [])})


def _open(number: int) -> DraftRow:
    row = DraftRow.objects.filter(pk=number).first()
    if row is None:
        raise DraftError("この下書きはありません。")
    if row.state != DraftState.OPEN:
        raise DraftError("この下書きはもう閉じています。新しい下書きを始めてください。")
    return row


def run_tests(*, number: int, sheet_faults: SheetFaults, by: Actor, now: datetime) -> Report:
    """Test the draft; what it found is kept with it. Raises DraftError."""
    row = _open(number)
    found = _draft(row)
    report = test(found.base, found.layers, sheet_faults)
    with transaction.atomic():
        DraftRow.objects.filter(pk=number, version=found.version).update(
            tested=found.version if report.passed else 0, report=[*report.faults, *report.changes]
        )
        record_act(
            actor=by,
            activity="draft_tested",
            now=now,
            draft=number,
            version=found.version,
            faults=len(report.faults),
        )
    return report


def publish_draft(*, number: int, version: int, sheet_faults: SheetFaults, by: Actor, now: datetime) -> str:
    """Publish what was tested; returns the revision. Raises DraftError.

    Not by anybody who wrote in it, not over a revision that became current meanwhile, not without its tests passed, which
    are run once more.
    """
    row = _open(number)
    found = _draft(row)
    if found.version != version:
        raise DraftError(CHANGED_MEANWHILE)
    if by.staff_id is None or by.staff_id in found.writers:
        raise DraftError("書いた人は公開できません。もう一人のDX推進担当が、内容を確かめて公開してください。")
    if not found.passed:
        raise DraftError(
            "試験に通っていません。「試験する」を押して、直すところがないことを確かめてください。"
        )
    if found.base_revision != current_revision():
        raise DraftError(STALE)
    report = test(found.base, found.layers, sheet_faults)
    if not report.passed:
        raise DraftError("試験に通りません。" + report.faults[0])
    try:
        with transaction.atomic():
            revision = publish_layers(
                layers=found.layers, by=by, now=now, note=found.title, seen=found.base_revision
            )
            if not DraftRow.objects.filter(pk=number, version=version, state=DraftState.OPEN).update(
                state=DraftState.PUBLISHED, published=revision
            ):
                raise DraftError(CHANGED_MEANWHILE)
            settle(draft=number, revision=revision, by=by, now=now)
    except CurrentChanged as changed:
        raise DraftError(STALE) from changed
    return revision


def rebase(*, number: int, version: int, by: Actor, now: datetime) -> tuple[str, ...]:
    """Lay the draft's changes over the revision that is current now; returns the files that both changed (the draft's stays).

    Raises DraftError.
    """
    with transaction.atomic():
        row = _open(number)
        found = _draft(row)
        revision = current_revision()
        layers = layers_of(revision)
        theirs = dict(layers[-1]) if len(layers) > 1 else {}
        before, mine = dict(found.base[-1]), dict(found.layers[-1])
        wanted, both = dict(theirs), []
        for file in sorted(before.keys() | mine.keys()):
            if before.get(file) == mine.get(file):
                continue
            if theirs.get(file) not in (before.get(file), mine.get(file)):
                both.append(file)
            wanted.pop(file, None)
            if file in mine:
                wanted[file] = mine[file]
        _next(row, version, wanted, "いまの版に合わせる", by, now)
        DraftRow.objects.filter(pk=number).update(base=revision)
        record_act(actor=by, activity="draft_rebased", now=now, draft=number, version=row.version)
    return tuple(both)


def drop(*, number: int, by: Actor, now: datetime) -> None:
    """Close a draft without publishing it; it stays to be read. Raises DraftError."""
    with transaction.atomic():
        row = _open(number)
        DraftRow.objects.filter(pk=row.pk).update(state=DraftState.DROPPED)
        record_act(actor=by, activity="draft_dropped", now=now, draft=number)


def changes_of(number: int) -> tuple[tuple[str, str, datetime], ...]:
    """What was changed in a draft, newest first: what, by whom, when."""
    rows = DraftUndoRow.objects.filter(draft=number).order_by("-version")
    return tuple(rows.values_list("what", "by", "at"))
