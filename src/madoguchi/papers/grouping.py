"""Puts what is filed on papers (届出書の枚数): one for each person, or one for all whom it concerns.

A procedure is decided person by person; how many papers it takes is the sheet's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from madoguchi.papers.definitions import Grouping, SheetDefinition


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper to fill, and for whom it is filed: people's ids, or the household's, in the order given."""

    sheet: SheetDefinition
    subjects: tuple[str, ...]


def papers_for(wanted: Sequence[tuple[SheetDefinition, str]]) -> tuple[Paper, ...]:
    """Put each wanted sheet and subject on a paper, nobody twice; papers come in the order they are first wanted."""
    papers: dict[tuple[str, str], tuple[SheetDefinition, dict[str, None]]] = {}
    for sheet, subject in wanted:
        own = subject if sheet.grouping is Grouping.PERSON else ""
        papers.setdefault((sheet.id, own), (sheet, {}))[1][subject] = None
    return tuple(Paper(sheet, tuple(subjects)) for sheet, subjects in papers.values())
