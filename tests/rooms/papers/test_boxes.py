"""Filling boxes: what is known is written and remembers its origin; what is withheld leaves no trace."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.jp.dates import PossibleDays
from madoguchi.papers.boxes import SheetNeedsSubject, fill
from madoguchi.papers.definitions import BoxFormat
from madoguchi.papers.facts import Address, FactValue, Name
from madoguchi.papers.formats import content
from madoguchi.papers.values import Blank, BlankReason, Choices, FilledBox, SheetValues, text_of

from .cast import AS_OF, NEW_ADDRESS, definition, household, known


def box(sheet: SheetValues, label: str) -> FilledBox:
    return next(box for box in sheet.all_boxes() if box.label == label)


def test_a_box_remembers_its_fact_its_source_and_its_date() -> None:
    filled = box(fill(definition("nhi-enrol"), household()), "生年月日")
    assert (filled.text, filled.fact, filled.subject) == ("昭和59年5月2日", "person.birth_date", "p1")
    assert (filled.source, filled.as_of) == ("住民記録", AS_OF)


def test_only_what_is_really_missing_is_marked_for_the_hand() -> None:
    changed = {("household.previous_head_name", ""): known("")}
    sheet = fill(definition("residence-change"), household(changed=changed))
    assert box(sheet, "本籍").content == Blank(BlankReason.BY_HAND)
    assert box(sheet, "前の世帯主").content == Blank(BlankReason.NOTHING)
    assert box(sheet, "カード継続").content == Blank(BlankReason.NOTHING), "staff boxes are never marked"


def test_an_unknown_choice_stays_open_to_be_ticked() -> None:
    sheet = fill(definition("nhi-enrol"), household(changed={("person.health_insurance", "p1"): None}))
    content = box(sheet, "前の健康保険").content
    assert isinstance(content, Choices)
    assert not any(chosen for _label, chosen in content.marks)


def test_all_choices_are_printed_and_the_chosen_one_is_marked() -> None:
    content = box(fill(definition("nhi-enrol"), household()), "前の健康保険").content
    assert isinstance(content, Choices)
    assert len(content.marks) == 6
    assert [label for label, chosen in content.marks if chosen] == ["職場の健康保険（本人）"]


def test_a_choice_the_sheet_does_not_know_is_not_dropped() -> None:
    sheet = fill(
        definition("nhi-enrol"), household(changed={("person.health_insurance", "p1"): known("組合特例")})
    )
    assert box(sheet, "前の健康保険").text == "組合特例"


@pytest.mark.parametrize(
    ("format", "value", "written"),
    [
        (BoxFormat.AUTO, date(2026, 11, 9), "令和8年11月9日"),
        (BoxFormat.WAREKI, date(1989, 1, 7), "昭和64年1月7日"),
        (BoxFormat.WAREKI, date(2019, 5, 1), "令和元年5月1日"),
        (BoxFormat.DATE_PARTS, date(2018, 4, 1), "平成30年4月1日"),
        (
            BoxFormat.WAREKI,
            PossibleDays("昭和10年月日不詳", date(1935, 1, 1), date(1935, 12, 31)),
            "昭和10年月日不詳",
        ),
        (BoxFormat.AUTO, 1234567, "1,234,567"),
        (BoxFormat.YEN, 3450000, "3,450,000円"),
        (BoxFormat.AUTO, True, "はい"),
        (BoxFormat.YES_NO, False, "いいえ"),
        (BoxFormat.POSTAL, "3660823", "〒366-0823"),
        (BoxFormat.POSTAL, "不明", "不明"),
        (
            BoxFormat.ADDRESS,
            Address("まどか市一丁目", "山田様方", "3660823"),
            "〒366-0823 まどか市一丁目 山田様方",
        ),
        (BoxFormat.NAME, Name("窓口 太郎", "マドグチ タロウ"), "マドグチ タロウ 窓口 太郎"),
        (BoxFormat.DATE_PARTS, "不詳", "不詳"),
        (BoxFormat.CHOICE, "言葉", "言葉"),
    ],
)
def test_formats(format: BoxFormat, value: FactValue, written: str) -> None:
    assert text_of(content(format, value, choices=())) == written


def test_a_sheet_about_a_person_wants_to_know_whom() -> None:
    with pytest.raises(SheetNeedsSubject, match="一人ずつ"):
        fill(definition("nhi-enrol"), household(subject=None))
    only = fill(definition("nhi-enrol"), household(people=1, subject=None))
    assert box(only, "性別").text == "男"


def test_who_gave_the_mandate_is_asked_only_of_others() -> None:
    labels = [filled.label for filled in fill(definition("nhi-enrol"), household()).notifier]
    assert "本人（委任した人）" not in labels
    agent = household(changed={("notifier.kind", ""): known("agent")})
    labels = [filled.label for filled in fill(definition("nhi-enrol"), agent).notifier]
    assert "本人（委任した人）" in labels


def test_a_withheld_value_leaves_its_box_like_an_unknown_one() -> None:
    hidden = household(changed={("household.address", ""): known(Address(NEW_ADDRESS), withheld=True)})
    filled = box(fill(definition("residence-change"), hidden), "新しい住所")
    assert filled.content == Blank(BlankReason.BY_HAND)
    assert (filled.source, filled.as_of, filled.text) == ("", None, "")


@given(
    secret=st.text(alphabet="あいう町丁目1234", min_size=4, max_size=12),
    around=st.text(alphabet=" 市県ABC", max_size=4),
)
def test_withheld_words_stand_nowhere_on_the_sheet(secret: str, around: str) -> None:
    facts = household(
        changed={
            ("household.address", ""): known(Address(secret), withheld=True),
            ("household.previous_address", ""): known(Address(around + secret)),
            ("person.name", "p2"): known(f"{secret}{around}"),
            ("case.identity_document", ""): known(" ".join(secret)),
        }
    )
    sheet = fill(definition("residence-change"), facts)
    assert all(secret not in "".join(filled.text.split()) for filled in sheet.all_boxes())
