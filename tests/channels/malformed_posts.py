"""Broken posts to every address, made again from their number, and what each of them is promised."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from random import Random
from urllib.parse import quote_from_bytes, urlencode

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from tests import personas
from tests.house.every_address import Address, ours
from tests.rooms.booking.queueing import lay_out
from tests.rooms.cases import walking

from madoguchi.audit.entries import Actor
from madoguchi.booking.models import CodeTrialRow, TicketRow
from madoguchi.booking.tickets.calling import call_next
from madoguchi.booking.tickets.desks import open_desk
from madoguchi.booking.tickets.issuing import issue, reserve, secret_of
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.cases.models import AttachmentRow, CaseRow, HomeCaseRow, TaskRow
from madoguchi.cases.states import CaseStatus
from madoguchi.catalogue.drafts.operations import begin
from madoguchi.catalogue.models import DraftRow, RevisionRow
from madoguchi.city.authority import Authority, Role, authorities_of
from madoguchi.city.models import StaffMember
from madoguchi.city.queries import seat_of
from madoguchi.config import demo_city
from madoguchi.connect.models import MessageRow
from madoguchi.connect.operations import approve_and_create
from madoguchi.outreach.models import CampaignRow, EntrustedRow, OfferRow, ReachRow
from madoguchi.outreach.shown_tables import ShownCountsRow
from madoguchi.residents.accounts.coming import come
from madoguchi.residents.accounts.facts import ClaimedFacts
from madoguchi.residents.models import AccountRow, MandateCodeRow, MandateRow

PLANTED = "<b data-planted>"
VALUES: Mapping[str, bytes] = {
    "NUL": b"a\x00b",
    "control characters": b"\x01\x02\x1b[31m\x7f",
    "a lone surrogate": b"\xed\xa0\x80",
    "bytes of no encoding": b"\xff\xfe\x80\x81",
    "CP932": "髙﨑 太郎①".encode("cp932"),
    "UTF-16": "窓口".encode("utf-16"),
    "BOM": b"\xef\xbb\xbf" + "窓口".encode(),
    "half-width kana": "ﾏﾄﾞｸﾞﾁ ﾀﾛｳ".encode(),
    "30 February": b"2026-02-30",
    "a day after an era's end": "昭和64年1月8日".encode(),
    "no such month": "令和8年13月40日".encode(),
    "an unknown date": "昭和10年月日不詳".encode(),
    "a day to come": b"2999-12-31",
    "a negative number": b"-1",
    "a huge number": b"9" * 400,
    "no number": b"1e309",
    "a formula": b'=HYPERLINK("http://x","y")',
    "quotes and new lines": b'"\r\n,"";\n',
    "markup": f"{PLANTED}x</b><script>alert(1)</script>".encode(),
    "SQL": b"'; DROP TABLE cases_caserow; --",
    "typst": b"#panic() $x$ \\ */",
    "a megabyte": b"a" * 1_000_000,
    "an empty text": b"",
    "spaces only": "　 \t".encode(),
    "an unknown code": b"no_such_code",
    "a digit that is no number": "²".encode(),
    "a path": b"../../etc/passwd",
    "JSON": b'[[1,2],["a",null]]',
}
SHAPES = (
    "form", "form", "form", "form", "form", "form", "multipart", "truncated multipart", "JSON body", "garbage body",
    "no body", "a field twice", "too many fields", "an unknown field", "no token", "another encoding named",
)  # fmt: skip
# What a form may have whose page shows it elsewhere.
_USUAL = ("note", "version", "act", "service", "request", "number", "desk", "typed", "key")
WATCHED = ("booking", "payments", "cases", "furusato", "outreach", "residents", "connect", "catalogue")
# Whoever signed in from home, who acts for somebody, and whose own code is made whatever is sent for it.
RESIDENT = "a resident"
BROKEN = ("none", "2026-02-30", "'", "%00", "x" * 300)


@dataclass(frozen=True, slots=True)
class Post:
    """One broken post: to where, by whom, and what is wrong with it."""

    address: str
    url: str
    username: str
    shape: str
    faults: tuple[str, ...]
    body: bytes
    content_type: str


def post(number: int) -> Post:
    """Return the broken post of this number; the same in the same city."""
    chance = Random(number)
    address = chance.choice(_addresses())
    username = _who_may(address)
    url = address.filled(values(chance))
    fields = list(_fields(address.name, url, username)) or list(_USUAL)
    faults = tuple(chance.choice(list(VALUES)) for _ in range(chance.choice((1, 1, 2, 3))))
    pairs = [(name, chance.choice((b"1", b"yes", b"p1", "引越 大".encode(), b""))) for name in fields]
    machines = [at for at, (name, _) in enumerate(pairs) if _MACHINE.search(name)]
    for fault in faults:
        at = chance.choice(machines) if machines and chance.random() < 0.3 else chance.randrange(len(pairs))
        pairs[at] = (pairs[at][0], VALUES[fault])
    if chance.random() < 0.3:
        del pairs[chance.randrange(len(pairs))]
    shape = chance.choice(SHAPES)
    body, content_type = _shaped(shape, pairs, chance)
    return Post(address.name, url, username, shape, faults, body, content_type)


def _shaped(shape: str, pairs: list[tuple[str, bytes]], chance: Random) -> tuple[bytes, str]:
    form = "application/x-www-form-urlencoded"
    match shape:
        case "a field twice":
            pairs = [*pairs, *pairs[:1]]
        case "too many fields":
            pairs = pairs + [(f"x{n}", b"1") for n in range(1500)]
        case "an unknown field":
            pairs = [*pairs, ("no_such_field", b"1")]
        case "multipart" | "truncated multipart":
            parts = b"".join(
                b'--B\r\nContent-Disposition: form-data; name="'
                + name.encode()
                + b'"\r\n\r\n'
                + value
                + b"\r\n"
                for name, value in pairs
            )
            whole = parts + b"--B--\r\n"
            cut = whole if shape == "multipart" else whole[: chance.randrange(len(whole))]
            return cut, "multipart/form-data; boundary=B"
        case "JSON body":
            return b'{"act": ["approve"], "version": null}', "application/json"
        case "garbage body":
            return bytes(chance.randrange(256) for _ in range(300)), form
        case "no body":
            return b"", form
        case "another encoding named":
            form += "; charset=shift_jis"
    return "&".join(
        f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}" for name, value in pairs
    ).encode(), form


@lru_cache(maxsize=1)
def _addresses() -> list[Address]:
    return [address for address in ours() if address.view.authority is not Authority.ANYONE]


def _who_may(address: Address) -> str:
    """Return somebody who may open the address, so that the post gets past the door."""
    if address.view.authority is Authority.RESIDENT:
        return RESIDENT
    for member in StaffMember.objects.order_by("pk"):
        held = authorities_of(frozenset(Role(one.role) for one in member.role_rows.all()))
        if address.view.authority in held or address.view.authority is Authority.SIGNED_IN:
            return str(member.username)
    raise AssertionError(f"nobody may open {address.name}")


def _there() -> dict[str, list[object]]:
    """What stands in the parts of addresses and is there, by the part's name."""
    columns: dict[str, tuple[type[Model], str]] = {
        "case": (CaseRow, "public_id"), "task": (TaskRow, "pk"), "change": (MessageRow, "change_id"),
        "staff": (StaffMember, "pk"), "draft": (DraftRow, "pk"), "revision": (RevisionRow, "revision"),
        "ticket": (TicketRow, "public_id"), "mandate": (MandateRow, "public_id"), "file": (AttachmentRow, "public_id"),
        "campaign": (CampaignRow, "public_id"), "offer": (OfferRow, "public_id"), "number": (HomeCaseRow, "number"),
        "reach": (ReachRow, "public_id"), "entrusted": (EntrustedRow, "public_id"),
    }  # fmt: skip
    found = {
        part: list(model._default_manager.order_by("pk").values_list(column, flat=True)[:50])
        for part, (model, column) in columns.items()
    }
    doubtful = AccountRow.objects.filter(state="doubtful").order_by("pk").values_list("pk", flat=True)
    return {
        **found, "match": list(doubtful), "secret": [secret_of(str(one)) for one in found["ticket"]],
        "number": [*found["number"], "M-0001", "9062"], "code": ["3467-9ACD", "00000000"], "receipt": ["R3467ACDEF"],
        "kind": ["sheets", "guide", "confirmation", "csv", "json", "cp932", "must", "optional"], "rule": [0, 1],
        "branch": ["main", "north"], "desk": ["desk1", "desk2"], "service": ["moving", "certificates"],
        "day": ["2026-11-10", "2026-11-11"], "sheet": ["nhi-enrol"], "language": ["en", "ja-easy"],
        "procedure": ["move-in-notice", "nhi-enrol", "child-allowance-claim"], "what": ["child-allowance-claim", "birth"],
        **{part: [1] for part in ("survey", "proposal", "experience", "refund", "application", "told", "nth", "outing", "doubt")},
    }  # fmt: skip


