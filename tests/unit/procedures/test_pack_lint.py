"""Lint: what loads but must not be published."""

import pytest
from tests.unit.procedures.club import club, files_with, procedure_text

from madoguchi.procedures.lint import lint
from madoguchi.procedures.loader import load_files


def messages(text: str) -> str:
    return " ".join(str(finding) for finding in lint(load_files(files_with(rule=text))))


def test_the_club_is_clean_and_lint_is_steady() -> None:
    assert lint(club()) == ()
    text = procedure_text("person.moves or person.card == 'none'")
    assert messages(text) == messages(text)


@pytest.mark.parametrize(
    "rule",
    [
        "person.moves or not person.moves",
        "person.card == 'none' or person.card in ('child', 'adult')",
        "person.card in ('none', 'child', 'adult')",
        "person.card == 'none' and person.card == 'child'",
        "person.books_borrowed >= 0",
        "reference_date < attains(person.birth_date, 18) or attains(person.birth_date, 18) <= reference_date",
        "person.moves and ('reading' in person.hobbies or 'reading' not in person.hobbies)",
    ],
)
def test_a_rule_that_nothing_can_settle_is_refused(rule: str) -> None:
    assert "なのに決まりません" in messages(procedure_text(rule))


@pytest.mark.parametrize(
    "rule",
    [
        "person.moves and person.card == 'none'",
        "attains(person.birth_date, 6) <= reference_date < attains(person.birth_date, 18)",
        "any(c.moves for c in household.children) or person.books_borrowed >= 2",
    ],
)
def test_an_honest_rule_is_not(rule: str) -> None:
    assert "なのに決まりません" not in messages(procedure_text(rule))


def test_every_status_that_can_be_reached_needs_an_example() -> None:
    found = messages(procedure_text("person.moves"))
    assert "結果が「必要」（must）になる例がありません" in found
    assert "結果が「要確認」（ask）になる例がありません" in found
    assert "結果が「不要」（not_needed）になる例がありません" in found
    assert "optional" not in found


def test_an_example_that_comes_out_differently_is_told() -> None:
    text = (
        procedure_text("person.moves")
        + """
[[example]]
name = "違う例"
on = 2026-11-09
event = { kind = "move_in", move_date = 2026-11-05 }
people = [{ id = "p1", moves = true }]
expect = { p1 = "not_needed" }
deadline = { p1 = 2026-11-19 }
missing = { p1 = ["card"] }
"""
    )
    found = messages(text)
    assert "not_needed のはずですが must になります" in found
    assert "期限は 2026-11-19 のはずですが None" in found
    assert "足りない事実は card のはずですが なし" in found


def test_a_doubtful_rule_never_makes_anything_necessary() -> None:
    doubtful = procedure_text("person.moves", more='verified = "?"')
    assert "確度が「?」の規則が「必要」にしています" in messages(doubtful)
    assert "確度が" not in messages(procedure_text(None, optional="person.moves", more='verified = "?"'))


@pytest.mark.parametrize(
    ("told", "stale"),
    [
        ("国民健康保険の保険証", True),
        ("健康保険証(お持ちの方)", True),
        ("マイナ保険証", False),
        ("資格確認書か資格情報のお知らせ", False),
    ],
)
def test_e58_a_card_that_is_no_more_is_told_of_a_citys_own_text(told: str, stale: bool) -> None:
    more = f'bring = [{{ text = "{told}" }}]'
    assert ("なくなった「保険証」" in messages(procedure_text("person.moves", more=more))) is stale


@pytest.mark.parametrize(
    "told", ["認印を持ってきてください。", "はんこ(朱肉を使うもの)", "申請書に押印してください。"]
)
def test_e59_a_seal_is_told_of_a_citys_own_text_unless_it_is_what_is_registered(told: str) -> None:
    text = procedure_text("person.moves", more=f'tell = ["{told}"]')
    assert "押印や印鑑を求めています" in messages(text)
    assert "押印や印鑑を求めています" not in messages(text.replace("試しの手続き", "印鑑登録"))
