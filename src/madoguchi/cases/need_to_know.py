"""What a department sees of a case (利用目的の範囲): what its own procedure reads or prints, and whom it is about.

Nothing else of what the family said at the counter goes to a department (個人情報の保護に関する法律 第69条1項).
"""

from __future__ import annotations

from madoguchi.cases.record import FURTHER_NAMES, PLACE_OF_STAY, Record
from madoguchi.papers.definition_file import parse_sheet
from madoguchi.procedures.facts import EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef, Holder
from madoguchi.procedures.judge import facts_read
from madoguchi.procedures.packs import Pack

# Without these nobody can be told apart or written to.
WHO_AND_WHERE = frozenset(
    {
        (Holder.PERSON, "name"),
        (Holder.PERSON, "kana"),
        *((Holder.PERSON, key) for key in FURTHER_NAMES),
        (Holder.PERSON, "birth_date"),
        (Holder.PERSON, "sex"),
        (Holder.PERSON, "relationship"),
        (Holder.EVENT, "move_date"),
        (Holder.EVENT, "new_address"),
        (Holder.EVENT, "new_building"),
        (Holder.EVENT, PLACE_OF_STAY),
    }
)
_HOLDERS = {EVENT_SUBJECT: Holder.EVENT, HOUSEHOLD_SUBJECT: Holder.HOUSEHOLD}


def facts_for(pack: Pack, record: Record, *, procedure: str, subject: str) -> frozenset[FactRef]:
    """Return the facts of a case that a procedure for a subject (a person's ref, or "household") needs."""
    wanted = WHO_AND_WHERE | facts_read(pack.procedure(procedure)) | _printed(pack, procedure)
    return frozenset(
        ref
        for ref in record.facts
        if (_HOLDERS.get(ref.subject, Holder.PERSON), ref.key) in wanted
        and (subject == HOUSEHOLD_SUBJECT or ref.subject in (subject, EVENT_SUBJECT, HOUSEHOLD_SUBJECT))
    )


def _printed(pack: Pack, procedure: str) -> frozenset[tuple[Holder, str]]:
    """Return the facts that the procedure's sheet has a box for."""
    sheet = pack.procedure(procedure).sheet
    if sheet is None:
        return frozenset()
    definition = parse_sheet(pack.sheets[sheet], file=f"{sheet}.toml")
    names = [box.fact for box in definition.boxes] + [column.fact for column in definition.columns]
    holders = {holder.value: holder for holder in Holder}
    parts = [name.split(".", 1) for name in names if "." in name]
    return frozenset((holders[holder], key) for holder, key in parts if holder in holders)