def values(chance: Random) -> dict[str, object]:
    """A value for each part of an address: nine in ten are there, the rest are of nobody, broken or endless."""
    key, subject = chance.choice(_FACTS)
    there = {**_there(), "key": [key], "subject": [subject]}

    def one_of(found: Sequence[object]) -> object:
        broken: Sequence[object] = (999_999, 10**30) if found and isinstance(found[0], int) else BROKEN
        return chance.choice(found) if found and chance.random() < 0.9 else chance.choice(broken)

    return {part: one_of(found) for part, found in there.items()}


_MACHINE = re.compile(
    "TOTAL|INITIAL|version|index|document|staff|task|prompt|go|act|apply|missing|strokes|certificate-"
)
_FACTS = (
    ("move_date", "event"),
    ("new_address", "event"),
    ("birth_date", "p1"),
    ("name", "p2"),
    ("health_insurance", "p1"),
    ("relationship", "p3"),
    ("pension", "p1"),
)


def build_city(now: datetime) -> None:
    """Make the demo's city with a case in every state, from just opened to handed over."""
    demo_city.build(residents=20, now=now)
    actors = {}
    for member in StaffMember.objects.filter(username__in=("clerk", "reviewer")):
        seat = seat_of(member)
        assert seat is not None
        actors[member.username] = Actor(member.pk, member.display_name, seat.branch, seat.desk)
    clerk, reviewer = actors["clerk"], actors["reviewer"]
    walking.opened(clerk)
    walking.visited(walking.begun(clerk), clerk)
    for status in (CaseStatus.IN_REVIEW, CaseStatus.WITHDRAWN):
        walking.brought_to(status, clerk, reviewer)
    begin(title="下書き", by=clerk, now=now)
    _campaign(now)
    _hall(clerk, now)
    _at_home(now)
    approved = walking.signed(clerk)
    approve_and_create(case=approved, by=reviewer, now=now, version=None)


