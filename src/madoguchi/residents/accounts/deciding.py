"""Staff decide about doubtful accounts (照合の確認): whose they are, or that nobody is to be joined to them.

A match that has to do with a protected person, or with where one lives, is seen and decided only by those who handle
支援措置, and shows them no address either. When the name differs a second member of staff has to say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access, record_act
from madoguchi.residents.accounts.coming import add_step
from madoguchi.residents.accounts.facts import AccountState, ClaimedFacts, Doubt
from madoguchi.residents.accounts.matching import differing, name_differs, shelters
from madoguchi.residents.disclosure import JAPAN, disclose
from madoguchi.residents.models import AccountRow, AccountStepRow
from madoguchi.residents.people import DisclosedPerson
from madoguchi.residents.protection import Audience, protected_people

LONGEST_REASON = 400
_EMPTY: dict[str, object] = {
    "name": "",
    "address": "",
    "birth": "",
    "sex": "",
    "candidates": [],
    "proposed_no": "",
    "proposed_by": None,
}


class NoSuchMatch(LookupError):
    """Not there, decided meanwhile, or not for this member of staff: told alike."""

    def __init__(self) -> None:
        super().__init__("この確認は、もう済んだか、ありません。一覧を開き直してください。")


class MatchDecisionRefused(ValueError):
    """A decision that cannot be made as it was asked; the sentence says what to do."""


class ReasonMissing(MatchDecisionRefused):
    """No reason was given."""

    def __init__(self) -> None:
        super().__init__("理由を入れてください。何を見て決めたかが、あとから分かるようにします。")


class NotACandidate(MatchDecisionRefused):
    """A number that is not among those the facts may be of."""

    def __init__(self) -> None:
        super().__init__("結びつける方を、候補の中から選んでください。")


class SecondPersonNeeded(MatchDecisionRefused):
    """The name differs, and the same member of staff would say it twice."""

    def __init__(self) -> None:
        super().__init__("氏名が違うため、別の職員がもう一度確かめて、同じ方を選ぶ必要があります。")


class HasAnotherAccount(MatchDecisionRefused):
    """The resident is joined to another account."""

    def __init__(self) -> None:
        super().__init__(
            "この方には別のアカウントが結びついています。先にそのアカウントを止めてから、もう一度結びつけてください。"
        )


@dataclass(frozen=True, slots=True)
class MatchLine:
    """A doubtful account in the list: the name as it was given, since when, why; no address."""

    number: int
    name: str
    told_at: datetime
    doubt: Doubt
    asked_to_come: bool
    proposed: bool


@dataclass(frozen=True, slots=True)
class MatchStep:
    """One line of an account's history (アカウントの経過)."""

    at: datetime
    act: str
    state: AccountState
    staff_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class MatchInDoubt:
    """Both sides of a doubtful match: what was given, and whom of the register it may be. Addresses may be withheld.

    `differing`: which of the four facts are not as registered, by 宛名番号; nothing about an address that is withheld.
    """

    line: MatchLine
    facts: ClaimedFacts
    address_withheld: bool
    candidates: tuple[DisclosedPerson, ...]
    differing: Mapping[str, frozenset[str]]
    proposed_no: str
    steps: tuple[MatchStep, ...]
    version: int


def waiting(*, sheltered: Sequence[bool], by: Actor, now: datetime) -> tuple[MatchLine, ...]:
    """Doubtful accounts that this member of staff may see, the oldest first. `sheltered`: which of both kinds."""
    rows = list(AccountRow.objects.filter(state=AccountState.DOUBTFUL.value).order_by("told_at", "pk"))
    shown = [row for row in rows if _is_sheltered(row, now) in sheltered]
    record_access(
        actor=by, purpose=Purpose.MATCHING, authority="matching", person_keys=[f"account/{row.pk}" for row in shown],
        fields=("name",), case=None, screen="matches", now=now,
    )  # fmt: skip
    return tuple(_line(row) for row in shown)


def look(*, number: int, sheltered: Sequence[bool], by: Actor, now: datetime) -> MatchInDoubt:
    """One doubtful account with both sides, after it was written down who looks. Raises NoSuchMatch."""
    row = _open_row(number, sheltered, now)
    withheld = _is_sheltered(row, now)
    record_access(
        actor=by, purpose=Purpose.MATCHING, authority="matching", person_keys=[f"account/{row.pk}"],
        fields=("name", "birth", "sex", "address"), case=None, screen="match", now=now,
    )  # fmt: skip
    people = disclose(
        actor=by, purpose=Purpose.MATCHING, resident_nos=list(row.candidates),
        audience=Audience.LIST if withheld else Audience.REVIEW, case=None, screen="match", now=now,
    )  # fmt: skip
    steps = AccountStepRow.objects.filter(account=row).order_by("pk")
    facts = ClaimedFacts(row.name, row.address, row.birth, row.sex)
    hidden = frozenset({"address"} if withheld else ())
    return MatchInDoubt(
        _line(row),
        replace(facts, address="") if withheld else facts,
        withheld,
        people,
        {one.resident_no: differing(facts, one.resident_no) - hidden for one in people},
        row.proposed_no,
        tuple(
            MatchStep(one.at, one.act, AccountState(one.state), one.staff_name, one.reason) for one in steps
        ),
        row.version,
    )


