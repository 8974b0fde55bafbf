"""Publishing a revision of the procedures: checked first, then stored for good, then made the current one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.models import CurrentRow, RevisionRow
from madoguchi.procedures.loader import load_files, load_pack, read_folder


def publish(*, folders: Sequence[Path], by: Actor, now: datetime, note: str = "") -> str:
    """Read the folders (the later overlays the earlier), check everything, store it; returns the revision.

    From then on new cases are decided by it. A revision that is already there is left as it is and becomes
    the current one again (so going back is publishing the older one). Raises PackErrors, with every fault,
    when the pack is wrong.
    """
    if missing := [folder for folder in folders if not folder.is_dir()]:
        load_pack(*missing)  # refuses, and says which folder is not there
    read = [read_folder(folder) for folder in folders]
    load_files(*read)
    layers = [{name: content.decode() for name, content in layer.items()} for layer in read]
    return publish_layers(layers=layers, by=by, now=now, note=note)


def publish_layers(
    *, layers: Sequence[Mapping[str, str]], by: Actor, now: datetime, note: str = "", seen: str = ""
) -> str:
    """Publish files that are already here, layer by layer, as `publish` does. Raises PackErrors.

    `seen`: the revision that they were written over; CurrentChanged when it is not current any more.
    """
    pack = load_files(*({name: text.encode() for name, text in layer.items()} for layer in layers))
    with transaction.atomic():
        _refuse_unless_current(seen)
        row, made = RevisionRow.objects.get_or_create(
            revision=pack.revision,
            defaults={
                "folders": [dict(layer) for layer in layers],
                "published_at": now,
                "published_by": by.name,
                "note": note,
            },
        )
        if _make_current(row) or made:
            record_act(actor=by, activity="catalogue_published", now=now, revision=pack.revision)
    return pack.revision


class CurrentChanged(LookupError):
    """Another revision became current while somebody looked at the one before."""

    def __init__(self) -> None:
        super().__init__(
            "見ているあいだに、いまの版が変わりました。画面を開き直して、確かめてからもどしてください。"
        )


def go_back_to(*, revision: str, by: Actor, now: datetime, seen: str = "") -> None:
    """Let new cases be decided by an older revision (公開のとりやめ). Raises LookupError.

    `seen`: the revision that was current when somebody decided so; CurrentChanged when it is not current any more.
    """
    with transaction.atomic():
        _refuse_unless_current(seen)
        row = RevisionRow.objects.filter(revision=revision).first()
        if row is None:
            raise LookupError(
                f"手続台帳の版 {revision} がありません。「madoguchi catalogue list」で版を確かめてください。"
            )
        if _make_current(row):
            record_act(actor=by, activity="catalogue_published", now=now, revision=revision)


def _refuse_unless_current(seen: str) -> None:
    """The row is taken first, so that of two who look at the same revision only one puts another in its place."""
    if not seen:
        return
    found = CurrentRow.objects.select_for_update(of=("self",)).select_related("revision").first()
    if found is None or found.revision.revision != seen:
        raise CurrentChanged


def _make_current(row: RevisionRow) -> bool:
    """Point at this revision; says whether that changed anything."""
    before = CurrentRow.objects.values_list("revision_id", flat=True).first()
    CurrentRow.objects.update_or_create(only=True, defaults={"revision": row})
    return before != row.pk
