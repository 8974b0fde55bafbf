"""An outside reader (rustxes, of the process mining group at RWTH Aachen) opens both files and finds everything in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import rustxes

from madoguchi.audit.entries import Entry, Kind
from madoguchi.audit.journeys import counted
from madoguchi.insight.ocel import ocel_of
from madoguchi.insight.visits import Visit
from madoguchi.insight.xes import xes_of

BEGUN = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)


def visit(number: int) -> Visit:
    """A ticket with a case, seven steps, a department among them."""
    activities = (
        "ticket_issued",
        "ticket_called",
        "ticket_started",
        "answer",
        "sign",
        "task_done",
        "ticket_finished",
    )
    ticket, case = f"t-{number}", f"c-{number}"
    steps = tuple(
        Entry(
            number * 100 + place,
            Kind.STEP,
            BEGUN + timedelta(minutes=place),
            activity,
            None if place == 0 else 7,
            "窓口 花",
            "main",
            "desk1" if place else "",
            case if activity in ("answer", "sign", "task_done") else ticket,
            "",
            "",
            {"procedure": "nhi-enrol", "signatures": 1, "prompt": "<&\"'>"}
            if activity in ("sign", "task_done")
            else {},
            "start" if activity == "ticket_called" else "complete",
            "department" if activity == "task_done" else "counter",
        )
        for place, activity in enumerate(activities)
    )
    return Visit(ticket, (case,), "move_in", "main", "desk1", "引越しの窓口", steps, counted(steps))


VISITS = [visit(number) for number in range(5)]


def test_it_reads_every_event_of_the_xes(tmp_path: Path) -> None:
    file = tmp_path / "visits.xes"
    file.write_text("".join(xes_of(VISITS)), encoding="utf-8")
    events, about = rustxes.import_xes(str(file))
    assert len(events) == 35
    assert set(events["case:concept:name"].to_list()) == {one.ticket for one in VISITS}
    assert events["signatures"].drop_nulls().sum() == 10
    assert events["time:timestamp"].null_count() == 0
    for name in ("Concept", "Lifecycle", "Organizational", "Time"):
        assert name in about


def test_it_reads_every_event_and_object_of_the_ocel(tmp_path: Path) -> None:
    file = tmp_path / "visits.json"
    file.write_text(ocel_of(VISITS, departments={"nhi-enrol": "保険年金課"}), encoding="utf-8")
    found = rustxes.import_ocel_json(str(file))
    assert len(found["events"]) == 35
    objects = found["objects"]["ocel:type"].to_list()
    assert {kind: objects.count(kind) for kind in set(objects)} == {
        "visit": 5, "ticket": 5, "case": 5, "desk": 1, "procedure": 1, "department": 1,
    }  # fmt: skip
    assert len(found["o2o"]) == 10
    assert "窓口 花" not in file.read_text(encoding="utf-8")


def test_it_would_refuse_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text(ocel_of(VISITS, departments={})[:-30], encoding="utf-8")
    with pytest.raises(BaseException):  # noqa: B017  # a panic of the reader's own kind
        rustxes.import_ocel_json(str(file))
