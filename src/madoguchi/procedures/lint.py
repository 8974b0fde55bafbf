"""Check what the loader cannot see (台帳の検査): rules that never settle, missing or wrong examples,
doubtful musts, words of yesterday.

1. Each rule is tried with many mixtures of known and unknown facts, dates standing on representative
   days. Where Kleene's logic leaves it open although every value gives the same (`x or not x`), the rule
   is refused. All mixtures are tried where they are few, a fixed sample of them otherwise.
2. Each status that was reached on the way needs a worked example, and each example must come out as written.
3. A rule marked doubtful (「?」) must not make anything necessary.
4. No text speaks of the 保険証 that is no more, or asks for a seal where none is registered.
5. An amount of a fee has a source or is the city's; a reduction makes it less.
6. A body to object to (審査請求先) names its law, and is not doubtful.
7. What is said of people without a 住民票 turns nobody away, and says that one is needed only where that is not doubtful.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from math import prod
from random import Random

from madoguchi.jp.dates import attains, fiscal_year_end
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.court import decide_procedure
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.examples import differences
from madoguchi.procedures.facts import (
    EVENT_SUBJECT,
    HOUSEHOLD_SUBJECT,
    FactDefinition,
    FactRef,
    FactType,
    Holder,
    Value,
)
from madoguchi.procedures.judge import Condition, judge_of
from madoguchi.procedures.kinship import kinship_of
from madoguchi.procedures.language.frame import Frame
from madoguchi.procedures.language.search import outlook
from madoguchi.procedures.language.tree import Constant, Contains, Day, Fact, Node, Parameter, nodes_of
from madoguchi.procedures.packs import DOUBTFUL, Pack, Procedure, RecordNeed
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation

_TURNED_AWAY = re.compile("できません|受けられません|出せません|対象外|断(る|り|っ)|申請でき(ない|ず)")
_SEAL = re.compile("印鑑|押印|認印|実印|はんこ|捺印")
_MOST_MIXTURES = 600
_SAMPLE = 240
_BOUND = 8192
_ON = date(2026, 11, 5)
_LONGEST_AGE = 120
_FAMILY = ("p1", "p2", "p3")
_RELATIONS = (
    Relation(RelationKind.parent, "p2", "p1"),
    Relation(RelationKind.spouse, "p1", "p3"),
    Relation(RelationKind.parent, "p2", "p3"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend in a procedure."""

    procedure: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.procedure}: {self.message}{self.remedy}"


def lint(pack: Pack) -> tuple[Finding, ...]:
    """Return everything to mend, in the order of the pack; the same pack always gives the same answer."""
    return tuple(finding for procedure in pack.procedures for finding in lint_procedure(pack, procedure))


def lint_procedure(pack: Pack, procedure: Procedure) -> tuple[Finding, ...]:
    """Return everything to mend in one procedure."""
    findings = [
        Finding(procedure.id, text, "規則か例を直してください。")
        for example in procedure.examples
        for text in differences(pack, procedure, example)
    ]
    for rule in procedure.rules:
        verification = rule.verification or procedure.verified
        if verification.source == DOUBTFUL and rule.must is not None:
            message = "確度が「?」の規則が「必要」にしています。"
            findings.append(Finding(procedure.id, message, "optional にするか、出典を確かめてください。"))
    reached: set[Status] = set()
    for event in sorted(procedure.events, key=lambda kind: kind.value):
        trial = _Trial(pack, procedure, event)
        findings += trial.open_without_need()
        reached |= trial.reached
    findings += _stale_words(pack, procedure)
    findings += _without_record(procedure)
    findings += _fees(procedure)
    findings += _ruling(procedure)
    shown = {status for example in procedure.examples for status in example.expect.values()}
    for status in Status:
        if status in reached and status.value not in shown:
            message = f"結果が「{status.label}」（{status.value}）になる例がありません。"
            findings.append(Finding(procedure.id, message, "そうなる例（[[example]]）を一つ足してください。"))
    return tuple(dict.fromkeys(findings))


def _without_record(procedure: Procedure) -> list[Finding]:
    """Return a finding for each way in which somebody without a 住民票 would be sent away at the door."""
    said, findings = procedure.without_record, []
    if _TURNED_AWAY.search(said.text):
        message = "住民票がないときの文(without_record)が、断る文になっています。"
        remedy = "どうすれば受けられるか、どこが確かめるかを書いてください。"
        findings.append(Finding(procedure.id, message, remedy))
    if said.need is RecordNeed.NEEDED and said.verification.source == DOUBTFUL:
        message = "確度が「?」なのに、住民票が要るとしています(without_record)。"
        remedy = 'state = "unknown" にするか、出典を確かめてください。'
        findings.append(Finding(procedure.id, message, remedy))
    return findings


