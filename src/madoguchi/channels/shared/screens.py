"""Screens by their name (画面の名前): what a page says of itself when somebody has something to say of it.

Only the name of the screen and the procedure that it is about, signed by us: never the address, which may hold the number
of a case, of a booking or of a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.urls import ResolverMatch
from django.utils.translation import gettext_noop as noop

_SIGNER = Signer(salt="madoguchi.feedback")
_BETWEEN = "|"
# What the parts of the product are called; a screen's own name stands beside it.
PARTS = {
    "counter": noop("窓口"),
    "online": noop("予約（自宅）"),
    "board": noop("混雑・呼出し"),
    "kiosk": noop("発券機"),
    "backoffice": noop("事務"),
    "api": noop("公開API"),
    "feedback": noop("ご意見"),
    "account": noop("サインイン"),
    "mfa": noop("サインイン"),
}
NOWHERE = noop("どの画面か分からないもの")


@dataclass(frozen=True, slots=True)
class SignedScreen:
    """A screen and the procedure that it is about ("" for none)."""

    screen: str
    procedure: str


def screen_at(match: ResolverMatch | None) -> SignedScreen:
    """The screen of an address, by its names alone; nothing for what has no name."""
    if match is None or not match.view_name:
        return SignedScreen("", "")
    return SignedScreen(match.view_name, str(match.kwargs.get("procedure", ""))[:80].replace(_BETWEEN, ""))


def signed(about: SignedScreen) -> str:
    """The screen and its procedure as the address of the form for opinions has them; "" for what has no name."""
    return _SIGNER.sign(f"{about.screen}{_BETWEEN}{about.procedure}") if about.screen else ""


def screen_of(signed: str) -> SignedScreen:
    """What we signed; nothing for anything else."""
    try:
        screen, _, procedure = _SIGNER.unsign(signed).partition(_BETWEEN)
    except BadSignature:
        return SignedScreen("", "")
    return SignedScreen(screen, procedure)


def part_of(screen: str) -> str:
    """The part of the product that a screen belongs to, in the office's words (a msgid)."""
    space, colon, _ = screen.partition(":")
    return PARTS.get(space if colon else screen.partition("_")[0], screen or NOWHERE)
