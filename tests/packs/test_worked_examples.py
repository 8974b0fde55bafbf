"""Every worked example of every procedure comes out as written, in the shipped pack and in the city's."""

import pytest

from madoguchi.procedures.examples import differences
from madoguchi.procedures.lint import lint, lint_procedure
from madoguchi.procedures.loader import NATIONAL_FOLDER, load_pack, national_pack
from madoguchi.procedures.packs import Pack

from .conftest import MADOKA_FOLDER

CORE = {
    *("R01", "R02", "R09", "R11", "R12", "R14", "R15", "R19", "H01", "H09", "H10", "N01"),
    *("N02", "K01", "K02", "C01", "C03", "C07", "C08", "C14", "C17", "W01", "W02", "W03"),
}
CITY = load_pack(NATIONAL_FOLDER, MADOKA_FOLDER)


@pytest.mark.parametrize("procedure", [procedure.id for procedure in national_pack().procedures])
@pytest.mark.parametrize("used", [national_pack(), CITY], ids=["national", "madoka"])
def test_examples_come_out_as_written(used: Pack, procedure: str) -> None:
    subject = used.procedure(procedure)
    assert [text for example in subject.examples for text in differences(used, subject, example)] == []


@pytest.mark.parametrize("procedure", [procedure.id for procedure in national_pack().procedures])
def test_there_are_enough_examples(procedure: str) -> None:
    subject = national_pack().procedure(procedure)
    people = sum(len(example.expect) for example in subject.examples)
    assert len(subject.examples) >= 2
    if subject.law_id in CORE:
        assert len(subject.examples) >= 3 or people >= 4


@pytest.mark.slow
def test_lint_finds_nothing() -> None:
    assert [str(finding) for finding in lint(national_pack())] == []


@pytest.mark.slow
def test_lint_finds_nothing_in_what_the_city_sets() -> None:
    national = {procedure.id: repr(procedure) for procedure in national_pack().procedures}
    of_the_city = [one for one in CITY.procedures if repr(one) != national.get(one.id)]
    assert of_the_city
    assert [str(finding) for one in of_the_city for finding in lint_procedure(CITY, one)] == []
