"""The main screen: people and what is known (left), the question (middle), the procedures (right)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from madoguchi.cases.closing import HeadUnclear
from madoguchi.cases.hearing import definition_of
from madoguchi.cases.judging import counted_from
from madoguchi.cases.record import head_is_clear, heads_after
from madoguchi.cases.roles import SAID as ROLES_SAID
from madoguchi.cases.roles import holder_of, roles_that_may_be_needed
from madoguchi.cases.states import Act, FactSource, VisitorKind
from madoguchi.cases.views import CaseView
from madoguchi.channels.counter.head import Notice, head_of
from madoguchi.channels.counter.procedure_lines import procedure_groups, subject_text
from madoguchi.channels.counter.words import (
    ADDRESS_KEYS,
    NOT_SHOWN,
    birth_text,
    label_of,
    relationship_text,
    source_text,
    value_text,
)
from madoguchi.channels.shared.answers import Row, has_quick_answer, rows_of
from madoguchi.procedures.decisions import Status
from madoguchi.procedures.facts import EVENT_SUBJECT, HOUSEHOLD_SUBJECT, FactRef

HEARD = frozenset({FactSource.SAID, FactSource.PREPARED})
UNPROVED = "来た人の本人確認ができていません。届出を受け付けたあと、届出の本人あてに、受け付けたことの通知を送ってください。"

UNPROVED_WITHOUT_RECORD = "来た人の本人確認ができていません。住民票のない方なので、届出後の通知は送りません。各課が、手続きごとに確かめます。"


@dataclass(frozen=True, slots=True)
class FactLine:
    """One known fact with its source; `url` when it may be put right."""

    label: str
    value: str
    source: str
    url: str | None
    id: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of the household with what is known."""

    ref: str
    name: str
    relationship: str
    birth: str
    moves: bool | None
    facts: tuple[FactLine, ...]
    name_url: str | None = None
    birth_url: str | None = None
    open: bool = False


@dataclass(frozen=True, slots=True)
class PromptScreen:
    """The question on screen."""

    id: str
    question: str
    why: str
    settles: str
    rows: tuple[Row, ...]
    single: bool
    quick: str


def context_of(view: CaseView, *, problems: Iterable[str] = ()) -> dict[str, Any]:
    """Everything `hearing.html` shows."""
    groups = procedure_groups(view)
    decisions = view.judged.decisions
    tally = {status: sum(1 for one in decisions if one.status is status) for status in Status}
    asked = sum(1 for act in view.record.acts if act.kind == Act.ANSWER.value)
    open_prompts = {definition_prompt(view, ref) for one in decisions for ref in one.missing} - {""}
    known = [
        held for ref, held in view.record.facts.items() if held.value is not None and ref.key not in NOT_SHOWN
    ]
    return {
        "case": head_of(view.header, here="hearing", record=view.record, notices=notices_of(view)),
        "people": people_lines(view),
        "event_facts": event_lines(view),
        "visitor": visitor_text(view),
        "prompt": prompt_screen(view),
        "prepared": prepared_step(view),
        "procedure_groups": groups,
        "changes": change_lines(view),
        "newer_revision": view.newer_revision,
        "problems": list(problems),
        "counts": {
            "known": sum(1 for held in known if held.source not in HEARD),
            "heard": sum(1 for held in known if held.source in HEARD),
            "must": tally[Status.MUST],
            "ask": tally[Status.ASK],
            "optional": tally[Status.OPTIONAL],
            "asked_now": asked + 1,
            "estimate": asked + max(len(open_prompts), 1),
            "can_undo": view.can_undo,
        },
    }


def prepared_step(view: CaseView) -> dict[str, Any]:
    """What was answered beforehand and is not confirmed yet, and whether anybody is still without a name."""
    left = view.record.to_confirm
    days = {view.record.facts[ref].as_of for ref in left}
    return {
        "count": len(left),
        "day": max(days, default=None),
        "unnamed": [view.record.name_of(ref) for ref in view.record.unnamed],
    }


def definition_prompt(view: CaseView, ref: FactRef) -> str:
    """The prompt by which a fact is asked."""
    definition = definition_of(view.judged.pack, ref)
    return definition.prompt if definition else ref.key


def notices_of(view: CaseView) -> tuple[Notice, ...]:
    """What must not be overlooked on this case."""
    return (*_late_notice(view), *_head_notice(view), *_earlier_notice(view), *unproved_notice(view))


def unproved_notice(view: CaseView) -> tuple[Notice, ...]:
    """That somebody has to be told by letter, because who came could not be proved (届出後の通知)."""
    if view.record.value("notifier_unproved") is not True:
        return ()
    said = UNPROVED_WITHOUT_RECORD if view.record.nobody_registered else UNPROVED
    return (Notice("attention", _(said)),)


def _head_notice(view: CaseView) -> tuple[Notice, ...]:
    if head_is_clear(view.record, view.header.event) or not view.record.people:
        return ()
    return (Notice("attention", str(HeadUnclear(heads_after(view.record)))),)


def _earlier_notice(view: CaseView) -> tuple[Notice, ...]:
    if not view.earlier_changed:
        return ()
    return (
        Notice(
            "attention",
            _("先の受付 %(number)s の内容が変わりました。引き継ぎ直して、もう一度決めてください。")
            % {"number": view.header.follows},
        ),
    )


def _late_notice(view: CaseView) -> tuple[Notice, ...]:
    late = sorted({one.procedure for one in view.judged.with_status(Status.MUST) if one.overdue})
    if not late:
        return ()
    names = "、".join(view.judged.pack.procedure(procedure).name for procedure in late)
    return (
        Notice(
            "attention",
            _("期限を過ぎている手続きがあります（%(names)s）。受け付けて、影響を説明してください。")
            % {"names": names},
        ),
    )


