"""The one table of the porch: marks by which an old copy of this database is told from the database itself."""

from __future__ import annotations

from django.db import models


class MarkRow(models.Model):
    """A mark (しるし): a number that only grows, with a word that nobody can guess; the newest is also kept beside the database."""

    number = models.PositiveBigIntegerField(unique=True)
    word = models.CharField(max_length=64)
    at = models.DateTimeField()
    accepted = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, default="", blank=True)

    objects: models.Manager[MarkRow] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["at"], name="porch_mark_at")]