def _ruling(procedure: Procedure) -> list[Finding]:
    """Return a finding for a body to object to without its law: a wrong 教示 costs somebody their right."""
    terms, findings = procedure.ruling, []
    if terms.objection and not terms.law:
        message = "審査請求をする先(ruling.objection)に、法令の条がありません。"
        findings.append(Finding(procedure.id, message, "law に、その先を定める条を書いてください。"))
    if terms.objection and terms.verification.source == DOUBTFUL:
        message = "確度が「?」なのに、審査請求をする先を書いています(ruling.objection)。"
        findings.append(Finding(procedure.id, message, "出典を確かめるか、objection を外してください。"))
    return findings


def _fees(procedure: Procedure) -> list[Finding]:
    """Return a finding for each amount without a source, reduction that changes nothing, and line that is said twice."""
    findings = []
    labels = [fee.label for fee in procedure.fees]
    for label in sorted({label for label in labels if labels.count(label) > 1}):
        dated = [fee for fee in procedure.fees if fee.label == label and (fee.valid_from or fee.valid_until)]
        if len(dated) < labels.count(label):
            remedy = "呼び名を分けるか、期間(valid_from・valid_until)で分けてください。"
            findings.append(Finding(procedure.id, f"手数料「{label}」が二つあります。", remedy))
    for fee in procedure.fees:
        if isinstance(fee.yen, int) and fee.yen and fee.verification is None:
            message = f"手数料「{fee.label}」の金額を、何で確かめたかがありません。"
            remedy = '出典を verified に書くか、市の値(parameters.…)にしてください。分からなければ "unverified" と書きます。'
            findings.append(Finding(procedure.id, message, remedy))
        for reduction in fee.reductions:
            if isinstance(reduction.yen, int) and isinstance(fee.yen, int) and reduction.yen >= fee.yen:
                message = f"手数料「{fee.label}」の減免「{reduction.because}」で安くなりません。"
                findings.append(Finding(procedure.id, message, "減免のあとの金額を確かめてください。"))
    return findings


def _stale_words(pack: Pack, procedure: Procedure) -> list[Finding]:
    """Return a finding for each kind of outdated word in what a resident is told or given to sign."""
    told = [procedure.name, procedure.summary, procedure.fee_note, procedure.late.text, *procedure.tell]
    told += [procedure.without_record.text, *(thing.text for thing in procedure.bring)]
    for rule in procedure.rules:
        told += [rule.because, *(one.because for one in rule.otherwise)]
    for fee in procedure.fees:
        told += [fee.label, *(one.because for one in fee.reductions)]
    text = " ".join([*told, str(pack.sheets.get(procedure.sheet or "", ""))])
    findings = []
    if "保険証" in text.replace("マイナ保険証", ""):
        remedy = "「資格確認書」「資格情報のお知らせ」「マイナ保険証」のどれのことかを書いてください。"
        findings.append(Finding(procedure.id, "なくなった「保険証」を案内しています。", remedy))
    if _SEAL.search(text.replace("印鑑登録証明書", "")) and "印鑑" not in procedure.name:
        remedy = "持ち物と文から除いてください(印鑑を登録する手続きだけは、名前に「印鑑」を入れます)。"
        findings.append(Finding(procedure.id, "押印や印鑑を求めています。", remedy))
    return findings


