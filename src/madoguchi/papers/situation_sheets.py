"""Fills a procedure's sheet from a situation (世帯の状況から様式へ), without a case and without a register.

The situation is the JSON of the outside contract. What a sheet prints besides — names, addresses, the
number — stands
under its optional key "sheet":

    {"sheet": {"municipality": "まどか市", "number": "A012",
               "facts": {"notifier.name": "窓口 太郎", "person.name": {"p1": "窓口 太郎"}}}}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from madoguchi.jp.open_days import OpenDays
from madoguchi.papers.boxes import fill
from madoguchi.papers.definition_file import parse_sheet
from madoguchi.papers.definitions import Grouping
from madoguchi.papers.facts import FactsForSheet, FactValue, KnownValue
from madoguchi.papers.grouping import papers_for
from madoguchi.papers.values import SheetValues
from madoguchi.procedures.decide import decide
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import Holder
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind, Situation
from madoguchi.residents.protection import Audience

_SOURCE = "situation"


class NoSuchProcedure(LookupError):
    """The pack has no procedure of that id."""

    def __init__(self, procedure: str) -> None:
        self.procedure = procedure
        super().__init__(
            _("手続き「%s」はありません。madoguchi procedures list で名を確かめてください。") % procedure
        )


class NoSheet(LookupError):
    """The procedure has no sheet."""

    def __init__(self, procedure: str) -> None:
        self.procedure = procedure
        super().__init__(
            _("手続き「%s」には様式がありません。様式のある手続きを選んでください。") % procedure
        )


class NobodyConcerned(LookupError):
    """Nobody in the household needs the procedure."""

    def __init__(self, procedure: str) -> None:
        self.procedure = procedure
        super().__init__(
            _(
                "この世帯に「%s」の対象になる人はいません。"
                "それでも印刷するときは --subject で人を指定してください。"
            )
            % procedure
        )


class BadSheetPart(ValueError):
    """The "sheet" part of the file is not readable."""

    def __init__(self, place: str) -> None:
        self.place = place
        super().__init__(
            _("「sheet」の「%s」を読めません。文字、数、または人ごとの {「p1」: 値} で書いてください。")
            % place
        )


@dataclass(frozen=True, slots=True)
class SheetPart:
    """What the file's "sheet" key adds to the situation."""

    municipality: str
    number: str
    known: Mapping[tuple[str, str], KnownValue]


def read_sheet_part(data: object) -> SheetPart:
    """Read the "sheet" part of a situation file; None is an empty part. Raises BadSheetPart."""
    if data is None:
        return SheetPart("", "", {})
    if not isinstance(data, Mapping):
        raise BadSheetPart("sheet")
    known: dict[tuple[str, str], KnownValue] = {}
    facts = data.get("facts", {})
    if not isinstance(facts, Mapping):
        raise BadSheetPart("facts")
    for fact, value in facts.items():
        per_person = value.items() if isinstance(value, Mapping) else [("", value)]
        for person, one in per_person:
            if not isinstance(one, str | int):
                raise BadSheetPart(f"facts.{fact}")
            known[(str(fact), str(person))] = KnownValue(one, _SOURCE)
    texts = {}
    for key in ("municipality", "number"):
        texts[key] = data.get(key, "")
        if not isinstance(texts[key], str):
            raise BadSheetPart(key)
    return SheetPart(texts["municipality"], texts["number"], known)


def sheets_of(
    pack: Pack,
    situation: Situation,
    part: SheetPart,
    *,
    procedure_id: str,
    subject: str | None,
    on: date,
    open_days: OpenDays,
) -> tuple[SheetValues, ...]:
    """Fill the procedure's sheet: once for all whom it may concern, or once for each, as the sheet says.

    Raises NoSuchProcedure, NoSheet, NobodyConcerned; SheetErrors when the pack's sheet is mistaken.
    """
    if not pack.has_procedure(procedure_id):
        raise NoSuchProcedure(procedure_id)
    procedure = pack.procedure(procedure_id)
    if procedure.sheet is None or procedure.sheet not in pack.sheets:
        raise NoSheet(procedure.name)
    definition = parse_sheet(pack.sheets[procedure.sheet], file=f"{procedure.sheet}.toml")
    subjects = _subjects(pack, situation, procedure, subject, on, open_days)
    listed = definition.grouping is Grouping.TOGETHER and procedure.per == "person"
    known = {**_known(situation), **part.known}
    choices = {
        _fact_name(definition.holder, definition.key): tuple((c.code, c.label) for c in definition.choices)
        for definition in pack.vocabulary
        if definition.choices
    }
    choices["event.kind"] = tuple(
        (kind.value, kind.label) for kind in EventKind if kind is not EventKind.none
    )
    return tuple(
        fill(
            definition,
            FactsForSheet(
                known=known,
                people=paper.subjects if listed else _people(situation),
                subject=paper.subjects[0] or None,
                audience=Audience.SHEET_TO_SELF,
                municipality=part.municipality,
                number=part.number,
                received_on=on,
                notified_on=situation.notified_on or on,
                claimant=situation.claimant,
                choices=choices,
            ),
        )
        for paper in papers_for([(definition, one) for one in subjects])
    )


def _subjects(
    pack: Pack,
    situation: Situation,
    procedure: Procedure,
    subject: str | None,
    on: date,
    open_days: OpenDays,
) -> tuple[str, ...]:
    if procedure.per == "household":
        return (subject or situation.claimant or next((person.id for person in situation.people), ""),)
    if subject is not None:
        return (subject,)
    found = tuple(
        decision.subject
        for decision in decide(pack, situation, on=on, open_days=open_days)
        if decision.procedure == procedure.id and decision.status is not Status.NOT_NEEDED
    )
    if not found:
        raise NobodyConcerned(procedure.name)
    return found


def _people(situation: Situation) -> tuple[str, ...]:
    """Those who move, or everybody when nothing says who moves."""
    moving = tuple(person.id for person in situation.people if person.values.get("moves") is True)
    return moving or tuple(person.id for person in situation.people)


def _known(situation: Situation) -> dict[tuple[str, str], KnownValue]:
    known: dict[tuple[str, str], KnownValue] = {
        ("event.kind", ""): KnownValue(situation.event.value, _SOURCE)
    }
    for key, value in situation.event_values.items():
        known[(_fact_name(Holder.EVENT, key), "")] = _value(value)
    for key, value in situation.household_values.items():
        known[(_fact_name(Holder.HOUSEHOLD, key), "")] = _value(value)
    for person in situation.people:
        for key, value in person.values.items():
            known[(_fact_name(Holder.PERSON, key), person.id)] = _value(value)
    return known


def _value(value: FactValue) -> KnownValue:
    return KnownValue(value, _SOURCE)


def _fact_name(holder: Holder, key: str) -> str:
    return f"{holder.value}.{key}"
