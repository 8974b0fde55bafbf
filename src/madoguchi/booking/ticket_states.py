"""The states of a ticket and of its steps, as tables: what may be done when. What is not in a table is refused."""

from __future__ import annotations

from enum import Enum


class Priority(Enum):
    """In which line a ticket waits (優先の種類): a booking whose time has come, a resident with need of care, everybody."""

    CARE = "care"
    BOOKED = "booked"
    WALK_IN = "walk_in"

    @property
    def label(self) -> str:
        return {"care": "配慮が要る方", "booked": "予約の方", "walk_in": "予約のない方"}[self.value]


class StepState(Enum):
    """Where one service of a visit stands (用件の状態)."""

    PLANNED = "planned"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    MISSED = "missed"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        return STEP_STATE_LABELS[self]


STEP_STATE_LABELS = {
    StepState.PLANNED: "このあと",
    StepState.WAITING: "お待ち",
    StepState.CALLED: "呼出し中",
    StepState.SERVING: "対応中",
    StepState.HELD: "保留",
    StepState.MISSED: "不在",
    StepState.DONE: "終わり",
    StepState.DROPPED: "取りやめ",
}


class TicketAct(Enum):
    """What can be done to the step that a ticket is at."""

    CALL = "call"
    RECALL = "recall"
    START = "start"
    NOT_HERE = "not_here"
    HOLD = "hold"
    BACK_IN_LINE = "back_in_line"
    TRANSFER = "transfer"
    FINISH = "finish"
    LEAVE = "leave"


ACTS: dict[StepState, frozenset[TicketAct]] = {
    StepState.PLANNED: frozenset({TicketAct.LEAVE}),
    StepState.WAITING: frozenset({TicketAct.CALL, TicketAct.HOLD, TicketAct.TRANSFER, TicketAct.LEAVE}),
    StepState.CALLED: frozenset(
        {
            TicketAct.RECALL,
            TicketAct.START,
            TicketAct.NOT_HERE,
            TicketAct.HOLD,
            TicketAct.BACK_IN_LINE,
            TicketAct.TRANSFER,
            TicketAct.LEAVE,
        }
    ),
    StepState.SERVING: frozenset({TicketAct.HOLD, TicketAct.TRANSFER, TicketAct.FINISH, TicketAct.LEAVE}),
    StepState.HELD: frozenset({TicketAct.CALL, TicketAct.BACK_IN_LINE, TicketAct.TRANSFER, TicketAct.LEAVE}),
    StepState.MISSED: frozenset({TicketAct.CALL, TicketAct.BACK_IN_LINE, TicketAct.LEAVE}),
    StepState.DONE: frozenset(),
    StepState.DROPPED: frozenset(),
}
LEADS_TO: dict[TicketAct, StepState] = {
    TicketAct.CALL: StepState.CALLED,
    TicketAct.RECALL: StepState.CALLED,
    TicketAct.START: StepState.SERVING,
    TicketAct.NOT_HERE: StepState.MISSED,
    TicketAct.HOLD: StepState.HELD,
    TicketAct.BACK_IN_LINE: StepState.WAITING,
    TicketAct.TRANSFER: StepState.WAITING,
    TicketAct.FINISH: StepState.DONE,
    TicketAct.LEAVE: StepState.DROPPED,
}


class DeskState(Enum):
    """Whether a desk calls people (席の状態)."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "開いています", "paused": "離席中", "closed": "閉じています"}[self.value]


class CallKind(Enum):
    """How a number came to be called (呼出しの種類)."""

    NEXT = "next"
    SPECIFIC = "specific"
    RECALL = "recall"
    TAKEN_OVER = "taken"
