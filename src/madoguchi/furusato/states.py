"""What may become of an application for 申告特例, and by what the applicant's identity is proved. One table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from django.utils.translation import gettext_noop as noop


class ApplicationState(Enum):
    """Where an application stands (申告特例申請の状態)."""

    AWAITING = "awaiting"
    RECEIVED = "received"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


class Proof(Enum):
    """By what it is proved who applies (本人確認の方法)."""

    SIGN_IN = "sign_in"
    POST = "post"


LABELS: Mapping[ApplicationState, str] = {
    ApplicationState.AWAITING: noop("書類を待っています"),
    ApplicationState.RECEIVED: noop("受け付けました"),
    ApplicationState.REFUSED: noop("受けられませんでした"),
    ApplicationState.WITHDRAWN: noop("取り下げました"),
}
FOLLOWS: Mapping[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.AWAITING: frozenset(
        {ApplicationState.RECEIVED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.RECEIVED: frozenset({ApplicationState.REFUSED, ApplicationState.WITHDRAWN}),
    ApplicationState.REFUSED: frozenset(),
    ApplicationState.WITHDRAWN: frozenset(),
}
LIVING = frozenset(state.value for state, after in FOLLOWS.items() if after)
