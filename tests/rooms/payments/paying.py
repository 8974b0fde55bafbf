"""What the tests of this room have in common: something to pay, a provider in memory, and the way to a paid payment."""

from __future__ import annotations

from random import Random

from tests import cast
from tests.rooms.payments.histories import CLERKS, SOURCE, World

from madoguchi.payments import asking
from madoguchi.payments.telling import tell
from madoguchi.payments.values import Asked, Payable, PayLine

THINGS = Payable(SOURCE, "case/1", "証明書の手数料", (PayLine("住民票の写し 2通", 600),), "owner")


def well_world() -> World:
    """A city and a provider with a line on which nothing goes wrong."""
    world = World(Random(1), cast.NOW, well=True)
    world.desk.owed[THINGS.reference] = THINGS
    return world


def given(world: World) -> Asked:
    """A number for the things."""
    return asking.ask(payable=THINGS, by=CLERKS[0], now=world.now)


def begun(world: World, key: str = "press") -> str:
    """A payment whose session is there."""
    number = asking.begin(asked=given(world).number, key=key, come_back="/pay/", now=world.now)
    tell(provider=world, payment=number, now=world.now)
    return number


def session_of(world: World, payment: str) -> str:
    """The provider's session of a payment."""
    return next(one[1] for one in world.books.sessions() if one[0] == payment)


def paid(world: World, way: str = "wallet") -> str:
    """A payment that is paid and filed."""
    number = begun(world)
    world.books.choose(session=session_of(world, number), way=way, now=world.now)
    world.sweep_until_quiet()
    return number
