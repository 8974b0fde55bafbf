"""What somebody answers before there is a case (自宅や端末で答える): told as a case is told, and decided by the same rules.

1. The event, who is in it, then page after page: each page is one question of the prompt that `judging.prompt_now` gives.
2. All of it is folded into the record that a case has, so that judging knows no difference between home and counter.
3. Nothing is stored here. One step back is the same without the last page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from madoguchi.cases.acting import civil_day
from madoguchi.cases.hearing import AnswerNotPossible, checked
from madoguchi.cases.judging import Judged, alone, judge_record, prompt_now
from madoguchi.cases.record import MOVING, HeldFact, HeldPerson, Record, StandingAct
from madoguchi.cases.states import Act, FactSource
from madoguchi.catalogue.queries import current_revision
from madoguchi.city.queries import open_days
from madoguchi.procedures.decide import Prompt
from madoguchi.procedures.facts import EVENT_SUBJECT, RELATIONSHIP, FactRef, FactType, Holder, Value
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.wording import definition_of
from madoguchi.residents.fact_json import value_from_json, value_to_json

MOST_PEOPLE_AT_HOME = 12
MOST_PAGES = 200
LONGEST_KEY = 60
# At home one asks before it happens, too: a move or a marriage to come. Who is born or has died was or is.
AHEAD = timedelta(days=366)
NEVER_AHEAD = frozenset({EventKind.birth, EventKind.death})
NEWBORN = "子"
LIVES_WITH = "lives_with_household"


class NobodySaid(ValueError):
    """It was not said who is in it."""

    def __init__(self) -> None:
        super().__init__("手続きに関わる方を、ひとり以上選んでください。")


class NotReadable(ValueError):
    """What came back with a page is nothing that we gave out."""

    def __init__(self) -> None:
        super().__init__("答えを読み取れませんでした。はじめからやり直してください。")


@dataclass(frozen=True, slots=True)
class SaidPage:
    """One page that was answered (答えたページ); None: わからない."""

    answers: Mapping[FactRef, Value | None]


@dataclass(frozen=True, slots=True)
class SaidAtHome:
    """Everything said so far (前もって答えた内容). `people`: the 続柄 of p1, p2, …; an empty one is not known."""

    event: EventKind
    people: tuple[str, ...] = ()
    pages: tuple[SaidPage, ...] = ()

    def and_then(self, answers: Mapping[FactRef, Value | None]) -> SaidAtHome:
        """The same with one more page answered. Raises NotReadable when there are more than anybody is asked."""
        if len(self.pages) >= MOST_PAGES:
            raise NotReadable
        return replace(self, pages=(*self.pages, SaidPage(answers)))

    def one_back(self) -> SaidAtHome:
        """The same without the last page; without pages, without the people."""
        return replace(self, pages=self.pages[:-1]) if self.pages else replace(self, people=())

    @property
    def refs(self) -> tuple[str, ...]:
        """p1, p2, …"""
        return tuple(f"p{n}" for n in range(1, len(self.people) + 1))

    @property
    def newborn(self) -> str:
        """The child that a birth is about: whoever was named last."""
        return self.refs[-1] if self.event is EventKind.birth and self.people else ""


def begun_with(event: EventKind, people: Sequence[str]) -> SaidAtHome:
    """The event and who is in it; of a birth the child comes last. Raises NobodySaid, NotReadable."""
    there = tuple(people)
    if not there:
        raise NobodySaid
    if event is EventKind.birth:
        there = (*there, NEWBORN)
    if len(there) > MOST_PEOPLE_AT_HOME or any(len(one) > LONGEST_KEY for one in there):
        raise NotReadable
    return SaidAtHome(event, there)


def record_of(said: SaidAtHome, *, now: datetime) -> Record:
    """What was said, as the record of a case without names."""
    day = civil_day(now)
    facts: dict[FactRef, HeldFact] = {}

    def hold(ref: FactRef, value: Value | None, act: int, source: FactSource = FactSource.PREPARED) -> None:
        facts[ref] = HeldFact(value, source, day, "", act, now)

    for ref, relationship in zip(said.refs, said.people, strict=True):
        hold(FactRef(RELATIONSHIP, ref), relationship or None, 1)
    for number, page in enumerate(said.pages, start=2):
        for fact, value in page.answers.items():
            hold(fact, value, number)
    for fact, value in _following(said, facts):
        hold(fact, value, 1)
    acts = [StandingAct(1, Act.BEGIN.value, "", now, "")]
    acts += [StandingAct(n, Act.ANSWER.value, "", now, "") for n, _ in enumerate(said.pages, start=2)]
    return Record(facts, tuple(HeldPerson(ref, "", False) for ref in said.refs), tuple(acts))


def _following(said: SaidAtHome, facts: Mapping[FactRef, HeldFact]) -> Iterator[tuple[FactRef, Value | None]]:
    """What a case gets with its people and its event, so that it need not be asked (household_notice, certificate)."""
    day = facts.get(FactRef(said.event.date_key, EVENT_SUBJECT))
    for ref in said.refs:
        moves = facts.get(FactRef("moves", ref))
        stays = moves is not None and moves.value is False
        if FactRef(LIVES_WITH, ref) not in facts:
            yield FactRef(LIVES_WITH, ref), not stays
        if said.event in MOVING and len(said.people) == 1 and moves is None:
            yield FactRef("moves", ref), True
        dead = facts.get(FactRef("deceased", ref))
        if said.event is EventKind.death and dead is not None and dead.value is True and day is not None:
            yield FactRef("death_date", ref), day.value
    if said.newborn and day is not None:
        yield FactRef("birth_date", said.newborn), day.value


def judge_at_home(said: SaidAtHome, record: Record, *, now: datetime) -> Judged:
    """Decide by what was said, today, by the procedures as published last."""
    return judge_record(
        record, event=said.event, on=civil_day(now), revision=current_revision(), calendar=open_days()
    )


def question_now(said: SaidAtHome, judged: Judged, record: Record, *, one_by_one: bool) -> Prompt | None:
    """The page to show: the day of the event first, then what the counter would ask.

    A prompt with several facts is asked fact by fact; `one_by_one`: and person by person, except what is yes or no.
    """
    pack = judged.pack
    day = FactRef(said.event.date_key, EVENT_SUBJECT)
    if day not in record.facts and pack.fact(Holder.EVENT, day.key):
        return alone(pack, day)
    prompt = prompt_now(judged, record)
    if prompt is None:
        return None
    key = prompt.refs[0].key
    one_fact = len({ref.key for ref in prompt.refs}) == 1
    refs = tuple(ref for ref in prompt.refs if ref.key == key)
    definitions = tuple(definition_of(pack, ref) for ref in refs)
    question = prompt.question if one_fact else definitions[0].question
    page = Prompt(key, question, definitions[0].why or prompt.why, refs, definitions)
    return one_person(page) if one_by_one else page


def one_person(page: Prompt) -> Prompt:
    """The page for its first person alone; what is yes or no is asked of all together."""
    first = page.definitions[0]
    if len(page.refs) == 1 or first.type is FactType.BOOLEAN:
        return page
    return Prompt(page.id, first.question, page.why, page.refs[:1], page.definitions[:1])


def checked_at_home(
    said: SaidAtHome, judged: Judged, answers: Mapping[FactRef, Value | None]
) -> dict[FactRef, Value | None]:
    """The answers, each one that its fact can have. Raises AnswerNotPossible, DayInFuture."""
    last = judged.on if said.event in NEVER_AHEAD else judged.on + AHEAD
    return {
        ref: None if value is None else checked(judged.pack, said.refs, ref, value, last_day=last)
        for ref, value in answers.items()
    }


def still_possible(
    said: SaidAtHome, judged: Judged, record: Record, *, last_day: date
) -> dict[FactRef, Value]:
    """What is known and can be laid into a case today: わからない is asked anew, a day to come stays open."""
    found: dict[FactRef, Value] = {}
    for ref, held in record.facts.items():
        if held.value is None:
            continue
        try:
            found[ref] = checked(judged.pack, said.refs, ref, held.value, last_day=last_day)
        except AnswerNotPossible:
            continue  # the vocabulary has changed meanwhile, or the day has not come
    return found


def to_json(said: SaidAtHome) -> dict[str, Any]:
    """The whole of it as plain data."""
    pages = [
        [
            [ref.key, ref.subject, None if value is None else value_to_json(value)]
            for ref, value in page.answers.items()
        ]
        for page in said.pages
    ]
    return {"event": said.event.value, "people": list(said.people), "pages": pages}


def from_json(data: object) -> SaidAtHome:
    """What `to_json` wrote. Raises NotReadable."""
    try:
        if not isinstance(data, dict):
            raise NotReadable
        said = SaidAtHome(EventKind(data["event"]), tuple(map(str, data["people"])))
        pages = tuple(
            SaidPage(
                {
                    FactRef(str(key), str(subject)): None if value is None else value_from_json(value)
                    for key, subject, value in page
                }
            )
            for page in data["pages"]
        )
        return replace(said, pages=pages)
    except (KeyError, TypeError, ValueError) as error:
        raise NotReadable from error
