"""Whatever is wrong in a pack's file or a household's data is refused in a sentence that says what to do."""

from __future__ import annotations

from datetime import date

import pytest
from tests.unit.procedures.club import FOLDER, club, files_with, procedure_text, situation_of

from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.loader import PackErrors, load_files, read_folder
from madoguchi.procedures.situation_file import SituationFaults, read_json, read_situation

CLUB = read_folder(FOLDER)
RULE = {"rule.toml": procedure_text("person.moves").encode()}
TABLE = '[[table]]\nname = "limit"\nlabel = "限度額"\nunit = "yen"\nlaw = "規約"\n'
VERSION = "[[table.version]]\nsince = {since}\nrows = {rows}\n{more}\n"
FACT = '[[fact]]\nkey = "pets"\nholder = "person"\ntype = "{type}"\nlabel = "ペット"\nquestion = "ペットは"\n{more}\n'


def faults(files: dict[str, bytes]) -> str:
    with pytest.raises(PackErrors) as caught:
        load_files(files)
    assert all(error.message and error.remedy for error in caught.value.errors)
    return "\n".join(str(error) for error in caught.value.errors)


def rule(more: str) -> str:
    return procedure_text("person.moves") + more


def fact(kind: str, more: str = "") -> str:
    return FACT.format(type=kind, more=more)


def version(since: str = "2000-01-01", rows: str = "[1, 2]", more: str = "") -> str:
    return VERSION.format(since=since, rows=rows, more=more)


