"""Acting for a resident: by a code once, only while it holds, never for a protected principal but by those who handle it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from tests.cast import NOW, RESIDENTS, SETTER, TODAY
from tests.personas import SELF, SignedInPersona, browser_of, personas

from madoguchi.audit.models import EntryRow
from madoguchi.residents import mandates
from madoguchi.residents.mandates import Mandate, MandateKind, NoSuchMandate
from madoguchi.residents.models import AccountRow, MandateRow
from madoguchi.residents.sheltering import protect

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("residents")]
UNTIL = TODAY + timedelta(days=90)


@pytest.fixture
def people() -> Sequence[SignedInPersona]:
    return personas(3)


def asked(principal: SignedInPersona, agent: SignedInPersona, **other: Any) -> str:
    given: dict[str, Any] = {
        "principal_no": principal.resident_no, "kind": MandateKind.ENTRUSTED, "procedures": (), "ends_on": UNTIL,
        "by": SELF, "now": NOW, **other,
    }  # fmt: skip
    if "code" not in given:
        given["code"] = mandates.make_code(account=agent.account, by=SELF, now=NOW)
    return mandates.ask(**given)


def holds(mandate: str, agent: SignedInPersona, *, days: int = 0) -> Mandate | None:
    return mandates.in_force(mandate=mandate, account=agent.account, now=NOW + timedelta(days=days))


def test_asked_taken_on_used_and_ended(people: Sequence[SignedInPersona]) -> None:
    principal, agent, _ = people
    made = asked(principal, agent)
    assert holds(made, agent) is None, "not before it is taken on"
    mandates.take_on(mandate=made, account=agent.account, by=SELF, now=NOW)
    found = holds(made, agent)
    assert found is not None
    assert (found.principal_no, found.covers("anything")) == (principal.resident_no, True)
    assert holds(made, agent, days=91) is None, "not after its last day"
    mandates.end(mandate=made, account=principal.account, resident_no=principal.resident_no, by=SELF, now=NOW)
    assert holds(made, agent) is None
    kinds = EntryRow.objects.filter(activity__startswith="mandate_").order_by("id")
    assert list(kinds.values_list("activity", flat=True)) == [
        "mandate_code_made", "mandate_asked", "mandate_accepted", "mandate_ended",
    ]  # fmt: skip


def test_a_code_is_used_once_and_for_half_an_hour(people: Sequence[SignedInPersona]) -> None:
    principal, agent, other = people
    code = mandates.make_code(account=agent.account, by=SELF, now=NOW)
    asked(principal, agent, code=f" {code[:5].lower()}-{code[5:]} ")
    with pytest.raises(mandates.WrongCode):
        asked(other, agent, code=code)
    late = mandates.make_code(account=agent.account, by=SELF, now=NOW)
    with pytest.raises(mandates.WrongCode):
        asked(other, agent, code=late, now=NOW + timedelta(minutes=31))
    newer = mandates.make_code(account=agent.account, by=SELF, now=NOW)
    with pytest.raises(mandates.WrongCode):
        asked(other, agent, code=late)
    with pytest.raises(mandates.OwnCode):
        asked(agent, agent, code=newer)


@pytest.mark.parametrize("ends_on", [TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
def test_its_days_are_within_a_year(people: Sequence[SignedInPersona], ends_on: date) -> None:
    with pytest.raises(mandates.MandateDaysWrong):
        asked(people[0], people[1], ends_on=ends_on)


def test_a_refused_asking_leaves_the_code_usable(people: Sequence[SignedInPersona]) -> None:
    code = mandates.make_code(account=people[1].account, by=SELF, now=NOW)
    with pytest.raises(mandates.MandateDaysWrong):
        asked(people[0], people[1], code=code, ends_on=TODAY - timedelta(days=1))
    asked(people[0], people[1], code=code)


def test_only_the_named_agent_takes_it_on_and_nobody_else_ends_it(people: Sequence[SignedInPersona]) -> None:
    principal, agent, other = people
    made = asked(principal, agent)
    with pytest.raises(NoSuchMandate):
        mandates.take_on(mandate=made, account=other.account, by=SELF, now=NOW)
    with pytest.raises(NoSuchMandate):
        mandates.take_on(mandate=made, account=principal.account, by=SELF, now=NOW)
    with pytest.raises(NoSuchMandate):
        mandates.end(mandate=made, account=other.account, resident_no=other.resident_no, by=SELF, now=NOW)


def test_a_guardian_is_entered_by_staff_who_saw_the_evidence(people: Sequence[SignedInPersona]) -> None:
    principal, agent, _ = people
    with pytest.raises(mandates.OnlyAtTheCounter):
        asked(principal, agent, kind=MandateKind.GUARDIAN)
    made = asked(principal, agent)
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateRow.objects.filter(public_id=made).update(kind="guardian")


def entered(principal_no: str, agent: SignedInPersona, *, handles: bool, evidence: str = "登記 第1号") -> str:
    code = mandates.make_code(account=agent.account, by=SELF, now=NOW)
    return mandates.enter(
        principal_no=principal_no, code=code, kind=MandateKind.GUARDIAN, procedures=("nhi-enrol",), ends_on=UNTIL,
        evidence=evidence, handles_protection=handles, by=SETTER if not handles else STAFF, now=NOW,
    )  # fmt: skip


STAFF = SELF.__class__(7, "支援 雪", "main", "")


def test_a_protected_principal_only_by_those_who_handle_it(people: Sequence[SignedInPersona]) -> None:
    agent = people[1]
    protected = RESIDENTS["protected"].resident_no
    with pytest.raises(mandates.NoSuchPrincipal) as told:
        entered(protected, agent, handles=False)
    with pytest.raises(mandates.NoSuchPrincipal) as nobody:
        entered("999", agent, handles=False)
    assert str(told.value) == str(nobody.value), "that somebody is protected is not told"
    made = entered(protected, agent, handles=True)
    found = holds(made, agent)
    assert found is not None
    assert found.covers("nhi-enrol")
    assert not found.covers("move-in-notice")
    assert mandates.entered_mandates(handles_protection=False, now=NOW) == ()
    assert [one.public_id for one in mandates.entered_mandates(handles_protection=True, now=NOW)] == [made]
    with pytest.raises(NoSuchMandate):
        mandates.end_by_staff(mandate=made, handles_protection=False, by=STAFF, now=NOW)
    with pytest.raises(mandates.EvidenceMissing):
        entered(protected, people[2], handles=True, evidence=" ")


def test_protection_and_a_stopped_account_take_effect_at_once(people: Sequence[SignedInPersona]) -> None:
    principal, agent, _ = people
    made = asked(principal, agent)
    mandates.take_on(mandate=made, account=agent.account, by=SELF, now=NOW)
    AccountRow.objects.filter(pk=agent.account).update(state="blocked", resident_no=None)
    assert holds(made, agent) is None
    AccountRow.objects.filter(pk=agent.account).update(state="matched", resident_no=agent.resident_no)
    assert holds(made, agent) is not None
    protect(resident_no=principal.resident_no, begins_on=TODAY, ends_on=None, by=SETTER, now=NOW)
    assert holds(made, agent) is None


def test_the_whole_way_on_the_pages(
    people: Sequence[SignedInPersona], monkeypatch: pytest.MonkeyPatch, signed_in: Callable[[str], Client]
) -> None:
    principal, agent, _ = people
    helper, asker = browser_of(agent), browser_of(principal)
    page = helper.post("/my/mandates/code/").content.decode()
    code = page.split('<p class="mdg-slip__code">')[1].split("<")[0]
    assert asker.post("/my/mandates/ask/", {"code": code}).status_code == 422
    wrong = asker.post("/my/mandates/ask/", {"code": "AAAAAAAAAA", "kind": "family", "ends_on": "R9.3.31"})
    assert "このコードは使えません" in wrong.content.decode()
    said = {"code": code, "kind": "family", "ends_on": "R9.3.31"}
    assert asker.post("/my/mandates/ask/", said)["Location"] == "/my/mandates/"
    made = MandateRow.objects.get().public_id
    assert "引受けを待っています" in asker.get("/my/mandates/").content.decode()
    assert helper.post(f"/my/mandates/{made}/", {"act": "begin"}).status_code == 404
    helper.post(f"/my/mandates/{made}/", {"act": "take_on"})
    helper.post(f"/my/mandates/{made}/", {"act": "begin"})
    assert "代理として手続きしています" in helper.get("/my/").content.decode()
    begun = EntryRow.objects.get(activity="acting_begun")
    assert begun.body == {"account": agent.account, "mandate": made}
    asker.post(f"/my/mandates/{made}/", {"act": "end"})
    assert "代理として手続きしています" not in helper.get("/my/").content.decode()
