"""Nobody reads a person without an entry: whoever's name is in an answer was written down by that very request (証跡).

Every address, by everybody who may open it, with a case in each state; and the commands that give out people. Where a name comes
up, docs/authority.csv has to say that the address reads a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from tests.cast import ONE_OF_EACH_ROLE, RESIDENTS, STAFF
from tests.house.authority_table import table
from tests.house.test_protected_on_every_address import AT_HOME, answers, brought
from tests.house.walk import said

from madoguchi.audit.entries import Actor, Kind
from madoguchi.audit.models import EntryRow
from madoguchi.cases.models import PersonRow
from madoguchi.cases.states import CaseStatus

Named = Mapping[str, frozenset[str]]


def names() -> Named:
    """Names of people, and under which keys the audit may know them."""
    known: dict[str, set[str]] = {}
    for entry in RESIDENTS.values():
        # Of two twins of one name either will do.
        known.setdefault(entry.name.name, set()).add(entry.resident_no)
    numbers = {entry.resident_no: entry.name.name for entry in RESIDENTS.values()}
    for row in PersonRow.objects.select_related("case"):
        if row.resident_no in numbers:
            known[numbers[row.resident_no]].add(f"{row.case.public_id}/{row.ref}")
    staff = {one.name for one in STAFF.values()}
    return {name: frozenset(keys) for name, keys in known.items() if name not in staff}


def last_line() -> int:
    return EntryRow.objects.order_by("-id").values_list("id", flat=True).first() or 0


def read_since(line: int) -> set[str]:
    """Who was written down as read since that line."""
    rows = EntryRow.objects.filter(id__gt=line, kind=Kind.ACCESS.value).exclude(person_key="")
    return set(rows.values_list("person_key", flat=True))


def unwritten(text: str, written: set[str], known: Named) -> list[str]:
    """Names in the text whose people nobody wrote down. A gift, an account or a case names its people by its own key."""
    other = {key for key in written if not key.isdigit()}
    found = [name for name in known if name in text or name.replace(" ", "　") in text]
    return [name for name in found if not (known[name] & written) and not other]


def wrong(answered: Iterator[tuple[str, HttpResponse]]) -> tuple[int, list[tuple[str, str]]]:
    known, line, seen, faults = names(), last_line(), 0, []
    for where, answer in answered:
        text, written = said(answer), read_since(line)
        line, address = last_line(), where.split()[-1]
        seen += 1
        faults += [(where, f"{name} without an entry") for name in unwritten(text, written, known)]
        if any(name in text for name in known) and table()[address].reads != "person":
            faults.append((where, "reads a person, and docs/authority.csv does not say so"))
    return seen, faults


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "usernames"),
    [
        pytest.param(CaseStatus.HEARING, ("clerk_hana",), id="hearing"),
        pytest.param(
            CaseStatus.IN_REVIEW, ("clerk_hana", "officer_nhi", "officer_child", "reviewer_jiro"),
            id="in review", marks=pytest.mark.slow,
        ),
        pytest.param(
            CaseStatus.APPROVED, (*ONE_OF_EACH_ROLE.values(), AT_HOME), id="approved", marks=pytest.mark.slow
        ),
    ],
)  # fmt: skip
def test_whoever_is_named_in_an_answer_was_written_down_by_it(
    status: CaseStatus,
    usernames: tuple[str, ...],
    city: Mapping[str, Actor],
    procedures: str,
    residents: object,
    signed_in: Callable[[str], Client],
    record_property: Callable[[str, object], None],
) -> None:
    case = brought(city, status)
    seen, faults = wrong(answers(case, signed_in, usernames))
    record_property("n", seen)
    record_property("losses", len(faults))
    assert sorted(set(faults)) == []


@pytest.mark.django_db
def test_a_command_that_gives_out_people_writes_them_down(
    city: Mapping[str, Actor], procedures: str, residents: object, tmp_path: Path
) -> None:
    brought(city, CaseStatus.APPROVED)
    known, line, out = names(), last_line(), StringIO()
    call_command("changes", "export", "--format", "json", "--out", str(tmp_path), stdout=out, stderr=out)
    text = out.getvalue() + "".join(one.read_text(encoding="utf-8") for one in tmp_path.rglob("*.json"))
    assert [name for name in known if name in text] != []
    assert unwritten(text, read_since(line), known) == []
    line = last_line()
    call_command("audit", "steps", "--from", "2020-01-01", "--to", "2030-01-01", stdout=(quiet := StringIO()))
    assert [name for name in known if name in quiet.getvalue()] == []
    assert last_line() > line
