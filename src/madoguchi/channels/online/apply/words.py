"""The words of an application: procedures, people, answers and amounts as its resident reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from madoguchi.cases.at_home import SaidPage
from madoguchi.cases.from_home.answering import (
    CHILD_NAME,
    FOLLOWING,
    NEW_ADDRESS,
    OWN_PAGES,
    SaidAnswer,
    answers_of,
    as_said,
)
from madoguchi.cases.from_home.following import HomeCase, HomeLine
from madoguchi.cases.from_home.states import HomeState
from madoguchi.cases.household_notice import NO_NAME_YET
from madoguchi.cases.judging import applied_for
from madoguchi.cases.own_facts import own_definition
from madoguchi.catalogue.queries import pack_of
from madoguchi.channels.shared.finding.asking import Going
from madoguchi.channels.shared.finding.words import EVENT_WORDS, RELATIONSHIPS, in_japanese, texts_of
from madoguchi.channels.shared.languages import current
from madoguchi.city.queries import departments
from madoguchi.jp.dates import PossibleDays
from madoguchi.jp.wareki import format_date_text, format_wareki
from madoguchi.procedures.decisions import Amount, Decision
from madoguchi.procedures.facts import CLAIMANT, EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef, FactType, Value
from madoguchi.procedures.packs import Pack
from madoguchi.procedures.questions import Prompt
from madoguchi.procedures.translations import language_of
from madoguchi.procedures.wording import definition_of

# What happens, as three steps; before it is sent and after it is taken back there are none.
STEPS = (HomeState.RECEIVED, HomeState.CHECKING, HomeState.DECIDED)

_OWN_LABELS = {CHILD_NAME: noop("お子さんの氏名"), NEW_ADDRESS: noop("新しい住所")}


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer on the page where all are checked (答えの確認の行)."""

    act: int
    question: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FiledLine:
    """One procedure that is applied for, for all whom it concerns alike (申請する手続き)."""

    id: str
    name: str
    who: str
    where: str
    deadline: str
    overdue: bool
    amount: str
    fee: str
    unverified: bool


def text_of(pack: Pack, japanese: str) -> str:
    """A text of the pack in the language of the page, else in Japanese and marked so."""
    language = language_of(current())
    found = pack.translations.get(language.value, {}).get(japanese) if language else None
    return found or in_japanese(japanese)


def title_of(line: HomeLine) -> str:
    """What an application is called."""
    if line.procedure:
        pack = pack_of(line.revision)
        return (
            text_of(pack, pack.procedure(line.procedure).name) if pack.has_procedure(line.procedure) else ""
        )
    return _(EVENT_WORDS[line.event][0])


def names_of(view: HomeCase) -> dict[str, str]:
    """What the people of an application are called: their names, with their 続柄 beside them."""
    return view.known.once(f"names/{current()}", lambda: _names_of(view))


def _names_of(view: HomeCase) -> dict[str, str]:
    found = {}
    for person in view.record.people:
        name, relationship = view.record.name_of(person.ref), view.record.text("relationship", person.ref)
        if name.startswith(NO_NAME_YET):
            continue
        beside = _(RELATIONSHIPS[relationship]) if relationship in RELATIONSHIPS else relationship
        found[person.ref] = _("%(name)s（%(who)s）") % {"name": name, "who": beside} if beside else name
    return found


def going_of(view: HomeCase, page: Prompt | None, *, changing: bool = False) -> Going:
    """The application as the pages of finding out show one."""
    chosen = {ref: view.record.value(ref.key, ref.subject) for ref in page.refs} if page and changing else {}
    return Going(as_said(view), view.record, view.whole, page, names=names_of(view), chosen=chosen)


def answer_lines(view: HomeCase) -> tuple[AnswerLine, ...]:
    """Everything that was answered, page by page."""
    return tuple(_answer_line(view, one) for one in answers_of(view.record))


def _answer_line(view: HomeCase, one: SaidAnswer) -> AnswerLine:
    at, texts = going_of(view, None), texts_of(view.judged.pack)
    newborn = at.said.newborn
    shown = {
        ref: value
        for ref, value in SaidPage(one.values).answers.items()
        if not (newborn and ref == FactRef("birth_date", newborn)) and ref.key not in FOLLOWING
    }
    if one.prompt in OWN_PAGES:
        shown = {ref: value for ref, value in shown.items() if own_definition(ref)}
    shown = shown or dict(one.values)
    first = next(iter(shown))
    own = own_definition(first) if one.prompt in OWN_PAGES else None
    question = _(_OWN_LABELS[one.prompt]) if own else texts.ask(definition_of(view.judged.pack, first).label)
    lines = []
    for ref, value in shown.items():
        said = value_words(view, ref, value)
        alone = ref.subject in (EVENT_SUBJECT, HOUSEHOLD_SUBJECT) or own is not None
        lines.append(
            said if alone else _("%(who)s: %(said)s") % {"who": at.called(ref.subject), "said": said}
        )
    return AnswerLine(one.act, question, tuple(lines))


def value_words(view: HomeCase, ref: FactRef, value: Value | None) -> str:
    """An answer in words."""
    if value is None:
        return _("わからない")
    if ref.key == CLAIMANT:
        return going_of(view, None).called(str(value))
    if value == NO_NAME_YET:
        return _("まだ決まっていません")
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, date | PossibleDays):
        return format_date_text(value)
    pack = view.judged.pack
    definition = own_definition(ref) or definition_of(pack, ref)
    texts = texts_of(pack)
    if isinstance(value, frozenset):
        said = [texts.ask(definition.label_of(one)) for one in sorted(value)]
        return _("、").join(said) if said else _("あてはまらない")
    if definition.type is FactType.CHOICE:
        return texts.ask(definition.label_of(str(value)))
    return f"{value:,}" if isinstance(value, int) else str(value)


def filed_lines(view: HomeCase) -> tuple[FiledLine, ...]:
    """What is applied for."""
    return procedure_lines(view, applied_for(view.judged, view.record))


def procedure_lines(view: HomeCase, decisions: tuple[Decision, ...]) -> tuple[FiledLine, ...]:
    """These decisions, one line for all whom a procedure concerns with the same deadline and amount."""
    together: dict[tuple[str, date | None, Amount | None], list[Decision]] = {}
    for one in decisions:
        together.setdefault((one.procedure, one.deadline, one.amount), []).append(one)
    at, pack, names = going_of(view, None), view.judged.pack, departments()
    lines = []
    for (key, deadline, amount), ones in together.items():
        procedure = pack.procedure(key)
        who = [at.called(one.subject) for one in ones if one.subject != HOUSEHOLD_SUBJECT]
        lines.append(
            FiledLine(
                id=key,
                name=text_of(pack, procedure.name),
                who=_("、").join(who),
                where=in_japanese(names.get(procedure.department, "")),
                deadline=format_wareki(deadline) if deadline else "",
                overdue=ones[0].overdue,
                amount=amount_words(amount) if amount else "",
                fee=_("無料") if procedure.fee_yen == 0 else "",
                unverified=any(not reason.verified for one in ones for reason in one.because),
            )
        )
    return tuple(lines)


def amount_words(amount: Amount) -> str:
    """An amount of money as people say it."""
    yen = f"{amount.yen:,}"
    match amount.per:
        case "month":
            return _("月に %(yen)s円") % {"yen": yen}
        case "year":
            return _("1年に %(yen)s円") % {"yen": yen}
        case _:
            return _("%(yen)s円") % {"yen": yen}


def grouped(number: str) -> str:
    """A receipt number as it is read out."""
    return f"{number[:4]}-{number[4:7]}-{number[7:]}"
