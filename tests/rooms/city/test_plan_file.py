"""The file of a city and the list of staff: what is read back is what was written, and every fault has its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.city.authority import FROM_OUTSIDE, ROLE_NAMES, Role
from madoguchi.city.plan import (
    BranchPlan,
    ChangeKind,
    CityPlan,
    CityProfile,
    DayPlan,
    DepartmentPlan,
    StaffPlan,
    differences,
)
from madoguchi.city.plan_file import Catalogue, PlanRefused, read_plan
from madoguchi.city.plan_text import staff_template, template, written

CATALOGUE = Catalogue(
    duties={"citizens": "市民担当", "insurance": "国保担当", "pension": "年金担当"},
    needed=frozenset({"citizens", "insurance"}),
)
TODAY = date(2026, 11, 24)
PLAN = CityPlan(
    profile=CityProfile("999997", "まど県", "まどか市", "まどか市長"),
    branches=(
        BranchPlan("main", "本庁", "A", {"desk1": "1番窓口", "desk2": "2番窓口"}),
        BranchPlan("north", "北支所", "B", {"desk1": "1番窓口"}),
    ),
    departments=(
        DepartmentPlan("citizens", "市民課", ("citizens",)),
        DepartmentPlan("hoken", "保険年金課", ("insurance", "pension")),
        DepartmentPlan("systems", "情報政策課", ()),
    ),
    weekly_closed=frozenset({5, 6}),
    days=(DayPlan(date(2027, 3, 28), True, "年度末"),),
    staff=(StaffPlan("S0001", "情報 咲", "systems", None, None, frozenset({Role.SYSTEMS})),),
)
LIST = "職員番号,氏名,課,庁舎,席,役割\r\n"
ROW = "S0002,窓口 花,市民課,本庁,2番窓口,窓口担当・審査担当\r\n"


def read(tmp_path: Path, text: str) -> CityPlan:
    path = tmp_path / "city.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path, catalogue=CATALOGUE)


def faults(tmp_path: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(PlanRefused) as refused:
        read(tmp_path, text)
    return refused.value.faults


def with_list(tmp_path: Path, content: bytes) -> str:
    """The plan's file with this list of staff beside it."""
    (tmp_path / "staff.csv").write_bytes(content)
    return 'staff_file = "staff.csv"\n' + written(replace(PLAN, staff=None))


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    assert read(tmp_path, written(PLAN)) == PLAN
    assert differences(PLAN, read(tmp_path, written(PLAN)), on=TODAY) == ()


texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text
)


@given(name=texts, note=texts, week=st.frozensets(st.integers(0, 6), max_size=6))
def test_any_name_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, note: str, week: frozenset[int]
) -> None:
    plan = replace(
        PLAN,
        profile=replace(PLAN.profile, mayor_title=name),
        weekly_closed=week,
        days=(DayPlan(date(2027, 1, 4), False, note),),
    )
    assert read(tmp_path_factory.mktemp("city"), written(plan)) == plan


def test_the_empty_template_says_what_to_fill_in(tmp_path: Path) -> None:
    found = faults(tmp_path, template(CATALOGUE.duties))
    assert [line.split("」")[0] for line in found] == [
        "「city.prefecture", "「city.name", "「city.mayor_title", "「city.code",
    ]  # fmt: skip