def _fact_line(view: CaseView, ref: FactRef) -> FactLine:
    held = view.record.facts[ref]
    pack = view.judged.pack
    return FactLine(
        label=label_of(pack, ref),
        value=value_text(pack, view.record, ref, held.value),
        source=source_text(held),
        url=_correction(view, ref),
        id=f"{ref.key}|{ref.subject}",
    )


def _correction(view: CaseView, ref: FactRef) -> str | None:
    """Where a fact is put right; None once the case is signed, or for what a screen of its own sets."""
    if view.header.signed or definition_of(view.judged.pack, ref) is None:
        return None
    return reverse("counter:fact", args=[view.header.id, ref.key, ref.subject])


SAID_BESIDE_THE_NAME = frozenset({"relationship", "moves", "lives_with_household"})


def people_lines(
    view: CaseView,
    *,
    hidden: frozenset[str] = SAID_BESIDE_THE_NAME,
    only: frozenset[FactRef] | None = None,
) -> tuple[PersonLine, ...]:
    """The people of the case with their facts; with `only`, those facts alone and the people who have one."""
    lines = []
    for person in view.record.people:
        refs = [
            ref
            for ref in view.record.facts
            if ref.subject == person.ref
            and ref.key not in hidden | NOT_SHOWN
            and (only is None or ref in only)
        ]
        if only is not None and not refs:
            continue
        lines.append(
            PersonLine(
                ref=person.ref,
                name=view.record.name_of(person.ref),
                relationship=relationship_text(view.record, person.ref),
                birth=birth_text(view.record, person.ref),
                moves=moves if isinstance(moves := view.record.value("moves", person.ref), bool) else None,
                facts=tuple(_fact_line(view, ref) for ref in refs),
                name_url=_correction(view, FactRef("name", person.ref)),
                birth_url=_correction(view, FactRef("birth_date", person.ref)),
            )
        )
    return tuple(lines)


def event_lines(view: CaseView, *, only: frozenset[FactRef] | None = None) -> tuple[FactLine, ...]:
    """What is known of the event and the household; addresses only where they may appear."""
    refs = [
        ref
        for ref, held in view.record.facts.items()
        if ref.subject in (EVENT_SUBJECT, HOUSEHOLD_SUBJECT)
        and ref.key not in NOT_SHOWN
        and not ref.key.startswith("notifier_")
        and held.value not in ("", None)
        and (only is None or ref in only)
        and (view.address_shown or ref.key not in ADDRESS_KEYS)
    ]
    return (*(_fact_line(view, ref) for ref in refs), *(_role_lines(view) if only is None else ()))


def _role_lines(view: CaseView) -> tuple[FactLine, ...]:
    """Who files in which role after a death, as far as it was said."""
    if not view.record.text(ROLES_SAID):  # what was said with the death stands among its facts
        return ()
    held = ((role, holder_of(view.record, role)) for role in roles_that_may_be_needed(view.judged))
    return tuple(
        FactLine(_(role.label), one.name, _("本人申告"), None) for role, one in held if one is not None
    )


def visitor_text(view: CaseView) -> str:
    """Who came, and that it was proved."""
    kind = view.record.text("notifier_kind")
    if not kind:
        return ""
    name = view.record.text("notifier_name")
    documents = value_text(
        view.judged.pack,
        view.record,
        FactRef("notifier_documents", EVENT_SUBJECT),
        view.record.value("notifier_documents"),
    )
    return f"{name}（{_(VisitorKind(kind).label)}、{documents}）"


def prompt_screen(view: CaseView) -> PromptScreen | None:
    """The question on screen, or None when there is none left."""
    prompt = view.prompt
    if prompt is None:
        return None
    refs = set(prompt.refs)
    settled = {one.procedure for one in view.judged.decisions if refs & set(one.missing)} or {
        procedure for ref, procedure in counted_from(view.judged) if ref in refs
    }
    names = [view.judged.pack.procedure(procedure).name for procedure in sorted(settled)]
    rows = rows_of(prompt, view.record)
    return PromptScreen(
        id=prompt.id,
        question=prompt.question,
        why=prompt.why,
        settles="、".join(names[:6]) + (_(" ほか%(n)d件") % {"n": len(names) - 6} if len(names) > 6 else ""),
        rows=rows,
        single=len(rows) == 1,
        quick=_("全員あてはまらない") if has_quick_answer(prompt) else "",
    )


def task_lines(view: CaseView, departments: Mapping[str, str]) -> list[dict[str, str]]:
    """What the departments were told, by department; one line for all people of whom the same is to be done."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for task in view.tasks:
        key = (task.department, task.procedure, _(task.state.label))
        together.setdefault(key, []).append(subject_text(view.record, task.subject))
    order = list(departments)
    return [
        {
            "key": department,
            "department": departments.get(department, department),
            "name": view.judged.pack.procedure(procedure).name,
            "subject": "、".join(name for name in names if name),
            "state": state,
        }
        for (department, procedure, state), names in sorted(
            together.items(), key=lambda item: order.index(item[0][0]) if item[0][0] in order else len(order)
        )
    ]


def change_lines(view: CaseView) -> list[dict[str, str]]:
    """What the last answer changed, and why."""
    after = {(one.procedure, one.subject): one for one in view.judged.decisions}
    lines = []
    for change in view.changes:
        now = after.get((change.procedure, change.subject))
        lines.append(
            {
                "name": view.judged.pack.procedure(change.procedure).name,
                "subject": subject_text(view.record, change.subject),
                "before": _(change.before.label) if change.before else "—",
                "after": _(change.after.label) if change.after else "—",
                "because": now.because[0].text if now and now.because else "",
            }
        )
    return lines
