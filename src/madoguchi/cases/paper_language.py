"""Papers in the language of whom they are for (書類の意味): the guide's own page, and what the Japanese sheets mean.

The case's language is the one that was chosen at the machine, at home or at the counter. What stays Japanese is the form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from madoguchi.cases.models import CaseRow
from madoguchi.papers.definitions import SheetDefinition
from madoguchi.papers.meaning import PaperMeaning, confirmation_meaning, sheet_meaning
from madoguchi.papers.values import OwnWords
from madoguchi.procedures.decisions import Decision
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.translations import Language, language_of


def language_of_case(row: CaseRow) -> Language | None:
    """The other language of the case; None for Japanese."""
    return language_of(row.language)


def own_words(
    pack: Pack, language: Language | None, one: Decision, *, bring: Sequence[str], missing: Sequence[str]
) -> OwnWords | None:
    """What is told of a decision, in the language; None while a sentence of it is not there."""
    if language is None:
        return None
    there, procedure = pack.translations.get(language.value, {}), pack.procedure(one.procedure)
    because = [reason.text for reason in one.because[:2]]
    late = procedure.late.text
    wanted = [procedure.name, *because, *bring, *missing, *([late] if late else [])]
    if any(text not in there for text in wanted):
        return None
    return OwnWords(
        there[procedure.name], tuple(there[text] for text in because), tuple(there[text] for text in bring),
        there.get(late, ""), tuple(there[text] for text in missing),
    )  # fmt: skip


def meanings(pack: Pack, language: Language, sheets: Sequence[SheetDefinition]) -> tuple[PaperMeaning, ...]:
    """What the page that is signed and each kind of sheet means; a sheet of which a word is missing is left out."""
    there, labels = pack.translations.get(language.value, {}), _labels(pack)
    kinds = {one.id: one for one in sheets}
    found = [sheet_meaning(one, language.value, there, labels) for one in kinds.values()]
    return (confirmation_meaning(language.value), *(one for one in found if one is not None))


def _labels(pack: Pack) -> Mapping[str, Sequence[tuple[str, str]]]:
    return {
        f"{fact.holder.value}.{fact.key}": tuple((one.code, one.label) for one in fact.choices)
        for fact in pack.vocabulary
        if fact.choices
    }
