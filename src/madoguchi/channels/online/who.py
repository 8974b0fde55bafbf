"""Whoever is signed in as a resident (サインインした住民): the one place at which the residents' pages learn whose they are.

Every view under /my/ declares `needs_resident`, which is the gate's `Authority.RESIDENT` and, unless told otherwise, that
the account is joined to the register. The account is read anew with every request: one that staff stopped is out at once.
What belongs to somebody else is answered as what is not there, and the attempt is written down (`not_theirs`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.channels.online.speaking import in_residents_language, to_sign_in
from madoguchi.city import resident_session
from madoguchi.city.authority import Authority, View, needs
from madoguchi.residents.accounts.coming import account
from madoguchi.residents.accounts.facts import AccountState

SELF_NAME = "ご本人"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A resident's sign-in at this browser (サインインした人): the account, where it stands, and whom it is of."""

    account: int
    state: AccountState
    resident_no: str | None
    asked_to_come: bool = False


def who(request: HttpRequest) -> SignedIn | None:
    """Whoever is signed in here as a resident; None when nobody is, or the account is not to be used."""
    held: SignedIn | None = getattr(request, "signed_in_resident", None)
    if held is not None:
        return held
    number = resident_session.account_of(request, now=timezone.now())
    found = account(number) if number is not None else None
    if found is None or found.state is AccountState.BLOCKED:
        return None
    signed_in = SignedIn(found.number, found.state, found.resident_no, found.asked_to_come)
    request.signed_in_resident = signed_in  # type: ignore[attr-defined]  # kept for this request only
    return signed_in


def signed_in_of(request: HttpRequest) -> SignedIn:
    """Whoever is signed in, behind `needs_resident`."""
    found = who(request)
    assert found is not None, "only behind needs_resident"
    return found


def own_number(request: HttpRequest) -> str:
    """宛名番号 of whoever is signed in, behind `needs_resident`."""
    number = signed_in_of(request).resident_no
    assert number is not None, "only behind needs_resident"
    return number


def actor_of_resident(request: HttpRequest) -> Actor:
    """A resident as the audit names them: no member of staff, themselves, from where."""
    return Actor(None, SELF_NAME, "", "", request.META.get("REMOTE_ADDR", ""))


def needs_resident(*, matched: bool = True) -> Callable[[View], View]:
    """Declare a page of the residents' own. `matched=False`: also for accounts that are not joined to the register."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            signed_in = who(request)
            if signed_in is None:
                resident_session.end(request)
                return to_sign_in()
            if matched and signed_in.state is not AccountState.MATCHED:
                return redirect("my:home")
            return view(request, *args, **kwargs)

        declared: View = needs(Authority.RESIDENT)(never_cache(in_residents_language(guarded)))
        return declared

    return declare


def not_theirs(request: HttpRequest) -> Http404:
    """The answer to whoever asks for what is not theirs or not there, alike; the attempt is written down first."""
    match, signed_in = request.resolver_match, who(request)
    record_act(
        actor=actor_of_resident(request),
        activity="refused",
        now=timezone.now(),
        screen=(match.view_name or "unnamed") if match else "unnamed",
        needed="own",
        account=signed_in.account if signed_in else 0,
    )
    return Http404()
