"""The invented register: exact, repeatable, consistent, and full of what breaks software."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from madoguchi.audit.entries import Actor
from madoguchi.jp.check_digits import valid_resident_number
from madoguchi.jp.dates import age_on, attains, birthday
from madoguchi.residents.load import load_population
from madoguchi.residents.models import Protection, ResidentFact, ResidentRecord
from madoguchi.residents.population.command import main
from madoguchi.residents.population.drawing import pyramid
from madoguchi.residents.population.people import Household, Person
from madoguchi.residents.population.register import register

pytestmark = pytest.mark.on_both
ON = date(2026, 11, 1)


@pytest.fixture(scope="module")
def homes() -> list[Household]:
    return list(register(residents=20_000, seed=7, on=ON))


@pytest.fixture(scope="module")
def people(homes: list[Household]) -> list[Person]:
    return [person for home in homes for person in home.people]


@pytest.mark.parametrize("size", [1, 7, 999, 20_001])
def test_there_are_exactly_as_many_people_as_asked(size: int) -> None:
    homes = list(register(residents=size, seed=1, on=ON))
    assert sum(len(home.people) for home in homes) == size
    assert all(home.people for home in homes)


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    digests = []
    for name, seed in (("a", "5"), ("b", "5"), ("c", "6")):
        assert main(["--residents", "300", "--seed", seed, "--out", str(tmp_path / name)]) == 0
        digests.append(hashlib.sha256((tmp_path / name / "residents.csv").read_bytes()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_the_ages_follow_the_census(people: list[Person]) -> None:
    wanted = sum(share for _, age, share in pyramid() if age >= 65)
    assert abs(sum(person.age >= 65 for person in people) / len(people) - wanted) < 0.002
    assert all(age_on(person.birth, ON) == person.age for person in people if not person.birth_text)


def test_numbers_are_unique_and_carry_their_check_digit(homes: list[Household], people: list[Person]) -> None:
    numbers = [person.resident_no for person in people] + [home.household_no for home in homes]
    assert len(set(numbers)) == len(numbers)
    assert all(valid_resident_number(number) for number in numbers)


def test_every_household_has_one_head_and_known_relations(homes: list[Household]) -> None:
    for home in homes:
        assert [person.relationship for person in home.people].count("世帯主") == 1
        for child, parent in home.parents:
            assert home.people[parent].birth < home.people[child].birth


def test_circumstances_follow_the_law_of_ages(people: list[Person]) -> None:
    for person in people:
        if person.birth_text:
            continue
        if person.health_insurance == "late_elderly":
            assert birthday(person.birth, 75) <= ON
        elif person.health_insurance != "welfare":
            assert birthday(person.birth, 75) > ON
        if person.pension in ("1", "3"):
            assert attains(person.birth, 20) <= ON < attains(person.birth, 60)
        if person.care_level != "none":
            assert attains(person.birth, 40) <= ON
        if person.is_pregnant:
            assert person.sex == "female"
        if person.employment in ("student",) and person.age < 15:
            assert person.income_yen == 0


def test_what_breaks_software_is_in_it(homes: list[Household], people: list[Person]) -> None:
    names = "".join(person.name for person in people)
    assert all(character in names for character in "髙𠮷邊邉﨑\U000e0102")
    kinds = Counter(person.nationality_class for person in people)
    assert {"jp", "mid_long", "special_permanent"} <= set(kinds)
    foreigners = [person for person in people if person.nationality_class != "jp"]
    assert any(len(person.name) > 26 for person in foreigners)
    assert any(person.alias for person in foreigners) and any(person.kanji_alongside for person in foreigners)
    japanese = [person for person in people if person.nationality_class == "jp"]
    assert 0.1 < sum(not person.kana for person in japanese) / len(japanese) < 0.2
    assert any(person.birth_text.endswith("年月日不詳") for person in people)
    assert any(person.birth_text.endswith("-00-00") for person in people)
    assert any((person.birth.month, person.birth.day) == (2, 29) for person in people)
    assert any((person.birth.month, person.birth.day) == (4, 1) for person in people)
    assert any(person.former_surname for person in people) and any(person.protected for person in people)
    relationships = {person.relationship for person in people}
    assert {"妻", "夫", "子", "母", "父", "妻（未届）", "子の妻", "同居人", "縁故者"} <= relationships
    assert any(home.facility for home in homes) and any(len(home.people) == 1 for home in homes)
    by_address = Counter(home.address for home in homes if not home.facility)
    assert any(home.shares_address and by_address[home.address] > 1 for home in homes)
    twins = [
        (one, other)
        for home in homes
        for one in home.people
        for other in home.people
        if one is not other and one.birth == other.birth and one.relationship == other.relationship == "子"
    ]
    assert twins


def test_the_tables_have_the_keys_of_the_contract(tmp_path: Path) -> None:
    main(["--residents", "500", "--seed", "2", "--out", str(tmp_path)])
    people = pq.read_table(tmp_path / "people.parquet")
    assert people.num_rows == 500
    assert {
        "id", "household_id", "birth_date", "death_date", "sex", "relationship", "nationality_class", "health_insurance",
        "pension", "employment", "income_yen", "has_card", "care_level", "physical_disability_grade",
        "intellectual_disability_grade", "mental_disability_grade", "is_pregnant", "moves", "lives_with_household",
    } <= set(people.column_names)  # fmt: skip
    relations = pq.read_table(tmp_path / "relations.parquet").to_pylist()
    assert {row["kind"] for row in relations} == {"parent", "spouse"}
    ids = set(people.column("id").to_pylist())
    assert all(row["of"] in ids and row["is"] in ids for row in relations)
    with (tmp_path / "residents.csv").open(encoding="utf-8-sig") as file:
        assert [row["宛名番号"] for row in csv.DictReader(file)] == people.column("id").to_pylist()


def test_a_wrong_number_is_said_in_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--residents", "0", "--out", str(tmp_path)]) == 2
    assert "1以上" in capsys.readouterr().err


@pytest.mark.django_db
def test_it_loads_into_a_city_through_operations() -> None:
    loaded = load_population(
        residents=1500,
        seed=3,
        on=ON,
        by=Actor(None, "設定", "main", ""),
        now=datetime(2026, 11, 2, tzinfo=UTC),
    )
    assert loaded.residents == ResidentRecord.objects.filter(is_current=True).count() == 1500
    assert ResidentFact.objects.filter(key="health_insurance").count() == 1500
    assert loaded.protected == Protection.objects.count()
