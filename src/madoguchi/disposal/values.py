"""The values of retention and disposal: classes of records, periods, what is due, proposals and the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from madoguchi.jp.dates import fiscal_year


class RecordClass(Enum):
    """A class of records (記録の区分) that has a period of its own. What is in none is never erased here."""

    COUNTER_CASES = "counter_cases"
    HOME_APPLICATIONS = "home_applications"
    MANDATES = "mandates"
    BOOKINGS = "bookings"
    TICKETS = "tickets"

    @property
    def label(self) -> str:
        """The word of the office."""
        return CLASS_LABELS[self][0]

    @property
    def holds(self) -> str:
        """What belongs to it."""
        return CLASS_LABELS[self][1]


CLASS_LABELS = {
    RecordClass.COUNTER_CASES: (
        "窓口の受付",
        "受付1件の事実・操作・署名・審査・課の仕事・やりとり・決定と書面・異動データ",
    ),
    RecordClass.HOME_APPLICATIONS: (
        "自宅からの申請",
        "申請1件の上と同じもの、添付ファイル、手数料の控え。出さずに期限が過ぎて取下げになったものを含む",
    ),
    RecordClass.MANDATES: ("代理の登録", "終わった委任・後見の登録とその根拠"),
    RecordClass.BOOKINGS: ("予約", "予約・キャンセル待ちと、その通知の控え"),
    RecordClass.TICKETS: ("受付番号票", "番号・呼出し・待ち時間の見込み・印刷の控え"),
}


class CountedFrom(Enum):
    """From when a period runs (起算)."""

    FISCAL_YEAR = "fiscal_year"
    CALENDAR_YEAR = "calendar_year"
    DAY = "day"

    @property
    def label(self) -> str:
        """The word of the office."""
        return COUNTED_LABELS[self]


COUNTED_LABELS = {
    CountedFrom.FISCAL_YEAR: "完結した年度の翌年度の初日（4月1日）から",
    CountedFrom.CALENDAR_YEAR: "完結した年の翌年の初日（1月1日）から",
    CountedFrom.DAY: "完結した日の翌日から",
}
# What a period may be, in years. A class that is kept for ever (永年) has no period here.
LONGEST_YEARS = 100


@dataclass(frozen=True, slots=True)
class Period:
    """How long a class is kept here (保存期間), as the city's own rule says: years, from when, and which rule."""

    record_class: RecordClass
    years: int
    counted_from: CountedFrom
    basis: str

    def last_ended(self, on: date) -> date:
        """The last day on which a record may have ended whose period is over on `on`."""
        match self.counted_from:
            case CountedFrom.FISCAL_YEAR:
                return date(fiscal_year(on) - self.years, 3, 31)
            case CountedFrom.CALENDAR_YEAR:
                return date(on.year - self.years - 1, 12, 31)
            case CountedFrom.DAY:
                return _years_before(on, self.years)

    @property
    def said(self) -> str:
        """As a list says it."""
        return f"{self.years}年（{self.counted_from.label}）"


def _years_before(day: date, years: int) -> date:
    """The latest day whose period, counted from the day after it, is over on `day`.

    A period in years ends with the day before the one that answers to its first (民法143条2項); where the month has no
    such day, with the month's last.
    """
    ended = (
        date(day.year - years, day.month, 28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year - years)
    )
    return date.fromordinal(ended.toordinal() - 1)


class HoldReason(Enum):
    """Why a record stays although its period is over (廃棄保留の理由)."""

    OBJECTION = "objection"
    LAWSUIT = "lawsuit"
    DISCLOSURE = "disclosure"
    AUDIT = "audit"
    CRIME = "crime"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The word of the office."""
        return HOLD_LABELS[self]


HOLD_LABELS = {
    HoldReason.OBJECTION: "審査請求",
    HoldReason.LAWSUIT: "訴訟",
    HoldReason.DISCLOSURE: "開示・訂正・利用停止の請求、情報公開の請求",
    HoldReason.AUDIT: "監査・検査",
    HoldReason.CRIME: "捜査・調査への協力",
    HoldReason.OTHER: "そのほか（下の欄に文書番号）",
}


class ProposalState(Enum):
    """Where a proposal to dispose stands (廃棄の伺いの状態)."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    APPROVED = "approved"
    DONE = "done"

    @property
    def label(self) -> str:
        """The word of the office."""
        return PROPOSAL_LABELS[self]


PROPOSAL_LABELS = {
    ProposalState.PROPOSED: "承認待ち",
    ProposalState.REFUSED: "差しもどし",
    ProposalState.TAKEN_BACK: "取りやめ",
    ProposalState.APPROVED: "消去中",
    ProposalState.DONE: "廃棄済み",
}


class LeftWhy(Enum):
    """Why a record of an approved proposal was not erased after all (消さなかった理由)."""

    HELD = "held"
    NOT_ENDED = "not_ended"
    PERIOD = "period"

    @property
    def label(self) -> str:
        """The words of the log."""
        return LEFT_LABELS[self]


LEFT_LABELS = {
    LeftWhy.HELD: "廃棄保留になりました",
    LeftWhy.NOT_ENDED: "もう一度開かれたか、続きの記録が残っています",
    LeftWhy.PERIOD: "保存期間が変わり、まだ過ぎていません",
}


@dataclass(frozen=True, slots=True)
class DueLine:
    """What of one class is due on a day (廃棄予定): how many, the oldest and the newest; without a period nothing is."""

    record_class: RecordClass
    period: Period | None
    count: int
    oldest: date | None
    newest: date | None
    held: int
    open_proposal: int | None


@dataclass(frozen=True, slots=True)
class Hold:
    """One record that stays (廃棄保留)."""

    number: int
    record_class: RecordClass
    record: str
    reason: HoldReason
    note: str
    placed_at: datetime
    placed_by: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal (廃棄の伺い) with how far it is: by whom, by which rule, how many are erased, left and still to go."""

    number: int
    state: ProposalState
    period: Period
    on: date
    count: int
    oldest: date
    newest: date
    proposed_by_id: int
    proposed_by: str
    proposed_at: datetime
    answered_by: str
    answered_at: datetime | None
    note: str
    erased: int
    left: int

    @property
    def looked_at(self) -> int:
        """How many records the job has looked at: erased or left."""
        return self.erased + self.left


@dataclass(frozen=True, slots=True)
class DisposedLine:
    """One record of a proposal: erased when, or left why, or still to go (廃棄記録の一行)."""

    nth: int
    record: str
    ended_on: date
    erased_at: datetime | None
    left: LeftWhy | None


@dataclass(frozen=True, slots=True)
class DisposalCertificate:
    """What is certified of a disposal that is done (廃棄証明); `digest`: over the list of what was erased."""

    proposal: int
    period: Period
    on: date
    erased: int
    left: int
    proposed_by: str
    proposed_at: datetime
    approved_by: str
    approved_at: datetime
    finished_at: datetime
    digest: str
