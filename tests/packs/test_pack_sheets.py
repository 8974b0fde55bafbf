"""Every sheet can be read, is marked as our own layout, and every box says where it is filled from."""

import pytest

from madoguchi.papers.definition_file import parse_sheet
from madoguchi.papers.definitions import Grouping
from madoguchi.procedures.loader import national_pack

OF_THE_REGISTER = {
    "person": {"name", "address", "previous_address"},
    "claimant": {"name"},
    "household": {
        "address",
        "previous_address",
        "head_name",
        "previous_head_name",
        "registered_domicile",
        "registry_head",
    },
    "notifier": {"name", "phone", "address", "kind", "relation", "relationship", "principal"},
    "case": {"identity_document", "moving_out_certificate", "processed_on", "filed"},
    "event": {"kind"},
}
SHEETS = sorted(national_pack().sheets)


def known(fact: str) -> bool:
    owner, _, key = fact.partition(".")
    if owner == "answers":
        return key.isidentifier()
    holder = "person" if owner == "claimant" else owner
    in_vocabulary = {(definition.holder.value, definition.key) for definition in national_pack().vocabulary}
    return key in OF_THE_REGISTER.get(owner, set()) or (holder, key) in in_vocabulary


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_reads_and_names_known_facts(name: str) -> None:
    sheet = parse_sheet(national_pack().sheets[name], file=f"{name}.toml")
    assert sheet.id == name
    assert sheet.form_source == "", "公表された様式とは言わない(本製品の独自様式)"
    boxes = [*sheet.boxes, *sheet.columns, *sheet.staff_boxes]
    assert [box.label for box in boxes if box.fact and not known(box.fact)] == []
    assert any(box.fact == "case.identity_document" for box in sheet.staff_boxes)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_says_for_whom_one_paper_is(name: str) -> None:
    assert national_pack().sheets[name].get("grouping") in [one.value for one in Grouping]
    per = {one.per for one in national_pack().procedures if one.sheet == name}
    grouping = parse_sheet(national_pack().sheets[name], file=f"{name}.toml").grouping
    assert per == ({"household"} if grouping is Grouping.HOUSEHOLD else {"person"})


def test_every_sheet_is_used() -> None:
    assert {procedure.sheet for procedure in national_pack().procedures if procedure.sheet} == set(SHEETS)
