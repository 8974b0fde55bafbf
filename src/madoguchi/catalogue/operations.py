"""Publishing a revision of the procedures: checked first, then stored for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.models import RevisionRow
from madoguchi.procedures.loader import load_files, read_folder


def publish(*, folders: Sequence[Path], by: Actor, now: datetime, note: str = "") -> str:
    """Read the folders (the later overlays the earlier), check everything, store it; returns the revision.

    A revision that is already there is left as it is. Raises PackErrors, with every fault, when the pack is wrong.
    """
    layers = [read_folder(folder) for folder in folders]
    pack = load_files(*layers)
    with transaction.atomic():
        _, made = RevisionRow.objects.get_or_create(
            revision=pack.revision,
            defaults={
                "folders": [{name: content.decode() for name, content in layer.items()} for layer in layers],
                "published_at": now,
                "published_by": by.name,
                "note": note,
            },
        )
        if made:
            record_act(actor=by, activity="catalogue_published", now=now, revision=pack.revision)
    return pack.revision
