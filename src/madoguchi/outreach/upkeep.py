"""What has to be done by itself, every so often (案内の世話): by the worker, by several at once if there are several."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from madoguchi.outreach import finding
from madoguchi.outreach.making import running
from madoguchi.outreach.models import PartRow
from madoguchi.outreach.ports import MessagePorts
from madoguchi.outreach.sending import Told, reopen_later, send_due, take_receipts
from madoguchi.outreach.tasks import begin


@dataclass(frozen=True, slots=True)
class Cared:
    """What one round did, in counts (案内の世話の結果)."""

    told: Told
    receipts: int
    reopened: int
    taken_up: int
    asked: int


def keep_up(*, ports: MessagePorts, link: str, now: datetime) -> Cared:
    """One round: campaigns that nobody goes on with, receipts, what was put off until today, messages that are due,
    and whom staff have to go and ask."""
    taken_up = 0
    for campaign in running():
        held = PartRow.objects.filter(
            campaign__public_id=campaign, done_at__isnull=True, held_until__gt=now
        ).exists()
        if not held:
            begin(campaign)
            taken_up += 1
    receipts, reopened = take_receipts(ports=ports, now=now), reopen_later(now=now)
    told = send_due(ports=ports, link=link, now=now)
    asked = finding.look(now=now).opened
    finding.tidy(now=now)
    return Cared(told, receipts, reopened, taken_up, asked)