def test_the_template_filled_in_is_a_city(tmp_path: Path) -> None:
    text = template(CATALOGUE.duties)
    for key, value in (
        ("code", "999997"),
        ("prefecture", "まど県"),
        ("name", "まどか市"),
        ("mayor_title", "市長"),
    ):
        text = text.replace(f'{key} = ""', f'{key} = "{value}"', 1)
    assert read(tmp_path, text).staff is None
    (tmp_path / "staff.csv").write_text(staff_template(), encoding="utf-8")
    plan = read(tmp_path, text.replace("# staff_file", "staff_file"))
    assert plan.staff == ()
    assert [one.duties for one in plan.departments] == [("citizens",), ("insurance",), ("pension",)]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('"999997"', '"999996"', "999996 の検査数字が合いません（99999 なら 999997 です）"),
        ('"999997"', '"112186"', "112186 は埼玉県深谷市です"),
        ('"999997"', "999997", "6けたの団体コード"),
        ('name = "まどか市"', 'nane = "まどか市"', "「name」のことですか"),
        ('letter = "B"', 'letter = "A"', "「branch.letter」: 「A」が2回以上あります"),
        ('key = "north"', 'key = "North"', "半角の英小文字"),
        ('desks = { desk1 = "1番窓口" }', "desks = {}", "席をひとつ以上"),
        ('["insurance", "pension"]', '["pension"]', "担当「insurance」（国保担当）を受け持つ課がありません"),
        ('["insurance", "pension"]', '["insurance", "pensoin"]', "「pension」のことですか"),
        ('["insurance", "pension"]', '["insurance", "citizens"]', "「citizens」が2回以上あります"),
        ('["土", "日"]', '["土曜"]', "曜日を書いてください"),
        ("day = 2027-03-28", 'day = "2027-03-28"', "で囲まずに日を書いてください"),
        ("open = true", 'open = "yes"', "開ける日は true"),
        ('roles = ["情報システム担当"]', 'roles = ["部長"]', "「部長」という役割はありません"),
        ('department = "systems"\nroles', 'department = "税務課"\nroles', "「税務課」という課は"),
        ("[city]", "[city", "TOML として読めません"),
        ("[[department]]", "[[departmant]]", "「department」のことですか"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_what_to_do(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    text = written(PLAN)
    assert was in text
    assert any(said in line for line in faults(tmp_path, text.replace(was, becomes)))


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    text = written(PLAN).replace('"999997"', '"1"').replace('letter = "B"', 'letter = "b"')
    assert len(faults(tmp_path, text.replace('"citizens"]', '"zzz"]'))) >= 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_list_from_excel_is_read_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    plan = read(tmp_path, with_list(tmp_path, (LIST + ROW).encode(encoding)))
    assert plan.staff == (
        StaffPlan("S0002", "窓口 花", "citizens", "main", "desk2", frozenset({Role.CLERK, Role.REVIEWER})),
    )


@pytest.mark.parametrize("separator", ["、", "・", ",", " ", "／", "\n"])
def test_roles_may_be_parted_as_people_write_them(tmp_path: Path, separator: str) -> None:
    of_staff = [role for role in Role if role not in FROM_OUTSIDE]
    roles = separator.join(ROLE_NAMES[role] for role in of_staff)
    row = f'ｓ０００３,全部 持,市民課,北支所,,"{roles}"\r\n'
    (one,) = read(tmp_path, with_list(tmp_path, (LIST + row).encode())).staff or ()
    assert (one.number, one.branch, one.desk, one.roles) == ("s0003", "north", None, frozenset(of_staff))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("窓口花,窓口 花,市民課,本庁,,窓口担当", "staff.csv 3行目「職員番号」: 半角の英数字"),
        ("S0003,,市民課,本庁,,窓口担当", "staff.csv 3行目「氏名」"),
        ("S0003,窓口 花,市民花,本庁,,窓口担当", "staff.csv 3行目「課」: 「市民花」"),
        ("S0003,窓口 花,市民課,南支所,,窓口担当", "staff.csv 3行目「庁舎」: 「南支所」"),
        ("S0003,窓口 花,市民課,北支所,2番窓口,窓口担当", "staff.csv 3行目「席」: 「2番窓口」という席は、北支所にありません"),
        ("S0003,窓口 花,市民課,,1番窓口,課の担当", "staff.csv 3行目「席」: 席を書くときは、庁舎も"),
        ("S0003,窓口 花,市民課,,,窓口担当", "staff.csv 3行目「庁舎」: 窓口の役割には庁舎"),
        ("S0003,窓口 花,,本庁,,課の担当", "staff.csv 3行目「課」: 「課の担当」には課"),
        ("S0003,窓口 花,市民課,本庁,,窓口係", "staff.csv 3行目「役割」: 「窓口係」"),
        ("S0003,委託 受,,本庁,,受付の委託・窓口担当", "staff.csv 3行目「役割」: 通訳と委託の役割は"),
        ("S0003,委託 下,,,,下準備の委託", "staff.csv 3行目「庁舎」: 窓口の役割には庁舎"),
        ("S0002,窓口 花,市民課,本庁,,窓口担当", "S0002 は staff.csv 2行目にもあります"),
        ("S0003,窓口 花,市民課,本庁,,窓口担当,メモ", "3行目: 見出しより列が多くあります"),
        ('S0003,"窓口 花,市民課,本庁,,窓口担当', "CSV として読めません"),
    ],
)  # fmt: skip
def test_each_fault_of_the_list_has_row_and_column(tmp_path: Path, row: str, said: str) -> None:
    text = with_list(tmp_path, (LIST + ROW + row + "\r\n").encode())
    assert [line for line in faults(tmp_path, text) if said in line], faults(tmp_path, text)