@pytest.mark.parametrize(
    ("file", "added", "says"),
    [
        ("vocabulary.toml", fact("text").replace("pets", "has-pets"), "「has-pets」は式の中で名前になりません"),
        ("vocabulary.toml", fact("number", 'unit = "dollar"'), "「dollar」という単位はありません。次のいずれかにしてください: yen、days、months、years、grade。"),
        ("vocabulary.toml", fact("pet"), "「pet」は使えません。次のいずれかにしてください: boolean"),
        ("vocabulary.toml", fact("choice"), "choices は type が choice か choices の項目にだけ、必ず書きます"),
        ("vocabulary.toml", fact("text", 'choices = [["dog", "犬"]]'), "choices は type が choice か choices の項目にだけ、必ず書きます"),
        ("vocabulary.toml", fact("choice", 'choices = [["dog", "犬"], ["dog", "いぬ"]]'), "コード「dog」が二度あります"),
        ("vocabulary.toml", fact("choice", 'choices = ["dog"]'), "選択肢の書き方が正しくありません"),
        ("vocabulary.toml", fact("choice", 'choices = [["dog"]]'), "選択肢の書き方が正しくありません"),
        ("vocabulary.toml", fact("choice", 'choices = [["dog", ""]]'), "選択肢の書き方が正しくありません"),
        ("vocabulary.toml", fact("choice", 'choices = "dog"'), "選択肢の書き方が正しくありません"),
        ("vocabulary.toml", fact("text", 'prompt = "clb"'), "「clb」は prompts.toml にありません。「club」ではありませんか"),
        ("vocabulary.toml", fact("text", 'wy = "x"'), "「wy」という項目はありません。「why」ではありませんか"),
        ("prompts.toml", '[[prompt]]\nid = "pets"\nquestion = "ペットは"\norder = "1"\n', "0 以上の整数を書く項目です。order = 14"),
        ("prompts.toml", '[[prompt]]\nid = "pets"\nquestion = " "\n', "空でない文字を書く項目です。question = \"…\""),
        ("departments.toml", '[[department]]\nkey = "pets"\n', "必要な項目がありません。name = \"…\""),
        ("parameters.toml", '[[parameter]]\nname = "pets"\ntype = "number"\nvalue = "2"\nlabel = "頭数"\n', "値が number ではありません"),
        ("parameters.toml", '[[parameter]]\nname = "pets"\ntype = "number"\nvalue = true\nlabel = "頭数"\n', "値が number ではありません"),
        ("parameters.toml", '[[parameter]]\nname = "pets"\ntype = "number"\nvalue = 2\nlabel = "頭数"\nunit = "head"\n', "「head」という単位はありません"),
        ("parameters.toml", '[[parameter]]\nname = "pets"\nvalue = 2\n', "必要な項目がありません。次のいずれかにしてください: boolean、number、date、text。"),
        ("tables.toml", TABLE, "表に版がありません"),
        ("tables.toml", TABLE + version() + version("2020-01-01"), "2000-01-01からの版と2020-01-01からの版の期間が重なっています"),
        ("tables.toml", TABLE + version(more="until = 2020-01-01") + version("2020-01-01"), "期間が重なっています"),
        ("tables.toml", TABLE + version(rows="[]"), "since と、0人・1人・2人…の順の rows が要ります"),
        ("tables.toml", TABLE + version(rows="[1, true]"), "順の rows が要ります"),
        ("tables.toml", TABLE + version(rows='"1"'), "順の rows が要ります"),
        ("tables.toml", TABLE + version('"2000"'), "「2000」は日付ではありません"),
        ("tables.toml", TABLE + version(rows="[2, 1]"), "行が進むほど同じか大きくなければなりません"),
        ("tables.toml", TABLE + version(more="beyond = -1"), "0 以上の整数を書く項目です"),
        ("wordings.toml", "[[wording]]\nfact = 'card'\nevents = ['birth']\n", "言いかえる言葉がありません"),
        ("wordings.toml", "[[wording]]\nprompt = 'club'\nlabel = 'x'\nevents = ['birth']\n", "prompt には question と why だけを書けます"),
        ("wordings.toml", "[[wording]]\nprompt = 'clubs'\nwhy = 'x'\nevents = ['birth']\n", "「clubs」は prompts.toml にありません。「club」ではありませんか"),
        ("wordings.toml", "[[wording]]\nfact = 'crd'\nwhy = 'x'\nevents = ['birth']\n", "「crd」という項目を一つに決められません"),
        ("wordings.toml", "[[wording]]\nwhy = 'x'\nevents = ['birth']\n", "fact か prompt の一方だけが要ります"),
        ("wordings.toml", "[[wording]]\nfact = 'card'\nprompt = 'club'\nwhy = 'x'\nevents = ['birth']\n", "fact か prompt の一方だけが要ります"),
        ("wordings.toml", "[[wording]]\nfact = 'card'\nwhy = 'x'\nevents = ['brth']\n", "「brth」という届出はありません。「birth」ではありませんか"),
        ("wordings.toml", "[[words]]\nfact = 'card'\n", "「words」という項目はありません"),
        ("wordings.toml", "wording = 3\n", "表の並びを書く項目です。[[wording]] か wording = [ { … } ]"),
        ("pack.toml", "name = ''\n", "空でない文字を書く項目です"),
        ("pack.toml", "owner = 'x'\n", "「owner」という項目はありません"),
        ("texts/xx.toml", "[[text]]\nja = 'あ'\ntext = 'a'\n", "「texts/xx.toml」ということばのファイルはありません"),
    ],
)  # fmt: skip
def test_a_shared_file_with_a_fault_is_refused(file: str, added: str, says: str) -> None:
    before = CLUB.get(file, b"") if file != "pack.toml" else b""
    found = faults(files_with() | RULE | {file: before + b"\n" + added.encode()})
    assert says in found
    assert all(line.startswith(file) for line in found.splitlines()), found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (rule("[[rule.otherwise]]\nbecause = 'x'\n"), "rule.1.otherwise.1.when: 条件がありません。when ="),
        (rule("[[deadline]]\nevent = 'move_in'\ndays = 3\n"), "数え始める日がありません"),
        (rule("[[deadline]]\nfrom = 'event.move_date'\ndays = true\n"), "0 以上の整数を書く項目です"),
        (rule("[[deadline]]\nfrom = 'event.move_date'\ndays = 3\nevent = 'birth'\n"), "「birth」は使えません。次のいずれかにしてください: move_in。"),
        (rule("[[deadline]]\nfrom = 'person.moves'\ndays = 3\n"), "この欄には日付の式が要りますが、真偽の式です"),
        (rule("[[deadline]]\nfrom = 'event.move_date'\ndays = 3\ncount_first_day = 1\n"), "true か false を書く項目です"),
        (rule("[[amount]]\nper = 'month'\n"), "金額の式がありません"),
        (rule("[[amount]]\nyen = 3\nper = 'month'\n"), "式は文字で書きます"),
        (rule("[[amount]]\nyen = '3'\nper = 'week'\n"), "「week」は使えません。次のいずれかにしてください: month、once、year。"),
        (rule("[[bring]]\ntext = '写真'\nfrom_home = 'no'\n"), "「no」は使えません"),
        (rule("[late]\nloses = 'much'\n"), "「much」は使えません"),
        (rule("[channels]\ncounter = 'much'\n"), "「much」は使えません"),
        (rule("[define]\nperson = 'person.moves'\n"), "「person」は式の中で名前にできません"),
        (rule("[define]\nis-old = 'person.moves'\n"), "「is-old」は式の中で名前にできません"),
        (rule("[define]\nold = 'person.mves'\n"), "「moves」ではありませんか"),
        (rule("[without_record]\nstate = 'open'\ntext = 'x'\n"), "住民票がないときの扱いを、何で確かめたかがありません"),
        (rule("[without_record]\nstate = 'open'\nverified = '?'\n"), "必要な項目がありません。text ="),
        (rule("[ruling]\ndays = 1.5\n"), "0 以上の整数を書く項目です"),
        (rule("[[fee]]\nlabel = '写し'\nyen = 300\nverified = 'unverified'\n[[fee.reduction]]\nyen = 0\nbecause = 'x'\n"), "減免の条件がありません"),
        (rule("[[fee]]\nlabel = '写し'\nverified = 'unverified'\n"), "金額がありません"),
        (rule("[[rule]]\nsince = 2020-01-01\nbecause = 'x'\n"), "must も optional もありません"),
        (procedure_text("person.moves", events="[]"), "異動の種類がありません。events ="),
        (procedure_text("person.moves", events="3"), "文字の並びを書く項目です。events ="),
        (procedure_text("person.moves", more="income_from_month = 13"), "13月はありません"),
        (procedure_text("person.moves", more="income_from_month = 0"), "0月はありません"),
        (procedure_text("person.moves", more="verified = 3"), "確認の書き方が正しくありません"),
        (procedure_text("person.moves", more="verified = ' '"), "確認の書き方が正しくありません"),
        (procedure_text("person.moves", more="verified = '2026-02-30 市'"), "「2026-02-30」という日付はありません"),
        (procedure_text("person.moves", more="late = 3"), "表を書く項目です。late = { … }"),
        (procedure_text("person.moves", more="sheet = 'none'"), "「none」は sheets/ にありません"),
        (procedure_text("person.moves").partition("[[rule]]")[0], "規則がありません。[[rule]] を一つ以上"),
        (procedure_text("person.moves").replace('"rule"', '"Rule_1"'), "「Rule_1」は使えません。英小文字と数字を - でつないで"),
        (procedure_text("person.moves").replace('"rule"', '"other"'), "id「other」とファイル名が違います。other.toml にしてください"),
    ],
)  # fmt: skip
def test_a_procedure_with_a_fault_is_refused(text: str, says: str) -> None:
    assert says in faults(files_with(rule=text))


