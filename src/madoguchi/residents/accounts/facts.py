"""The values of an account: the four facts, where it stands, and why somebody has to look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop as noop


@dataclass(frozen=True, slots=True)
class ClaimedFacts:
    """What a provider vouches for (4情報), as it wrote it: name, address, date of birth, sex."""

    name: str
    address: str
    birth: str
    sex: str


class AccountState(Enum):
    """Where an account stands (アカウントの状態)."""

    MATCHED = "matched"
    DOUBTFUL = "doubtful"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    BLOCKED = "blocked"


class Doubt(Enum):
    """Why an account is not matched by itself (照合できない理由)."""

    NAME_DIFFERS = "name_differs"
    ADDRESS_DIFFERS = "address_differs"
    SEX_DIFFERS = "sex_differs"
    BIRTH_UNCERTAIN = "birth_uncertain"
    SEVERAL = "several"
    LEFT = "left"
    HANDLED = "handled"
    OTHER_ACCOUNT = "other_account"
    FACTS_CHANGED = "facts_changed"
    WAS_REFUSED = "was_refused"


DOUBTS = {
    Doubt.NAME_DIFFERS: noop("氏名が住民記録と違います"),
    Doubt.ADDRESS_DIFFERS: noop("住所が住民記録と違います"),
    Doubt.SEX_DIFFERS: noop("性別が住民記録と違います"),
    Doubt.BIRTH_UNCERTAIN: noop("住民記録の生年月日がはっきりしません"),
    Doubt.SEVERAL: noop("あてはまる方が1人に決まりません"),
    Doubt.LEFT: noop("転出または死亡の記録があります"),
    Doubt.HANDLED: noop("取扱いに注意が要ります"),
    Doubt.OTHER_ACCOUNT: noop("この方には別のアカウントが結びついています"),
    Doubt.FACTS_CHANGED: noop("前のサインインのときと4情報が違います"),
    Doubt.WAS_REFUSED: noop("前に結びつけないことにしたアカウントです"),
}


@dataclass(frozen=True, slots=True)
class ResidentAccount:
    """An account as others may know it: its number, where it stands, whom it is of. None of the facts."""

    number: int
    state: AccountState
    resident_no: str | None
    asked_to_come: bool
