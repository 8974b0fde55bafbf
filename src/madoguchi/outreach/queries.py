"""What the office sees of campaigns (案内の一覧・件数・結果). Counts are those that are out (`shown_counts`)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from madoguchi.outreach import parts, shown_counts
from madoguchi.outreach.making import RUNNING
from madoguchi.outreach.models import CampaignRow, MessageRow, OfferRow
from madoguchi.outreach.shown_counts import CountedOf
from madoguchi.outreach.states import CampaignState, MessageState, OfferChannel, OfferState, Phase
from madoguchi.outreach.values import (
    Became,
    CampaignStep,
    CampaignView,
    CountLine,
    MessageCounts,
    NoSuchCampaign,
)
from madoguchi.procedures.decisions import Status

COUNTED = (Status.MUST, Status.OPTIONAL, Status.ASK)
BECAME = (OfferState.OPEN, OfferState.LATER, OfferState.USED, OfferState.REFUSED, OfferState.ENDED)
# Before anything was counted there is nothing to show.
_UNCOUNTED = (CampaignState.DRAFT, CampaignState.COUNTING)


def campaigns() -> tuple[CampaignView, ...]:
    """Every campaign, the newest first."""
    return tuple(_view(row) for row in CampaignRow.objects.order_by("-pk"))


def campaign(number: str) -> CampaignView:
    """One campaign. Raises NoSuchCampaign."""
    return _view(_row(number))


def steps(number: str) -> tuple[CampaignStep, ...]:
    """What was done to a campaign, the first first. Raises NoSuchCampaign."""
    rows = _row(number).steps.order_by("pk")
    return tuple(
        CampaignStep(row.at, row.act, CampaignState(row.state), row.staff_name, row.reason) for row in rows
    )


def counts(number: str, *, now: datetime) -> tuple[CountLine, ...]:
    """How many by outcome, procedure by procedure, small numbers hidden. Raises NoSuchCampaign."""
    row = _row(number)
    if CampaignState(row.state) in _UNCOUNTED:
        return ()
    tally = parts.tallied(row, Phase.COUNT)
    return tuple(
        CountLine(
            procedure,
            shown_counts.found(
                row, procedure, [tally.get(procedure, {}).get(status.value, 0) for status in COUNTED], now=now
            ).cells,
        )
        for procedure in row.procedures
    )


def became(number: str, *, now: datetime) -> tuple[Became, ...]:
    """What became of the offers, procedure by procedure, small numbers hidden. Raises NoSuchCampaign."""
    row = _row(number)
    found: dict[tuple[str, str], int] = {
        (procedure, state): many
        for procedure, state, many in OfferRow.objects.filter(campaign=row)
        .values_list("procedure", "state")
        .annotate(many=Count("pk"))
        .order_by()
    }
    lines = []
    for procedure in row.procedures:
        cells = [found.get((procedure, state.value), 0) for state in BECAME]
        shown = shown_counts.moving(CountedOf.OFFERS, row, procedure, cells, now=now)
        lines.append(Became(procedure, shown.cells, shown.since))
    return tuple(lines)


def messages(number: str, *, now: datetime) -> MessageCounts:
    """Where the messages stand, small numbers hidden. Raises NoSuchCampaign."""
    row = _row(number)
    found = dict(
        MessageRow.objects.filter(campaign=row).values_list("state").annotate(many=Count("pk")).order_by()
    )
    cells = [found.get(state.value, 0) for state in MessageState]
    shown = shown_counts.moving(CountedOf.MESSAGES, row, "", cells, now=now)
    return MessageCounts(dict(zip(MessageState, shown.cells, strict=True)), shown.since)


def offered(number: str) -> tuple[tuple[str, str], ...]:
    """The offers of a campaign in their order: the number of each, and the 宛名番号 of whom it is for."""
    rows = OfferRow.objects.filter(campaign__public_id=number).order_by("pk")
    return tuple(rows.values_list("public_id", "resident_no"))


def _row(number: str) -> CampaignRow:
    row = CampaignRow.objects.filter(public_id=number).first()
    if row is None:
        raise NoSuchCampaign
    return row


def _view(row: CampaignRow) -> CampaignView:
    state = CampaignState(row.state)
    phase = RUNNING.get(state)
    return CampaignView(
        row.public_id, row.title, tuple(row.procedures), tuple(Status(one) for one in row.outcomes),
        tuple(OfferChannel(one) for one in row.channels), row.on, row.legal_basis, row.revision, state, row.author,
        row.author_name, row.approver_name, row.made_at, parts.percent(row, phase) if phase else 100,
    )  # fmt: skip
