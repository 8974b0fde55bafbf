"""Tables of the cases. Private to this room.

The acts of a case are numbered; facts and people hang on the act that brought them. Undoing marks the act and removes
nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madoguchi.audit.entries import Channel
from madoguchi.cases import desk_tables  # noqa: F401  -- Django finds the other tables of this room here
from madoguchi.cases.branch_tables import BranchActRow as BranchActRow
from madoguchi.cases.branch_tables import BranchPackageRow as BranchPackageRow
from madoguchi.cases.branch_tables import ClashRow as ClashRow
from madoguchi.cases.home_tables import AttachmentRow as AttachmentRow
from madoguchi.cases.home_tables import CorrectionWishRow as CorrectionWishRow
from madoguchi.cases.home_tables import HomeCaseRow as HomeCaseRow
from madoguchi.cases.home_tables import HomeFeeRow as HomeFeeRow
from madoguchi.cases.interpreter_tables import InterpreterCallRow as InterpreterCallRow
from madoguchi.cases.states import CaseStatus, LetterState, PayState, TaskState


class CaseCounter(models.Model):
    """The last case number given in a branch on a day; its row is the lock."""

    branch = models.CharField(max_length=40)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["branch", "day"], name="cases_counter_once")]


class CaseRow(models.Model):
    """One visit (受付). `sequence` and `number` are empty for no longer than the transaction that opens it (`numbering`)."""

    public_id = models.CharField(max_length=32, unique=True)
    branch = models.CharField(max_length=40)
    desk = models.CharField(max_length=40)
    day = models.DateField()
    sequence = models.PositiveIntegerField(null=True)
    number = models.CharField(max_length=12)
    code = models.CharField(max_length=4)
    event_kind = models.CharField(max_length=20)
    channel = models.CharField(max_length=12, default=Channel.COUNTER.value)
    status = models.CharField(max_length=12, default=CaseStatus.HEARING.value)
    revision = models.CharField(max_length=64)
    practice = models.BooleanField(default=False)
    parked = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="ja")
    ticket = models.CharField(max_length=32, default="", blank=True, db_index=True)
    notified_on = models.DateField()
    processed_on = models.DateField(null=True)
    late_reason = models.CharField(max_length=200, default="")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    signed_round = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField(null=True)
    opened_by_name = models.CharField(max_length=150)
    last_entered_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["branch", "day", "sequence"], name="cases_number_once"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in CaseStatus]), name="cases_status_known"
            ),
            models.CheckConstraint(
                condition=Q(practice=False) | Q(status__in=("hearing", "in_review", "approved", "withdrawn")),
                name="cases_practice_never_leaves",
            ),
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | ~Q(follows=F("id")), name="cases_follows_another"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=(Channel.COUNTER.value, Channel.ONLINE.value)),
                name="cases_channel_known",
            ),
        ]
        indexes = [
            models.Index(fields=["day", "branch"], name="cases_day"),
            models.Index(fields=["status"], name="cases_status"),
        ]


class ActRow(models.Model):
    """One act on a case, in order; undone or standing."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="acts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    prompt = models.CharField(max_length=60, default="")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=150)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="cases_act_once")]


class PersonRow(models.Model):
    """A person of a case: p1, p2, …; `staying` for members of the household that is joined.

    `unregistered`: without a 住民票 here, so never with a 宛名番号 either. `gone`: told of beforehand, and not of the case
    after all. The newest row of a person counts: whom the register names later stays p1.
    """

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="people")
    act = models.ForeignKey(ActRow, on_delete=models.PROTECT, related_name="people")
    ref = models.CharField(max_length=8)
    resident_no = models.CharField(max_length=20, default="")
    staying = models.BooleanField(default=False)
    unregistered = models.BooleanField(default=False)
    practice = models.BooleanField(default=False)
    gone = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "ref"], name="cases_person_once"),
            models.CheckConstraint(
                condition=Q(practice=False) | Q(resident_no=""), name="cases_practice_reads_nobody"
            ),
            models.CheckConstraint(
                condition=Q(unregistered=False) | Q(resident_no=""), name="cases_unregistered_no_number"
            ),
        ]


class FactRow(models.Model):
    """One fact of one subject as one act gave it; `value` null: heard, but not known."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="facts")
    act = models.ForeignKey(ActRow, on_delete=models.PROTECT, related_name="facts")
    key = models.CharField(max_length=60)
    subject = models.CharField(max_length=10)
    value = models.JSONField(null=True)
    source = models.CharField(max_length=12)
    as_of = models.DateField()
    valid_from = models.DateField(null=True)
    reason = models.CharField(max_length=200, default="")
    known_since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["act", "key", "subject"], name="cases_fact_once_per_act")
        ]


class ExplanationRow(models.Model):
    """That something was explained (説明済み), so that no department explains it again."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="explanations")
    procedure = models.CharField(max_length=80)
    index = models.PositiveSmallIntegerField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "procedure", "index"], name="cases_explained_once")
        ]


