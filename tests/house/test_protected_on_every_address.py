"""Every address, opened by everybody, in a city where a protected person's new home is planted (支援措置)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.applying import answered as answered_at_home
from tests.applying import begun as begun_at_home
from tests.cast import NOW, ONE_OF_EACH_ROLE, PLANTED_ADDRESS, RESIDENTS, STAFF, TODAY
from tests.house.every_address import Address, ours
from tests.house.test_protected_people import planted_in, visited_by_another, with_the_protected
from tests.house.walk import said
from tests.personas import SELF, sign_in
from tests.rooms.booking.queueing import lay_out
from tests.rooms.cases.walking import answered, sign
from tests.rooms.furusato.giving import applied, code_of, given
from tests.rooms.residents.test_matching import came, facts_of

from madoguchi.audit.entries import Actor
from madoguchi.booking.tickets.calling import call_next
from madoguchi.booking.tickets.desks import open_desk
from madoguchi.booking.tickets.issuing import issue, secret_of
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.interpreting import call_interpreter
from madoguchi.cases.models import AttachmentRow, CaseRow, HomeCaseRow, TaskRow
from madoguchi.cases.states import CaseStatus
from madoguchi.catalogue.drafts import operations as drafts
from madoguchi.catalogue.models import DraftRow
from madoguchi.catalogue.queries import current_revision
from madoguchi.city.authority import Authority, authorities_of
from madoguchi.city.models import StaffMember
from madoguchi.connect.models import MessageRow
from madoguchi.connect.operations import approve_and_create
from madoguchi.furusato.models import SubmissionRow
from madoguchi.outreach.models import CampaignRow
from madoguchi.residents import mandates
from madoguchi.residents.mandates import MandateKind
from madoguchi.residents.models import AccountRow, MandateRow

Staff = Mapping[str, Actor]
SignedIn = Callable[[str], Client]
# What a form sends so that something comes back; the others are sent empty.
POSTED: Mapping[str, Mapping[str, str]] = {
    "counter:find": {"name": "守田 雪"},
    "counter:check": {"go": "save", "missing": "move-in-notice|0"},
    "counter:correct": {"reason": ""},
    "backoffice:answers": {},
    "furusato:check": {"gift": "M-0001"},
    "my:mandate": {"act": "begin"},
    "backoffice:match": {"act": "accept", "reason": ""},
}
# What stands for itself in an address.
PLAIN: Mapping[str, object] = {
    "procedure": "move-in-notice", "subject": "household", "key": "move_date", "language": "en", "branch": "main",
    "desk": "desk1", "service": "moving", "day": "2026-11-10", "kind": "sheets", "what": "child-allowance-claim",
    "offer": "none", "reach": "none", "entrusted": "none", "rule": 0, "sheet": "nhi-enrol",
    **dict.fromkeys(("survey", "proposal", "experience", "refund", "application", "told", "outing", "nth", "doubt"), 1),
}  # fmt: skip
# A gift of the protected person, from where they live now; its number stands for any number.
GIFT = "M-0001"
# Whoever signed in from home and acts for the protected person.
AT_HOME = "髙橋 太郎, from home"
# These end the walk's own case or session, so that nothing would be left to see.
ENDS = {"counter:withdraw", "city_practice", "my:sign_out", "furusato:end"}


def brought(city: Staff, status: CaseStatus) -> str:
    clerk = city["clerk_hana"]
    drafts.begin(title="下書き", by=clerk, now=NOW)
    given({"寄附番号": GIFT, "氏名": "守田 雪", "生年月日": "1992-01-15", "住所": PLANTED_ADDRESS})
    applied(GIFT)
    case = with_the_protected(clerk)
    visited_by_another(case, clerk)
    if status is not CaseStatus.HEARING:
        answered(case, clerk)
        sign(case, clerk)
    if status is CaseStatus.APPROVED:
        approve_and_create(case=case, by=city["reviewer_jiro"], now=NOW, version=None)
    call_interpreter(
        case=case, interpreter=city["interpreter_lin"].staff_id or 0, by=clerk, now=timezone.now()
    )
    _signed_in_from_home(city)
    _ticket(case)
    return case


def _signed_in_from_home(city: Staff) -> None:
    """The protected person themselves, about whom staff have to decide; and somebody who acts for them."""
    head, protected = RESIDENTS["head"], RESIDENTS["protected"]
    came(facts_of(protected), "protected")
    agent = came(facts_of(head), "head").pk
    staff = city["protector_yuki"]
    code = mandates.make_code(account=agent, by=SELF, now=NOW)
    mandates.enter(
        principal_no=protected.resident_no, code=code, kind=MandateKind.GUARDIAN, procedures=(),
        ends_on=TODAY + timedelta(days=90), evidence="登記 第1号", handles_protection=True, by=staff, now=NOW,
    )  # fmt: skip


def _application() -> str:
    """What somebody who acts for the protected person applied for from home."""
    there = HomeCaseRow.objects.first()
    if there is not None:
        return there.number
    protected, account = RESIDENTS["protected"].resident_no, AccountRow.objects.get(subject="head")
    mandate = mandates.in_force(
        mandate=MandateRow.objects.values_list("public_id", flat=True)[0], account=account.pk, now=NOW
    )
    who = Applicant(account.pk, protected, RESIDENTS["head"].resident_no, mandate)
    return answered_at_home(begun_at_home(who), who)


def _ticket(case: str) -> str:
    """A number that was called at the clerk's desk, and is that of the case."""
    row = CaseRow.objects.get(public_id=case)
    if not row.ticket:
        lay_out(rules=QueueRules(only_in_hours=False))
        clerk = Actor(row.opened_by, row.opened_by_name, row.branch, row.desk)
        open_desk(branch="main", desk="desk1", lanes=["residents"], by=clerk, now=NOW)
        made = issue(branch="main", services=("moving",), by=clerk, now=NOW)
        call_next(branch="main", desk="desk1", by=clerk, now=NOW)
        CaseRow.objects.filter(pk=row.pk).update(ticket=made.ticket)
        row.refresh_from_db()
    return row.ticket


