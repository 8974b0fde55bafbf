"""Hearing a household: to the end, back to the start, and nothing lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.cast import MOVED_ON, NOW, RESIDENTS, TODAY
from tests.rooms.cases.walking import (
    answer_once,
    answered,
    begun,
    opened,
    publish_with_a_bus_pass,
    seen,
    signed,
    visited,
)

from madoguchi.audit.entries import Actor
from madoguchi.cases import hearing, household_notice, opening, queries
from madoguchi.cases.acting import civil_day
from madoguchi.cases.models import ActRow, FactRow, TaskRow
from madoguchi.cases.states import FactSource, IdentityDocument, VisitorKind
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import FactRef, Value
from madoguchi.procedures.situation import EventKind

Staff = Mapping[str, Actor]
INSURANCE = FactRef("health_insurance", "p1")


@pytest.mark.django_db
def test_the_household_of_five_is_heard_to_the_end(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    asked = answered(case, clerk)
    view = seen(case, clerk)
    assert view.prompt is None
    assert view.judged.with_status(Status.ASK) == ()
    assert 0 < asked <= 40
    assert ("move-in-notice", Status.MUST) in {(one.procedure, one.status) for one in view.judged.decisions}


@pytest.mark.django_db
def test_one_signature_sends_every_department_its_part(city: Staff, procedures: str) -> None:
    case = signed(city["clerk_hana"])
    sent = set(TaskRow.objects.filter(case__public_id=case).values_list("procedure", "subject"))
    view = seen(case, city["clerk_hana"])
    assert sent == {(one.procedure, one.subject) for one in view.judged.with_status(Status.MUST)}
    counts = queries.journey_counts(case=case)
    assert (counts.signatures, counts.characters_by_resident, counts.asked_again, counts.moves) == (
        1,
        0,
        0,
        0,
    )
    assert counts.minutes == 20.0


@pytest.mark.django_db
def test_undoing_goes_back_to_the_start_and_keeps_the_history(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    answered(case, clerk)
    acts, facts = ActRow.objects.count(), FactRow.objects.count()
    undone = 0
    while seen(case, clerk).can_undo:
        hearing.undo(case=case, by=clerk, now=NOW, version=None)
        undone += 1
    view = seen(case, clerk)
    assert (view.record.facts, view.record.people) == ({}, ())
    with pytest.raises(hearing.NothingToUndo):
        hearing.undo(case=case, by=clerk, now=NOW, version=None)
    assert FactRow.objects.count() == facts
    assert ActRow.objects.count() == acts + undone
    assert ActRow.objects.filter(undone_at__isnull=False).count() == undone
    assert queries.journey_counts(case=case).questions == 0


@pytest.mark.django_db
def test_an_undone_answer_can_be_given_otherwise(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    before = seen(case, clerk)
    answer_once(case, clerk)
    hearing.undo(case=case, by=clerk, now=NOW, version=None)
    after = seen(case, clerk)
    assert (after.record.facts, after.prompt) == (before.record.facts, before.prompt)


@pytest.mark.django_db
def test_a_correction_stands_over_the_fact_and_beside_its_history(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    with pytest.raises(hearing.ReasonMissing):
        hearing.correct_fact(
            case=case, ref=INSURANCE, value="none", reason="", by=clerk, now=NOW, version=None
        )
    hearing.correct_fact(
        case=case, ref=INSURANCE, value="none", reason="退職していた", by=clerk, now=NOW, version=None
    )
    assert seen(case, clerk).record.value("health_insurance", "p1") == "none"
    history = queries.fact_history(case=case, ref=INSURANCE)
    assert [(value, source, reason) for _, value, source, reason, _ in history] == [
        ("nhi", FactSource.CERTIFICATE, ""),
        ("none", FactSource.STAFF, "退職していた"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ref", "value"),
    [
        (INSURANCE, "moon"),
        (INSURANCE, True),
        (FactRef("birth_date", "p1"), "1984-05-02"),
        (FactRef("health_insurance", "p9"), "nhi"),
        (FactRef("no_such_fact", "p1"), True),
        (FactRef("claimant", "household"), "p9"),
        (FactRef("income_yen", "p1"), -1),
    ],
)
def test_an_answer_that_the_fact_cannot_have_is_refused(
    ref: FactRef, value: object, city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    before = seen(case, clerk)
    with pytest.raises(hearing.AnswerNotPossible, match="選び直して"):
        hearing.answer_prompt(case=case, prompt="x", answers={ref: value}, by=clerk, now=NOW, version=None)
    assert seen(case, clerk) == before


@pytest.mark.django_db
def test_what_nobody_knows_is_not_asked_again_until_it_is_taken_up(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    asked: list[str] = []
    for _ in range(100):
        view = seen(case, clerk)
        if view.prompt is None:
            break
        asked.append(view.prompt.id)
        answer_once(case, clerk, unknown=True)
    view = seen(case, clerk)
    assert view.prompt is None
    refs = [ref for ref, held in view.record.facts.items() if held.value is None]
    assert len(refs) == len(set(refs)) > 0
    assert view.judged.with_status(Status.ASK) != ()
    assert queries.journey_counts(case=case).asked_again == 0
    hearing.retake_unknown(case=case, by=clerk, now=NOW)
    again = seen(case, clerk).prompt
    assert again is not None
    answer_once(case, clerk)
    assert queries.journey_counts(case=case).asked_again == 0


@pytest.mark.django_db
def test_a_relationship_that_tells_nothing_is_asked_once(
    city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    """Two heads in one household: who is whose parent stays open, and asking 続柄 again would not settle it."""
    clerk = city["clerk_hana"]
    case = begun(clerk)
    opening.join_household(case=case, number=RESIDENTS["protected"].household_no, by=clerk, now=NOW)
    assert answered(case, clerk) < 40
    view = seen(case, clerk)
    assert view.prompt is None
    assert view.judged.with_status(Status.ASK) != ()


@pytest.mark.django_db
def test_asking_what_was_said_already_is_counted(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    hearing.answer_prompt(case=case, prompt="x", answers={INSURANCE: "nhi"}, by=clerk, now=NOW, version=None)
    assert queries.journey_counts(case=case).asked_again == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("residents")
def test_the_day_that_a_period_is_counted_from_is_asked_last_and_of_all_at_once(
    city: Staff, procedures: str
) -> None:
    """Whoever lost their insurance must register within 14 days of it, though no outcome hangs on that day."""
    clerk = city["clerk_hana"]
    case = opening.open_case(event=EventKind.none, by=clerk, now=NOW)
    household_notice.begin_household(case=case, resident_no=RESIDENTS["head"].resident_no, by=clerk, now=NOW)
    uninsured = (INSURANCE, FactRef("health_insurance", "p2"))
    for ref in uninsured:
        hearing.correct_fact(
            case=case, ref=ref, value="none", reason="本人の話", by=clerk, now=NOW, version=None
        )
    asked = FactRef("insurance_changed_on", "p1"), FactRef("insurance_changed_on", "p2")
    while (prompt := seen(case, clerk).prompt) is not None and prompt.refs != asked:
        answer_once(case, clerk, unknown=True)
    assert prompt is not None
    lost: dict[FactRef, Value | None] = dict.fromkeys(asked, MOVED_ON)
    hearing.answer_prompt(
        case=case, prompt=prompt.id, answers=lost, by=clerk, now=NOW, version=seen(case, clerk).header.version
    )
    view = seen(case, clerk)
    days = {one.subject: one.deadline for one in view.judged.decisions if one.procedure == "nhi-enrol"}
    assert (days["p1"], days["p2"]) == (MOVED_ON + timedelta(days=14),) * 2
    assert view.prompt is None or view.prompt.id != prompt.id


@pytest.mark.django_db
def test_e17_a_move_that_has_not_happened_is_refused(city: Staff, procedures: str) -> None:
    case = opened(city["clerk_hana"])
    with pytest.raises(opening.DateInFuture, match="住み始めてから"):
        begun(city["clerk_hana"], move_date=TODAY + timedelta(days=1))
    assert seen(case, city["clerk_hana"]).record.people == ()
    begun(city["clerk_hana"], move_date=TODAY)


@pytest.mark.django_db
def test_e13_a_late_notice_is_taken_and_marked(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk, move_date=date(2026, 10, 1))
    (notice,) = [one for one in seen(case, clerk).judged.decisions if one.procedure == "move-in-notice"]
    assert (notice.status, notice.deadline, notice.overdue) == (Status.MUST, date(2026, 10, 15), True)
    visited(case, clerk)
    answered(case, clerk)


def test_e21_the_day_is_that_of_japan() -> None:
    assert civil_day(datetime(2026, 11, 8, 15, 0, tzinfo=UTC)) == date(2026, 11, 9)
    assert civil_day(datetime(2026, 11, 8, 14, 59, tzinfo=UTC)) == date(2026, 11, 8)


@pytest.mark.django_db
def test_e38_a_part_of_the_family_moves_and_the_rest_stays(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    opening.set_who_moves(
        case=case,
        moving=frozenset({"p2", "p4"}),
        relationships={"p2": "世帯主", "p4": "子"},
        claimant="p2",
        keep_address_off=False,
        by=clerk,
        now=NOW,
        version=None,
    )
    view = seen(case, clerk)
    refs = {person.ref for person in view.record.people}
    assert {ref for ref in refs if view.record.value("moves", ref)} == {"p2", "p4"}
    must = view.judged.with_status(Status.MUST)
    assert {one.subject for one in must if one.procedure == "nhi-enrol"} <= {"p2", "p4"}
    with pytest.raises(opening.NoPeople):
        opening.set_who_moves(
            case=case,
            moving=frozenset(),
            relationships={},
            claimant=None,
            keep_address_off=False,
            by=clerk,
            now=NOW,
            version=None,
        )


@pytest.mark.django_db
@pytest.mark.parametrize("by_number_of", ["household", "member"])
def test_e35_joining_a_household_brings_its_members_as_people_who_stay(
    by_number_of: str, city: Staff, procedures: str, residents: Mapping[str, str]
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    entry = RESIDENTS["head_of_joined"]
    number = entry.household_no if by_number_of == "household" else entry.resident_no
    opening.join_household(case=case, number=number, by=clerk, now=NOW)
    view = seen(case, clerk)
    staying = [person for person in view.record.people if person.staying]
    assert [view.record.name_of(person.ref) for person in staying] == ["大家 一郎", "大家 文"]
    assert all(view.record.value("moves", person.ref) is False for person in staying)
    assert {person.ref for person in staying} <= {person.id for person in view.judged.situation.people}
    with pytest.raises(opening.NoSuchHousehold):
        opening.join_household(case=case, number="0", by=clerk, now=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [VisitorKind.LEGAL, VisitorKind.AGENT, VisitorKind.MESSENGER])
def test_e43_who_acts_for_another_shows_the_paper_that_says_so(
    kind: VisitorKind, city: Staff, procedures: str
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)

    def come(
        *,
        proof: bool,
        name: str = "代理 良子",
        documents: frozenset[IdentityDocument] = frozenset({IdentityDocument.PASSPORT}),
    ) -> None:
        opening.set_visitor(
            case=case,
            kind=kind,
            person="",
            name=name,
            phone="",
            documents=documents,
            proof_seen=proof,
            unproved=False,
            by=clerk,
            now=NOW,
            version=None,
        )

    with pytest.raises(opening.ProofMissing):
        come(proof=False)
    with pytest.raises(opening.NobodyNamed):
        come(proof=True, name=" ")
    with pytest.raises(opening.IdentityNotProved):
        come(proof=True, documents=frozenset({IdentityDocument.OTHER}))
    come(proof=True)
    assert seen(case, clerk).record.text("notifier_name") == "代理 良子"


@pytest.mark.django_db
def test_numbers_count_up_for_each_branch_and_day(city: Staff, procedures: str) -> None:
    def number(by: Actor, now: datetime = NOW) -> str:
        return seen(opened(by, now=now), by, now=now).header.number

    given = [number(city[name]) for name in ("clerk_hana", "clerk_taro", "clerk_north", "clerk_hana")]
    assert given == ["A001", "A002", "B001", "A003"]
    assert number(city["clerk_hana"], NOW + timedelta(days=1)) == "A001"


@pytest.mark.django_db
def test_a_case_is_decided_by_the_revision_it_began_with(city: Staff, procedures: str) -> None:
    case = begun(city["clerk_hana"])
    assert seen(case, city["clerk_hana"]).header.revision == procedures
    before = seen(case, city["clerk_hana"])
    changed = hearing.move_to_current_revision(case=case, by=city["clerk_hana"], now=NOW, version=None)
    assert changed == ()
    assert seen(case, city["clerk_hana"]).judged.decisions == before.judged.decisions


@pytest.mark.django_db
def test_a_newer_revision_decides_only_after_somebody_says_so(
    city: Staff, procedures: str, tmp_path: Path
) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    assert queries.newer_procedures(case=case) is None
    newer = publish_with_a_bus_pass(tmp_path)
    before = seen(case, clerk)
    assert before.newer_revision
    assert "bus-pass" not in {one.procedure for one in before.judged.decisions}
    offered = queries.newer_procedures(case=case)
    assert offered is not None
    assert ("bus-pass", None, Status.MUST) in {
        (one.procedure, one.before, one.after) for one in offered.changes
    }
    taken = hearing.move_to_current_revision(case=case, by=clerk, now=NOW, version=None)
    assert taken == offered.changes
    after = seen(case, clerk)
    assert (after.header.revision, after.newer_revision) == (newer, False)
    assert "bus-pass" in {one.procedure for one in after.judged.with_status(Status.MUST)}


@pytest.mark.django_db
def test_a_case_is_shown_with_few_queries_however_long_it_was_heard(city: Staff, procedures: str) -> None:
    clerk = city["clerk_hana"]
    case = begun(clerk)
    visited(case, clerk)
    counts = []
    for _ in range(6):
        answer_once(case, clerk)
        with CaptureQueriesContext(connection) as taken:
            seen(case, clerk)
        counts.append(len([one for one in taken if "SAVEPOINT" not in one["sql"]]))
    assert max(counts) <= 12
    assert len(set(counts)) == 1
