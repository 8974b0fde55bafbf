"""What one may apply for from home (自宅から申請できるもの): what the pack says of its own channels, no more.

An event from home is told of a household of the register: whoever moves in is in none yet, prepares, and comes. What must be
filed on paper by law, or needs a person to be seen, is not filed here: it goes on the list for the counter (`rest`). What is
filed with somebody else than the city is filed there.
"""

from __future__ import annotations

from dataclasses import dataclass

from madoguchi.cases.household_notice import FROM_REGISTER
from madoguchi.procedures.packs import OUTSIDE, Pack, Procedure
from madoguchi.procedures.situation import EventKind

FILED_ONLINE = frozenset({"submission", "full"})
# Events of which everything that may be filed online is applied for at once; of `none`, one procedure by its name.
HOME_EVENTS = tuple(one for one in EventKind if one in FROM_REGISTER and one is not EventKind.none)
# Of people who are not on the register yet: prepared at home without a sign-in, and filed at the counter.
PREPARED_EVENTS = tuple(one for one in EventKind if one not in FROM_REGISTER)


class NotOffered(LookupError):
    """It cannot be applied for from home (here, or by this mandate)."""

    def __init__(self) -> None:
        super().__init__("この手続きは、オンラインでは申請できません。窓口においでください。")


@dataclass(frozen=True, slots=True)
class Offered:
    """What is applied for (申請するもの): an event, and one procedure where it is about that alone."""

    event: EventKind
    procedure: str = ""

    @property
    def key(self) -> str:
        """How an address names it."""
        return self.procedure or self.event.value


def may_be_filed(procedure: Procedure) -> bool:
    """Whether the procedure's own declaration lets it be filed from home, with the city."""
    return procedure.department != OUTSIDE and procedure.channels.get("online", "") in FILED_ONLINE


def one_may_apply_for(pack: Pack) -> tuple[Procedure, ...]:
    """The procedures that one may simply apply for from home, in the order of the pack."""
    return tuple(one for one in _without_event(pack) if may_be_filed(one))


def elsewhere(pack: Pack) -> tuple[Procedure, ...]:
    """The procedures that one may simply apply for, but not from home."""
    return tuple(one for one in _without_event(pack) if not may_be_filed(one))


def _without_event(pack: Pack) -> tuple[Procedure, ...]:
    return tuple(one for one in pack.procedures if EventKind.none in one.events)


def offered(pack: Pack, key: str) -> Offered:
    """What this key of an address names. Raises NotOffered."""
    if key in {event.value for event in HOME_EVENTS}:
        return Offered(EventKind(key))
    if key in {one.id for one in one_may_apply_for(pack)}:
        return Offered(EventKind.none, key)
    raise NotOffered


def procedures_of(pack: Pack, what: Offered) -> frozenset[str]:
    """The procedures that such a case is about."""
    if what.procedure:
        return frozenset({what.procedure})
    return frozenset(one.id for one in pack.procedures if what.event in one.events and may_be_filed(one))
