"""Broken posts to every address: none is answered by a fault of ours, none half stored (the full number: `make proofs`)."""

from __future__ import annotations

import re
from random import Random

import pytest
from tests.cast import NOW
from tests.channels.malformed_posts import (
    broken_promises,
    build_city,
    forget_city,
    post,
    rolled_back,
    stored,
    told,
    values,
)
from tests.house.every_address import ours

QUICK = 40


@pytest.mark.django_db
def test_broken_posts_keep_every_promise() -> None:
    build_city(NOW)
    forget_city()
    before = stored()
    failures, addresses = [], set()
    for number in range(QUICK):
        made = post(number)
        addresses.add(made.address)
        with rolled_back():
            failures += [f"{number}: {one} {told(made)}" for one in broken_promises(made, before)[1]]
    assert failures == []
    assert len(addresses) > 30


@pytest.mark.django_db
def test_every_part_of_every_address_can_be_filled() -> None:
    names = {name for address in ours() for name in re.findall(r"<\w+:(\w+)>", address.pattern)}
    assert names - set(values(Random(1))) == set()
