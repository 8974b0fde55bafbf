"""Where 使う leads (申請の続き). Until an application can be opened from home it is a number for the counter: what was prepared
knows the household's 続柄 and nothing else, and the same offer has the same number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from madoguchi.audit.entries import Channel
from madoguchi.cases import prepared
from madoguchi.cases.at_home import begun_with
from madoguchi.cases.prepared_code import grouped
from madoguchi.channels.shared.languages import current
from madoguchi.outreach.ports import WhereToApply
from madoguchi.procedures.situation import EventKind


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
