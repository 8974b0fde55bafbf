"""Answers as they are posted, made into values of facts; and the rows by which a prompt is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from madoguchi.cases.record import Record
from madoguchi.jp.wareki import parse_date_text
from madoguchi.procedures.facts import (
    CLAIMANT,
    EVENT_SUBJECT,
    HOUSEHOLD_SUBJECT,
    FactDefinition,
    FactRef,
    FactType,
    Value,
)
from madoguchi.procedures.questions import Prompt

MOST_RADIOS_IN_A_GRID = 3


class AnswerMissing(ValueError):
    """The clerk went on without an answer."""

    def __init__(self) -> None:
        super().__init__(_("答えを選んでください。わからないときは「わからない」を押してください。"))


class AnswerUnreadable(ValueError):
    """What was typed is not a value of the fact."""

    def __init__(self, label: str, text: str) -> None:
        super().__init__(
            _("「%(label)s」の「%(text)s」は読めません。数字か日付を入れ直してください。")
            % {"label": label, "text": text}
        )


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose: its code, its words, the key that picks it, whether it is chosen."""

    code: str
    label: str
    number: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of one person as a row of the prompt."""

    name: str
    label: str
    legend: str
    kind: str
    input: str
    options: tuple[Option, ...]
    value: str = ""
    hint: str = ""


def field_name(ref: FactRef) -> str:
    """The form field of a fact."""
    return f"answer-{ref.subject}-{ref.key}"


def rows_of(prompt: Prompt, record: Record) -> tuple[Row, ...]:
    """The rows of a prompt, person by person."""
    several_facts = len({ref.key for ref in prompt.refs}) > 1
    several_rows = len(prompt.refs) > 1
    order = {person.ref: n for n, person in enumerate(record.people)}
    pairs = sorted(
        zip(prompt.refs, prompt.definitions, strict=True), key=lambda pair: order.get(pair[0].subject, -1)
    )
    return tuple(
        row_of(ref, definition, record, several_facts, grid=several_rows) for ref, definition in pairs
    )


def row_of(
    ref: FactRef,
    definition: FactDefinition,
    record: Record,
    with_fact: bool,
    *,
    grid: bool = False,
    value: Value | None = None,
) -> Row:
    """One row. `value` is what stands chosen."""
    who = "" if ref.subject in (EVENT_SUBJECT, HOUSEHOLD_SUBJECT) else _who(record, ref.subject)
    label = f"{who} {definition.label}".strip() if with_fact or not who else who
    options = options_of(ref, definition, record, value)
    if not options:
        hint = _("R8.11.5 のように") if definition.type is FactType.DATE else _("数字で")
        if definition.type is FactType.TEXT:
            hint = ""
        shown = "" if value is None else str(value)
        return Row(field_name(ref), label, definition.label, "text", "text", (), shown, hint)
    several = definition.type is FactType.CHOICES
    kind = "check" if several else "select" if grid and len(options) > MOST_RADIOS_IN_A_GRID else "radio"
    return Row(field_name(ref), label, definition.label, kind, "checkbox" if several else "radio", options)


def _who(record: Record, subject: str) -> str:
    relationship = record.text("relationship", subject)
    name = record.name_of(subject)
    return f"{name}（{relationship}）" if relationship and record.text("name", subject) else name


def options_of(
    ref: FactRef, definition: FactDefinition, record: Record, value: Value | None = None
) -> tuple[Option, ...]:
    """The answers of a fact; none for what has to be typed."""
    if ref == FactRef(CLAIMANT, HOUSEHOLD_SUBJECT):
        codes = [(person.ref, _who(record, person.ref)) for person in record.people]
    elif definition.type is FactType.BOOLEAN:
        codes = [("yes", _("はい")), ("no", _("いいえ"))]
    else:
        codes = [(choice.code, choice.label) for choice in definition.choices]
    there = {True: {"yes"}, False: {"no"}}.get(value) if isinstance(value, bool) else None
    if there is None:
        there = set(value) if isinstance(value, frozenset) else {str(value)}
    return tuple(
        Option(code, label, str(n) if n <= 8 else "", value is not None and code in there)
        for n, (code, label) in enumerate(codes, start=1)
    )


def ordinary(definition: FactDefinition) -> Value | None:
    """The value that means "does not apply"; None where there is no such answer or it is not the ordinary one."""
    match definition.type:
        case FactType.BOOLEAN:
            return False
        case FactType.CHOICES:
            return frozenset()
        case FactType.CHOICE if definition.choices and definition.choices[0].code == "none":
            return "none"
        case _:
            return None


def has_quick_answer(prompt: Prompt) -> bool:
    """Whether one key can say for everybody that it does not apply."""
    return all(ordinary(definition) is not None for definition in prompt.definitions)


def posted_answers(data: QueryDict, prompt: Prompt) -> Mapping[FactRef, Value | None]:
    """What was answered: picked values, "none" for all, or わからない. Raises AnswerMissing, AnswerUnreadable."""
    go = data.get("go", "answer")
    pairs = list(zip(prompt.refs, prompt.definitions, strict=True))
    if go == "unknown":
        return dict.fromkeys(prompt.refs)
    if go == "none" and has_quick_answer(prompt):
        return {ref: ordinary(definition) for ref, definition in pairs}
    answers: dict[FactRef, Value | None] = {}
    for ref, definition in pairs:
        value = posted_value(data, ref, definition)
        if value is not None:
            answers[ref] = value
    if not answers:
        raise AnswerMissing
    for ref, definition in pairs:
        if ref not in answers and definition.type is FactType.CHOICES:
            answers[ref] = frozenset()
    return answers


def posted_value(data: QueryDict, ref: FactRef, definition: FactDefinition) -> Value | None:
    """One posted value, or None when nothing was picked."""
    name = field_name(ref)
    if definition.type is FactType.CHOICES:
        picked = frozenset(code for code in data.getlist(name) if code)
        return picked or None
    text = data.get(name, "").strip()
    if not text:
        return None
    try:
        match definition.type:
            case FactType.BOOLEAN:
                return {"yes": True, "no": False}[text]
            case FactType.DATE:
                return parse_date_text(text)
            case FactType.NUMBER:
                return int(text.replace(",", ""))
            case _:
                return text
    except (ValueError, KeyError) as error:
        raise AnswerUnreadable(definition.label, text[:20]) from error
