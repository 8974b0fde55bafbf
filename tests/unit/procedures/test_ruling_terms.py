"""How a procedure is decided, as its file says it: every fault is named, and nothing is made up where nothing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from madoguchi.procedures.lint import lint_procedure
from madoguchi.procedures.loader import NATIONAL_FOLDER, PackErrors, load_pack, national_pack
from madoguchi.procedures.packs import ORDINARY_RULING, Pack

DAYS = """
[[parameter]]
name = "nhi_days"
type = "number"
value = 14
label = "日数"
note = "設定例"
"""


def with_terms(folder: Path, terms: str, parameters: str = DAYS) -> Pack:
    (folder / "pack.toml").write_text('id = "x"\nname = "まどか市の手続台帳(架空)"\n', encoding="utf-8")
    (folder / "parameters.toml").write_text(parameters, encoding="utf-8")
    (folder / "nhi-enrol.toml").write_text(f"ruling = {{ {terms} }}\n", encoding="utf-8")
    return load_pack(NATIONAL_FOLDER, folder)


def test_the_national_pack_sets_no_days_and_makes_up_no_body_to_object_to() -> None:
    assert {one.ruling for one in national_pack().procedures} == {ORDINARY_RULING}


def test_the_terms_are_read(tmp_path: Path) -> None:
    terms = 'two_persons = true, days = "parameters.nhi_days", objection = "審査会", law = "国民健康保険法 第91条", appeal_first = true'
    found = with_terms(tmp_path, terms).procedure("nhi-enrol").ruling
    assert (found.two_persons, found.days, found.objection, found.appeal_first) == (True, 14, "審査会", True)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ('days = "parameters.no_such"', "市の値ではありません"),
        ('days = "14日"', "市の値ではありません"),
        ('days = "parameters.severe_disability_medical_available"', "市の値ではありません"),
        ("days = 0", "1 から"),
        ("days = 9999", "1 から"),
        ('two_persons = "はい"', "true か false"),
        ("persons = 2", "persons"),
    ],
)
def test_a_fault_is_named(terms: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(PackErrors) as refused:
        with_terms(tmp_path, terms)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "terms",
    ['objection = "審査会"', 'objection = "審査会", law = "…法", verified = "?"'],
    ids=["no law", "doubtful"],
)
def test_a_body_to_object_to_without_its_law_is_found(terms: str, tmp_path: Path) -> None:
    pack = with_terms(tmp_path, terms)
    assert [
        one for one in lint_procedure(pack, pack.procedure("nhi-enrol")) if "ruling.objection" in one.message
    ]
