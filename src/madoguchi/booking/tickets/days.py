"""The beginning and the end of a day of the queue (受付時間・締め), and the rules by which a branch calls.

1. `last_tickets`: no more numbers today; whoever has one is called to the last, and the screens say so.
2. `close_day`: what is left is ended, one by one in the audit; nobody at a desk is touched.
3. Nobody closed the day? The first act of the next day does (`queue.locked`), so that no one of yesterday is called.
"""

from __future__ import annotations

from datetime import datetime

from madoguchi.audit.entries import Actor
from madoguchi.audit.operations import announce, record_act
from madoguchi.booking.models import QueueRow, TicketStepRow
from madoguchi.booking.models.tickets import AT_DESK
from madoguchi.booking.tickets.order import QueueRules
from madoguchi.booking.tickets.queue import civil_day, end_those_left, locked, rules_of

CLOSING_SENTENCE = (
    "本日の番号の発券は終わりました。番号をお持ちの方は、最後までお呼びします。そのままお待ちください。"
)


class SomebodyAtDesk(ValueError):
    """The day is not over while somebody is called or served."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"まだ {count} 人が窓口で呼出し中または対応中です。終わりにするか引き継いでから、締めてください。"
        )


def last_tickets(*, branch: str, by: Actor, now: datetime) -> None:
    """Give no more numbers today. Those who hold one are called to the last."""
    with locked(branch, now) as queue:
        if queue.row.issuing:
            QueueRow.objects.filter(pk=queue.row.pk).update(issuing=False)
            _tell(branch, "last_tickets", by, now)


def resume_tickets(*, branch: str, by: Actor, now: datetime) -> None:
    """Give numbers again."""
    with locked(branch, now) as queue:
        if not queue.row.issuing:
            QueueRow.objects.filter(pk=queue.row.pk).update(issuing=True)
            _tell(branch, "tickets_resumed", by, now)


def close_day(*, branch: str, by: Actor, now: datetime) -> int:
    """End what is left of today; returns how many. Raises SomebodyAtDesk."""
    with locked(branch, now) as queue:
        busy = TicketStepRow.objects.filter(branch=branch, state__in=AT_DESK).count()
        if busy:
            raise SomebodyAtDesk(busy)
        QueueRow.objects.filter(pk=queue.row.pk).update(issuing=False)
        ended = end_those_left(branch, until=queue.day, by=by, now=now)
        record_act(actor=by, activity="day_closed", now=now, ended=ended)
        announce(branch=branch, topic="day_closed", subject=queue.day.isoformat(), now=now)
    return ended


def is_issuing(*, branch: str, now: datetime) -> bool:
    """Whether numbers are given now; on a new day they are."""
    row = QueueRow.objects.filter(branch=branch).first()
    return row is None or row.issuing or row.day < civil_day(now)


def rules(*, branch: str) -> QueueRules:
    """The rules of a branch; those of the product as long as it set none."""
    row = QueueRow.objects.filter(branch=branch).first()
    return rules_of(row) if row else QueueRules()


def set_rules(*, branch: str, rules: QueueRules, by: Actor, now: datetime) -> None:
    """Decide by which rules this branch calls; they hold from the next call on."""
    with locked(branch, now) as queue:
        QueueRow.objects.filter(pk=queue.row.pk).update(
            most_overtakings=rules.most_overtakings,
            early_minutes=rules.early_minutes,
            late_minutes=rules.late_minutes,
            returns_after=rules.returns_after,
            only_in_hours=rules.only_in_hours,
        )
        _tell(branch, "queue_rules_set", by, now)


def _tell(branch: str, activity: str, by: Actor, now: datetime) -> None:
    record_act(actor=by, activity=activity, now=now)
    announce(branch=branch, topic=activity, subject=branch, now=now)
