"""What the room gives out (値): campaigns, counts, samples and offers as screens show them; and how it says no."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from madoguchi.outreach.states import CampaignState, MessageState, OfferChannel, OfferState
from madoguchi.procedures.decisions import Amount, Reason, Status

JAPAN_SYSTEM = "案内の係"


class CampaignRefused(ValueError):
    """Something that cannot be done to a campaign; the sentence says what to do."""


class NoSuchCampaign(LookupError):
    """There is none by this number."""


class NoSuchOffer(LookupError):
    """Not there, over, or somebody else's: told alike."""


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as the office sees it (案内)."""

    number: str
    title: str
    procedures: tuple[str, ...]
    outcomes: tuple[Status, ...]
    channels: tuple[OfferChannel, ...]
    on: date
    legal_basis: str
    revision: str
    state: CampaignState
    author: int
    author_name: str
    approver_name: str
    made_at: datetime
    percent: int


@dataclass(frozen=True, slots=True)
class CampaignStep:
    """One line of what was done to a campaign (案内の経過)."""

    at: datetime
    act: str
    state: CampaignState
    staff_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class CountLine:
    """How many, by outcome, for one procedure; None: fewer than ten, or hidden so that nobody can work it out."""

    procedure: str
    cells: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One person as an example of who would be offered what, and why (見本). No address."""

    resident_no: str
    name: str
    about: str
    procedure: str
    status: Status
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer as whoever it is for sees it (使える手続きの案内)."""

    number: str
    procedure: str
    name: str
    summary: str
    state: OfferState
    later_until: date | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class OfferExplained:
    """An offer with why, what one gets, what is filled in already and what is missing (案内の中身)."""

    offer: Offer
    still: bool
    about: str
    status: Status
    because: tuple[Reason, ...]
    amount: Amount | None
    deadline: date | None
    known: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    bring: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a procedure's offers (案内の結果) as it stood at `since`; None: hidden as in `CountLine`."""

    procedure: str
    cells: tuple[int | None, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """Where the messages of a campaign stood at `since` (知らせの件数); None: hidden."""

    by_state: Mapping[MessageState, int | None]
    since: datetime
