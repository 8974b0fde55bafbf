"""Tables of the inventory. Private to the room. Nothing here is about a person."""

from __future__ import annotations

from django.db import models


class SurveyState(models.TextChoices):
    """How far the taking in of a survey is."""

    WAITING = "waiting"
    TAKING_IN = "taking_in"
    STORED = "stored"
    FAILED = "failed"


class SurveyRow(models.Model):
    """A national survey that was given to the office; `current`: the one that lists and searches show."""

    title = models.CharField(max_length=60)
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=SurveyState.choices, default=SurveyState.WAITING)
    current = models.BooleanField(null=True, unique=True)
    rows_in = models.PositiveIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    percent = models.PositiveSmallIntegerField(default=0)
    sentence = models.TextField(default="")
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(current=True) | models.Q(current=None),
                name="catalogue_survey_current_or_null",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="stored")
                | models.Q(rows_in=models.F("stored") + models.F("refused")),
                name="catalogue_survey_every_row_counted",
            ),
        ]


class SurveyUploadRow(models.Model):
    """The file of a survey until it has been taken in."""

    survey = models.OneToOneField(
        SurveyRow, primary_key=True, on_delete=models.CASCADE, related_name="upload"
    )
    content = models.BinaryField()


class SurveyRefusalRow(models.Model):
    """A row of a survey that was not kept, and why."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE)
    line = models.PositiveIntegerField()
    sentence = models.TextField()


class NationalProcedureRow(models.Model):
    """A procedure of a survey: what lists show and search reads. The rest stands in `NationalDetailRow`."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE, db_index=False)
    line = models.PositiveIntegerField()
    number = models.CharField(max_length=40)
    name = models.TextField()
    ministry = models.TextField()
    law = models.TextField()
    article = models.TextField()
    kind = models.CharField(max_length=8)
    receiver = models.CharField(max_length=8)
    online = models.CharField(max_length=8)
    at_city = models.BooleanField()
    volume = models.BigIntegerField(null=True)
    volume_offline = models.BigIntegerField(null=True)
    features = models.CharField(max_length=80)
    search = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="catalogue_one_row_a_number"),
        ]
        indexes = [
            models.Index(fields=["survey", "line"], name="catalogue_national_line"),
            models.Index(fields=["survey", "law"], name="catalogue_national_law"),
            # Everything that the city's list takes from here: read without touching the wide rows.
            models.Index(fields=["survey", "number", "volume", "features"], name="catalogue_national_mark"),
        ]


class NationalDetailRow(models.Model):
    """Every column of a procedure of a survey, by heading, as published."""

    survey = models.ForeignKey(SurveyRow, on_delete=models.CASCADE, db_index=False)
    number = models.CharField(max_length=40)
    columns = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "number"], name="catalogue_one_detail_a_number"),
        ]


class CityProcedureRow(models.Model):
    """A procedure of the city's own list; a removed one stays and can be brought back."""

    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    department = models.CharField(max_length=60, blank=True)
    basis = models.CharField(max_length=10)
    law = models.CharField(max_length=200, blank=True)
    national = models.CharField(max_length=40, blank=True)
    procedure = models.CharField(max_length=60, blank=True)
    volume = models.PositiveBigIntegerField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    online = models.CharField(max_length=8)
    online_since = models.DateField(null=True)
    form = models.CharField(max_length=100, blank=True)
    owner = models.CharField(max_length=60, blank=True)
    reviewed_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    features = models.JSONField(default=dict)
    removed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()


class EaseDefinitionRow(models.Model):
    """A definition of ease; the newest counts, the older ones stay."""

    body = models.JSONField()
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField()


class PlanRow(models.Model):
    """A plan that was adopted: which quarter each procedure of the list is done in; the newest counts."""

    quarters = models.JSONField()
    days_a_quarter = models.PositiveIntegerField()
    first = models.CharField(max_length=6)
    adopted_by = models.CharField(max_length=150)
    adopted_at = models.DateTimeField()
