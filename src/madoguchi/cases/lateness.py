"""What lateness costs a household (遅れると失うもの): the pack's sentence, and the months and yen where they can be told."""

from __future__ import annotations

from madoguchi.cases.judging import Judged
from madoguchi.jp.wareki import format_wareki
from madoguchi.procedures.decisions import Decision, Status
from madoguchi.procedures.lateness import loss_of, loss_sentence


def told_of_lateness(judged: Judged, decision: Decision) -> str:
    """What to say of being late with one procedure; empty when it costs nothing."""
    if decision.status is Status.NOT_NEEDED:
        return ""
    counted = counted_loss(judged, decision)
    return f"{counted}{judged.pack.procedure(decision.procedure).late.text}"


def counted_loss(judged: Judged, decision: Decision) -> str:
    """The months and yen of this household in a sentence; empty when they cannot be told, or none is lost."""
    loss = loss_of(judged.pack, judged.situation, decision, on=judged.on, open_days=judged.calendar)
    return loss_sentence(loss)


def span_note(decision: Decision) -> str:
    """From which reading of a vague day a deadline is counted, and why; empty where the day is one day."""
    if decision.deadline_at_most is None:
        return ""
    return (
        "亡くなった日に幅があるため、どの日でも間に合うよう、いちばん早い日から数えています"
        f"（いちばん遅い日から数えると{format_wareki(decision.deadline_at_most)}）。"
    )
