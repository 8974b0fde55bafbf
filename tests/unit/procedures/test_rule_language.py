"""The rule language: what it reads, what it refuses and how it says so."""

import pytest
from tests.unit.procedures.club import files_with, pack_with, procedure_text

from madoguchi.procedures.loader import PackErrors, load_files


def refusal(must: str, *, per: str = "person") -> str:
    with pytest.raises(PackErrors) as caught:
        pack_with(must, per=per)
    assert all(error.message and error.remedy for error in caught.value.errors)
    return " ".join(f"{error.message}{error.remedy}" for error in caught.value.errors)


@pytest.mark.parametrize(
    "rule",
    [
        "person.moves",
        "not person.moves and person.card in ('none', 'child')",
        "date(2026, 4, 1) <= reference_date < attains(person.birth_date, 65)",
        "age_on(person.birth_date, reference_date) >= parameters.child_age",
        "any(p.card == 'adult' for p in person.parents if p.moves)",
        "all(c.moves for c in household.children)",
        "count(m for m in household.people if m.moves) >= 2",
        "count(m.moves for m in household.people) == 1",
        "sum(m.income_yen for m in household.people) < parameters.free_income_limit * 2",
        "min(m.birth_date for m in household.people) == person.birth_date",
        "max(person.income_yen, claimant.income_yen) > 0",
        "reference_date - event.planned_move_out_date <= 14",
        "months_after(event.move_date, 3) > notified_on",
        "person == claimant",
        "event.kind == 'move_in'",
        "event.kind not in ('move_out', 'death')",
        "person != claimant",
        "'none' == person.card and 'reading' not in person.hobbies",
        "person.income_yen > -3 and person.income_yen * 2 // 3 - 1 < person.income_yen",
        "reference_date - event.planned_move_out_date == 2 * 7",
        "count(m.moves for m in household.people if m.card == 'none' if m.card != 'adult') != 1",
        "any([m.moves for m in household.people])",
        "max(m.income_yen for m in claimant.guardians) >= (1 if person.moves else person.income_yen)",
        "min(reference_date, notified_on, date(2026, 4, 1)) == notified_on",
        "open_day(next_month_start(reference_date)) > fiscal_year_start(reference_date)",
        "any(r.moves for r in person.raised) or any(s.moves for s in person.spouse)",
        "person.card in ['none', 'child'] or person.card in {'adult'}",
        "any(q.moves for p in person.parents for q in p.children)".replace(
            " for p in person.parents for q in p.children", " for q in person.children"
        ),
    ],
)
def test_a_rule_in_the_grammar_is_read(rule: str) -> None:
    assert pack_with(rule).procedures[0].rules[0].must is not None


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("person.cart == 'none'", "「card」ではありませんか"),
        ("person.card == 'kid'", "「kid」はこの区分のコードではありません"),
        ("person.card in ('none', 'adlt')", "「adult」ではありませんか"),
        ("person.card == 1", "文字のコードと比べます"),
        ("person.card < 'none'", "大小はありません"),
        ("person.birth_date", "真偽の式が要りますが、日付"),
        ("person.birth_date > 3", "日付と数は比べられません"),
        ("person.income_yen > person.birth_date - reference_date", "単位が違います"),
        ("person.income_yen > parameters.child_age", "単位が違います"),
        ("person.birth_date + 3 > reference_date", "days_after"),
        ("attains(person.birth_date) < reference_date", "値が2個要りますが、1個"),
        ("attains(person.moves, 3) < reference_date", "1番目には日付が要ります"),
        ("attain(person.birth_date, 3) < reference_date", "「attains」ではありませんか"),
        ("person.moves == True", "そのまま書くか"),
        ("person.moves and person.card", "真偽の条件が要りますが、区分"),
        ("'reading' == person.hobbies", "'コード' in 項目"),
        ("'x' in person.hobbies", "「x」はこの区分のコードではありません"),
        ("person.card in person.hobbies", "値の並び"),
        ("household.people", "人の集まりです"),
        ("any(person.parents)", "for m in household.people"),
        ("any(m.moves for m in event.people)", "という名前はありません"),
        ("any(person.moves for person in household.people)", "既に使われています"),
        ("parameters.chld_age > 3", "「child_age」ではありませんか"),
        ("date(2026, 2, 30) < reference_date", "実在する年月日"),
        ("person.moves if person.card == 'none' else person.moves", "if の両側には数か日付"),
        ("__import__('os').system('x')", "この書き方は規則では使えません"),
        ("(lambda: True)()", "この書き方は規則では使えません"),
        ("person.moves and (", "式の書き方が正しくありません"),
        ("person.books_borrowed > 1.5", "1.5 という値は使えません"),
        ("persn.moves", "「person」ではありませんか"),
        ("'kid' == person.card", "「kid」はこの区分のコードではありません"),
        ("1 == person.card", "文字のコードと比べます(1 は文字ではありません)"),
        ("person.card == person.relationship", "区分と文字は比べられません"),
        ("person.card == event.kind", "区分の種類が違うので比べられません"),
        ("person.relationship < '子'", "文字に大小はありません"),
        ("person.income_yen > reference_date", "数(円)と日付は比べられません"),
        ("person.card is 'none'", "「is」は使えません"),
        ("person is claimant", "「person」は人なので、そのままでは値になりません"),
        ("person.moves and person", "「person」は人なので、そのままでは値になりません"),
        ("household", "「household」だけでは値になりません"),
        ("person.income_yen * person.income_yen > 0", "単位のある数どうしは掛けられません"),
        ("person.income_yen / 2 > 0", "「/」は使えません"),
        ("person.moves + 1 > 0", "真偽は計算に使えません"),
        ("1 + person.card > 0", "区分は計算に使えません"),
        ("reference_date + notified_on > reference_date", "days_after(日付, 日数)"),
        ("-person.income_yen > 0", "この書き方は規則では使えません"),
        ("days_after(reference_date, person.income_yen) > reference_date", "days_after に円の数は渡せません"),
        ("attains(person.birth_date, 3, n=1) < reference_date", "attains に名前付きの引数は使えません"),
        ("attains(person.brth_date, 3) < reference_date", "「birth_date」ではありませんか"),
        ("max(person.card, person.card) == 'none'", "max には数か日付を二つ以上書きます"),
        ("min() > 0", "min には数か日付を二つ以上書きます"),
        ("min(1, reference_date) > 0", "数と日付は比べられません"),
        ("min(1, person.cart) > 0", "「card」ではありませんか"),
        ("date(2026, 4) < reference_date", "実在する年月日"),
        ("date(2026, 4, 1, 1) < reference_date", "実在する年月日"),
        ("date('2026', 4, 1) < reference_date", "実在する年月日"),
        ("table(1, 2) > 0", "table には表の名前と数"),
        ("table('limit', 2, reference_date, 3) > 0", "table には表の名前と数"),
        ("table('limit', 2) > 0", "「limit」という表は tables.toml にありません"),
        ("count(m.income_yen for m in household.people) > 0", "count では数える人か条件を書きます"),
        ("sum(m for m in household.people) > 0", "sum では数の項目を書きます"),
        ("sum(m.birth_date for m in household.people) > 0", "sum では数の項目を書きます"),
        ("max(m.card for m in household.people) == 'none'", "max では数か日付の項目を書きます"),
        ("sum(m.incme_yen for m in household.people) > 0", "「income_yen」ではありませんか"),
        ("any(m.income_yen for m in household.people)", "真偽の条件が要りますが、数(円)"),
        ("all(m.moves for m in household.people if m.cart == 'none')", "「card」ではありませんか"),
        ("count(m for m in household.people if m.muves) > 0", "「moves」ではありませんか"),
        (
            "any(m.moves for m in household.child)",
            "「household.child」は人の集まりではありません。「children」",
        ),
        ("any(m.moves for m in person.parent)", "「person.parent」は人の集まりではありません。「parents」"),
        ("any(m.moves for m in parents)", "for … in の後には人の集まりを書きます"),
        ("any(m.moves for m in person.parents for n in person.children)", "any の書き方が正しくありません"),
        ("sum(person.income_yen) > 0", "sum の書き方が正しくありません"),
        ("any(m.moves for m, n in household.people)", "any の書き方が正しくありません"),
        ("any(event.moves for event in household.people)", "変数「event」は既に使われています"),
        ("any(any(m.moves for m in m.children) for m in household.people)", "変数「m」は既に使われています"),
        ("'reading' in person.card", "後には区分の集まりの項目を書きます"),
        ("'reading' in person.hobies", "「hobbies」ではありませんか"),
        ("person.card in (person.card, 'none')", "決まった値だけを書きます"),
        ("person.card in ()", "決まった値だけを書きます"),
        ("person.cart in ('none',)", "「card」ではありませんか"),
        ("person.income_yen in (1, reference_date)", "決まった値だけを書きます"),
        ("(1 if person.cart == 'none' else 2) > 1", "「card」ではありませんか"),
        ("(1 if person.moves else reference_date) > 1", "数と日付は比べられません"),
        ("(1 if person.income_yen else 2) > 1", "真偽の条件が要りますが、数(円)"),
        ("not person.cart", "「card」ではありませんか"),
        ("person.incme_yen + 1 > 0", "「income_yen」ではありませんか"),
        ("person.parents", "「person.parents」は人の集まりです(いないことも、複数のこともあります)"),
        ("'x'", "真偽の式が要りますが、文字の式です"),
        (
            " and ".join(f"any(v{n}.moves for v{n} in household.people)" for n in range(31)),
            "for が多すぎます",
        ),
    ],
)
def test_a_rule_outside_the_grammar_is_refused_with_a_remedy(rule: str, says: str) -> None:
    assert says in refusal(rule)


def test_a_household_procedure_has_no_person() -> None:
    assert "世帯ごとの手続きでは person は使えません" in refusal("person.moves", per="household")


def test_all_faults_of_a_rule_are_told_with_line_and_column() -> None:
    text = procedure_text("person.cart == 'none' and person.muves")
    with pytest.raises(PackErrors) as caught:
        load_files(files_with(rule=text))
    errors = caught.value.errors
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if row.startswith("must"))
    assert [(error.file, error.line, error.key) for error in errors] == [
        ("rule.toml", line, "rule.1.must")
    ] * 2
    assert "1文字目" in errors[0].message
    assert "27文字目" in errors[1].message
