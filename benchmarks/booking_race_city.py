"""The city of the booking race, in a process of its own: `city SEATS`, `seats N`, `try ATTEMPTS WHO`, `check`."""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter
from datetime import date, timedelta

QUARTERS = range(34, 47)
DAYS = 15


def days() -> list[date]:
    """Open days from tomorrow on."""
    from django.utils import timezone

    from madoguchi.booking.offering import offer, quarters

    offered, found, day = offer(), [], timezone.localdate()
    while len(found) < DAYS:
        day += timedelta(days=1)
        if quarters(offered=offered, branch="main", lane="papers", day=day):
            found.append(day)
    return found


def city(seats: int) -> None:
    """Migrate, set まどか市 and one lane with so many seats, make the days; prints the first day."""
    from django.core.management import call_command
    from django.utils import timezone

    from madoguchi.booking.models import LaneRow, SlotRow
    from madoguchi.booking.offering import offer, set_offer
    from madoguchi.booking.slots import make_day
    from madoguchi.city.applying import apply_plan
    from madoguchi.city.models import Municipality
    from madoguchi.city.queries import system_actor
    from madoguchi.config.demo_city import madoka, reception
    from madoguchi.procedures.loader import national_pack

    call_command("migrate", verbosity=0)
    by, now = system_actor("測定"), timezone.now()
    if not Municipality.objects.exists():
        apply_plan(plan=madoka(national_pack()), by=by, now=now)
    set_offer(offer=reception(timezone.localdate()), by=by, now=now)
    lane = LaneRow.objects.get(branch="main", key="papers")
    for day in days():
        make_day(lane=lane, day=day, offered=offer())
    SlotRow.objects.filter(lane=lane, used=0).update(seats=seats)
    print(days()[0])


def seats(number: int) -> None:
    """Give the second day so many seats; prints it."""
    from madoguchi.booking.models import SlotRow

    day = days()[1]
    SlotRow.objects.filter(lane__branch="main", lane__key="papers", day=day).update(seats=number)
    print(day)


def attempt(attempts: int, who: int) -> None:
    """Attempts to hold seats; prints held, refused, errors and p99 in ms."""
    told, p99 = attempted(attempts, who)
    print(told["held"], told["full"], told["odd"], p99)


def attempted(attempts: int, who: int) -> tuple[Counter[str], float]:
    """Hold, and now and then confirm, change or cancel; how many were held, full and odd, and the p99 in ms."""
    from django.db import DatabaseError
    from django.utils import timezone

    from madoguchi.booking import reserving
    from madoguchi.booking.booked import BookingRefused, VisitPart
    from madoguchi.booking.offering import offer
    from madoguchi.booking.slots import NotOpenThen, SlotFull

    chance, offered, possible = random.Random(who), offer(), days()
    told, mine, times = Counter[str](), [], []
    for number in range(attempts):
        now, day, quarter = timezone.now(), chance.choice(possible), chance.choice(QUARTERS)
        begun = time.perf_counter()
        try:
            if mine and chance.random() < 0.02:
                old = mine.pop(chance.randrange(len(mine)))
                act = chance.choice(("cancel", "change"))
                if act == "cancel":
                    reserving.cancel(number=old, now=now)
                else:
                    mine.append(old)
                    reserving.confirm(number=old, now=now)
                    reserving.change(offered=offered, number=old, day=day, quarter=quarter, now=now)
            made = reserving.hold(
                offered=offered, branch="main", parts=(VisitPart("papers", chance.choice((10, 25))),), day=day,
                quarter=quarter, owner=f"{who}-{number}", request=f"{who}-{number}", channel="web", now=now,
            )  # fmt: skip
            mine.append(made.number)
            told["held"] += 1
        except (SlotFull, NotOpenThen, BookingRefused):
            told["full"] += 1
        except DatabaseError as error:
            told["odd"] += 1
            print(type(error).__name__, str(error).splitlines()[0], file=sys.stderr)
        if number % 50 == 0:
            times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    return told, times[int(len(times) * 0.99)] if times else 0


def check() -> None:
    """Prints how many quarter-hours do not add up, and of how many."""
    print(*added_up())


def added_up() -> tuple[int, int]:
    """How many quarter-hours have seats that do not add up, and how many there are."""
    from madoguchi.booking.models import BookingRow, SlotRow
    from madoguchi.booking.models.bookings import LIVING

    taken: Counter[tuple[int, date, int]] = Counter()
    for lane, day, quarter, count in BookingRow.objects.filter(state__in=LIVING).values_list(
        "lane_id", "day", "quarter", "quarters"
    ):
        taken.update((lane, day, quarter + step) for step in range(count))
    slots = list(SlotRow.objects.values_list("lane_id", "day", "quarter", "seats", "used", "beyond"))
    wrong = sum(
        used != taken[(lane, day, quarter)] or used > there or beyond != 0
        for lane, day, quarter, there, used, beyond in slots
    )
    lost = set(taken) - {(lane, day, quarter) for lane, day, quarter, *_ in slots}
    return wrong + len(lost), len(slots)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.config.settings")
    import django

    django.setup()
    act, *numbers = sys.argv[1:]
    acts = {"city": city, "seats": seats, "try": attempt, "check": check}
    acts[act](*map(int, numbers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
