"""Fills a sheet's boxes from known facts (記入). Pure: definition and facts in, values out.

1. Each box looks its fact up; what is not known stays blank for hand-writing.
2. A withheld value leaves its box like one whose value nobody knows; so does any other box with its words.
3. The people table takes one row per person: all whom the sheet is for.
"""

from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import override

from madoguchi.papers.definitions import Box, BoxFormat, Column, SheetDefinition, Writer
from madoguchi.papers.facts import Address, FactsForSheet, KnownValue, Name
from madoguchi.papers.formats import content, plain
from madoguchi.papers.values import (
    Blank,
    BlankReason,
    Choices,
    FilledBox,
    SheetValues,
    TableColumn,
    Words,
    text_of,
)

_SHORTEST_SECRET = 4


class SheetNeedsSubject(ValueError):
    """A sheet about one person was filled without saying for whom."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        super().__init__(_("様式「%s」は一人ずつの様式です。対象の人を選んでから印刷してください。") % sheet)


@override("ja")
def fill(sheet: SheetDefinition, facts: FactsForSheet) -> SheetValues:
    """Fill a sheet. Raises SheetNeedsSubject when it is about one person and nobody says whom."""
    subject = _subject(sheet, facts)
    return SheetValues(
        sheet_id=sheet.id,
        title=sheet.title,
        law=sheet.law,
        form_source=sheet.form_source,
        municipality=facts.municipality,
        addressee=sheet.addressee,
        intro=sheet.intro,
        audience=facts.audience,
        number=facts.number,
        received_on=facts.received_on,
        notified_on=facts.notified_on,
        blocks=sheet.blocks,
        notifier=tuple(_filled(box, facts, subject) for box in _notifier(facts)),
        boxes=tuple(_filled(box, facts, subject) for box in sheet.boxes),
        people_title=sheet.people_title or _("対象者"),
        people_rows=sheet.people_rows,
        columns=tuple(TableColumn(column.label, column.width, column.line) for column in sheet.columns),
        people=tuple(
            tuple(_cell(column, facts, person) for column in sheet.columns) for person in facts.people
        ),
        staff_boxes=tuple(
            _filled(replace(box, write=Writer.LATER), facts, subject) for box in sheet.staff_boxes
        ),
        notes=sheet.notes,
    )


def _subject(sheet: SheetDefinition, facts: FactsForSheet) -> str | None:
    asks_a_person = any(box.fact.startswith("person.") for box in sheet.boxes + sheet.staff_boxes)
    if facts.subject is not None or not asks_a_person:
        return facts.subject
    if len(facts.people) == 1:
        return facts.people[0]
    raise SheetNeedsSubject(sheet.title)


def _notifier(facts: FactsForSheet) -> tuple[Box, ...]:
    """The boxes of the 届出人 block; who gave the mandate is asked only when someone else came."""
    boxes = notifier_boxes()
    kind = facts.find("notifier.kind", None)
    if kind is not None and kind.value in ("legal", "agent", "messenger"):
        boxes += (
            Box(_("本人との関係"), "notifier.relation", BoxFormat.TEXT, 2),
            Box(_("本人（委任した人）"), "notifier.principal", BoxFormat.NAME, 4),
        )
    return boxes


def notifier_boxes() -> tuple[Box, ...]:
    """The boxes that the 届出人 block always has."""
    kinds = (
        ("self", _("本人")),
        ("household", _("同一世帯の人")),
        ("legal", _("法定代理人")),
        ("agent", _("任意代理人")),
        ("messenger", _("使者")),
    )
    return (
        Box(_("氏名"), "notifier.name", BoxFormat.NAME, 4),
        Box(_("電話番号"), "notifier.phone", BoxFormat.PHONE, 2),
        Box(_("住所"), "notifier.address", BoxFormat.ADDRESS, 6),
        Box(_("来た人"), "notifier.kind", BoxFormat.CHOICE, 6, choices=kinds),
    )


def _filled(box: Box, facts: FactsForSheet, subject: str | None) -> FilledBox:
    empty = FilledBox(box.label, Blank(BlankReason.NOTHING), box.width, box.section, box.fact)
    if box.text:
        return replace(empty, content=Words(box.text))
    choices = box.choices or facts.choices_of(box.fact)
    known = facts.find(box.fact, subject) if box.fact else None
    if known is None:
        return replace(empty, content=_unknown(box, choices))
    written = content(
        box.format,
        known.value,
        choices=choices,
        kana=_neighbour(facts, box.fact, "_kana", subject),
        building=_neighbour(facts, box.fact, "_building", subject),
        postcode=_neighbour(facts, box.fact, "_postal", subject),
        unit=box.unit,
    )
    words = _squeezed(text_of(written))
    if known.withheld or any(secret in words for secret in _secrets(facts)):
        return replace(empty, content=_unknown(box, choices), withheld=True)
    origin = replace(empty, subject=_owner(box.fact, facts, subject), source=known.source, as_of=known.as_of)
    if known.value == "" or known.value == frozenset():
        return origin
    return replace(origin, content=written)


def _unknown(box: Box, choices: tuple[tuple[str, str], ...]) -> Blank | Choices:
    """What an unknown box shows: choices to tick, or a blank, marked when the value is really missing."""
    if box.format is BoxFormat.YES_NO:
        choices = (("true", _("はい")), ("false", _("いいえ")))
    if choices and box.format in (BoxFormat.CHOICE, BoxFormat.YES_NO, BoxFormat.AUTO):
        return Choices(tuple((label, False) for _code, label in choices))
    reason = BlankReason.BY_HAND if box.write is Writer.HAND else BlankReason.NOTHING
    return Blank(reason, date_parts=box.format in (BoxFormat.DATE_PARTS, BoxFormat.WAREKI))


def _owner(fact: str, facts: FactsForSheet, subject: str | None) -> str:
    if fact.startswith("claimant."):
        return facts.claimant or ""
    return (subject or "") if fact.startswith("person.") else ""


def _neighbour(facts: FactsForSheet, fact: str, ending: str, subject: str | None) -> str:
    known: KnownValue | None = facts.find(fact + ending, subject)
    return "" if known is None or known.withheld else plain(known.value)


def _cell(column: Column, facts: FactsForSheet, person: str) -> FilledBox:
    """One cell of the people table: a chosen word instead of all choices, and no mark for the hand."""
    box = Box(column.label, column.fact, column.format, column.width, Writer.LATER, choices=column.choices)
    filled = _filled(box, facts, person)
    if isinstance(filled.content, Choices):
        return replace(filled, content=Words(filled.text))
    if isinstance(filled.content, Blank):
        return replace(filled, content=replace(filled.content, date_parts=False))
    return filled


def _secrets(facts: FactsForSheet) -> frozenset[str]:
    """The words of all withheld values: the same address may stand under another fact."""
    words = {_squeezed(text) for known in facts.known.values() if known.withheld for text in _words(known)}
    return frozenset(word for word in words if len(word) >= _SHORTEST_SECRET)


def _words(known: KnownValue) -> tuple[str, ...]:
    value = known.value
    if isinstance(value, Address):
        return (value.text, value.building)
    if isinstance(value, Name | str):
        return (value if isinstance(value, str) else value.text,)
    return ()


def _squeezed(text: str) -> str:
    return "".join(text.split())
