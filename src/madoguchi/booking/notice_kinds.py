"""Kinds of what is written to those who booked (予約の知らせの種類)."""

from __future__ import annotations

from enum import Enum


class NoticeKind(Enum):
    """Why a letter is written."""

    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REMINDER = "reminder"
    OFFERED = "offered"

    @property
    def label(self) -> str:
        return NOTICE_LABELS[self]


NOTICE_LABELS = {
    NoticeKind.CONFIRMED: "予約を受けました",
    NoticeKind.CHANGED: "予約の時間を変えました",
    NoticeKind.CANCELLED: "予約を取り消しました",
    NoticeKind.REMINDER: "予約の日が近づきました",
    NoticeKind.OFFERED: "席が空きました",
}
