"""The donation management's file: each row is stored or refused, and nothing that was applied for changes behind it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given as ever
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.rooms.furusato.giving import DESK, HOME, NOW, applied, code_of, file_of, given

from madoguchi.audit.models import EntryRow
from madoguchi.furusato.mapping import GIFTS, gift_mapping
from madoguchi.furusato.models import GiftRow
from madoguchi.furusato.taking_in import take_in
from madoguchi.residents.importing.mapping import MappingError
from madoguchi.residents.importing.reading import FileRefused

db = pytest.mark.django_db


@db
def test_a_file_comes_in_and_says_the_same_again() -> None:
    report = given({}, {"寄附番号": "ｆ－０００２", "寄附金額": "20,000", "生年月日": "", "性別": ""})
    assert (report.rows_in, report.new, report.stored, report.refused) == (2, 2, 2, ())
    row = GiftRow.objects.get(number="F-0002")
    assert (row.year, row.yen, row.birth, row.paper_address) == (2026, 20000, None, HOME)
    assert len(code_of("F-0001")) == 8 and code_of("F-0001") != code_of("F-0002")
    code = code_of("F-0001")
    again = given({})
    assert (again.unchanged, again.new) == (1, 0)
    assert code_of("F-0001") == code, "the paper has been printed"
    assert EntryRow.objects.filter(activity="gifts_taken_in").count() == 2


@db
@pytest.mark.parametrize(
    ("said", "column", "why"),
    [
        ({"寄附番号": "寄附1"}, "寄附番号", "英数字"),
        ({"寄附番号": ""}, "寄附番号", "空です"),
        ({"寄附日": "2026-11-10"}, "寄附日", "先の日"),
        ({"寄附日": "令和8年5月"}, "寄附日", "読めません"),
        ({"寄附日": "2026-02-30"}, "寄附日", "日まで決まった"),
        ({"寄附金額": "0"}, "寄附金額", "1円以上"),
        ({"寄附金額": "-5"}, "寄附金額", "読めません"),
        ({"寄附金額": "99999999999"}, "寄附金額", "1円以上"),
        ({"氏名": " 　"}, "氏名", "空です"),
        ({"住所": ""}, "住所", "空です"),
        ({"性別": "X"}, "性別", "対応表にありません"),
        ({"状態": "保留"}, "状態", "対応表にありません"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(
    said: dict[str, str], column: str, why: str
) -> None:
    report = given(said, {"寄附番号": "F-0009"})
    assert (report.rows_in, report.stored) == (2, 1)
    (refused,) = report.refused
    assert (refused.row, refused.column) == (2, column)
    assert why in refused.sentence


@db
def test_the_same_number_twice_in_a_file_counts_once() -> None:
    report = given({}, {"寄附金額": "7"})
    assert report.refused[0].sentence == "同じ番号が2行目にもあります"
    assert GiftRow.objects.get().yen == 10000


@db
def test_a_trial_stores_nothing() -> None:
    report = given({}, dry_run=True)
    assert (report.new, report.dry_run) == (1, True)
    assert not GiftRow.objects.exists()


@db
def test_a_file_of_another_kind_is_refused_whole() -> None:
    with pytest.raises(FileRefused, match="寄附番号"):
        take_in(
            stream=io.BytesIO("氏名\n寄附 太郎\n".encode()), mapping=gift_mapping("standard"), dry_run=False,
            by=DESK, now=NOW,
        )  # fmt: skip
    with pytest.raises(MappingError, match="standard"):
        gift_mapping("nothing")


@db
def test_in_the_encoding_of_old_systems() -> None:
    report = take_in(
        stream=file_of([{}], "cp932"), mapping=gift_mapping("standard"), dry_run=False, by=DESK, now=NOW
    )
    assert report.stored == 1
    assert GiftRow.objects.get().name == "寄附 太郎"


@db
def test_what_was_applied_for_does_not_change_behind_it() -> None:
    given({}, {"寄附番号": "F-0002"})
    applied("F-0001")
    for said in ({"寄附金額": "999"}, {"寄附日": "2026-05-06"}, {"氏名": "別 人"}, {"生年月日": "S59.5.3"}):
        report = given(said, {"寄附番号": "F-0002", **said})
        assert (report.changed, len(report.refused)) == (1, 1)
        assert "申請済み" in report.refused[0].sentence
    assert given({"住所": "大阪府大阪市北区中之島一丁目3番20号"}).changed == 1
    row = GiftRow.objects.get(number="F-0001")
    assert (row.yen, row.name, row.paper_address) == (10000, "寄附 太郎", HOME)
    assert given({"状態": "取消", "住所": row.address}).changed == 1


@db
def test_by_command_with_a_mapping_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.toml"
    text = (GIFTS.folder / "standard.toml").read_text(encoding="utf-8").replace('"寄附番号"', '"受入番号"')
    own.write_text(text, encoding="utf-8")
    file = tmp_path / "kifu.csv"
    file.write_bytes(
        file_of([{}, {"寄附番号": "だめ"}]).read().replace("寄附番号".encode(), "受入番号".encode())
    )
    words = ["gifts", "import", str(file), "--mapping"]
    with pytest.raises(SystemExit, match="1"):
        call_command(*words, str(own))
    assert "2行のうち、取り込み 1行" in capsys.readouterr().out
    for mapping, place in (("standard", file), ("none", file), (str(own), tmp_path / "none.csv")):
        with pytest.raises(SystemExit, match="2"):
            call_command("gifts", "import", str(place), "--mapping", mapping)
        assert "ください" in capsys.readouterr().err or mapping == "none"


class EveryRowIsAnswered(TestCase):
    """Whatever stands in the cells: rows in are rows stored and rows refused."""

    @settings(max_examples=30)
    @ever(
        st.lists(
            st.fixed_dictionaries(
                {
                    "寄附番号": st.text("F-0123 あ", max_size=6),
                    "寄附金額": st.text("0123,- x", max_size=5),
                    "寄附日": st.sampled_from(
                        ["2026-01-31", "R8.2.29", "", "20260228", "いつか", "令和元年5月1日"]
                    ),
                    "氏名": st.text("寄附 太郎\ue000\x07", max_size=4),
                }
            ),
            max_size=6,
        )
    )
    def test_nothing_is_dropped(self, rows: list[dict[str, str]]) -> None:
        before = GiftRow.objects.count()
        report = given(*rows)
        assert report.rows_in == len(rows) == report.stored + len(report.refused)
        assert GiftRow.objects.count() == before + report.new
