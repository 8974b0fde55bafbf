"""Answering from home (自宅で答える): the questions of the counter, one after the other, each kept at once.

1. `page_now`: the day of the event, the child's name or the new address, then what the counter would ask of everything that
   the event needs, whether it is filed here or there; nothing that the register knows.
2. `answer`: kept in the case as said by the resident; what follows by itself is laid beside it.
3. `back`: the last answer is taken back. `change`: one answer is put right, wherever one is.
4. `choose`: what may be wished for, when there is more than one thing to wish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from madoguchi.audit.entries import Actor
from madoguchi.cases import closing, hearing
from madoguchi.cases.acting import find_case
from madoguchi.cases.at_home import LIVES_WITH, SaidAtHome, SaidPage, question_now
from madoguchi.cases.from_home.attaching import things_of
from madoguchi.cases.from_home.fees import fee_question
from madoguchi.cases.from_home.following import (
    HomeCase,
    NotNowFromHome,
    home_case_to_act_on,
    home_row,
    see_that_it_may,
)
from madoguchi.cases.from_home.opening import Applicant
from madoguchi.cases.from_home.states import HomeAct
from madoguchi.cases.household_notice import NO_NAME_YET
from madoguchi.cases.judging import applied_for, choice_key, judge
from madoguchi.cases.models import ActRow, FactRow
from madoguchi.cases.own_facts import own_definition
from madoguchi.cases.read_once import ReadAt, now_known
from madoguchi.cases.record import CHOSEN, MOVING, Record, read_record
from madoguchi.cases.states import Act
from madoguchi.city.queries import profile
from madoguchi.jp.municipalities import prefecture_of
from madoguchi.jp.open_days import OpenDays
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef, Value
from madoguchi.procedures.questions import Prompt
from madoguchi.procedures.situation import EventKind
from madoguchi.procedures.wording import definition_of

SAME_PREFECTURE = "to_same_prefecture"
# Laid beside an answer, and no answer of its own.
FOLLOWING = (LIVES_WITH, "death_date")
CHILD_NAME = "child-name"
NAME_QUESTION = "お子さんの氏名を入れてください"
NAME_WHY = "申請書に書きます。まだ決まっていないときは「わからない」を押してください。"
NEW_ADDRESS = "new-address"
ADDRESS_QUESTION = "新しい住所を入れてください"
ADDRESS_WHY = "届出書に書きます。まだ決まっていないときは「わからない」を押してください。"
# Pages of what a case holds beside the vocabulary: by their id, the question and why it is asked.
OWN_PAGES = {CHILD_NAME: (NAME_QUESTION, NAME_WHY), NEW_ADDRESS: (ADDRESS_QUESTION, ADDRESS_WHY)}


class Step(Enum):
    """What comes next in an application (次にすること)."""

    QUESTION = "question"
    CHOOSE = "choose"
    NOTHING = "nothing"
    FILES = "files"
    CHECK = "check"


class AnswerGone(LookupError):
    """The answer that was to be put right is not there any more."""

    def __init__(self) -> None:
        super().__init__("この答えは、もうありません。「答えの確認」から選び直してください。")


@dataclass(frozen=True, slots=True)
class SaidAnswer:
    """One page that was answered (答えたページ): its act, and what was said of whom."""

    act: int
    prompt: str
    values: Mapping[FactRef, Value | None]


def as_said(view: HomeCase) -> SaidAtHome:
    """The application as the pages of finding out know it: the event, who is in it, how many pages were answered."""
    return view.known.once("said", lambda: _as_said(view))


def _as_said(view: HomeCase) -> SaidAtHome:
    people = tuple(view.record.text("relationship", one.ref) for one in view.record.people)
    return SaidAtHome(view.line.event, people, tuple(SaidPage(one.values) for one in answers_of(view.record)))


def answers_of(record: Record) -> tuple[SaidAnswer, ...]:
    """What was answered, page by page; a page that was answered anew stands where it was answered last."""
    found = []
    for act in record.acts:
        if act.kind != Act.ANSWER.value:
            continue
        values = {ref: held.value for ref, held in record.facts.items() if held.act == act.number}
        if values:
            found.append(SaidAnswer(act.number, act.prompt, values))
    return tuple(found)


def page_now(view: HomeCase) -> Prompt | None:
    """The question to ask now; None when nothing that can be answered matters any more."""
    return view.known.once("page", lambda: _page_now(view))


def _page_now(view: HomeCase) -> Prompt | None:
    day = FactRef(view.line.event.date_key, EVENT_SUBJECT)
    if view.line.event is EventKind.none or day in view.record.facts:
        own = _own_page(view)
        if own is not None:
            return own
    page = question_now(as_said(view), view.whole, view.record, one_by_one=False)
    return page or fee_question(view.judged, view.record)


def _own_page(view: HomeCase) -> Prompt | None:
    """The name of a child, or where somebody moves: asked once, and only where it is not known."""
    said = view.record.answered | view.record.heard_without_answer
    for person in view.record.people:
        ref = FactRef("name", person.ref)
        if view.record.text("name", person.ref) == NO_NAME_YET and ref not in said:
            return _own_prompt(CHILD_NAME, ref)
    address = FactRef("new_address", EVENT_SUBJECT)
    if view.line.event in MOVING and address not in said:
        return _own_prompt(NEW_ADDRESS, address)
    return None


def _own_prompt(page: str, ref: FactRef) -> Prompt:
    found, (question, why) = own_definition(ref), OWN_PAGES[page]
    assert found is not None, "a fact of the case's own"
    return Prompt(page, question, why, (ref,), (found,))


def page_of(view: HomeCase, act: int) -> Prompt:
    """The page of an answer that is to be put right. Raises AnswerGone."""
    one = next((one for one in answers_of(view.record) if one.act == act), None)
    if one is None:
        raise AnswerGone
    refs = tuple(ref for ref in one.values if not _follows_by_itself(view, ref))
    if not refs:
        raise AnswerGone
    if one.prompt in OWN_PAGES:
        return _own_prompt(one.prompt, next(ref for ref in refs if own_definition(ref) is not None))
    definitions = tuple(definition_of(view.judged.pack, ref) for ref in refs)
    return Prompt(one.prompt, definitions[0].question, definitions[0].why, refs, definitions)


def _follows_by_itself(view: HomeCase, ref: FactRef) -> bool:
    newborn = as_said(view).newborn
    return (bool(newborn) and ref == FactRef("birth_date", newborn)) or ref.key in FOLLOWING


def step_of(view: HomeCase) -> Step:
    """What comes next."""
    if page_now(view) is not None:
        return Step.QUESTION
    filed = applied_for(view.judged, view.record)
    if view.record.value(CHOSEN) is None and wishes(view):
        return Step.CHOOSE
    if not filed:
        return Step.NOTHING
    return Step.FILES if things_of(view.judged, view.record) and not view.files else Step.CHECK


def wishes(view: HomeCase) -> tuple[Decision, ...]:
    """What may be wished for."""
    return view.judged.with_status(Status.OPTIONAL)


def answer(
    *,
    number: str,
    who: Applicant,
    prompt: Prompt,
    answers: Mapping[FactRef, Value | None],
    typed: int,
    by: Actor,
    now: datetime,
    version: int | None,
    read: HomeCase | None = None,
) -> None:
    """Keep what was answered on a page. Raises NotYours, NotNowFromHome, AnswerNotPossible, SomebodyElseChanged.

    `read`: the application as the caller has read it for this act (`home_case_to_act_on`), else it is read here.
    """
    at = read or home_case_to_act_on(number=number, who=who, now=now)
    if HomeAct.ANSWER not in at.may:
        raise NotNowFromHome(HomeAct.ANSWER, at.line.state)
    said = {ref: _said(prompt, ref, value) for ref, value in answers.items()}
    hearing.answer_prompt(
        case=at.case,
        prompt=prompt.id,
        answers=_following(at, said) | said,
        read=ReadAt(at.version, at.record),
        by=by,
        now=now,
        version=version,
        characters_typed_by_resident=typed,
    )
    if at.line.procedure:
        _wish_for_the_only_one(at.case, by=by, now=now, calendar=at.judged.calendar)


def _said(prompt: Prompt, ref: FactRef, value: Value | None) -> Value | None:
    if prompt.id != CHILD_NAME:
        return value
    return str(value).strip() if value else NO_NAME_YET


def _following(at: HomeCase, said: Mapping[FactRef, Value | None]) -> dict[FactRef, Value | None]:
    """What follows by itself, as it does where the event is said at the counter (household_notice)."""
    event, record = at.line.event, at.record
    day = said.get(FactRef(event.date_key, EVENT_SUBJECT), record.value(event.date_key))
    follows: dict[FactRef, Value | None] = {}
    for person in record.people:
        moves, dead = (said.get(FactRef(key, person.ref)) for key in ("moves", "deceased"))
        if isinstance(moves, bool):
            follows[FactRef(LIVES_WITH, person.ref)] = moves
        died = dead if isinstance(dead, bool) else record.value("deceased", person.ref)
        known = record.value("death_date", person.ref)
        if event is EventKind.death and (known is not None or died is True):
            follows[FactRef("death_date", person.ref)] = day if died is True else None
        if event is EventKind.birth and not person.resident_no and isinstance(day, date):
            follows[FactRef("birth_date", person.ref)] = day
    address = said.get(FactRef("new_address", EVENT_SUBJECT))
    prefecture = prefecture_of(str(address)) if address else None
    if event is EventKind.move_out and prefecture is not None:
        follows[FactRef(SAME_PREFECTURE, EVENT_SUBJECT)] = prefecture == profile().prefecture
    return {ref: value for ref, value in follows.items() if record.value(ref.key, ref.subject) != value}


def _wish_for_the_only_one(case: str, *, by: Actor, now: datetime, calendar: OpenDays | None = None) -> None:
    """Who applies for one procedure wishes for it: nobody is asked again when there is nothing to choose between."""
    judged = now_known(find_case(case), calendar=calendar).judged
    may = judged.with_status(Status.OPTIONAL)
    if len(may) == 1 and not judged.with_status(Status.ASK, Status.MUST):
        closing.choose(case=case, wanted=frozenset({choice_key(may[0])}), by=by, now=now, version=None)


def begin_answering(*, number: str, who: Applicant, by: Actor, now: datetime) -> None:
    """Straight after opening: where nothing has to be asked, the one thing that is applied for is chosen already."""
    home = home_row(number, who)
    if home.procedure:
        _wish_for_the_only_one(home.case.public_id, by=by, now=now)


def choose(
    *, number: str, who: Applicant, wanted: frozenset[str], by: Actor, now: datetime, version: int | None
) -> None:
    """Say what is wished for, of what may be. Raises NotYours, NotNowFromHome, SomebodyElseChanged."""
    home = home_row(number, who)
    see_that_it_may(home, HomeAct.ANSWER)
    row = home.case
    possible = {choice_key(one) for one in judge(row, read_record(row)).with_status(Status.OPTIONAL)}
    closing.choose(case=row.public_id, wanted=wanted & possible, by=by, now=now, version=version)


def back(*, number: str, who: Applicant, by: Actor, now: datetime, version: int | None) -> bool:
    """Take the last answer back; False when there is none to take back. Raises NotYours, NotNowFromHome."""
    home = home_row(number, who)
    see_that_it_may(home, HomeAct.ANSWER)
    kinds = (Act.ANSWER.value, Act.CHOOSE.value)
    acts = ActRow.objects.filter(case=home.case, undone_at__isnull=True)
    last = acts.exclude(kind__in=(Act.RESUME.value, Act.UNDO.value)).order_by("-number").first()
    if last is None or last.kind not in kinds:
        return False
    hearing.undo(case=home.case.public_id, by=by, now=now, version=version)
    if last.kind == Act.CHOOSE.value and FactRow.objects.filter(act=last).exists():
        before = acts.exclude(kind__in=(Act.RESUME.value, Act.UNDO.value)).order_by("-number").first()
        if home.procedure and before is not None and before.kind == Act.ANSWER.value:
            hearing.undo(case=home.case.public_id, by=by, now=now, version=None)
    return True


def take_up_again(*, number: str, who: Applicant, by: Actor, now: datetime) -> None:
    """Ask again what was answered with わからない. Raises NotYours, NotNowFromHome."""
    home = home_row(number, who)
    see_that_it_may(home, HomeAct.ANSWER)
    hearing.retake_unknown(case=home.case.public_id, by=by, now=now)
