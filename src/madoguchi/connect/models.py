"""Tables of messages to the core system and of sign-ins. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madoguchi.connect.message_states import MessageState


class MessageRow(models.Model):
    """One change handed to the core system: what it says does not change, only where it stands."""

    change_id = models.CharField(max_length=32, unique=True)
    case = models.CharField(max_length=32)
    number = models.CharField(max_length=12)
    round = models.PositiveSmallIntegerField()
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default=MessageState.CREATED.value)
    result = models.CharField(max_length=200, default="")
    created_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="connect_message_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in MessageState]),
                name="connect_state_known",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="connect_state")]


class SpentCodeRow(models.Model):
    """A code of a sign-in that has come (使われたコード), as a digest: it is taken once."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_index=True)


class RulingMessageRow(models.Model):
    """One decision for a department's core system (決定データ): what it says does not change, only whether it has left."""

    ruling_id = models.CharField(max_length=48, unique=True)
    ruling = models.BigIntegerField(unique=True)
    case = models.CharField(max_length=32)
    number = models.CharField(max_length=12)
    body = models.JSONField()
    created_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
