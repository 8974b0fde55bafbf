"""What is proposed for a box rests on what the box does: nothing that decides, reports or identifies is struck."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import pytest

from madoguchi.catalogue.form_review.values import Assumptions, BoxMark, LawMark, SheetMarks
from madoguchi.catalogue.inventory.volumes import Volume
from madoguchi.jp.open_days import OpenDays
from madoguchi.papers.definitions import BoxFormat
from madoguchi.papers.review.boxes import ReviewedBox, ReviewedSheet, Verdict, review
from madoguchi.papers.review.knowledge import Knowledge, KnownFrom, origin_of, reports
from madoguchi.papers.review.savings import CHARACTERS, Effort, papers_a_year, saving_of
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.facts import Holder
from madoguchi.procedures.judge import facts_deciding
from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.packs import Procedure
from madoguchi.procedures.situation import Situation
from madoguchi.residents.identifiers import Identifier, SetCount

HELD = {"birth_date": 100, "sex": 100, "relationship": 100, "health_insurance": 90, "pension": 80}
BY_NUMBER = SetCount(frozenset({Identifier.NUMBER}), 0, 0, 0)


@lru_cache(maxsize=8)
def reviewed(chosen: SetCount | None = BY_NUMBER, law: LawMark | None = None) -> Mapping[str, ReviewedSheet]:
    pack = national_pack()
    marks: dict[str, SheetMarks] = {}
    if law is not None:
        for sheet in reviewed(chosen).values():
            said = {box.key.code: BoxMark(law, "規則第1条") for box in sheet.boxes}
            marks[sheet.id] = SheetMarks(sheet.id, 1, said)
    return {sheet.id: sheet for sheet in review(pack, marks, HELD, chosen)}


def boxes(
    chosen: SetCount | None = BY_NUMBER, law: LawMark | None = None
) -> list[tuple[ReviewedSheet, ReviewedBox]]:
    return [(sheet, box) for sheet in reviewed(chosen, law).values() for box in sheet.boxes]


def box_of(sheet: str, label: str, part: str = "boxes", **how: SetCount | None) -> ReviewedBox:
    return next(
        one
        for one in reviewed(**how)[sheet].boxes
        if (one.key.label, one.key.part) == (label, part)
    )  # fmt: skip


def test_every_box_of_every_sheet_is_there_once_and_has_a_reason() -> None:
    found = boxes()
    assert len(found) > 300
    assert all(box.reason.endswith("。") for _, box in found)
    for sheet in reviewed().values():
        codes = [box.key.code for box in sheet.boxes]
        assert len(codes) == len(set(codes)), sheet.id


def test_nothing_that_decides_reports_or_only_the_resident_knows_is_struck() -> None:
    for sheet, box in boxes():
        again = "同じ紙の" in box.reason
        if box.verdict is Verdict.STRIKE and not again:
            assert box.origin.knowledge is Knowledge.KNOWN
            assert not box.decides
            assert not reports(sheet.id, box.key.fact)
        if box.origin.knowledge is Knowledge.WRITTEN:
            assert box.verdict is Verdict.KEEP


def without(situation: Situation, holder: Holder, key: str) -> Situation:
    """The situation as it is when nobody asks for a fact."""

    def left(values: Mapping[str, object]) -> dict[str, object]:
        return {name: value for name, value in values.items() if name != key}

    match holder:
        case Holder.EVENT:
            return replace(situation, event_values=left(situation.event_values))
        case Holder.HOUSEHOLD:
            return replace(situation, household_values=left(situation.household_values))
    return replace(
        situation, people=tuple(replace(one, values=left(one.values)) for one in situation.people)
    )  # fmt: skip


def outcomes(procedure: Procedure, situation: Situation, example: object) -> list[tuple[object, ...]]:
    decisions = decide_procedure(
        national_pack(), procedure, situation, on=example.on, open_days=OpenDays()
    )  # fmt: skip
    return [(one.subject, one.status, one.deadline, one.amount, one.missing) for one in decisions]


def test_without_a_struck_box_every_worked_example_comes_out_the_same() -> None:
    holders = {one.value: one for one in Holder} | {"claimant": Holder.PERSON}
    tried = 0
    for sheet, box in boxes():
        holder, _, key = box.key.fact.partition(".")
        if box.verdict is not Verdict.STRIKE or "同じ紙の" in box.reason or holder not in holders:
            continue
        for procedure in sheet.procedures:
            for example in procedure.examples:
                asked = without(example.situation, holders[holder], key)
                tried += asked != example.situation
                assert outcomes(procedure, asked, example) == outcomes(procedure, example.situation, example), (
                    sheet.id, box.key.label, procedure.id, example.name
                )  # fmt: skip
    assert tried >= 10


def test_the_examples_would_show_a_deciding_box_that_was_struck() -> None:
    procedure = national_pack().procedure("nhi-enrol")
    changed = [
        example.name
        for example in procedure.examples
        if outcomes(
            procedure, without(example.situation, Holder.PERSON, "health_insurance"), example
        )
        != outcomes(procedure, example.situation, example)
    ]  # fmt: skip
    assert changed
    assert box_of("nhi-enrol", "これまでの健康保険", "table").decides


def test_kin_hang_on_the_relationship_and_the_rules_in_force_on_the_day() -> None:
    pack = national_pack()
    claim = facts_deciding(pack.procedure("child-allowance-claim"))
    assert (Holder.PERSON, "relationship") in claim
    assert (Holder.EVENT, "move_date") in claim
    assert (Holder.EVENT, "death_date") in facts_deciding(pack.procedure("death-notice"))
    assert (Holder.PERSON, "relationship") not in facts_deciding(pack.procedure("card-continue"))


def test_what_a_person_said_of_the_law_or_the_office_holds() -> None:
    for law in (LawMark.REQUIRED, LawMark.NEEDED):
        assert all(box.verdict is not Verdict.STRIKE for _, box in boxes(BY_NUMBER, law))
    free = boxes(BY_NUMBER, LawMark.FREE)
    assert [box.verdict for _, box in free] == [box.verdict for _, box in boxes()]
    assert all(box.confirmed for _, box in free)
    assert not any(box.confirmed for _, box in boxes())


class TestIdentifiers:
    def test_before_the_register_was_counted_none_is_struck(self) -> None:
        for _, box in boxes(None):
            if box.identifies and "同じ紙の" not in box.reason:
                assert box.verdict is not Verdict.STRIKE
        assert box_of("nhi-enrol", "性別", "table").verdict is Verdict.STRIKE

    def test_a_set_that_can_mean_two_people_strikes_none(self) -> None:
        two = SetCount(frozenset({Identifier.NAME}), 2, 1, 0)
        box = box_of("nhi-enrol", "性別", "table", chosen=two)
        assert box.verdict is Verdict.PREFILL
        assert "2人が1人に決まりません" in box.reason

    def test_the_chosen_ones_stay_and_a_name_always(self) -> None:
        by_town = SetCount(frozenset({Identifier.NAME, Identifier.BIRTH, Identifier.TOWN}), 0, 0, 7)
        assert box_of("pension", "住所", chosen=by_town).verdict is Verdict.PREFILL
        assert box_of("pension", "住所").verdict is Verdict.STRIKE
        assert box_of("pension", "性別", chosen=by_town).verdict is Verdict.STRIKE
        assert "取り違えない" in box_of("pension", "性別", chosen=by_town).reason
        assert box_of("pension", "氏名").verdict is Verdict.PREFILL
        assert reviewed()["pension"].asks_for == {
            Identifier.NAME, Identifier.KANA, Identifier.BIRTH, Identifier.SEX, Identifier.TOWN, Identifier.LOT
        }  # fmt: skip


class TestWhereFromAndHowOften:
    def test_what_this_citys_register_holds_is_known(self) -> None:
        pack = national_pack()
        held = origin_of("claimant.health_insurance", pack, HELD)
        assert (held.knowledge, held.source, held.held) == (Knowledge.KNOWN, KnownFrom.LEDGER, 90)
        assert origin_of("person.health_insurance", pack, {}).source is KnownFrom.DOCUMENT
        assert origin_of("person.employment", pack, {}).knowledge is Knowledge.HEARD
        assert origin_of("person.employment", pack, {"employment": 5}).knowledge is Knowledge.KNOWN
        assert origin_of("answers.whatever", pack, HELD).knowledge is Knowledge.WRITTEN
        assert origin_of("", pack, HELD).knowledge is Knowledge.WRITTEN

    def test_every_source_of_the_vocabulary_is_understood(self) -> None:
        pack = national_pack()
        for one in pack.vocabulary:
            found = origin_of(f"{one.holder.value}.{one.key}", pack, {})
            heard = one.source.startswith("聞き取り")
            assert (found.knowledge is Knowledge.HEARD) is heard, (one.key, one.source)

    def test_a_fact_on_several_sheets_of_one_event_is_said_so(self) -> None:
        phone = box_of("nhi-enrol", "電話番号", "notifier")
        assert "国民年金 被保険者関係届" in phone.repeated
        assert "おくやみの届出・申請書" not in phone.repeated
        assert "国民健康保険 資格取得届" not in phone.repeated
        assert f"ほかの{len(phone.repeated)}枚" in phone.reason

    def test_twice_on_one_sheet_once_is_enough(self) -> None:
        again = box_of("pension", "電話")
        assert again.verdict is Verdict.STRIKE
        assert "同じ紙の「届出人」の「電話番号」" in again.reason
        assert box_of("pension", "電話番号", "notifier").verdict is Verdict.PREFILL


class TestSavings:
    def test_one_paper_by_hand(self) -> None:
        sheet = reviewed()["water-start"]
        assumed = Assumptions(
            read_box=5, write_character=3, check_box=2, staff_box=7, staff_check=1, table_people=4
        )
        saved = saving_of(sheet, assumed, {})
        written = [box for box in sheet.boxes if box.verdict is not Verdict.KEEP]
        struck = [box for box in written if box.verdict is Verdict.STRIKE]
        characters = sum(CHARACTERS[box.hand] for box in written)
        assert struck
        assert saved.sure == Effort(
            characters, len(written) * 5 + characters * 3 - len(written) * 2, len(written) * (7 - 1)
        )
        assert saved.more == Effort(0, len(struck) * 2, len(struck) * 1)
        assert saved.volume is None
        assert saved.sure_a_year is None

    def test_what_is_confirmed_is_sure_and_nothing_is_saved_twice(self) -> None:
        for name, sheet in reviewed().items():
            open_, free = (
                saving_of(one[name], Assumptions(), {})
                for one in (reviewed(), reviewed(BY_NUMBER, LawMark.FREE))
            )
            assert free.sure == open_.sure + open_.more, name
            assert free.more == Effort()
            assert (open_.sure + open_.more).resident <= open_.now.resident, sheet.id

    def test_a_column_is_written_once_a_person(self) -> None:
        sheet = reviewed()["nhi-enrol"]
        one, two = (saving_of(sheet, Assumptions(table_people=many), {}).now for many in (1, 2))
        columns = [box for box in sheet.boxes if box.key.part == "table"]
        assert (two - one).characters == sum(CHARACTERS[box.hand] for box in columns)

    @pytest.mark.parametrize(
        ("volumes", "papers"),
        [
            ({}, None),
            ({"move-in-notice": (500, {"a"})}, 500),
            # 転入 and 転居 are never one notice; 転入届 and 世帯主変更届 may be one paper.
            ({"move-in-notice": (500, {"a"}), "move-within-notice": (300, {"b"})}, 800),
            ({"move-in-notice": (500, {"a"}), "household-split-merge": (700, {"b"})}, 700),
            # One entry of the inventory that stands for both is one number.
            ({"move-in-notice": (500, {"a"}), "move-within-notice": (500, {"a"})}, 500),
            # 世帯変更 joins what could meet only through it.
            (
                {"move-in-notice": (500, {"a"}), "move-within-notice": (300, {"b"}), "head-change": (100, {"c"})},
                500,
            ),
        ],
    )  # fmt: skip
    def test_papers_that_may_be_one_are_counted_once(
        self, volumes: Mapping[str, tuple[int, set[str]]], papers: int | None
    ) -> None:
        known = {one: Volume(n, False, frozenset(sources)) for one, (n, sources) in volumes.items()}
        for order in (1, -1):
            found = papers_a_year(reviewed()["residence-change"].procedures[::order], known)
            assert (found.number if found else None) == papers

    def test_every_format_has_its_characters(self) -> None:
        assert set(CHARACTERS) == set(BoxFormat)
