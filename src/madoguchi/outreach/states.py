"""What may be done when (状態), as tables: a campaign, an offer, a message."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from django.utils.translation import gettext_noop as noop


class CampaignState(Enum):
    """Where a campaign stands (案内の状態)."""

    DRAFT = "draft"
    COUNTING = "counting"
    COUNTED = "counted"
    SAMPLED = "sampled"
    APPROVED = "approved"
    SENDING = "sending"
    DONE = "done"
    STOPPED = "stopped"

    @property
    def label(self) -> str:
        return CAMPAIGN_LABELS[self]


CAMPAIGN_LABELS = {
    CampaignState.DRAFT: "下書き",
    CampaignState.COUNTING: "数えています",
    CampaignState.COUNTED: "件数が出ました",
    CampaignState.SAMPLED: "見本を確かめました",
    CampaignState.APPROVED: "承認されました",
    CampaignState.SENDING: "送っています",
    CampaignState.DONE: "終わりました",
    CampaignState.STOPPED: "止めました",
}


class CampaignAct(Enum):
    """What is done to a campaign."""

    COUNT = "count"
    COUNTED = "counted"
    SAMPLE = "sample"
    APPROVE = "approve"
    SEND = "send"
    FINISH = "finish"
    STOP = "stop"


# From where each act may be done, and where it leads.
CAMPAIGN_ACTS: dict[CampaignAct, tuple[frozenset[CampaignState], CampaignState]] = {
    CampaignAct.COUNT: (
        frozenset({CampaignState.DRAFT, CampaignState.COUNTED, CampaignState.SAMPLED}),
        CampaignState.COUNTING,
    ),
    CampaignAct.COUNTED: (frozenset({CampaignState.COUNTING}), CampaignState.COUNTED),
    CampaignAct.SAMPLE: (
        frozenset({CampaignState.COUNTED, CampaignState.SAMPLED}),
        CampaignState.SAMPLED,
    ),
    CampaignAct.APPROVE: (frozenset({CampaignState.SAMPLED}), CampaignState.APPROVED),
    CampaignAct.SEND: (frozenset({CampaignState.APPROVED}), CampaignState.SENDING),
    CampaignAct.FINISH: (frozenset({CampaignState.SENDING}), CampaignState.DONE),
    CampaignAct.STOP: (
        frozenset(set(CampaignState) - {CampaignState.DONE, CampaignState.STOPPED}),
        CampaignState.STOPPED,
    ),
}


class Phase(Enum):
    """What a part of the register is gone through for (通し方)."""

    COUNT = "count"
    OFFER = "offer"


class OfferState(Enum):
    """What became of an offer (案内の行方)."""

    OPEN = "open"
    LATER = "later"
    USED = "used"
    REFUSED = "refused"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return OFFER_LABELS[self]


OFFER_LABELS = {
    OfferState.OPEN: noop("お返事待ち"),
    OfferState.LATER: noop("あとで"),
    OfferState.USED: noop("使う"),
    OfferState.REFUSED: noop("使わない"),
    OfferState.ENDED: noop("案内を終えました"),
}
# 使う may follow 使わない and あとで: nobody is held to a no.
ANSWERABLE = frozenset({OfferState.OPEN, OfferState.LATER, OfferState.REFUSED})


class Answer(Enum):
    """What is said to an offer (お返事)."""

    USE = "use"
    REFUSE = "refuse"
    LATER = "later"


ANSWERED = {
    Answer.USE: OfferState.USED,
    Answer.REFUSE: OfferState.REFUSED,
    Answer.LATER: OfferState.LATER,
}


class OfferChannel(Enum):
    """A way by which somebody is told that there is something for them (知らせ方)."""

    MYNAPORTAL = "mynaportal"
    LINE = "line"
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"

    @property
    def label(self) -> str:
        return CHANNEL_LABELS[self]


CHANNEL_LABELS = {
    OfferChannel.MYNAPORTAL: noop("マイナポータルのお知らせ"),
    OfferChannel.LINE: noop("LINE"),
    OfferChannel.EMAIL: noop("メール"),
    OfferChannel.SMS: noop("SMS（携帯電話のメッセージ）"),
    OfferChannel.LETTER: noop("はがき・手紙"),
}
# In this order; the next is taken when one cannot be used or has failed for good.
CHANNEL_ORDER = tuple(OfferChannel)


class MessageState(Enum):
    """Where a message stands (知らせの状態)."""

    DUE = "due"
    TO_PRINT = "to_print"
    SENT = "sent"
    DELIVERED = "delivered"
    HANDED_OVER = "handed_over"
    WITHHELD = "withheld"
    NO_WAY = "no_way"

    @property
    def label(self) -> str:
        return MESSAGE_LABELS[self]


MESSAGE_LABELS = {
    MessageState.DUE: "これから送ります",
    MessageState.TO_PRINT: "手紙の印刷待ち",
    MessageState.SENT: "送りました",
    MessageState.DELIVERED: "届きました",
    MessageState.HANDED_OVER: "手紙を渡しました",
    MessageState.WITHHELD: "送りませんでした",
    MessageState.NO_WAY: "届きませんでした",
}


# How long after each try that failed the next one comes (docs/push.md); after the last the next channel is taken.
RETRY_AFTER = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
# A message that was claimed and of which nothing was heard, because its process ended, is tried again after this.
CLAIM_LASTS = timedelta(minutes=10)
