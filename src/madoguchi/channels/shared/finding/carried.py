"""What was answered travels with the page (ページが持って回る答え): sealed, in one field of a form, and nowhere else.

No address, cookie, session, table or log has it. Left alone too long, or changed, it opens no more.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from madoguchi.cases.at_home import NotReadable, SaidAtHome, from_json, to_json
from madoguchi.cases.sealed import SealBroken, SealTooOld, seal, unseal

FIELD = "said"
AT_HOME_FOR = timedelta(hours=3)
AT_MACHINE_FOR = timedelta(minutes=10)
_MARK_BYTES = 9


@dataclass(frozen=True, slots=True)
class Carried:
    """What was said, and the mark of this going-through: pressing twice keeps one code."""

    said: SaidAtHome
    mark: str

    def now_saying(self, said: SaidAtHome) -> Carried:
        """The same going-through with this said."""
        return replace(self, said=said)


def begun(said: SaidAtHome) -> Carried:
    """A new going-through."""
    return Carried(said, secrets.token_urlsafe(_MARK_BYTES))


def to_field(carried: Carried, *, purpose: str, now: datetime) -> str:
    """The value of the form's field; `purpose`: where it opens again."""
    return seal([carried.mark, to_json(carried.said)], purpose=purpose, now=now)


def from_field(text: str, *, purpose: str, longest: timedelta, now: datetime) -> Carried:
    """What the field held. Raises SealBroken, SealTooOld, NotReadable."""
    opened = unseal(text, purpose=purpose, now=now, longest=longest)
    if not isinstance(opened, list) or len(opened) != 2:
        raise NotReadable
    return Carried(from_json(opened[1]), str(opened[0]))


REFUSED = (SealBroken, SealTooOld, NotReadable)
