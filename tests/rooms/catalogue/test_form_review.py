"""What the city says of its sheets is kept as it was looked at; how often a procedure is done comes from its own list first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from tests.rooms.catalogue.surveys import BY, NOW, numbered, taken

from madoguchi.catalogue.form_review import settings
from madoguchi.catalogue.form_review.marks import MarksRefused, marks_of, marks_of_sheets, set_marks
from madoguchi.catalogue.form_review.models import ReviewSettingRow
from madoguchi.catalogue.form_review.settings import AssumptionsRefused, set_assumptions, set_identifiers
from madoguchi.catalogue.form_review.values import Assumptions, BoxKey, BoxMark, LawMark
from madoguchi.catalogue.inventory import city_list
from madoguchi.catalogue.inventory.city_entries import CityEntry
from madoguchi.catalogue.inventory.volumes import Volume, volumes_of

pytestmark = pytest.mark.django_db
SEX, NAME = BoxKey("table", "person.sex", "性別"), BoxKey("table", "person.name", "氏名")
REQUIRED = BoxMark(LawMark.REQUIRED, "規則第1条")


class TestMarks:
    def test_nobody_has_looked_until_somebody_has(self) -> None:
        assert marks_of("nhi-enrol").of(SEX) == BoxMark(LawMark.UNKNOWN, "")
        set_marks(sheet="nhi-enrol", version=0, marks={SEX.code: REQUIRED}, by=BY, now=NOW)
        kept = marks_of_sheets()["nhi-enrol"]
        assert (kept.version, kept.changed_by) == (1, BY.name)
        assert kept.of(SEX) == REQUIRED
        assert kept.of(NAME).law is LawMark.UNKNOWN

    def test_of_two_who_looked_at_one_version_one_is_told(self) -> None:
        for version in (0, 1):
            set_marks(sheet="pension", version=version, marks={SEX.code: REQUIRED}, by=BY, now=NOW)
            with pytest.raises(MarksRefused, match="ほかの人が先に"):
                set_marks(sheet="pension", version=version, marks={}, by=BY, now=NOW)
        assert marks_of("pension").of(SEX) == REQUIRED

    @pytest.mark.parametrize(
        ("mark", "said"),
        [
            (BoxMark(LawMark.REQUIRED, ""), "根拠"),
            (BoxMark(LawMark.NEEDED, ""), "使う事務"),
            (BoxMark(LawMark.FREE, "あ" * 101), "100字"),
            (BoxMark(LawMark.FREE, "a\x01"), "文字で"),
        ],
    )
    def test_what_rests_on_nothing_is_not_kept(self, mark: BoxMark, said: str) -> None:
        with pytest.raises(MarksRefused, match=said):
            set_marks(sheet="pension", version=0, marks={SEX.code: mark}, by=BY, now=NOW)
        assert marks_of("pension").version == 0

    def test_a_box_is_the_same_whatever_stands_around_it(self) -> None:
        assert SEX.code == BoxKey("table", "person.sex", "性別").code
        assert (
            len({SEX.code, NAME.code, replace(SEX, part="boxes").code, replace(SEX, label="男女").code}) == 4
        )


class TestSettings:
    def test_the_newest_of_each_counts_and_neither_takes_the_other_along(self) -> None:
        assert settings.setting() == settings.ReviewSetting(Assumptions(), ())
        set_assumptions(assumptions=Assumptions(read_box=9), by=BY, now=NOW)
        set_identifiers(identifiers=("number",), by=BY, now=NOW)
        set_identifiers(identifiers=("name", "birth"), by=BY, now=NOW)
        found = settings.setting()
        assert found.assumptions.read_box == 9
        assert found.identifiers == ("name", "birth")
        assert (found.made_by, found.made_at) == (BY.name, NOW)
        with pytest.raises(IntegrityError), transaction.atomic():
            ReviewSettingRow.objects.create(assumptions={}, identifiers=[], made_by="x", made_at=NOW)

    def test_every_wrong_number_is_named(self) -> None:
        wrong = Assumptions(read_box=-1, staff_box=601, table_people=0)
        with pytest.raises(AssumptionsRefused) as refused:
            set_assumptions(assumptions=wrong, by=BY, now=NOW)
        assert len(refused.value.faults) == 3
        assert settings.setting().assumptions == Assumptions()


def entered(procedure: str = "", national: str = "", volume: int | None = None) -> str:
    return city_list.save(
        entry=CityEntry("", "手続き", procedure=procedure, national=national, volume=volume), version=None, by=BY, now=NOW
    )  # fmt: skip


class TestVolumes:
    def test_the_citys_own_number_before_the_nations(self) -> None:
        taken(numbered("48398", VOLUME="1000000"))
        assert volumes_of(["nhi-enrol"], None) == {}
        assert volumes_of(["nhi-enrol"], 0.001) == {"nhi-enrol": Volume(1000, True, frozenset({"48398"}))}
        number = entered(national="48398", volume=70)
        assert volumes_of(["nhi-enrol"], 0.001) == {"nhi-enrol": Volume(70, False, frozenset({number}))}
        own = entered(procedure="nhi-enrol", volume=55)
        assert volumes_of(["nhi-enrol"], 0.001) == {"nhi-enrol": Volume(55, False, frozenset({own}))}

    def test_a_procedure_that_the_city_tied_to_the_survey(self) -> None:
        taken(numbered("777", VOLUME="5000"), numbered("778", VOLUME="0"))
        entered(procedure="water-start", national="777")
        entered(procedure="dog-address", national="778")
        assert volumes_of(["water-start", "dog-address"], 0.1) == {
            "water-start": Volume(500, True, frozenset({"777"}))
        }

    def test_what_is_off_the_list_or_not_asked_for_does_not_count(self) -> None:
        number = entered(procedure="water-start", volume=5)
        assert volumes_of(["nhi-enrol"], 0.1) == {}
        city_list.set_removed(number=number, removed=True, by=BY, now=NOW)
        assert volumes_of(["water-start"], 0.1) == {}
