"""What goes wrong when a resident signs in (サインインの不具合), each with a sentence that the resident can act on."""

from __future__ import annotations

from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

_AGAIN = noop("サインインを確かめられませんでした。お手数ですが、最初からやり直してください。")


class IdentityFault(Enum):
    """Why nobody is signed in. The value is the key that the audit gets."""

    NOT_OFFERED = "not_offered"
    CANCELLED = "cancelled"
    NO_SUCH_TRY = "no_such_try"
    TOO_LATE = "too_late"
    OTHER_ISSUER = "other_issuer"
    CODE_USED = "code_used"
    REFUSED_BY_PROVIDER = "refused_by_provider"
    NOT_REACHED = "not_reached"
    UNREADABLE = "unreadable"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_CLAIMS = "wrong_claims"
    WRONG_NONCE = "wrong_nonce"
    WRONG_LEVEL = "wrong_level"
    FACTS_MISSING = "facts_missing"


_SENTENCES = {
    IdentityFault.NOT_OFFERED: noop(
        "この市では、いまオンラインのサインインを行っていません。窓口かお電話でご相談ください。"
    ),
    IdentityFault.CANCELLED: noop(
        "サインインをやめました。続けるときは、もう一度「サインイン」を押してください。"
    ),
    IdentityFault.TOO_LATE: noop("時間が過ぎました。もう一度「サインイン」を押してください。"),
    IdentityFault.NOT_REACHED: noop(
        "本人確認のサービスにつながりません。何も送られていません。しばらくしてから、もう一度「サインイン」を押してください。"
    ),
    IdentityFault.FACTS_MISSING: noop(
        "氏名・住所・生年月日・性別のどれかを受け取れませんでした。4つとも渡すことに同意して、もう一度「サインイン」を押してください。"
    ),
}


class NotSignedIn(Exception):
    """The sign-in did not come to an end. What was received stays out of it."""

    def __init__(self, fault: IdentityFault) -> None:
        self.fault = fault
        super().__init__(_(_SENTENCES.get(fault, _AGAIN)))
