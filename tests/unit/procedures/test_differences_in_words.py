"""What a city's files say otherwise is read by an officer: every part by its name, before and after, and nothing else."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.procedures.club import FOLDER, club, procedure_text

from madoguchi.procedures.editing import layers
from madoguchi.procedures.editing.blocks import Age, FactIs, Formula, Group, blocks_of, source_of
from madoguchi.procedures.editing.differences import Difference, differences, procedures_that_differ
from madoguchi.procedures.editing.key_words import CHANNEL_WORDS, CODES, LOSS_WORDS, WORDS
from madoguchi.procedures.editing.sentences import lines_of, sentence_of
from madoguchi.procedures.editing.toml_text import changed
from madoguchi.procedures.loader import read_folder
from madoguchi.procedures.translations import Language

CLUB = {file: content.decode() for file, content in read_folder(FOLDER).items()}
CARD = CLUB["club-card.toml"]


def said(after: dict[str, str], before: dict[str, str] | None = None) -> list[tuple[str, str, str, str, str]]:
    found = differences([CLUB, before or {}], [CLUB, after], club())
    return [(one.kind, one.subject, one.part, one.before, one.after) for one in found]


def test_nothing_differs_from_itself() -> None:
    assert said({}) == []
    assert said({"club-card.toml": 'name = "図書カードの申込み"\n'}) == []
    assert procedures_that_differ([CLUB], [CLUB, {"club-card.toml": "fee_yen = 0\n"}]) == ()


@pytest.mark.parametrize(
    ("change", "part", "before", "after"),
    [
        ("fee_yen = 100", "手数料(円)", "0", "100"),
        ("department = 'children'", "担当課", "図書課", "children"),
        ("per = 'household'", "単位", "人ごと", "世帯ごと"),
        ("verified = 'unverified'", "確かめた出典", "2026-11-23 図書クラブ規約(架空)", "まだ確かめていない"),
        ("events = ['birth', 'death']", "きっかけ", "転入", "出生、死亡"),
        ("tell = []", "伝えること", "カードは3年間使えます", "なし"),
        ("tell = ['一。', '二。']", "伝えること", "カードは3年間使えます", "一、二"),
        ("channels = { counter = 'visit', online = 'reservation' }", "受け付け方の窓口", "すべて", "来庁"),
        ("channels = { counter = 'full' }", "受け付け方のオンライン", "予約", ""),
        ("late = { text = '申し込むまで本を借りられません。', loses = 'fine' }", "遅れたときの遅れると", "もらえる月が減る", "過料のことがある"),
        ("registers = true", "registers", "", "はい"),
        ("notes = '注'", "注", "", "注"),
    ],
)  # fmt: skip
def test_a_value_is_said_in_words(change: str, part: str, before: str, after: str) -> None:
    layer = {"club-card.toml": change + "\n"}
    assert said(layer) == [("手続き", "図書カードの申込み", part, before, after)]
    assert said({}, layer) == [("手続き", "図書カードの申込み", part, after, before)]
    assert procedures_that_differ([CLUB], [CLUB, layer]) == ("club-card",)


def test_lists_of_tables_are_set_side_by_side() -> None:
    values = tomllib.loads(CARD)
    bring = {"bring": [{"text": "写真"}, {"text": "前のカード", "when": "person.card == 'adult'"}]}
    assert said(layers.with_procedure([CLUB, {}], "club-card", values | bring)) == [
        ("手続き", "図書カードの申込み", "持ち物1の文", "前のクラブのカード", "前のカード"),
        ("手続き", "図書カードの申込み", "持ち物1の条件", "この人の図書カードが「なし」でない", "この人の図書カードが「一般カード」である"),
    ]  # fmt: skip
    one_more = {
        "deadline": [
            *values["deadline"],
            {"event": "birth", "from": "event.move_date", "days": 3, "count_first_day": False},
        ]
    }
    assert said(layers.with_procedure([CLUB, {}], "club-card", values | one_more)) == [
        ("手続き", "図書カードの申込み", "期限", "", "きっかけ: 出生、数え始め: event.move_date、日数: 3、初めの日も数える: いいえ"),
    ]  # fmt: skip
    later = {"rule": [{**values["rule"][0], "since": values["rule"][0]["since"].replace(year=2027)}]}
    assert said(layers.with_procedure([CLUB, {}], "club-card", values | later)) == [
        ("手続き", "図書カードの申込み", "規則1の施行日", "平成12年1月1日", "令和9年1月1日"),
    ]


def test_an_example_is_said_by_its_name_and_outcome() -> None:
    values = tomllib.loads(CARD)
    first, second = values["example"]
    other = {**first, "expect": {"p1": "ask"}}
    (found,) = said(layers.with_procedure([CLUB, {}], "club-card", values | {"example": [other, second]}))
    assert found[2:] == (
        "例",
        "「カードのない大人は必要」: p1は必要（令和8年11月19日まで）",
        "「カードのない大人は必要」: p1は要確認（令和8年11月19日まで）",
    )
    inside = {**first, "event": {"kind": "move_in", "move_date": first["on"]}}
    (found,) = said(layers.with_procedure([CLUB, {}], "club-card", values | {"example": [inside, second]}))
    assert found[4] == found[3] + "（世帯や日付の中身が変わりました）"
    gone = said(layers.with_procedure([CLUB, {}], "club-card", values | {"example": [first]}))
    household = {"name": "世帯の例", "expect": {"household": "must"}}
    more = said(
        layers.with_procedure([CLUB, {}], "club-card", values | {"example": [first, second, household]})
    )
    assert [one[4] for one in gone] == [""]
    assert gone[0][3].startswith(
        "「動かない人は不要、カードが分からなければ確認」: p1は不要、p2は要確認、p3は任意"
    )
    assert [one[3:] for one in more] == [("", "「世帯の例」: 世帯は必要")]


def test_procedures_and_sheets_come_and_go_whole() -> None:
    new = {"rule.toml": procedure_text("person.moves"), "sheets/slip.toml": 'title = "控え"\nform = "ours"\n'}
    found = said(new)
    assert (
        "手続き",
        "試しの手続き",
        "規則",
        "",
        "施行日: 平成12年1月1日、必要になる条件: この人の「この異動で動く」がはい、理由: 条件に当てはまる方です",
    ) in found
    assert found[-2:] == [("帳票", "控え", "題名", "", "控え"), ("帳票", "控え", "様式", "", "独自様式")]
    assert [(one[0], one[3], one[4]) for one in said({}, new)] == [(one[0], one[4], one[3]) for one in found]
    assert said({"pack.toml": 'name = "x"\n'}) == []


def test_shared_files_are_said_entry_by_entry() -> None:
    parameters = layers.with_entry([CLUB, {}], "parameters.toml", "child_age", {"value": 15})
    assert said(parameters) == [("市の設定", "子どもカードの年齢", "値", "18", "15")]
    prompts = layers.with_entry([CLUB, {}], "prompts.toml", "club", {"question": "何をお持ちですか"})
    (found,) = said(prompts)
    assert (found[0], found[1], found[2], found[4]) == (
        "質問",
        "何をお持ちですか",
        "質問",
        "何をお持ちですか",
    )
    fact = {
        "key": "pets",
        "holder": "person",
        "type": "choice",
        "choices": [["dog", "犬"]],
        "label": "ペット",
    }
    facts = layers.with_own_entry([CLUB, {}], "vocabulary.toml", fact)
    assert ("事実", "ペット", "選ぶもの", "", "dog、犬") in said(facts)
    assert ("事実", "ペット", "答え方", "", "一つを選ぶ") in said(facts)
    words = [{"fact": "card", "events": ["birth"], "question": "カードは"}]
    wordings = layers.with_wordings([CLUB, {}], words)
    assert layers.own_wordings([CLUB, wordings]) == words
    expected = ("言い回し", "", "", "", "入る項目: card、きっかけ: 出生、質問: カードは")
    assert said(wordings) == [expected]
    assert said({}, wordings) == [("言い回し", "", "", expected[4], "")]
    assert layers.with_wordings([CLUB, wordings], []) == {}


def test_translations_are_said_by_their_japanese() -> None:
    layer = layers.with_translations([CLUB, {}], Language.EN, {"写真": "A photo", "消す": ""})
    assert layers.translations([CLUB, layer], Language.EN) == {"写真": "A photo"}
    assert said(layer) == [("訳", "「写真」", "英語", "", "A photo")]
    again = layers.with_translations([CLUB, layer], Language.EN, {"写真": "Photo"})
    assert said(again, layer) == [("訳", "「写真」", "英語", "A photo", "Photo")]
    assert layers.with_translations([CLUB, layer, {}], Language.EN, {"写真": "A photo"}) == {}
    assert layers.with_translations([CLUB, layer], Language.EN, {"写真": ""}) == {}


def test_without_a_pack_facts_are_said_by_their_keys() -> None:
    (found,) = differences([{"a.toml": ""}], [{"a.toml": "department = 'x'\nmust = 'person.moves'\n"}])[1:]
    assert found == Difference("手続き", "a.toml", "必要になる条件", "", "この人の「moves」がはい")


def test_an_entry_of_its_own_takes_the_place_of_the_same_one() -> None:
    person = {"key": "pets", "holder": "person", "type": "number", "label": "頭数", "question": "何頭"}
    household = person | {"holder": "household"}
    layer = layers.with_own_entry([CLUB, {}], "vocabulary.toml", person)
    layer = layers.with_own_entry([CLUB, layer], "vocabulary.toml", household)
    layer = layers.with_own_entry([CLUB, layer], "vocabulary.toml", person | {"label": "犬"})
    assert layers.own_entries([CLUB, layer], "vocabulary.toml") == [person | {"label": "犬"}, household]
    assert layers.without_own_entry([CLUB, layer], "vocabulary.toml", "cats") == layer
    assert layers.without_own_entry([CLUB, layer], "vocabulary.toml", "pets") == {}


def test_a_sheet_is_taken_as_a_whole_from_the_last_that_has_it() -> None:
    own = layers.with_sheet([CLUB, {}], "club-card", {"title": "控え"})
    assert layers.sheet_values([CLUB, own, {}], "club-card") == {"title": "控え"}
    assert layers.sheet_values([CLUB], "club-card") == tomllib.loads(CLUB["sheets/club-card.toml"])
    assert layers.sheet_values([CLUB], "none") == {}


def test_a_list_that_is_taken_away_is_said_to_be_empty() -> None:
    values = {key: value for key, value in tomllib.loads(CARD).items() if key != "tell"}
    assert tomllib.loads(layers.with_procedure([CLUB, {}], "club-card", values)["club-card.toml"]) == {
        "tell": []
    }


def test_a_file_that_cannot_be_read_is_written_anew_with_its_first_comments() -> None:
    assert changed("# 市の注\n# 二行目\nname = \n# 後の注\n", {"name": "前", "gone": None}) == (
        '# 市の注\n# 二行目\nname = "前"\n'
    )
    assert tomllib.loads(changed("", {"rule": [{"a": ("x", {"b": None, "c": 1})}], "last": 1})) == {
        "last": 1,
        "rule": [{"a": ["x", {"c": 1}]}],
    }


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("False", "けっして"),
        ("person.moves +", "式「person.moves +」"),
        ("not (person.moves and household.has_garden)", "「この人の「この異動で動く」がはい、かつ世帯の「庭がある」がはい」ではない"),
        ("person.moves or not household.has_garden", "（この人の「この異動で動く」がはい、または世帯の「庭がある」がいいえ）"),
        ("all(c.moves for c in household.children)", "世帯の子の全員に、次があてはまる: その人の「この異動で動く」がはい"),
        ("not all(c.moves for c in person.children)", "この人の子の全員には、次があてはまらない: その人の「この異動で動く」がはい"),
        ("'chess' not in claimant.hobbies", "請求者の好きなことに「将棋」が入っていない"),
        ("'chess' in claimant.hobbies", "請求者の好きなことに「将棋」が入っている"),
        ("person.card not in ('none', 'child')", "この人の図書カードが「なし」か「子どもカード」でない"),
        ("event.kind != 'death'", "異動の種類が「死亡」でない"),
        ("person.income_yen > parameters.free_income_limit", "この人の年間所得が「市の設定「会費がかからない所得の上限」」より上"),
        ("person.income_yen <= parameters.none", "この人の年間所得が「市の設定「none」」以下"),
        ("person.books_borrowed < 3", "この人の借りている冊数が「3」より下"),
        ("person.books_borrowed >= 3", "この人の借りている冊数が「3」以上"),
        ("notified_on < birthday(person.birth_date, 75)", "届出の日が、この人の75歳の誕生日より前"),
        ("reference_date <= fiscal_year_end(attains(claimant.birth_date, parameters.child_age))", "異動の日が、請求者が市の設定「子どもカードの年齢」歳になったあとの3月31日まで"),
    ],
)  # fmt: skip
def test_a_condition_in_one_line(source: str, sentence: str) -> None:
    assert sentence_of(source, club()) == sentence


@pytest.mark.parametrize(
    ("block", "source"),
    [
        (Group("all", ()), "True"),
        (Group("any", ()), "False"),
        (FactIs("person", "moves", "is_not", ("yes",)), "person.moves != True"),
        (FactIs("person", "moves", "is", ("yes", "no")), "person.moves in (True, False)"),
    ],
)
def test_blocks_that_an_officer_leaves_empty_are_still_a_condition(
    block: Group | FactIs, source: str
) -> None:
    assert source_of(block) == source


def test_an_age_is_the_same_from_either_side() -> None:
    for one, other in ((">", "<"), ("<=", ">=")):
        block = blocks_of(f"attains(person.birth_date, 18) {one} reference_date")
        assert isinstance(block, Age)
        assert block == blocks_of(f"reference_date {other} attains(person.birth_date, 18)")


def test_every_word_of_a_key_or_code_is_there() -> None:
    for words in (WORDS, CHANNEL_WORDS, LOSS_WORDS, *CODES.values()):
        assert all(words.keys()) and all(words.values())
    for words in (WORDS, *CODES.values()):
        assert all(not said.isascii() or said == "" for said in words.values())


def test_an_age_that_is_no_number_stays_a_formula() -> None:
    for source in (
        "reference_date >= attains(person.birth_date, 'x')",
        "reference_date < birthday(person.birth_date, a + 1)",
    ):
        assert isinstance(blocks_of(source), Formula)


def test_groups_say_what_holds_of_their_parts() -> None:
    assert [line for _, line in lines_of("not (person.moves and person.big)")] == [
        "次のすべてがそろうことはない", "この人の「moves」がはい", "この人の「big」がはい",
    ]  # fmt: skip
    assert lines_of("not (person.moves or person.big)")[0] == (0, "次のどれにもあてはまらない")


@settings(max_examples=20)
@given(st.dictionaries(st.sampled_from(["fee_yen", "notes", "name", "tell"]), st.text("あい。", max_size=4)))
def test_what_differs_is_said_and_nothing_else(own: dict[str, str]) -> None:
    before = {"a.toml": changed("", {"name": "あ", "notes": "い"})}
    found = differences([before], [before, {"a.toml": changed("", own)}])
    now = {"name": "あ", "notes": "い"} | own
    assert {(one.before, one.after) for one in found} == {
        ({"name": "あ", "notes": "い"}.get(key, ""), value)
        for key, value in now.items()
        if {"name": "あ", "notes": "い"}.get(key) != value
    }
