"""What to bring (持ち物): for each procedure that is needed or wanted, then merged without doubles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT
from madoguchi.procedures.kinship import kinship_of
from madoguchi.procedures.language.frame import Frame, nobody
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.situation import Situation


@dataclass(frozen=True, slots=True)
class BringItem:
    """One thing to bring, for which procedures and subjects; `certain` False: it may be needed."""

    text: str
    certain: bool
    procedures: tuple[str, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BringList:
    """The things by procedure id, and all of them merged in the order of the pack."""

    by_procedure: dict[str, tuple[BringItem, ...]]
    merged: tuple[BringItem, ...]


def bring_list(
    pack: Pack,
    situation: Situation,
    decisions: Sequence[Decision],
    *,
    on: date | None = None,
    open_days: OpenDays,
) -> BringList:
    """Return what these people bring. Conditions that are still unknown give `certain` False.

    `on` is the day of the notice when the situation names none; without either, conditions on it stay
    unknown.
    """
    frame = Frame(situation, kinship_of(situation), situation.notified_on or on, None, open_days)
    frame.slots[1] = frame.records.get(situation.claimant or "") or nobody(None)
    found: dict[str, dict[str, list[tuple[str, bool]]]] = {}
    for decision in decisions:
        if decision.status is Status.NOT_NEEDED:
            continue
        frame.slots[0] = frame.records.get(decision.subject)
        sure_procedure = decision.status is Status.MUST
        for item in pack.procedure(decision.procedure).bring:
            needed = True if item.when is None else item.when.evaluate(frame)
            if needed is not False:
                people = found.setdefault(decision.procedure, {}).setdefault(item.text, [])
                people.append((decision.subject, sure_procedure and needed is True))
    by_procedure = {
        procedure: tuple(_item(text, {procedure: people}) for text, people in items.items())
        for procedure, items in found.items()
    }
    merged: dict[str, dict[str, list[tuple[str, bool]]]] = {}
    for procedure, items in found.items():
        for text, people in items.items():
            merged.setdefault(text, {})[procedure] = people
    return BringList(by_procedure, tuple(_item(text, people) for text, people in merged.items()))


def _item(text: str, people: dict[str, list[tuple[str, bool]]]) -> BringItem:
    everybody = [entry for entries in people.values() for entry in entries]
    subjects = tuple(dict.fromkeys(subject for subject, _ in everybody if subject != HOUSEHOLD_SUBJECT))
    return BringItem(text, any(certain for _, certain in everybody), tuple(people), subjects)
