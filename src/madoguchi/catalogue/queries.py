"""The published procedures: the current revision, or the one that an old case was decided by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from madoguchi.catalogue.models import CurrentRow, FeedbackCitationRow, RevisionRow
from madoguchi.compiled import CompiledQuery
from madoguchi.procedures.facts import Value
from madoguchi.procedures.loader import load_files
from madoguchi.procedures.packs import Pack

_CURRENT = CompiledQuery(lambda: CurrentRow.objects.order_by("pk").values_list("revision__revision")[:1])


class NothingPublished(LookupError):
    """No revision has been published yet."""

    def __init__(self) -> None:
        super().__init__(
            "手続台帳がまだ公開されていません。「madoguchi catalogue publish」で公開してください。"
        )


class RevisionDamaged(ValueError):
    """What is stored under a revision is not what was published: the revision is a hash of the content."""

    def __init__(self, revision: str) -> None:
        self.revision = revision
        super().__init__(
            f"手続台帳の版 {revision} の中身が公開したときと違います。この版では判定しません。"
            "情報システム担当に知らせてください。"
        )


@dataclass(frozen=True, slots=True)
class Revision:
    """A published revision as the list shows it; `answers`: the numbers of the feedback that it answers."""

    revision: str
    published_at: datetime
    published_by: str
    note: str
    answers: tuple[str, ...] = ()


def current_revision() -> str:
    """The revision by which new cases are decided. Raises NothingPublished."""
    found = _CURRENT.first()
    if found is None:
        raise NothingPublished
    return str(found[0])


@lru_cache(maxsize=16)
def pack_of(revision: str) -> Pack:
    """The procedures of a revision; the same immutable value each time.

    Raises LookupError for an unknown revision and RevisionDamaged for one whose content was changed.
    """
    row = RevisionRow.objects.filter(revision=revision).first()
    if row is None:
        raise LookupError(f"手続台帳の版 {revision} がありません。")
    pack = load_files(*({name: text.encode() for name, text in layer.items()} for layer in row.folders))
    if pack.revision != revision:
        raise RevisionDamaged(revision)
    return pack


@lru_cache(maxsize=16)
def layers_of(revision: str) -> tuple[Mapping[str, str], ...]:
    """The files of a revision, layer by layer, by their name. Raises LookupError for an unknown revision."""
    row = RevisionRow.objects.filter(revision=revision).first()
    if row is None:
        raise LookupError(f"手続台帳の版 {revision} がありません。")
    return tuple(row.folders)


def current() -> Pack:
    """The procedures as published last."""
    return pack_of(current_revision())


def parameters() -> Mapping[str, Value]:
    """What the city has set (ages, amounts), by name, in the current revision."""
    return current().parameter_values()


def revisions() -> tuple[Revision, ...]:
    """All published revisions, newest first."""
    answers: dict[str, list[str]] = {}
    cited = FeedbackCitationRow.objects.filter(revision__isnull=False).order_by("pk")
    for revision, number in cited.values_list("revision__revision", "feedback__number"):
        answers.setdefault(revision, []).append(number)
    rows = RevisionRow.objects.order_by("-id").values_list("revision", "published_at", "published_by", "note")
    return tuple(Revision(*row, tuple(answers.get(row[0], ()))) for row in rows)
