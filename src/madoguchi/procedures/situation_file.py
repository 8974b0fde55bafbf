"""Read a situation from plain data (世帯の状況の読み取り): the JSON of the outside contract, or an
example in a pack.

An absent key or null is unknown. Every fault is collected, each with its place, what is wrong and what to do.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from madoguchi.jp.dates import PossibleDays
from madoguchi.notation.reading import json_of
from madoguchi.procedures.facts import FactDefinition, FactType, Holder, Value
from madoguchi.procedures.implied import DECEASED, with_implied
from madoguchi.procedures.language.faults import nearest
from madoguchi.procedures.situation import EventKind, PersonFacts, Relation, RelationKind, Situation

Vocabulary = Mapping[tuple[Holder, str], FactDefinition]
# A year before or after has no law here, and none is left to add an age or a period to.
FIRST_YEAR, LAST_YEAR = 1800, 2999
_TOP_KEYS = ("event", "notified_on", "claimant", "people", "relations", "household")


@dataclass(frozen=True, slots=True)
class SituationFault:
    """One fault: where in the data, what is wrong, what to do."""

    place: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}{self.remedy}" if self.place else f"{self.message}{self.remedy}"


class SituationFaults(ValueError):
    """Data that is not a situation, with every fault found."""

    def __init__(self, faults: Sequence[SituationFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(str(fault) for fault in faults))


def read_json(text: str, vocabulary: Vocabulary) -> Situation:
    """Return the situation that a JSON text of the contract describes; raises SituationFaults."""
    try:
        data = json_of(text)
    except json.JSONDecodeError as error:
        fault = SituationFault(
            f"{error.lineno}行目{error.colno}文字目",
            "JSON として読めません。",
            "括弧、引用符、コンマを確かめてください。",
        )
        raise SituationFaults([fault]) from error
    return read_situation(data, vocabulary)


def read_situation(data: object, vocabulary: Vocabulary) -> Situation:
    """Return the situation that plain data describes; raises SituationFaults with every fault."""
    reader = _Reader(vocabulary)
    situation = reader.situation(data)
    if reader.faults or situation is None:
        raise SituationFaults(reader.faults)
    return with_implied(situation) if (Holder.PERSON, DECEASED) in vocabulary else situation


class _Reader:
    """Reads one situation and collects its faults."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.faults: list[SituationFault] = []

    def fault(self, place: str, message: str, remedy: str) -> None:
        self.faults.append(SituationFault(place, message, remedy))

    def situation(self, data: object) -> Situation | None:
        if not isinstance(data, Mapping):
            self.fault("", "ファイルの中身が一つの世帯になっていません。", "{ } で囲んだ形にしてください。")
            return None
        for key in data:
            if key not in _TOP_KEYS:
                self.fault(str(key), "知らない項目です。", nearest(str(key), _TOP_KEYS))
        people_data = self._list(data.get("people"), "people")
        ids = self._ids(people_data)
        kind, event_values = self._event(data.get("event"), ids)
        people = tuple(
            PersonFacts(
                str(person["id"]), self._values(person, Holder.PERSON, f"people[{place}]", ids, {"id"})
            )
            for place, person in enumerate(people_data)
            if isinstance(person, Mapping) and isinstance(person.get("id"), str)
        )
        household = self._table(data.get("household"), "household")
        household_values = self._values(household, Holder.HOUSEHOLD, "household", ids, set())
        claimant = data.get("claimant")
        if claimant is not None and claimant not in ids:
            self._nobody("claimant", claimant, ids)
        notified_on = data.get("notified_on")
        return Situation(
            event=kind,
            event_values=event_values,
            household_values=household_values,
            people=people,
            relations=self._relations(data.get("relations"), ids),
            claimant=claimant if isinstance(claimant, str) else None,
            notified_on=None if notified_on is None else self._day(notified_on, "notified_on"),
        )

    def _table(self, value: object, place: str) -> Mapping[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.fault(place, "項目の集まりになっていません。", "{ } で囲んだ形にしてください。")
            return {}
        return value

    def _list(self, value: object, place: str) -> list[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(place, "並びになっていません。", "[ ] で囲んだ形にしてください。")
            return []
        return value

    def _ids(self, people: list[Any]) -> tuple[str, ...]:
        ids: list[str] = []
        for place, person in enumerate(people):
            where = f"people[{place}]"
            if not isinstance(person, Mapping):
                self.fault(where, "人の項目の集まりになっていません。", "{ } で囲んだ形にしてください。")
                continue
            given = person.get("id")
            if not isinstance(given, str) or not given or given in ("event", "household"):
                self.fault(f"{where}.id", "人の id がありません。", '"p1" のような文字を入れてください。')
            elif given in ids:
                self.fault(
                    f"{where}.id", f"id「{given}」が二度使われています。", "人ごとに別の id にしてください。"
                )
            else:
                ids.append(given)
        return tuple(ids)

    def _event(self, value: object, ids: tuple[str, ...]) -> tuple[EventKind, dict[str, Value]]:
        event = self._table(value, "event")
        kinds = [kind.value for kind in EventKind]
        kind = event.get("kind")
        if kind not in kinds:
            message = (
                "異動の種類がありません。" if kind is None else f"「{kind}」という異動の種類はありません。"
            )
            self.fault("event.kind", message, f"次のいずれかにしてください: {'、'.join(kinds)}。")
            kind = EventKind.none.value
        return EventKind(kind), self._values(event, Holder.EVENT, "event", ids, {"kind"})

    def _values(
        self,
        table: Mapping[str, Any],
        holder: Holder,
        place: str,
        ids: tuple[str, ...],
        ours: set[str],
    ) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for key, given in table.items():
            if key in ours:
                continue
            definition = self.vocabulary.get((holder, key))
            if definition is None:
                known = [name for owner, name in self.vocabulary if owner is holder]
                self.fault(f"{place}.{key}", "知らない項目です。", nearest(key, known))
            elif given is not None:
                value = self._value(definition, given, f"{place}.{key}", ids)
                if value is not None:
                    values[key] = value
        return values

    def _value(self, definition: FactDefinition, given: Any, place: str, ids: tuple[str, ...]) -> Any:
        match definition.type:
            case FactType.BOOLEAN:
                return self._checked(given, isinstance(given, bool), place, "true か false")
            case FactType.NUMBER:
                number = 0 if given == "none" else given
                whole = isinstance(number, int) and not isinstance(number, bool)
                return self._checked(number, whole, place, "整数")
            case FactType.DATE:
                return (
                    self._possible_days(given, place)
                    if isinstance(given, Mapping)
                    else self._day(given, place)
                )
            case FactType.CHOICE:
                return self._code(definition, given, place)
            case FactType.CHOICES:
                codes = [self._code(definition, code, place) for code in self._list(given, place)]
                return frozenset(code for code in codes if code is not None)
            case FactType.PERSON:
                if given not in ids:
                    self._nobody(place, given, ids)
                    return None
                return str(given)
            case FactType.TEXT:
                return self._checked(given, isinstance(given, str), place, "文字")

    def _checked(self, value: Any, right: bool, place: str, wanted: str) -> Any:
        if not right:
            self.fault(
                place,
                f"「{value}」は使えません。",
                f"{wanted}を入れてください。分からないときは null にしてください。",
            )
            return None
        return value

    def _code(self, definition: FactDefinition, given: Any, place: str) -> str | None:
        codes = [choice.code for choice in definition.choices]
        # 級や号は数でも書かれる。「なし」は 0 や false でも書かれる
        code = str(given) if isinstance(given, int) and not isinstance(given, bool) else given
        if code in ("0", False) and "0" not in codes and "none" in codes:
            code = "none"
        if code not in codes:
            allowed = "、".join(codes)
            self.fault(
                place,
                f"「{given}」は{definition.label}の値ではありません。",
                f"次のいずれかにしてください: {allowed}。",
            )
            return None
        return str(code)

    def _day(self, given: Any, place: str) -> date | None:
        try:
            found = given if type(given) is date else date.fromisoformat(given)
            if not FIRST_YEAR <= found.year <= LAST_YEAR:
                self.fault(
                    place,
                    f"「{given}」は年が離れすぎています。",
                    f"{FIRST_YEAR}年から{LAST_YEAR}年までの日付にしてください。",
                )
                return None
            return found
        except (TypeError, ValueError):
            self.fault(
                place,
                f"「{given}」という日付はありません。",
                '"2026-11-05" のように実在する年月日を入れてください。',
            )
            return None

    def _possible_days(self, given: Mapping[str, Any], place: str) -> PossibleDays | None:
        ends = [self._day(given.get(key), f"{place}.{key}") for key in ("earliest", "latest")]
        if ends[0] is None or ends[1] is None:
            return None
        if ends[0] > ends[1]:
            self.fault(place, "earliest が latest より後です。", "早い日と遅い日を入れ替えてください。")
            return None
        return PossibleDays(str(given.get("text", "")), ends[0], ends[1])

    def _relations(self, given: object, ids: tuple[str, ...]) -> tuple[Relation, ...] | None:
        if given is None:
            return None
        relations = []
        kinds = [kind.value for kind in RelationKind]
        for place, relation in enumerate(self._list(given, "relations")):
            where = f"relations[{place}]"
            table = self._table(relation, where)
            for key in table:
                if key not in ("kind", "of", "is"):
                    self.fault(f"{where}.{key}", "知らない項目です。", nearest(key, ("kind", "of", "is")))
            if table.get("kind") not in kinds:
                message = f"「{table.get('kind')}」という関係はありません。"
                self.fault(f"{where}.kind", message, f"次のいずれかにしてください: {'、'.join(kinds)}。")
                continue
            strangers = [key for key in ("of", "is") if table.get(key) not in ids]
            for key in strangers:
                self._nobody(f"{where}.{key}", table.get(key), ids)
            if not strangers:
                relations.append(Relation(RelationKind(table["kind"]), table["of"], table["is"]))
        return tuple(relations)

    def _nobody(self, place: str, given: object, ids: tuple[str, ...]) -> None:
        known = "、".join(ids) or "(誰もいません)"
        self.fault(
            place, f"「{given}」という人は people にいません。", f"people の id を入れてください: {known}。"
        )