class _There(dict[str, object]):
    """What stands in the parts of an address, of what there is: looked up when an address asks for it."""

    def __init__(self, address: Address, case: str, tasks: list[int]) -> None:
        super().__init__(PLAIN, case=case, task=tasks[0])
        self._ask: Mapping[str, Callable[[], object]] = {
            "change": lambda: MessageRow.objects.values_list("change_id", flat=True).first() or "none",
            "staff": lambda: StaffMember.objects.values_list("pk", flat=True)[0],
            "number": lambda: _application() if address.name.startswith("my:") else GIFT,
            "file": lambda: AttachmentRow.objects.values_list("public_id", flat=True).first() or "none",
            "code": lambda: code_of(GIFT) if address.name.startswith("furusato:") else "3467-9ACD",
            "receipt": lambda: SubmissionRow.objects.values_list("receipt", flat=True)[0],
            "campaign": lambda: CampaignRow.objects.values_list("public_id", flat=True).first() or "none",
            "draft": lambda: DraftRow.objects.values_list("pk", flat=True).first() or 1,
            "mandate": lambda: MandateRow.objects.values_list("public_id", flat=True)[0],
            "match": lambda: AccountRow.objects.filter(state="doubtful").values_list("pk", flat=True)[0],
            "revision": current_revision,
            "ticket": lambda: _ticket(case),
            "secret": lambda: secret_of(_ticket(case)),
        }

    def __missing__(self, name: str) -> object:
        return self._ask[name]()


def filled(address: Address, case: str) -> Iterator[str]:
    """The address for this case, once for each paper, download and fact page that it can mean."""
    tasks = list(TaskRow.objects.filter(case__public_id=case).values_list("pk", flat=True)) or [0]
    values = _There(address, case, tasks)
    ways: Mapping[str, tuple[Mapping[str, object], ...]] = {
        "counter:fact": tuple(
            {"key": key, "subject": subject}
            for key, subject in (("new_address", "event"), ("old_address", "event"), ("name", "p6"), ("birth_date", "p1"))
        ),
        "counter:procedure": tuple(
            {"procedure": procedure, "subject": subject}
            for procedure, subject in (
                ("move-in-notice", "household"), ("protection-request", "household"), ("nhi-enrol", "p1"), ("nhi-enrol", "p6"),
            )
        ),
        "counter:paper": tuple({"kind": kind} for kind in ("sheets", "guide", "confirmation", "meaning")),
        "counter:task": tuple({"task": task} for task in tasks),
        **{
            f"backoffice:{book}": tuple({"kind": kind} for kind in ("xlsx", "csv"))
            for book in ("levelling_demand", "furusato_list", "payments_book", "coverage_file", "visit_file")
        },
        "backoffice:insight_visits": tuple({"kind": kind} for kind in ("xes", "ocel.json")),
        "backoffice:draft_rule": ({"kind": "must"},),
        "backoffice:download": tuple({"kind": kind} for kind in ("csv", "json", "cp932")),
    }  # fmt: skip
    for way in ways.get(address.name, ({},)):
        values.update(way)
        yield address.filled(values)


