"""Two hundred residents who are signed in, made quickly, and the addresses under which each of them has something.

A room that gives residents things of their own (applications, receipts, attachments) adds a line to `OWNED`: the address,
and how one is made for a person. The walk then tries every person at everybody else's. An address with a part in it that
is nobody's (a procedure, a language) stands in `NOBODYS` with the reason. An address that is in neither fails the walk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.test import Client
from django.utils import timezone
from tests.cast import NOW, SETTER, STAFF, TODAY

from madoguchi.audit.entries import Actor
from madoguchi.cases.desk_tables import ResultPaperRow, RulingRow
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.messages.writing import tell_resident
from madoguchi.cases.models import ActRow, AttachmentRow, CaseRow, HomeCaseRow, PersonRow, TaskRow
from madoguchi.catalogue.queries import current_revision
from madoguchi.city.resident_session import RESIDENT
from madoguchi.jp.check_digits import with_check_digit
from madoguchi.jp.names import NameParts
from madoguchi.outreach import offers
from madoguchi.outreach.models import OfferRow
from madoguchi.outreach.states import OfferChannel
from madoguchi.residents import mandates
from madoguchi.residents.accounts.coming import come
from madoguchi.residents.accounts.facts import AccountState, ClaimedFacts
from madoguchi.residents.mandates import MandateKind
from madoguchi.residents.operations import add_fact, register
from madoguchi.residents.people import RegisterEntry

ISSUER = "https://id.example"
SELF = Actor(None, "ご本人", "", "")
FIRST_NUMBER = 700_000
BOTH = "GET and POST"


@dataclass(frozen=True, slots=True)
class SignedInPersona:
    """A resident with a matched account."""

    place: int
    resident_no: str
    account: int


def entry_of(place: int) -> RegisterEntry:
    """Somebody of the register whom nobody else is like."""
    return RegisterEntry(
        with_check_digit(f"{FIRST_NUMBER + place:012d}"),
        NameParts(f"試 人{chr(0x4E00 + place)}", "タメシ"),
        date(1950, 1, 1) + timedelta(days=37 * place),
        "female" if place % 2 else "male",
        "世帯主",
        with_check_digit(f"{70_000 + place:06d}"),
        f"まど県まどか市本町{place + 1}番地",
    )


def personas(count: int = 200) -> tuple[SignedInPersona, ...]:
    """So many residents, registered and matched by themselves."""
    entries = [entry_of(place) for place in range(count)]
    register(entries=entries, source="住民記録", as_of=TODAY, now=NOW)
    made = []
    for place, entry in enumerate(entries):
        facts = ClaimedFacts(entry.name.name, entry.address, str(entry.birth), entry.sex)
        account = come(issuer=ISSUER, subject=f"p{place}", facts=facts, by=SELF, now=NOW)
        assert account.state is AccountState.MATCHED, place
        made.append(SignedInPersona(place, entry.resident_no, account.number))
    return tuple(made)


def browser_of(persona: SignedInPersona) -> Client:
    """A browser in which this person is signed in."""
    browser = Client()
    sign_in(browser, persona.account)
    return browser


def sign_in(browser: Client, account: int) -> None:
    """Sign whoever has this account in at a browser, as if they came from the provider a moment ago."""
    session = browser.session
    moment = timezone.now().isoformat()
    session[RESIDENT] = {"account": account, "since": moment, "seen": moment}
    session.save()
    browser.cookies["sessionid"] = session.session_key or ""


@dataclass(frozen=True, slots=True)
class Owned:
    """A kind of thing that is somebody's: its addresses by name, and how the number of one is made for a person.

    `others`: whom else it is of (the place of that persona), so that they are left out of the pairs.
    `besides`: what else the address has to be filled with, and is nobody's.
    `opens`: whether it is there for whoever's it is, as it was made.
    """

    addresses: Sequence[str]
    parameter: str
    make: Callable[[SignedInPersona, Sequence[SignedInPersona], datetime], str]
    others: Callable[[int, int], frozenset[int]] = lambda place, count: frozenset()
    method: str = "GET"
    posted: tuple[dict[str, str], ...] = ({},)
    besides: Mapping[str, str] = field(default_factory=dict)
    opens: bool = True


def mandate_of(persona: SignedInPersona, all_of_them: Sequence[SignedInPersona], now: datetime) -> str:
    """Asked by this person of the one before."""
    agent = all_of_them[persona.place - 1]
    code = mandates.make_code(account=agent.account, by=SELF, now=now)
    made = mandates.ask(
        principal_no=persona.resident_no, code=code, kind=MandateKind.FAMILY, procedures=(),
        ends_on=TODAY + timedelta(days=30), by=SETTER, now=now,
    )  # fmt: skip
    if persona.place % 2:
        mandates.take_on(mandate=made, account=agent.account, by=SELF, now=now)
    return made


def _application(persona: SignedInPersona, all_of_them: Sequence[SignedInPersona], now: datetime) -> str:
    """An application that was begun; its number."""
    from tests.applying import begun

    return begun(Applicant(persona.account, persona.resident_no, persona.resident_no))


def _file(persona: SignedInPersona, all_of_them: Sequence[SignedInPersona], now: datetime) -> str:
    """A picture that was attached to an application."""
    home = HomeCaseRow.objects.get(number=_application(persona, all_of_them, now))
    row = AttachmentRow.objects.create(
        case_id=home.case_id, public_id=f"{persona.place:032x}", procedure="child-allowance-claim", text="口座",
        kind="png", size=1, digest="0" * 64, added_at=now, account=persona.account,
    )  # fmt: skip
    return row.public_id


def _offer(persona: SignedInPersona, all_of_them: Sequence[SignedInPersona], now: datetime) -> str:
    """A card that the city offers; a campaign for everybody is sent with the first of them."""
    from tests.rooms.outreach.campaigning import CARD, sent
    from tests.standing import _actor

    if not OfferRow.objects.exists():
        day = date(2026, 4, 1)
        for one in all_of_them:
            add_fact(
                resident_no=one.resident_no, key="has_card", value=False, valid_from=day, as_of=day, source="試験",
                by=SETTER, now=now,
            )  # fmt: skip
        staff = {one: _actor(one) for one in STAFF}
        sent(staff, [CARD], channels=(OfferChannel.LETTER,))
    return offers.offers_of(resident_no=persona.resident_no)[0].number


def case_of(persona: SignedInPersona, all_of_them: Sequence[SignedInPersona], now: datetime) -> str:
    """A signed case of this person, with a message and a result document: rows alone, for they are many."""
    row = CaseRow.objects.create(
        public_id=f"{persona.place:032x}", branch="main", desk="desk1", day=TODAY, sequence=9000 + persona.place,
        number=f"Z{persona.place:03d}", code="0000", event_kind="none", status="in_review", revision=current_revision(),
        notified_on=TODAY, signed_round=1, opened_at=now, opened_by_name="窓口 花",
    )  # fmt: skip
    act = ActRow.objects.create(case=row, number=1, kind="begin", at=now, by_name="窓口 花")
    PersonRow.objects.create(case=row, act=act, ref="p1", resident_no=persona.resident_no, order=1)
    task = TaskRow.objects.create(
        case=row, department="insurance", procedure="nhi-enrol", subject="p1", made_at=now, changed_at=now
    )
    tell_resident(task=task.pk, text="届きました。", by=Actor(1, "国保 四郎", "", ""), now=now)
    ruling = RulingRow.objects.create(
        task=task, nth=1, kind="granted", two_persons=False, at=now, by=1, by_name="国保 四郎"
    )
    ResultPaperRow.objects.create(
        ruling=ruling,
        case=row,
        nth=1,
        number=f"P{persona.place:03d}",
        code="ABCDEFGH",
        body={
            **dict.fromkeys(
                (
                    "municipality",
                    "sender",
                    "office",
                    "law",
                    "about",
                    "objection",
                    "objection_law",
                    "replaces",
                ),
                "",
            ),
            "case": row.number,
            "procedure": "国民健康保険の加入",
            "to": "試 人",
            "kind": "granted",
            "received_on": TODAY.isoformat(),
            "decided_on": TODAY.isoformat(),
            "reason": "",
            "appeal_first": False,
        },
        issued_at=now,
    )
    return row.public_id


OF_APPLICATIONS = (
    *(f"my:apply_{name}" for name in ("ask", "change", "choose", "files", "check")),
    *(f"my:{name}" for name in ("case", "receipt", "withdraw", "wish", "case_pay", "case_counter")),
)
OWNED: list[Owned] = [
    Owned(
        ("my:mandate",),
        "mandate",
        mandate_of,
        others=lambda place, count: frozenset({(place - 1) % count}),
        method="POST",
        posted=({"act": "take_on"}, {"act": "end"}, {"act": "begin"}),
    ),
    Owned(
        OF_APPLICATIONS,
        "number",
        _application,
        method=BOTH,
        posted=({"go": "answer", "declared": "yes", "text": "x"}, {"go": "back"}, {"go": "again"}),
    ),
    Owned(
        ("my:case_messages",),
        "case",
        case_of,
        method=BOTH,
        posted=({"act": "answer", "text": "x"}, {"act": "notice"}),
    ),
    Owned(("my:case_document",), "case", case_of, besides={"nth": "1"}),
    Owned(("my:file",), "file", _file, method=BOTH),
    Owned(("offers:offer",), "offer", _offer, method=BOTH, posted=({"answer": "use"}, {"answer": "refuse"})),
]


# Addresses of residents with a part in them that is nobody's: name and reason.
NOBODYS: dict[str, str] = {"my:apply_begin": "names a procedure or an event, as everybody may read it"}


def pairs(count: int) -> Iterator[tuple[int, int]]:
    """Everybody with everybody else: who asks, whose it is."""
    return ((one, other) for one in range(count) for other in range(count) if one != other)
