"""A visit that was signed and reviewed, ready to leave for the core system."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from tests import cast

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, opening
from madoguchi.cases.opening import CertificatePerson, MovingOutCertificate
from madoguchi.cases.states import IdentityDocument, VisitorKind
from madoguchi.connect.operations import approve_and_create
from madoguchi.procedures.situation import EventKind

Approve = Callable[..., str]


def sign(
    case: str, by: Actor, *, people: int = 5, keep_address_off: bool = False, hold_post: bool = False
) -> None:
    """Say who came and sign, as the counter does."""
    opening.set_who_moves(
        case=case, moving=frozenset(f"p{n}" for n in range(1, people + 1)), relationships={}, claimant="p1",
        keep_address_off=keep_address_off, hold_post=hold_post, by=by, now=cast.NOW, version=None,
    )  # fmt: skip
    opening.set_visitor(
        case=case, kind=VisitorKind.SELF, person="p1", name="", phone="",
        documents=frozenset({IdentityDocument.DRIVING_LICENCE}), proof_seen=False, unproved=False, by=by,
        now=cast.NOW, version=None,
    )  # fmt: skip
    closing.sign(case=case, strokes=None, paper_signed=True, by=by, now=cast.NOW, version=None)


@pytest.fixture
def signed(city: Mapping[str, Actor], procedures: str) -> Approve:
    """Make a signed case from a certificate; returns its id."""

    def make(
        *people: CertificatePerson,
        certificate: MovingOutCertificate | None = None,
        practice: bool = False,
        keep_address_off: bool = False,
        hold_post: bool = False,
    ) -> str:
        by = city["clerk_hana"]
        case = opening.open_case(event=EventKind.move_in, by=by, now=cast.NOW, practice=practice)
        opening.begin_from_certificate(
            case=case, certificate=certificate or cast.certificate(*people), by=by, now=cast.NOW
        )
        sign(case, by, people=len(people) or 5, keep_address_off=keep_address_off, hold_post=hold_post)
        return case

    return make


@pytest.fixture
def approved(city: Mapping[str, Actor], signed: Approve) -> Approve:
    """Make an approved case; returns its id."""

    def make(*people: CertificatePerson, **more: object) -> str:
        case = signed(*people, **more)
        approve_and_create(case=case, by=city["reviewer_jiro"], now=cast.NOW, version=None)
        return case

    return make
