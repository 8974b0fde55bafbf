"""Whether the audit is as it was sealed (証跡の確かめ): every line, every seal, and the heads that were kept on paper.

What the database alone can show: a line that was changed, removed, put in or moved without making all seals anew. Whoever
owns it can make all of them anew; only a head on paper shows that, and that the end was cut off or an old copy put back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, OuterRef, Subquery

from madoguchi.audit.entries import Kind
from madoguchi.audit.models import EntryRow, SealedEntry, SealRow
from madoguchi.audit.paper_head import PaperHead
from madoguchi.audit.sealing import FIRST_PREVIOUS, chained, digest_of, edge_of, leaf_of
from madoguchi.audit.tree import Frontier, consistency_path, inclusion_path

JAPAN = ZoneInfo("Asia/Tokyo")
KIND_NAMES = {Kind.ACCESS: "閲覧", Kind.ACT: "操作", Kind.STEP: "受付の手順"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the audit, as a sentence, and the line it is about (None: a whole batch)."""

    entry_id: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking found: lines, batches, lines that wait for a seal, the faults, the head that follows from the lines."""

    lines: int
    batches: int
    unsealed: int
    faults: tuple[Fault, ...]
    head: PaperHead


@dataclass(frozen=True, slots=True)
class SealAge:
    """How old the proof is (封印の新しさ): lines that wait, since when the oldest does, and when was last sealed."""

    waiting: int
    oldest: datetime | None
    sealed_at: datetime | None

    def minutes(self, now: datetime) -> int:
        """For how many whole minutes the oldest line has waited; 0 when none waits."""
        return max(0, int((now - self.oldest).total_seconds() // 60)) if self.oldest else 0


@dataclass(frozen=True, slots=True)
class SealedHead:
    """A head as it was sealed (先頭の値): by which seal, and when."""

    number: int
    sealed_at: datetime
    head: PaperHead


def verify(*, papers: Sequence[PaperHead] = ()) -> Verification:
    """Check every seal and every line. A changed, removed, added-in or reordered line is named.

    `papers`: heads that were kept elsewhere. The tree is made anew from the lines up to each of them; where the roots
    differ, what stood before that day was written anew, and where lines are missing, the end was cut off.
    """
    horizon = SealedEntry.objects.aggregate(highest=Max("entry_id"))["highest"] or 0
    faults, batches, edge, roots = _seals({one.size for one in papers})
    faults += _against_paper(papers, edge.size, roots)
    faults += [Fault(number, f"証跡 {number} 番が消されています。") for number in _removed()]
    lines, unsealed, of_lines = _lines(horizon)
    faults += of_lines
    faults.sort(key=lambda fault: fault.entry_id or 0)
    return Verification(lines, batches, unsealed, tuple(faults), PaperHead(edge.size, edge.root().hex()))


def _seals(wanted: set[int]) -> tuple[list[Fault], int, Frontier, dict[int, str]]:
    """Faults of the seals, how many there are, the tree over all sealed lines, and its root at the sizes that are wanted."""
    faults: list[Fault] = []
    contents = groupby(_sealed_lines(), key=lambda row: row[0])
    held = next(contents, None)
    count, number, previous, edge = 0, 0, FIRST_PREVIOUS, Frontier()
    roots = {0: edge.root().hex()}
    for seal in SealRow.objects.order_by("number").iterator():
        if held is not None and held[0] == seal.id:
            for _, entry_id, digest in held[1]:
                edge = edge.with_leaves((leaf_of(entry_id, digest),))
                if edge.size in wanted:
                    roots[edge.size] = edge.root().hex()
            held = next(contents, None)
        if seal.number != number + 1:
            faults.append(Fault(None, f"封印 {number + 1} 番から {seal.number - 1} 番までがありません。"))
        if not _holds(seal, previous, edge):
            faults.append(
                Fault(
                    None, f"封印 {seal.number} 番のつながりが合いません。封印の記録が書きかえられています。"
                )
            )
        count, number, previous = count + 1, seal.number, seal.digest
    return faults, count, edge, roots


def _holds(seal: SealRow, previous: str, edge: Frontier) -> bool:
    root = edge.root().hex()
    return (
        seal.previous == previous
        and edge_of(seal) == edge
        and seal.root == root
        and seal.digest == chained(previous, seal.sealed_at, edge.size, root)
    )


def _sealed_lines() -> Iterator[tuple[int, int, str]]:
    """Every sealed line in the order of the tree: its seal, its number, its digest."""
    rows = SealedEntry.objects.order_by("seal__number", "entry_id")
    return rows.values_list("seal_id", "entry_id", "digest").iterator(chunk_size=2000)


def _against_paper(papers: Sequence[PaperHead], size: int, roots: dict[int, str]) -> list[Fault]:
    faults, good = [], 0
    for paper in sorted(set(papers), key=lambda one: (one.size, one.root)):
        if paper.size > size:
            told = f"控えでは {paper.size} 件あった証跡が、{size} 件しかありません。終わりが切られたか、古い控えに戻されています。"
        elif roots[paper.size] != paper.root:
            told = f"はじめの {paper.size} 件が、控えの値と合いません。書き直されたか、別のデータベースです。"
        else:
            good = paper.size
            continue
        faults.append(Fault(None, told + (f"はじめの {good} 件は、別の控えと合っています。" if good else "")))
    return faults


def _lines(horizon: int) -> tuple[int, int, list[Fault]]:
    """How many lines there are, how many wait for a seal, and what is wrong with which."""
    faults: list[Fault] = []
    lines, unsealed = 0, 0
    lowest_seal: int | None = None
    for row in _with_their_seal():
        lines += 1
        if row.sealed_digest is None:
            unsealed += row.id > horizon
            if row.id <= horizon:
                faults.append(
                    Fault(row.id, f"証跡 {row.id} 番は封印のあとで差し込まれたか、封印から外されています。")
                )
        elif lowest_seal is not None and row.seal_number > lowest_seal:
            faults.append(
                Fault(
                    row.id,
                    f"証跡 {row.id} 番の順番が封印と合いません。差し込まれたか、並べかえられています。",
                )
            )
        else:
            lowest_seal = row.seal_number
        if digest_of(row) != row.digest or row.sealed_digest not in (None, row.digest):
            faults.append(Fault(row.id, f"証跡 {row.id} 番が書きかえられています。"))
    return lines, unsealed, faults


def _removed() -> Iterable[int]:
    """Numbers of lines that were sealed and are no longer there."""
    there = EntryRow.objects.filter(id=OuterRef("entry_id"))
    gone = SealedEntry.objects.filter(~Exists(there)).order_by("entry_id").values_list("entry_id", flat=True)
    return gone.iterator()


def _with_their_seal() -> Iterable[Any]:
    """All lines, the newest first, each with the digest it was sealed with and the number of that seal."""
    own = SealedEntry.objects.filter(entry_id=OuterRef("id"))
    rows = EntryRow.objects.annotate(
        sealed_digest=Subquery(own.values("digest")), seal_number=Subquery(own.values("seal__number"))
    )
    return rows.order_by("-id").iterator(chunk_size=2000)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=JAPAN) + timedelta(days=1)


def head_of_day(day: date) -> SealedHead | None:
    """What stands on the sheet of that day in Japan: the last head that was sealed until its end; None before the first."""
    row = SealRow.objects.filter(sealed_at__lt=_end_of(day)).order_by("-number").first()
    return SealedHead(row.number, row.sealed_at, PaperHead(row.size, row.root)) if row else None


def lines_of_day(day: date) -> dict[str, int]:
    """How many lines of each kind were written on that day in Japan, by the name of the kind."""
    end = _end_of(day)
    of_day = EntryRow.objects.filter(at__gte=end - timedelta(days=1), at__lt=end)
    counted = dict(of_day.values_list("kind").annotate(count=Count("id")))
    return {name: counted.get(kind.value, 0) for kind, name in KIND_NAMES.items()}


def seal_age() -> SealAge:
    """How old the proof is. Lines wait while nothing seals; the counter does not."""
    horizon = SealedEntry.objects.aggregate(highest=Max("entry_id"))["highest"] or 0
    waiting = EntryRow.objects.filter(id__gt=horizon).order_by("id")
    oldest = waiting.values_list("at", flat=True).first()
    sealed_at = SealRow.objects.order_by("-number").values_list("sealed_at", flat=True).first()
    return SealAge(waiting.count(), oldest, sealed_at)


@dataclass(frozen=True, slots=True)
class LineProof:
    """That one line stands under a head (証跡 1 件の証明): its place from 0, its leaf, and the digests beside its way."""

    place: int
    leaf: str
    path: tuple[str, ...]
    head: PaperHead


def prove_line(entry_id: int, *, size: int | None = None) -> LineProof | None:
    """The proof that this line is under the head of `size` lines (None: the newest); None when it is not under it."""
    leaves: list[bytes] = []
    place: int | None = None
    for _, number, digest in _sealed_lines():
        if size is not None and len(leaves) == size:
            break
        if number == entry_id:
            place = len(leaves)
        leaves.append(leaf_of(number, digest))
    if place is None:
        return None
    path = tuple(one.hex() for one in inclusion_path(leaves, place))
    root = Frontier().with_leaves(leaves).root().hex()
    return LineProof(place, leaves[place].hex(), path, PaperHead(len(leaves), root))


def prove_growth(old: int, new: int) -> tuple[str, ...]:
    """The digests which show that the tree of `new` lines only added to that of `old`. Raises IndexError outside the tree."""
    leaves = [leaf_of(number, digest) for _, number, digest in _sealed_lines()]
    if new > len(leaves):
        raise IndexError(new)
    return tuple(one.hex() for one in consistency_path(leaves[:new], old))
