"""What a procedure says of people without a 住民票: three states, none of which sends anybody away (E41)."""

from __future__ import annotations

import pytest
from tests.unit.procedures.club import FOLDER, club

from madoguchi.procedures.lint import lint
from madoguchi.procedures.loader import PackErrors, load_files, national_pack, read_folder
from madoguchi.procedures.packs import Pack, RecordNeed

CARD = "club-card.toml"


def with_mark(mark: str) -> Pack:
    files = read_folder(FOLDER)
    text = files[CARD].decode()
    return load_files(
        files | {CARD: text.replace("fee_yen = 0", f"fee_yen = 0\nwithout_record = {mark}").encode()}
    )


def findings(mark: str) -> str:
    return " ".join(str(one) for one in lint(with_mark(mark)))


def faults(mark: str) -> str:
    with pytest.raises(PackErrors) as caught:
        with_mark(mark)
    return " ".join(str(error) for error in caught.value.errors)


def test_e41_where_nobody_has_looked_it_up_the_department_does() -> None:
    said = club().procedure("club-card").without_record
    assert (said.need, said.text) == (RecordNeed.UNKNOWN, "")
    assert said.need.label == "担当課が確かめる"


def test_a_mark_says_how_and_by_what_it_is_known() -> None:
    said = with_mark(
        '{ state = "open", text = "いるところを聞きます。", law = "規約", verified = "S: 規約" }'
    )
    mark = said.procedure("club-card").without_record
    assert (mark.need, mark.text, mark.law) == (RecordNeed.OPEN, "いるところを聞きます。", "規約")
    assert mark.verification.verified
    assert findings('{ state = "open", text = "いるところを聞きます。", verified = "unverified" }') == ""


def test_a_mark_without_a_source_is_refused_with_what_to_do() -> None:
    told = faults('{ state = "open", text = "いるところを聞きます。" }')
    assert "何で確かめたかがありません" in told
    assert 'verified = "unverified"' in told


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ('{ state = "closed", text = "文", verified = "unverified" }', "「closed」は使えません"),
        ('{ state = "needed", verified = "unverified" }', "必要な項目がありません"),
        (
            '{ state = "open", text = "文", verified = "unverified", reason = "x" }',
            "「reason」という項目はありません",
        ),
        ('"open"', "表を書く項目です"),
    ],
)
def test_what_a_mark_cannot_say_is_told_with_its_line(mark: str, says: str) -> None:
    told = faults(mark)
    assert says in told
    assert told.startswith(CARD)


@pytest.mark.parametrize(
    "text",
    ["住民票のない方は申し込めず、対象外です。", "住民票がないと申請できません。", "窓口でお断りします。", "受けられません。"],
)  # fmt: skip
def test_e41_a_sentence_that_turns_somebody_away_is_found(text: str) -> None:
    assert "断る文になっています" in findings(
        f'{{ state = "needed", text = "{text}", verified = "unverified" }}'
    )


def test_a_doubtful_source_makes_no_record_needed() -> None:
    assert "確度が「?」" in findings(
        '{ state = "needed", text = "載っている方のものです。", verified = "?" }'
    )
    assert findings('{ state = "open", text = "いるところを聞きます。", verified = "?" }') == ""


def test_e41_the_national_pack_marks_what_is_known_and_leaves_the_rest_to_the_departments() -> None:
    marks = {one.id: one.without_record for one in national_pack().procedures}
    open_ones = {name for name, mark in marks.items() if mark.need is RecordNeed.OPEN}
    assert open_ones >= {
        "nursery", "vaccination-vouchers", "child-allowance-claim", "pregnancy-notice", "welfare-transfer", "school-transfer",
    }  # fmt: skip
    known = {name for name, mark in marks.items() if mark.verification.verified}
    assert known == {
        "nursery",
        "vaccination-vouchers",
        "pregnancy-notice",
        "welfare-transfer",
        "school-transfer",
    }
    assert marks["pension-exemption"].need is RecordNeed.UNKNOWN
    assert all(mark.text and mark.law for mark in marks.values() if mark.verification.verified)


def test_a_citys_own_mark_stands_over_the_national_one() -> None:
    own = b'without_record = { state = "unknown" }\n'
    pack = load_files(read_folder(FOLDER), {CARD: own})
    assert pack.procedure("club-card").without_record.need is RecordNeed.UNKNOWN
