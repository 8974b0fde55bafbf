"""The table of counts that are out. Private to this room; only ever added to."""

from __future__ import annotations

from django.db import models


class ShownCountsRow(models.Model):
    """A row of counts that somebody has seen, hidden ones as null: what was found, or what became of offers or messages."""

    kind = models.CharField(max_length=8)
    campaign = models.ForeignKey(
        "outreach.CampaignRow", on_delete=models.PROTECT, related_name="shown_counts"
    )
    procedure = models.CharField(max_length=80, blank=True)
    turn = models.PositiveIntegerField()
    cells = models.JSONField()
    shown_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "campaign", "procedure", "turn"], name="outreach_shown_counts_once"
            ),
        ]