def _held_by(username: str) -> frozenset[Authority]:
    return authorities_of(frozenset(STAFF[username].roles))


def _from_home() -> Client:
    _application()
    browser = Client()
    sign_in(browser, AccountRow.objects.get(subject="head").pk)
    return browser


def answers(
    case: str, signed_in: SignedIn, usernames: Iterable[str], *, refused_too: bool = False
) -> Iterator[tuple[str, HttpResponse]]:
    """What each of them sees at every address that is open to them; `refused_too`: and at those that are not."""
    for number, username in enumerate(usernames):
        browser = _from_home() if username == AT_HOME else signed_in(username)
        held = {Authority.RESIDENT} if username == AT_HOME else {*_held_by(username), Authority.SIGNED_IN}
        held |= {Authority.ANYONE} if number == 0 else set()  # the same to everybody
        for address in ours():
            if address.view.authority not in held and not refused_too:
                continue  # the page that refuses is one for all: test_addresses.py and the proofs see it everywhere
            for url in filled(address, case):
                yield f"{username} GET {address.name}", browser.get(url)
                if address.name not in ENDS and address.view.authority in held:
                    yield f"{username} POST {address.name}", browser.post(url, POSTED.get(address.name, {}))


@pytest.mark.django_db
@pytest.mark.parametrize("refused_too", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("status", "usernames"),
    [
        (CaseStatus.HEARING, ("clerk_hana",)),
        pytest.param(
            CaseStatus.IN_REVIEW, ("officer_nhi", "officer_child", "reviewer_jiro"), marks=pytest.mark.slow
        ),
        (CaseStatus.APPROVED, (*ONE_OF_EACH_ROLE.values(), AT_HOME)),
    ],
)
def test_nobody_finds_the_address_anywhere(
    status: CaseStatus,
    usernames: tuple[str, ...],
    refused_too: bool,
    city: Staff,
    procedures: str,
    residents: Mapping[str, str],
    signed_in: SignedIn,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    case = brought(city, status)
    found, shown = [], set()
    for where, answer in answers(case, signed_in, usernames, refused_too=refused_too):
        shown |= {where.split()[-1]} if answer.status_code in (200, 302) else set()
        found += [(where, word) for word in planted_in(said(answer))]
        # 503: no provider is named here to which residents could be sent, and that is said.
        assert answer.status_code < 500 or (where.endswith("my:go") and answer.status_code == 503), where
    assert sorted(set(found)) == []
    assert len(shown) > 10
    assert planted_in(caplog.text) == planted_in("".join(capfd.readouterr())) == []


@pytest.mark.django_db
def test_error_pages_and_those_without_a_sign_in_do_not_tell(
    city: Staff, procedures: str, residents: Mapping[str, str], signed_in: SignedIn
) -> None:
    case = brought(city, CaseStatus.APPROVED)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in("clerk_hana").cookies
    pages = [Client().get(url) for address in ours() for url in filled(address, case)]
    pages += [strict.post(f"/cases/{case}/find/", {"name": "守田 雪"}), strict.get("/no/such/page/")]
    assert {page.status_code for page in pages} == {200, 302, 400, 403, 404, 405, 503}
    assert [word for page in pages for word in planted_in(said(page))] == []


@pytest.mark.django_db
def test_commands_do_not_tell(city: Staff, procedures: str, residents: Mapping[str, str]) -> None:
    brought(city, CaseStatus.APPROVED)
    out = StringIO()
    call_command("changes", "list", stdout=out, stderr=out)
    call_command("audit", "steps", "--from", "2020-01-01", "--to", "2030-01-01", stdout=out, stderr=out)
    assert planted_in(out.getvalue()) == []
    assert RESIDENTS["protected"].name.name not in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["clerk_hana", "officer_nhi", "reviewer_jiro"])
def test_without_the_guard_the_walk_finds_it(
    who: str,
    city: Staff,
    procedures: str,
    residents: Mapping[str, str],
    signed_in: SignedIn,
    without_protection: None,
) -> None:
    case = brought(city, CaseStatus.IN_REVIEW)
    assert any(planted_in(said(answer)) for _, answer in answers(case, signed_in, [who]))