def _campaign(now: datetime) -> None:
    """A campaign that was counted, and one that is written down."""
    from tests.rooms.outreach.campaigning import CARD, drafted

    from madoguchi.outreach import campaigns, making

    staff = {
        "herald_aki": Actor(StaffMember.objects.get(username="herald").pk, "案内 十和", "", "", ""),
    }
    for _ in range(2):
        number = drafted(staff, [CARD], now=now)
    campaigns.count(campaign=number, by=staff["herald_aki"], now=now)
    making.go_through(number, clock=lambda: now)


def _hall(clerk: Actor, now: datetime) -> None:
    """Numbers that wait and one that is called at the clerk's desk; some are set aside."""
    lay_out(rules=QueueRules(only_in_hours=False))
    open_desk(branch="main", desk="desk1", lanes=["residents"], by=clerk, now=now)
    for services in (("moving", "insurance"), ("moving",), ("insurance",)):
        issue(branch="main", services=services, by=clerk, now=now)
    call_next(branch="main", desk="desk1", by=clerk, now=now)
    reserve(branch="main", letter="A", count=3, by=clerk, now=now)


def _at_home(now: datetime) -> None:
    """Residents who signed in: one for whom another may act, and one about whom staff have to decide."""
    people = personas.personas(2)
    personas.mandate_of(people[1], people, now)
    personas.mandate_of(people[0], people, now)
    entry = personas.entry_of(0)
    facts = ClaimedFacts(entry.name.name, "まど県まどか市本町99番地", str(entry.birth), entry.sex)
    come(issuer=personas.ISSUER, subject="moved", facts=facts, by=personas.SELF, now=now)


