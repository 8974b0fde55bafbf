"""A page of the hearing as fields (質問のページ), and what was posted of it as answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from madoguchi.cases.at_home import SaidAtHome, judge_at_home, one_person, question_now, record_of
from madoguchi.cases.judging import Judged
from madoguchi.cases.record import Record, may_claim
from madoguchi.channels.shared.answers import (
    AnswerMissing,
    AnswerUnreadable,
    Option,
    field_name,
    has_quick_answer,
    options_of,
    ordinary,
    posted_value,
)
from madoguchi.channels.shared.finding.days import read_day
from madoguchi.channels.shared.finding.words import Texts, called, texts_of
from madoguchi.procedures.decide import Prompt
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import (
    CLAIMANT,
    EVENT_SUBJECT,
    HOUSEHOLD_SUBJECT,
    FactDefinition,
    FactRef,
    FactType,
    Value,
)
from madoguchi.procedures.wording import definition_of

UNKNOWN, NOBODY = "unknown", "nobody"
BIRTH = "birth_date"
LONGEST_NUMBER = 12


@dataclass(frozen=True, slots=True)
class Going:
    """Where somebody is (いまいるところ): what was said, what follows from it, and the page to show.

    `alike`: everybody of whom the page's fact is still open, also where the page asks of one.
    `names`: what people are called, where the city knows who they are. `chosen`: what stands chosen on the page.
    """

    said: SaidAtHome
    record: Record
    judged: Judged
    page: Prompt | None
    alike: tuple[FactRef, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[FactRef, Value | None] = field(default_factory=dict)

    def called(self, ref: str) -> str:
        """Who is meant: by name where there is one, else by 続柄."""
        return self.names.get(ref) or called(self.record, ref, newborn=self.said.newborn)


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of one person on the page. `kind`: radio, check, select, day, birth, number, text."""

    name: str
    who: str
    kind: str
    options: tuple[Option, ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """The page on screen."""

    id: str
    question: str
    why: str
    fields: tuple[Field, ...]
    quick: str
    nobody: bool
    number: int
    estimate: int
    settled: int


def going(said: SaidAtHome, *, now: datetime, one_by_one: bool = False) -> Going:
    """Where this leads."""
    record = record_of(said, now=now)
    judged = judge_at_home(said, record, now=now)
    page = question_now(said, judged, record, one_by_one=False)
    if page is None:
        return Going(said, record, judged, None)
    return Going(said, record, judged, one_person(page) if one_by_one else page, page.refs)


def asked(at: Going) -> Asked:
    """The page of `at`, which has one."""
    page = at.page
    assert page is not None, "only while there is something to ask"
    texts = texts_of(at.judged.pack)
    several = len(page.refs) > 1
    fields = tuple(
        _field(at, texts, ref, definition, several=several)
        for ref, definition in zip(page.refs, page.definitions, strict=True)
    )
    quick = _("だれも、あてはまらない") if several else _("あてはまらない")
    has_quick = has_quick_answer(page) and (several or page.definitions[0].type is FactType.CHOICES)
    settled_refs = at.record.heard_without_answer | at.record.answered
    open_pages = {
        (definition_of(at.judged.pack, ref).prompt, ref.key)
        for one in at.judged.decisions
        for ref in one.missing
        if ref not in settled_refs
    }
    settled = sum(1 for one in at.judged.decisions if one.status is not Status.ASK)
    return Asked(
        id=page.id,
        question=texts.ask(page.question),
        why=texts.ask(page.why),
        fields=fields,
        quick=quick if has_quick else "",
        nobody=len(at.alike) > len(page.refs) and has_quick_answer(page),
        number=len(at.said.pages) + 1,
        estimate=len(at.said.pages) + max(1, len(open_pages)),
        settled=settled,
    )


def who_of(at: Going, ref: FactRef) -> str:
    """Of whom a fact is; nothing for the event and the household."""
    if ref.subject in (EVENT_SUBJECT, HOUSEHOLD_SUBJECT):
        return ""
    return at.called(ref.subject)


def choices_of(at: Going, texts: Texts, ref: FactRef, definition: FactDefinition) -> tuple[Option, ...]:
    """The answers to choose from, in the language of the page."""
    if ref == FactRef(CLAIMANT, HOUSEHOLD_SUBJECT):
        grown_up = may_claim(at.record, on=at.judged.on)
        options = tuple(Option(one, at.called(one), "") for one in grown_up)
    elif definition.type is FactType.BOOLEAN:
        options = options_of(ref, definition, at.record)
    else:
        options = tuple(Option(one.code, texts.ask(one.label), "") for one in definition.choices)
    there = at.chosen.get(ref)
    codes = (
        there
        if isinstance(there, frozenset)
        else {{True: "yes", False: "no"}.get(there) if isinstance(there, bool) else there}
    )
    return tuple(replace(one, chosen=one.code in codes) for one in options)


def _field(at: Going, texts: Texts, ref: FactRef, definition: FactDefinition, *, several: bool) -> Field:
    options = choices_of(at, texts, ref, definition)
    many = len(options) > 3
    match definition.type:
        case FactType.DATE:
            kind = "birth" if ref.key == BIRTH and ref.subject != EVENT_SUBJECT else "day"
        case FactType.NUMBER:
            kind = "number"
        case FactType.CHOICES:
            kind = "check"
        case _:
            kind = "text" if not options else "select" if several and many else "radio"
    if several and kind in ("radio", "select"):
        options = (*options, Option(UNKNOWN, _("わからない"), ""))
    there = at.chosen.get(ref)
    typed = str(there) if kind in ("text", "number") and there is not None else ""
    return Field(field_name(ref), who_of(at, ref), kind, options, typed)


def posted(data: QueryDict, at: Going) -> Mapping[FactRef, Value | None]:
    """What was answered on the page; None: わからない. Raises AnswerMissing, AnswerUnreadable, DayUnreadable."""
    page = at.page
    assert page is not None, "only while there is something to ask"
    go = data.get("go", "answer")
    if go == UNKNOWN:
        return dict.fromkeys(page.refs)
    pairs = list(zip(page.refs, page.definitions, strict=True))
    if go == NOBODY and has_quick_answer(page):
        return dict.fromkeys(at.alike, ordinary(page.definitions[0]))
    if go == "none" and has_quick_answer(page):
        return {ref: ordinary(definition) for ref, definition in pairs}
    answers: dict[FactRef, Value | None] = {}
    for ref, definition in pairs:
        if data.get(field_name(ref)) == UNKNOWN:
            answers[ref] = None
        elif (value := _value(data, at, ref, definition)) is not None:
            answers[ref] = value
    if not answers:
        raise AnswerMissing
    for ref, definition in pairs:
        if ref not in answers and definition.type is FactType.CHOICES:
            answers[ref] = frozenset()
    return answers


def _value(data: QueryDict, at: Going, ref: FactRef, definition: FactDefinition) -> Value | None:
    if definition.type is FactType.DATE:
        birth = ref.key == BIRTH and ref.subject != EVENT_SUBJECT
        found = read_day(data.dict(), field_name(ref), who_of(at, ref), today=at.judged.on, with_band=birth)  # type: ignore[arg-type]  # single values
        return _not_to_come(found, at.judged.on, definition) if birth else found
    typed = data.get(field_name(ref), "")
    if definition.type is FactType.NUMBER and len(typed) > LONGEST_NUMBER:
        raise AnswerUnreadable(definition.label, typed[:20])
    return posted_value(data, ref, definition)


def _not_to_come(found: Value | None, today: date, definition: FactDefinition) -> Value | None:
    if isinstance(found, date) and found > today:
        raise AnswerUnreadable(definition.label, found.isoformat())
    return found
