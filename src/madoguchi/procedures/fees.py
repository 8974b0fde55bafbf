"""What a procedure costs somebody (手数料の計算): each line with the reduction that applies, and what is still unknown.

Of several reductions the first that applies counts. Where it is not known whether one applies, the line has no amount, unless
it is the same either way; nothing is guessed, and no amount is made up where the city has set none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.facts import FactRef
from madoguchi.procedures.kinship import kinship_of
from madoguchi.procedures.language.frame import Frame, nobody
from madoguchi.procedures.language.tree import Expression
from madoguchi.procedures.packs import FeeReduction, FeeRule, Procedure
from madoguchi.procedures.situation import Situation


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One line of a fee (手数料の内訳); `yen` None: not known yet. `because` and `law` of a reduction, else of the fee."""

    label: str
    yen: int | None
    copies: int
    reduced: bool
    because: str
    law: str


@dataclass(frozen=True, slots=True)
class Fee:
    """What a procedure costs (手数料): its lines, all together (None: not known), and the facts that would settle it.

    `note`: what the city says instead where it has set no amount.
    """

    lines: tuple[FeeLine, ...]
    total_yen: int | None
    unknown: tuple[FactRef, ...]
    note: str = ""


def fee_of(
    procedure: Procedure,
    situation: Situation,
    subject: str,
    *,
    on: date,
    open_days: OpenDays,
    copies: int = 1,
) -> Fee:
    """Return what the procedure costs the subject (a person's id, or `household`) on a day."""
    if not procedure.fees:
        plain = () if procedure.fee_yen is None else (_plain(procedure, procedure.fee_yen),)
        return Fee(plain, procedure.fee_yen, (), procedure.fee_note)
    trace: set[FactRef] = set()
    frame = Frame(situation, kinship_of(situation), situation.notified_on or on, trace, open_days)
    frame.slots[0] = frame.records.get(subject)
    claimant = frame.records.get(situation.claimant) if situation.claimant else None
    frame.slots[1] = claimant if claimant is not None else nobody(trace)
    frame.named = {}
    law_day = frame.event.get(frame.date_key)
    day = law_day if isinstance(law_day, date) else on
    lines: list[FeeLine] = []
    unknown: set[FactRef] = set()
    for rule in procedure.fees:
        trace.clear()
        line = _line(rule, frame, day, copies)
        if line is not None:
            lines.append(line)
            unknown |= trace if line.yen is None else set()
    amounts = [line.yen for line in lines]
    total = None if None in amounts else sum(yen for yen in amounts if yen is not None)
    ordered = sorted(unknown, key=lambda ref: (ref.subject, ref.key))
    return Fee(tuple(lines), total, tuple(ordered), procedure.fee_note)


def _plain(procedure: Procedure, yen: int) -> FeeLine:
    return FeeLine(procedure.name, yen, 1, False, procedure.fee_note, procedure.law)


def _line(rule: FeeRule, frame: Frame, day: date, copies: int) -> FeeLine | None:
    """The line of one fee; None when it is not charged."""
    before = rule.valid_from is not None and day < rule.valid_from
    if before or (rule.valid_until is not None and day > rule.valid_until):
        return None
    applies = True if rule.when is None else rule.when.evaluate(frame)
    if applies is False:
        return None
    count = copies if rule.per_copy else 1
    full = _yen(rule.yen, frame)
    possible: list[tuple[int | None, FeeReduction | None]] = []
    for reduction in rule.reductions:
        holds = reduction.when.evaluate(frame)
        if holds is not False:
            possible.append((_yen(reduction.yen, frame), reduction))
        if holds is True:
            break
    else:
        possible.append((full, None))
    amounts = {yen for yen, _reduction in possible} | (set() if applies is True else {0})
    known = len(amounts) == 1 and None not in amounts
    yen = next(iter(amounts)) if known else None
    applied = possible[0][1] if known and len(possible) == 1 else None
    because, law = (applied.because, applied.law) if applied else ("", rule.law)
    return FeeLine(rule.label, None if yen is None else yen * count, count, applied is not None, because, law)


def _yen(said: Expression | int, frame: Frame) -> int | None:
    """The amount; None when it is not known, or below nothing."""
    found: Any = said if isinstance(said, int) else said.evaluate(frame)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None
