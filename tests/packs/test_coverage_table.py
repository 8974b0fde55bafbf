"""The table of all 135 rows says which are decided at a move-in; it and the pack agree."""

import re

from madoguchi.procedures.loader import national_pack
from madoguchi.procedures.situation import EventKind

from .conftest import REPOSITORY

ROW = re.compile(r"^\| ([RHNKCWLDX]\d\d) \|[^|]*\| (入|外) \|([^|]*)\|", re.MULTILINE)
ROWS = ROW.findall((REPOSITORY / "docs" / "procedures-move-in.md").read_text("utf-8"))
COUNTS = {"R": 24, "H": 12, "N": 9, "K": 6, "C": 26, "W": 10, "L": 12, "D": 22, "X": 14}


def test_all_rows_are_judged_once() -> None:
    ids = [law_id for law_id, _, _ in ROWS]
    assert len(ids) == len(set(ids)) == 135
    assert {letter: sum(one[0] == letter for one in ids) for letter in COUNTS} == COUNTS


def test_the_table_and_the_pack_agree() -> None:
    pack = national_pack()
    moves = {*pack.procedures_of(EventKind.move_in), *pack.procedures_of(EventKind.move_in_abroad)}
    decided = {procedure.law_id.rstrip("b") for procedure in moves}
    assert {law_id for law_id, where, _ in ROWS if where == "入"} == decided


def test_a_row_left_out_has_a_reason_and_a_row_inside_names_its_file() -> None:
    ids = {procedure.id for procedure in national_pack().procedures}
    for law_id, where, text in ROWS:
        assert text.strip(), law_id
        if where == "入":
            named = set(re.findall(r"`([a-z-]+)`", text))
            assert named and named <= ids, law_id
