"""What the city has decided about its inventory: the definition of ease that counts now, and the plan that was adopted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import record_act
from madoguchi.catalogue.inventory.ease import (
    EaseDefinition,
    definition_as_data,
    definition_from,
    shipped,
)
from madoguchi.catalogue.inventory.models import EaseDefinitionRow, PlanRow
from madoguchi.catalogue.inventory.plan import Quarter, quarter_from


@dataclass(frozen=True, slots=True)
class DefinitionMade:
    """When and by whom a definition was made."""

    id: int
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan that was adopted: the quarter of each procedure by its number."""

    quarters: Mapping[str, Quarter]
    days_a_quarter: int
    first: Quarter
    adopted_by: str
    adopted_at: datetime


def definition() -> EaseDefinition:
    """The definition that counts now; until the city makes one, the shipped one."""
    row = EaseDefinitionRow.objects.order_by("-id").first()
    return definition_from(row.body) if row else shipped()


def definitions() -> tuple[DefinitionMade, ...]:
    """Every definition that the city made, newest first."""
    rows = EaseDefinitionRow.objects.order_by("-id").values_list("id", "made_by", "made_at")
    return tuple(DefinitionMade(*row) for row in rows)


def set_definition(*, data: Mapping[str, Any], by: Actor, now: datetime) -> None:
    """Let another definition count from now on. Raises DefinitionRefused with every fault."""
    checked = definition_as_data(definition_from(data))
    _keep(checked, by, now)


def go_back_to_definition(*, number: int, by: Actor, now: datetime) -> None:
    """Let an earlier definition count again (0: the shipped one). Raises LookupError."""
    if number == 0:
        _keep(definition_as_data(shipped()), by, now)
        return
    row = EaseDefinitionRow.objects.filter(pk=number).first()
    if row is None:
        raise LookupError("その定義はありません。")
    _keep(row.body, by, now)


def _keep(body: Mapping[str, Any], by: Actor, now: datetime) -> None:
    with transaction.atomic():
        EaseDefinitionRow.objects.create(body=body, made_by=by.name, made_at=now)
        record_act(actor=by, activity="ease_defined", now=now)


def plan() -> Plan | None:
    """The plan that counts now, or None."""
    row = PlanRow.objects.order_by("-id").first()
    if row is None:
        return None
    quarters = {number: quarter for number, text in row.quarters.items() if (quarter := quarter_from(text))}
    first = quarter_from(row.first)
    assert first is not None
    return Plan(quarters, row.days_a_quarter, first, row.adopted_by, row.adopted_at)


def adopt_plan(
    *, quarters: Mapping[str, Quarter], days_a_quarter: int, first: Quarter, by: Actor, now: datetime
) -> None:
    """Let a plan count from now on; the earlier ones stay in the table."""
    with transaction.atomic():
        PlanRow.objects.create(
            quarters={number: str(quarter) for number, quarter in quarters.items()},
            days_a_quarter=days_a_quarter,
            first=str(first),
            adopted_by=by.name,
            adopted_at=now,
        )
        record_act(actor=by, activity="plan_adopted", now=now, procedures=len(quarters))
