"""Who may do what (権限). Default: nobody.

A role is what a person is; an authority is what a screen needs. The table below is the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.city import resident_session


class Authority(Enum):
    """What a screen needs before it opens."""

    NOBODY = "nobody"
    ANYONE = "anyone"
    RESIDENT = "resident"
    SIGNED_IN = "signed_in"
    COUNTER = "counter"
    PREPARE = "prepare"
    INTERPRET = "interpret"
    CALLS = "calls"
    TICKET_MACHINE = "ticket_machine"
    DEPARTMENT = "department"
    REVIEW = "review"
    MATCHING = "matching"
    CONNECT = "connect"
    CATALOGUE = "catalogue"
    LEVELLING = "levelling"
    INSIGHT = "insight"
    VISIT_LISTS = "visit_lists"
    AUDIT = "audit"
    DISPOSAL = "disposal"
    PROTECTION = "protection"
    PAYMENTS = "payments"
    GIFTS = "gifts"
    OUTREACH = "outreach"
    ENTRUSTED = "entrusted"
    ADMINISTER = "administer"


class Role(Enum):
    """What a member of staff is (役割)."""

    CLERK = "clerk"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    SYSTEMS = "systems"
    DX = "dx"
    AUDITOR = "auditor"
    PROTECTION = "protection"
    TICKET_MACHINE = "ticket_machine"
    CASHIER = "cashier"
    GIFTS = "gifts"
    OUTREACH = "outreach"
    COMMISSIONER = "commissioner"
    INTERPRETER = "interpreter"
    CONTRACT_RECEPTION = "contract_reception"
    CONTRACT_PREPARING = "contract_preparing"


ROLE_NAMES = {
    Role.CLERK: "窓口担当",
    Role.OFFICER: "課の担当",
    Role.REVIEWER: "審査担当",
    Role.SYSTEMS: "情報システム担当",
    Role.DX: "DX推進担当",
    Role.AUDITOR: "監査担当",
    Role.PROTECTION: "支援措置担当",
    Role.TICKET_MACHINE: "発券機",
    Role.CASHIER: "収納担当",
    Role.GIFTS: "寄附担当",
    Role.OUTREACH: "案内担当",
    Role.COMMISSIONER: "民生委員",
    Role.INTERPRETER: "通訳",
    Role.CONTRACT_RECEPTION: "受付の委託",
    Role.CONTRACT_PREPARING: "下準備の委託",
}
HOLDS: dict[Role, frozenset[Authority]] = {
    Role.CLERK: frozenset({Authority.COUNTER, Authority.CALLS}),
    Role.OFFICER: frozenset({Authority.DEPARTMENT, Authority.CALLS}),
    Role.REVIEWER: frozenset({Authority.COUNTER, Authority.CALLS, Authority.REVIEW, Authority.MATCHING}),
    Role.SYSTEMS: frozenset({Authority.CONNECT, Authority.ADMINISTER, Authority.DISPOSAL}),
    Role.DX: frozenset({Authority.CATALOGUE, Authority.LEVELLING, Authority.INSIGHT}),
    Role.AUDITOR: frozenset({Authority.AUDIT, Authority.DISPOSAL}),
    Role.PROTECTION: frozenset({Authority.PROTECTION, Authority.MATCHING}),
    Role.TICKET_MACHINE: frozenset({Authority.TICKET_MACHINE}),
    Role.CASHIER: frozenset({Authority.PAYMENTS}),
    Role.GIFTS: frozenset({Authority.GIFTS}),
    Role.OUTREACH: frozenset({Authority.OUTREACH, Authority.VISIT_LISTS}),
    Role.COMMISSIONER: frozenset({Authority.ENTRUSTED}),
    Role.INTERPRETER: frozenset({Authority.INTERPRET}),
    Role.CONTRACT_RECEPTION: frozenset({Authority.CALLS}),
    Role.CONTRACT_PREPARING: frozenset({Authority.PREPARE}),
}
# People who are not of the city's own staff: beside such a role no other counts, whoever gave it to them.
FROM_OUTSIDE = frozenset({Role.INTERPRETER, Role.CONTRACT_RECEPTION, Role.CONTRACT_PREPARING})
OUTSIDE_ALONE = "通訳と委託の役割は、ほかの役割と一緒には持てません。職員の役割を外すか、通訳・委託の役割を外してください。"
WHO_HAS = {
    authority: "・".join(ROLE_NAMES[role] for role, held in HOLDS.items() if authority in held)
    for authority in Authority
}

# Who may look at a page of the residents' own: whoever signed in as one, in a session without staff.
NEXT_SALT = "madoguchi.next"

View = Callable[..., HttpResponse]


def authorities_of(roles: frozenset[Role]) -> frozenset[Authority]:
    """Everything that these roles together may do; of somebody from outside, what those from outside may."""
    roles = roles & FROM_OUTSIDE or roles
    return frozenset().union(*(HOLDS[role] for role in roles), {Authority.SIGNED_IN})


def mixed(roles: frozenset[Role]) -> bool:
    """Whether roles from outside stand beside others, which nobody means (`OUTSIDE_ALONE` says so)."""
    return bool(roles & FROM_OUTSIDE and roles - FROM_OUTSIDE)


def holds(request: HttpRequest, authority: Authority) -> bool:
    """Whether whoever signed in holds `authority`."""
    if authority is Authority.ANYONE:
        return True
    if authority is Authority.RESIDENT:
        return resident_session.account_of(request, now=timezone.now()) is not None
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return False
    cached: frozenset[Authority] | None = getattr(request, "authorities", None)
    if cached is None:
        known = {role.value for role in Role}
        rows = user.role_rows.values_list("role", flat=True)
        cached = authorities_of(frozenset(Role(role) for role in rows if role in known))
        request.authorities = cached  # type: ignore[attr-defined]  # kept for this request only
    return authority in cached


def needs(authority: Authority) -> Callable[[View], View]:
    """Declare what a view needs. Without it the answer is a 403 page that says whom to ask."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not holds(request, authority):
                return refused(request, authority)
            return view(request, *args, **kwargs)

        guarded.authority = authority  # type: ignore[attr-defined]  # read by the test that walks every address
        if authority in (Authority.ANYONE, Authority.RESIDENT):
            guarded.login_required = False  # type: ignore[attr-defined]  # Django's own mark for LoginRequiredMiddleware
        return guarded

    return declare


def refused(request: HttpRequest, authority: Authority) -> HttpResponse:
    """The 403 page: which roles use this screen and whom to ask. The attempt is written down.

    A resident who is not signed in is sent to the residents' sign-in instead, with the page that was wanted, signed.
    """
    match, user = request.resolver_match, request.user
    if authority is Authority.RESIDENT and not user.is_authenticated:
        wanted = signing.dumps(request.path, salt=NEXT_SALT) if request.method == "GET" else ""
        return redirect(f"{reverse('my:sign_in')}?{urlencode({'next': wanted})}" if wanted else "my:sign_in")
    if user.is_authenticated:
        record_act(
            actor=Actor(user.pk, user.get_username(), "", "", request.META.get("REMOTE_ADDR", "")),
            activity="refused",
            now=timezone.now(),
            screen=(match.view_name or "unnamed") if match else "unnamed",
            needed=authority.value,
        )
    context = {"who": WHO_HAS[authority], "of_residents": authority is Authority.RESIDENT}
    return render(request, "city/refused.html", context, status=403)
