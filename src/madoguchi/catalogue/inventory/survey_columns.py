"""The columns of the national survey (行政手続等の棚卸), as its two layouts head them.

Source: デジタル庁「行政手続等の悉皆調査結果解説資料」令和7年7月22日 (the layout of 令和6年度, 38 columns, to which one computed
column is added in some copies) and the published workbook of 令和7年度 (46 columns under two heading rows).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class SurveyColumn(Enum):
    """A column of the survey; the value is its heading as published."""

    NUMBER = "手続ID"
    MINISTRY = "所管府省庁"
    NAME = "手続名"
    LAW = "法令名"
    LAW_NUMBER = "法令番号"
    ARTICLE = "根拠条項号"
    OTHER_ARTICLES = "関連条項号"
    OTHER_LAWS = "関連する根拠法令"
    KIND = "手続類型"
    ACTOR = "手続主体"
    RECEIVER = "手続の受け手"
    KIND_NOTE = "手続(類型、主体、受け手等)に関する補足"
    VIA = "経由機関"
    AGENCY = "独立行政法人等の名称"
    AFFAIRS = "事務区分"
    SHARED = "府省共通手続"
    DONE_BY = "実施府省庁"
    SHARED_DONE_BY = "実施府省庁(府省共通手続)"
    ONLINE = "オンライン化の実施状況"
    BARRIER = "オンライン化の実施予定及び検討時の懸念点"
    ONLINE_NOTE = "オンライン化の実施状況に関する補足"
    ONLINE_FROM = "オンライン化実施時期"
    IDENTITY = "申請等における本人確認手法"
    FEE = "手数料等の納付有無"
    FEE_METHODS = "手数料等の納付方法"
    FEE_NOTE = "手数料等に関する補足"
    FEE_RELIEF = "手数料等のオンライン納付時の優遇措置"
    DAYS_ONLINE = "処理期間(オンライン)"
    DAYS_OFFLINE = "処理期間(非オンライン)"
    SYSTEM = "情報システム(申請)"
    SYSTEMS_MORE = "情報システム(申請)複数ある場合"
    SYSTEM_BEHIND = "情報システム(事務処理)"
    VOLUME = "総手続件数"
    VOLUME_ONLINE = "オンライン手続件数"
    VOLUME_OFFLINE = "非オンライン手続件数"
    FIELDS = "申請書等に記載させる情報"
    ATTACHMENTS = "申請時に添付させる書類"
    ATTACHMENTS_ENDED = "添付書類等提出の撤廃/省略状況"
    ATTACHMENTS_BY = "添付書類等の提出方法"
    SIGNATURE = "添付書類等への電子署名"
    ATTACHMENTS_RULE = "添付形式等が定められた規定"
    ATTACHMENTS_NOTE = "添付書類等に関する補足"
    EVENTS = "手続が行われるイベント(個人)"
    EVENTS_OF_FIRMS = "手続が行われるイベント(法人)"
    AGENTS = "申請に関連する士業"
    OFFICE = "申請を提出する機関"
    AGENTS_NOTE = "士業、機関に関する補足"


NEEDED = (
    SurveyColumn.NUMBER, SurveyColumn.NAME, SurveyColumn.LAW, SurveyColumn.ARTICLE, SurveyColumn.KIND,
    SurveyColumn.ACTOR, SurveyColumn.RECEIVER, SurveyColumn.ONLINE, SurveyColumn.VOLUME,
)  # fmt: skip
VOLUMES = (SurveyColumn.VOLUME, SurveyColumn.VOLUME_ONLINE, SurveyColumn.VOLUME_OFFLINE)
# Computed from two other columns in some copies: not kept twice.
COMPUTED = frozenset({"オンライン化率"})
_NUMBERING = re.compile(r"^(?:\d+(?:-\d+)*[.．、)]?\s*)+")


@dataclass(frozen=True, slots=True)
class SurveyLayout:
    """Which position of a row holds which column; `unknown`: headings that the survey does not have."""

    at: dict[SurveyColumn, int]
    width: int
    unknown: tuple[str, ...]


class NotASurvey(ValueError):
    """The headings are not those of the survey."""

    def __init__(self, missing: Sequence[SurveyColumn]) -> None:
        names = "」「".join(one.value for one in missing)
        super().__init__(
            f"見出しに「{names}」がないため、棚卸しのファイルとして読めません。"
            "公表されたファイルを、列や見出しを変えずに選んでください。"
        )


def _plain(heading: str) -> str:
    """A heading without what differs between copies: width of letters, spaces, line ends, numbering in front."""
    text = "".join(unicodedata.normalize("NFKC", heading).split())
    return _NUMBERING.sub("", text)


_BY_HEADING = {_plain(column.value): column for column in SurveyColumn}


def layout_of(heading_rows: Sequence[Sequence[str]]) -> SurveyLayout:
    """Understand one or several heading rows; the lowest cell that names a column counts. Raises NotASurvey."""
    width = max((len(row) for row in heading_rows), default=0)
    at: dict[SurveyColumn, int] = {}
    unknown: list[str] = []
    for position in range(width):
        cells = [_plain(row[position]) for row in heading_rows if position < len(row)]
        column = next((_BY_HEADING[cell] for cell in reversed(cells) if cell in _BY_HEADING), None)
        if column is None:
            unknown += [cell for cell in cells[-1:] if cell and cell not in COMPUTED]
        elif column not in at:
            at[column] = position
    if missing := [column for column in NEEDED if column not in at]:
        raise NotASurvey(missing)
    return SurveyLayout(at, width, tuple(unknown))
