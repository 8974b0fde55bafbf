"""What consent is asked for (同意の目的), in which words and for how long. Wordings are ours (本製品の独自の文)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop as noop

from madoguchi.outreach.states import OfferChannel


class ConsentPurpose(Enum):
    """For what somebody consented, or took a consent back (同意の目的)."""

    TAX = "tax"
    EMAIL = "email"
    SMS = "sms"
    LINE = "line"
    MYNAPORTAL = "mynaportal"
    LETTER = "letter"
    COMMISSIONER = "commissioner"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The words that are consented to, by version; `days`: after how many days it is asked anew."""

    version: int
    text: str
    days: int


TEXTS: dict[ConsentPurpose, ConsentText] = {
    ConsentPurpose.TAX: ConsentText(
        1, noop("使える制度をお知らせするために、市が持つあなたの税の情報（所得など）を使うことに同意します。"), 365
    ),
    ConsentPurpose.EMAIL: ConsentText(1, noop("使える制度があることを、メールで受け取ります。"), 730),
    ConsentPurpose.SMS: ConsentText(1, noop("使える制度があることを、SMSで受け取ります。"), 730),
    ConsentPurpose.LINE: ConsentText(1, noop("使える制度があることを、LINEで受け取ります。"), 730),
    ConsentPurpose.MYNAPORTAL: ConsentText(
        1, noop("使える制度があることを、マイナポータルのお知らせで受け取ります。"), 730
    ),
    ConsentPurpose.LETTER: ConsentText(1, noop("使える制度があることを、はがきや手紙で受け取ります。"), 3650),
    ConsentPurpose.COMMISSIONER: ConsentText(
        1, noop("市から連絡がつかないとき、氏名と住所などを地区の民生委員に伝え、訪ねてもらうことに同意します。"), 365
    ),
}  # fmt: skip
OF_CHANNEL = {channel: ConsentPurpose(channel.value) for channel in OfferChannel}
# A letter goes to the address of the 住民票 unless somebody said no to it; everything else only after a yes.
UNLESS_REFUSED = frozenset({ConsentPurpose.LETTER})
