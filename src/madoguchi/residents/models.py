"""Tables of the register. Private to this room.

A person's row is never overwritten: each change adds one full row, as the standard has it (住民記録システム標準仕様書
1.2.1: key = 宛名番号 + 履歴番号, the latest is the largest).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ResidentRecord(models.Model):
    """One row of a person's history (住民記録の履歴).

    A row without a history number is staged: it came with a file whose import is not finished, and nobody reads it.
    """

    resident_no = models.CharField(max_length=20)
    history_no = models.PositiveIntegerField(null=True)
    is_current = models.BooleanField()
    batch = models.ForeignKey(
        "ImportBatch", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    name = models.TextField()
    name_glyphs = models.JSONField(default=list)
    kana = models.TextField(default="")
    former_surname = models.TextField(default="")
    alias = models.TextField(default="")
    kanji_alongside = models.TextField(default="")
    birth_text = models.CharField(max_length=40)
    birth_earliest = models.DateField()
    birth_latest = models.DateField()
    birth_is_exact = models.BooleanField(default=True)
    sex = models.CharField(max_length=20, default="")
    relationship = models.CharField(max_length=60)
    household_no = models.CharField(max_length=20)
    address = models.TextField()
    address_key = models.CharField(max_length=200, default="")
    postal_code = models.CharField(max_length=8, default="")
    previous_address = models.TextField(default="")
    nationality_class = models.CharField(max_length=30, default="jp")
    livelihood_no = models.CharField(max_length=20, default="")
    insurance_no = models.CharField(max_length=20, default="")
    status = models.CharField(max_length=10, default="resident")
    reason = models.CharField(max_length=40, default="")
    moved_on = models.DateField(null=True)
    notified_on = models.DateField(null=True)
    processed_on = models.DateField(null=True)
    known_since = models.DateTimeField()
    source = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident_no", "history_no"], name="residents_history_once"),
            models.UniqueConstraint(
                fields=["resident_no"], condition=Q(is_current=True), name="residents_one_current"
            ),
            models.CheckConstraint(
                condition=Q(birth_earliest__lte=F("birth_latest")), name="residents_birth_in_order"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("resident", "moved_out", "dead")), name="residents_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(resident_no="") & ~Q(name=""), name="residents_number_and_name"
            ),
            models.CheckConstraint(
                condition=Q(history_no__gte=1)
                | Q(history_no__isnull=True, is_current=False, batch__isnull=False),
                name="residents_numbered_unless_staged",
            ),
        ]
        indexes = [
            models.Index(fields=["household_no"], condition=Q(is_current=True), name="residents_household"),
            models.Index(fields=["birth_earliest"], condition=Q(is_current=True), name="residents_birth"),
            models.Index(
                fields=["birth_latest"],
                condition=Q(is_current=True, birth_is_exact=False),
                name="residents_birth_unknown",
            ),
            models.Index(fields=["address_key"], condition=Q(is_current=True), name="residents_address"),
            models.Index(fields=["batch"], condition=Q(history_no__isnull=True), name="residents_staged"),
            # How many live here, told without reading the wide rows. The status stands last: nearly all are residents, and
            # where it stood first SQLite took it for the way to a few of them, and went through the whole register.
            models.Index(
                fields=["history_no", "status", "is_current"],
                condition=Q(is_current=True),
                name="residents_living",
            ),
        ]


class ResidentFact(models.Model):
    """A further fact of a person from some system, kept beside all earlier ones."""

    resident_no = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    value = models.JSONField()
    valid_from = models.DateField()
    as_of = models.DateField()
    known_since = models.DateTimeField()
    source = models.CharField(max_length=40)
    batch = models.ForeignKey(
        "ImportBatch", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["resident_no", "key", "valid_from"], name="residents_fact")]


class SearchKey(models.Model):
    """A folded way of writing or reading a person's name."""

    kind = models.CharField(max_length=4)
    key = models.CharField(max_length=120, db_index=True)
    resident_no = models.CharField(max_length=20, db_index=True)
    batch = models.ForeignKey(
        "ImportBatch", null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "resident_no"], name="residents_search_key_once"),
            models.CheckConstraint(condition=Q(kind__in=("name", "kana")), name="residents_search_kind"),
        ]


class Protection(models.Model):
    """支援措置: this person's whereabouts are withheld until it is lifted; the end date only reminds.

    `together_with`: the number of the person who asked for it, when this one is 併せて支援を求める者.
    """

    resident_no = models.CharField(max_length=20, db_index=True)
    provisional = models.BooleanField(default=False)
    together_with = models.CharField(max_length=20, default="")
    begins_on = models.DateField()
    ends_on = models.DateField(null=True)
    lifted_on = models.DateField(null=True)
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_on__isnull=True) | Q(lifted_on__gte=F("begins_on")),
                name="residents_lift_after_begin",
            ),
        ]


class EmergencyRow(models.Model):
    """That somebody asked where a protected person lives, and what a second person said to it.

    `ended_at`: when whoever asked took it back or, after an agreement, ended it.
    """

    resident_no = models.CharField(max_length=20)
    reason = models.CharField(max_length=20)
    asked_by = models.BigIntegerField()
    asked_by_name = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    answered_by = models.BigIntegerField(null=True)
    answered_by_name = models.CharField(max_length=150, default="")
    answered_at = models.DateTimeField(null=True)
    times_seen = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed__isnull=True, answered_by__isnull=True, answered_at__isnull=True)
                | Q(agreed__isnull=False, answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answered_by=F("asked_by")),
                name="residents_emergency_by_two",
            ),
            models.CheckConstraint(
                condition=Q(times_seen=0) | Q(agreed=True), name="residents_emergency_seen_when_agreed"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True)
                | Q(agreed__isnull=True)
                | Q(agreed=True, answered_at__lte=F("ended_at")),
                name="residents_emergency_taken_back",
            ),
        ]