def accept(
    *,
    number: int,
    resident_no: str,
    reason: str,
    version: int,
    sheltered: Sequence[bool],
    by: Actor,
    now: datetime,
) -> bool:
    """Join the account to this resident; False when a second member of staff has to say the same first.

    Raises NoSuchMatch, ReasonMissing, NotACandidate, SecondPersonNeeded, HasAnotherAccount.
    """
    row, reason = _open_row(number, sheltered, now), _given(reason)
    if resident_no not in row.candidates:
        raise NotACandidate
    facts = ClaimedFacts(row.name, row.address, row.birth, row.sex)
    if name_differs(facts, resident_no) and row.proposed_no != resident_no:
        with transaction.atomic():
            _set(row, version, proposed_no=resident_no, proposed_by=by.staff_id)
            _told(row, "proposed", AccountState.DOUBTFUL, reason, by, now, resident_no)
        return False
    if name_differs(facts, resident_no) and row.proposed_by == by.staff_id:
        raise SecondPersonNeeded
    looked = _is_sheltered(row, now)
    try:
        with transaction.atomic():
            _set(
                row, version, state=AccountState.MATCHED.value, resident_no=resident_no, doubt="", asked_to_come=False,
                seen_by_protection=looked, **_EMPTY,
            )  # fmt: skip
            _told(row, "matched", AccountState.MATCHED, reason, by, now, resident_no)
    except IntegrityError:
        raise HasAnotherAccount from None
    return True


def refuse(
    *, number: int, reason: str, version: int, sheltered: Sequence[bool], by: Actor, now: datetime
) -> None:
    """Join nobody to this account. Raises NoSuchMatch, ReasonMissing."""
    row, reason = _open_row(number, sheltered, now), _given(reason)
    with transaction.atomic():
        _set(row, version, state=AccountState.REFUSED.value, doubt="", asked_to_come=False, **_EMPTY)
        _told(row, "refused", AccountState.REFUSED, reason, by, now)


def ask_to_come(
    *, number: int, reason: str, version: int, sheltered: Sequence[bool], by: Actor, now: datetime
) -> None:
    """Leave it open and ask the person to come to the counter. Raises NoSuchMatch, ReasonMissing."""
    row, reason = _open_row(number, sheltered, now), _given(reason)
    with transaction.atomic():
        _set(row, version, asked_to_come=True)
        _told(row, "asked_to_come", AccountState.DOUBTFUL, reason, by, now)


def block_account_of(*, resident_no: str, reason: str, by: Actor, now: datetime) -> bool:
    """Stop the account that is joined to this resident; whether there was one. Raises ReasonMissing."""
    reason = _given(reason)
    with transaction.atomic():
        row = AccountRow.objects.filter(resident_no=resident_no, state=AccountState.MATCHED.value).first()
        if row is None:
            return False
        _set(row, row.version, state=AccountState.BLOCKED.value, resident_no=None)
        _told(row, "blocked", AccountState.BLOCKED, reason, by, now, resident_no)
    return True


def _is_sheltered(row: AccountRow, now: datetime) -> bool:
    """Whether it is for those who handle 支援措置; asked anew each time, as protection may have begun meanwhile."""
    today = now.astimezone(JAPAN).date()
    return bool(protected_people(row.candidates, on=today)) or shelters(row.address, on=today)


def _open_row(number: int, sheltered: Sequence[bool], now: datetime) -> AccountRow:
    row = AccountRow.objects.filter(pk=number, state=AccountState.DOUBTFUL.value).first()
    if row is None or _is_sheltered(row, now) not in sheltered:
        raise NoSuchMatch
    return row


def _set(row: AccountRow, version: int, **values: object) -> None:
    """Change the row as it was looked at. Raises NoSuchMatch when somebody was first."""
    there = AccountRow.objects.filter(pk=row.pk, version=version, state=row.state)
    if not there.update(version=F("version") + 1, **values):
        raise NoSuchMatch


def _told(
    row: AccountRow,
    act: str,
    state: AccountState,
    reason: str,
    by: Actor,
    now: datetime,
    resident_no: str = "",
) -> None:
    add_step(row.pk, act=act, state=state, now=now, resident_no=resident_no, by=by, reason=reason)
    keys = {"person": resident_no} if resident_no else {}
    record_act(actor=by, activity=f"account_{act}", now=now, account=row.pk, **keys)


def _given(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()[:LONGEST_REASON]


def _line(row: AccountRow) -> MatchLine:
    return MatchLine(
        row.pk, row.name, row.told_at, Doubt(row.doubt), row.asked_to_come, bool(row.proposed_no)
    )
