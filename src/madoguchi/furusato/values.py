"""What other rooms are given of gifts and applications, and the sentences of what is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from madoguchi.furusato.deadlines import last_day
from madoguchi.furusato.states import ApplicationState, Proof
from madoguchi.jp.wareki import format_wareki


class FurusatoRefused(ValueError):
    """What was asked for was not done. `text` says why and what to do, with places for `given`."""

    text = ""

    def __init__(self, text: str = "", **given: str | date) -> None:
        self.text = text or self.text
        self.given = given
        super().__init__(self.text % {name: in_words(value) for name, value in given.items()})


def in_words(value: str | date) -> str:
    """A day as an office writes it; a text as it is."""
    return format_wareki(value) if isinstance(value, date) else value


class NoSuchGift(FurusatoRefused):
    """No gift has this number with these digits; alike for either."""

    text = "この番号と数字の寄附は見つかりません。紙の番号と8けたの数字を確かめて、もう一度入れてください。"


class NoSuchReceipt(LookupError):
    """No receipt of that number is open to this reader."""


class TooLate(FurusatoRefused):
    """The last day is over."""

    text = "%(day)sで締め切りました。ワンストップ特例は使えません。確定申告か住民税の申告をすると、控除を受けられます。"

    def __init__(self, year: int) -> None:
        super().__init__(day=last_day(year))


class NotConfirmed(FurusatoRefused):
    """One of the two statements was not confirmed."""

    text = (
        "2つの確認に、どちらも印を付けてください。あてはまらない方は、確定申告か住民税の申告をしてください。"
    )


class NothingChosen(FurusatoRefused):
    """No gift to apply for."""

    text = "申請する寄附を1つ以上選んでください。"


class SeveralDonors(FurusatoRefused):
    """Gifts of different people, or of different years, in one press."""

    text = "1回の申請は、同じ方の、同じ年の寄附だけです。別の方や別の年の寄附は、分けて申請してください。"


class AlreadyApplied(FurusatoRefused):
    """There is an application for this gift."""

    text = "%(number)s の寄附は申請済みです。もう一度の申請はいりません。"

    def __init__(self, number: str) -> None:
        super().__init__(number=number)


class GiftCancelled(FurusatoRefused):
    """The gift was given back."""

    text = "%(number)s の寄附は取り消されています。申請はできません。"

    def __init__(self, number: str) -> None:
        super().__init__(number=number)


class NothingStands(FurusatoRefused):
    """There is no application here that could be changed or withdrawn."""

    text = "変更や取下げのできる申請がありません。画面を開き直してください。"


class ChangeNotUsable(FurusatoRefused):
    """What was told cannot be taken as a change."""


CHANGE_NOT_NEEDED = "%(day)sより後の変更は、届け出なくてかまいません。1月1日の住所の市区町村に知らせます。"
CHANGE_IN_FUTURE = "変わった日は、今日までの日にしてください。"
CHANGE_NOT_WHOLE = "氏名と住所の両方を入れてください。変わらないほうも、今のとおりに入れます。"
CHANGE_TOO_LONG = "長すぎる欄があります。短くして、もう一度入れてください。"
CHANGE_UNREADABLE = "使えない文字があります。外字や改行を除いて、もう一度入れてください。"


class SignInNeeded(FurusatoRefused):
    """What was filed by signing in is withdrawn by the same sign-in."""

    text = "サインインして申請したものは、同じサインインで取り下げてください。"


class NotThatState(FurusatoRefused):
    """The application stands elsewhere by now."""

    text = "この申請は、ほかの操作で変わりました。画面を開き直してください。"


# What donors may be told, in every language of visitors.
TO_DONORS = (
    *(one.text for one in (NoSuchGift, TooLate, NotConfirmed, NothingChosen, SeveralDonors, AlreadyApplied)),
    *(one.text for one in (GiftCancelled, NothingStands, SignInNeeded, NotThatState)),
    *(CHANGE_NOT_NEEDED, CHANGE_IN_FUTURE, CHANGE_NOT_WHOLE, CHANGE_TOO_LONG, CHANGE_UNREADABLE),
)


class Confirmation(Enum):
    """What an applicant states (申請書の2つの確認, 様式第55号の5 の①と②)."""

    NO_TAX_RETURN = "no_tax_return"
    AT_MOST_FIVE = "at_most_five"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks (見る人): the gifts opened at this browser by their papers, and the account that is signed in."""

    opened: tuple[str, ...] = ()
    account: int | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """A gift as its donor may see it (寄附). `address` None: not to be shown here. `receipt`: of an application that stands."""

    number: str
    year: int
    given_on: date
    yen: int
    name: str
    kana: str
    address: str | None
    postal_code: str
    birth: date | None
    sex: str
    cancelled: bool
    vouched: bool
    in_time: bool
    receipt: str
    state: ApplicationState | None

    @property
    def may_be_applied_for(self) -> bool:
        return self.in_time and not self.cancelled and not self.receipt

    @property
    def last_day(self) -> date:
        return last_day(self.year)


@dataclass(frozen=True, slots=True)
class AppliedFor:
    """One gift of a receipt (申請した寄附), how it stands and by what the applicant is proved."""

    gift: Gift
    state: ApplicationState
    proof: Proof
    papers_on: date | None
    reason: str

    @property
    def stands(self) -> bool:
        return self.state in (ApplicationState.AWAITING, ApplicationState.RECEIVED)


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A change that was told (変更の届出). Name and address only for whoever is proved to be the applicant, else ""."""

    told_at: datetime
    changed_on: date
    accepted: bool
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was filed by one press (申請の控え), as far as this reader may see it. `others`: gifts of it that are not shown."""

    receipt: str
    at: datetime
    year: int
    name: str
    address: str | None
    applied: tuple[AppliedFor, ...]
    changes: tuple[ToldChange, ...]
    others: int
    own: bool
    in_time: bool

    @property
    def stands(self) -> bool:
        return any(one.stands for one in self.applied)

    @property
    def awaits_papers(self) -> bool:
        return any(one.state is ApplicationState.AWAITING for one in self.applied)

    @property
    def yen(self) -> int:
        return sum(one.gift.yen for one in self.applied)


@dataclass(frozen=True, slots=True)
class NewParticulars:
    """Name and address as they are since a day (変わった氏名・住所)."""

    name: str
    kana: str
    postal_code: str
    address: str
    changed_on: date
