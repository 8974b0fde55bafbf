"""From approval to the core system's answer: once, again and again the same, and never a protected address."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from django.db import IntegrityError, transaction
from tests import cast
from tests.rooms.connect.conftest import sign

from madoguchi.audit.entries import Actor
from madoguchi.audit.queries import person_timeline
from madoguchi.cases import closing
from madoguchi.cases.acting import find_case
from madoguchi.cases.models import CaseRow
from madoguchi.cases.queries import department_tasks
from madoguchi.cases.states import CaseStatus, TaskState
from madoguchi.city.queries import departments
from madoguchi.connect import change_data, operations, queries
from madoguchi.connect.change_data import BY_HAND, digest_of
from madoguchi.connect.change_files import to_csv, to_json
from madoguchi.connect.message_states import MessageState
from madoguchi.connect.models import MessageRow
from madoguchi.residents.sheltering import protect

Approve = Callable[..., str]
CORE = Actor(None, "異動データ連携", "", "")


def hand_over() -> operations.Handed:
    return operations.hand_over(by=CORE, now=cast.NOW)


def change_of(case: str) -> str:
    return MessageRow.objects.filter(case=case).order_by("-round").values_list("change_id", flat=True)[0]


def take(case: str, *, accepted: bool = True, reason: str = "") -> None:
    operations.answer(change=change_of(case), accepted=accepted, reason=reason, by=CORE, now=cast.NOW)


def test_approval_makes_one_message_that_says_what_was_signed(approved: Approve) -> None:
    case = approved()
    (message,) = MessageRow.objects.all()
    assert message.change_id == "20261109-A001-1"
    assert message.digest == digest_of(message.body)
    told = message.body
    assert (told["reason"], told["provisional"], told["correction"]) == ("国内転入", True, False)
    assert (told["moved_on"], told["notified_on"], told["processed_on"]) == (
        "2026-11-05", "2026-11-09", "2026-11-09",
    )  # fmt: skip
    assert [person["name"] for person in told["people"]] == [person.name for person in cast.FIVE]
    insurance = told["people"][0]["facts"]["health_insurance"]
    assert insurance == {"value": "nhi", "source": "転出証明書", "as_of": "2026-11-09"}
    assert told["notifier"] == {"name": "引越 大", "kind": "self"}
    assert told["procedures"], "what is filed goes with it"
    assert CaseStatus(find_case(case).status) is CaseStatus.APPROVED


def test_handing_over_again_gives_the_same(approved: Approve) -> None:
    case = approved()
    first, second = hand_over(), hand_over()
    assert (first.first_time, second.first_time) == (1, 0)
    assert first.bodies == second.bodies
    assert CaseStatus(find_case(case).status) is CaseStatus.SENT
    assert sum(entry.activity == "read" for entry in person_timeline(f"{case}/p1")) >= 2, (
        "each time written down"
    )


def test_accepted_is_registered_and_a_second_time_changes_nothing(approved: Approve) -> None:
    case = approved()
    hand_over()
    take(case)
    acts = find_case(case).acts.count()
    take(case)
    assert CaseStatus(find_case(case).status) is CaseStatus.REGISTERED
    assert find_case(case).acts.count() == acts
    with pytest.raises(operations.AnsweredOtherwise):
        take(case, accepted=False, reason="取りちがえ")
    assert hand_over().bodies == ()


def test_registering_finishes_the_notice_and_leaves_the_other_tasks_open(approved: Approve) -> None:
    case = approved()
    hand_over()
    take(case)
    tasks = {
        task.procedure: task.state for name in departments() for task in department_tasks(departments=(name,))
    }
    assert tasks.pop("move-in-notice") is TaskState.DONE
    assert tasks
    assert TaskState.DONE not in tasks.values()


def test_refused_goes_back_to_the_counter_and_comes_again_as_a_correction(
    approved: Approve, city: Mapping[str, Actor]
) -> None:
    case = approved()
    hand_over()
    with pytest.raises(operations.AnswerNeedsReason):
        take(case, accepted=False, reason="  ")
    take(case, accepted=False, reason="続柄が合いません")
    assert CaseStatus(find_case(case).status) is CaseStatus.HEARING
    sign(case, city["clerk_hana"])
    operations.approve_and_create(case=case, by=city["reviewer_jiro"], now=cast.NOW, version=None)
    (told,) = hand_over().bodies
    assert (told["change_id"], told["correction"]) == ("20261109-A001-2", True)


def test_an_answer_needs_a_message_that_has_left(approved: Approve) -> None:
    case = approved()
    with pytest.raises(operations.NoSuchMessage):
        take(case)
    with pytest.raises(operations.NoSuchMessage):
        operations.answer(change="20261109-A999-1", accepted=True, by=CORE, now=cast.NOW)


def test_a_case_under_correction_stays_behind_and_stops_nobody(
    approved: Approve, city: Mapping[str, Actor]
) -> None:
    corrected, other = approved(), approved()
    closing.correct_after_signing(
        case=corrected, reason="番地のまちがい", by=city["clerk_hana"], now=cast.NOW, version=None
    )
    assert [told["change_id"] for told in hand_over().bodies] == [change_of(other)]
    sign(corrected, city["clerk_hana"])
    operations.approve_and_create(case=corrected, by=city["reviewer_jiro"], now=cast.NOW, version=None)
    assert {told["change_id"] for told in hand_over().bodies} == {change_of(other), change_of(corrected)}
    assert queries.message_counts()[MessageState.SUPERSEDED] == 1


def test_an_answer_during_a_correction_is_kept_and_moves_no_case(
    approved: Approve, city: Mapping[str, Actor]
) -> None:
    case = approved()
    hand_over()
    closing.correct_after_signing(
        case=case, reason="番地のまちがい", by=city["clerk_hana"], now=cast.NOW, version=None
    )
    take(case)
    assert CaseStatus(find_case(case).status) is CaseStatus.HEARING
    assert queries.message_counts()[MessageState.ACKNOWLEDGED] == 1


def test_practice_makes_no_message_and_the_database_agrees(approved: Approve) -> None:
    case = approved(practice=True)
    assert not MessageRow.objects.exists()
    assert hand_over().bodies == ()
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseRow.objects.filter(public_id=case).update(status=CaseStatus.SENT.value)


def _everything(bodies: tuple[dict[str, object], ...]) -> str:
    return "".join(
        [
            to_json(bodies).decode(),
            to_csv(bodies, encoding="utf-8").content.decode("utf-8-sig"),
            to_csv(bodies, encoding="cp932").content.decode("cp932"),
        ]
    )


def _planted() -> object:
    return cast.certificate(new_address=cast.PLANTED_ADDRESS, new_building=cast.PLANTED_BUILDING)


def test_an_address_to_be_kept_off_is_nowhere(approved: Approve) -> None:
    approved(certificate=_planted(), keep_address_off=True)
    bodies = hand_over().bodies
    assert bodies[0]["handling"] == BY_HAND
    found = _everything(bodies) + json.dumps(list(MessageRow.objects.values_list("body", flat=True)))
    assert not [word for word in (*cast.PLANTED, "寺町通") if word in found]


def test_without_the_guard_the_address_would_be_there(
    approved: Approve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_data, "address_may_appear", lambda *args, **named: True)
    approved(certificate=_planted(), keep_address_off=True)
    found = _everything(hand_over().bodies)
    assert all(word in found for word in cast.PLANTED), "so the test above can fail"


def test_protection_that_comes_after_approval_still_keeps_the_address_back(
    approved: Approve, city: Mapping[str, Actor], residents: Mapping[str, str]
) -> None:
    from madoguchi.cases.models import PersonRow

    case = approved(certificate=_planted())
    PersonRow.objects.filter(case__public_id=case, ref="p1").update(resident_no=residents["head"])
    assert all(word in _everything(hand_over().bodies) for word in cast.PLANTED)
    protect(
        resident_no=residents["head"],
        begins_on=cast.MOVED_ON,
        ends_on=None,
        by=city["clerk_hana"],
        now=cast.NOW,
    )
    again = hand_over()
    assert not [word for word in cast.PLANTED if word in _everything(again.bodies)]
    assert again.bodies[0]["handling"] == BY_HAND


def test_e49_letters_are_held_back_for_every_department_whatever_the_reason(
    approved: Approve, city: Mapping[str, Actor], residents: Mapping[str, str]
) -> None:
    """A letter about an allowance must not reach the home that a family has fled; the mark does not say why."""
    from madoguchi.cases.models import PersonRow

    approved()
    approved(hold_post=True)
    approved(keep_address_off=True)
    fled = approved()
    PersonRow.objects.filter(case__public_id=fled, ref="p1").update(resident_no=residents["protected"])
    bodies = hand_over().bodies
    assert [one["post"] for one in bodies] == ["", "hold", "hold", "hold"]
    lines = to_csv(bodies[2:], encoding="utf-8").content.decode("utf-8-sig").splitlines()
    wished, protected = (line.split(",") for line in (lines[1], lines[6]))
    place = lines[0].split(",").index("post")
    assert wished[place] == protected[place] == "hold", "the wish of anybody looks like protection"
