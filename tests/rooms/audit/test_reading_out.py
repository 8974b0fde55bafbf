"""Steps leave the house as a table without people; lines are read as sentences."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from tests.rooms.audit.conftest import CLERK, NOON

from madoguchi.audit import queries
from madoguchi.audit.entries import Channel, Kind, Purpose
from madoguchi.audit.events import PURPOSES, SENTENCES, sentence
from madoguchi.audit.export import steps_csv
from madoguchi.audit.models import EntryRow
from madoguchi.audit.operations import record_step

pytestmark = pytest.mark.django_db


def table(first: date, last: date) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO("".join(steps_csv(first=first, last=last)))))


def test_a_step_has_the_columns_of_xes_with_the_time_of_japan(step: Callable[..., None]) -> None:
    step(
        procedure="nhi-enrol",
        explanation="nhi-enrol/0",
        prompt="insurance",
        fields_asked=2,
        characters_typed_by_resident=4,
    )
    (row,) = table(date(2026, 11, 24), date(2026, 11, 24))
    assert row == {
        "case:concept:name": "case-1", "concept:name": "answer",
        "time:timestamp": "2026-11-24T12:00:00.000+09:00",
        "lifecycle:transition": "complete", "org:resource": "staff-7", "org:group": "main",
        "channel": "counter",
        "procedure": "nhi-enrol", "explanation": "nhi-enrol/0", "prompt": "insurance", "fields_asked": "2",
        "asked_again": "0", "characters_typed_by_resident": "4", "signatures": "0", "resident_moves": "0",
    }  # fmt: skip


def test_nobody_is_in_it(step: Callable[..., None], reading: Callable[..., None]) -> None:
    reading("1000000000012")
    step(note="佐藤さんの家族")
    text = "".join(steps_csv(first=date(2026, 11, 24), last=date(2026, 11, 24)))
    for told in ("佐藤", "1000000000012", "192.0.2.10", "birth_date"):
        assert told not in text


def test_days_are_days_of_japan_and_practice_is_left_out(step: Callable[..., None]) -> None:
    for case, now, practice in [
        ("first", NOON.replace(hour=0, minute=0), False),
        ("last", NOON.replace(hour=23, minute=59), False),
        ("before", NOON.replace(day=23, hour=23, minute=59), False),
        ("practice", NOON, True),
    ]:
        record_step(
            actor=CLERK, case=case, activity="begin", channel=Channel.COUNTER, now=now, practice=practice
        )
    assert [row["case:concept:name"] for row in table(date(2026, 11, 24), date(2026, 11, 24))] == [
        "first",
        "last",
    ]


def test_the_command_writes_the_table_and_that_it_did(step: Callable[..., None]) -> None:
    step()
    out = StringIO()
    call_command("audit", "steps", "--from", "2026-11-24", "--to", "2026-11-24", stdout=out)
    assert out.getvalue().splitlines()[1].startswith("case-1,answer,2026-11-24T12:00:00.000+09:00")
    assert (
        EntryRow.objects.filter(kind=Kind.ACT.value).values_list("activity", flat=True).get()
        == "steps_exported"
    )


def test_the_command_asks_for_a_day_it_can_read() -> None:
    with pytest.raises(CommandError, match="--to に日付を入れてください"):
        call_command("audit", "steps", "--from", "2026-11-24", "--to", "きのう")


def test_every_line_has_a_sentence(step: Callable[..., None], reading: Callable[..., None]) -> None:
    reading("1000000000012")
    step(activity="sign")
    step(activity="something_new")
    (read,) = queries.person_timeline("1000000000012")
    assert sentence(read) == "住民の情報を見ました（目的: 窓口での受付）。"
    signed, new = queries.steps_of("case-1")
    assert sentence(signed) == "署名を受けました。"
    assert sentence(new) == "「something_new」を記録しました。"


def test_every_purpose_has_a_name_and_no_sentence_ends_twice() -> None:
    assert set(PURPOSES) == set(Purpose)
    assert not [text for text in SENTENCES.values() if text.endswith("。")]