class ImportBatch(models.Model):
    """One file that came in, with what became of its rows; one at a time."""

    state = models.CharField(max_length=10, default="staging")
    mapping = models.CharField(max_length=60)
    file_digest = models.CharField(max_length=64)
    rows_in = models.PositiveIntegerField()
    stored = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rows_in=F("stored") + F("refused")), name="residents_nothing_dropped"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("staging", "stored", "failed")), name="residents_batch_state"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="staging"), name="residents_one_import_at_a_time"
            ),
        ]


class ImportRefusal(models.Model):
    """A row that was refused, and why."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="refusals")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=100, default="")
    byte = models.PositiveBigIntegerField(null=True)
    sentence = models.TextField()


class IdentifierCountRow(models.Model):
    """A count of which identifiers tell everybody apart: counts only, nobody's data. One is under way at most."""

    state = models.CharField(max_length=10)
    under_way = models.BooleanField(null=True, unique=True)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    residents = models.PositiveIntegerField(default=0)
    done_sets = models.PositiveIntegerField(default=0)
    sets = models.JSONField(default=list)
    lacking = models.JSONField(default=dict)
    held = models.JSONField(default=dict)
    sentence = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "counting"), under_way=True)
                | Q(state__in=("done", "failed"), under_way__isnull=True),
                name="residents_count_under_way",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False, residents__gte=1),
                name="residents_count_done_on_people",
            ),
        ]


class AccountRow(models.Model):
    """A resident's sign-in (住民のアカウント): the provider's name for somebody, and whom of the register it is.

    The four facts that the provider vouches for stay here only while a member of staff has to look at them; of a matched
    account there is a digest, by which a later sign-in with other facts is noticed.
    """

    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    state = models.CharField(max_length=10)
    resident_no = models.CharField(max_length=20, null=True)
    doubt = models.CharField(max_length=24, default="")
    candidates = models.JSONField(default=list)
    name = models.TextField(default="")
    address = models.TextField(default="")
    birth = models.CharField(max_length=40, default="")
    sex = models.CharField(max_length=20, default="")
    salt = models.CharField(max_length=32)
    facts_digest = models.CharField(max_length=64)
    told_at = models.DateTimeField()
    came_at = models.DateTimeField()
    asked_to_come = models.BooleanField(default=False)
    seen_by_protection = models.BooleanField(default=False)
    proposed_no = models.CharField(max_length=20, default="")
    proposed_by = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="residents_account_once"),
            models.UniqueConstraint(
                fields=["resident_no"], condition=Q(state="matched"), name="residents_one_account"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("matched", "doubtful", "not_found", "refused", "blocked")),
                name="residents_account_state",
            ),
            models.CheckConstraint(
                condition=Q(state="matched", resident_no__isnull=False)
                | (~Q(state="matched") & Q(resident_no__isnull=True)),
                name="residents_account_matched",
            ),
            models.CheckConstraint(
                condition=(Q(state="doubtful") & ~Q(name=""))
                | (~Q(state="doubtful") & Q(name="", address="", birth="")),
                name="residents_account_facts",
            ),
            models.CheckConstraint(
                condition=Q(proposed_no="", proposed_by__isnull=True)
                | (~Q(proposed_no="") & Q(proposed_by__isnull=False)),
                name="residents_account_proposed",
            ),
        ]
        indexes = [models.Index(fields=["state", "told_at"], name="residents_account_queue")]


class AccountStepRow(models.Model):
    """What became of an account, and why (アカウントの経過); only ever added."""

    account = models.ForeignKey(AccountRow, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    act = models.CharField(max_length=24)
    state = models.CharField(max_length=10)
    doubt = models.CharField(max_length=24, default="")
    resident_no = models.CharField(max_length=20, default="")
    staff_id = models.BigIntegerField(null=True)
    staff_name = models.CharField(max_length=150, default="")
    reason = models.TextField(default="")


class MandateCodeRow(models.Model):
    """A code by which an account may be named as an agent (代理の方のコード), as a digest; used once."""

    account = models.ForeignKey(AccountRow, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class MandateRow(models.Model):
    """That somebody may act for a resident (代理), for which procedures, from when to when, and on what evidence."""

    public_id = models.CharField(max_length=32, unique=True)
    principal_no = models.CharField(max_length=20)
    agent = models.ForeignKey(AccountRow, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    procedures = models.JSONField(default=list)
    begins_on = models.DateField()
    ends_on = models.DateField()
    evidence = models.TextField(default="")
    state = models.CharField(max_length=10)
    entered_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["principal_no", "agent"], condition=~Q(state="ended"), name="residents_mandate_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("family", "entrusted", "guardian")), name="residents_mandate_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "accepted"), ended_at__isnull=True)
                | Q(state="ended", ended_at__isnull=False),
                name="residents_mandate_state",
            ),
            models.CheckConstraint(
                condition=Q(begins_on__lte=F("ends_on")), name="residents_mandate_in_order"
            ),
            # 後見 is entered by staff who saw the certificate; nobody becomes a guardian by saying so.
            models.CheckConstraint(
                condition=~Q(kind="guardian") | (Q(entered_by__isnull=False) & ~Q(evidence="")),
                name="residents_guardian_proved",
            ),
        ]
        indexes = [
            models.Index(fields=["principal_no"], name="residents_mandate_principal"),
        ]