class _Trial:
    """One procedure tried for one event with many mixtures of known and unknown facts."""

    def __init__(self, pack: Pack, procedure: Procedure, event: EventKind) -> None:
        self.pack = pack
        self.procedure = procedure
        self.event = event
        self.reached: set[Status] = set()
        judge = judge_of(procedure, event)
        self.conditions: list[Condition] = [
            condition
            for group in judge.groups
            for condition in (group.must, group.optional)
            if condition is not None
        ]
        self.nodes = [node for condition in self.conditions for node in nodes_of(condition.tree)]
        self.values = self._values()

    def open_without_need(self) -> list[Finding]:
        """Return a finding for each condition that stays open although nothing can change it."""
        findings: list[Finding] = []
        for situation in self._situations():
            found = decide_procedure(self.pack, self.procedure, situation, on=_ON, open_days=OpenDays())
            self.reached |= {decision.status for decision in found}
            findings += self._open_in(situation)
            if findings:
                return findings[:1]
        return findings

    def _open_in(self, situation: Situation) -> list[Finding]:
        frame = Frame(situation, kinship_of(situation), situation.notified_on or _ON, set(), OpenDays())
        findings = []
        for condition in self.conditions:
            frame.slots[0] = frame.slots[1] = frame.records["p1"]
            left = condition.reduce(frame)
            if not isinstance(left, bool):
                settled = outlook(left, frame, bound=_BOUND, doubt_leaves=True).settled
                if settled is not None:
                    known = "、".join(_said(situation))
                    when = f"{known} のとき" if known else "何も分からないとき"
                    message = f"規則が、どの値でも{'真' if settled else '偽'}なのに決まりません({when})。"
                    findings.append(
                        Finding(self.procedure.id, message, "同じ項目の条件をまとめて書き直してください。")
                    )
        return findings

    def _situations(self) -> Iterator[Situation]:
        refs = sorted(self.values, key=lambda ref: (ref.subject, ref.key))
        # The day of the event is always known here: without it, absurd mixtures of ages would settle rules.
        event_day = FactRef(self.event.date_key, EVENT_SUBJECT)
        choices: list[list[Value | None]] = [
            [*self.values[ref]] if ref == event_day else [None, *self.values[ref]] for ref in refs
        ]
        if prod(map(len, choices)) <= _MOST_MIXTURES:
            mixtures: Iterator[tuple[Value | None, ...]] = iter(product(*choices))
        else:
            random = Random(self.procedure.id)
            mixtures = (self._drawn(random, choices) for _ in range(_SAMPLE))
        for mixture in mixtures:
            yield self._situation(
                {ref: value for ref, value in zip(refs, mixture, strict=True) if value is not None}
            )

    @staticmethod
    def _drawn(random: Random, choices: list[list[Value | None]]) -> tuple[Value | None, ...]:
        unknown_share = random.choice((0.0, 0.1, 0.3))
        return tuple(
            None
            if None in values and random.random() < unknown_share
            else random.choice([value for value in values if value is not None])
            for values in choices
        )

    def _situation(self, known: Mapping[FactRef, Value]) -> Situation:
        def values(subject: str) -> dict[str, Value]:
            return {ref.key: value for ref, value in known.items() if ref.subject == subject}

        return Situation(
            event=self.event,
            event_values=values(EVENT_SUBJECT),
            household_values=values(HOUSEHOLD_SUBJECT),
            people=tuple(PersonFacts(person, values(person)) for person in _FAMILY),
            relations=_RELATIONS,
            claimant="p1",
            notified_on=_ON,
        )

    def _values(self) -> dict[FactRef, list[Value]]:
        """Return the values to try for each fact that the procedure reads."""
        tried: dict[FactRef, list[Value]] = {}
        event_day = FactRef(self.event.date_key, EVENT_SUBJECT)
        for node in self.nodes:
            if isinstance(node, Day) and self.event is not EventKind.none:
                tried[event_day] = [_ON]
            if isinstance(node, Fact):
                worth = self._worth_trying(node.definition)
                subjects: tuple[str, ...] = (node.owner.name,)
                if node.definition.holder is Holder.PERSON:
                    alone = node.owner.slot == 0 and self.procedure.per == "person"
                    subjects = ("p1",) if alone or node.owner.slot == 1 else _FAMILY
                for subject in subjects:
                    if worth:
                        tried[FactRef(node.definition.key, subject)] = worth
        return tried

    def _worth_trying(self, definition: FactDefinition) -> list[Value]:
        numbers = sorted({value for value in map(_number_in, self.nodes) if value is not None})
        match definition.type:
            case FactType.BOOLEAN:
                return [True, False]
            case FactType.CHOICE:
                return [choice.code for choice in definition.choices]
            case FactType.CHOICES:
                codes = sorted({node.code for node in self.nodes if isinstance(node, Contains)})
                return [frozenset(), *(frozenset({code}) for code in codes), frozenset(codes)]
            case FactType.NUMBER:
                near = {number + step for number in numbers for step in (-1, 0, 1)} | {0}
                return [number for number in sorted(near) if number >= 0]
            case FactType.DATE if definition.key == "birth_date" and definition.holder is Holder.PERSON:
                return _births(number for number in numbers if 0 < number <= _LONGEST_AGE)
            case FactType.DATE:
                return [_ON + timedelta(days=days) for days in (-400, -15, -1, 0, 1, 15)]
            case FactType.TEXT:
                texts = {
                    value
                    for node in self.nodes
                    for value in getattr(node, "values", (getattr(node, "value", None),))
                    if isinstance(value, str)
                }
                return [*sorted(texts), "それ以外"]
            case FactType.PERSON:
                return ["p1"]


def _births(ages: Iterator[int]) -> list[Value]:
    """Return birthdays just before, on and after each age and each end of its fiscal year."""
    births: set[Value] = {_ON - timedelta(days=3)}
    for age in ages:
        for step in (-1, 0, 1):
            births.add(_ON.replace(year=_ON.year - age) + timedelta(days=1 + step))
            turn = fiscal_year_end(attains(_ON.replace(year=_ON.year - age), age))
            births.add(date(turn.year - age, 4, 2) + timedelta(days=step))
    return sorted(births, key=str)


def _number_in(node: Node) -> int | None:
    if isinstance(node, (Constant, Parameter)) and type(node.value) is int:
        return node.value
    return None


def _said(situation: Situation) -> list[str]:
    known = {"event": situation.event_values, "household": situation.household_values}
    known |= {person.id: person.values for person in situation.people}
    return [f"{subject}.{key}={value}" for subject, values in known.items() for key, value in values.items()]