def test_a_file_in_another_encoding_is_refused() -> None:
    assert "UTF-8 の文字として読めません" in faults(
        files_with() | {"rule.toml": "name = 'あ'".encode("shift_jis")}
    )


EXAMPLE = """
[[example]]
name = "例"
{on}
event = {{ kind = "{kind}" }}
people = [{{ id = "p1", moves = true }}]
{more}
"""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"on": ""}, "判定する日がありません"),
        ({"kind": "birth"}, "この手続きの events にない異動の例です"),
        ({"more": ""}, "期待する結果がありません"),
        ({"more": 'expect = { p1 = "must", p9 = "ask" }'}, "「p9」はこの例の対象ではありません。対象: p1。"),
        ({"more": 'expect = { p1 = "musst" }'}, "「musst」は使えません"),
        ({"more": 'expect = { p1 = "must" }\ndeadline = { p1 = "x" }'}, "「x」は日付ではありません"),
        ({"more": 'expect = { p1 = "must" }\nnotified_on = "x"'}, "「x」という日付はありません"),
        ({"more": 'expect = { p1 = "must" }\nclaimant = "p7"'}, "「p7」という人は people にいません"),
    ],
)
def test_a_worked_example_with_a_fault_is_refused(words: dict[str, str], says: str) -> None:
    plain = {"on": "on = 2026-11-09", "kind": "move_in", "more": 'expect = { p1 = "must" }'}
    assert says in faults(files_with(rule=rule(EXAMPLE.format(**(plain | words)))))


def test_a_household_example_is_of_the_household() -> None:
    text = procedure_text("any(m.moves for m in household.people)", per="household")
    example = EXAMPLE.format(on="on = 2026-11-09", kind="move_in", more='expect = { household = "must" }')
    (found,) = load_files(files_with(rule=text + example)).procedures[0].examples
    assert found.expect == {"household": "must"}


def situation_faults(data: object) -> list[str]:
    with pytest.raises(SituationFaults) as caught:
        read_situation(data, {(one.holder, one.key): one for one in club().vocabulary})
    assert all(one.message and one.remedy for one in caught.value.faults)
    assert str(caught.value) == " ".join(map(str, caught.value.faults))
    return [str(one) for one in caught.value.faults]


