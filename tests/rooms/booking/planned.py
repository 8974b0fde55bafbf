"""An invented offer of まどか市's main building and an invented past, for whatever plans its desks."""

from __future__ import annotations

from datetime import date, time, timedelta

from tests.cast import NOW, SETTER
from tests.unit.levelling.invented import days

from madoguchi.audit.entries import Actor
from madoguchi.booking.levelling import history
from madoguchi.booking.levelling.history import Came
from madoguchi.booking.levelling.officers import set_officers
from madoguchi.booking.levelling.roster import Officer
from madoguchi.booking.offering import Offer, set_offer
from madoguchi.booking.services import Hours, Lane, Service, Weekday
from madoguchi.city.models import StaffMember

SERVICES = (
    Service("move-in", "転入・転居", 20, "A", "citizens", "move_in"),
    Service("certificate", "証明書", 5, "B", "citizens"),
)
LANES = (
    Lane("main", "moving", "引越しの窓口", ("move-in",), ("desk1", "desk2", "desk3", "desk4")),
    Lane("main", "papers", "証明書の窓口", ("certificate",), ("desk5", "desk6")),
)
WORKDAYS = tuple(Weekday)[:5]
TOMORROW = date(2026, 11, 10)


def offered() -> Offer:
    """Set the offer: two lanes from 8:30 to 17:15, 2 desks and 1."""
    hours = {
        ("main", lane): tuple(Hours(day, time(8, 30), time(17, 15), desks, 0) for day in WORKDAYS)
        for lane, desks in (("moving", 2), ("papers", 1))
    }
    made = Offer(SERVICES, LANES, hours, {})
    set_offer(offer=made, by=SETTER, now=NOW)
    return made


def past(*, last: date = date(2026, 11, 6), weeks: int = 12) -> None:
    """Some weeks of the moving lane, thin enough for three desks."""
    came = [
        Came("moving", one.day, quarter, count, 0, 9.0, 18.0)
        for one in days(first=last - timedelta(weeks=weeks), last=last, mean=40)
        for quarter, count in one.arrivals.items()
    ]
    history.keep_arrivals(branch="main", came=came, by=SETTER, now=NOW)


def people(*usernames: str, lanes: frozenset[str] = frozenset({"moving", "papers"})) -> None:
    """These members of the cast can sit at the lanes all day."""
    found = {
        one.pk: Officer(str(one.pk), one.display_name, lanes, 34, 69)
        for one in StaffMember.objects.filter(username__in=usernames)
    }
    set_officers(branch="main", given=found, by=Actor(None, "t", "main", ""), now=NOW)


SIX = ("clerk_hana", "clerk_taro", "reviewer_jiro", "officer_nhi", "officer_child", "protector_yuki")
