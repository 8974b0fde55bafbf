"""From a row of cells to a person's entry, with every fault of the row named at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.names import CharacterIdentity, NameParts
from madoguchi.procedures.facts import Value
from madoguchi.residents.importing.cells import CellFault, cell_value
from madoguchi.residents.importing.mapping import CellType, ColumnRule, FileMapping
from madoguchi.residents.importing.reading import Fault, SourceRow
from madoguchi.residents.people import RegisterEntry, ResidentStatus

MOST_FAULTS = 5
MOST_REMEMBERED = 20_000
REPEATING = (CellType.CODE, CellType.BOOLEAN, CellType.DAY)
NAMES = ("name", "kana", "former_surname", "alias", "kanji_alongside")
EARLIEST_BIRTH = date(1868, 1, 1)


class EntryReader:
    """Reads the rows of one file: knows where each mapped column stands."""

    def __init__(self, mapping: FileMapping, heading: Sequence[str], today: date) -> None:
        self._places = [
            (heading.index(rule.heading), rule) for rule in mapping.columns if rule.heading in heading
        ]
        self._gaiji = mapping.gaiji
        self._known: dict[str, dict[str, Value | None]] = {rule.heading: {} for rule in mapping.columns}
        self._today = today
        self.number_heading = next(rule.heading for rule in mapping.columns if rule.field == "resident_no")
        self.unused = tuple(
            cell for cell in heading if cell and cell not in {rule.heading for rule in mapping.columns}
        )
        self.absent = tuple(rule.heading for rule in mapping.columns if rule.heading not in heading)

    def entry(self, row: SourceRow) -> RegisterEntry | Fault:
        """The person of this row, or what is wrong with it."""
        if row.fault is not None:
            return row.fault
        fields: dict[str, Any] = {}
        facts: dict[str, Value] = {}
        faults: list[tuple[str, str]] = []
        byte: int | None = None
        for place, rule in self._places:
            try:
                value = self._value(row.cells[place], rule)
                self._check(rule, value)
            except CellFault as error:
                faults.append((rule.heading, str(error)))
                if error.character and byte is None:
                    byte = row.byte_of(error.character)
                continue
            if value is not None:
                (facts if rule.is_fact else fields)[rule.field] = value
        if faults:
            return _joined(faults, byte)
        return _entry(fields, facts, self._glyphs(row))

    def _value(self, text: str, rule: ColumnRule) -> Value | None:
        """The value of a cell; cells of few kinds (codes, yes and no, days) are read once and remembered."""
        if rule.type not in REPEATING:
            return cell_value(text, rule, self._gaiji)
        known = self._known[rule.heading]
        if text not in known:
            if len(known) > MOST_REMEMBERED:
                known.clear()
            known[text] = cell_value(text, rule, self._gaiji)
        return known[text]

    def _check(self, rule: ColumnRule, value: Value | None) -> None:
        if value is None and rule.required:
            raise CellFault("空です。必ず要る項目です")
        if rule.field == "birth" and not rule.is_fact and value is not None:
            earliest = value.earliest if isinstance(value, PossibleDays) else value
            if isinstance(earliest, date) and earliest > self._today:
                raise CellFault("生年月日が取り込みの日より後です")
            latest = value.latest if isinstance(value, PossibleDays) else value
            if isinstance(latest, date) and latest < EARLIEST_BIRTH:
                raise CellFault("生年月日が明治より前です")

    def _glyphs(self, row: SourceRow) -> tuple[CharacterIdentity, ...]:
        if not self._gaiji:
            return ()
        names = "".join(
            row.cells[place] for place, rule in self._places if rule.field in NAMES and not rule.is_fact
        )
        return tuple(self._gaiji[character] for character in dict.fromkeys(names) if character in self._gaiji)


def _joined(faults: Sequence[tuple[str, str]], byte: int | None) -> Fault:
    first, sentence = faults[0]
    others = [f"「{heading}」も: {text}" for heading, text in faults[1:MOST_FAULTS]]
    return Fault("／".join([sentence, *others]), first, byte)


def _entry(
    fields: Mapping[str, Any], facts: Mapping[str, Value], glyphs: tuple[CharacterIdentity, ...]
) -> RegisterEntry:
    given = {name: value for name, value in fields.items() if name not in (*NAMES, "status")}
    names = {name: fields[name] for name in NAMES if name in fields}
    return RegisterEntry(
        **{"sex": "", "relationship": "", "address": "", **given},
        name=NameParts(**names),
        status=ResidentStatus(fields.get("status", "resident")),
        facts=facts,
        name_glyphs=glyphs,
    )
