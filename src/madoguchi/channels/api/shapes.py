"""The shapes of the answers (公開APIの形): what openapi.json promises, and what is checked before it is sent."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from madoguchi.procedures.situation import EventKind

# A day of the years 1800 to 2299 that there is; the pattern knows leap years.
DAY_PATTERN = (
    r"^((18|19|2[0-2])[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    r"|((18|19|2[0-2])(0[48]|[2468][048]|[13579][26])|2000)-02-29)$"
)
DAY_SCHEMA = {"type": "string", "format": "date", "pattern": DAY_PATTERN}


def _a_day_or_left_out(schema: dict[str, Any]) -> None:
    """What may be left out is not therefore null: no address can say that."""
    for name in ("anyOf", "default"):
        schema.pop(name, None)
    schema.update(DAY_SCHEMA)


# In the path of an address: another word is no day, so that nothing is found there.
PathDay = Annotated[str, Field(json_schema_extra={"format": "date", "pattern": DAY_PATTERN})]
DayIfSaid = Annotated[str | None, Field(pattern=DAY_PATTERN, json_schema_extra=_a_day_or_left_out)]


class LanguageTag(Enum):
    """A language in which procedures may be asked for; Japanese is always there."""

    JA = "ja"
    JA_EASY = "ja-easy"
    EN = "en"
    ZH_HANS = "zh-Hans"
    ZH_HANT = "zh-Hant"
    KO = "ko"
    VI = "vi"
    PT_BR = "pt-BR"
    ES = "es"
    TL = "tl"
    NE = "ne"
    ID = "id"
    MY = "my"
    TH = "th"


class EventFilter(Enum):
    """The procedures of which event."""

    ALL = "all"
    MOVE_IN = "move_in"
    MOVE_IN_ABROAD = "move_in_abroad"
    MOVE_WITHIN = "move_within"
    MOVE_OUT = "move_out"
    MOVE_OUT_ABROAD = "move_out_abroad"
    HOUSEHOLD_CHANGE = "household_change"
    BIRTH = "birth"
    DEATH = "death"
    MARRIAGE = "marriage"
    DIVORCE = "divorce"
    NAME_CHANGE = "name_change"
    NONE = "none"


class Named(Schema):
    key: str
    name: str


class Fee(Schema):
    yen: int | None = Field(description="手数料（円）。null は決まっていないか、市による")
    note: str


class BringThing(Schema):
    text: str
    when: str | None = Field(description="持ってくる条件（判定の式）。null はいつも")


class LateCost(Schema):
    text: str
    loses: str = Field(description="none・month・yen・fine・right のどれか")


class DeadlineShape(Schema):
    event: EventKind
    start: str = Field(description="数え始める日（判定の式）")
    days: int
    count_first_day: bool = Field(description="初日を数えるか")
    roll_to_open_day: bool = Field(description="閉庁日なら次の開庁日に延ばすか")


class Source(Schema):
    verified: bool = Field(description="出典で確かめたか。false は未確認")
    on: date | None
    source: str


class Because(Schema):
    since: date
    until: date | None
    text: str
    law: str | None
    verified: bool | None = Field(description="このきまりだけの確認の印。null は手続き全体の印による")


class WithoutRecordShape(Schema):
    state: str = Field(description="open・needed・unknown のどれか")
    label: str
    text: str
    law: str
    verified: bool


class ProcedureShape(Schema):
    id: str
    law_id: str
    language: str = Field(description="この手続きの文のことば。頼んだことばの文がそろわないときは ja")
    languages: list[str] = Field(description="文がすべてそろったことば")
    name: str
    summary: str
    law: str
    verified: Source
    events: list[EventKind]
    per: str = Field(description="person（一人ずつ）か household（世帯）")
    department: Named
    channels: dict[str, str] = Field(description="窓口ごとに、どこまでできるか")
    fee: Fee
    bring: list[BringThing]
    tell: list[str]
    late: LateCost
    deadlines: list[DeadlineShape]
    because: list[Because] = Field(description="必要・任意になる理由。いつからいつまでの法令か")
    without_record: WithoutRecordShape


class ProcedureList(Schema):
    revision: str
    language: str
    procedures: list[ProcedureShape]


class OneProcedure(Schema):
    revision: str
    procedure: ProcedureShape


class EventShape(Schema):
    kind: EventKind
    label: str
    facts: list[str] = Field(description="この異動に書ける項目の鍵")
    procedures: list[str] = Field(description="きっかけになる手続きの id")


class EventList(Schema):
    revision: str
    events: list[EventShape]


class FactShape(Schema):
    key: str
    holder: str
    type: str
    values: list[bool | str]
    value_labels: dict[str, str]
    label: str
    question: str
    why: str
    prompt: str
    unit: str | None
    source: str
    statute: str


class LanguageShape(Schema):
    tag: str
    label: str
    complete: bool = Field(description="すべての手続きと質問の文がそろったか")
    procedures: int = Field(description="文がそろった手続きの数")


class LanguageList(Schema):
    revision: str
    languages: list[LanguageShape]


class Reason(Schema):
    text: str
    law: str
    verified: bool


class AmountShape(Schema):
    yen: int
    per: str
    start: date | None = Field(alias="from")
    until: date | None


class FactName(Schema):
    key: str
    subject: str


class DecisionShape(Schema):
    id: str
    law_id: str
    subject: str
    status: str = Field(description="must・ask・optional・not_needed のどれか")
    because: list[Reason]
    deadline: date | None
    overdue: bool
    amount: AmountShape | None
    missing: list[FactName]


class QuestionShape(Schema):
    key: str
    subject: str
    label: str
    settles: list[str]


class AnswerShape(Schema):
    on: date
    revision: str
    decisions: list[DecisionShape]
    questions: list[QuestionShape]


class Crowd(Enum):
    """How full a lane is, as the congestion page says it."""

    CLOSED = "closed"
    QUIET = "quiet"
    FILLING = "filling"
    FULL = "full"


class LaneNow(Schema):
    key: str
    name: str
    services: list[str]
    open_desks: int
    waiting: int
    longest_minutes: int = Field(description="いま一番長く待っている人の分")
    crowding: Crowd


class BranchWaits(Schema):
    branch: Named
    at: str = Field(description="いつの様子か（日本時間）")
    lanes: list[LaneNow]


class WaitList(Schema):
    branches: list[BranchWaits]


class ServiceShape(Schema):
    key: str
    name: str
    minutes: int = Field(description="予約の長さ（分）")
    bookable: bool


class BranchShape(Schema):
    key: str
    name: str
    services: list[ServiceShape]


class BranchList(Schema):
    branches: list[BranchShape]


class Free(Enum):
    """How free a day or a time is, coarsely."""

    FREE = "free"
    SOME = "some"
    FEW = "few"
    FULL = "full"
    CLOSED = "closed"


class FreeDay(Schema):
    day: date
    free: Free


class FreeDays(Schema):
    branch: str
    service: str
    days: list[FreeDay]


class FreeTime(Schema):
    begins: str = Field(description="9:15 のような時刻")
    free: Free
    wait_minutes: int = Field(description="待つ見込み（分）。0 はほとんど待たない")


class FreeTimes(Schema):
    branch: str
    service: str
    day: date
    times: list[FreeTime]


class OpenDay(Schema):
    day: date
    open: bool
    holiday: str = Field(description="祝日の名前。祝日でなければ空")


class OpenDayList(Schema):
    days: list[OpenDay]


class Health(Schema):
    status: str
    revision: str
