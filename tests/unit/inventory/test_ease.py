"""The same features give the same step; more points never make it easier; every point is explained; a plan loses nothing."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.catalogue.inventory.city_entries import (
    HEADINGS,
    Basis,
    CityEntry,
    Online,
    cells_of,
    entry_from,
)
from madoguchi.catalogue.inventory.ease import (
    LAST,
    OPTIONS,
    Criterion,
    DefinitionRefused,
    definition_as_data,
    definition_from,
    score,
    shipped,
    volume_option,
)
from madoguchi.catalogue.inventory.features import features_of
from madoguchi.catalogue.inventory.plan import (
    Quarter,
    Work,
    burn_up,
    fill,
    order_of,
    quarter_from,
    quarter_of,
)
from madoguchi.catalogue.inventory.search_key import search_key, search_terms
from madoguchi.catalogue.inventory.survey_columns import SurveyColumn

DEFINITION = shipped()
FEATURES = st.fixed_dictionaries({one: st.sampled_from(sorted(OPTIONS[one])) for one in Criterion})
WORKS = st.lists(
    st.builds(
        Work, st.uuids().map(str), st.integers(1, 4), st.integers(1, 40), st.none() | st.floats(0, 1e6)
    ),
    unique_by=lambda one: one.number,
    max_size=60,
)


@given(FEATURES)
def test_the_points_are_the_sum_of_what_is_explained(features: dict[Criterion, str]) -> None:
    ease = score(DEFINITION, features)
    assert ease == score(DEFINITION, dict(reversed(list(features.items()))))
    assert ease.points == sum(one.points or 0 for one in ease.reasons)
    assert len(ease.reasons) == len(Criterion)
    if any(one.points is None for one in ease.reasons):
        assert ease.step == 4


@given(FEATURES, st.sampled_from(list(Criterion)), st.data())
def test_more_points_never_make_it_easier(
    features: dict[Criterion, str], changed: Criterion, data: st.DataObject
) -> None:
    other = {**features, changed: data.draw(st.sampled_from(sorted(OPTIONS[changed])))}
    points = DEFINITION.points[changed]
    before, after = points[features[changed]], points[other[changed]]
    if before != LAST and (after == LAST or int(after) >= int(before)):
        assert score(DEFINITION, other).step >= score(DEFINITION, features).step


@pytest.mark.parametrize(
    ("volume", "option"),
    [(None, "unknown"), (0, "few"), (9, "few"), (10, "tens"), (99, "tens"), (100, "hundreds"), (999, "hundreds"),
     (1000, "thousands")],
)  # fmt: skip
def test_volumes_at_their_edges(volume: int | None, option: str) -> None:
    assert volume_option(volume) == option


def test_the_steps_at_their_edges() -> None:
    easy = {Criterion.LAW: "none", Criterion.IDENTITY: "none", Criterion.FEE: "no", Criterion.ATTACHMENTS: "none",
            Criterion.ORIGINALS: "no", Criterion.VOLUME: "thousands"}  # fmt: skip
    assert score(DEFINITION, easy).step == 1
    assert score(DEFINITION, {**easy, Criterion.FEE: "yes"}).step == 1
    assert score(DEFINITION, {**easy, Criterion.ORIGINALS: "yes"}).step == 2
    assert score(DEFINITION, {**easy, Criterion.ORIGINALS: "yes", Criterion.FEE: "yes"}).step == 2
    assert (
        score(DEFINITION, {**easy, Criterion.ORIGINALS: "yes", Criterion.IDENTITY: "certificate"}).step == 3
    )
    assert score(DEFINITION, {**easy, Criterion.LAW: "statute"}).step == 4
    assert score(DEFINITION, {}).unknown == len(Criterion)


def test_a_definition_is_read_back_as_it_was_and_faults_are_all_named() -> None:
    data = definition_as_data(DEFINITION)
    assert definition_from(data) == DEFINITION
    data["step"][1]["upto"] = 1
    data["step"][2]["days"] = 0
    data["criterion"][0]["points"]["none"] = -1
    with pytest.raises(DefinitionRefused) as refused:
        definition_from(data)
    assert len(refused.value.faults) == 3


def test_what_the_survey_says_becomes_options() -> None:
    columns = {
        SurveyColumn.ONLINE: "2 未実施", SurveyColumn.BARRIER: "4 一部の必要書類の原本が紙であり、…",
        SurveyColumn.IDENTITY: "1 押印＋印鑑証明; 3 署名", SurveyColumn.FEE: "2 手数料等有り",
        SurveyColumn.ATTACHMENTS: "住民票; 戸籍",
    }  # fmt: skip
    found = features_of(lambda column: columns.get(column, ""), 250)
    assert found == {
        Criterion.LAW: "none", Criterion.IDENTITY: "certificate", Criterion.FEE: "yes", Criterion.ATTACHMENTS: "held",
        Criterion.ORIGINALS: "yes", Criterion.VOLUME: "hundreds",
    }  # fmt: skip
    nothing = features_of(lambda column: "", None)
    assert set(nothing.values()) == {"unknown"}


@given(WORKS, st.integers(1, 60))
def test_a_plan_plans_everything_once_within_the_days(works: list[Work], days: int) -> None:
    first = Quarter(2026, 3)
    planned = fill(works, days_a_quarter=days, first=first)
    assert set(planned) == {one.number for one in works}
    spent = 0
    for one in order_of(works):
        spent += one.days
        quarters = planned[one.number].fiscal_year * 4 + planned[one.number].number - (2026 * 4 + 3) + 1
        assert spent <= quarters * days or quarters > 120
    in_order = [planned[one.number] for one in order_of(works)]
    assert in_order == sorted(in_order)
    assert [one.step for one in order_of(works)] == sorted(one.step for one in works)
    for earlier, later in pairwise(order_of(works)):
        if earlier.step == later.step and later.saved_hours is not None:
            assert (earlier.saved_hours or 0) >= later.saved_hours


@given(
    WORKS,
    st.dictionaries(st.text("abc", min_size=1), st.none() | st.dates(date(2020, 1, 1), date(2026, 11, 1))),
)
def test_the_burn_up_only_rises_and_ends_with_everything(
    works: list[Work], done: dict[str, date | None]
) -> None:
    planned = fill(works, days_a_quarter=20, first=Quarter(2026, 3))
    points = burn_up(planned, done, today=date(2026, 11, 23))
    assert points[-1].planned == len(planned)
    counts = [one.done for one in points if one.done is not None]
    assert counts == sorted(counts)
    assert counts[-1] == len(done)


@pytest.mark.parametrize(
    ("day", "quarter", "label"),
    [
        (date(2026, 3, 31), Quarter(2025, 4), "令和7年度 1〜3月"),
        (date(2026, 4, 1), Quarter(2026, 1), "令和8年度 4〜6月"),
        (date(2026, 12, 31), Quarter(2026, 3), "令和8年度 10〜12月"),
        (date(2019, 4, 1), Quarter(2019, 1), "平成31年度 4〜6月"),
    ],
)
def test_quarters_of_a_fiscal_year(day: date, quarter: Quarter, label: str) -> None:
    assert quarter_of(day) == quarter
    assert quarter.label == label
    assert quarter_from(str(quarter)) == quarter
    assert quarter.next == quarter.after(1)


def test_a_search_forgives() -> None:
    assert search_key("ｺｸﾎ　Ａ1") == search_key("こくほ a１")
    (term,) = search_terms("国保の資格")
    assert search_key("国民健康保険の資格") in term
    assert search_terms("  ") == ()


ENTRY = CityEntry(
    number="M-0001", name="印鑑登録", department="市民課", basis=Basis.ORDINANCE, law="まどか市印鑑条例 第3条",
    volume=1200, minutes=40, online=Online.DONE, online_since=date(2026, 4, 1), reviewed_on=date(2026, 3, 1),
    features={Criterion.LAW: "none", Criterion.FEE: "yes"},
)  # fmt: skip


def test_a_row_of_excel_is_read_back_as_the_same_entry() -> None:
    cells = {name: "" if value is None else str(value) for name, value in cells_of(ENTRY).items()}
    assert entry_from(cells) == (ENTRY, ())
    assert list(cells) == list(HEADINGS)
    assert ENTRY.completeness == 55


@pytest.mark.parametrize(
    ("heading", "text", "sentence"),
    [
        ("手続名", "", "「手続名」がありません"),
        ("手続番号", "a/b", "「手続番号」は文字・数字"),
        ("年間件数", "たくさん", "0〜100,000,000の整数"),
        ("年間件数", "-1", "0〜100,000,000の整数"),
        ("見直した日", "2026-02-30", "日付として読めません"),
        ("見直した日", "昭和10年月日不詳", "日付として読めません"),
        ("根拠の種類", "うわさ", "選べません"),
        ("オンライン", "まだ", "実施済ではありません"),
        ("備考", "a\x00b", "制御文字"),
        ("担当課", "あ" * 61, "60字を超えて"),
    ],
)
def test_a_wrong_cell_is_named_with_its_heading(heading: str, text: str, sentence: str) -> None:
    cells = {name: "" if value is None else str(value) for name, value in cells_of(ENTRY).items()}
    entry, faults = entry_from(cells | {heading: text})
    assert entry is None
    assert sentence in "".join(faults)
