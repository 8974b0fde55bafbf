"""One household of a register as `decide` takes it (一世帯の取り出し): to settle a row, and to explain one."""

from collections import defaultdict
from functools import partial
from typing import Any

from madoguchi.jp.dates import PossibleDays
from madoguchi.procedures.bulk.batch import Batch
from madoguchi.procedures.bulk.columns import Index
from madoguchi.procedures.court import Court
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import HOUSEHOLD_SUBJECT, Holder, Value
from madoguchi.procedures.implied import with_implied
from madoguchi.procedures.judge import judge_of
from madoguchi.procedures.packs import Procedure
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation

_KIND_OF = {"parents": RelationKind.parent, "spouse": RelationKind.spouse, "guardians": RelationKind.guardian}


def settled(
    batch: Batch, procedure: Procedure, event: EventKind, homes: Index, people: Index | None
) -> list[Status]:
    """Return the outcome of each of some rows, decided one household at a time; `people` None: of the household."""
    judge = judge_of(procedure, event)
    rows: dict[int, list[int]] = defaultdict(list)
    for place, home in enumerate(homes.tolist()):
        rows[home].append(place)
    statuses: list[Status] = [Status.ASK] * len(homes)
    for home, places in rows.items():
        situation = situation_of(batch, home, event)
        court = Court(batch.pack, situation, batch.on, batch.open_days)
        found = {one.subject: one.status for one in court.decisions(judge)}
        for place in places:
            who = HOUSEHOLD_SUBJECT if people is None else str(batch.ids[int(people[place])].as_py())
            statuses[place] = found[who]
    return statuses


def situation_of(batch: Batch, home: int, event: EventKind | None = None) -> Situation:
    """Return one household by its number, with those who live elsewhere and its event."""
    house = batch.household
    first, size = int(house.starts[home]), int(house.counts[home])
    members = house.members[first : first + size]
    rows = batch.people.slice(first, size).to_pylist()  # people stand household by household
    known = partial(_known, batch, Holder.PERSON)
    people = tuple(PersonFacts(str(row["id"]), known(row)) for row in rows)
    kind = event or list(EventKind)[int(batch.kinds[home])]
    told = batch.event_row(home)
    return with_implied(
        Situation(
            event=kind,
            event_values=_known(batch, Holder.EVENT, told),
            household_values={},
            people=people,
            relations=tuple(_relations(batch, members)),
            claimant=None,
            notified_on=told.get("notified_on") or batch.on,
        )
    )


def _relations(batch: Batch, members: Index) -> list[Relation]:
    found = []
    for relation, kind in _KIND_OF.items():
        kin = batch.kin[relation]
        for one in members.tolist():
            for other in kin.members[kin.starts[one] : kin.starts[one] + kin.counts[one]].tolist():
                found.append(Relation(kind, _id(batch, one), _id(batch, other)))
    return found


def _id(batch: Batch, number: int) -> str:
    return str(batch.ids[number].as_py())


def _known(batch: Batch, holder: Holder, row: dict[str, Any]) -> dict[str, Value]:
    keys = {one.key for one in batch.pack.vocabulary if one.holder is holder} - {"notified_on"}
    known: dict[str, Value] = {
        key: frozenset(value) if isinstance(value, list) else value
        for key, value in row.items()
        if key in keys and value is not None
    }
    first, last = (row.get(key) for key in ("birth_earliest", "birth_latest"))
    if holder is Holder.PERSON and "birth_date" not in known and first is not None and last is not None:
        known["birth_date"] = first if first == last else PossibleDays("", first, last)
    return known
