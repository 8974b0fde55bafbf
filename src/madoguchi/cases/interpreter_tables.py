"""Table of interpreters who were called to a case. Private to the room of the cases."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class InterpreterCallRow(models.Model):
    """That a clerk called an interpreter to a case, until when, and who ended it. `interpreter`: by number of staff."""

    case = models.ForeignKey("cases.CaseRow", on_delete=models.PROTECT, related_name="interpreter_calls")
    interpreter = models.BigIntegerField()
    interpreter_name = models.CharField(max_length=150)
    called_by = models.BigIntegerField()
    called_by_name = models.CharField(max_length=150)
    called_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.BigIntegerField(null=True)

    class Meta:
        app_label = "cases"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "interpreter"],
                condition=Q(ended_at__isnull=True),
                name="cases_interpreter_called_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("called_at")), name="cases_interpreter_ends_later"
            ),
            models.CheckConstraint(
                condition=~Q(interpreter=F("called_by")), name="cases_interpreter_called_by_another"
            ),
        ]
        indexes = [models.Index(fields=["interpreter", "ends_at"], name="cases_interpreter_own")]
