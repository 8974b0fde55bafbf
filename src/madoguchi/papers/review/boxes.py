"""What every box of every sheet is for, and what is proposed for it (消す・印字する・残す).

Only a box whose value the city knows, which changes no outcome, deadline or amount, which is not what the sheet reports, and
without which nobody is taken for another, is proposed to be struck; and one that stands on the same sheet already. Whether
the law allows it, a person says (`LawMark`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from madoguchi.catalogue.form_review.values import BoxKey, BoxMark, LawMark, SheetMarks
from madoguchi.papers.boxes import notifier_boxes
from madoguchi.papers.definition_file import parse_sheet
from madoguchi.papers.definitions import Block, Box, BoxFormat, Column, SheetDefinition
from madoguchi.papers.review.knowledge import BoxSource, Knowledge, definition_of, origin_of, reports
from madoguchi.procedures.facts import FactType, Holder
from madoguchi.procedures.judge import facts_deciding
from madoguchi.procedures.packs import Pack, Procedure
from madoguchi.procedures.situation import EventKind
from madoguchi.residents.identifiers import Identifier, SetCount

PARTS = {"notifier": "届出人", "boxes": "記入欄", "table": "人の表"}
_NAMES = frozenset({"person.name", "claimant.name", "notifier.name"})
_IDENTIFIES = {
    "name": (Identifier.NAME, Identifier.KANA),
    "birth_date": (Identifier.BIRTH,),
    "sex": (Identifier.SEX,),
    "address": (Identifier.TOWN, Identifier.LOT),
    "resident_no": (Identifier.NUMBER,),
    "number": (Identifier.HOUSEHOLD,),
}
_OF_A_PERSON = ("name", "birth_date", "sex", "address", "resident_no")
_OF_ONE_PERSON = ("person", "claimant", "household")


class Verdict(Enum):
    """What is proposed for a box."""

    STRIKE = "strike"
    PREFILL = "prefill"
    KEEP = "keep"

    @property
    def label(self) -> str:
        """As an office says it."""
        return {"strike": "消す", "prefill": "印字する", "keep": "残す"}[self.value]


@dataclass(frozen=True, slots=True)
class ReviewedBox:
    """A box and what is proposed. `section`: the heading it stands under, or its part of the sheet.

    `decides`: names of the sheet's procedures in which its fact changes something. `identifies`: who a person is, by these.
    `repeated`: the other sheets of one event on which the same fact stands, at the event that has most of them.
    `hand`: what stands in it when it is written by hand, for the count of characters.
    """

    key: BoxKey
    section: str
    hand: BoxFormat
    origin: BoxSource
    decides: tuple[str, ...]
    identifies: tuple[Identifier, ...]
    repeated: tuple[str, ...]
    mark: BoxMark
    verdict: Verdict
    reason: str

    @property
    def open(self) -> bool:
        """Whether anything hangs on what a person finds out: what only the resident can write stays anyway."""
        return self.origin.knowledge is not Knowledge.WRITTEN

    @property
    def confirmed(self) -> bool:
        """Whether a person has said that neither law nor office needs it."""
        return self.mark.law is LawMark.FREE


@dataclass(frozen=True, slots=True)
class ReviewedSheet:
    """A sheet with all its boxes. `staff_boxes`: how many the staff fill in; they are not reviewed."""

    id: str
    title: str
    published_form: str
    procedures: tuple[Procedure, ...]
    boxes: tuple[ReviewedBox, ...]
    staff_boxes: int

    def count(self, verdict: Verdict) -> int:
        """How many boxes of that proposal."""
        return sum(1 for box in self.boxes if box.verdict is verdict)

    @property
    def asks_for(self) -> frozenset[Identifier]:
        """By what the sheet tells who a person is."""
        return frozenset(one for box in self.boxes for one in box.identifies)


def review(
    pack: Pack, marks: Mapping[str, SheetMarks], held: Mapping[str, int], chosen: SetCount | None
) -> tuple[ReviewedSheet, ...]:
    """Review every sheet of the pack, in the order of their ids.

    `held`: for how many residents a fact is held, by key. `chosen`: the identifiers that a form is to ask, as counted on
    the register; None while nobody has counted, and then no identifier is proposed to be struck. Raises SheetErrors.
    """
    sheets = {name: parse_sheet(values, file=f"{name}.toml") for name, values in sorted(pack.sheets.items())}
    users: dict[str, list[Procedure]] = {}
    for procedure in pack.procedures:
        if procedure.sheet is not None:
            users.setdefault(procedure.sheet, []).append(procedure)
    asked = {name: _asked(sheet) for name, sheet in sheets.items()}
    repeats = _Repeats(sheets, asked, users)
    return tuple(
        _Reviewer(pack, sheet, asked[name], users.get(name, []), held, chosen, repeats).reviewed(
            marks.get(name) or SheetMarks(name, 0, {})
        )
        for name, sheet in sheets.items()
    )


_Asked = Sequence[tuple[str, Box | Column]]


def _asked(sheet: SheetDefinition) -> _Asked:
    """Everything that somebody fills in, part by part; a fixed text is none of it."""
    notifier = notifier_boxes() if Block.NOTIFIER in sheet.blocks else ()
    asked: list[tuple[str, Box | Column]] = [("notifier", box) for box in notifier]
    asked += [("boxes", box) for box in sheet.boxes if not box.text]
    return asked + [("table", column) for column in sheet.columns]


class _Repeats:
    """On which sheets of one event the same fact stands."""

    def __init__(
        self,
        sheets: Mapping[str, SheetDefinition],
        asked: Mapping[str, _Asked],
        users: Mapping[str, Sequence[Procedure]],
    ) -> None:
        self._sheets = sheets
        self._at: dict[EventKind, dict[str, list[str]]] = {}
        for name in sheets:
            events = {event for one in users.get(name, ()) for event in one.events}
            for event in events:
                for fact in dict.fromkeys(box.fact for _, box in asked[name] if box.fact):
                    self._at.setdefault(event, {}).setdefault(fact, []).append(name)

    def of(self, sheet: str, fact: str) -> tuple[str, ...]:
        """The titles of the other sheets, at the event with most of them."""
        there = [facts[fact] for facts in self._at.values() if sheet in facts.get(fact, ())]
        most = max(there, key=len, default=[])
        return tuple(self._sheets[name].title for name in most if name != sheet)


class _Reviewer:
    """Reviews the boxes of one sheet."""

    def __init__(
        self,
        pack: Pack,
        sheet: SheetDefinition,
        asked: _Asked,
        users: Sequence[Procedure],
        held: Mapping[str, int],
        chosen: SetCount | None,
        repeats: _Repeats,
    ) -> None:
        self.pack, self.sheet, self.asked, self.users = pack, sheet, asked, users
        self.held, self.chosen, self.repeats = held, chosen, repeats

    def reviewed(self, marks: SheetMarks) -> ReviewedSheet:
        boxes: list[ReviewedBox] = []
        section = ""
        for part, box in self.asked:
            if isinstance(box, Box) and part == "boxes":
                section = box.section or section
            made = self._box(part, section if part == "boxes" else "", box, marks)
            first = next((one for one in boxes if one.key.fact == box.fact and _once(box.fact)), None)
            if first and not reports(self.sheet.id, box.fact):
                made = _second(made, first)
            boxes.append(made)
        return ReviewedSheet(
            self.sheet.id,
            self.sheet.title,
            self.sheet.form_source,
            tuple(self.users),
            tuple(boxes),
            len(self.sheet.staff_boxes),
        )

    def _box(self, part: str, section: str, box: Box | Column, marks: SheetMarks) -> ReviewedBox:
        key = BoxKey(part, box.fact, box.label)
        origin, mark = origin_of(box.fact, self.pack, self.held), marks.of(key)
        decides = self._decides(box.fact)
        identifies = _identifies(box.fact)
        repeated = self.repeats.of(self.sheet.id, box.fact) if box.fact else ()
        verdict, reason = self._proposed(box.fact, origin, mark, decides, identifies)
        if repeated:
            reason += f"同じ異動のほかの{len(repeated)}枚にも同じ欄があります。"
        return ReviewedBox(
            key, section or PARTS[part], self._hand(box), origin, decides, identifies, repeated, mark, verdict, reason
        )  # fmt: skip

    def _decides(self, fact: str) -> tuple[str, ...]:
        holder, _dot, key = fact.partition(".")
        holders = {one.value: one for one in Holder} | {"claimant": Holder.PERSON}
        if holder not in holders:
            return ()
        return tuple(one.name for one in self.users if (holders[holder], key) in facts_deciding(one))

    def _proposed(
        self,
        fact: str,
        origin: BoxSource,
        mark: BoxMark,
        decides: tuple[str, ...],
        identifies: tuple[Identifier, ...],
    ) -> tuple[Verdict, str]:
        if origin.knowledge is Knowledge.WRITTEN:
            return Verdict.KEEP, f"{origin.why or '市が持っていないので、書いてもらいます'}。"
        printed = _printed(fact, origin)
        if mark.law in (LawMark.REQUIRED, LawMark.NEEDED):
            return Verdict.PREFILL, f"{mark.law.label}（{mark.basis}）ので残し、{printed}"
        if decides:
            names = f"「{decides[0]}」" + (f"など{len(decides)}件" if len(decides) > 1 else "")
            return Verdict.PREFILL, f"{names}の要否・期限・金額が変わる欄です。{printed}"
        if origin.decides:
            return Verdict.PREFILL, f"{origin.decides}。{printed}"
        if origin.knowledge is Knowledge.HEARD:
            why = origin.why or "窓口で聞き取ります"
            return Verdict.PREFILL, f"{why}。書いてもらう必要はありません。{printed}"
        if reports(self.sheet.id, fact):
            return Verdict.PREFILL, f"届け出る内容そのものです。{printed}"
        if fact in _NAMES:
            return Verdict.PREFILL, f"だれの紙かを人の目で確かめるための欄です。{printed}"
        if identifies:
            return self._of_identifier(identifies, printed)
        return Verdict.STRIKE, f"{_known(origin)}、この様式の手続きの要否・期限・金額を変えません。"

    def _of_identifier(self, identifies: tuple[Identifier, ...], printed: str) -> tuple[Verdict, str]:
        chosen = self.chosen
        if chosen is None:
            return (
                Verdict.PREFILL,
                f"人を特定する欄です。要るかどうかは、住民記録で数えると分かります。{printed}",
            )
        if chosen.identifiers & set(identifies):
            return Verdict.PREFILL, f"人を特定する欄です（決めた項目: {chosen.label}）。{printed}"
        if not chosen.never_two:
            return (
                Verdict.PREFILL,
                f"決めた項目（{chosen.label}）では{chosen.ambiguous:,}人が1人に決まりません。{printed}",
            )
        found = "住民全員が1人に決まる" if chosen.unique else "ほかの人と取り違えない"
        return (
            Verdict.STRIKE,
            f"{chosen.label}だけで{found}ことを住民記録で数えて確かめました。この欄は手続きの結果も変えません。",
        )

    def _hand(self, box: Box | Column) -> BoxFormat:
        """What is written by hand when nothing is printed."""
        if box.format is not BoxFormat.AUTO:
            return box.format
        if box.choices:
            return BoxFormat.CHOICE
        definition = definition_of(box.fact, self.pack)
        return _BY_TYPE.get(definition.type, BoxFormat.TEXT) if definition else BoxFormat.TEXT


def _once(fact: str) -> bool:
    """Whether a fact has one value on the whole sheet; a person's is another one for each person of a table."""
    return bool(fact) and not fact.startswith("person.")


