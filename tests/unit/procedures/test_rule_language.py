"""The rule language: what it reads, what it refuses and how it says so."""

import pytest
from tests.unit.procedures.club import files_with, pack_with, procedure_text

from madoguchi.procedures.loader import PackErrors, load_files


def refusal(must: str, *, per: str = "person") -> str:
    with pytest.raises(PackErrors) as caught:
        pack_with(must, per=per)
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
