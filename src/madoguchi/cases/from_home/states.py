"""Where an application from home stands (申請の状態), as a table: what its resident may do when.

It is told by the case and its tasks, and stored nowhere a second time.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from django.utils.translation import gettext_noop as noop

from madoguchi.cases.states import CaseStatus, TaskState


class HomeState(Enum):
    """Where an application stands, as its resident is told (申請の状態)."""

    FILLING = "filling"
    RECEIVED = "received"
    CHECKING = "checking"
    SENT_BACK = "sent_back"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """In plain words (a msgid)."""
        return HOME_STATE_LABELS[self]


HOME_STATE_LABELS = {
    HomeState.FILLING: noop("書いている途中です"),
    HomeState.RECEIVED: noop("受け付けました"),
    HomeState.CHECKING: noop("確認しています"),
    HomeState.SENT_BACK: noop("直していただくことがあります"),
    HomeState.DECIDED: noop("手続きが終わりました"),
    HomeState.WITHDRAWN: noop("取り下げました"),
}


class HomeAct(Enum):
    """What a resident may do to their application (申請者の操作)."""

    ANSWER = "answer"
    ATTACH = "attach"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    WISH_CORRECTION = "wish_correction"


_WRITING = frozenset({HomeAct.ANSWER, HomeAct.ATTACH, HomeAct.SUBMIT, HomeAct.WITHDRAW})
HOME_ACTS: dict[HomeState, frozenset[HomeAct]] = {
    HomeState.FILLING: _WRITING,
    HomeState.RECEIVED: frozenset({HomeAct.WITHDRAW, HomeAct.WISH_CORRECTION}),
    HomeState.CHECKING: frozenset({HomeAct.WITHDRAW, HomeAct.WISH_CORRECTION}),
    HomeState.SENT_BACK: _WRITING,
    HomeState.DECIDED: frozenset({HomeAct.WISH_CORRECTION}),
    HomeState.WITHDRAWN: frozenset(),
}
_LOOKED_AT = frozenset({CaseStatus.APPROVED, CaseStatus.SENT, CaseStatus.REGISTERED, CaseStatus.CLOSED})


def state_of(status: CaseStatus, tasks: Collection[TaskState], *, submitted: bool) -> HomeState:
    """Where an application stands, by its case's status and its tasks' states.

    It is settled when every department has done its part; whether the core system has registered it does not matter then.
    """
    if status is CaseStatus.WITHDRAWN:
        return HomeState.WITHDRAWN
    if status is CaseStatus.HEARING:
        return HomeState.SENT_BACK if submitted else HomeState.FILLING
    open_tasks = [one for one in tasks if one is not TaskState.CANCELLED]
    if open_tasks and all(one is TaskState.DONE for one in open_tasks):
        return HomeState.DECIDED
    begun = any(one is not TaskState.NEW for one in open_tasks)
    return HomeState.CHECKING if begun or status in _LOOKED_AT else HomeState.RECEIVED
