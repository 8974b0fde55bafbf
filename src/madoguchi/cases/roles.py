"""In whose name each procedure after a death is filed (手続きをする方): never one person assumed for all.

Whoever held the funeral, whoever claims the pension and whoever stands for the heirs may be three people, some of them not
in the household, and none of them whoever came. They are asked for once, in one prompt, and only where something that is
filed needs them; who is not settled yet is written on the paper by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from madoguchi.audit.entries import Actor, StepDetail
from madoguchi.cases.acting import Given, begin_act, find_case, finish_act
from madoguchi.cases.judging import Judged, applied_for, judge
from madoguchi.cases.record import Record, read_record
from madoguchi.cases.representation import FilingRight, May
from madoguchi.cases.states import Act, FactSource, VisitorKind
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.facts import EVENT_SUBJECT, FactRef, Value
from madoguchi.procedures.packs import FilingRole

PROMPT = "filing-roles"
SAID = "filing_roles_said"
_PARTS = ("ref", "name", "relationship", "account")
ROLE_KEYS = frozenset({SAID, *(f"{role.value}_{part}" for role in FilingRole for part in _PARTS)})
ONE, EACH = "one", "each"
# Who carries a paper, or acts on a letter of attorney, is not the one in whose name it is filed.
_FOR_ANOTHER = frozenset({VisitorKind.AGENT.value, VisitorKind.MESSENGER.value})


class RolesNotSaid(ValueError):
    """Something is filed in the name of a person whom nobody has asked for yet."""

    def __init__(self, procedures: tuple[str, ...]) -> None:
        self.procedures = procedures
        super().__init__(
            f"「{'、'.join(procedures)}」をどなたの名前で出すか、まだ聞いていません。"
            "確認の画面の「手続きをする方」で、どの手続きも来た方か、ちがう方がいるかを選んでください。"
        )


class NotToBeNamed(ValueError):
    """Somebody who died, or who is no person of the case, named as the one who files."""

    def __init__(self) -> None:
        super().__init__("手続きをする方に選べない人です。ご存命の方か、「ほかの方」を選んで入れてください。")


class OneForAllIsNobody(ValueError):
    """「どの手続きも来た方」, where whoever came acts for somebody else."""

    def __init__(self) -> None:
        super().__init__(
            "来た方は代理人か使者なので、その方の名前では出せません。「ちがう方がいます」を選び、"
            "手続きごとに、どなたかを入れてください。"
        )


@dataclass(frozen=True, slots=True)
class RoleHolder:
    """Who files in a role. `ref`: a person of the case, or empty; an empty name: not settled yet.

    `account`: in whose name the account is that this scheme pays into; empty: written by hand.
    """

    name: str
    ref: str = ""
    relationship: str = ""
    account: str = ""


def roles_needed(judged: Judged, decisions: tuple[Decision, ...]) -> dict[FilingRole, tuple[str, ...]]:
    """The roles that these procedures are filed in, each with the names of its procedures."""
    found: dict[FilingRole, list[str]] = {}
    for one in decisions:
        procedure = judged.pack.procedure(one.procedure)
        if procedure.role is not None and procedure.name not in found.get(procedure.role, ()):
            found.setdefault(procedure.role, []).append(procedure.name)
    return {role: tuple(found[role]) for role in FilingRole if role in found}


def roles_that_may_be_needed(judged: Judged) -> dict[FilingRole, tuple[str, ...]]:
    """The roles of all that must be filed or could be wished for today."""
    return roles_needed(judged, judged.with_status(Status.MUST, Status.OPTIONAL))


def how_said(record: Record) -> str:
    """`ONE`: whoever came does all; `EACH`: said one by one, here or with the death itself; empty: not asked yet."""
    return record.text(SAID) or (EACH if any(record.text(role.value) for role in FilingRole) else "")


def holder_of(record: Record, role: FilingRole) -> RoleHolder | None:
    """Who files in this role; None when that was not asked, or is not settled."""
    if not record.text(SAID):
        return RoleHolder(record.text(role.value)) if record.text(role.value) else None
    ref = record.text(f"{role.value}_ref")
    name = (record.text("name", ref) if ref else "") or record.text(f"{role.value}_name")
    if not name:
        return None
    said = {key: record.text(f"{role.value}_{key}") for key in ("relationship", "account")}
    return RoleHolder(name, ref, said["relationship"] or record.text("relationship", ref), said["account"])


def visitor_may_do_all(record: Record) -> bool:
    """Whether whoever came can be the one who files everything."""
    return bool(record.text("notifier_name")) and record.text("notifier_kind") not in _FOR_ANOTHER


def say_one_does_all(*, case: str, by: Actor, now: datetime, version: int | None = None) -> None:
    """Whoever came said that every procedure is theirs. Raises OneForAllIsNobody.

    It is written down by name: should somebody else come another day, nothing passes to them.
    """
    with transaction.atomic():
        row = begin_act(case, Act.SAY_ROLES, version=version)
        record = read_record(row)
        if not visitor_may_do_all(record):
            raise OneForAllIsNobody
        holder = RoleHolder(record.text("notifier_name"), record.text("notifier_ref"))
        given = _given(ONE, dict.fromkeys(FilingRole, holder))
        if {ref: record.value(ref.key) for ref in given} != {ref: one.value for ref, one in given.items()}:
            finish_act(row, Act.SAY_ROLES, by=by, now=now, given=given, detail=StepDetail(prompt=PROMPT))


def in_their_own_name(judged: Judged, record: Record) -> dict[FactRef, Given]:
    """Who applies from home for something that is filed in a role files it in their own name; nothing for an agent."""
    if not roles_needed(judged, applied_for(judged, record)) or not visitor_may_do_all(record):
        return {}
    holder = RoleHolder(record.text("notifier_name"), record.text("notifier_ref"))
    return _given(ONE, dict.fromkeys(FilingRole, holder))


def say_roles(
    *,
    case: str,
    holders: Mapping[FilingRole, RoleHolder],
    by: Actor,
    now: datetime,
    version: int | None,
) -> None:
    """Say one by one who files; a role that is left out is not settled yet. Raises NotToBeNamed."""
    with transaction.atomic():
        row = begin_act(case, Act.SAY_ROLES, version=version)
        record = read_record(row)
        living = {one.ref for one in record.people if record.value("death_date", one.ref) is None}
        if any(one.ref and one.ref not in living for one in holders.values()):
            raise NotToBeNamed
        finish_act(
            row, Act.SAY_ROLES, by=by, now=now, given=_given(EACH, holders), detail=StepDetail(prompt=PROMPT)
        )


def _given(how: str, holders: Mapping[FilingRole, RoleHolder]) -> dict[FactRef, Given]:
    values: dict[str, Value] = {SAID: how}
    for role in FilingRole:
        one = holders.get(role, RoleHolder(""))
        values |= {
            f"{role.value}_ref": one.ref,
            f"{role.value}_name": "" if one.ref else one.name.strip()[:200],
            f"{role.value}_relationship": one.relationship.strip()[:60],
            f"{role.value}_account": one.account.strip()[:200],
        }
    return {FactRef(key, EVENT_SUBJECT): Given(value, FactSource.SAID) for key, value in values.items()}


def see_that_roles_are_said(judged: Judged, record: Record) -> None:
    """Raise RolesNotSaid when something is filed in a role that nobody was asked about."""
    needed = roles_needed(judged, applied_for(judged, record))
    if needed and not how_said(record):
        raise RolesNotSaid(tuple(name for names in needed.values() for name in names))


def see_that_it_may_be_signed(*, case: str) -> None:
    """The same of a case as it stands now, before anybody is led to the pad. Raises RolesNotSaid."""
    row = find_case(case)
    record = read_record(row)
    see_that_roles_are_said(judge(row, record), record)


def rights_in_roles(record: Record, judged: Judged) -> dict[tuple[str, str], FilingRight]:
    """What whoever came is told of procedures that are filed in the name of another."""
    came = (record.text("notifier_ref"), record.text("notifier_name"))
    found = {}
    for one in judged.with_status(Status.MUST, Status.OPTIONAL):
        role = judged.pack.procedure(one.procedure).role
        holder = holder_of(record, role) if role else None
        if (
            role is None
            or holder is None
            or not came[1]
            or came in ((holder.ref, holder.name), ("", holder.name))
        ):
            continue
        note = f"{role.label}は{holder.name}さんで、来た人とちがいます。委任状が要るかを担当課に確かめてください。"
        found[one.procedure, one.subject] = FilingRight(May.CONFIRM, note)
    return found
