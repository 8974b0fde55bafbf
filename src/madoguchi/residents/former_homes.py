"""Where somebody of the register lived before (前の住所): every address of their history, and the one they came from.

Read for one thing only: whether something that carries an older address is theirs. Never shown, never handed on.
"""

from __future__ import annotations

from datetime import datetime

from madoguchi.audit.entries import Actor, Purpose
from madoguchi.audit.operations import record_access
from madoguchi.residents.models import ResidentRecord

READ = ("address", "previous_address")


def former_homes(*, resident_no: str, actor: Actor, now: datetime) -> tuple[str, ...]:
    """The addresses that the register's history holds of this person, written down first as a reading of them."""
    record_access(
        actor=actor, purpose=Purpose.OWN, authority="sign_in", person_keys=[resident_no], fields=READ, case=None,
        screen="former_homes", now=now,
    )  # fmt: skip
    rows = ResidentRecord.objects.filter(resident_no=resident_no, history_no__isnull=False)
    found = [one for pair in rows.values_list("address", "previous_address") for one in pair if one]
    return tuple(dict.fromkeys(found))
