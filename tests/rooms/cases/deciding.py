"""A signed case with tasks, its widow with a sign-in, and what departments write and decide about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.cast import NOW, RESIDENTS
from tests.rooms.cases.walking import sign, widowed
from tests.snapshot import kept
from tests.standing import STANDING

from madoguchi.audit.entries import Actor
from madoguchi.cases.models import TaskRow
from madoguchi.cases.roles import say_one_does_all
from madoguchi.cases.rulings.deciding import RulingSaid
from madoguchi.cases.states import RulingKind
from madoguchi.residents.accounts.coming import come
from madoguchi.residents.accounts.facts import ClaimedFacts

MAYOR = "まどか市長"
GRANT = RulingSaid(RulingKind.GRANTED)
GRANT_INSTEAD = RulingSaid(RulingKind.GRANTED, "あとから届いた書類で要件を確かめました。")
DISMISS = RulingSaid(RulingKind.DISMISSED, "支給の要件を満たしていません。", MAYOR)
REVOKE = RulingSaid(RulingKind.REVOKED, "提出された書類が別の方のものでした。", MAYOR)
WITHDRAWN = RulingSaid(RulingKind.WITHDRAWN)
HOME = Actor(None, "ご本人", "", "")
ONE, TWO = "high-cost-heirs", "nhi-funeral"


@dataclass(frozen=True, slots=True)
class Widowed:
    """The case; a task that one decides and one that two decide; the widow's number and account."""

    case: str
    by_one: int
    by_two: int
    widow: str
    account: int


@kept(STANDING)
def signed_by_widow(city: Mapping[str, Actor]) -> Widowed:
    """A death, signed by the widow; she has a sign-in."""
    clerk = city["clerk_hana"]
    case = widowed(clerk)
    say_one_does_all(case=case, by=clerk, now=NOW)
    sign(case, clerk)
    return Widowed(
        case, task_of(case, ONE), task_of(case, TWO), RESIDENTS["wife"].resident_no, account_of("wife")
    )


def task_of(case: str, procedure: str) -> int:
    """The task of a procedure in a case."""
    return TaskRow.objects.get(case__public_id=case, procedure=procedure).pk


def account_of(who: str) -> int:
    """A matched account of somebody of the cast."""
    one = RESIDENTS[who]
    facts = ClaimedFacts(one.name.name, one.address, str(one.birth), one.sex)
    return come(issuer="https://id.example", subject=who, facts=facts, by=HOME, now=NOW).number
