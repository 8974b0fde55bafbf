"""まどか市 as every test may ask for it: the city with its staff, its procedures, its residents, and what it offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests import cast
from tests.snapshot import Snapshots

from madoguchi.audit.entries import Actor
from madoguchi.booking.offering import Offer, offer, set_offer
from madoguchi.catalogue.operations import publish
from madoguchi.city.applying import apply_plan
from madoguchi.city.models import StaffMember
from madoguchi.city.operations import add_staff
from madoguchi.city.plan import DepartmentPlan
from madoguchi.city.queries import seat_of
from madoguchi.config.demo_city import madoka, reception
from madoguchi.procedures.loader import NATIONAL_FOLDER, national_pack
from madoguchi.residents.operations import register
from madoguchi.residents.sheltering import protect

MADOKA = Path(__file__).resolve().parent.parent / "packs" / "madoka"
LANGUAGES = MADOKA.with_name("languages")


def _set_up() -> Mapping[str, Actor]:
    names = {key: one.name for key, one in national_pack().departments.items()}
    departments = tuple(DepartmentPlan(key, name, (key,)) for key, name in names.items())
    plan = replace(madoka(national_pack()), departments=departments)
    apply_plan(plan=plan, by=cast.SETTER, now=cast.NOW)
    for username, one in cast.STAFF.items():
        add_staff(
            username=username,
            password=cast.PASSWORD,
            display_name=one.name,
            roles=one.roles,
            department=one.department,
            branch=one.branch if one.desk else None,
            desk=one.desk,
            by=cast.SETTER,
            now=cast.NOW,
        )
    return {username: _actor(username) for username in cast.STAFF}


def _actor(username: str) -> Actor:
    member = StaffMember.objects.get(username=username)
    seat = seat_of(member)
    return Actor(
        member.pk, member.display_name, seat.branch if seat else "", seat.desk if seat else "", "127.0.0.1"
    )


def _published() -> str:
    folders = [NATIONAL_FOLDER, *([MADOKA] if MADOKA.is_dir() else [])]
    return publish(folders=folders, by=cast.SETTER, now=cast.NOW)


def _registered() -> Mapping[str, str]:
    register(entries=list(cast.RESIDENTS.values()), source="住民記録", as_of=cast.TODAY, now=cast.NOW)
    protect(
        resident_no=cast.RESIDENTS["protected"].resident_no,
        begins_on=cast.MOVED_ON,
        ends_on=None,
        by=cast.SETTER,
        now=cast.NOW,
    )
    return {role: entry.resident_no for role, entry in cast.RESIDENTS.items()}


def _offered() -> Offer:
    set_offer(offer=reception(cast.TODAY), by=cast.SETTER, now=cast.NOW)
    return offer()


STANDING = Snapshots(
    {"city": _set_up, "procedures": _published, "residents": _registered, "offered": _offered}
)
