"""What an event from home leaves for the counter (窓口で行う手続き): listed, and brought along behind a code, so that nobody answers twice.

1. `rest_of`: what the event asks for, or may give, that is not filed here; also what is not certain yet.
2. `bring_along`: the answers are kept for the counter under a code, as whoever prepares without a sign-in has one. Names stay
   here: at the counter the clerk finds the household in the register. The same answers keep their code.
3. `brought_along`: the code again, for as long as it holds; what is gone is gone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from madoguchi.audit.entries import Channel
from madoguchi.cases import prepared
from madoguchi.cases.acting import civil_day
from madoguchi.cases.at_home import SaidAtHome, SaidPage
from madoguchi.cases.from_home.answering import as_said
from madoguchi.cases.from_home.following import HomeCase, home_row
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.judging import Judged
from madoguchi.cases.messages.parties import somebody_sheltered
from madoguchi.cases.own_facts import ADDRESS_FACTS
from madoguchi.cases.prepared import Preparation, Visitor
from madoguchi.procedures.decisions import Decision, Status

STAYS_HERE = frozenset({"name"})
# Where somebody of the household is protected, where they go does not travel behind a code either.
SHELTERED_STAYS_HERE = STAYS_HERE | ADDRESS_FACTS


def rest_of(view: HomeCase) -> tuple[Decision, ...]:
    """What is done at the counter, or with somebody else than the city: needed, to be made sure of, or to be had."""
    if view.line.procedure:
        return ()
    here = {(one.procedure, one.subject) for one in view.judged.decisions}
    return tuple(
        one
        for one in view.whole.decisions
        if one.status is not Status.NOT_NEEDED and (one.procedure, one.subject) not in here
    )


def as_the_rest(view: HomeCase) -> Judged:
    """The event with nothing in it but what is left for the counter."""
    return replace(view.whole, decisions=rest_of(view))


def bring_along(
    *, number: str, view: HomeCase, who: Applicant, days: int, now: datetime
) -> Preparation | None:
    """Keep the answers for the counter; None when nothing is left to do there. Raises NotYours, ManyTries."""
    home = home_row(number, who)
    if not rest_of(view):
        return None
    account = f"account/{who.account}"
    return prepared.keep(
        said=_to_bring(view, now), mark=home.mark, language=view.language, channel=Channel.ONLINE,
        of=Visitor(account, account), days=days, now=now,
    )  # fmt: skip


def brought_along(*, number: str, view: HomeCase, who: Applicant, now: datetime) -> Preparation | None:
    """The code under which the answers are kept; None when they are not, any more or yet. Raises NotYours."""
    home = home_row(number, who)
    return prepared.kept(said=_to_bring(view, now), mark=home.mark, now=now) if rest_of(view) else None


def _to_bring(view: HomeCase, now: datetime) -> SaidAtHome:
    said, sheltered = as_said(view), somebody_sheltered(view.record, on=civil_day(now))
    stays = SHELTERED_STAYS_HERE if sheltered else STAYS_HERE
    pages = (
        SaidPage({ref: value for ref, value in page.answers.items() if ref.key not in stays})
        for page in said.pages
    )
    return replace(said, pages=tuple(page for page in pages if page.answers))