_FIELD = re.compile(r"""<(?:input|select|textarea|button)\b[^>]*?\bname=["']([^"']+)["']""")
_seen: dict[tuple[str, str], tuple[str, ...]] = {}


def _fields(name: str, url: str, username: str) -> tuple[str, ...]:
    """Return the names of the fields that the page itself has."""
    key = (name, username)
    if key not in _seen:
        page = client_of(username).get(url)
        found = _FIELD.findall(page.content.decode(errors="replace")) if page.status_code == 200 else []
        _seen[key] = tuple(sorted(set(found) - {"csrfmiddlewaretoken"}))
    return _seen[key]


_clients: dict[tuple[str, bool], Client] = {}


def client_of(username: str, *, strict: bool = False) -> Client:
    """Return a browser with this member signed in; a `strict` one asks for the token of the form."""
    if (username, strict) not in _clients:
        browser = Client(enforce_csrf_checks=strict, raise_request_exception=False)
        if username == RESIDENT:
            personas.sign_in(browser, AccountRow.objects.filter(state="matched").order_by("pk")[0].pk)
        else:
            browser.force_login(
                StaffMember.objects.get(username=username), "django.contrib.auth.backends.ModelBackend"
            )
        _clients[username, strict] = browser
    return _clients[username, strict]


def forget_city() -> None:
    """Forget the browsers and pages of a city that is gone."""
    _seen.clear()
    _clients.clear()


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo whatever happens inside, also what a request writes durably: the city stays as it was."""
    around = transaction.atomic()
    around._from_testcase = True  # as Django's own test case marks its transactions
    with around:
        yield
        transaction.set_rollback(True)


def stored() -> str:
    """Return a digest of everything that cases, residents, change data and procedures hold."""
    digest = hashlib.sha256()
    for model in apps.get_models():
        if model._meta.app_label in WATCHED and model not in (CodeTrialRow, MandateCodeRow, ShownCountsRow):
            # a trial counts, right or wrong; whoever asks for a code of their own gets one, whatever else they send;
            # counts that a campaign's page shows are kept by looking at it, also when the forms of the page are fetched
            digest.update(repr(list(model._default_manager.order_by("pk").values_list())).encode())
    return digest.hexdigest()


def sent(made: Post) -> HttpResponse:
    browser = client_of(made.username, strict=made.shape == "no token")
    return browser.generic("POST", made.url, made.body, content_type=made.content_type)  # type: ignore[return-value]  # the stubs' own response class


def broken_promises(made: Post, before: str) -> tuple[int, list[str]]:
    """Send the post and return the status of the answer, and what was promised and not kept."""
    answer = sent(made)
    page = answer.content.decode("utf-8", errors="replace")
    wrong = []
    if answer.status_code >= 500:
        wrong.append(f"status {answer.status_code}")
    if "Traceback" in page or "Exception" in page:
        wrong.append("a traceback")
    if PLANTED in page:
        wrong.append("markup that was not escaped")
    redirected = 300 <= answer.status_code < 400
    taken = redirected or "attachment" in answer.headers.get("Content-Disposition", "")
    if not taken and stored() != before:
        wrong.append("something stored by a post that was refused")
    if answer.status_code >= 400 and not re.search(r"ください。", page):
        wrong.append("no sentence that says what to do")
    if redirected and made.shape != "no token":
        after = client_of(made.username).get(answer.headers["Location"].split("#")[0], follow=True)
        shown = after.content.decode("utf-8", errors="replace")
        wrong += ["markup that was not escaped on the next page"] * (PLANTED in shown)
        wrong += [f"status {after.status_code} on the next page"] * (after.status_code >= 500)
    return answer.status_code, wrong


def told(made: Post) -> str:
    """The post in one line, without its values."""
    return urlencode({"to": made.address, "shape": made.shape, "faults": ", ".join(made.faults)})