def test_the_list_grants_a_contractor_one_role_or_both_and_an_interpreter_theirs(tmp_path: Path) -> None:
    rows = "S0003,委託 受,,本庁,,受付の委託\r\nS0004,委託 下,,本庁,,受付の委託・下準備の委託\r\nS0005,通訳 林,,,,通訳\r\n"
    plan = read(tmp_path, with_list(tmp_path, (LIST + ROW + rows).encode()))
    held = {one.number: one.roles for one in plan.staff or ()}
    assert held["S0003"] == {Role.CONTRACT_RECEPTION}
    assert held["S0004"] == {Role.CONTRACT_RECEPTION, Role.CONTRACT_PREPARING}
    assert held["S0005"] == {Role.INTERPRETER}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空です"),
        ("職員番号,氏名,課,庁舎\r\n".encode(), "見出し「役割」がありません"),
        ((LIST.strip() + ",パスワード\r\n").encode(), "「パスワード」: この見出しは使えません"),
        ((LIST.strip() + ",席\r\n").encode(), "「席」: 同じ見出しが2回"),
        (LIST.encode() + ROW.encode() + b"S0003,\x81\xff", "3行目: UTF-8 でもシフトJIS"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in faults(tmp_path, with_list(tmp_path, content))[0]


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    text = with_list(tmp_path, b"x").replace("staff.csv", "meibo.csv")
    assert "meibo.csv を読めません" in faults(tmp_path, text)[0]


def test_what_differs_is_new_changed_or_gone() -> None:
    after = replace(
        PLAN,
        branches=(PLAN.branches[0], BranchPlan("harbour", "みなと支所", "C", {"desk1": "1番窓口"})),
        departments=(*PLAN.departments[:1], DepartmentPlan("hoken", "国保年金課", ("insurance", "pension"))),
        staff=None,
    )
    found = {(one.kind, one.what, one.key) for one in differences(PLAN, after, on=TODAY)}
    assert found == {
        (ChangeKind.NEW, "庁舎", "harbour"), (ChangeKind.GONE, "庁舎", "north"),
        (ChangeKind.NEW, "席", "harbour/desk1"), (ChangeKind.GONE, "席", "north/desk1"),
        (ChangeKind.CHANGED, "課", "hoken"), (ChangeKind.GONE, "課", "systems"),
    }  # fmt: skip


def test_days_of_the_past_are_not_missed() -> None:
    after = replace(PLAN, days=())
    assert [one.kind for one in differences(PLAN, after, on=date(2027, 3, 28))] == [ChangeKind.GONE]
    assert differences(PLAN, after, on=date(2027, 3, 29)) == ()
    assert differences(PLAN, replace(PLAN, days=None), on=TODAY) == ()
