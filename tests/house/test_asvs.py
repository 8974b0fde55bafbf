"""Each item of ASVS 5.0.0, levels 1 and 2, is met by a test that is there, not applicable with a reason, or open (docs/asvs.csv)."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable

import pytest
from django.conf import settings
from tests.house.tree import ROOT

from madoguchi.city import gate, resident_session
from madoguchi.city.passwords import FEWEST_OTHERS

STATES = {"met", "not applicable", "open"}
# How many items each section has at the two levels: chapter.section -> highest numbers, of the standard itself.
L1, L2 = 70, 183
Row = dict[str, str]


def rows() -> list[Row]:
    with (ROOT / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def faults(items: list[Row]) -> list[str]:
    """What is wrong with the table."""
    found = [f"twice: {one}" for one, count in Counter(row["item"] for row in items).items() if count > 1]
    levels = Counter(row["level"] for row in items)
    if (levels["1"], levels["2"], len(items)) != (L1, L2, L1 + L2):
        found.append(f"{len(items)} items: {dict(levels)}")
    for row in items:
        tests = row["tests"].split()
        if not re.fullmatch(r"\d+\.\d+\.\d+", row["item"]) or row["state"] not in STATES or not row["how"]:
            found.append(f"not filled in: {row}")
        if (row["state"] == "met") is not bool(tests):
            found.append(f"{row['item']} is {row['state']} with {len(tests)} tests")
        found += [f"{row['item']} names {one}, which is not there" for one in tests if not _there(one)]
    return found


def _there(test: str) -> bool:
    path, _, name = test.partition("::")
    file = ROOT / path
    return file.is_file() and f"def {name}(" in file.read_text(encoding="utf-8")


def test_every_item_is_met_by_a_test_or_says_why_not(record_property: Callable[[str, object], None]) -> None:
    found = faults(rows())
    record_property("n", L1 + L2)
    record_property("losses", len(found))
    assert found == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda items: items.pop(),
        lambda items: items.append(dict(items[0])),
        lambda items: items[0].update(tests="tests/house/test_asvs.py::test_that_is_not_there"),
        lambda items: next(row for row in items if row["state"] == "met").update(tests=""),
        lambda items: items[0].update(how=""),
        lambda items: items[0].update(state="perhaps"),
    ],
)
def test_what_is_wrong_with_the_table_is_found(spoil: Callable[[list[Row]], object]) -> None:
    items = rows()
    spoil(items)
    assert faults(items) != []


def test_the_page_on_security_says_what_the_product_does() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    length = settings.AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"]["min_length"]
    for said in (
        f"{length} characters or more",
        f"{FEWEST_OTHERS} characters beside words",
        f"{settings.AXES_FAILURE_LIMIT} wrong passwords lock that name **at that address** for {settings.AXES_COOLOFF_TIME * 60:.0f} minutes",
        f"Staff: {settings.SESSION_COOKIE_AGE // 60} minutes without use, {gate.LONGEST.total_seconds() / 3600:.0f} hours in all",
        f"Residents: {resident_session.IDLE.total_seconds() / 60:.0f} minutes and {resident_session.LONGEST.total_seconds() / 3600:.0f} hours",
        f"Every {settings.UPKEEP_SECONDS:.0f} seconds the worker seals",
        "## Limits", "## Classes of data", "## Keys and algorithms", "## What is logged", "## Libraries", "## What the office does",
    ):  # fmt: skip
        assert said in page, said
