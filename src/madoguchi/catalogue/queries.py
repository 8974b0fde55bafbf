"""The published procedures: the newest revision, or the one that an old case was decided by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from madoguchi.catalogue.models import RevisionRow
from madoguchi.procedures.loader import load_files
from madoguchi.procedures.packs import Pack


class NothingPublished(LookupError):
    """No revision has been published yet."""

    def __init__(self) -> None:
        super().__init__("手続台帳がまだ公開されていません。「madoguchi catalogue publish」で公開してください。")


@dataclass(frozen=True, slots=True)
class Revision:
    """A published revision as the list shows it."""

    revision: str
    published_at: datetime
    published_by: str
    note: str


def current_revision() -> str:
    """The newest published revision. Raises NothingPublished."""
    found = RevisionRow.objects.order_by("-id").values_list("revision", flat=True).first()
    if found is None:
        raise NothingPublished
    return found


@lru_cache(maxsize=16)
def pack_of(revision: str) -> Pack:
    """The procedures of a revision; the same immutable value each time. Raises LookupError for an unknown one."""
    row = RevisionRow.objects.filter(revision=revision).first()
    if row is None:
        raise LookupError(f"手続台帳の版 {revision} がありません。")
    return load_files(*({name: text.encode() for name, text in layer.items()} for layer in row.folders))


def current() -> Pack:
    """The procedures as published last."""
    return pack_of(current_revision())


def revisions() -> tuple[Revision, ...]:
    """All published revisions, newest first."""
    rows = RevisionRow.objects.order_by("-id").values_list("revision", "published_at", "published_by", "note")
    return tuple(Revision(*row) for row in rows)
