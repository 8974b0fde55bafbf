"""Where 使う leads (申請の続き): into the application, where it may be filed from home; else to the counter with a number.

1. What the city will look up stands beside the button; pressing it is the consent, and its version comes back with it.
2. The same offer opens the same application, and has the same number for the counter.
3. What is prepared for the counter knows the household's 続柄 and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from madoguchi.audit.entries import Actor, Channel
from madoguchi.cases import prepared
from madoguchi.cases.at_home import begun_with
from madoguchi.cases.from_home.answering import begin_answering
from madoguchi.cases.from_home.offering import NotOffered, one_may_apply_for
from madoguchi.cases.from_home.offering import Offered as ApplyingFor
from madoguchi.cases.from_home.opening import Applicant, open_from_home
from madoguchi.cases.prepared_code import grouped
from madoguchi.catalogue.queries import current as current_pack
from madoguchi.channels.shared.languages import current
from madoguchi.outreach.ports import WhereToApply
from madoguchi.procedures.situation import EventKind


def from_home(procedure: str, who: Applicant) -> bool:
    """Whether this procedure may be applied for from home, by whoever this is."""
    there = {one.id for one in one_may_apply_for(current_pack())}
    return procedure in there and who.may_file(procedure)


@dataclass(frozen=True, slots=True)
class HomeDoor:
    """Leads into the application. Raises NotAgreed, NobodyHere."""

    who: Applicant
    agreed: str
    by: Actor
    counter: CounterDoor

    def open(
        self, *, offer: str, procedure: str, resident_no: str, people: tuple[str, ...], now: datetime
    ) -> WhereToApply:
        """Open it, or find it where it was opened by this offer; what may not be filed from home goes to the counter."""
        if not from_home(procedure, self.who):
            return self.counter.open(
                offer=offer, procedure=procedure, resident_no=resident_no, people=people, now=now
            )
        try:
            number = open_from_home(
                what=ApplyingFor(EventKind.none, procedure), who=self.who, agreed=self.agreed, mark=f"offer{offer}",
                language=current(), by=self.by, now=now,
            )  # fmt: skip
        except NotOffered:
            return self.counter.open(
                offer=offer, procedure=procedure, resident_no=resident_no, people=people, now=now
            )
        begin_answering(number=number, who=self.who, by=self.by, now=now)
        return WhereToApply(address=reverse("my:apply_ask", args=[number]))


@dataclass(frozen=True, slots=True)
class CounterDoor:
    """Leads to the counter. Raises `prepared.ManyTries`."""

    visitor: prepared.Visitor

    def open(
        self, *, offer: str, procedure: str, resident_no: str, people: tuple[str, ...], now: datetime
    ) -> WhereToApply:
        """Keep that these people come for what they were offered; the same offer keeps its number."""
        kept = prepared.keep(
            said=begun_with(EventKind.none, people), mark=f"offer/{offer}", language=current(), channel=Channel.ONLINE,
            of=self.visitor, days=settings.PREPARED_DAYS, now=now,
        )  # fmt: skip
        return WhereToApply(code=grouped(kept.code), expires_at=kept.expires_at)
