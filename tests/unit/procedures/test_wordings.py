"""Words of one event: what is read differs, what is decided does not; a wording that names nothing is a fault."""

from __future__ import annotations

import pytest
from tests.unit.procedures.club import FOLDER

from madoguchi.procedures.facts import Holder
from madoguchi.procedures.loader import PackErrors, load_files, national_pack, read_folder
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.wordings import told_for


def with_wording(text: str) -> dict[str, bytes]:
    return read_folder(FOLDER) | {"wordings.toml": text.encode()}


def test_a_fact_and_a_prompt_are_asked_in_the_words_of_the_event() -> None:
    pack = national_pack()
    here = told_for(pack, EventKind.move_in)
    away = told_for(pack, EventKind.move_out)
    move = (Holder.EVENT, "move_date")
    assert [one.fact(*move).label for one in (here, away)] == ["住み始めた日", "移る日(予定)"]  # type: ignore[union-attr]  # both are there
    assert here.prompts["move"].question != away.prompts["move"].question
    assert away.prompts["move"].why == here.prompts["move"].why
    assert (away.procedures, away.revision) == (pack.procedures, pack.revision)
    assert told_for(pack, EventKind.move_out) is away


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            '[[wording]]\nfact = "no_such"\nevents = ["birth"]\nquestion = "?"',
            "「no_such」という項目を一つに",
        ),
        ('[[wording]]\nprompt = "no-such"\nevents = ["birth"]\nquestion = "?"', "prompts.toml にありません"),
        ('[[wording]]\nfact = "card"\nevents = ["brith"]\nquestion = "?"', "「brith」という届出はありません"),
        ('[[wording]]\nfact = "card"\nevents = ["birth"]', "言いかえる言葉がありません"),
        ('[[wording]]\nevents = ["birth"]\nquestion = "?"', "一方だけが要ります"),
    ],
)
def test_a_wording_that_says_nothing_is_refused(text: str, told: str) -> None:
    with pytest.raises(PackErrors) as caught:
        load_files(with_wording(text))
    assert any(told in str(error) and "wordings.toml" in str(error) for error in caught.value.errors)
