"""The states of a ticket, for whoever looks for them beside the other tickets; the tables know them too, so they lie below."""

from madoguchi.booking.ticket_states import (
    ACTS,
    LEADS_TO,
    STEP_STATE_LABELS,
    CallKind,
    DeskState,
    Priority,
    StepState,
    TicketAct,
)

__all__ = [
    "ACTS",
    "LEADS_TO",
    "STEP_STATE_LABELS",
    "CallKind",
    "DeskState",
    "Priority",
    "StepState",
    "TicketAct",
]