MOVE_IN = {"kind": "move_in"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "ファイルの中身が一つの世帯になっていません。{ } で囲んだ形にしてください。"),
        ({"event": MOVE_IN, "peple": []}, "peple: 知らない項目です。「people」ではありませんか。"),
        ({"event": MOVE_IN, "people": {}}, "people: 並びになっていません。[ ] で囲んだ形にしてください。"),
        ({"event": [], "people": []}, "event: 項目の集まりになっていません。{ } で囲んだ形にしてください。"),
        ({"people": []}, "event.kind: 異動の種類がありません。次のいずれかにしてください: move_in、"),
        ({"event": {"kind": "moving"}}, "event.kind: 「moving」という異動の種類はありません。"),
        ({"event": MOVE_IN, "people": [3]}, "people[0]: 人の項目の集まりになっていません。"),
        ({"event": MOVE_IN, "people": [{"moves": True}]}, "people[0].id: 人の id がありません。"),
        ({"event": MOVE_IN, "people": [{"id": "household"}]}, "people[0].id: 人の id がありません。"),
        ({"event": MOVE_IN, "people": [{"id": "p1", "moves": 1}]}, "people[0].moves: 「1」は使えません。true か falseを入れてください。"),
        ({"event": MOVE_IN, "people": [{"id": "p1", "income_yen": True}]}, "people[0].income_yen: 「True」は使えません。整数を入れてください。"),
        ({"event": MOVE_IN, "people": [{"id": "p1", "relationship": 3}]}, "people[0].relationship: 「3」は使えません。文字を入れてください。"),
        ({"event": MOVE_IN, "people": [{"id": "p1", "birth_date": 3}]}, "people[0].birth_date: 「3」という日付はありません。"),
        ({"event": MOVE_IN, "people": [{"id": "p1", "birth_date": {"earliest": "2000-01-02", "latest": "2000-01-01"}}]}, "people[0].birth_date: earliest が latest より後です。"),
        ({"event": MOVE_IN, "people": [{"id": "p1", "birth_date": {"earliest": "2000-01-02"}}]}, "people[0].birth_date.latest: 「None」という日付はありません。"),
        ({"event": MOVE_IN, "people": [{"id": "p1", "hobbies": "chess"}]}, "people[0].hobbies: 並びになっていません。"),
        ({"event": MOVE_IN, "people": [{"id": "p1", "hobbies": ["go"]}]}, "people[0].hobbies: 「go」は好きなことの値ではありません。次のいずれかにしてください: reading、music、chess。"),
        ({"event": MOVE_IN, "people": [{"id": "p1"}], "relations": [{"kind": "friend", "of": "p1", "is": "p1"}]}, "relations[0].kind: 「friend」という関係はありません。"),
        ({"event": MOVE_IN, "people": [{"id": "p1"}], "relations": [{"kind": "parent", "of": "p1", "is": "p2"}]}, "relations[0].is: 「p2」という人は people にいません。people の id を入れてください: p1。"),
        ({"event": MOVE_IN, "relations": [{"kind": "parent", "of": "p1", "is": "p1", "to": 1}]}, "relations[0].to: 知らない項目です。"),
        ({"event": MOVE_IN, "people": [], "claimant": "p1"}, "claimant: 「p1」という人は people にいません。people の id を入れてください: (誰もいません)。"),
        ({"event": MOVE_IN, "people": [], "notified_on": "2026-02-30"}, "notified_on: 「2026-02-30」という日付はありません。"),
        ({"event": MOVE_IN, "household": {"garden": True}}, "household.garden: 知らない項目です。「has_garden」ではありませんか。"),
    ],
)  # fmt: skip
def test_a_household_with_a_fault_is_refused(data: object, says: str) -> None:
    assert any(one.startswith(says) for one in situation_faults(data)), situation_faults(data)


def test_text_that_is_no_json_is_told_with_its_place() -> None:
    with pytest.raises(SituationFaults, match="2行目1文字目: JSON として読めません"):
        read_json('{"event":\n}', {})


def test_none_is_said_of_a_number_and_of_a_code_in_several_ways() -> None:
    for written in ("none", 0, "0", False):
        (person,) = situation_of([{"id": "p1", "card": written}]).people
        assert person.values["card"] == "none"
    unclear = {"text": "春", "earliest": "2000-03-01", "latest": "2000-05-31"}
    (person,) = situation_of(
        [{"id": "p1", "books_borrowed": "none", "birth_date": unclear, "card": None}]
    ).people
    assert person.values == {
        "books_borrowed": 0,
        "birth_date": PossibleDays("春", date(2000, 3, 1), date(2000, 5, 31)),
    }
