"""Tables of push and of outreach. Private to this room. What was answered, consented to and heard is only ever added."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madoguchi.outreach import shown_tables  # noqa: F401  -- Django finds the table here
from madoguchi.outreach.consent_purposes import ConsentPurpose
from madoguchi.outreach.reach_states import ReachAct, ReachEnd, ReachState, ReachWhy
from madoguchi.outreach.states import (
    Answer,
    CampaignState,
    MessageState,
    OfferChannel,
    OfferState,
    Phase,
)


class CampaignRow(models.Model):
    """A campaign (案内): which procedures, as of which day, by which ways; no second person is its author."""

    public_id = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=100)
    procedures = models.JSONField()
    outcomes = models.JSONField()
    channels = models.JSONField()
    on = models.DateField()
    legal_basis = models.TextField(default="")
    revision = models.CharField(max_length=64, default="")
    state = models.CharField(max_length=10, default=CampaignState.DRAFT.value)
    run = models.PositiveIntegerField(default=0)
    author = models.BigIntegerField()
    author_name = models.CharField(max_length=150)
    approver = models.BigIntegerField(null=True)
    approver_name = models.CharField(max_length=150, default="")
    made_at = models.DateTimeField()
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in CampaignState]), name="outreach_campaign_state"
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")), name="outreach_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("approved", "sending", "done")) | Q(approver__isnull=False),
                name="outreach_approved_before_sending",
            ),
        ]


class CampaignStepRow(models.Model):
    """What was done to a campaign, by whom and why; only ever added."""

    campaign = models.ForeignKey(CampaignRow, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    act = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    staff_id = models.BigIntegerField(null=True)
    staff_name = models.CharField(max_length=150)
    reason = models.TextField(default="")


class PartRow(models.Model):
    """A part of the register to go through: counted or offered once, by whoever holds it until `held_until`."""

    campaign = models.ForeignKey(CampaignRow, on_delete=models.PROTECT, related_name="parts")
    phase = models.CharField(max_length=5)
    run = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    first = models.CharField(max_length=20)
    before = models.CharField(max_length=20)
    holder = models.CharField(max_length=32, default="")
    held_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    tally = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "phase", "run", "number"], name="outreach_part_once"),
            models.CheckConstraint(
                condition=Q(phase__in=[one.value for one in Phase]), name="outreach_part_phase"
            ),
        ]
        indexes = [
            models.Index(
                fields=["campaign", "phase", "run"],
                condition=Q(done_at__isnull=True),
                name="outreach_part_open",
            )
        ]


class OfferRow(models.Model):
    """An offer (使える手続きの案内): to whom, for whom, of what, on which facts, and what became of it.

    One person is offered one procedure once at a time, and never twice on the same facts.
    """

    public_id = models.CharField(max_length=32, unique=True)
    campaign = models.ForeignKey(CampaignRow, on_delete=models.PROTECT, related_name="offers")
    resident_no = models.CharField(max_length=20)
    about = models.CharField(max_length=20)
    procedure = models.CharField(max_length=80)
    status = models.CharField(max_length=10)
    facts_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default=OfferState.OPEN.value)
    later_until = models.DateField(null=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["about", "procedure", "facts_digest"],
                condition=~Q(state="ended"),
                name="outreach_never_twice_on_the_same_facts",
            ),
            models.UniqueConstraint(
                fields=["about", "procedure"],
                condition=Q(state__in=("open", "later")),
                name="outreach_one_offer_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in OfferState]), name="outreach_offer_state"
            ),
            models.CheckConstraint(
                condition=Q(state="later", later_until__isnull=False)
                | (~Q(state="later") & Q(later_until__isnull=True)),
                name="outreach_later_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["resident_no", "state"], name="outreach_offers_of"),
            models.Index(fields=["campaign", "procedure", "state"], name="outreach_offers_in"),
        ]


class AnswerRow(models.Model):
    """What was said to an offer, by whom; only ever added."""

    offer = models.ForeignKey(OfferRow, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(max_length=10)
    facts_digest = models.CharField(max_length=64)
    later_until = models.DateField(null=True)
    by_code = models.BooleanField(default=False)
    mandate = models.CharField(max_length=32, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=[one.value for one in Answer]), name="outreach_answer_known"
            ),
        ]


class ConsentRow(models.Model):
    """A line of the consent ledger (同意の台帳): given or taken back, in which words, until when; only ever added."""

    resident_no = models.CharField(max_length=20)
    purpose = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    given = models.BooleanField()
    expires_on = models.DateField(null=True)
    mandate = models.CharField(max_length=32, default="")
    staff_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident_no", "purpose", "number"], name="outreach_consent_in_order"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=[one.value for one in ConsentPurpose]),
                name="outreach_consent_purpose",
            ),
            models.CheckConstraint(
                condition=Q(given=True, expires_on__isnull=False) | Q(given=False, expires_on__isnull=True),
                name="outreach_consent_ends",
            ),
        ]


class ContactRow(models.Model):
    """Where somebody wants to be told (連絡先); erased when they take it back."""

    resident_no = models.CharField(max_length=20)
    channel = models.CharField(max_length=12)
    place = models.CharField(max_length=254)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resident_no", "channel"], name="outreach_contact_once"),
        ]


class MessageRow(models.Model):
    """That somebody is told of what a campaign has for them: one message, which goes by one way after the other.

    `key` is what the other side knows it by: sent again by the same way, it is the same message.
    """

    campaign = models.ForeignKey(CampaignRow, on_delete=models.PROTECT, related_name="messages")
    resident_no = models.CharField(max_length=20)
    channel = models.CharField(max_length=12, default="")
    tried = models.JSONField(default=list)
    key = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=12, default=MessageState.DUE.value)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    reason = models.CharField(max_length=40, default="")
    batch = models.CharField(max_length=32, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "resident_no"], name="outreach_message_once"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in MessageState]), name="outreach_message_state"
            ),
            models.CheckConstraint(
                condition=Q(channel="") | Q(channel__in=[one.value for one in OfferChannel]),
                name="outreach_message_channel",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="due"), name="outreach_due"),
            models.Index(fields=["campaign", "state"], name="outreach_messages_in"),
        ]


class ReceiptRow(models.Model):
    """What the other side said of a message, once however often it comes; only ever added."""

    channel = models.CharField(max_length=12)
    receipt = models.CharField(max_length=80)
    key = models.CharField(max_length=32)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "receipt"], name="outreach_receipt_once")]


class ReceivingListRow(models.Model):
    """A list of who receives what (受給者の一覧) from the system of a benefit, as of a day; only ever added."""

    procedure = models.CharField(max_length=80)
    as_of = models.DateField()
    people = models.PositiveIntegerField()
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["procedure", "as_of"], name="outreach_receiving_list_once"),
        ]


class ReceivingRow(models.Model):
    """Somebody on such a list; only ever added."""

    list = models.ForeignKey(ReceivingListRow, on_delete=models.PROTECT, related_name="rows")
    resident_no = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "resident_no"], name="outreach_receiving_once"),
        ]


class EntitledRow(models.Model):
    """Somebody who may have something (権利のある方), as a campaign found them: the denominator of take-up.

    `look_at`: when it is looked at next whether staff have to go and ask; none: there is nothing to ask any more.
    """

    campaign = models.ForeignKey(CampaignRow, on_delete=models.PROTECT, related_name="entitled")
    procedure = models.CharField(max_length=80)
    about = models.CharField(max_length=20)
    resident_no = models.CharField(max_length=20)
    adult = models.BooleanField()
    status = models.CharField(max_length=10)
    need = models.PositiveSmallIntegerField()
    deadline = models.DateField(null=True)
    receiving_since = models.DateField(null=True)
    look_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "procedure", "about"], name="outreach_entitled_once"),
        ]
        indexes = [
            models.Index(fields=["look_at"], condition=Q(look_at__isnull=False), name="outreach_look_at"),
            models.Index(fields=["resident_no"], name="outreach_entitled_of"),
            models.Index(fields=["about", "procedure"], name="outreach_entitled_about"),
        ]


class ReachRow(models.Model):
    """Somebody who was not reached (届いていない人): one piece of work at a time for a person, however many procedures."""

    public_id = models.CharField(max_length=32, unique=True)
    resident_no = models.CharField(max_length=20)
    why = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default=ReachState.WAITING.key)
    need = models.PositiveSmallIntegerField()
    deadline = models.DateField(null=True)
    again_on = models.DateField(null=True)
    ended = models.CharField(max_length=12, default="", blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["resident_no"], condition=~Q(state="ended"), name="outreach_reach_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.key for one in ReachState]), name="outreach_reach_state"
            ),
            models.CheckConstraint(
                condition=Q(why__in=[one.key for one in ReachWhy]), name="outreach_reach_why"
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended__in=[one.key for one in ReachEnd])
                | (~Q(state="ended") & Q(ended="")),
                name="outreach_reach_ends_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["looked_at"], condition=~Q(state="ended"), name="outreach_reach_open")
        ]


class ReachStepRow(models.Model):
    """One contact with somebody, or what else was done for them (連絡の記録); only ever added."""

    reach = models.ForeignKey(ReachRow, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    act = models.CharField(max_length=10)
    by_way = models.CharField(max_length=12, default="", blank=True)
    state = models.CharField(max_length=10)
    note = models.CharField(max_length=300, default="", blank=True)
    staff_id = models.BigIntegerField(null=True)
    staff_name = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=[one.key for one in ReachAct]), name="outreach_reach_act"
            ),
        ]


class EntrustedRow(models.Model):
    """Somebody handed over to a 民生委員 (引継ぎ): to whom, which fields, until when. The fields are read anew, never kept here."""

    reach = models.ForeignKey(ReachRow, on_delete=models.PROTECT, related_name="entrusted")
    public_id = models.CharField(max_length=32, unique=True)
    commissioner = models.BigIntegerField()
    commissioner_name = models.CharField(max_length=150)
    fields = models.JSONField()
    message = models.CharField(max_length=300, default="", blank=True)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=150)
    until = models.DateField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reach"], condition=Q(ended_at__isnull=True), name="outreach_entrusted_once"
            ),
        ]


class TakeUpRow(models.Model):
    """One measuring of take-up (取得率の測定): the groups, which never leave this table, and what is shown. Never changed."""

    campaign = models.ForeignKey(CampaignRow, on_delete=models.PROTECT, related_name="measured")
    day = models.DateField()
    measured_at = models.DateTimeField()
    measured_by = models.CharField(max_length=150)
    groups = models.JSONField()
    numbers = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day"], name="outreach_take_up_once"),
        ]
