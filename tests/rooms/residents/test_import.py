"""Taking an extract in: every row stored or refused with its place, at once or not at all."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command
from django.db import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rooms.residents.checking import NOW, OFFICER, check_everything, counts, figures, take_in
from tests.rooms.residents.malformed import case

from madoguchi.jp.check_digits import with_check_digit
from madoguchi.residents.importing import staging
from madoguchi.residents.importing.mapping import MappingError, load_mapping, read_mapping
from madoguchi.residents.importing.reading import FileRefused
from madoguchi.residents.importing.staging import ImportUnderWay, clear_broken_off, open_batch
from madoguchi.residents.models import ImportBatch, ImportRefusal, ResidentFact, ResidentRecord, SearchKey
from madoguchi.residents.rows import Origin
from madoguchi.spreadsheets.workbook import WorkbookRefused

pytestmark = [pytest.mark.django_db, pytest.mark.on_both]

HOUSE = with_check_digit("50000001")
HEADING = "宛名番号,氏名,フリガナ,生年月日,性別,続柄,世帯番号,住所,健康保険"


def number(serial: int) -> str:
    return with_check_digit(str(10_000_000 + serial))


def line(serial: int = 1, **cells: str) -> str:
    values = {
        "宛名番号": number(serial), "氏名": "窓野 太郎", "フリガナ": "マドノ タロウ", "生年月日": "1984-05-02", "性別": "男",
        "続柄": "世帯主", "世帯番号": HOUSE, "住所": "まどか市柏台一丁目1-1", "健康保険": "国民健康保険",
    }  # fmt: skip
    return ",".join((values | cells).values())


def file(*lines: str, encoding: str = "utf-8") -> bytes:
    return ("\r\n".join([HEADING, *lines]) + "\r\n").encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_the_encoding_is_found_out(encoding: str) -> None:
    report = check_everything(file(line(1), line(2, 氏名="窓野 花"), encoding=encoding))
    assert report is not None and report.stored == 2
    assert set(ResidentRecord.objects.values_list("name", flat=True)) == {"窓野 太郎", "窓野 花"}


def test_a_row_is_stored_whole_with_source_and_day() -> None:
    take_in(file(line(1, フリガナ="ﾏﾄﾞﾉ ﾀﾛｳ", 生年月日="昭和59年5月2日")))
    row = ResidentRecord.objects.get()
    assert (row.kana, row.birth_earliest.isoformat(), row.history_no, row.source) == (
        "マドノ タロウ", "1984-05-02", 1, "住民記録",
    )  # fmt: skip
    fact = ResidentFact.objects.get()
    assert (fact.key, fact.value, fact.source, fact.as_of.isoformat()) == (
        "health_insurance",
        "nhi",
        "住民記録",
        "2026-11-20",
    )
    assert SearchKey.objects.filter(kind="kana", key="マトノタロウ").exists()


@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        ({"生年月日": "2026/13/45"}, "生年月日", "日付として読めません"),
        ({"生年月日": "昭和64年1月8日"}, "生年月日", "平成元年1月8日"),
        ({"生年月日": "2027-01-01"}, "生年月日", "取り込みの日より後"),
        ({"性別": "9"}, "性別", "対応表にありません（あるのは 男・女"),
        ({"宛名番号": "10000001"}, "宛名番号", "検査数字が合いません"),
        ({"宛名番号": ""}, "宛名番号", "空です"),
        ({"氏名": "　 "}, "氏名", "空です"),
        ({"氏名": "窓\x01野"}, "氏名", "制御文字（U+0001）が2文字目"),
        ({"氏名": "窓\ufffd"}, "氏名", "文字化け"),
        ({"氏名": "窓" * 400}, "氏名", "長すぎます（400文字、300文字まで）"),
        ({"氏名": '"窓\n野"'}, "氏名", "改行"),
        ({"氏名": "\ue000野"}, "氏名", "外字"),
        ({"住所": "柏台,1-1"}, "", "列の数が違います（見出しは9列、この行は10列）"),
        ({"住所": '"柏台"1'}, "", "区切りか引用符"),
    ],
)
def test_a_refused_row_names_its_line_column_and_reason(
    cells: dict[str, str], column: str, sentence: str
) -> None:
    report = check_everything(file(line(1), line(2, **cells), line(3)))
    assert report is not None
    (refusal,) = report.refused
    assert (report.stored, refusal.row, refusal.column) == (2, 3, column)
    assert sentence in refusal.sentence
    assert ImportRefusal.objects.filter(row=3, column=column).count() == 2


@pytest.mark.parametrize("text", ["昭和10年月日不詳", "不詳", "1970-00-00", "昭和20年2月30日"])
def test_a_birth_date_in_doubt_is_kept_as_written(text: str) -> None:
    take_in(file(line(1, 生年月日=text)))
    row = ResidentRecord.objects.get()
    assert row.birth_text == text and not row.birth_is_exact and row.birth_earliest < row.birth_latest


def test_several_faults_of_a_row_are_named_together() -> None:
    report = take_in(file(line(1, 生年月日="x", 性別="?")))
    assert report.refused[0].column == "生年月日" and "「性別」も" in report.refused[0].sentence


def test_quotes_commas_and_line_ends_inside_cells() -> None:
    heading = HEADING + ",メモ"
    rows = [line(1) + ',"一行目\r\n二行目、""引用""、,あり"', line(2) + ","]
    report = take_in("\r\n".join([heading, *rows]).encode())
    assert (report.stored, report.refused_rows, report.notes[0]) == (2, 0, "使わなかった列: メモ")


def test_an_open_quote_costs_one_line_and_not_the_rest() -> None:
    report = take_in(file(line(1), '"' + line(2), line(3), line(4)))
    assert (report.rows_in, report.stored) == (4, 3)
    assert "閉じていません" in report.refused[0].sentence


def test_a_byte_of_no_character_is_named_by_its_place() -> None:
    data = file(line(1), line(2), encoding="cp932")
    place = data.index("窓野".encode("cp932"), data.index(number(2).encode()))
    broken = data[:place] + b"\xfd\xff" + data[place + 2 :]
    report = take_in(broken)
    (refusal,) = report.refused
    assert (refusal.row, refusal.column, refusal.byte) == (3, "氏名", place)
    assert "FD" in refusal.sentence


def test_a_nul_byte_costs_its_row() -> None:
    data = file(line(1), line(2, 氏名="窓\x00野"))
    report = check_everything(data)
    assert report is not None and report.refused[0].byte == data.index(b"\x00")


def test_private_characters_are_stored_when_the_mapping_says_what_they_are() -> None:
    heading = (
        "ATENA_NO,SHIMEI,KANA,SEINENGAPPI,SEIBETSU,ZOKUGARA,SETAI_NO,YUBIN,JUSHO,JOTAI,IDO_BI,KOKUHO\r\n"
    )
    good = b"1," + b"\xf0\x40" + "田 窓子,ﾖｼﾀﾞ ﾏﾄﾞｺ,3590502,2,妻,1,,柏台1,0,5060401,1\r\n".encode("cp932")
    bad = b"2," + b"\xf0\x42" + "田 窓,ﾖｼﾀﾞ ﾏﾄﾞ,3590502,2,妻,1,,柏台1,0,,1\r\n".encode("cp932")
    report = take_in(heading.encode() + good + bad, mapping=load_mapping("core-example"))
    row = ResidentRecord.objects.get()
    assert (row.name, row.sex, row.birth_earliest.isoformat()) == ("𠮷田 窓子", "female", "1984-05-02")
    assert row.moved_on is not None and row.moved_on.isoformat() == "2024-04-01"
    assert row.name_glyphs == [{"written": "𠮷", "mj_name": None, "shrunk": "吉", "image": None}]
    (refusal,) = report.refused
    assert "シフトJIS F042" in refusal.sentence and refusal.column == "SHIMEI"
    assert refusal.byte == len(heading) + len(good) + 2


def test_a_number_that_comes_twice_is_refused_the_second_time() -> None:
    report = check_everything(file(line(1), line(2), line(1, 氏名="別 人")))
    assert report is not None and "2行目にもあります" in report.refused[0].sentence


def test_a_second_extract_adds_history_only_where_something_changed() -> None:
    take_in(file(line(1), line(2)))
    report = take_in(file(line(1, 住所="まどか市柏台二丁目9-9"), line(2, 健康保険="なし")))
    assert (report.new, report.changed, report.unchanged) == (0, 2, 0)
    history = list(
        ResidentRecord.objects.filter(resident_no=number(1))
        .order_by("history_no")
        .values_list("history_no", "is_current")
    )
    assert history == [(1, False), (2, True)]
    assert ResidentRecord.objects.filter(resident_no=number(2)).count() == 1
    assert list(
        ResidentFact.objects.filter(resident_no=number(2)).order_by("id").values_list("value", flat=True)
    ) == ["nhi", "none"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "中身がありません"),
        (b"\xef\xbb\xbf\r\n", "中身がありません"),
        ("\ufeff宛名番号,氏名".encode("utf-16"), "UTF-16"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"),
        (b"PK\x03\x04broken", "壊れているか"),
        ("宛名番号,氏名\r\n1,窓".encode(), "「生年月日」「続柄」「世帯番号」の列がありません"),
        ((HEADING + ",氏名\r\n").encode(), "「氏名」の列が2つ以上"),
        (b"\xff\xfd" * 50, "取り込めません"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    assert check_everything(data) is None
    with pytest.raises((FileRefused, WorkbookRefused), match=r".*") as refused:
        take_in(data)
    assert sentence in str(refused.value)
    assert not ImportBatch.objects.exists()


def workbook(*rows: list[object], sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "住民"
    for row in rows:
        sheet.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_taken_in_and_a_formula_is_named_by_its_cell() -> None:
    from datetime import datetime

    good: list[object] = [
        int(number(1)),
        "窓野 太郎",
        "",
        datetime(1984, 5, 2),  # noqa: DTZ001 -- as Excel has it
        "男",
        "世帯主",
        int(HOUSE),
        "柏台",
        "",
    ]
    formula: list[object] = [number(2), "窓野 花", "", "=TODAY()", "女", "妻", HOUSE, "柏台", ""]
    report = check_everything(workbook(list(HEADING.split(",")), good, [], formula))
    assert report is not None and (report.rows_in, report.stored) == (2, 1)
    assert (
        report.refused[0].column == "生年月日"
        and "シート「住民」のセル D4 は計算式" in report.refused[0].sentence
    )
    assert ResidentRecord.objects.get().birth_text == "1984-05-02"


def test_workbooks_that_would_burst_or_mislead_are_refused() -> None:
    healthy = workbook(list(HEADING.split(",")))
    bomb = io.BytesIO(healthy)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/a.bin", b"\0" * 5_000_000)
    many = io.BytesIO(healthy)
    with zipfile.ZipFile(many, "a") as package:
        for index in range(600):
            package.writestr(f"xl/{index}.bin", b"")
    entity = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(healthy)) as old, zipfile.ZipFile(entity, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/workbook.xml":
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
            new.writestr(entry, content)
    for data, sentence in (
        (bomb.getvalue(), "圧縮の割合"),
        (many.getvalue(), "500個"),
        (entity.getvalue(), "DOCTYPE"),
        (workbook(["x"], sheets=2), "シートが2枚"),
    ):
        with pytest.raises(WorkbookRefused, match=sentence):
            take_in(data)


def test_a_broken_off_import_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(file(line(1)))
    before = counts()

    def fail(**_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr("madoguchi.residents.importing.run.publish", fail)
    with pytest.raises(DatabaseError):
        take_in(file(line(1, 住所="新しい"), line(2), line(3, 性別="?")))
    assert counts() == before
    assert ImportBatch.objects.latest("id").state == "failed"


def test_what_is_staged_is_seen_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    take_in(file(line(1)))
    seen: list[tuple[int, str]] = []
    real = staging.publish

    def look_first(**given: object) -> None:
        current = ResidentRecord.objects.filter(is_current=True)
        seen.extend((row.history_no or 0, row.address) for row in current)
        real(**given)  # type: ignore[arg-type]  # passed through as given

    monkeypatch.setattr("madoguchi.residents.importing.run.publish", look_first)
    take_in(file(line(1, 住所="新しい"), line(2)))
    assert seen == [(1, "まどか市柏台一丁目1-1")]


def test_one_import_at_a_time_and_a_way_out() -> None:
    origin = Origin("住民記録", NOW.date(), NOW)
    open_batch(mapping="standard", digest="x", by=OFFICER, origin=origin)
    with pytest.raises(ImportUnderWay, match="--clear"):
        take_in(file(line(1)))
    assert clear_broken_off(by=OFFICER, origin=origin) is not None
    assert take_in(file(line(1))).stored == 1


def test_all_faults_of_a_mapping_are_told_at_once() -> None:
    with pytest.raises(MappingError) as refused:
        read_mapping(
            "x",
            {
                "encoding": "ebcdic",
                "column": [{"column": "A", "field": "nothing"}, {"column": "A", "field": "sex"}],
            },
        )
    assert len(refused.value.faults) >= 6


@pytest.mark.parametrize("number_of_case", range(300))
def test_whatever_is_in_the_file_the_promises_hold(number_of_case: int) -> None:
    check_everything(case(number_of_case).data)


CELLS = st.text(st.characters(codec="utf-8"), max_size=12)


@given(rows=st.lists(st.lists(CELLS, min_size=0, max_size=11), max_size=8), healthy=st.integers(0, 3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_in_are_always_rows_stored_or_refused(rows: list[list[str]], healthy: int) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADING.split(","))
    writer.writerows(rows)
    out.write("".join(line(serial) + "\n" for serial in range(healthy)))
    report = take_in(out.getvalue().encode(), dry_run=True)
    assert report.rows_in == report.stored + report.refused_rows
    assert report.rows_in >= healthy


def test_the_command_says_what_happened_by_its_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "juki.csv"
    path.write_bytes(file(line(1), line(2, 性別="?")))
    listed = tmp_path / "refused.csv"
    words = ("residents", str(path), "--mapping", "standard")
    with pytest.raises(SystemExit) as stopped:
        call_command("import_residents", *words, "--json", "--refusals", str(listed))
    assert stopped.value.code == 1
    assert json.loads(capsys.readouterr().out)["refused"][0]["column"] == "性別"
    assert "3,性別,," in listed.read_text(encoding="utf-8-sig")
    path.write_bytes(file(line(1)))
    call_command("import_residents", *words, "--dry-run")
    assert "試行: 何も保存していません" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        call_command("import_residents", "residents", str(tmp_path / "none"), "--mapping", "standard")
    assert stopped.value.code == 2 and "開けません" in capsys.readouterr().err


def test_a_report_in_words_adds_up() -> None:
    report = take_in(file(line(1), line(2, 性別="?")), dry_run=True)
    assert "入力      2行" in report.text() and "断った行  1行" in report.text()
    assert "3行目「性別」: 「?」は対応表にありません" in report.text()
    assert figures(report)["stored"] == 1
