"""Applying from home in tests: residents who are signed in, the way through, a scanner that says what it is told."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.test import Client
from PIL import Image
from tests.cast import NOW, RESIDENTS
from tests.personas import ISSUER, SELF, SignedInPersona, browser_of

from madoguchi.cases.from_home import answering, attaching
from madoguchi.cases.from_home.attaching import things_of
from madoguchi.cases.from_home.following import HomeCase, home_case
from madoguchi.cases.from_home.offering import Offered, offered
from madoguchi.cases.from_home.opening import CONSENT_VERSION, Applicant, open_from_home
from madoguchi.cases.from_home.submitting import Receipt, submit
from madoguchi.cases.ports import NotScanned, ScanFault
from madoguchi.catalogue.queries import current
from madoguchi.procedures.facts import CLAIMANT, FactDefinition, FactRef, FactType, Value
from madoguchi.residents.accounts.coming import come
from madoguchi.residents.accounts.facts import ClaimedFacts

ALLOWANCE = "child-allowance-claim"


@dataclass(frozen=True, slots=True)
class SaysOf:
    """A scanner that finds this, or cannot say."""

    found: str = ""
    fault: ScanFault | None = None

    def finds(self, contents: bytes) -> str:
        if self.fault is not None:
            raise NotScanned(self.fault)
        return self.found


CLEAN = SaysOf()


def account_of(role: str) -> SignedInPersona:
    """Somebody of the cast with an account that is joined to the register."""
    one = RESIDENTS[role]
    facts = ClaimedFacts(one.name.name, one.address, str(one.birth), one.sex)
    made = come(issuer=ISSUER, subject=role, facts=facts, by=SELF, now=NOW)
    return SignedInPersona(0, one.resident_no, made.number)


def browser_of_role(role: str) -> Client:
    """A browser in which somebody of the cast is signed in."""
    return browser_of(account_of(role))


def applicant_of(role: str) -> Applicant:
    """Somebody of the cast who applies for themselves."""
    found = account_of(role)
    return Applicant(found.account, found.resident_no, found.resident_no)


def begun(
    who: Applicant, what: str = ALLOWANCE, *, mark: str = "", now: datetime = NOW, language: str = "ja"
) -> str:
    """An application begun; its number."""
    wanted: Offered = offered(current(), what)
    number = open_from_home(
        what=wanted, who=who, agreed=CONSENT_VERSION, mark=mark or f"{who.account:08d}{what}"[:32], language=language,
        by=SELF, now=now,
    )  # fmt: skip
    answering.begin_answering(number=number, who=who, by=SELF, now=now)
    return number


def seen(number: str, who: Applicant, *, now: datetime = NOW) -> HomeCase:
    """The application as its resident sees it."""
    return home_case(number=number, who=who, by=SELF, screen="test", now=now)


def ordinary(definition: FactDefinition, ref: FactRef) -> Value:
    """The answer of a family in which nothing is out of the ordinary."""
    if ref.key == CLAIMANT:
        return "p1"
    if ref.key == "employment":
        return "employed"
    match definition.type:
        case FactType.BOOLEAN:
            return False
        case FactType.NUMBER:
            return 0
        case FactType.DATE:
            return NOW.date()
        case FactType.CHOICES:
            return frozenset()
        case FactType.CHOICE:
            return next(
                (one.code for one in definition.choices if one.code in ("jp", "none")),
                definition.choices[0].code,
            )
        case _:
            return "髙橋 新"


def answer_once(number: str, who: Applicant, *, now: datetime = NOW, unknown: bool = False) -> bool:
    """Answer the question on the page; False when there is none."""
    view = seen(number, who, now=now)
    page = answering.page_now(view)
    if page is None:
        return False
    answers = {
        ref: None if unknown else ordinary(definition, ref)
        for ref, definition in zip(page.refs, page.definitions, strict=True)
    }
    answering.answer(
        number=number, who=who, prompt=page, answers=answers, typed=0, by=SELF, now=now, version=view.version
    )
    return True


def answered(number: str, who: Applicant, *, now: datetime = NOW) -> str:
    """All questions answered."""
    for _question in range(60):
        if not answer_once(number, who, now=now):
            return number
    raise AssertionError("the questions never end")


def submitted(who: Applicant, what: str = ALLOWANCE, *, now: datetime = NOW) -> str:
    """An application begun, answered and submitted; its number."""
    number = answered(begun(who, what, now=now), who, now=now)
    handed_in(number, who, now=now)
    return number


def attach(number: str, who: Applicant, contents: bytes, scanner: SaysOf = CLEAN) -> None:
    """Attach this to the first thing that can be given."""
    view = seen(number, who)
    thing = things_of(view.judged, view.record)[0]
    attaching.attach(
        number=number, who=who, thing=thing.key, contents=contents, scanner=scanner, by=SELF, now=NOW
    )


def handed_in(number: str, who: Applicant, *, now: datetime = NOW, declared: bool = True) -> Receipt:
    """Submit it as it stands."""
    return submit(number=number, who=who, declared=declared, by=SELF, now=now, version=None)


def picture(colour: str = "white", *, kind: str = "PNG") -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (24, 16), colour).save(made, kind)
    return made.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def form_of(answer: HttpResponse) -> Mapping[str, str]:
    """What the hidden fields of a page hold."""
    text = answer.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(page|version|act|mark)" value="([^"]*)"', text))
