"""A pack's file is changed key by key and keeps its comments; only what a city says otherwise stands in its own file."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.procedures.editing.layers import (
    entries,
    procedure_values,
    with_entry,
    with_procedure,
)
from madoguchi.procedures.editing.sentences import lines_of, sentence_of
from madoguchi.procedures.editing.toml_text import changed
from madoguchi.procedures.editing.trying import facts_read, households, try_procedure
from madoguchi.procedures.loader import NATIONAL_FOLDER, load_files, national_pack, read_folder

NATIONAL = {file: content.decode() for file, content in read_folder(NATIONAL_FOLDER).items()}
LAYERS = [NATIONAL, {}]
KEYS = st.sampled_from(["name", "fee_yen", "tell", "rule", "late", "since"])
VALUES = st.recursive(
    st.text("あいa\"\\'\n#=[]", max_size=8)
    | st.integers(0, 999)
    | st.booleans()
    | st.dates(date(2000, 1, 1)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.dictionaries(KEYS, VALUES, max_size=4))
def test_a_file_says_exactly_what_was_wanted(before: dict[str, object], after: dict[str, object]) -> None:
    first = changed("", before)
    assert tomllib.loads(first) == before
    assert tomllib.loads(changed("# この市の注\n" + first, after)) == after


def test_comments_of_what_stays_are_kept() -> None:
    text = '# 市の注\nname = "前"\n\n# 手数料は条例\nfee_yen = 100\n'
    assert changed(text, {"name": "後", "fee_yen": 100}) == text.replace("前", "後")


@pytest.mark.parametrize("procedure", [one.id for one in national_pack().procedures][::9])
def test_a_procedure_that_is_said_as_it_was_leaves_no_file(procedure: str) -> None:
    values = procedure_values(LAYERS, procedure)
    assert with_procedure(LAYERS, procedure, values) == {}
    layer = with_procedure(LAYERS, procedure, {**values, "name": "別の名前"})
    assert tomllib.loads(layer[f"{procedure}.toml"]) == {"name": "別の名前"}
    pack = load_files(*({name: text.encode() for name, text in one.items()} for one in (NATIONAL, layer)))
    assert pack.procedure(procedure).name == "別の名前"


def test_an_entry_goes_back_to_what_stands_below() -> None:
    parameter = entries(LAYERS, "parameters.toml")["senior_pass_age"]
    layer = with_entry(LAYERS, "parameters.toml", "senior_pass_age", {**parameter, "value": 75})
    assert tomllib.loads(layer["parameters.toml"]) == {
        "parameter": [{"name": "senior_pass_age", "value": 75}]
    }
    assert with_entry([NATIONAL, layer], "parameters.toml", "senior_pass_age", parameter) == {}
    assert with_entry([NATIONAL, layer], "parameters.toml", "senior_pass_age", None) == {}


@pytest.mark.parametrize("procedure", [one.id for one in national_pack().procedures])
def test_every_procedure_can_be_tried_on_every_invented_household(procedure: str) -> None:
    pack = national_pack()
    trial = try_procedure(pack, procedure_values(LAYERS, procedure), file=f"{procedure}.toml")
    assert trial.faults == ()
    assert len(trial.households) == len(households())
    assert [one.sentences for one in trial.examples if one.sentences] == []
    assert all(outcome.agrees for one in trial.examples for outcome in one.outcomes)
    for rule in pack.procedure(procedure).rules:
        for expression in (rule.must, rule.optional):
            if expression is not None:
                assert lines_of(expression.source, pack)
                assert sentence_of(expression.source, pack)
    assert facts_read(pack.procedure(procedure)) is not None


def test_a_condition_reads_as_an_officer_would_say_it() -> None:
    pack = national_pack()
    source = "person.moves and (reference_date >= attains(person.birth_date, 75) or not any(m.pension == '3' for m in household.people))"
    assert lines_of(source, pack) == (
        (0, "次のすべてにあてはまる"),
        (1, "この人の「今回引っ越してくる方」がはい"),
        (1, "次のどれかにあてはまる"),
        (2, "異動の日が、この人の75歳になる日（誕生日の前日）以後"),
        (2, "世帯の方のだれにも、次があてはまらない"),
        (3, "その人の年金の種別が「第3号(扶養)」である"),
    )
    assert sentence_of("True") == "いつでも"
    assert sentence_of("event.kind == 'birth'") == "異動の種類が「出生」である"