def _second(box: ReviewedBox, first: ReviewedBox) -> ReviewedBox:
    """The same fact once more on the same sheet."""
    if box.mark.law in (LawMark.REQUIRED, LawMark.NEEDED):
        return box
    where = f"同じ紙の「{first.section}」の「{first.key.label}」と同じ欄です。一度で足ります。"
    return replace(box, verdict=Verdict.STRIKE, reason=where)


_BY_TYPE = {
    FactType.BOOLEAN: BoxFormat.YES_NO,
    FactType.DATE: BoxFormat.WAREKI,
    FactType.NUMBER: BoxFormat.NUMBER,
    FactType.CHOICE: BoxFormat.CHOICE,
    FactType.CHOICES: BoxFormat.CHOICE,
}


def _identifies(fact: str) -> tuple[Identifier, ...]:
    """Who a person is, by this fact: their own, or where and with whom they live."""
    holder, _dot, key = fact.partition(".")
    told = ("address", "number") if holder == "household" else _OF_A_PERSON
    return _IDENTIFIES[key] if holder in _OF_ONE_PERSON and key in told else ()


def _known(origin: BoxSource) -> str:
    where = origin.source.label if origin.source else ""
    return f"{origin.why}。市が分かっていて（{where}）" if origin.why else f"市が分かっていて（{where}）"


def _printed(fact: str, origin: BoxSource) -> str:
    if fact.startswith("answers."):
        return "いまは印字していません。台帳の編集で事実につなぐと印字できます。"
    return (
        "聞き取った答えを印字します。"
        if origin.knowledge is Knowledge.HEARD
        else "市が分かる値を印字します。"
    )
