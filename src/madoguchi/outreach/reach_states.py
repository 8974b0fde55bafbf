"""What may be done when for somebody who was not reached (届いていない人), as tables; and how urgent they are.

The days and the points of need are ours (本製品の独自の決まり); the city's own order of who comes first is for the city to say.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import Enum

from madoguchi.procedures.decisions import Status

# So long an answer is waited for after something was sent, and so long an application after 使う was pressed.
ANSWER_WAITED = timedelta(days=14)
APPLICATION_WAITED = timedelta(days=30)
LOOK_AGAIN = timedelta(days=1)
SOON = timedelta(days=30)
ENTRUSTED_DAYS = 30


class ReachWhy(Enum):
    """Why staff go and ask (届いていない理由)."""

    NO_ANSWER = ("no_answer", "案内に返事がない")
    NO_WAY = ("no_way", "知らせる手段がない・届かなかった")
    NOBODY = ("nobody", "世帯におとながいない")
    NOT_FINISHED = ("not_finished", "「使う」のあと、手続きが済んでいない")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


class ReachState(Enum):
    """Where the work for somebody stands (届ける仕事の状態)."""

    WAITING = ("waiting", "これから連絡")
    TRYING = ("trying", "連絡を試している")
    ENTRUSTED = ("entrusted", "民生委員に引き継いだ")
    REACHED = ("reached", "話せた・返事待ち")
    ENDED = ("ended", "終えた")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


class ReachAct(Enum):
    """What is done for somebody who was not reached (届ける仕事ですること)."""

    MISSED = ("missed", "会えなかった・出なかった")
    WRONG = ("wrong", "連絡先・住まいが違っていた")
    SPOKE = ("spoke", "話せた")
    ENTRUST = ("entrust", "民生委員に引き継いだ")
    TAKE_BACK = ("take_back", "引継ぎを戻した")
    END = ("end", "終えた")
    REOPEN = ("reopen", "もう一度始めた")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


_AT_WORK = frozenset({ReachState.WAITING, ReachState.TRYING, ReachState.REACHED})
# From where each act may be done, and where it leads.
REACH_ACTS: dict[ReachAct, tuple[frozenset[ReachState], ReachState]] = {
    ReachAct.MISSED: (_AT_WORK, ReachState.TRYING),
    ReachAct.WRONG: (_AT_WORK, ReachState.TRYING),
    ReachAct.SPOKE: (_AT_WORK, ReachState.REACHED),
    ReachAct.ENTRUST: (_AT_WORK, ReachState.ENTRUSTED),
    ReachAct.TAKE_BACK: (frozenset({ReachState.ENTRUSTED}), ReachState.TRYING),
    ReachAct.END: (_AT_WORK | {ReachState.ENTRUSTED}, ReachState.ENDED),
    ReachAct.REOPEN: (frozenset({ReachState.ENDED}), ReachState.WAITING),
}
CONTACT_ACTS = (ReachAct.SPOKE, ReachAct.MISSED, ReachAct.WRONG)


class ReachBy(Enum):
    """How somebody was asked (連絡のしかた)."""

    CALL = ("call", "電話")
    VISIT = ("visit", "訪問")
    COUNTER = ("counter", "窓口で")
    COMMISSIONER = ("commissioner", "民生委員")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


STAFF_WAYS = (ReachBy.CALL, ReachBy.VISIT, ReachBy.COUNTER)


class ReachEnd(Enum):
    """Why the work for somebody is over (終えた理由)."""

    ANSWERED = ("answered", "案内に返事があった")
    RECEIVING = ("receiving", "受けていることが分かった")
    GONE = ("gone", "転出・死亡など")
    NOT_ENTITLED = ("not_entitled", "案内することがなくなった")
    HELPED = ("helped", "手続きを手伝った")
    DECLINED = ("declined", "使わないと聞いた")
    UNREACHABLE = ("unreachable", "手を尽くしても会えない")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


# The others are found out by themselves.
ENDS_BY_STAFF = (ReachEnd.HELPED, ReachEnd.DECLINED, ReachEnd.RECEIVING, ReachEnd.UNREACHABLE)


class EntrustedField(Enum):
    """What a 民生委員 may be told of somebody (引き継ぐ項目), each only when it is chosen; never income, tax or a procedure."""

    NAME = ("name", "氏名")
    ADDRESS = ("address", "住所")
    AGE = ("age", "年齢")
    MESSAGE = ("message", "伝えてほしいこと")

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label


STATUS_POINTS = {Status.MUST: 3, Status.OPTIONAL: 2, Status.ASK: 1}
NO_ADULT_POINTS, OLD_POINTS, ALONE_POINTS, OLD_FROM = 3, 2, 1, 75


def need_of(status: Status, *, adults: int, people: int, age: int | None) -> int:
    """How much somebody needs to be asked in person, in points of ours; more is more.

    `adults` and `people`: of the household; `age`: in whole years of whoever is told, None when it is not known.
    """
    points = STATUS_POINTS.get(status, 0)
    points += NO_ADULT_POINTS if not adults else 0
    points += OLD_POINTS if age is not None and age >= OLD_FROM else 0
    return points + (ALONE_POINTS if people == 1 else 0)


def rank(deadline: date | None, need: int, *, on: date) -> tuple[int, int, int]:
    """A key to sort by: what is due within 30 days by its deadline, then by need, then by the later deadlines."""
    far = date.max.toordinal()
    day = deadline.toordinal() if deadline is not None else far
    if deadline is not None and deadline <= on + SOON:
        return (0, day, -need)
    return (1, -need, day)
