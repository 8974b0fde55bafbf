"""What a resident reads: no stale words, no doubtful musts, labels that fit, a law and a reason."""

import re
from pathlib import Path

import pytest

from madoguchi.procedures.facts import FactDefinition
from madoguchi.procedures.loader import NATIONAL_FOLDER, national_pack
from madoguchi.procedures.packs import DOUBTFUL, Procedure, PromptText

from .conftest import MADOKA_FOLDER

FILES = sorted([*NATIONAL_FOLDER.rglob("*.toml"), *MADOKA_FOLDER.rglob("*.toml")])


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_no_stale_words(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "保険証" not in text.replace("マイナ保険証", ""), (
        "健康保険証はなくなった(資格確認書・資格情報のお知らせ)"
    )
    if file.stem != "seal-registration":
        assert not re.search("印鑑|押印|認印|実印|はんこ", re.sub("市の印鑑条例|印鑑登録", "", text)), (
            "押印は求めない"
        )


@pytest.mark.parametrize(
    "definition", national_pack().vocabulary, ids=lambda one: f"{one.holder.value}.{one.key}"
)
def test_a_fact_can_be_asked_aloud(definition: FactDefinition) -> None:
    assert len(definition.label) <= 20
    assert definition.question.endswith(("か", "か)", "(公務員の方はお知らせください)"))
    assert definition.why and definition.source
    assert definition.prompt in national_pack().prompts
    assert all(len(choice.label) <= 20 for choice in definition.choices)


@pytest.mark.parametrize("prompt", national_pack().prompts.values(), ids=lambda one: one.id)
def test_a_prompt_says_why(prompt: PromptText) -> None:
    assert prompt.question and prompt.why


@pytest.mark.parametrize("procedure", national_pack().procedures, ids=lambda one: one.id)
def test_a_procedure_says_what_a_clerk_explains(procedure: Procedure) -> None:
    assert procedure.law and procedure.tell and procedure.channels
    assert procedure.summary.endswith("。")
    if procedure.deadlines and any(rule.must for rule in procedure.rules):
        assert procedure.late.text
    doubtful = procedure.verified.source == DOUBTFUL
    assert not (doubtful and any(rule.must for rule in procedure.rules))
    assert not procedure.verified.verified or procedure.verified.on is None, "だれも日を決めて照合していない"


def test_protection_is_told_to_everybody_alike() -> None:
    """Nothing of the household may change, or reveal, what is said about the restriction of certificates."""
    offer = national_pack().procedure("protection-request")
    assert [rule.optional.source for rule in offer.rules if rule.optional] == ["True"]
    assert all(rule.must is None for rule in offer.rules)
    assert "どなたにも" in offer.summary
