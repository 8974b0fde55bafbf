"""At the branch: everything that was done since the package was opened, as often as wanted, always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from madoguchi.cases.line_cut.values import BranchAct, BranchFact, BranchPerson
from madoguchi.cases.models import ActRow, CaseRow, FactRow, PersonRow
from madoguchi.cases.states import Act
from madoguchi.notation.reading import json_of

# Of a case that began at the branch, what the centre needs besides its acts.
_OF_A_CASE = (
    "public_id", "branch", "desk", "day", "sequence", "number", "code", "event_kind", "channel", "revision", "language", "ticket",
    "notified_on", "opened_at", "opened_by", "opened_by_name",
)  # fmt: skip


class OutboxRefused(ValueError):
    """A file that is not what a branch hands over."""

    def __init__(self) -> None:
        super().__init__(
            "支所の受付のファイルとして読めません。支所で madoguchi branch send をもう一度実行し、そのファイルを取り込んでください。"
        )


@dataclass(frozen=True, slots=True)
class Outbox:
    """What a branch hands over (送り出し): its package, the cases that began there, and the acts of all cases."""

    package: str
    cases: tuple[Mapping[str, Any], ...]
    acts: tuple[BranchAct, ...]

    def to_json(self) -> dict[str, Any]:
        """As it is written into a file."""
        return {
            "package": self.package,
            "cases": [dict(one) for one in self.cases],
            "acts": [asdict(one) for one in self.acts],
        }

    @classmethod
    def from_text(cls, text: str) -> Outbox:
        """What stands in a file. Raises OutboxRefused: nothing of it is taken in."""
        try:
            found = cls.from_json(json_of(text))
            for case in found.cases:
                _is_a_case(case)
            for act in found.acts:
                _is_an_act(act)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OutboxRefused from error
        return found

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Outbox:
        """What `to_json` wrote."""
        return cls(
            said["package"], tuple(said["cases"]), tuple(BranchAct.from_json(one) for one in said["acts"])
        )


def _is_a_case(said: Mapping[str, Any]) -> None:
    """Raises ValueError, TypeError or KeyError when it is none."""
    if set(said) != set(_OF_A_CASE):
        raise ValueError("not the fields of a case")
    for name in ("day", "notified_on"):
        date.fromisoformat(said[name])
    datetime.fromisoformat(said["opened_at"])


def _is_an_act(act: BranchAct) -> None:
    """Raises ValueError or TypeError when it is none."""
    words = (act.case, act.kind, act.prompt, act.by_name, *(one.key for one in act.facts))
    if not all(isinstance(one, str) for one in words) or type(act.number) is not int:
        raise ValueError("not an act")
    datetime.fromisoformat(act.at)
    for fact in act.facts:
        date.fromisoformat(fact.as_of)


def outbox(*, package: str, bases: Mapping[str, int]) -> Outbox:
    """Everything since the package; practice stays where it was practised."""
    cases, acts = [], []
    for row in CaseRow.objects.filter(practice=False).order_by("opened_at", "pk"):
        if row.public_id not in bases:
            cases.append({name: _plain(getattr(row, name)) for name in _OF_A_CASE})
        acts += _acts_of(row, after=bases.get(row.public_id, 0))
    return Outbox(package, tuple(cases), tuple(acts))


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _acts_of(row: CaseRow, *, after: int) -> list[BranchAct]:
    rows = list(ActRow.objects.filter(case=row).order_by("number"))
    facts, people = (
        FactRow.objects.filter(case=row).order_by("pk"),
        PersonRow.objects.filter(case=row).order_by("order"),
    )
    taken_back = {one.undone_at: one.number for one in rows if one.undone_at is not None}
    found = []
    for act in (one for one in rows if one.number > after):
        found.append(
            BranchAct(
                case=row.public_id,
                number=act.number,
                kind=act.kind,
                prompt=act.prompt,
                at=act.at.isoformat(),
                by=act.by,
                by_name=act.by_name,
                facts=tuple(
                    BranchFact(one.key, one.subject, one.value, one.source, one.as_of.isoformat(), one.reason)
                    for one in facts
                    if one.act_id == act.pk
                ),
                people=tuple(
                    BranchPerson(one.ref, one.resident_no, one.staying, one.unregistered, one.gone, one.order)
                    for one in people
                    if one.act_id == act.pk
                ),
                undoes=taken_back.get(act.at) if act.kind == Act.UNDO.value else None,
            )
        )
    return found
