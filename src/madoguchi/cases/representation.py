"""Who may file what (代理の可否): by who came, towards whom, and for which procedure.

Where nothing is said of a procedure, the ordinary row holds. What is not `verified` is told to the clerk as something to
confirm, never as a rule; a city's own rule comes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from madoguchi.cases.record import Record
from madoguchi.cases.states import PROOF_NEEDED, VisitorKind
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT


class May(Enum):
    """Whether a visitor may file a procedure (手続きの可否)."""

    YES = "yes"
    WITH_PROOF = "with_proof"
    HAND_IN = "hand_in"
    TWO_VISITS = "two_visits"
    CONFIRM = "confirm"
    NO = "no"

    @property
    def label(self) -> str:
        return MAY_LABELS[self]


MAY_LABELS = {
    May.YES: "できます",
    May.WITH_PROOF: "書類を確かめればできます",
    May.HAND_IN: "本人が署名したものを出せます",
    May.TWO_VISITS: "今日は申請だけで、もう一度来てもらいます",
    May.CONFIRM: "できるかどうかを担当課に確かめます",
    May.NO: "できません",
}


@dataclass(frozen=True, slots=True)
class FilingRight:
    """Whether the visitor may file one procedure for one person, and what to tell them. `source` empty: not verified."""

    may: May
    note: str
    source: str = ""


YES = FilingRight(May.YES, "")
ORDINARY: Mapping[VisitorKind, FilingRight] = {
    VisitorKind.SELF: YES,
    VisitorKind.HOUSEHOLD: YES,
    VisitorKind.LEGAL: FilingRight(May.WITH_PROOF, PROOF_NEEDED[VisitorKind.LEGAL]),
    VisitorKind.AGENT: FilingRight(May.WITH_PROOF, PROOF_NEEDED[VisitorKind.AGENT]),
    VisitorKind.MESSENGER: FilingRight(May.HAND_IN, PROOF_NEEDED[VisitorKind.MESSENGER]),
}
_NOT_A_MESSENGER = FilingRight(
    May.NO, "使者は、本人が選ぶ手続きをかわりに決められません。本人か代理人が手続きします。"
)
_LISTED_ACTS = FilingRight(
    May.CONFIRM,
    "成年後見・保佐・補助のときは、代理行為目録にこの手続きがあるかを確かめてください。",
    "HIGASHIMATSUYAMA",
)
_LETTER_FIRST = FilingRight(
    May.TWO_VISITS, "本人に照会書を送り、返事を持ってもう一度来てもらいます。", "SETTSU, HIGASHIMATSUYAMA"
)
_ONLY_THEMSELVES = FilingRight(May.NO, "原則として、本人だけが手続きできます。", "SETTSU, HIGASHIMATSUYAMA")
SPECIAL: Mapping[str, Mapping[VisitorKind, FilingRight]] = {
    "card-continue": {
        VisitorKind.HOUSEHOLD: FilingRight(May.YES, "同じ世帯の人もできます。", "SETTSU, HIGASHIMATSUYAMA"),
        VisitorKind.LEGAL: _LISTED_ACTS,
        VisitorKind.AGENT: FilingRight(
            May.CONFIRM, "同じ世帯でない代理人のときは、担当課に確かめてください。"
        ),
    },
    "card-signing-certificate": {
        VisitorKind.HOUSEHOLD: FilingRight(
            May.CONFIRM,
            "原則として、本人だけが手続きできます。本人も来ているときに進めてください。",
            "SETTSU, HIGASHIMATSUYAMA",
        ),
        VisitorKind.LEGAL: _LISTED_ACTS,
        VisitorKind.AGENT: _ONLY_THEMSELVES,
        VisitorKind.MESSENGER: _ONLY_THEMSELVES,
    },
    "seal-registration": {
        VisitorKind.HOUSEHOLD: _LETTER_FIRST,
        VisitorKind.LEGAL: _LISTED_ACTS,
        VisitorKind.AGENT: _LETTER_FIRST,
    },
}


def filing_right(decision: Decision, *, kind: VisitorKind) -> FilingRight:
    """What `kind` of visitor, seen from the person whom it is for, may do with one procedure."""
    special = SPECIAL.get(decision.procedure, {}).get(kind)
    if special is not None:
        return special
    if kind is VisitorKind.MESSENGER and decision.status is Status.OPTIONAL:
        return _NOT_A_MESSENGER
    return ORDINARY[kind]


def visitor_towards(record: Record, subject: str) -> VisitorKind | None:
    """What the visitor is to one person of the case: one of the movers is a member of the household to the others."""
    said = record.text("notifier_kind")
    if not said:
        return None
    kind = VisitorKind(said)
    own = subject in (HOUSEHOLD_SUBJECT, record.text("notifier_ref"))
    return VisitorKind.HOUSEHOLD if kind is VisitorKind.SELF and not own else kind


def rights(record: Record, decisions: tuple[Decision, ...]) -> dict[tuple[str, str], FilingRight]:
    """The right to file each of these; empty until somebody came."""
    found = {}
    for decision in decisions:
        kind = visitor_towards(record, decision.subject)
        if kind is not None:
            found[decision.procedure, decision.subject] = filing_right(decision, kind=kind)
    return found
