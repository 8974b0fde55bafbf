"""A resident who is signed in at this browser (住民のサインイン), apart from the sign-in of staff: never both in one session.

The session holds the number of the account and two moments, nothing of the person. It ends by itself twenty minutes after
the last thing that somebody did (to half a minute), and eight hours after the sign-in whatever they do. Whether the account may still be
used is asked anew with every request by whoever reads it (`channels.online.who`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest

from madoguchi.city.session_store import RENEW_EVERY

RESIDENT = "resident"
IDLE = timedelta(minutes=20)
LONGEST = timedelta(hours=8)


def begin(request: HttpRequest, *, account: int, now: datetime) -> None:
    """Sign a resident in, under a new key: whoever knew the key before knows nothing."""
    request.session.cycle_key()
    moment = now.isoformat()
    request.session[RESIDENT] = {"account": account, "since": moment, "seen": moment}


def end(request: HttpRequest) -> None:
    """Forget the resident and everything else of this browser's session."""
    request.signed_out = RESIDENT in request.session  # type: ignore[attr-defined]  # read by SessionsByUse
    request.session.flush()


def account_of(request: HttpRequest, *, now: datetime) -> int | None:
    """The account that is signed in here; None when nobody is, when it is too long ago, or when staff is."""
    if request.user.is_authenticated:
        return None
    held = request.session.get(RESIDENT)
    if not isinstance(held, dict):
        return None
    try:
        account, since, seen = (
            int(held["account"]),
            datetime.fromisoformat(held["since"]),
            datetime.fromisoformat(held["seen"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
    return account if now - seen <= IDLE + RENEW_EVERY and now - since <= LONGEST else None


def ended_by_itself(request: HttpRequest, *, now: datetime) -> bool:
    """Whether somebody was signed in here and the time is over."""
    return RESIDENT in request.session and account_of(request, now=now) is None


def used(request: HttpRequest, *, now: datetime) -> None:
    """Somebody did something: the twenty minutes begin anew. What is over stays over."""
    if RESIDENT not in request.session or account_of(request, now=now) is None:
        return
    held = request.session[RESIDENT]
    if now - datetime.fromisoformat(held["seen"]) > RENEW_EVERY:
        request.session[RESIDENT] = {**held, "seen": now.isoformat()}
