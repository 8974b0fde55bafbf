"""Whom a resident acts for at this browser (代理での手続き): themselves, or a person by a mandate that holds now.

Whoever reads or writes for a resident online asks `acting(request)`: whose data it is, by which right, and the actor for
the audit. The session holds the mandate's own number only; whether it still holds is asked with every request.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest
from django.utils import timezone

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.channels.online.who import actor_of_resident, own_number, signed_in_of
from madoguchi.residents.mandates import Mandate, in_force

ACTING = "acting_for"
AGENT_NAME = "代理の方"


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom something is done, by which right, and who does it as the audit names them (both, when it is an agent)."""

    resident_no: str
    account: int
    mandate: Mandate | None
    actor: Actor
    purpose: Purpose

    def keys(self) -> dict[str, str | int]:
        """What every act in the audit carries: the account that acts, and the mandate with the principal when it is an agent."""
        said: dict[str, str | int] = {"account": self.account}
        return (
            said
            if self.mandate is None
            else said | {"mandate": self.mandate.public_id, "person": self.resident_no}
        )


def acting_for(request: HttpRequest) -> Mandate | None:
    """The mandate by which whoever is signed in acts now; one that does not hold any more is forgotten."""
    chosen = request.session.get(ACTING)
    if not isinstance(chosen, str):
        return None
    found = in_force(mandate=chosen, account=signed_in_of(request).account, now=timezone.now())
    if found is None:
        del request.session[ACTING]
    return found


def acting(request: HttpRequest) -> Acting:
    """Behind `needs_resident`: for whom whatever follows is done."""
    mandate, own, number = acting_for(request), actor_of_resident(request), signed_in_of(request).account
    if mandate is None:
        return Acting(own_number(request), number, None, own, Purpose.OWN)
    return Acting(mandate.principal_no, number, mandate, replace(own, name=AGENT_NAME), Purpose.MANDATE)
