"""Why a booking is refused (断りのことば), in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from madoguchi.booking.booked import NotNowInBooking
from madoguchi.booking.bundles import VisitTooLong


def told(refused: Exception) -> str:
    """What the room says, with its figures and states put into the sentence of this language."""
    if isinstance(refused, NotNowInBooking):
        return _(refused.SENTENCE) % {"state": _(refused.state.label)}
    if isinstance(refused, VisitTooLong):
        return _(refused.SENTENCE) % {"minutes": refused.minutes}
    return _(str(refused))
