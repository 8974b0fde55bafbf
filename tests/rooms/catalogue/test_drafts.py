"""The next revision is written unseen, tested as a whole, published by a second person, and taken back in one step."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest

from madoguchi.audit.entries import Actor
from madoguchi.catalogue import operations as catalogue
from madoguchi.catalogue import queries
from madoguchi.catalogue.drafts import operations as drafts
from madoguchi.catalogue.drafts.files import FilesRefused, as_zip, from_zip, under_name
from madoguchi.catalogue.drafts.operations import Draft, DraftError
from madoguchi.catalogue.drafts.testing import pack_from
from madoguchi.catalogue.drafts.text_book import take_text_book, text_book
from madoguchi.catalogue.drafts.text_rows import BookRefused
from madoguchi.connect import editing
from madoguchi.procedures.editing.differences import differences
from madoguchi.procedures.editing.layers import (
    entries,
    procedure_values,
    with_entry,
    with_procedure,
    with_sheet,
)
from madoguchi.procedures.loader import NATIONAL_FOLDER

pytestmark = pytest.mark.django_db
MIO, SORA = Actor(1, "推進 澪", "", ""), Actor(2, "推進 空", "", "")
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def published() -> Iterator[str]:
    queries.pack_of.cache_clear()
    queries.layers_of.cache_clear()
    yield catalogue.publish(folders=[NATIONAL_FOLDER], by=MIO, now=NOW)
    queries.pack_of.cache_clear()
    queries.layers_of.cache_clear()


def begun() -> int:
    return drafts.begin(title="令和9年4月", by=MIO, now=NOW)


def seen(number: int) -> Draft:
    found = drafts.draft(number)
    assert found is not None
    return found


def renamed(number: int, name: str, by: Actor = MIO) -> int:
    found = seen(number)
    values = procedure_values(found.layers, "senior-pass") | {"name": name}
    layer = with_procedure(found.layers, "senior-pass", values)
    return drafts.keep(number=number, version=found.version, layer=layer, what="名前", by=by, now=NOW)


def test_a_draft_changes_nothing_until_a_second_person_publishes_it(published: str) -> None:
    number = begun()
    renamed(number, "外出支援券")
    assert queries.current_revision() == published
    with pytest.raises(DraftError, match="試験に通っていません"):
        editing.publish(draft=number, version=seen(number).version, by=SORA, now=NOW)
    assert editing.run_tests(draft=number, by=MIO, now=NOW).passed
    version = seen(number).version
    with pytest.raises(DraftError, match="書いた人は公開できません"):
        editing.publish(draft=number, version=version, by=MIO, now=NOW)
    with pytest.raises(DraftError, match="書いた人は公開できません"):
        editing.publish(draft=number, version=version, by=replace(SORA, staff_id=None), now=NOW)
    revision = editing.publish(draft=number, version=version, by=SORA, now=NOW)
    assert queries.current_revision() == revision != published
    assert queries.current().procedure("senior-pass").name == "外出支援券"
    with pytest.raises(DraftError, match="もう閉じています"):
        renamed(number, "もう一度")
    catalogue.go_back_to(revision=published, by=MIO, now=NOW)
    assert queries.current().procedure("senior-pass").name != "外出支援券"


def test_a_change_after_the_test_must_be_tested_again() -> None:
    number = begun()
    renamed(number, "外出支援券")
    editing.run_tests(draft=number, by=MIO, now=NOW)
    renamed(number, "別の名前")
    with pytest.raises(DraftError, match="試験に通っていません"):
        editing.publish(draft=number, version=seen(number).version, by=SORA, now=NOW)


def test_whoever_wrote_one_word_is_a_writer() -> None:
    number = begun()
    renamed(number, "外出支援券", by=SORA)
    editing.run_tests(draft=number, by=MIO, now=NOW)
    with pytest.raises(DraftError, match="書いた人は公開できません"):
        editing.publish(draft=number, version=seen(number).version, by=SORA, now=NOW)


def test_a_wrong_rule_and_a_wrong_sheet_keep_a_draft_from_passing() -> None:
    number = begun()
    found = seen(number)
    values = procedure_values(found.layers, "senior-pass")
    rule = {**values["rule"][0], "optional": "person.moves"}
    layers = [*found.layers[:-1], with_procedure(found.layers, "senior-pass", {**values, "rule": [rule]})]
    layer = with_sheet(layers, "nhi-enrol", {"id": "nhi-enrol", "title": ""})
    drafts.keep(number=number, version=1, layer=layer, what="誤り", by=MIO, now=NOW)
    report = editing.run_tests(draft=number, by=MIO, now=NOW)
    text = "\n".join(report.faults)
    assert not report.passed
    assert "帳票「nhi-enrol」" in text
    assert "optional になります" in text
    assert seen(number).report == (*report.faults, *report.changes)


def test_what_changes_for_people_is_said() -> None:
    number = begun()
    found = seen(number)
    parameter = {**entries(found.layers, "parameters.toml")["child_medical_age"], "value": 15}
    layer = with_entry(found.layers, "parameters.toml", "child_medical_age", parameter)
    drafts.keep(number=number, version=1, layer=layer, what="年齢", by=MIO, now=NOW)
    report = editing.run_tests(draft=number, by=MIO, now=NOW)
    assert any("変わります" in one for one in report.changes)
    assert any("のはずですが" in one for one in report.faults), (
        "the examples say 18 and have to be changed too"
    )


def test_every_change_can_be_taken_back_and_nobody_writes_over_another() -> None:
    number = begun()
    before = seen(number).layers
    renamed(number, "一")
    renamed(number, "二")
    with pytest.raises(DraftError, match="先に直しました"):
        drafts.keep(number=number, version=1, layer={}, what="古い画面", by=MIO, now=NOW)
    for _ in range(2):
        drafts.undo(number=number, version=seen(number).version, by=MIO, now=NOW)
    assert seen(number).layers == before
    with pytest.raises(DraftError, match="もどせる変更はありません"):
        drafts.undo(number=number, version=seen(number).version, by=MIO, now=NOW)


def test_a_draft_is_laid_over_what_was_published_meanwhile() -> None:
    first, second = begun(), begun()
    renamed(first, "先に公開")
    found = seen(second)
    layer = with_entry(found.layers, "departments.toml", "elderly", {"key": "elderly", "name": "長寿課"})
    drafts.keep(number=second, version=1, layer=layer, what="課", by=MIO, now=NOW)
    for number in (first, second):
        editing.run_tests(draft=number, by=MIO, now=NOW)
    editing.publish(draft=first, version=seen(first).version, by=SORA, now=NOW)
    with pytest.raises(DraftError, match="いまの版に合わせる"):
        editing.publish(draft=second, version=seen(second).version, by=SORA, now=NOW)
    assert drafts.rebase(number=second, version=seen(second).version, by=MIO, now=NOW) == ()
    assert editing.run_tests(draft=second, by=MIO, now=NOW).passed
    editing.publish(draft=second, version=seen(second).version, by=SORA, now=NOW)
    now = queries.current()
    assert (now.procedure("senior-pass").name, now.departments["elderly"].name) == ("先に公開", "長寿課")


def test_what_both_changed_is_named() -> None:
    first, second = begun(), begun()
    renamed(first, "先に公開")
    renamed(second, "あとの下書き")
    editing.run_tests(draft=first, by=MIO, now=NOW)
    editing.publish(draft=first, version=seen(first).version, by=SORA, now=NOW)
    both = drafts.rebase(number=second, version=seen(second).version, by=MIO, now=NOW)
    assert both == ("senior-pass.toml",)
    assert pack_from(seen(second).layers).procedure("senior-pass").name == "あとの下書き"


def test_a_pack_goes_out_as_files_and_comes_in_under_another_name() -> None:
    number = begun()
    renamed(number, "外出支援券")
    layer = seen(number).layers[-1]
    content = as_zip(layer, NOW)
    assert from_zip(content) == dict(layer)
    taken = under_name(from_zip(content), name="となり市の台帳")
    other = drafts.begin(title="となり市から", layer=taken, by=MIO, now=NOW)
    assert pack_from(seen(other).layers).name == "となり市の台帳"
    said = differences(seen(other).base, seen(other).layers)
    assert ("外出支援券", "名前", "外出支援券") in {(one.subject, one.part, one.after) for one in said}


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no zip", "zipとして読めません"),
        (zipped({}), "入っていません"),
        (zipped({"../evil.toml": b"x = 1", "b.toml": b""}), "台帳のファイルではありません"),
        (zipped({"a.py": b"import os", "b.toml": b""}), "台帳のファイルではありません"),
        (zipped({"a.toml": b"= x"}), "「a.toml」を読めません"),
        (zipped({"a.toml": b"\xff"}), "「a.toml」を読めません"),
        (zipped({"a.toml": b"x = 1 #" + b" " * 6_000_000}), "MBを超えています"),
    ],
)
def test_a_zip_that_is_no_pack_is_refused_with_the_file(content: bytes, sentence: str) -> None:
    with pytest.raises(FilesRefused, match=sentence):
        from_zip(content)


def test_a_folder_in_the_zip_and_its_explanation_do_no_harm() -> None:
    content = zipped({"city/pack.toml": b'name = "x"', "city/README.md": b"hello", "city/sheets/a.toml": b""})
    assert from_zip(content) == {"pack.toml": 'name = "x"', "sheets/a.toml": ""}


def test_texts_and_values_go_through_excel() -> None:
    number = begun()
    found = seen(number)
    pack = pack_from(found.layers)
    book = openpyxl.load_workbook(io.BytesIO(text_book(pack, found.layers)))
    texts, values = book["文言"], book["市の設定"]
    for row in texts.iter_rows(min_row=3):
        if row[0].value in (
            "senior-pass/name",
            "senior-pass/tell.0",
            "?insurance/question",
            "senior-pass/rule.0.because",
        ):
            row[3].value = f"新しい {row[0].value}"
    texts.append(["no-such/name", "", "", "x"])
    texts.append(["senior-pass/rule.9.because", "", "", "x"])
    for row in values.iter_rows(min_row=3):
        row[3].value = {
            "senior_pass_age": 75,
            "child_medical_age": "十八",
            "dog_chip_special_participation": "はい",
        }.get(row[0].value)
    made = io.BytesIO()
    book.save(made)
    layer, report = take_text_book(stream=made, pack=pack, layers=found.layers)
    assert (report.rows_in, report.changed, report.unchanged) == (9, 6, 0)
    assert [
        "no-such/name" in report.refused[0],
        "rule.9" in report.refused[1],
        "十八" in report.refused[2],
    ] == [True] * 3
    after = pack_from([*found.layers[:-1], layer])
    procedure = after.procedure("senior-pass")
    assert procedure.name == "新しい senior-pass/name"
    assert procedure.tell == ("新しい senior-pass/tell.0",)
    assert procedure.rules[0].because == "新しい senior-pass/rule.0.because"
    assert after.parameters["senior_pass_age"].value == 75
    assert after.parameters["dog_chip_special_participation"].value is True
    layers = [*found.layers[:-1], layer]
    again = text_book(after, layers)
    _, unchanged = take_text_book(stream=io.BytesIO(again), pack=after, layers=layers)
    assert unchanged.rows_in == 0
    with pytest.raises(BookRefused):
        take_text_book(stream=io.BytesIO("鍵,x\na,b\n".encode()), pack=pack, layers=found.layers)


def test_dropped_drafts_stay_to_be_read() -> None:
    number = begun()
    drafts.drop(number=number, by=MIO, now=NOW)
    assert not seen(number).is_open
    with pytest.raises(DraftError):
        drafts.drop(number=number, by=MIO, now=NOW)