class DocumentRow(models.Model):
    """A document that is missing today (補正待ち)."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="documents")
    procedure = models.CharField(max_length=80)
    text = models.CharField(max_length=200)
    noted_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(max_length=150, default="")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "procedure", "text"], name="cases_document_once")
        ]


class SignatureRow(models.Model):
    """A signature over everything the case said then; a later change makes a new round."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="signatures")
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    strokes = models.JSONField(default=list)
    content_digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round"], name="cases_one_signature_a_round"),
            models.CheckConstraint(
                condition=Q(kind__in=("pad", "paper", "sign_in")), name="cases_signature_kind"
            ),
        ]


class ReviewRow(models.Model):
    """審査: a second officer has checked what was entered; never the one who entered it."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    approved = models.BooleanField()
    note = models.CharField(max_length=200, default="")
    entered_by = models.BigIntegerField()
    reviewed_by = models.BigIntegerField()
    reviewed_by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(entered_by=F("reviewed_by")), name="cases_review_by_another"),
            models.UniqueConstraint(
                fields=["case", "round"], condition=Q(approved=True), name="cases_one_approval"
            ),
        ]


class TaskRow(models.Model):
    """A department's part of a case."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="tasks")
    department = models.CharField(max_length=40)
    procedure = models.CharField(max_length=80)
    subject = models.CharField(max_length=10)
    state = models.CharField(max_length=12, default=TaskState.NEW.value)
    version = models.PositiveIntegerField(default=0)
    by_name = models.CharField(max_length=150, default="")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "procedure", "subject"], name="cases_task_once"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in TaskState]), name="cases_task_state"
            ),
        ]
        indexes = [models.Index(fields=["department", "state"], name="cases_task_desk")]


class TaskNoteRow(models.Model):
    """What a department and the counter said to each other about a task."""

    task = models.ForeignKey(TaskRow, on_delete=models.PROTECT, related_name="notes")
    text = models.CharField(max_length=200)
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()


class LetterRow(models.Model):
    """The letter to a person for whom somebody filed whose identity was not proved (届出後の通知)."""

    case = models.OneToOneField(CaseRow, on_delete=models.PROTECT, related_name="letter")
    state = models.CharField(max_length=12, default=LetterState.DUE.value)
    due_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    printed_by = models.CharField(max_length=150, default="")
    sent_at = models.DateTimeField(null=True)
    sent_by = models.CharField(max_length=150, default="")
    sent_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in LetterState]), name="cases_letter_state"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False, printed_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="cases_letter_printed_then_sent",
            ),
        ]


class CertificateRow(models.Model):
    """Certificates asked for in the visit, with their fee; the core system issues them."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=40)
    copies = models.PositiveSmallIntegerField()
    fee_yen = models.PositiveIntegerField()
    handed_over_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "kind"], name="cases_certificate_once")]


class CertificatePaymentRow(models.Model):
    """A number given out for paying the certificates of a case (証明書の支払い). `payment`: the payment by which it is paid."""

    case = models.ForeignKey(CaseRow, on_delete=models.PROTECT, related_name="certificate_payments")
    nth = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=80, unique=True)
    lines = models.JSONField()
    yen = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default=PayState.ASKED.value)
    payment = models.CharField(max_length=20, default="", blank=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "nth"], name="cases_certificate_payment_once"),
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state=PayState.WITHDRAWN.value), name="cases_paid_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in PayState]), name="cases_pay_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=PayState.PAID.value, paid_at__isnull=False) & ~Q(payment="")
                | ~Q(state=PayState.PAID.value) & Q(paid_at__isnull=True, payment=""),
                name="cases_paid_by_a_payment",
            ),
        ]


class PreparedRow(models.Model):
    """What somebody answered before coming and wished to bring along (準備した内容), behind a code.

    The code itself is not here, only its digest, and the answers cannot be read without it. Gone when the case that it was
    taken into is past the hearing, or when its days are over.
    """

    code_digest = models.CharField(max_length=64, unique=True)
    event_kind = models.CharField(max_length=20)
    answers = models.TextField()
    language = models.CharField(max_length=10, default="ja")
    channel = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    case = models.ForeignKey(CaseRow, null=True, on_delete=models.SET_NULL, related_name="prepared")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=("online", "kiosk")), name="cases_prepared_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="cases_prepared_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(case__isnull=True) | Q(taken_at__isnull=False),
                name="cases_prepared_taken_into_case",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="cases_prepared_expiry")]
